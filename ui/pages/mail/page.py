"""The mail page: what goes to customers, where each mail stands, and what keeps it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from core.errors import KnownError
from core.services.mail.rows import MailChannelRow, MailDetail, MailRow, MailStatus
from core.services.rows import Page as RowPage
from ui.context import PageContext
from ui.mail.words import channel_sentence
from ui.models.fetching import fetch_page
from ui.models.table import PagedTableModel
from ui.pages.mail.columns import mail_columns
from ui.pages.mail.detail import KEYS, MailAct, MailPane
from ui.pages.page import Page
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField
from ui.widgets.messages import EmptyState, InfoBar
from ui.widgets.panes import turn_panes
from ui.words import count_text

_AGE_INTERVAL_MS = 1000

TABS: tuple[frozenset[MailStatus], ...] = (
    frozenset(),
    frozenset({MailStatus.WAITING, MailStatus.SENDING}),
    frozenset({MailStatus.REFUSED}),
    frozenset({MailStatus.SENT}),
    frozenset({MailStatus.CANCELLED}),
)
"""The states behind each tab; the first shows all."""


class MailPage(Page):
    """Every mail of the shop, newest first."""

    watches = frozenset({"mail"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._has_asked = False
        self._search_text = ""
        self._wanted_id = ""
        self._channel: MailChannelRow | None = None
        self.model: PagedTableModel[MailRow] = PagedTableModel(
            mail_columns(), row_id=lambda row: row.mail_id, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.model.replaced.connect(self._on_rows_changed)
        self.table = DataTable(self.model, self.tr("Mails"))
        self.pane = MailPane(context.actor)
        self.pane.act_wanted.connect(self._on_act)
        self.pane.hide()
        self.table.row_opened.connect(lambda _row: self.pane.area.setFocus())
        self.table.current_row_changed.connect(self._show)
        column = page_layout(self)
        column.addWidget(self._make_header())
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_bar_action)
        column.addWidget(self.bar)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Where mails stand"))
        for _ in TABS:
            self.tabs.addTab("")
        self._show_counts(dict.fromkeys(MailStatus, 0))
        self.tabs.currentChanged.connect(self._on_tab_changed)
        column.addWidget(self.tabs)
        self.split = splitter(self._make_list(), self.pane, shares=(5, 3))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.table)
        self._add_keys()
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_INTERVAL_MS)
        self._timer.timeout.connect(self._on_time_passed)

    def refresh(self) -> None:
        """Read the list, the counts and the way to the server again; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self._has_asked = True
            self.model.ask_again()
        app, actor = self.context.app, self.context.actor

        def read() -> tuple[dict[MailStatus, int], MailChannelRow]:
            return app.mail_queue.counts(actor), app.mail_queue.channel(actor)

        self.context.tasks.query(
            self,
            read,
            on_success=lambda found: self._show_state(*found),
            on_known_error=self._show_error,
            latest="state",
        )
        if self.pane.isVisible() and self.pane.row is not None:
            self._read(self.pane.row.mail_id)

    def open_item(self, item_id: str) -> None:
        """Show one mail among all."""
        self._wanted_id = item_id
        self.search.clear()
        self.search.returnPressed.emit()
        if self.tabs.currentIndex():
            self.tabs.setCurrentIndex(0)
        else:
            self._select_wanted()

    def _make_header(self) -> PageHeader:
        header = PageHeader(
            self.tr("Mail"), self.tr("Sent by itself; one bad address holds up no other.")
        )
        self.search = SearchField(self.tr("Search address, customer, subject"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)
        self.search.search_changed.connect(self._on_search_changed)
        header.buttons.addWidget(self.search)
        self.hasten_button = button(self.tr("Try all waiting now"), icon_name="send")
        self.hasten_button.setToolTip("Ctrl+Shift+T")
        self.hasten_button.clicked.connect(self._on_hasten)
        header.buttons.addWidget(self.hasten_button)
        return header

    def _make_list(self) -> QWidget:
        self.stack = QStackedWidget()
        self.empty = EmptyState("mail", "")
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)
        return self.stack

    def _add_keys(self) -> None:
        for act, keys in KEYS.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda act=act: self._on_act(act))
        leave = QShortcut(QKeySequence("Esc"), self.pane)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.table.setFocus)
        turn_panes(self, lambda: self.table, lambda: self.pane.area)
        QShortcut(QKeySequence("Ctrl+Shift+T"), self).activated.connect(self._on_hasten)

    # The list

    def _fetch(self, question: int, page: int) -> None:
        app, actor, words = self.context.app, self.context.actor, self._search_text
        statuses = TABS[self.tabs.currentIndex()]
        fetch_page(
            self.context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.mail_queue.page(
                actor, statuses=statuses, search=words, offset=offset, limit=limit
            ),
            on_refused=self._show_error,
            on_delivered=self._on_delivered,
        )

    def _on_delivered(self, found: RowPage[MailRow]) -> None:
        self.empty.sentence.setText(self._why_empty())
        self.stack.setCurrentWidget(self.table if found.total else self.empty)
        self._select_wanted()

    def _why_empty(self) -> str:
        if self._search_text:
            return self.tr("No mail fits this search.")
        return (
            self.tr("No mail yet. Send invoices, receipts and reminders from their payment."),
            self.tr("No mail waits: everything that was to go has gone."),
            self.tr("No mail was refused."),
            self.tr("No mail has been sent yet."),
            self.tr("No mail was called off."),
        )[self.tabs.currentIndex()]

    def _on_search_changed(self, text: str) -> None:
        self._search_text = text
        self._ask_anew()

    def _on_tab_changed(self) -> None:
        self._ask_anew()

    def _ask_anew(self) -> None:
        self._show(None)
        self._has_asked = True
        self.model.ask_again()

    def _select_wanted(self) -> None:
        position = self.model.position_of(self._wanted_id) if self._wanted_id else None
        if position is not None:
            self._wanted_id = ""
            self.table.selectRow(position)

    def _show_state(self, counts: dict[MailStatus, int], channel: MailChannelRow) -> None:
        self._show_counts(counts)
        self._channel = channel
        told = channel_sentence(channel, self.context.app.configuration.clock())
        if told:
            self.bar.show_state(told, level="error", action=self.tr("Try now"))
        else:
            self.bar.clear()

    def _show_counts(self, counts: dict[MailStatus, int]) -> None:
        titles = (
            self.tr("All (%1)"),
            self.tr("Waiting (%1)"),
            self.tr("Refused (%1)"),
            self.tr("Sent (%1)"),
            self.tr("Called off (%1)"),
        )
        for number, (title, statuses) in enumerate(zip(titles, TABS, strict=True)):
            count = sum(counts[status] for status in statuses or MailStatus)
            self.tabs.setTabText(number, title.replace("%1", count_text(count)))
        waiting = counts[MailStatus.WAITING]
        self.hasten_button.setEnabled(bool(waiting))

    # One mail

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current != self.pane.row:
            self._show(current)

    def _show(self, row: MailRow | None) -> None:
        self.pane.setVisible(row is not None)
        if row is not None:
            self.pane.show_row(row, self.context.app.configuration.clock())
            self._read(row.mail_id)

    def _read(self, mail_id: str) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.mail_queue.one(actor, mail_id),
            on_success=self._on_detail,
            on_known_error=self._show_error,
            latest="detail",
        )

    def _on_detail(self, detail: MailDetail) -> None:
        shown = self.pane.row
        if shown is not None and shown.mail_id == detail.row.mail_id:
            self.pane.show_detail(detail, self.context.app.configuration.clock())

    def _on_time_passed(self) -> None:
        if self.pane.isVisible():
            self.pane.show_age(self.context.app.configuration.clock())

    # Acts

    def _on_act(self, act: MailAct) -> None:
        row = self.pane.row if self.pane.isVisible() else None
        if row is None:
            return
        reason = self.pane.reason_against(act)
        queue, actor = self.context.app.mail_queue, self.context.actor
        if reason:
            self.notice_raised.emit(reason)
        elif act is MailAct.RETRY:
            self._do(lambda: queue.retry(actor, row.mail_id), self.tr("It is tried now"))
        elif act is MailAct.CANCEL:
            self._do(lambda: queue.cancel(actor, row.mail_id), self.tr("Called off"))
        else:
            self.payment_requested.emit(row.payment_id)

    def _on_hasten(self) -> None:
        if self.hasten_button.isEnabled():
            queue, actor = self.context.app.mail_queue, self.context.actor
            self._do(lambda: queue.hasten(actor), self.tr("Every waiting mail is tried now"))

    def _do(self, work: Callable[[], object], told: str) -> None:
        def on_success(_result: object) -> None:
            self.notice_raised.emit(told)
            self.refresh()

        self.context.tasks.operation(
            self,
            work,
            on_success=on_success,
            on_known_error=lambda error: self.notice_raised.emit(error.message),
        )

    def _on_bar_action(self) -> None:
        if self._channel is not None and self._channel.trouble is not None:
            queue, actor = self.context.app.mail_queue, self.context.actor
            self._do(lambda: queue.hasten(actor), self.tr("The mail server is asked now"))
        else:
            self.bar.clear()
            self.refresh()

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def showEvent(self, event: QShowEvent) -> None:
        """Let waiting times run while they are seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing run for a page nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

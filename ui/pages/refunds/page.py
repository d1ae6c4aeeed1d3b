"""The refunds page: what waits for a decision, what waits to be paid, what is done."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QWidget

from core.errors import KnownError
from core.model.refunds import RefundStatus
from core.permissions import Permission
from core.services.gateways.rows import PaymentPath
from core.services.refunds.pages import ListedRefund
from core.services.refunds.rows import RefundFacts
from core.services.refunds.rules import RefundRules
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.lists.export import FrameExport
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.models.table import PagedTableModel
from ui.pages.page import Page
from ui.pages.refunds.bulk import Read, RefundBulkBar
from ui.pages.refunds.detail import KEYS, UNDER_WAY, RefundAct, RefundDetail
from ui.pages.refunds.network_words import why_not_settled
from ui.pages.refunds.sheets import RefundSheets
from ui.pages.refunds.source import TABS, chosen_statuses, refund_source, refunds_plan
from ui.pages.refunds.words import why_not_carried_out
from ui.printing.desk import PrintDesk
from ui.printing.papers import credit_note_paper
from ui.printing.system_printer import PrinterAsker, ask_for_printer
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.filters import Choice
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes
from ui.words import count_text

_AGE_INTERVAL_MS = 1000


class RefundsPage(Page):
    """Every refund of the shop by where it stands."""

    watches = frozenset({"refunds", "payments", "settings"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        ask_printer: PrinterAsker = ask_for_printer,
    ) -> None:
        super().__init__(context, parent)
        self.print_desk = PrintDesk(context, self, ask_printer=ask_printer)
        self.print_desk.told.connect(self.notice_raised)
        self.print_desk.failed.connect(self._show_error)
        self._listed: ListedRefund | None = None
        self._shown: RefundRow | None = None
        self._followed_id = ""
        column = page_layout(self)
        column.addWidget(
            PageHeader(
                self.tr("Refunds"),
                self.tr("Asked by one person, approved by another, then paid back."),
            )
        )
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        column.addWidget(self.print_desk.line)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Where refunds stand"))
        for _ in TABS:
            self.tabs.addTab("")
        self._show_counts(dict.fromkeys(RefundStatus, 0))
        self.tabs.currentChanged.connect(self._on_tab_changed)
        column.addLayout(self._make_tabs_line())
        self.detail = RefundDetail(context.actor)
        self.detail.act_wanted.connect(self._on_act)
        self.detail.hide()
        self.list = self._make_list()
        column.addWidget(self.list, 1)
        self.sheets = RefundSheets(self, self._on_done, self._show_error)
        self.bulk = RefundBulkBar(
            self, self.table, self._reader, lambda: self.detail.rules, self._show_error
        )
        column.addWidget(self.bulk)
        self.setFocusProxy(self.table)
        turn_panes(
            self, lambda: self.tabs, lambda: self.list.bar, lambda: self.table, lambda: self.detail
        )
        for act, keys in KEYS.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda act=act: self._on_act(act))
        QShortcut(QKeySequence("L"), self).activated.connect(self._on_reasons_wanted)
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_INTERVAL_MS)
        self._timer.timeout.connect(self._on_time_passed)

    @property
    def model(self) -> PagedTableModel[ListedRefund]:
        """The rows of the list."""
        return self.list.model

    @property
    def table(self) -> DataTable[ListedRefund]:
        """The table of the list."""
        return self.list.table

    def refresh(self) -> None:
        """Read the counts and the list again; selection and place stay."""
        self.list.refresh()
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: (
                app.refunds.counts(actor),
                app.refund_lists.people(actor),
                app.refund_rules.load(),
            ),
            on_success=self._on_counted,
            on_known_error=self._show_error,
            latest="counts",
        )

    def open_item(self, item_id: str) -> None:
        """Show one refund on the tab it belongs to."""
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.refunds.facts(actor, item_id),
            on_success=self._go_to,
            on_known_error=self._show_error,
            latest="item",
        )

    def show_values(self, values: FilterValues) -> None:
        """Show the refunds that fit, among all unless a tab shows their states."""
        states = chosen_statuses(values) or TABS[-1]
        tab = next(number for number, shown in enumerate(TABS) if states <= shown)
        self._show_in(tab, values)
        self.table.setFocus()

    def _show_in(self, tab: int, values: FilterValues) -> None:
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(tab)
        self._word_empty(self.list)
        self.list.show_values(values)

    def _make_tabs_line(self) -> QHBoxLayout:
        over = QHBoxLayout()
        over.addWidget(self.tabs, 1)
        self.reasons_button = button(self.tr("Reasons… (L)"), kind="link")
        self.reasons_button.clicked.connect(self._on_reasons_wanted)
        self.reasons_button.setVisible(self.context.actor.may(Permission.KEEP_REFUND_REASONS))
        over.addWidget(self.reasons_button)
        return over

    def _make_list(self) -> ListFrame[ListedRefund]:
        self.source = refund_source(self.context, self.tabs.currentIndex)
        made: ListFrame[ListedRefund] = ListFrame(
            self.context, refunds_plan(), self.source, beside=self.detail
        )
        self.export = FrameExport(self.context, made, "refunds")
        made.row_opened.connect(self._on_opened)
        made.current_changed.connect(self._show)
        made.asked.connect(self._on_asked_again)
        made.failed.connect(self._show_error)
        made.feed.delivered.connect(self._follow)
        made.model.dataChanged.connect(self._on_rows_changed)
        made.model.replaced.connect(self._on_rows_changed)
        self._word_empty(made)
        return made

    def _reader(self) -> Read:
        question = self.source.ask(self.list.values, self.list.order)
        return lambda offset, limit: [each.row for each in question.rows(offset, limit)]

    # The list

    def _on_tab_changed(self) -> None:
        self.bar.clear()
        self._word_empty(self.list)
        # Chosen states of another tab go; those of this one stay.
        values, states = self.list.values, TABS[self.tabs.currentIndex()]
        kept = frozenset(str(each) for each in chosen_statuses(values) & states)
        self.list.show_values(values.with_values("statuses", kept))

    def _on_asked_again(self) -> None:
        self._followed_id = ""
        self._show(None)
        if not chosen_statuses(self.list.values) <= TABS[self.tabs.currentIndex()]:
            with QSignalBlocker(self.tabs):
                self.tabs.setCurrentIndex(len(TABS) - 1)
            self._word_empty(self.list)

    def _on_counted(
        self, found: tuple[dict[RefundStatus, int], tuple[str, ...], RefundRules]
    ) -> None:
        counts, people, rules = found
        self.detail.set_rules(rules)
        self._show_counts(counts)
        self.list.bar.set_choices("people", [Choice(name, name) for name in people])

    def _show_counts(self, counts: dict[RefundStatus, int]) -> None:
        titles = (
            self.tr("To approve (%1)"),
            self.tr("Approved – to pay (%1)"),
            self.tr("Done (%1)"),
            self.tr("Rejected, withdrawn (%1)"),
            self.tr("All (%1)"),
        )
        for number, (title, statuses) in enumerate(zip(titles, TABS, strict=True)):
            count = sum(counts[status] for status in statuses)
            self.tabs.setTabText(number, title.replace("%1", count_text(count)))

    def _word_empty(self, made: ListFrame[ListedRefund]) -> None:
        sentences = (
            self.tr("Nothing waits for a decision."),
            self.tr("No approved refund waits to be paid back."),
            self.tr("No refund has been paid back yet."),
            self.tr("No refund was rejected or withdrawn."),
            self.tr("No refund was asked for yet. Ask for one from its payment."),
        )
        made.none_at_all.sentence.setText(sentences[self.tabs.currentIndex()])

    def _go_to(self, facts: RefundFacts) -> None:
        wanted = facts.refund.refund_id
        if self.list.select(wanted):
            return
        states = frozenset({facts.refund.status})
        tab = next(number for number, shown in enumerate(TABS) if states <= shown)
        self._show_in(tab, FilterValues())
        self.list.select(wanted)

    def _follow(self) -> None:
        """Go where a refund under way went when the network ended it under the person's eyes."""
        followed = self._followed_id
        if followed and self.model.position_of(followed) is None:
            self._followed_id = ""
            self.open_item(followed)

    # One refund

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current != self._listed:
            self._show(current)

    def _show(self, listed: ListedRefund | None) -> None:
        self._listed = listed
        refund = self._shown = None if listed is None else listed.row
        self.detail.setVisible(refund is not None)
        if refund is None:
            return
        self._followed_id = refund.refund_id if refund.status in UNDER_WAY else ""
        self.detail.show_refund(refund, self.context.app.configuration.clock())
        if refund.payment_method.is_mobile_money and refund.status is not RefundStatus.REQUESTED:
            self._ask_path(refund)

    def _ask_path(self, refund: RefundRow) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.gateways.path(actor, refund.payment_id),
            on_success=self._on_path,
            on_known_error=self._show_error,
            latest="path",
        )

    def _on_path(self, path: PaymentPath) -> None:
        self.detail.show_path(path, self.context.app.configuration.clock())

    def _on_time_passed(self) -> None:
        now = self.context.app.configuration.clock()
        self.detail.show_age(now)
        attempt = self.detail.attempt
        due = attempt.next_check_at if attempt else None
        # A question that brought nothing new is told to nobody: look when it was to be asked.
        if due is not None and now > due and self._shown is not None and not self._open_editors:
            self._ask_path(self._shown)

    # Acts

    def _on_opened(self, listed: ListedRefund) -> None:
        self._show(listed)
        refund = listed.row
        if not why_not_carried_out(self.context.actor, refund):
            self.sheets.carry_out(refund)
        elif not why_not_settled(self.context.actor, refund):
            self.sheets.settle(refund, self.detail.attempt)
        else:
            self.sheets.decide(refund)

    def _on_act(self, act: RefundAct) -> None:
        refund = self._shown
        if self.bulk.takes(act) or refund is None:
            return
        reason = self.detail.reason_against(act)
        if reason:
            self.notice_raised.emit(reason)
        elif act is RefundAct.APPROVE:
            self.sheets.decide(refund)
        elif act is RefundAct.ON_THE_SPOT:
            self.sheets.decide(refund, on_the_spot=True)
        elif act is RefundAct.TO_OWNER:
            self.sheets.decide(refund, passes_on=True)
        elif act is RefundAct.WITHDRAW:
            self.sheets.withdraw(refund)
        elif act is RefundAct.REJECT:
            self.sheets.reject(refund)
        elif act is RefundAct.CARRY_OUT:
            self.sheets.carry_out(refund)
        elif act is RefundAct.ASK_NOW:
            self._ask_now(refund)
        elif act is RefundAct.SETTLE:
            self.sheets.settle(refund, self.detail.attempt)
        elif act is RefundAct.CREDIT_NOTE:
            paper = credit_note_paper(self.context, refund.credit_note_number)
            self.print_desk.look(paper, self.open_form)
        else:
            self.payment_requested.emit(refund.payment_id)

    def _on_reasons_wanted(self) -> None:
        if self.context.actor.may(Permission.KEEP_REFUND_REASONS):
            self.sheets.keep_reasons()

    def _ask_now(self, refund: RefundRow) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.operation(
            self,
            lambda: app.gateways.ask_now(actor, refund.payment_id),
            on_success=self._on_asked,
            on_known_error=lambda error: self.notice_raised.emit(error.message),
        )

    def _on_asked(self, path: PaymentPath) -> None:
        self._on_path(path)
        self.notice_raised.emit(self.tr("The network is asked now"))

    def _on_done(self, sentence: str) -> None:
        self.notice_raised.emit(sentence)
        self.refresh()

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Let waiting times run while they are seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing run for a page nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

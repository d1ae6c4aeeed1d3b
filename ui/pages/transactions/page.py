"""The transactions page: every call to a gateway, what was sent, what was answered, how fast."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from core.errors import KnownError, NotFoundError
from core.services.calls.filters import CallFilter
from core.services.calls.listed import ListedCall
from core.services.rows import TransactionRow
from ui.context import PageContext
from ui.lists.export import FrameExport
from ui.lists.filter_values import FilterValues
from ui.lists.frame import ListFrame
from ui.pages.page import Page
from ui.pages.transactions.detail import CallPane
from ui.pages.transactions.source import CallSource, calls_plan
from ui.pages.transactions.words import filter_words
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.filters import Choice
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes


class TransactionsPage(Page):
    """The audit log of the gateways: looked at, never changed."""

    watches = frozenset({"calls", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._shown_id: int | None = None
        self.source = CallSource(context)
        self.detail = CallPane()
        self.detail.hide()
        self.list = ListFrame(context, calls_plan(), self.source, beside=self.detail)
        self.export = FrameExport(context, self.list, "calls")
        self.bar = InfoBar()
        self.behind_bar = InfoBar()
        column = page_layout(self)
        for widget in (PageHeader(self.tr("Transactions")), self.bar, self.behind_bar):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list.table)
        self._connect()

    def refresh(self) -> None:
        """Read the list, what the filters offer and the call shown again."""
        self.list.refresh()
        lists, actor = self.context.app.call_lists, self.context.actor
        self.context.tasks.query(
            self,
            lambda: (lists.gateways(actor), lists.error_codes(actor)),
            on_success=lambda found: self._on_met(*found),
            on_known_error=self._show_error,
            latest="met",
        )
        if self._shown_id is not None:
            self._read(self._shown_id)

    def show_calls(self, wanted: CallFilter) -> None:
        """Show the calls behind something on another page, until all are wanted again."""
        self._show_behind(wanted)
        self.list.show_values(FilterValues())
        self.list.table.setFocus()

    def _connect(self) -> None:
        self.bar.action_triggered.connect(self._on_try_again)
        self.behind_bar.action_triggered.connect(self.list.clear)
        self.list.asked.connect(self._on_asked)
        self.list.cleared.connect(lambda: self._show_behind(None))
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(lambda row: self.payment_requested.emit(row.payment_id))
        self.list.failed.connect(self._show_error)
        self.detail.payment_wanted.connect(self.payment_requested)
        self.detail.calls_wanted.connect(
            lambda owner: self.show_calls(CallFilter(payment_id=owner))
        )
        self.detail.closed.connect(self._on_detail_closed)
        for keys, pressed in (
            ("Ctrl+J", self.detail.payment_button.click),
            ("Ctrl+L", self.detail.calls_button.click),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(pressed)
        leave = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self, context=leave).activated.connect(self._on_escape)
        turn_panes(self, lambda: self.list.table, lambda: self.detail.area)

    # Finding

    def _on_met(self, gateways: tuple[str, ...], error_codes: tuple[str, ...]) -> None:
        for key, names in (("gateway_name", gateways), ("error_code", error_codes)):
            self.list.bar.set_choices(key, [Choice(name, name) for name in names])

    def _show_behind(self, wanted: CallFilter | None) -> None:
        self.source.behind = wanted
        self.list.bar.show_chips(wanted is None)
        if wanted is None:
            self.behind_bar.clear()
            return
        told = self.tr("Calls: %1").replace("%1", filter_words(wanted))
        self.behind_bar.show_state(told, level="info", action=self.tr("Show all (Esc)"))

    def _on_asked(self) -> None:
        self.bar.clear()
        self._hide_detail()

    def _on_escape(self) -> None:
        if self.detail.isVisible():
            self._on_detail_closed()
        elif self.source.behind is not None:
            self.list.clear()

    # One call

    def _on_current_changed(self, row: ListedCall | None) -> None:
        if row is not None:
            self._shown_id = row.id
            self._read(row.id)

    def _read(self, call_id: int) -> None:
        lists, actor = self.context.app.call_lists, self.context.actor
        self.context.tasks.query(
            self,
            lambda: lists.one(actor, call_id),
            on_success=lambda call: self._on_call(call_id, call),
            on_known_error=self._show_error,
            latest="call",
        )

    def _on_call(self, call_id: int, call: TransactionRow) -> None:
        if call_id == self._shown_id:
            self.detail.show_call(call)
            self.detail.show()

    def _hide_detail(self) -> None:
        self._shown_id = None
        self.detail.hide()

    def _on_detail_closed(self) -> None:
        self._hide_detail()
        self.list.table.setFocus()

    def _show_error(self, error: KnownError) -> None:
        retry = "" if isinstance(error, NotFoundError) else self.tr("Try again")
        self.bar.show_state(error.message, level="error", action=retry)

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()

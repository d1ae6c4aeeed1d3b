"""The transactions page: every call to a gateway, what was sent, what was answered, how fast."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from core.clock import shop_date
from core.errors import KnownError, NotFoundError
from core.services.call_filter import CallFilter
from core.services.listed_calls import ListedCall
from core.services.rows import TransactionRow
from ui.context import PageContext
from ui.pages.page import Page
from ui.pages.transactions.detail import CallPane
from ui.pages.transactions.filters import CallChips, call_filter
from ui.pages.transactions.list_pane import CallsList
from ui.pages.transactions.words import filter_words
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.inputs import SearchField
from ui.widgets.messages import InfoBar
from ui.widgets.panes import turn_panes

_NARROW_CHARACTERS = 150


class TransactionsPage(Page):
    """The audit log of the gateways: looked at, never changed."""

    watches = frozenset({"calls", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._search = ""
        self._behind: CallFilter | None = None
        self._shown_id: int | None = None
        self.list = CallsList(context)
        self.chips = CallChips()
        self.detail = CallPane()
        self.detail.hide()
        column = page_layout(self)
        column.addWidget(self._make_header())
        self.bar = InfoBar()
        self.behind_bar = InfoBar()
        column.addWidget(self.bar)
        column.addWidget(self.behind_bar)
        column.addWidget(self.chips)
        self.split = splitter(self.list, self.detail, shares=(5, 3))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.list.table)
        self._connect()

    def refresh(self) -> None:
        """Read the list, what the filters offer and the call shown again."""
        wanted = self._wanted()
        if wanted == self.list.wanted:
            self.list.refresh()
        else:
            # "Today" became another day meanwhile.
            self.list.show_filter(wanted)
        lists, actor = self.context.app.call_lists, self.context.actor
        self.context.tasks.query(
            self,
            lambda: (lists.gateways(actor), lists.error_codes(actor)),
            on_success=lambda found: self.chips.offer(*found),
            on_known_error=self._show_error,
            latest="offered",
        )
        if self._shown_id is not None:
            self._read(self._shown_id)

    def show_calls(self, wanted: CallFilter) -> None:
        """Show the calls behind something on another page, until all are wanted again."""
        self.search.search_for("")
        self._search = ""
        self._behind = wanted
        told = self.tr("Calls: %1").replace("%1", filter_words(wanted))
        self.behind_bar.show_state(told, level="info", action=self.tr("Show all (Esc)"))
        self.chips.hide()
        self._ask_anew()
        self.list.table.setFocus()

    def _make_header(self) -> PageHeader:
        header = PageHeader(self.tr("Transactions"))
        self.search = SearchField(self.tr("Search transaction, payment, reference, code, error"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 66)
        self.search.search_changed.connect(self._on_search_changed)
        header.buttons.addWidget(self.search)
        return header

    def _connect(self) -> None:
        self.bar.action_triggered.connect(self._on_try_again)
        self.behind_bar.action_triggered.connect(self._on_clear)
        self.chips.filters_changed.connect(self._ask_anew)
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(lambda row: self.payment_requested.emit(row.payment_id))
        self.list.clear_wanted.connect(self._on_clear)
        self.list.emptiness_changed.connect(self._on_emptiness_changed)
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

    def _wanted(self) -> CallFilter:
        if self._behind is not None:
            return replace(self._behind, search=self._search)
        today = shop_date(self.context.app.configuration.clock())
        return call_filter(self.chips.values, self._search, today)

    def _on_search_changed(self, text: str) -> None:
        self._search = text
        self._ask_anew()

    def _ask_anew(self) -> None:
        self.bar.clear()
        self._hide_detail()
        self.list.show_filter(self._wanted())

    def _on_clear(self) -> None:
        self._behind = None
        self.behind_bar.clear()
        self.chips.show()
        self._search = ""
        self.search.search_for("")
        self.chips.chips.clear()
        self._ask_anew()
        self.list.table.setFocus()

    def _on_emptiness_changed(self, is_empty: bool) -> None:
        self.search.setEnabled(not is_empty)
        self.chips.setEnabled(not is_empty)

    def _on_escape(self) -> None:
        if self.detail.isVisible():
            self._on_detail_closed()
        elif self._behind is not None:
            self._on_clear()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the call shown below the list where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_CHARACTERS
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.split.orientation() != wanted:
            self.split.setOrientation(wanted)

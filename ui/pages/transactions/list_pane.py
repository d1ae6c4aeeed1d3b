"""The calls' table with its figures, and what an empty list says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.services.call_filter import CallFilter
from core.services.call_lists import CallTotals
from core.services.call_pages import LOOKED_THROUGH_ROWS, NEWEST_CALLS_FIRST, CallOrder
from core.services.keyset import PagedQuestion
from core.services.listed_calls import CallColumn, ListedCall
from core.services.payment_search import SearchTerms
from ui.context import PageContext
from ui.models.feed import TableFeed
from ui.models.table import PagedTableModel
from ui.pages.transactions.columns import call_columns
from ui.pages.transactions.words import totals_text
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.data_table import DataTable
from ui.widgets.facts import TotalsBar
from ui.widgets.messages import EmptyState
from ui.words import count_text


@dataclass(frozen=True, slots=True)
class Figures:
    """What a filter's calls come to, and how many there are without it."""

    totals: CallTotals
    all_count: int


class CallsList(QWidget):
    """Calls that fit a filter.

    Signals:
        current_changed(call): the row with the focus, or None.
        row_opened(call): Enter or a double click.
        clear_wanted: the empty search's button.
        emptiness_changed(is_empty): no gateway was ever called, or one has been now.
        failed(error): the list could not be read.
    """

    current_changed = Signal(object)
    row_opened = Signal(object)
    clear_wanted = Signal()
    emptiness_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._filter = CallFilter()
        self._order = NEWEST_CALLS_FIRST
        self._has_asked = False
        self.model: PagedTableModel[ListedCall] = PagedTableModel(
            call_columns(), row_id=lambda row: row.id, parent=self
        )
        self.model.sort_wanted.connect(self._on_sort_wanted)
        self.feed: TableFeed[ListedCall, Figures] = TableFeed(
            context.tasks,
            self.model,
            ask=self._ask,
            count=self._count,
            rows_of=lambda figures: figures.totals.count,
            parent=self,
        )
        self.feed.delivered.connect(self._on_delivered)
        self.feed.counted.connect(self._show_figures)
        self.feed.failed.connect(self.failed)
        self.table = DataTable(self.model, self.tr("Calls to gateways"))
        self.table.row_opened.connect(self.row_opened)
        self.table.current_row_changed.connect(self.current_changed)
        # A pane that was closed opens again by a click on the same row.
        self.table.clicked.connect(lambda: self.current_changed.emit(self.table.current_row()))
        self.table.selection_changed.connect(self._on_selection_changed)
        self.setFocusProxy(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        column.addWidget(self._make_stack(), 1)
        column.addLayout(self._make_foot())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)

    @property
    def wanted(self) -> CallFilter:
        """Which calls are asked for."""
        return self._filter

    def show_filter(self, wanted: CallFilter) -> None:
        """Ask for other calls, from an empty table."""
        self._filter = wanted
        self._has_asked = True
        self.model.ask_again()
        self._on_selection_changed()

    def refresh(self) -> None:
        """Ask for the same calls as they are now; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self.show_filter(self._filter)

    def _make_stack(self) -> QStackedWidget:
        self.none_at_all = EmptyState(
            "calls",
            self.tr(
                "No gateway has been called yet. Taking mobile money at the cashier calls one."
            ),
        )
        self.no_results = EmptyState(
            "search", self.tr("No call fits these filters."), self.tr("Clear filters")
        )
        self.no_results.action_triggered.connect(self.clear_wanted)
        self.stack = QStackedWidget()
        for part in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(part)
        return self.stack

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(gap(self))
        told = self.tr("Looked for in the newest %1 calls; three letters find all.")
        self.short_search = PlainLabel(told.replace("%1", count_text(LOOKED_THROUGH_ROWS)))
        self.short_search.hide()
        self.totals = TotalsBar()
        foot.addWidget(self.short_search)
        foot.addWidget(self.totals, 1)
        return foot

    def _ask(self) -> PagedQuestion[ListedCall]:
        return self._context.app.call_lists.ask(self._context.actor, self._filter, self._order)

    def _count(self, cancelled: Callable[[], bool]) -> Figures:
        lists, actor, wanted = self._context.app.call_lists, self._context.actor, self._filter
        found = lists.totals(actor, wanted, cancelled=cancelled)
        if wanted == CallFilter():
            return Figures(found, found.count)
        return Figures(found, lists.count_all(actor))

    def _on_sort_wanted(self, column: str, descending: bool) -> None:
        order = CallOrder(CallColumn(column), descending)
        if order != self._order:
            self._order = order
            self.show_filter(self._filter)

    def _on_delivered(self) -> None:
        if self.model.total:
            self.stack.setCurrentWidget(self.table)

    def _show_figures(self, figures: Figures) -> None:
        self.totals.total.setText(totals_text(figures.totals, figures.all_count))
        few_letters = SearchTerms.of(self._filter.search).is_unindexed
        self.short_search.setVisible(few_letters and figures.all_count > LOOKED_THROUGH_ROWS)
        if figures.totals.count:
            self.stack.setCurrentWidget(self.table)
        else:
            nothing_at_all = not figures.all_count
            self.stack.setCurrentWidget(self.none_at_all if nothing_at_all else self.no_results)
        self.emptiness_changed.emit(not figures.all_count)

    def _on_selection_changed(self) -> None:
        self.totals.show_selection(len(self.table.selectionModel().selectedRows()))

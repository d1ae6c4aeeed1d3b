"""A list page's list: search and filters above, the table, what stands under it; one for all pages.

A page says what its list is (:class:`ListPlan`) and who answers it (:class:`ListSource`), and puts
the frame where it wants it:

    self.list = ListFrame(context, refunds_plan(context), RefundSource(context), beside=self.detail)
    self.list.current_changed.connect(self._show)
    self.list.foot.addWidget(self.approve_button)

and calls ``refresh()`` from its own ``refresh()``. The frame remembers columns and order for the
person signed in, keeps filters by name, and asks again whatever is chosen anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.clock import shop_date
from core.services.lists.keyset import PagedQuestion
from ui.context import PageContext
from ui.lists.columns import ColumnMemory, ColumnsButton
from ui.lists.filter_bar import FilterBar
from ui.lists.filter_values import FilterValues
from ui.lists.layout import SortOrder, show_order
from ui.lists.plan import ListFigures, ListPlan, ListSource
from ui.lists.saved_filters import SavedFilters
from ui.models.feed import TableFeed
from ui.models.table import PagedTableModel
from ui.theme import gap
from ui.widgets.basics import PlainLabel, splitter
from ui.widgets.data_table import DataTable
from ui.widgets.facts import TotalsBar
from ui.widgets.messages import EmptyState, announce
from ui.words import count_text

RowT = TypeVar("RowT")
_NARROW_CHARACTERS = 150


class ListFrame(QWidget, Generic[RowT]):
    """See the module's text.

    ``beside`` is a pane beside the table, below it where the window is narrow. ``foot`` takes the
    page's buttons; ``lists`` takes another list that stands in this one's place for a while.

    Signals:
        current_changed(row): the row with the focus is another, or None.
        row_opened(row): Enter or a double click.
        selection_changed: other rows are selected, or the selected ones changed.
        asked: other rows are asked for, as something else is chosen since the list was opened.
        cleared: all rows are wanted; whatever else narrows the list is to go before it asks.
        fill_wanted: the button of a list without any row.
        emptiness_changed(is_empty): there is no row at all, whatever is chosen, or there is.
        failed(error): the list could not be read.
    """

    current_changed = Signal(object)
    row_opened = Signal(object)
    selection_changed = Signal()
    asked = Signal()
    cleared = Signal()
    fill_wanted = Signal()
    emptiness_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self,
        context: PageContext,
        plan: ListPlan[RowT],
        source: ListSource[RowT],
        *,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plan, self._source = plan, source
        self._has_asked = False
        self._to_select: Hashable | None = None
        self._figures: ListFigures | None = None
        self._wants_all = False
        self.model: PagedTableModel[RowT] = PagedTableModel(
            plan.columns, row_id=plan.row_id, parent=self
        )
        self.table = DataTable(self.model, plan.words.name)
        self.memory = ColumnMemory(context, plan.key, self.table, plan.order)
        self.order = self.memory.order
        show_order(self.table, self.order)
        self.bar = FilterBar(
            plan.chips,
            plan.words.search,
            lambda: shop_date(context.app.configuration.clock()),
        )
        self.saved = SavedFilters(context, plan.key, lambda: self.bar.values)
        self.columns_button = ColumnsButton(self.memory)
        self.bar.add_button(self.saved)
        self.bar.add_button(self.columns_button)
        self.feed = self._make_feed(context)
        self._lay_out(beside)
        self._connect()

    @property
    def values(self) -> FilterValues:
        """What is chosen and searched for."""
        return self.bar.values

    @property
    def selection_count(self) -> int:
        """How many rows are selected, loaded or not."""
        return self.table.selection_count

    def selected_rows(self) -> list[RowT]:
        """Return the selected rows that are loaded, from top to bottom."""
        return self.table.selected_rows()

    def show_values(self, values: FilterValues) -> None:
        """Choose and search for something else, from an empty table."""
        self.bar.show_values(values)
        self.ask_again()

    def clear(self) -> None:
        """Choose nothing and search for nothing."""
        self.cleared.emit()
        self.show_values(FilterValues())
        self.table.setFocus()

    def ask_again(self) -> None:
        """Ask for the rows anew, from an empty table."""
        self._ask()
        self.asked.emit()

    def refresh(self) -> None:
        """Ask for the same rows as they are now; selection and place stay.

        The first time it begins with the person's own filter, if one is to be used at the start.
        """
        if self._has_asked:
            self.model.refresh()
        else:
            self.saved.read(self._begin)

    def select(self, row_id: Hashable) -> bool:
        """Go to a row; False when it is not in the table, then it is taken on arrival."""
        position = self.model.position_of(row_id)
        if position is None:
            self._to_select = row_id
            return False
        self._to_select = None
        self.table.selectRow(position)
        self.table.scrollTo(self.model.index(position, 0))
        return True

    def question(self) -> PagedQuestion[RowT]:
        """Return what is chosen now, in the order shown, as a question of its own."""
        return self._source.ask(self.values, self.order)

    def show_below(self, line: QWidget) -> None:
        """Put a line below the list, which takes room only while it is shown."""
        self._inner.addWidget(line)

    def show_instead(self, other: QWidget | None) -> None:
        """Show another widget of ``lists`` in place of list and filters; None ends it."""
        self.bar.setVisible(other is None)
        self.lists.setCurrentWidget(self.pane if other is None else other)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the pane beside the list below it where there is no room."""
        super().resizeEvent(event)
        if self.split is not None:
            narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_CHARACTERS
            wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
            if self.split.orientation() != wanted:
                self.split.setOrientation(wanted)

    def _make_feed(self, context: PageContext) -> TableFeed[RowT, ListFigures]:
        asked = self.values

        def ask() -> PagedQuestion[RowT]:
            nonlocal asked
            asked = self.values
            return self._source.ask(asked, self.order)

        def count(cancelled: Callable[[], bool]) -> ListFigures:
            return self._source.count(asked, cancelled)

        return TableFeed(
            context.tasks,
            self.model,
            ask=ask,
            count=count,
            rows_of=lambda figures: figures.count,
            parent=self,
        )

    def _lay_out(self, beside: QWidget | None) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.2))
        column.addWidget(self.bar)
        self.pane = QWidget()
        self.lists = QStackedWidget()
        self.lists.addWidget(self.pane)
        self.split = None if beside is None else splitter(self.lists, beside, shares=(5, 3))
        column.addWidget(self.split or self.lists, 1)
        inner = self._inner = QVBoxLayout(self.pane)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(gap(self, 0.8))
        words = self._plan.words
        self.none_at_all = EmptyState(self._plan.icon, words.none_at_all, words.fill)
        self.no_results = EmptyState(
            "search", words.no_results, self.tr("Clear search and filters")
        )
        self.stack = QStackedWidget()
        for widget in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(widget)
        inner.addWidget(self.stack, 1)
        # On a line of its own: buttons, selection and totals fill the one below it.
        self.progress = PlainLabel(look="muted")
        self.progress.hide()
        inner.addWidget(self.progress)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(gap(self))
        self.note = PlainLabel(look="muted")
        self.note.hide()
        self.totals = TotalsBar()
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        row.addLayout(self.foot)
        row.addWidget(self.note)
        row.addWidget(self.totals, 1)
        inner.addLayout(row)
        self.pane.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)
        self.pane.setFocusProxy(self.table)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.bar.changed.connect(self.ask_again)
        self.saved.chosen.connect(self._on_saved_chosen)
        self.saved.failed.connect(self.failed)
        self.model.sort_wanted.connect(self._on_sort_wanted)
        # A refresh may change what the selected rows allow.
        self.model.dataChanged.connect(self._on_selection_changed)
        self.feed.delivered.connect(self._on_delivered)
        self.feed.counted.connect(self._show_figures)
        self.feed.searching.connect(self._on_searching)
        self.feed.failed.connect(self.failed)
        self.table.row_opened.connect(self.row_opened)
        self.table.current_row_changed.connect(self.current_changed)
        # A pane that was closed opens again by a click on the same row.
        self.table.clicked.connect(lambda: self.current_changed.emit(self.table.current_row()))
        self.table.selection_changed.connect(self._on_selection_changed)
        self.table.copied.connect(self._on_copied)
        self.none_at_all.action_triggered.connect(self.fill_wanted)
        self.no_results.action_triggered.connect(self.clear)
        for keys, act in (
            ("Ctrl+Shift+S", self.saved.open),
            ("Ctrl+Shift+O", self.columns_button.open),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _ask(self) -> None:
        self._has_asked = True
        self._to_select = None
        self.progress.hide()
        self.model.ask_again()
        self._on_selection_changed()

    def _begin(self, first: FilterValues | None) -> None:
        if self._has_asked:
            return
        if first is not None:
            self.bar.show_values(first)
        self._ask()

    def _on_saved_chosen(self, values: FilterValues) -> None:
        self.cleared.emit()
        self.show_values(values)
        self.table.setFocus()

    def _on_sort_wanted(self, key: str, descending: bool) -> None:
        order = SortOrder(key, descending)
        if order != self.order:
            self.order = order
            self.memory.keep_order(order)
            self.ask_again()
            announce(self.table, self.table.accessibleDescription())

    def _on_delivered(self) -> None:
        if self.model.total:
            self.stack.setCurrentWidget(self.table)
        if self._to_select is not None:
            self.select(self._to_select)

    def _on_searching(self, is_on: bool) -> None:
        """Say that rows may be missing yet, and when all have been looked through."""
        told = self._plan.words.searching if is_on else self._plan.words.searched
        if is_on:
            # What stood there was said of an earlier search.
            self.stack.setCurrentWidget(self.table)
        if told != self.progress.text() or self.progress.isHidden():
            self.progress.setText(told)
            self.progress.setVisible(bool(told))
            announce(self.table, told)

    def _show_figures(self, figures: ListFigures) -> None:
        self._figures = figures
        if self._wants_all:
            self.table.selectAll()
        self.totals.show_total(figures.count, figures.sum_text, of=figures.all_count)
        told = self._source.note(self.values, figures)
        self.note.setText(told)
        self.note.setVisible(bool(told))
        if figures.count:
            self.stack.setCurrentWidget(self.table)
        else:
            self.stack.setCurrentWidget(self.no_results if figures.all_count else self.none_at_all)
        self.bar.setEnabled(bool(figures.all_count))
        self.emptiness_changed.emit(not figures.all_count)
        if self.selection_count == figures.count:
            self._show_selection()

    def _on_selection_changed(self) -> None:
        # All that is known of a list whose end is not: the rest belongs to it once it is known.
        self._wants_all = not self.feed.is_counted and 0 < self.selection_count == self.model.total
        self._show_selection()
        self.selection_changed.emit()

    def _show_selection(self) -> None:
        count = self.selection_count
        if self._figures is not None and 1 < count == self._figures.count == self.model.total:
            self.totals.show_selection(count, self._figures.sum_text)
            return
        rows = self.selected_rows() if count else []
        self.totals.show_selection(
            count, self._source.sum_of(rows) if rows and len(rows) == count else ""
        )

    def _on_copied(self, rows: int, selected: int) -> None:
        if rows == selected:
            return
        told = self.tr("Copied %1 of %2 selected rows: the others are not loaded.")
        told = told.replace("%1", count_text(rows)).replace("%2", count_text(selected))
        self.note.setText(told)
        self.note.show()
        announce(self.table, told)

"""The table of every page: rows by pages, painted by delegates, all of it from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ui.delegates.amount import AmountDelegate
from ui.delegates.badge import BadgeDelegate
from ui.delegates.text import CellDelegate
from ui.models.roles import COPY, ROW
from ui.models.stretches import Stretch, count_of, selected_stretches
from ui.models.table import ColumnKind, PagedTableModel
from ui.theme import gap, row_height
from ui.widgets.steady_place import SteadyPlace

RowT = TypeVar("RowT")
_MAX_COPIED_ROWS = 10_000
_LEAST_WIDTH_TENTHS = 30
_MOST_GROWTH = 3
"""So many times as wide as wished a column may become: amounts do not drift too far from names."""


class DataTable(QTableView, Generic[RowT]):
    """A view of a ``PagedTableModel``: whole rows are selected, several with Shift and Ctrl.

    Enter opens a row, Space adds it to the selection or takes it away, Ctrl+C copies the selected
    rows with their header as tab-separated text, F7 sorts by the column with the focus and again
    the other way round, the header's context menu hides columns.

    Signals:
        row_opened(row): Enter or a double click on a loaded row.
        selection_changed: the set of selected rows is another one; ask ``selected_rows``.
        current_row_changed(row): the row with the focus, or None.
        layout_changed: a person moved, resized, hid or showed a column.
        copied(rows, selected): so many rows are on the clipboard, of so many selected.
    """

    row_opened = Signal(object)
    selection_changed = Signal()
    current_row_changed = Signal(object)
    layout_changed = Signal()
    copied = Signal(int, int)

    def __init__(
        self, model: PagedTableModel[RowT], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        self._delegates: dict[ColumnKind, CellDelegate] = {
            ColumnKind.TEXT: CellDelegate(self, model.cell),
            ColumnKind.AMOUNT: AmountDelegate(self, model.cell),
            ColumnKind.BADGE: BadgeDelegate(self, model.cell),
        }
        self.setModel(model)
        for number, column in enumerate(model.columns):
            self.setItemDelegateForColumn(number, self._delegates[column.kind])
        self._width_tenths = [column.width * 10 for column in model.columns]
        self._is_laying_out = False
        # A header that knew of the selection would ask, while it is painted, about every row of a
        # selected column: more than a minute of a million rows.
        header.setSelectionModel(QItemSelectionModel(model, header))
        self._follow_font()
        header.sectionResized.connect(self._on_resized)
        header.sectionMoved.connect(self._on_moved)
        # Without a first sort column a click on any header sorts by it.
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.setSortIndicatorClearable(False)
        self._sorted_by = (-1, Qt.SortOrder.DescendingOrder)
        header.sortIndicatorChanged.connect(self._on_sort_indicator)
        self.setSortingEnabled(True)
        self._place = SteadyPlace(self, model)
        model.replaced.connect(self.selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.doubleClicked.connect(self._open)

    @property
    def rows(self) -> PagedTableModel[RowT]:
        """The model."""
        return self._rows

    @property
    def selection_count(self) -> int:
        """How many rows are selected, loaded or not."""
        return count_of(self.selected_stretches())

    def selected_stretches(self) -> tuple[Stretch, ...]:
        """Return where the selected rows lie, loaded or not."""
        return selected_stretches(self.selectionModel())

    def selected_rows(self) -> list[RowT]:
        """Return the selected rows that are loaded, from top to bottom."""
        return [row for _, row in self._selected_loaded()]

    def current_row(self) -> RowT | None:
        """Return the row with the focus, if it is loaded."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def copy_selection(self) -> None:
        """Put the selected rows that are loaded on the clipboard, amounts as plain digits."""
        shown = self.shown_columns()
        lines = ["\t".join(self._rows.columns[column].header for column in shown)]
        for position, _ in self._selected_loaded()[:_MAX_COPIED_ROWS]:
            cells = (self._rows.index(position, column).data(COPY) for column in shown)
            lines.append("\t".join(_one_cell(cell) for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copied.emit(len(lines) - 1, self.selection_count)

    def copy_cell(self) -> None:
        """Put the cell with the focus on the clipboard."""
        QGuiApplication.clipboard().setText(str(self.currentIndex().data(COPY) or ""))

    def sort_by_current_column(self) -> None:
        """Sort by the column with the focus; by the same one again, the other way round."""
        number = self.currentIndex().column()
        if number < 0 or not self._rows.columns[number].sortable:
            return
        down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        now, order = self._sorted_by
        self.horizontalHeader().setSortIndicator(
            number, down if (now, order) == (number, up) else up
        )

    def width_tenths(self, number: int) -> int:
        """Return how wide a person wants a column, in tenths of a character."""
        return self._width_tenths[number]

    def set_width_tenths(self, number: int, tenths: int) -> None:
        """Make a column as wide as so many tenths of a character."""
        self._width_tenths[number] = max(_LEAST_WIDTH_TENTHS, tenths)
        self._fit_columns()

    def setColumnHidden(self, number: int, hidden: bool) -> None:
        """Hide or show a column; its room goes to others."""
        super().setColumnHidden(number, hidden)
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out what room there is now."""
        super().resizeEvent(event)
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, toggle with Space, copy with Ctrl+C (the cell with Ctrl+Shift+C)."""
        if event.key() == Qt.Key.Key_F7:
            self.sort_by_current_column()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() == Qt.Key.Key_C and event.modifiers() == (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            self.copy_cell()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            flag = self.selectionModel().SelectionFlag
            self.selectionModel().select(self.currentIndex(), flag.Toggle | flag.Rows)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font or palette."""
        super().changeEvent(event)
        if event.type() in {
            QEvent.Type.FontChange,
            QEvent.Type.PaletteChange,
            QEvent.Type.StyleChange,
        } and hasattr(self, "_delegates"):
            for delegate in self._delegates.values():
                delegate.clear_cache()
            if event.type() != QEvent.Type.PaletteChange:
                self._follow_font()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell of another selection."""
        super().selectionChanged(selected, deselected)
        if not self._rows.is_replacing:
            self.selection_changed.emit()

    def _follow_font(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(row_height(metrics))
        self.verticalHeader().setMinimumSectionSize(row_height(metrics))
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give each column the width wished for, and what is over to those that grow."""
        shown = self.shown_columns()
        wished = [self._wished_width(number) for number in range(len(self._rows.columns))]
        growing = [number for number in shown if self._rows.columns[number].grows]
        spare = max(0, self.viewport().width() - sum(wished[number] for number in shown))
        was_laying_out, self._is_laying_out = self._is_laying_out, True
        for number, width in enumerate(wished):
            more = 0
            if number in growing:
                more = min(spare // len(growing), width * (_MOST_GROWTH - 1))
            self.setColumnWidth(number, width + more)
        self._is_laying_out = was_laying_out

    def _wished_width(self, number: int) -> int:
        character = self.fontMetrics().horizontalAdvance("0")
        return self._width_tenths[number] * character // 10 + self._padding(number)

    def _padding(self, number: int) -> int:
        is_badge = self._rows.columns[number].kind is ColumnKind.BADGE
        return row_height(self.fontMetrics()) if is_badge else gap(self, 2)

    def _on_resized(self, number: int, _old: int, width: int) -> None:
        # The last column takes what room is left: its width is nobody's wish.
        if self._is_laying_out or not width or self.shown_columns()[-1:] == [number]:
            return
        character = self.fontMetrics().horizontalAdvance("0")
        tenths = (width - self._padding(number)) * 10 // character
        self._width_tenths[number] = max(_LEAST_WIDTH_TENTHS, tenths)
        self.layout_changed.emit()

    def _on_moved(self, _number: int, _before: int, _after: int) -> None:
        self.layout_changed.emit()

    def _on_sort_indicator(self, number: int, order: Qt.SortOrder) -> None:
        if number < 0 or self._rows.columns[number].sortable:
            self._sorted_by = (number, order)
            self._tell_order()
        else:
            # Rows cannot be had in this order: the arrow stays where it says the truth.
            self.horizontalHeader().setSortIndicator(*self._sorted_by)

    def _tell_order(self) -> None:
        number, order = self._sorted_by
        if number < 0:
            return
        is_down = order is Qt.SortOrder.DescendingOrder
        sentence = self.tr("Sorted by %1, downwards") if is_down else self.tr("Sorted by %1")
        self.setAccessibleDescription(sentence.replace("%1", self._rows.columns[number].header))

    def _selected_loaded(self) -> list[tuple[int, RowT]]:
        """Return the selected rows at hand with their positions, page by page: few ever are."""
        size = self._rows.page_size
        found = []
        for first, last in self.selected_stretches():
            start = first
            while start <= last:
                end = min(last + 1, (start // size + 1) * size)
                if self._rows.row_at(start) is not None:
                    rows = ((place, self._rows.row_at(place)) for place in range(start, end))
                    found += [(place, row) for place, row in rows if row is not None]
                start = end
        return found

    def shown_columns(self) -> list[int]:
        """Return the columns that are shown, in the order they are shown in."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in order if not self.isColumnHidden(column)]

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW) if index.isValid() else None
        if row is not None:
            self.row_opened.emit(row)

    def _on_current_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        # A row that went away under the focus leaves what was opened from it open.
        if not self._rows.is_replacing:
            self.current_row_changed.emit(current.data(ROW) if current.isValid() else None)

    def _on_header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, column in enumerate(self._rows.columns):
            action = menu.addAction(column.header)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.setEnabled(len(self.shown_columns()) > 1 or self.isColumnHidden(number))
            action.toggled.connect(self._column_shower(number))
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _column_shower(self, number: int) -> Callable[[bool], None]:
        def show(shown: bool) -> None:
            self.setColumnHidden(number, not shown)
            self.layout_changed.emit()

        return show


def _one_cell(text: object) -> str:
    """Return a cell's text without what would begin another cell or row where it is pasted."""
    return " ".join(str(text or "").split("\t")).replace("\r", " ").replace("\n", " ")

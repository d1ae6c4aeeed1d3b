"""The table of every page: rows by pages, painted by delegates, all of it from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ui.delegates.amount import AmountDelegate
from ui.delegates.badge import BadgeDelegate
from ui.delegates.text import CellDelegate
from ui.models.roles import COPY, ROW
from ui.models.table import ColumnKind, PagedTableModel
from ui.theme import gap, row_height
from ui.widgets.steady_place import SteadyPlace

RowT = TypeVar("RowT")
_MAX_COPIED_ROWS = 10_000


class DataTable(QTableView, Generic[RowT]):
    """A view of a ``PagedTableModel``: whole rows are selected, several with Shift and Ctrl.

    Enter opens a row, Space adds it to the selection or takes it away, Ctrl+C copies the selected
    rows with their header as tab-separated text, the header's context menu hides columns.

    Signals:
        row_opened(row): Enter or a double click on a loaded row.
        selection_changed: the set of selected rows is another one; ask ``selected_rows``.
        current_row_changed(row): the row with the focus, or None.
    """

    row_opened = Signal(object)
    selection_changed = Signal()
    current_row_changed = Signal(object)

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
        self._follow_font()
        # Without a first sort column a click on any header sorts by it.
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.setSortIndicatorClearable(False)
        self.setSortingEnabled(True)
        self._place = SteadyPlace(self, model)
        model.replaced.connect(self.selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.doubleClicked.connect(self._open)

    @property
    def rows(self) -> PagedTableModel[RowT]:
        """The model."""
        return self._rows

    def selected_rows(self) -> list[RowT]:
        """Return the selected rows that are loaded, from top to bottom."""
        positions = sorted(index.row() for index in self.selectionModel().selectedRows())
        found = (self._rows.row_at(position) for position in positions)
        return [row for row in found if row is not None]

    def current_row(self) -> RowT | None:
        """Return the row with the focus, if it is loaded."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def copy_selection(self) -> None:
        """Put the selected rows on the clipboard, amounts as plain digits."""
        positions = sorted(index.row() for index in self.selectionModel().selectedRows())
        shown = self._shown_columns()
        lines = ["\t".join(self._rows.columns[column].header for column in shown)]
        for position in positions[:_MAX_COPIED_ROWS]:
            cells = (self._rows.index(position, column).data(COPY) for column in shown)
            lines.append("\t".join(str(cell or "").replace("\t", " ") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def copy_cell(self) -> None:
        """Put the cell with the focus on the clipboard."""
        QGuiApplication.clipboard().setText(str(self.currentIndex().data(COPY) or ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, toggle with Space, copy with Ctrl+C (the cell with Ctrl+Shift+C)."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
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
        character = metrics.horizontalAdvance("0")
        for number, column in enumerate(self._rows.columns):
            extra = row_height(metrics) if column.kind is ColumnKind.BADGE else gap(self, 2)
            self.setColumnWidth(number, column.width * character + extra)

    def _shown_columns(self) -> list[int]:
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
            action.setEnabled(len(self._shown_columns()) > 1 or self.isColumnHidden(number))
            action.toggled.connect(self._column_shower(number))
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _column_shower(self, number: int) -> Callable[[bool], None]:
        return lambda shown: self.setColumnHidden(number, not shown)

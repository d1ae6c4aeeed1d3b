"""The statement's lines with their filter chips; a line can be dragged onto payments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QToolButton, QWidget

from ui.models.columns import amount_column
from ui.models.rows import RowsModel
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.board import Board, BoardLine, Category
from ui.pages.reconcile.words import (
    category_badge,
    category_word,
    filled,
    line_reference,
    line_text,
    number,
)
from ui.theme import gap, set_look
from ui.widgets.data_table import DataTable
from ui.widgets.flow import FlowLayout

LINES_MIME = "application/x-sanduku-statement-lines"
"""What a dragged line carries: nothing but the wish; the page knows which lines are selected."""

_TEXT, _LEAST_TEXT = 3, 32
"""The column of the text, and the characters it never has less than."""

Index = QModelIndex | QPersistentModelIndex


class LinesModel(RowsModel[BoardLine]):
    """The lines shown; each may be dragged."""

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let lines be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return what a drag carries."""
        return [LINES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return a drag of lines."""
        data = QMimeData()
        ids = sorted({str(index.row()) for index in indexes})
        data.setData(LINES_MIME, ",".join(ids).encode())
        return data


class LinesTable(DataTable[BoardLine]):
    """The table of lines.

    Signals:
        approve_wanted: Enter; a double click only selects, for it is too easily made.
    """

    approve_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.model_of_lines = LinesModel(
            (
                Column("date", self.tr("Date"), lambda each: str(each.line.line_date), width=10),
                amount_column(
                    "amount",
                    self.tr("Amount"),
                    lambda each: each.line.amount_minor,
                    currency=lambda each: each.line.currency,
                    tone=lambda each: "danger" if each.line.amount_minor < 0 else None,
                    width=12,
                ),
                Column(
                    "state",
                    self.tr("State"),
                    lambda each: category_word(each.category),
                    ColumnKind.BADGE,
                    badge=lambda each: category_badge(each.category),
                    width=11,
                ),
                Column(
                    "text",
                    self.tr("Text"),
                    lambda each: line_text(each.line),
                    tool_tip=lambda each: line_text(each.line),
                    width=23,
                ),
                Column(
                    "reference",
                    self.tr("Reference"),
                    lambda each: line_reference(each.line),
                    tool_tip=lambda each: line_reference(each.line),
                    width=14,
                ),
            ),
            row_id=lambda each: each.line_id,
        )
        super().__init__(self.model_of_lines, self.tr("Lines of the statement"), parent)
        self.model_of_lines.setParent(self)
        self.horizontalHeader().setStretchLastSection(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the text what room the other columns leave."""
        super().resizeEvent(event)
        header = self.horizontalHeader()
        others = sum(self.columnWidth(c) for c in range(header.count()) if c != _TEXT)
        least = self.fontMetrics().averageCharWidth() * _LEAST_TEXT
        self.setColumnWidth(_TEXT, max(least, self.viewport().width() - others))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Approve with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.approve_wanted.emit()
            return
        super().keyPressEvent(event)


class CategoryChips(QWidget):
    """One chip per category with its count; exactly one is chosen.

    Signals:
        category_chosen(category): a ``Category``, or None for all lines.
    """

    category_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: Category | None = None
        row = FlowLayout(self, spacing=gap(self, 0.8))
        self.buttons: dict[Category | None, QToolButton] = {}
        for place, category in enumerate((None, *Category), start=1):
            made = QToolButton()
            set_look(made, kind="pick", active="false")
            made.clicked.connect(lambda _=False, chosen=category: self.choose(chosen))
            made.setToolTip(f"Ctrl+{place}")
            QShortcut(QKeySequence(f"Ctrl+{place}"), self).activated.connect(made.click)
            self.buttons[category] = made
            row.addWidget(made)

    @property
    def chosen(self) -> Category | None:
        """The category chosen, or None for all."""
        return self._chosen

    def choose(self, category: Category | None) -> None:
        """Choose a category."""
        changed = category is not self._chosen
        self._chosen = category
        self._mark()
        if changed:
            self.category_chosen.emit(category)

    def show_counts(self, board: Board) -> None:
        """Show how many lines each category has."""
        for category, made in self.buttons.items():
            count = len(board.lines) if category is None else board.shares[category].count
            word = self.tr("All") if category is None else category_word(category)
            made.setText(f"{word}  {number(count)}")
            made.setAccessibleName(filled(self.tr("%1, %2 lines"), word, number(count)))
        self._mark()

    def _mark(self) -> None:
        for category, made in self.buttons.items():
            set_look(made, active="true" if category is self._chosen else "false")


class LinePlace:
    """Which line the clerk is at, kept while rows come, go and change under it."""

    def __init__(self, table: LinesTable) -> None:
        self._table = table
        self._rows: Sequence[BoardLine] = ()
        self._wanted_id: int | None = None
        self._has_moved = False
        table.current_row_changed.connect(self._on_current_row_changed)
        self._is_restoring = False

    @property
    def line_id(self) -> int | None:
        """The line's id, or None while none is shown."""
        return self._wanted_id

    def show_rows(self, rows: Sequence[BoardLine]) -> None:
        """Show other rows and stay at the line, or at what took its place."""
        ids = {each.line_id for each in rows}
        if self._wanted_id not in ids:
            self._wanted_id = self._neighbour(ids)
            self._has_moved = True
        self._rows = rows
        self._is_restoring = True
        self._table.model_of_lines.show_rows(rows)
        self._is_restoring = False
        self._restore()

    def go_to(self, line_id: int | None) -> None:
        """Make a line the current one."""
        self._wanted_id = line_id
        self._has_moved = True
        self._restore()

    def open_ids_after(self) -> list[int]:
        """Return the other open lines, those below the current one first."""
        place = self._place()
        after = [*self._rows[place + 1 :], *self._rows[: max(0, place)]]
        return [each.line_id for each in after if each.category.is_open]

    def advance(self, ids: Sequence[int]) -> None:
        """Go to the first of some lines that is shown and still open."""
        still_open = {each.line_id for each in self._rows if each.category.is_open}
        target = next((line_id for line_id in ids if line_id in still_open), None)
        if target is not None:
            self.go_to(target)

    def first_open_id(self) -> int | None:
        """Return the first line that wants a decision, else the first."""
        found = next((each for each in self._rows if each.category.is_open), None)
        found = found or next(iter(self._rows), None)
        return found.line_id if found else None

    def _place(self) -> int:
        ids = [each.line_id for each in self._rows]
        return ids.index(self._wanted_id) if self._wanted_id in ids else -1

    def _neighbour(self, ids: set[int]) -> int | None:
        """Return the next line of the old rows that is still there."""
        place = max(0, self._place())
        order = [*self._rows[place:], *reversed(self._rows[:place])]
        kept = next((each.line_id for each in order if each.line_id in ids), None)
        return kept if kept is not None else min(ids, default=None)

    def _restore(self) -> None:
        model = self._table.model_of_lines
        position = None if self._wanted_id is None else model.position_of(self._wanted_id)
        if position is None:
            return
        current = self._table.currentIndex()
        if self._has_moved or not current.isValid() or current.row() != position:
            self._table.selectRow(position)
            self._table.scrollTo(model.index(position, 0))
        self._has_moved = False

    def _on_current_row_changed(self, row: BoardLine | None) -> None:
        if row is not None and not self._is_restoring:
            self._wanted_id = row.line_id

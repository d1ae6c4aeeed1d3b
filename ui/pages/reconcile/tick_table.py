"""A table in which rows are ticked: Space or a click on the box adds a row or takes it out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.widgets.data_table import DataTable

RowT = TypeVar("RowT")


class TickTable(DataTable[RowT], Generic[RowT]):
    """Rows with a box each. What is ticked stays ticked, and first, whatever else is shown.

    Signals:
        ticks_changed: other rows are ticked; ask ``ticked``.
    """

    ticks_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        name: str,
        row_id: Callable[[RowT], Hashable],
        parent: QWidget | None = None,
    ) -> None:
        self._row_id = row_id
        self._ticked: dict[Hashable, RowT] = {}
        self._shown: tuple[RowT, ...] = ()
        box = Column("tick", self.tr("✓"), self._box, width=3)
        self._model: RowsModel[RowT] = RowsModel((box, *columns), row_id=row_id)
        super().__init__(self._model, name, parent)
        self._model.setParent(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSortingEnabled(False)
        self.clicked.connect(self._on_clicked)

    @property
    def ticked(self) -> tuple[RowT, ...]:
        """The rows ticked, in the order of their ticking."""
        return tuple(self._ticked.values())

    def show_rows(self, rows: Sequence[RowT], *, ticked: Sequence[RowT] | None = None) -> None:
        """Show what may be ticked, below what is."""
        if ticked is not None:
            self._ticked = {self._row_id(row): row for row in ticked}
        rest = [row for row in rows if self._row_id(row) not in self._ticked]
        self._shown = (*self._ticked.values(), *rest)
        self._model.show_rows(self._shown)
        if not self.currentIndex().isValid() and self._model.total:
            self.setCurrentIndex(self._model.index(0, 0))

    def toggle(self, row: RowT) -> None:
        """Tick a row, or take its tick away; it stays where it stands."""
        key = self._row_id(row)
        if self._ticked.pop(key, None) is None:
            self._ticked[key] = row
        self._model.show_rows(self._shown)
        self.ticks_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with Space; leave Enter to the form."""
        row = self.current_row()
        if event.key() == Qt.Key.Key_Space and row is not None:
            self.toggle(row)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _box(self, row: RowT) -> str:
        return "☑" if self._row_id(row) in self._ticked else "☐"

    def _on_clicked(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if index.column() == 0 and row is not None:
            self.toggle(row)

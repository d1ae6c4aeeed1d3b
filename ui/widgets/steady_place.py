"""A table whose rows are put in place as they are now stays where it was looked at, by its rows.

At the very top, with nothing selected, it stays at the top instead: there somebody watches what
arrives.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QObject, QPersistentModelIndex
from PySide6.QtWidgets import QTableView

from ui.models.rereading import InUse
from ui.models.table import PagedTableModel

_MOST_FOLLOWED = 2_000
"""So many selected rows are looked for one by one; beyond, whole stretches are selected."""


class SteadyPlace(QObject):
    """Keeps top row, selection and focus of a view of a ``PagedTableModel``."""

    def __init__(self, view: QTableView, model: PagedTableModel[Any]) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._seen: list[tuple[QPersistentModelIndex, int]] = []
        self._selected: list[Hashable] = []
        self._current: Hashable = None
        model.in_use = self.in_use
        model.about_to_replace.connect(self._remember)
        model.replaced.connect(self._restore)

    def in_use(self) -> InUse:
        """Return the rows that are seen, and the first two thousand that are selected."""
        return InUse(self._seen_rows(), tuple(islice(self._selected_rows(), _MOST_FOLLOWED)))

    def _seen_rows(self) -> range:
        top = self._view.rowAt(0)
        if top < 0:
            return range(0)
        bottom = self._view.rowAt(self._view.viewport().height() - 1)
        return range(top, (bottom if bottom >= 0 else self._model.total - 1) + 1)

    def _selected_rows(self) -> Iterator[int]:
        selection = self._view.selectionModel()
        if selection is not None:
            parts = selection.selection()
            for part in (parts.at(number) for number in range(parts.count())):
                yield from range(part.top(), part.bottom() + 1)

    def _remember(self) -> None:
        seen = self._seen_rows()
        bar = self._view.verticalScrollBar()
        selected = list(islice(self._selected_rows(), _MOST_FOLLOWED))
        holds = bar.value() > bar.minimum() or any(row in seen for row in selected)
        self._seen = [
            (QPersistentModelIndex(self._model.index(row, 0)), self._view.rowViewportPosition(row))
            for row in (seen if holds else ())
        ]
        self._selected = [self._model.id_at(row) for row in selected]
        self._current = self._model.id_at(self._view.currentIndex().row())

    def _restore(self) -> None:
        self._select_again()
        for index, top in self._seen:
            if index.isValid():
                # The bar learns its new length only when the view is next laid out.
                self._view.updateGeometries()
                bar = self._view.verticalScrollBar()
                bar.setValue(bar.value() + self._view.rowViewportPosition(index.row()) - top)
                break
        self._seen = []
        # Rows that came into sight meanwhile are asked for by being painted.
        self._view.viewport().update()

    def _select_again(self) -> None:
        """Select the rows that went to another place of the list, which nothing else follows."""
        selection = self._view.selectionModel()
        places = self._model.positions_of({*self._selected, self._current} - {None})
        flag = QItemSelectionModel.SelectionFlag
        for row_id in self._selected:
            if row_id in places:
                index = self._model.index(places[row_id], 0)
                if not selection.isSelected(index):
                    selection.select(index, flag.Select | flag.Rows)
        place = places.get(self._current)
        current = self._view.currentIndex()
        if place is not None and place != current.row():
            column = max(current.column(), 0)
            selection.setCurrentIndex(self._model.index(place, column), flag.NoUpdate)

"""A table model whose rows are all in memory; it moves selection and current row by identity."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from ui.models.table import Column, PagedTableModel

RowT = TypeVar("RowT")
_ALL_ON_ONE_PAGE = 1_000_000


class RowsModel(PagedTableModel[RowT], Generic[RowT]):
    """Shows the rows it was given last, at once.

    ``page_size`` limits how many are made ready to be painted before they are looked at; those
    that were not keep no selection.
    """

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        row_id: Callable[[RowT], Hashable],
        page_size: int = _ALL_ON_ONE_PAGE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, row_id=row_id, page_size=page_size, parent=parent)
        self._given: Sequence[RowT] = ()
        self.page_wanted.connect(self._answer)

    def show_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows; those that stay keep their selection."""
        self._given = rows
        self.refresh()
        # Not by the queue: between two moments a click could land on a row about to move.
        self._ask_for_next_page()

    def _answer(self, question: int, page: int) -> None:
        first = page * self.page_size
        rows = self._given[first : first + self.page_size]
        self.deliver(question, page, rows, len(self._given))

"""Feeds a table from a question that is answered page by page, and counts its rows apart.

Rows never wait for their number: until it is known, a table that goes on is one page longer than
what was read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError, ReadCancelledError
from core.services.keyset import PagedQuestion
from ui.models.table import PagedTableModel
from ui.tasks import TaskRunner

RowT = TypeVar("RowT")
CountT = TypeVar("CountT")


class TableFeed(QObject, Generic[RowT, CountT]):
    """Answers a model's wish for pages.

    ``ask`` makes the question and ``count`` its figures, both for what is wanted at that moment;
    ``rows_of`` tells how many rows the figures mean. An earlier question is let go of.

    Signals:
        delivered: rows arrived.
        counted(figures): the present question's figures.
        failed(error): rows or figures could not be read.
    """

    delivered = Signal()
    counted = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        tasks: TaskRunner,
        model: PagedTableModel[RowT],
        *,
        ask: Callable[[], PagedQuestion[RowT]],
        count: Callable[[Callable[[], bool]], CountT],
        rows_of: Callable[[CountT], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._model = model
        self._ask = ask
        self._count = count
        self._rows_of = rows_of
        self._number = -1
        self._asked: PagedQuestion[RowT] | None = None
        self._total: int | None = None
        model.page_wanted.connect(self._fetch)

    @property
    def is_counted(self) -> bool:
        """Tell whether it is known how many rows the present question has."""
        return self._total is not None

    def _fetch(self, number: int, page: int) -> None:
        if number != self._number:
            self._begin(number)
        asked = self._asked
        if asked is None:
            return
        size, total = self._model.page_size, self._total
        self._tasks.query(
            self,
            lambda: asked.rows(page * size, size, total=total),
            on_success=lambda rows: self._on_rows(number, page, rows),
            on_known_error=lambda error: self._on_refused(number, page, error),
        )

    def _begin(self, number: int) -> None:
        if self._asked is not None:
            self._asked.cancel()
        self._number = number
        self._total = None
        try:
            self._asked = self._ask()
        except KnownError as error:
            self._asked = None
            self.failed.emit(error)
            return
        self._tasks.aside(
            self,
            self._count,
            latest="count",
            on_success=lambda figures: self._on_counted(number, figures),
            on_known_error=self._on_not_counted,
        )

    def _on_rows(self, number: int, page: int, rows: tuple[RowT, ...]) -> None:
        size = self._model.page_size
        reached = page * size + len(rows)
        if len(rows) < size and (rows or not page):
            self._total = reached
        known = self._total
        if known is None:
            known = max(self._model.total, reached + size)
        self._model.deliver(number, page, rows, max(known, reached))
        self.delivered.emit()

    def _on_counted(self, number: int, figures: CountT) -> None:
        if number != self._number:
            return
        self._total = self._rows_of(figures)
        self._model.count(number, self._total)
        self.counted.emit(figures)

    def _on_refused(self, number: int, page: int, error: KnownError) -> None:
        self._model.failed(number, page)
        if not isinstance(error, ReadCancelledError):
            self.failed.emit(error)

    def _on_not_counted(self, error: KnownError) -> None:
        if not isinstance(error, ReadCancelledError):
            self.failed.emit(error)

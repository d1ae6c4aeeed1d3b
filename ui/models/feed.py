"""Feeds a table from a question that is answered page by page, and counts its rows apart.

Rows never wait for their number: until it is known, a table that goes on is one page longer than
what was read. First rows that take long to find are shown as they are found; between two readings
for them the database's thread is free. News never hold up anything either: while one reading or
counting of the same list is under way, however many changes arrive, one more follows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import KnownError, ReadCancelledError
from core.services.lists.keyset import FirstRows, PagedQuestion
from ui.models.rereading import Looked, Reread, read_again
from ui.models.table import PagedTableModel
from ui.tasks import Task, TaskRunner

RowT = TypeVar("RowT")
CountT = TypeVar("CountT")


class TableFeed(QObject, Generic[RowT, CountT]):
    """Answers a model's wish for pages.

    ``ask`` makes the question and ``count`` its figures, both for what is wanted at that moment;
    ``rows_of`` tells how many rows the figures mean. An earlier question is let go of.

    Signals:
        delivered: rows arrived.
        counted(figures): the present question's figures.
        searching(is_on): the first rows shown are not all yet, or now they are.
        failed(error): rows or figures could not be read.
    """

    delivered = Signal()
    counted = Signal(object)
    searching = Signal(bool)
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
        self._counting: Task[CountT] | None = None
        self._rereading: PagedQuestion[RowT] | None = None
        self._is_searching = False
        self._is_counting = False
        self._has_counted = False
        self._reread_owed = False
        self._count_owed = False
        self._count_began_s = 0.0
        self._count_pause = QTimer(self)
        self._count_pause.setSingleShot(True)
        self._count_pause.timeout.connect(self._count_what_is_owed)
        model.page_wanted.connect(self._fetch)
        model.reread_by(self._reread)

    @property
    def is_counted(self) -> bool:
        """Tell whether the list has been counted, since another question was asked."""
        return self._has_counted

    def _fetch(self, number: int, page: int) -> None:
        if number != self._number:
            self._begin(number)
        asked = self._asked
        if asked is None:
            return
        if not page and not self._model.is_answered:
            self._search(asked)
            return
        size, total = self._model.page_size, self._total
        self._tasks.query(
            self,
            lambda: asked.rows(page * size, size, total=total),
            on_success=lambda rows: self._on_rows(number, page, rows),
            on_known_error=lambda error: self._on_refused(number, page, error),
        )

    def _search(self, asked: PagedQuestion[RowT]) -> None:
        """Read the first rows, or go on doing so."""
        number, size = self._number, self._model.page_size
        self._tasks.query(
            self,
            lambda: asked.first_rows(size),
            on_success=lambda found: self._on_first_rows(asked, found),
            on_known_error=lambda error: self._on_refused(number, 0, error),
        )

    def _begin(self, number: int) -> None:
        """Ask another question, from an empty table."""
        for asked in (self._asked, self._rereading):
            if asked is not None:
                asked.cancel()
        self._number = number
        self._total = None
        self._has_counted = False
        self._rereading, self._reread_owed = None, False
        self._is_searching = False
        self._asked = self._made()
        if self._asked is not None:
            self._start_count()

    def _made(self) -> PagedQuestion[RowT] | None:
        try:
            return self._ask()
        except KnownError as error:
            self.failed.emit(error)
            return None

    def _start_count(self) -> None:
        self._is_counting, self._count_owed = True, False
        self._count_began_s = time.monotonic()
        # What was counted of an earlier filter is let go of.
        counting = self._tasks.aside(
            self,
            self._count,
            latest="count",
            on_success=lambda figures: self._on_counted(counting, figures),
            on_known_error=lambda error: self._on_not_counted(counting, error),
        )
        self._counting = counting

    def _reread(self) -> None:
        """Read the same list again, as it is now."""
        if self._rereading is not None or self._is_searching:
            self._reread_owed = True
            return
        earlier, asked = self._asked, self._made()
        if asked is None:
            return
        if earlier is None:
            self._model.ask_again()
            return
        looked, model, number = self._looked(), self._model, self._number
        self._rereading = asked
        self._tasks.query(
            self,
            lambda: read_again(asked, earlier, looked, model.identify),
            on_success=lambda reread: self._on_reread(number, asked, reread),
            on_known_error=lambda error: self._on_not_reread(number, error),
        )

    def _looked(self) -> Looked[RowT]:
        model, use = self._model, self._model.in_use()
        return Looked(
            seen=model.loaded(use.seen),
            selected=model.loaded(use.selected),
            seen_from=use.seen.start,
            seen_count=len(use.seen),
            total=model.total,
            page_size=model.page_size,
        )

    def _on_reread(self, number: int, asked: PagedQuestion[RowT], reread: Reread[RowT]) -> None:
        following = self._model.replace(number, reread) if number == self._number else None
        if following is None:
            return
        if self._asked is not None:
            self._asked.cancel()
        self._asked, self._total, self._number = asked, None, following
        if self._is_counting:
            self._count_owed = True
        else:
            self._start_count()
        self.delivered.emit()
        self._end_reread()

    def _on_not_reread(self, number: int, error: KnownError) -> None:
        if number == self._number:
            self._tell(error)
            self._end_reread()

    def _end_reread(self) -> None:
        self._rereading = None
        self._reread_what_is_owed()

    def _reread_what_is_owed(self) -> None:
        if self._reread_owed:
            self._reread_owed = False
            self._reread()

    def _on_first_rows(self, asked: PagedQuestion[RowT], found: FirstRows[RowT]) -> None:
        if asked is not self._asked:
            return
        was_searching, self._is_searching = self._is_searching, not found.is_whole
        if not was_searching and found.is_whole:
            self._on_rows(self._number, 0, tuple(found.rows))
            return
        rows, total = found.rows, max(len(found.rows), self._total or 0)
        if found.is_whole and self._total is None and len(rows) == self._model.page_size:
            total = 2 * len(rows)
        if was_searching:
            following = self._model.replace(self._number, Reread({0: rows}, total))
            self._number = self._number if following is None else following
        else:
            self._model.deliver(self._number, 0, rows, total)
        self.delivered.emit()
        self.searching.emit(self._is_searching)
        if self._is_searching:
            self._search(asked)
        else:
            self._reread_what_is_owed()

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

    def _on_counted(self, counting: Task[CountT], figures: CountT) -> None:
        if counting is not self._counting:
            return
        total = self._rows_of(figures)
        if self._count_owed:
            # Counted before the rows were read again.
            total = max(total, self._model.total)
        else:
            self._total = total
        self._has_counted = True
        self._model.count(self._number, total)
        self.counted.emit(figures)
        self._end_count()

    def _end_count(self) -> None:
        """Count again what changed meanwhile, after a pause: one fifth of the time is enough."""
        self._is_counting = False
        if self._count_owed:
            self._is_counting = True
            pause_s = 4 * (time.monotonic() - self._count_began_s)
            self._count_pause.start(round(pause_s * 1000))

    def _count_what_is_owed(self) -> None:
        if self._count_owed:
            self._start_count()

    def _on_refused(self, number: int, page: int, error: KnownError) -> None:
        self._model.failed(number, page)
        if number == self._number:
            self._is_searching = False
        self._tell(error)

    def _on_not_counted(self, counting: Task[CountT], error: KnownError) -> None:
        if counting is self._counting:
            self._tell(error)
            self._end_count()

    def _tell(self, error: KnownError) -> None:
        if not isinstance(error, ReadCancelledError):
            self.failed.emit(error)

"""Hits of the index over parts of words, told while they are looked for.

Each hit's number begins with the moment of recording. A server is asked one stretch of time after
another, so that it tells what it found in each. A file tells each hit as it finds it, and is asked
for all of them at once: wherever a stretch begins, FTS5 first looks for the newest hit of all, and
where it ends, for the first one beyond.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from core.database.driver_questions import DriverQuestion
from core.database.list_reading import FoundRows
from core.database.payment_search import first_in_index
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.services.lists.keyset import Seek

_LAST = (1 << 63) - 1
_PAYMENTS_AT_ONCE = 250_000
_PAYMENTS_AT_FIRST = 70_000
"""What lies at either end of the shop's time is shorter, so that its rows show the sooner."""

_FIRST_WORK_S = 0.000_7
_FIRST_WORK_A_ROW_S = 0.000_03
"""So much of the processor's time the first answer takes in a file of many payments: the longer,
the more it finds."""

_WHILE_S = 0.03
"""So long a first page is looked for, after its first answer, before more of it is shown."""

_LONGER_EACH_TIME = 4
"""A question that goes on where another ended has to find its way there first."""

_MOST_SKIPPED = 5_000
"""Farther than this the index itself passes rows over, in one go."""

_EXTENT = DriverQuestion(
    "SELECT (SELECT min(created_at) FROM payment), (SELECT max(created_at) FROM payment),"
    " (SELECT max(id) FROM payment)",
    (),
    {},
)


class SearchSlices:
    """Reads a question of which ``first_hit`` and ``last_hit`` are left open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._edges: list[int] | None = None

    def read(
        self,
        question: DriverQuestion,
        seek: Seek,
        descending: bool,
        cancelled: Callable[[], bool],
    ) -> Sequence[Any]:
        """Return a page's rows, the seek's key being a hit's number.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        first, last = _bounds(seek, descending)
        by_index = seek.skip > _MOST_SKIPPED or not self._database.is_shared
        wanted = seek.limit if by_index else seek.limit + seek.skip
        skip = seek.skip if by_index else 0
        found: list[Any] = []
        stretches = [(first, last)] if by_index else self._stretches(first, last, descending)
        for stretch in stretches:
            found += self.hits(question, stretch, (wanted - len(found), skip), cancelled).rows
            if len(found) >= wanted:
                break
        return found if by_index else found[seek.skip :]

    def hits(
        self,
        question: DriverQuestion,
        stretch: tuple[int, int],
        limit_and_skip: tuple[int, int],
        cancelled: Callable[[], bool],
        is_enough: Callable[[int], bool] = lambda _found: False,
    ) -> FoundRows:
        """Return rows of one stretch, which its first and last numbers bound.

        In a file it may be ended before: ``is_enough`` is told how many there are so far.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        if cancelled():
            raise ReadCancelledError("The answer is no longer wanted.")
        first, last = stretch
        limit, skip = limit_and_skip
        values = {"first_hit": first, "last_hit": last, "row_limit": limit, "row_skip": skip}
        return self._database.rows_until(question, values, is_enough, cancelled)

    def of_first_page(self, descending: bool) -> list[tuple[int, int]]:
        """Return the stretches a first page is looked for in, in the list's order."""
        if self._database.is_shared:
            return list(self._stretches(0, _LAST, descending))
        oldest, newest, payments = self._database.rows(_EXTENT, {})[0]
        if (payments or 0) < 2 * _PAYMENTS_AT_ONCE:
            return [(0, _LAST)]
        at_first = _part_at_first(payments)
        edge = _edge(oldest, newest, 1 - at_first if descending else at_first)
        parts = [(0, edge - 1), (edge, _LAST)]
        return parts[::-1] if descending else parts

    def _stretches(self, first: int, last: int, descending: bool) -> Iterator[tuple[int, int]]:
        """Yield a server's stretches of time between two numbers, in the list's order."""
        if self._edges is None:
            self._edges = self._found_edges()
        edges = [first, *(edge for edge in self._edges if first < edge <= last), last + 1]
        pairs = [(start, end - 1) for start, end in pairwise(edges)]
        yield from reversed(pairs) if descending else pairs

    def _found_edges(self) -> list[int]:
        oldest, newest, payments = self._database.rows(_EXTENT, {})[0]
        count = (payments or 0) // _PAYMENTS_AT_ONCE
        if count < 2:
            return []
        at_first = _part_at_first(payments)
        parts = sorted((at_first, *(place / count for place in range(1, count)), 1 - at_first))
        return [_edge(oldest, newest, part) for part in parts]


class FirstHits:
    """The first page of a search, found a short while at a time.

    The first answer looks through the first stretch alone, and in a file for a short while only,
    so that it takes no longer in a shop of ten million payments than in a small one. ``rows`` are
    those found so far, as the driver gives them: the first ones of the list. ``hit_of`` tells the
    number of one.
    """

    def __init__(
        self,
        slices: SearchSlices,
        question: Callable[[], DriverQuestion],
        hit_of: Callable[[Any], int],
        *,
        descending: bool,
    ) -> None:
        self._slices = slices
        self._question = question
        self._hit_of = hit_of
        self._descending = descending
        self._left: list[tuple[int, int]] | None = None
        self._while_s = _WHILE_S
        self.rows: list[Any] = []

    def go_on(self, limit: int, cancelled: Callable[[], bool]) -> bool:
        """Look through more payments; tell whether the page of so many rows is whole.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        question, is_first = self._question(), self._left is None
        if self._left is None:
            self._left = self._slices.of_first_page(self._descending)[::-1]
        is_enough = self._until_enough(is_first)
        while self._left and len(self.rows) < limit:
            stretch = self._left.pop()
            part = (limit - len(self.rows), 0)
            found = self._slices.hits(question, stretch, part, cancelled, is_enough)
            self.rows += found.rows
            if not found.is_all:
                self._left.append(self._rest(stretch, found.rows))
                self._while_s *= 1 if is_first else _LONGER_EACH_TIME
            if is_first or is_enough(len(found.rows)):
                break
        return not self._left or len(self.rows) >= limit

    def _until_enough(self, is_first: bool) -> Callable[[int], bool]:
        """Return what tells, by the number of rows a question has found, whether to show them."""
        ends_s, before = time.monotonic() + self._while_s, len(self.rows)
        if not is_first:
            return lambda found: len(self.rows) + found > before and time.monotonic() > ends_s
        if len(self._left or ()) < 2:
            return lambda _found: False
        work_ends_s = time.thread_time() + _FIRST_WORK_S
        return lambda found: (
            time.thread_time() > work_ends_s + found * _FIRST_WORK_A_ROW_S
            or time.monotonic() > ends_s
        )

    def _rest(self, stretch: tuple[int, int], found: Sequence[Any]) -> tuple[int, int]:
        """Return what is left of a stretch, and the next one with it."""
        first, last = stretch
        following = self._left.pop() if self._left else stretch
        if self._descending:
            return following[0], self._hit_of(found[-1]) - 1 if found else last
        return self._hit_of(found[-1]) + 1 if found else first, following[1]


def _bounds(seek: Seek, descending: bool) -> tuple[int, int]:
    """Return the first and last number of a hit that is on the page or beyond it."""
    if seek.key is None:
        return 0, _LAST
    key = int(str(seek.key[0]))
    if descending:
        return 0, key if seek.inclusive else key - 1
    return (key if seek.inclusive else key + 1), _LAST


def _part_at_first(payments: int) -> float:
    return min(_PAYMENTS_AT_FIRST, _PAYMENTS_AT_ONCE) / payments


def _edge(oldest: str, newest: str, part: float) -> int:
    """Return the number that those follow of whom a part of the shop's time has passed."""
    start_s, end_s = _second(oldest), _second(newest)
    return first_in_index(start_s + int((end_s - start_s) * part))


def _second(stored: str) -> int:
    return int(datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp())

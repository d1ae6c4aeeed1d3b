"""Hits of the index over parts of words, read one stretch of time after another.

The index looks through millions of entries without hearing that nobody waits any more; between
two stretches it does. Each hit's number begins with the moment of recording.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from core.database.driver_questions import DriverQuestion
from core.database.payment_search import first_in_index
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.services.lists.keyset import Seek

_LAST = (1 << 63) - 1
_PAYMENTS_AT_ONCE = 250_000
_PAYMENTS_AT_FIRST = 100_000
"""What lies at either end of the shop's time is shorter, so that its rows show the sooner."""

_WHILE_S = 0.03
"""So long a first page is looked for, after its first stretch, before more of it is shown."""

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
        by_index = seek.skip > _MOST_SKIPPED
        wanted = seek.limit if by_index else seek.limit + seek.skip
        found: list[Any] = []
        stretches = [(first, last)] if by_index else self.stretches(first, last, descending)
        for stretch in stretches:
            skip = seek.skip if by_index else 0
            found += self.hits(question, stretch, wanted - len(found), skip, cancelled)
            if len(found) >= wanted:
                break
        return found if by_index else found[seek.skip :]

    def hits(
        self,
        question: DriverQuestion,
        stretch: tuple[int, int],
        limit: int,
        skip: int,
        cancelled: Callable[[], bool],
    ) -> Sequence[Any]:
        """Return rows of one stretch, which its first and last numbers bound.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        if cancelled():
            raise ReadCancelledError("The answer is no longer wanted.")
        first, last = stretch
        values = {"first_hit": first, "last_hit": last, "row_limit": limit, "row_skip": skip}
        return self._database.rows(question, values, cancelled)

    def stretches(self, first: int, last: int, descending: bool) -> Iterator[tuple[int, int]]:
        """Yield the stretches of time between two numbers, in the list's order."""
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
        start_s, end_s = _second(oldest), _second(newest)
        at_first = min(_PAYMENTS_AT_FIRST, _PAYMENTS_AT_ONCE) / payments
        parts = sorted((at_first, *(place / count for place in range(1, count)), 1 - at_first))
        return [first_in_index(start_s + int((end_s - start_s) * part)) for part in parts]


class FirstHits:
    """The first page of a search, found a short while at a time.

    The first answer looks through the first stretch alone, so that it takes no longer in a shop of
    ten million payments than in a small one. ``rows`` are those found so far, as the driver gives
    them: the first ones of the list.
    """

    def __init__(
        self, slices: SearchSlices, question: Callable[[], DriverQuestion], descending: bool
    ) -> None:
        self._slices = slices
        self._question = question
        self._descending = descending
        self._left: list[tuple[int, int]] | None = None
        self.rows: list[Any] = []

    def go_on(self, limit: int, cancelled: Callable[[], bool]) -> bool:
        """Look through more payments; tell whether the page of so many rows is whole.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        ends_s, question = time.monotonic() + _WHILE_S, self._question()
        if self._left is None:
            ends_s = 0.0
            self._left = list(self._slices.stretches(0, _LAST, self._descending))[::-1]
        while self._left and len(self.rows) < limit:
            stretch = self._left.pop()
            missing = limit - len(self.rows)
            self.rows += self._slices.hits(question, stretch, missing, 0, cancelled)
            if time.monotonic() > ends_s:
                break
        return not self._left or len(self.rows) >= limit


def _bounds(seek: Seek, descending: bool) -> tuple[int, int]:
    """Return the first and last number of a hit that is on the page or beyond it."""
    if seek.key is None:
        return 0, _LAST
    key = int(str(seek.key[0]))
    if descending:
        return 0, key if seek.inclusive else key - 1
    return (key if seek.inclusive else key + 1), _LAST


def _second(stored: str) -> int:
    return int(datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp())

"""Pages of a list of any length, each found from a row that is known, not by counting from an end.

``OFFSET 5 000 000`` reads five million entries of an index; "the hundred rows after this one"
reads a hundred. So a question remembers the keys of rows it has shown, and where a scroll thumb is
dropped far from all of them, whoever knows the list may say which key stands near there.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

RowT = TypeVar("RowT")
Key = tuple[object, ...]

_KEPT_KEYS = 4_000
_FAR_ROWS = 2_000
"""From here on it is worth asking where a place of the list lies."""


@dataclass(frozen=True, slots=True)
class Seek:
    """What is to be read: rows from a key on in the list's order, or before it when backwards.

    Without a key from the list's first row, or its last. ``skip`` rows are passed over first.
    ``inclusive`` takes the row of the key itself too.
    """

    limit: int
    key: Key | None = None
    backwards: bool = False
    inclusive: bool = False
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place of the list: ``key`` stands where the row at ``position`` is, or just before it."""

    position: int
    key: Key


@dataclass(frozen=True, slots=True)
class FirstRows(Generic[RowT]):
    """What is known of a list's first rows; not ``is_whole`` while some may still be missing."""

    rows: Sequence[RowT]
    is_whole: bool


class PagedQuestion(Generic[RowT]):
    """One filter in one order, while nothing changes; may be asked from several threads.

    ``read`` answers a :class:`Seek` with rows in the order they were read, unless told meanwhile
    that nobody wants them; ``key`` names a row's place in the order. ``locate`` may tell a landmark
    at or before a position; ``find`` gives rows as they are now, those that are still in the list;
    ``count_before`` tells how many rows stand before a key, or None where counting takes too long.
    What is read within ``one_moment`` is of one moment of the shop. ``first``, for a list whose
    first rows may take long to find, goes on finding them for a short while each time.
    """

    def __init__(
        self,
        read: Callable[[Seek, Callable[[], bool]], Sequence[RowT]],
        key: Callable[[RowT], Key],
        *,
        locate: Callable[[int], Landmark | None] = lambda _position: None,
        find: Callable[[Sequence[RowT]], Sequence[RowT]] = lambda rows: rows,
        count_before: Callable[[Key], int | None] = lambda _key: None,
        one_moment: Callable[[], AbstractContextManager[None]] = nullcontext,
        first: Callable[[int, Callable[[], bool]], FirstRows[RowT]] | None = None,
    ) -> None:
        self._read = read
        self.key = key
        self.one_moment = one_moment
        self._find = find
        self._count_before = count_before
        self._locate = locate
        self._first = first
        self._keys: OrderedDict[int, Key] = OrderedDict()
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Let go of this question: what is being read for it ends with ReadCancelledError."""
        self._cancelled.set()

    def read(self, seek: Seek) -> Sequence[RowT]:
        """Return the rows of one reading, in the order they were read."""
        return self._read(seek, self._cancelled.is_set)

    def rows(self, position: int, limit: int, *, total: int | None = None) -> tuple[RowT, ...]:
        """Return the rows from a position on, fewer at the end of the list.

        ``total``, where it is known, lets the end be reached from the end.
        """
        seek = self._seek(position, limit, total)
        found = list(self.read(seek))
        if seek.backwards:
            found.reverse()
        self._remember_ends(position, found)
        return tuple(found)

    def first_rows(self, limit: int) -> FirstRows[RowT]:
        """Return what is known of the first rows after a short while; ask again until whole."""
        if self._first is None:
            return FirstRows(self.rows(0, limit), is_whole=True)
        found = self._first(limit, self._cancelled.is_set)
        if found.is_whole:
            self._remember_ends(0, found.rows)
        return found

    def again(self, rows: Sequence[RowT]) -> Sequence[RowT]:
        """Return rows as they are now, without those that left the list."""
        return self._find(rows) if rows else ()

    def place(self, row: RowT, was: int, earlier: PagedQuestion[RowT]) -> int:
        """Return where a row stands that stood at ``was`` when an earlier question was answered.

        Far down, where its place cannot be counted, it went as far as the head of the list grew.
        """
        key = self.key(row)
        place = self._count_before(key)
        if place is None:
            head = earlier.first_key
            grown = self._count_before(head) if head else None
            if grown is None:
                # Nobody can tell: remembered there, the row would hide what came before it.
                return was
            place = was + grown
        with self._lock:
            self._remember(place, key)
        return place

    @property
    def first_key(self) -> Key | None:
        """The key of the list's first row, where it has been read."""
        with self._lock:
            return self._keys.get(0)

    def _remember_ends(self, position: int, rows: Sequence[RowT]) -> None:
        with self._lock:
            for place in {0, len(rows) - 1} if rows else ():
                self._remember(position + place, self.key(rows[place]))

    def _remember(self, place: int, key: Key) -> None:
        self._keys[place] = key
        self._keys.move_to_end(place)
        while len(self._keys) > _KEPT_KEYS:
            self._keys.popitem(last=False)

    def _seek(self, position: int, limit: int, total: int | None) -> Seek:
        seeks: list[Seek] = []
        with self._lock:
            known = list(self._keys.items())
        before = max((each for each in known if each[0] <= position), default=None)
        if before is not None:
            place, key = before
            seeks.append(Seek(limit, key, inclusive=True, skip=position - place))
        end = position + limit
        after = min((each for each in known if each[0] >= end), default=None)
        if after is not None:
            seeks.append(Seek(limit, after[1], backwards=True, skip=after[0] - end))
        if total is not None and position < total:
            rest = min(limit, total - position)
            seeks.append(Seek(rest, backwards=True, skip=total - position - rest))
        # The ends come last: what was added there since a key was read is another question's.
        seeks.append(Seek(limit, skip=position))
        best = min(seeks, key=lambda each: each.skip)
        if best.skip > _FAR_ROWS:
            landmark = self._locate(position)
            if landmark is not None and position - landmark.position < best.skip:
                skip = position - landmark.position
                return Seek(limit, landmark.key, inclusive=True, skip=skip)
        return best

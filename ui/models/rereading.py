"""What a table shows is read again while somebody looks at it: what is in use, and what came."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.services.lists.keyset import PagedQuestion

RowT = TypeVar("RowT")
_MOST_PAGES = 30
"""So many pages are read again at once: those seen, then those of selected rows."""


@dataclass(frozen=True, slots=True)
class InUse:
    """Which rows of a table somebody looks at or has selected, as positions."""

    seen: range = range(0)
    selected: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reread(Generic[RowT]):
    """A table's rows as they are now: whole pages, and how many rows there are.

    ``places`` tells where further rows stand now, None for those that are gone.
    """

    pages: Mapping[int, Sequence[RowT]]
    total: int
    places: Mapping[Hashable, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked(Generic[RowT]):
    """What a table held when it was to be read again: seen and selected rows by position."""

    seen: Mapping[int, RowT]
    selected: Mapping[int, RowT]
    seen_from: int
    seen_count: int
    total: int
    page_size: int


def read_again(
    asked: PagedQuestion[RowT],
    earlier: PagedQuestion[RowT],
    looked: Looked[RowT],
    row_id: Callable[[RowT], Hashable],
) -> Reread[RowT]:
    """Return what was looked at and selected as it is now, wherever it stands now.

    Raises:
        ReadCancelledError: the question was let go of meanwhile.

    """
    # Two pages of different moments would both hold a row that moved from one to the other.
    with asked.one_moment():
        return _Rereading(asked, earlier, looked, row_id).read()


class _Rereading(Generic[RowT]):
    """One reading: pages around the first seen row that stayed, then those of selected rows."""

    def __init__(
        self,
        asked: PagedQuestion[RowT],
        earlier: PagedQuestion[RowT],
        looked: Looked[RowT],
        row_id: Callable[[RowT], Hashable],
    ) -> None:
        self._asked = asked
        self._earlier = earlier
        self._looked = looked
        self._row_id = row_id
        self._total = looked.total
        self._pages: dict[int, Sequence[RowT]] = {}
        self._found: set[Hashable] = set()

    def read(self) -> Reread[RowT]:
        """Return pages, total and the places of rows on none of them."""
        looked = self._looked
        known = {**looked.selected, **looked.seen}
        now = {self._row_id(row): row for row in self._asked.again(tuple(known.values()))}
        shift = self._shift(now)
        self._total += shift
        self._read_around(looked.seen_from + shift)
        if not looked.seen_from:
            # At the top what is new is seen next.
            self._read_around(0)
        places: dict[Hashable, int | None] = {}
        for place, row in known.items():
            row_id = self._row_id(row)
            if row_id in self._found:
                continue
            if row_id not in now:
                places[row_id] = None
            elif len(self._pages) < _MOST_PAGES:
                stands = self._asked.place(now[row_id], place, self._earlier)
                places[row_id] = stands
                self._read_page(stands // looked.page_size)
        total = max(
            self._total,
            *(page * looked.page_size + len(rows) for page, rows in self._pages.items()),
            0,
        )
        return Reread(self._pages, total, places)

    def _shift(self, now: Mapping[Hashable, RowT]) -> int:
        """Return how far the first seen row that kept its place in the order went down."""
        for place, row in sorted(self._looked.seen.items()):
            present = now.get(self._row_id(row))
            if present is not None and self._asked.key(present) == self._asked.key(row):
                return self._asked.place(present, place, self._earlier) - place
        return 0

    def _read_around(self, top: int) -> None:
        size = self._looked.page_size
        first = max(0, top - size // 2) // size
        last = max(0, top + self._looked.seen_count + size // 2) // size
        for page in range(first, last + 1):
            self._read_page(page)

    def _read_page(self, page: int) -> None:
        size = self._looked.page_size
        if page in self._pages or (page and page * size >= self._total):
            return
        rows = self._asked.rows(page * size, size)
        self._pages[page] = rows
        self._found.update(map(self._row_id, rows))
        if len(rows) < size:
            self._total = page * size + len(rows)

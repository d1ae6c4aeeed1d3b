"""Columns of a million values as numbers, and places put in order by them, a few passes for all.

A place is a payment's number in its columns. Days are counted from the first day that occurs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Generic, TypeVar

import numpy as np

from core.matching.letters import Numbers, Places

V = TypeVar("V", bound=Hashable)

UNKNOWN = -1
NOTHING: Places = np.empty(0, np.int64)
_PART_BITS = 16
"""What is sorted at a time: numbers this short are counted out, not compared."""


class Codes(Generic[V]):
    """A column whose values repeat, as numbers: the same number, the same value."""

    def __init__(self, column: Sequence[V]) -> None:
        self.values = list(dict.fromkeys(column)) if not _is_one(column) else [column[0]]
        self._code_of = {value: code for code, value in enumerate(self.values)}
        if len(self.values) == 1:
            self.at: Places = np.zeros(len(column), np.int64)
        else:
            self.at = np.fromiter(map(self._code_of.__getitem__, column), np.int64, len(column))

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self.values)

    def of(self, value: V) -> int:
        """Return a value's number; ``UNKNOWN`` where it does not occur."""
        return self._code_of.get(value, UNKNOWN)


def _is_one(column: Sequence[Hashable]) -> bool:
    return len(column) > 0 and column.count(column[0]) == len(column)


class Calendar:
    """The days of payments, counted from the first."""

    def __init__(self, days: Sequence[date]) -> None:
        ordinals = np.fromiter(map(date.toordinal, days), np.int64, len(days))
        self._first = int(ordinals.min(initial=date.max.toordinal()))
        self.at: Places = ordinals - self._first
        self.span = int(self.at.max(initial=0)) + 1

    def number(self, day: date) -> int:
        """Return which day it is, counted from the first; negative before it."""
        return day.toordinal() - self._first


class Stretch:
    """Places of payments by day, those of one day by id: a window of days is two searches."""

    __slots__ = ("_days", "places")

    def __init__(self, places: Sequence[int], days: Sequence[date]) -> None:
        self.places = places
        self._days = days

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.places)

    def window(self, first: date, last: date) -> tuple[int, int]:
        """Return from where to where in ``places`` these days reach."""
        return bisect_left(self._days, first), bisect_right(self._days, last)

    def between(self, first: date, last: date) -> Sequence[int]:
        """Return the places of these days."""
        start, end = self.window(first, last)
        return self.places[start:end]


class Groups:
    """All places by a code, those of one code by day, and those of one day as in ``in_order``."""

    def __init__(self, codes: Places, calendar: Calendar, in_order: Places) -> None:
        self._calendar = calendar
        keys = codes * calendar.span + calendar.at
        self._places = sorted_by(keys, in_order)
        self._keys = keys[self._places]

    def codes(self, first: int, end: int) -> list[int]:
        """Return which codes occur from one up to another, in order."""
        start, stop = self._bounds(first, end)
        codes = self._keys[start:stop] // self._calendar.span
        each_once: list[int] = codes[np.diff(codes, prepend=UNKNOWN) > 0].tolist()
        return each_once

    def of(self, code: int) -> Places:
        """Return the places of a code."""
        start, stop = self._bounds(code, code + 1)
        return self._places[start:stop]

    def windows(self, codes: Places, first: Places, last: Places) -> tuple[Places, Places]:
        """Return from where to where some codes and days, numbered, reach in :meth:`at`."""
        span = self._calendar.span
        from_day, to_day = np.clip(first, 0, span), np.clip(last + 1, 0, span)
        starts = np.searchsorted(self._keys, codes * span + from_day)
        return starts, np.searchsorted(self._keys, codes * span + to_day)

    def at(self, rows: Places) -> Places:
        """Return the places at some rows of all in order."""
        return self._places[rows]

    def between(self, code: int, first: date, last: date) -> Places:
        """Return the places of a code and some days."""
        span, number = self._calendar.span, self._calendar.number
        from_day, to_day = (min(max(each, 0), span) for each in (number(first), number(last) + 1))
        bounds = (code * span + from_day, code * span + to_day)
        start, stop = self._keys.searchsorted(bounds).tolist()
        return self._places[start:stop]

    def _bounds(self, first: int, end: int) -> tuple[int, int]:
        span = self._calendar.span
        start, stop = self._keys.searchsorted((first * span, end * span)).tolist()
        return start, stop


def sorted_by(keys: Places | Numbers, places: Places) -> Places:
    """Return places in the order of their keys, those of equal keys in the order given."""
    for shift in range(0, int(keys.max(initial=0)).bit_length(), _PART_BITS):
        part = (keys >> keys.dtype.type(shift)).astype(np.uint16)
        places = places[np.argsort(part[places], kind="stable")]
    return places


def order_of(texts: Sequence[str]) -> Places:
    """Return the places of texts in the order of the texts."""
    width = len(texts[0]) if texts else 0
    joined = "".join(texts)
    if not joined.isascii() or set(map(len, texts)) != {width}:
        return np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
    letters = np.frombuffer(joined.encode(), np.uint8).reshape(len(texts), width)
    order = np.arange(len(texts))
    for place in range(width - 2, -2, -2):
        pair = letters[:, place + 1].astype(np.uint16)
        if place >= 0:
            pair |= letters[:, place].astype(np.uint16) << 8
        if pair.min() != pair.max():
            order = order[np.argsort(pair[order], kind="stable")]
    return order


class PlaceOf(dict[str, int]):
    """The places of payments by id: of those that were touched, and of all if another is asked."""

    def __init__(self, payment_ids: Sequence[str]) -> None:
        super().__init__()
        self._payment_ids = payment_ids

    def __missing__(self, payment_id: str) -> int:
        """Read all places.

        Raises:
            KeyError: there is no such payment.

        """
        self.update(zip(self._payment_ids, range(len(self._payment_ids)), strict=True))
        if payment_id in self:
            return self[payment_id]
        raise KeyError(payment_id)

"""What is chosen above a list, as values that compare, are kept by name, and become a filter."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta

_BETWEEN = ".."
DAYS_BACK = {"today": 1, "week": 7, "month": 30}
"""The day chip's words, and how many days each goes back, today included."""


@dataclass(frozen=True, slots=True)
class FilterValues:
    """The chosen values of every chip, as pairs of the chip's key and a value, and the search."""

    chosen: frozenset[tuple[str, str]] = frozenset()
    search: str = ""

    @classmethod
    def choosing(cls, search: str = "", **chosen: str | frozenset[str]) -> FilterValues:
        """Return values by chip: ``choosing(statuses=frozenset({"failed"}), date="week")``."""
        return cls(
            frozenset(
                (key, value)
                for key, values in chosen.items()
                for value in (frozenset({values}) if isinstance(values, str) else values)
            ),
            search,
        )

    @classmethod
    def from_text(cls, text: str) -> FilterValues:
        """Return what ``to_text`` made; nothing chosen, where it was made by another program."""
        try:
            chosen, search = json.loads(text)
            return cls(frozenset((str(key), str(value)) for key, value in chosen), str(search))
        except (ValueError, TypeError):
            return cls()

    def to_text(self) -> str:
        """Return the values as text; equal values give equal texts."""
        return json.dumps([sorted(self.chosen), self.search], ensure_ascii=False)

    def __bool__(self) -> bool:
        """Tell whether anything is filtered out."""
        return bool(self.chosen or self.search)

    def of(self, key: str) -> frozenset[str]:
        """Return what is chosen of a chip."""
        return frozenset(value for owner, value in self.chosen if owner == key)

    def one(self, key: str) -> str:
        """Return the value of a chip that has one, or an empty text."""
        return min(self.of(key), default="")

    def with_values(self, key: str, values: frozenset[str]) -> FilterValues:
        """Return the same with other values of one chip."""
        others = frozenset(pair for pair in self.chosen if pair[0] != key)
        return replace(self, chosen=others | {(key, value) for value in values})


def day_range(first: date, last: date) -> str:
    """Return two days, both included, as a chip's value, in their order."""
    first, last = sorted((first, last))
    return f"{first.isoformat()}{_BETWEEN}{last.isoformat()}"


def days_of(value: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day that a day chip's value means as of today; None is open.

    Raises:
        ValueError: it is no day chip's value.

    """
    if not value:
        return None, None
    if value in DAYS_BACK:
        return today - timedelta(days=DAYS_BACK[value] - 1), None
    first, last = value.split(_BETWEEN)
    return date.fromisoformat(first), date.fromisoformat(last)


def amount_range(least_minor: int | None, most_minor: int | None) -> str:
    """Return an amount chip's value, in minor units; None leaves a side open."""
    if least_minor is not None and most_minor is not None and least_minor > most_minor:
        least_minor, most_minor = most_minor, least_minor
    if least_minor is None and most_minor is None:
        return ""
    sides = ("" if side is None else str(side) for side in (least_minor, most_minor))
    return _BETWEEN.join(sides)


def amounts_of(value: str) -> tuple[int | None, int | None]:
    """Return the least and the most that an amount chip's value means, in minor units.

    Raises:
        ValueError: it is no amount chip's value.

    """
    if not value:
        return None, None
    least, most = value.split(_BETWEEN)
    return int(least) if least else None, int(most) if most else None

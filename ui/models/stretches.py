"""Selected rows as stretches: a million of them are a pair of numbers, never a million indexes."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel

Stretch = tuple[int, int]
"""The first and the last row, both included."""


def selected_stretches(selection: QItemSelectionModel) -> tuple[Stretch, ...]:
    """Return the selected rows from top to bottom, adjoining ones in one stretch."""
    found: list[Stretch] = []
    ranges = selection.selection()
    places = (ranges.at(number) for number in range(ranges.count()))
    for first, last in sorted((each.top(), each.bottom()) for each in places):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def count_of(stretches: tuple[Stretch, ...]) -> int:
    """Return how many rows there are in stretches."""
    return sum(last - first + 1 for first, last in stretches)


def gaps_between(stretches: tuple[Stretch, ...], total: int) -> tuple[Stretch, ...]:
    """Return the rows of a table that are in none of its stretches."""
    found = []
    start = 0
    for first, last in (*stretches, (total, total)):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    return tuple(found)

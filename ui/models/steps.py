"""How a list that is known in part became another: where rows went away and where some came.

A view moves its selection and its place along with rows put in and taken away, whether or not
anybody has read the rows between.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Step:
    """At a position of the earlier list: so many rows go, then so many come in their place."""

    position: int
    removed: int
    inserted: int


@dataclass(frozen=True, slots=True)
class KnownRows:
    """A list of ``total`` rows, of which some are known: where each of them stands."""

    total: int
    positions: Mapping[Hashable, int]


def steps(
    before: KnownRows, after: KnownRows, gone: AbstractSet[Hashable] = frozenset()
) -> list[Step]:
    """Return what leads from one list to the other, the last place first.

    Rows known in both keep their identity, unless they overtook others. Where nobody knows which
    rows of a stretch are new, its first are taken for new. ``gone`` are known to be in the later
    list no more.
    """
    if before == after:
        return []
    held = _held(before, after)
    held_before = {place for place, _ in held}
    leaving = sorted(
        place
        for row, place in before.positions.items()
        if (row in gone or row in after.positions) and place not in held_before
    )
    marks_before = sorted(before.positions.values())
    marks_after = sorted(after.positions.values())
    ends = [(-1, -1), *held, (before.total, after.total)]
    found: list[Step] = []
    for (old_start, new_start), (old_end, new_end) in reversed(list(pairwise(ends))):
        old = range(old_start + 1, old_end)
        new = range(new_start + 1, new_end)
        if not old and not new:
            continue
        if _within(marks_before, old) == len(old) and _within(marks_after, new) == len(new):
            found.append(Step(old.start, len(old), len(new)))
        else:
            found.extend(_adjusted(old, len(new), leaving))
    return found


def _adjusted(old: range, length: int, leaving: Sequence[int]) -> Iterator[Step]:
    """Give a stretch another length; those known to leave it go, then its last."""
    going = leaving[bisect_left(leaving, old.start) : bisect_left(leaving, old.stop)]
    left = len(old) - len(going)
    surplus = max(0, left - length)
    stop = old.stop
    for place in (*reversed(going), old.start - 1):
        cut = min(stop - place - 1, surplus)
        if cut:
            surplus -= cut
            yield Step(stop - cut, cut, 0)
        if place >= old.start:
            yield Step(place, 1, 0)
        stop = place
    if length > left:
        yield Step(old.start, 0, length - left)


def _within(marks: Sequence[int], places: range) -> int:
    return bisect_left(marks, places.stop) - bisect_left(marks, places.start)


def _held(before: KnownRows, after: KnownRows) -> list[tuple[int, int]]:
    """Return old and new place of as many rows as stand in the same order in both."""
    pairs = sorted(
        (place, after.positions[row])
        for row, place in before.positions.items()
        if row in after.positions
    )
    # The longest rising run of new places, by patience (Fredman 1975).
    tops: list[int] = []
    piles: list[int] = []
    back: list[int] = []
    for number, (_, new) in enumerate(pairs):
        pile = bisect_left(tops, new)
        back.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(new)
            piles.append(number)
        else:
            tops[pile] = new
            piles[pile] = number
    held: list[tuple[int, int]] = []
    number = piles[-1] if piles else -1
    while number >= 0:
        held.append(pairs[number])
        number = back[number]
    held.reverse()
    return held

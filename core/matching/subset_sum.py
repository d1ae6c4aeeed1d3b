"""Exact search for sets of amounts that make a total, bounded in steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

_MAX_STEPS = 60_000
_ROUND = (5000, 1000, 500, 100, 50, 10, 5)


def subsets_of_sum(
    amounts: Sequence[int], size: int, total: int, *, enough: int = 2
) -> list[tuple[int, ...]] | None:
    """Return the places of ``size`` positive amounts that make a total, at most ``enough`` sets.

    ``amounts`` are ascending. None means that the search was given up: nothing is known.
    """
    found: list[tuple[int, ...]] = []
    steps_left = _MAX_STEPS

    def extend(chosen: tuple[int, ...], missing: int, below: int, rest: int) -> None:
        nonlocal steps_left
        for place in range(min(below, bisect_right(amounts, rest)) - 1, missing - 2, -1):
            steps_left -= 1
            if steps_left < 0 or len(found) >= enough or amounts[place] * missing < rest:
                return
            if missing > 1:
                extend((*chosen, place), missing - 1, place, rest - amounts[place])
            elif amounts[place] == rest:
                found.append((*chosen, place))

    extend((), size, len(amounts), total)
    return None if steps_left < 0 and len(found) < enough else found


def share_found_by_chance(
    amounts: Sequence[int], size: int, total: int, *, trials: int = 20
) -> float:
    """Return which part of neighbouring, equally round totals finds a set as well.

    Near 1 a set that fits says nothing: any total would have found one.
    """
    step = next((each for each in _ROUND if total % each == 0), 1)
    offsets = [step * each for each in range(-(trials // 2), trials // 2 + 1) if each]
    hits = 0
    for offset in offsets:
        sets = subsets_of_sum(amounts, size, total + offset, enough=1)
        hits += sets is None or bool(sets)
    return hits / len(offsets)

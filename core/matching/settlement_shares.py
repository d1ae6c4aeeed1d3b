"""Several lines that pay out a pool between them: which payments each of them holds.

Their amounts together make the whole pool. Each then holds a day of it, or the only set that
makes its amount and leaves the others theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.matching.records import OpenPayment

_MAX_LINES = 2
_MAX_SUMS = 50_000

Shares = list[tuple[str, ...]]


def shares_of(
    pool: Sequence[OpenPayment], weights: Sequence[int], totals: Sequence[tuple[int, ...]]
) -> Shares | None:
    """Return the payment ids of each line, in the lines' order; None where several ways fit."""
    return _by_day(pool, weights, totals) or _only_split(pool, weights, totals)


def _by_day(
    pool: Sequence[OpenPayment], weights: Sequence[int], totals: Sequence[tuple[int, ...]]
) -> Shares | None:
    days: dict[object, list[int]] = defaultdict(list)
    for place, payment in enumerate(pool):
        days[payment.day].append(place)
    if len(days) != len(totals):
        return None
    shares: Shares = []
    for wanted in totals:
        fitting = [
            places for places in days.values() if sum(weights[place] for place in places) in wanted
        ]
        if len(fitting) != 1:
            return None
        shares.append(tuple(sorted(pool[place].payment_id for place in fitting[0])))
    return shares if len(set(shares)) == len(shares) else None


def _only_split(
    pool: Sequence[OpenPayment], weights: Sequence[int], totals: Sequence[tuple[int, ...]]
) -> Shares | None:
    """Return the two sets of a pool that make two totals, if no other two do."""
    if len(totals) != _MAX_LINES or any(len(wanted) != 1 for wanted in totals):
        return None
    wanted = totals[0][0]
    # For every sum the one set that makes it, None where several do.
    sets: dict[int, int | None] = {0: 0}
    for place, weight in enumerate(weights):
        for made, members in list(sets.items()):
            total = made + weight
            if total <= wanted:
                more = None if members is None else members | 1 << place
                sets[total] = None if total in sets else more
        if len(sets) > _MAX_SUMS:
            return None
    members = sets.get(wanted)
    if members is None:
        return None
    first = [each.payment_id for place, each in enumerate(pool) if members >> place & 1]
    rest = [each.payment_id for place, each in enumerate(pool) if not members >> place & 1]
    return [tuple(sorted(first)), tuple(sorted(rest))] if first and rest else None

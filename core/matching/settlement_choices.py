"""The sets of payments a settlement may be, where a person has to choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations, islice, product

from core.matching.fees import FeeModel
from core.matching.joint_sets import SearchGivenUpError, Steps, Supply, Values, Wanted, value_sets
from core.matching.records import MatchKind, OpenPayment, Proposal
from core.matching.settlement_habits import DELAYS_DAYS, MAX_POOL, Habit, wanted_of
from core.matching.settlement_lines import (
    Days,
    Pools,
    Settlement,
    Weighing,
    totals,
    weighings,
    weights,
)
from core.money import display

MAX_CHOICES = 3
_ENOUGH = 20
_MAX_STEPS = 5_000
_UNSTATED_SIZES = (2, 3, 4)
_SMALL_SHORTFALL_PERCENT = 5

_Set = tuple[OpenPayment, ...]


def choices_for(
    settlement: Settlement,
    pools: Pools,
    fees: FeeModel,
    habit: Habit | None,
    values: Values | None,
) -> list[Proposal]:
    """Return the likeliest sets for a line, and say how many there are or that it was given up.

    ``values`` are the amounts of its set, where only equal payments are left to choose from.
    """
    sets: list[_Set] = []
    complete = True
    for days, way in _places(settlement, pools, fees, habit):
        pool = pools.of(settlement, days)
        if len(pool) > MAX_POOL:
            complete = False
            continue
        weighed = weights(pool, way, fees)
        try:
            fitting = [values] if values else _fitting(settlement, pool, weighed, way, fees)
        except SearchGivenUpError:
            complete = False
            continue
        of_weight: dict[int, list[OpenPayment]] = defaultdict(list)
        for payment, weight in zip(pool, weighed, strict=True):
            of_weight[weight].append(payment)
        for each in fitting:
            if len(sets) < _ENOUGH:
                sets.extend(_members(of_weight, each))
    if not sets:
        sets = _whole_days(settlement, pools, habit)
    return [
        _proposal(settlement, each, rank, len(sets), complete=complete)
        for rank, each in enumerate(sets[:MAX_CHOICES])
    ]


def made_of(members: Sequence[OpenPayment], amount: str) -> str:
    """Say how many payments of which days make an amount."""
    first, last = min(each.day for each in members), max(each.day for each in members)
    if len(members) == 1:
        return f"the one payment of {first} makes {amount}"
    days = f"{first}" if first == last else f"{first} to {last}"
    return f"{len(members)} payments of {days} together make {amount}"


def _places(
    settlement: Settlement, pools: Pools, fees: FeeModel, habit: Habit | None
) -> list[tuple[Days, Weighing]]:
    """Return the days and ways to look, the likeliest first."""
    if habit is not None:
        return [(habit.days_of(settlement), habit.weighing)]
    places: list[tuple[Days, Weighing]] = []
    for days in days_to_search(settlement, None):
        pool = pools.of(settlement, days)
        # What is too large to be searched need not be looked through.
        ways = weighings(pool, fees) if len(pool) <= MAX_POOL else (Weighing.GROSS,)
        places.extend((days, way) for way in ways)
    return places


def days_to_search(settlement: Settlement, habit: Habit | None) -> Sequence[Days]:
    """Return the days whose payments a line may hold, the likeliest first."""
    if habit is not None:
        return [habit.days_of(settlement)]
    if settlement.stated_day is not None:
        return [(settlement.stated_day,)]
    return _days_before(settlement.line.line.day)


@lru_cache(maxsize=1_000)
def _days_before(paid: date) -> Sequence[Days]:
    """Return the days that something paid out on a day may hold, the likeliest first."""
    likeliest_first = sorted(DELAYS_DAYS, key=lambda delay: abs(delay - 1))
    return [(paid - timedelta(delay),) for delay in likeliest_first]


def _fitting(
    settlement: Settlement,
    pool: Sequence[OpenPayment],
    weighed: Sequence[int],
    way: Weighing,
    fees: FeeModel,
) -> list[Values]:
    whole = wanted_of(settlement, pool, way, fees)
    wanted = [whole] if whole else []
    if not settlement.stated and pool:
        wanted_totals = totals(settlement, pool, way, fees)
        # A day of which one payment is paid out with another is likelier than a few of many.
        sizes = dict.fromkeys((len(pool) - 1, *_UNSTATED_SIZES))
        wanted += [Wanted(size, wanted_totals) for size in sizes if 1 < size < len(pool)]
    supply = Supply(weighed, (each.size for each in wanted))
    steps = Steps(_MAX_STEPS)
    return [found for each in wanted for found in value_sets(supply, each, steps, enough=_ENOUGH)]


def _members(of_weight: Mapping[int, Sequence[OpenPayment]], values: Values) -> list[_Set]:
    """Return the sets of payments that have these values, a bounded number of them."""
    # A product reads all of its parts first: each is bounded too.
    options = (
        islice(combinations(of_weight[value], values.count(value)), _ENOUGH)
        for value in dict.fromkeys(values)
    )
    chosen = islice(product(*options), _ENOUGH)
    return [tuple(payment for part in parts for payment in part) for parts in chosen]


def _whole_days(settlement: Settlement, pools: Pools, habit: Habit | None) -> list[_Set]:
    """Return the payments of a day whose number is right and whose sum a fee would explain."""
    places = days_to_search(settlement, habit)
    amount = settlement.line.line.amount_minor
    found = []
    for days in places:
        pool = pools.of(settlement, days)
        if len(pool) != settlement.stated:
            continue
        short = sum(payment.amount_minor for payment in pool) - amount
        if 0 < short * 100 <= amount * _SMALL_SHORTFALL_PERCENT:
            found.append(tuple(pool))
    return found


def _proposal(
    settlement: Settlement, members: _Set, rank: int, number: int, *, complete: bool
) -> Proposal:
    line = settlement.line.line
    difference = sum(payment.amount_minor for payment in members) - line.amount_minor
    amount = display(line.amount_minor, line.currency)
    reasons = [made_of(members, amount)]
    if settlement.stated == len(members):
        reasons.append(f"the text says that it settles {settlement.stated}")
    if difference:
        reasons.append(f"after fees of {display(difference, line.currency)}")
    if number >= _ENOUGH:
        reasons.append("many sets fit: nothing tells them apart")
    elif number > 1:
        reasons.append(f"one of {number} sets that fit")
    elif complete:
        reasons.append("no other set of that day fits, but chance could make this one")
    if not complete:
        reasons.append("too many payments to try every set: the search was given up")
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=tuple(sorted(payment.payment_id for payment in members)),
        kind=MatchKind.SETTLEMENT,
        automatic=False,
        confidence=50 - rank,
        reasons=tuple(reasons),
        difference_minor=difference,
        ambiguous=number > 1 or not complete,
    )

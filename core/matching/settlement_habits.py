"""How a channel pays out: after how many days, before or after fees, and how complete our books.

Each of its lines is evidence for or against a habit: under the right one nearly every line finds
a set of payments, under a wrong one only as many as chance gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import product
from math import log

from core.matching.fees import FeeModel
from core.matching.joint_sets import Reach, Wanted
from core.matching.records import OpenPayment
from core.matching.settlement_lines import (
    MAX_NAMED,
    Days,
    Pools,
    Settlement,
    Weighing,
    totals,
    weighings,
    weights,
)

DELAYS_DAYS = range(5)
MAX_POOL = 120
MAX_ITEMS = 12

_SUPPOSED_MISSING = 0.15
"""How many of a channel's lines may lack one of their payments in our books, before we know."""
_MIN_EVIDENCE = 9.0
_MIN_LEAD = 5.0
_WEEKEND = (5, 6)
_MAX_TOGETHER = 4


class Rhythm(Enum):
    """On which days a channel pays out."""

    EVERY_DAY = "every day"
    WORKDAYS = "on workdays, a weekend's payments together"


@dataclass(frozen=True, slots=True)
class Habit:
    """How a channel pays out; ``delay_days`` None where all its lines name the day themselves."""

    delay_days: int | None
    weighing: Weighing
    rhythm: Rhythm = Rhythm.EVERY_DAY

    def days_of(self, settlement: Settlement, named: Set[date] = frozenset()) -> Days:
        """Return the days whose payments a line holds; ``named`` ones are held by other lines."""
        if settlement.stated_day is not None:
            return (settlement.stated_day,)
        paid, delay = settlement.line.line.day, self.delay_days or 0
        if self.rhythm is Rhythm.EVERY_DAY:
            return (paid - timedelta(delay),)
        if paid.weekday() in _WEEKEND:
            return ()
        due = [paid]
        while (due[0] - timedelta(1)).weekday() in _WEEKEND:
            due.insert(0, due[0] - timedelta(1))
        days = tuple(day - timedelta(delay) for day in due)
        return tuple(day for day in days if day not in named) if len(days) > 1 else days


def wanted_of(
    settlement: Settlement, pool: Sequence[OpenPayment], weighing: Weighing, fees: FeeModel
) -> Wanted | None:
    """Return what a line wants of a pool: without a number the whole of it; None if too much."""
    size = settlement.stated or len(pool)
    searched = size != len(pool) and len(pool) > MAX_POOL
    too_many = searched or len(pool) >= MAX_NAMED or min(size, len(pool) - size) > MAX_ITEMS
    if size < min(2, len(pool)) or not 0 < size <= len(pool) or too_many:
        return None
    return Wanted(size, totals(settlement, pool, weighing, fees))


def joint_wanted(
    lines: Sequence[Settlement], pool: Sequence[OpenPayment], weighing: Weighing, fees: FeeModel
) -> Wanted | None:
    """Return what several lines without a number want together: all of their pool."""
    if not 2 <= len(lines) <= _MAX_TOGETHER or any(each.stated for each in lines):
        return None
    if not len(lines) <= len(pool) <= MAX_POOL:
        return None
    each_wants = [totals(each, pool, weighing, fees) for each in lines]
    sums = {sum(chosen) for chosen in product(*each_wants)}
    return Wanted(len(pool), tuple(sorted(sums))) if sums else None


def habits_of(settlements: Iterable[Settlement], pools: Pools, fees: FeeModel) -> dict[int, Habit]:
    """Return, by line, the habit of its channel where the channel's lines show a clear one."""
    of_channel: dict[tuple[str, str], list[Settlement]] = defaultdict(list)
    for each in settlements:
        of_channel[each.channel, each.line.line.currency].append(each)
    found: dict[int, Habit] = {}
    for lines in of_channel.values():
        dated = all(each.stated_day is not None for each in lines)
        delays: Sequence[int | None] = (None,) if dated else DELAYS_DAYS
        evidence = _evidence(lines, delays, pools, fees)
        ranked = sorted(evidence, key=lambda each: -round(evidence[each], 6))
        best = ranked[0]
        # Two ways of taking the fee often come to the same; two delays do not.
        others = (
            evidence[each]
            for each in ranked
            if (each.delay_days, each.rhythm) != (best.delay_days, best.rhythm)
        )
        lead = evidence[best] - max(others, default=0.0)
        if evidence[best] >= _MIN_EVIDENCE and lead >= _MIN_LEAD:
            found.update(dict.fromkeys((each.line_id for each in lines), best))
    return found


def _evidence(
    lines: Sequence[Settlement], delays: Iterable[int | None], pools: Pools, fees: FeeModel
) -> Mapping[Habit, float]:
    """Return the logarithm of how much likelier the lines are under each habit than by chance."""
    evidence: dict[Habit, float] = {}
    named = {each.stated_day for each in lines if each.stated_day is not None}
    for delay in delays:
        for rhythm in _rhythms(lines, delay):
            of_days: dict[Days, list[Settlement]] = defaultdict(list)
            for each in lines:
                habit = Habit(delay, Weighing.GROSS, rhythm)
                of_days[habit.days_of(each, named)].append(each)
            used = {
                way
                for days, together in of_days.items()
                for way in weighings(pools.of(together[0], days), fees)
            }
            for way in sorted(used or {Weighing.GROSS}, key=lambda each: each.value):
                evidence[Habit(delay, way, rhythm)] = sum(
                    _evidence_of_day(together, pools.of(together[0], days), way, fees)
                    for days, together in of_days.items()
                )
    return evidence


def _rhythms(lines: Sequence[Settlement], delay: int | None) -> Sequence[Rhythm]:
    """Return the rhythms worth asking about: none but the first where weekends pay out too."""
    on_weekends = any(each.line.line.day.weekday() in _WEEKEND for each in lines)
    after_weekends = any(each.line.line.day.weekday() == 0 for each in lines)
    if delay is None or on_weekends or not after_weekends:
        return (Rhythm.EVERY_DAY,)
    return (Rhythm.EVERY_DAY, Rhythm.WORKDAYS)


def _evidence_of_day(
    lines: Sequence[Settlement], pool: Sequence[OpenPayment], way: Weighing, fees: FeeModel
) -> float:
    together = joint_wanted(lines, pool, way, fees)
    if together is not None:
        reach = Reach(weights(pool, way, fees), (together.size,))
        chance = reach.chance(together)
        if reach.makes(together):
            return log((1 - _SUPPOSED_MISSING * (1 - chance)) / chance)
        return log(_SUPPOSED_MISSING) * len(lines)
    wanted = [wanted_of(each, pool, way, fees) for each in lines]
    known = [each for each in wanted if each is not None]
    missing = log(_SUPPOSED_MISSING)
    if not known:
        return missing * len(lines)
    reach = Reach(weights(pool, way, fees), (each.size for each in known))
    evidence = missing * (len(lines) - len(known))
    for each in known:
        chance = reach.chance(each)
        if reach.makes(each):
            evidence += log((1 - _SUPPOSED_MISSING * (1 - chance)) / chance)
        else:
            evidence += missing
    return evidence

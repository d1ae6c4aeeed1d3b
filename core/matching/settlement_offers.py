"""Whole days of a channel offered for lines that no exact sum explains: an unknown fee, or a split.

A shop has not told every fee. Where the lines of a channel again and again bring a little less
than its whole day, that day is what they hold; a person sees the difference and decides. Several
lines of one day that nothing divides are offered as one set.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.matching.records import MatchKind, OpenPayment, Proposal
from core.matching.settlement_habits import DELAYS_DAYS, MAX_POOL, Habit, Rhythm
from core.matching.settlement_lines import Days, Pools, Settlement, Weighing
from core.money import display

_MOST_KEPT_PERCENT = 5
_MIN_SEEN = 3
_MAX_LINES = 8

_Group = tuple[Settlement, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    lines: _Group
    pool: Sequence[OpenPayment]


def offers_of(settlements: Iterable[Settlement], pools: Pools) -> list[Proposal]:
    """Return whole days for lines without a number, in the rhythm that explains most of them."""
    of_channel: dict[tuple[str, str], list[Settlement]] = defaultdict(list)
    for each in settlements:
        if not each.stated:
            of_channel[each.channel, each.line.line.currency].append(each)
    proposals = []
    for lines in of_channel.values():
        rhythms = [(delay, rhythm) for delay in DELAYS_DAYS for rhythm in Rhythm]
        found = {
            key: _explained(lines, Habit(key[0], Weighing.GROSS, key[1]), pools) for key in rhythms
        }
        best = max(rhythms, key=lambda key: (_likeliness(found[key]), -abs(key[0] - 1)))
        if len(found[best]) >= min(_MIN_SEEN, len(lines)):
            proposals += [_proposal(each) for each in found[best]]
    return proposals


def _likeliness(offers: Sequence[_Offer]) -> int:
    """Return how many lines are explained by whole days of which about one share is kept."""
    kept: Counter[int] = Counter()
    for each in offers:
        gross, net = _gross(each.pool), _net(each.lines)
        share = (gross - net) * 200 // gross
        kept[share] += 2
        kept[share + 1] += 1
        kept[share - 1] += 1
    return len(offers) + max(kept.values(), default=0)


def _explained(lines: Sequence[Settlement], habit: Habit, pools: Pools) -> list[_Offer]:
    named = {each.stated_day for each in lines if each.stated_day is not None}
    of_days: dict[Days, list[Settlement]] = defaultdict(list)
    for each in lines:
        of_days[habit.days_of(each, named)].append(each)
    offers = []
    for days, together in of_days.items():
        pool = pools.of(together[0], days)
        if not 1 <= len(together) <= _MAX_LINES or not len(together) <= len(pool) <= MAX_POOL:
            continue
        short = _gross(pool) - _net(together)
        if 0 <= short * 100 <= _gross(pool) * _MOST_KEPT_PERCENT:
            offers.append(_Offer(tuple(together), pool))
    return offers


def _gross(pool: Iterable[OpenPayment]) -> int:
    return sum(payment.amount_minor for payment in pool)


def _net(lines: Iterable[Settlement]) -> int:
    return sum(each.line.line.amount_minor for each in lines)


def _proposal(offer: _Offer) -> Proposal:
    line = offer.lines[0].line.line
    short = _gross(offer.pool) - _net(offer.lines)
    first, last = min(each.day for each in offer.pool), max(each.day for each in offer.pool)
    gross = display(_gross(offer.pool), line.currency)
    days = f"{first}" if first == last else f"{first} to {last}"
    reasons = [f"all {len(offer.pool)} unmatched payments of {days} make {gross}"]
    if short:
        reasons.append(
            f"{display(short, line.currency)} less was paid out: a fee nobody has agreed, perhaps"
        )
    if len(offer.lines) > 1:
        reasons.append(f"{len(offer.lines)} lines hold them together: nothing divides them surely")
    return Proposal(
        line_ids=tuple(each.line_id for each in offer.lines),
        payment_ids=tuple(sorted(each.payment_id for each in offer.pool)),
        kind=MatchKind.SETTLEMENT,
        automatic=False,
        confidence=48,
        reasons=tuple(reasons),
        difference_minor=short,
        ambiguous=len(offer.lines) > 1,
    )

"""One line that pays out several payments of a channel and day, perhaps less a fee.

Among popular prices some set of payments makes almost any sum, and one payment that nobody
recorded is enough to make a wrong set the only one. So all lines of a day are solved together
(`joint_sets`), in the way that the channel is known to pay out (`settlement_habits`). A set is
settled where every way to deal the day's payments out gives it to the line, no equal payment is
left over, and a set so found is hardly chance: less so, the more often the channel's books have
been seen to lack a payment. Otherwise the sets that fit are listed for a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.matching.board import Board
from core.matching.fees import FeeModel
from core.matching.joint_sets import (
    Reach,
    SearchGivenUpError,
    Values,
    Wanted,
    deal_most,
)
from core.matching.records import MatchKind, OpenPayment, Proposal
from core.matching.settlement_choices import choices_for, days_to_search, made_of
from core.matching.settlement_habits import MAX_POOL, Habit, habits_of, joint_wanted, wanted_of
from core.matching.settlement_lines import (
    MAX_NAMED,
    Days,
    Pools,
    Settlement,
    settlement_of,
    totals,
    weights,
)
from core.matching.settlement_offers import offers_of
from core.matching.settlement_shares import shares_of
from core.money import display

_MAX_RISK = 0.002
"""How likely a settled set may be wrong: a payment missing, and another set in its place."""
_MAX_DISPUTED_RISK = 0.0005
"""The same where weaker evidence of another line points to a member as well."""


@dataclass(frozen=True, slots=True)
class _Day:
    """The lines that draw from one pool of payments, in one way."""

    pool: Sequence[OpenPayment]
    weights: tuple[int, ...]
    lines: tuple[Settlement, ...]
    wanted: tuple[Wanted | None, ...]
    together: Wanted | None = None
    totals: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """The set of a line where it has only one, and how likely chance alone makes such a set.

    ``explained`` is how surely some set fits the line together with the others of its day, and
    ``whole_day`` whether one fits every line of it; ``left_over`` is how many payments of the day
    no line accounts for; ``all_of_pool`` whether nothing was left to choose.
    """

    explained: float
    chance: float
    left_over: int = 0
    whole_day: bool = False
    all_of_pool: bool = False
    values: Values | None = None
    payment_ids: tuple[str, ...] | None = None


def match_settlements(board: Board, check_cancelled: Callable[[], None]) -> None:
    """Settle lines that pay out several payments, as far as only one answer is possible."""
    read = (settlement_of(line) for line in board.money_in())
    settlements = [each for each in read if each is not None]
    pools = Pools(board)
    habits = habits_of(settlements, pools, board.fees)
    settlements = _with_channels(settlements, habits, pools, board.fees)
    habits = habits_of(settlements, pools, board.fees)
    found: dict[int, _Found] = {}
    for day in _days(settlements, habits, pools, board.fees):
        check_cancelled()
        found.update(_solve(day))
    _settle_sure(board, settlements, found)
    open_pools = Pools(board)
    unexplained = [
        each
        for each in settlements
        if each.line_id in board.free_lines and not _is_explained(found.get(each.line_id))
    ]
    for offer in offers_of(unexplained, open_pools):
        check_cancelled()
        board.suggest(offer)
    for each in settlements:
        if each.line_id in board.free_lines:
            check_cancelled()
            answer, habit = found.get(each.line_id), habits.get(each.line_id)
            values = answer.values if answer else None
            board.suggest_any_of(choices_for(each, open_pools, board.fees, habit, values))
            if board.wants_suggestion(each.line_id):
                _say_given_up(board, each, open_pools, habit)


def _say_given_up(board: Board, settlement: Settlement, pools: Pools, habit: Habit | None) -> None:
    """Tell a person which days had too many payments to be searched."""
    for days in days_to_search(settlement, habit):
        number = len(pools.of(settlement, days))
        if number > MAX_POOL and number != settlement.stated:
            count = f"{number}" if number < MAX_NAMED else f"{MAX_NAMED} or more"
            by = f" by {settlement.channel.upper()}" if settlement.channel else ""
            board.give_up(
                settlement.line_id,
                f"the payments of {days[0]}{by} are too many to search: {count}",
            )
            return


def _is_explained(answer: _Found | None) -> bool:
    """Tell whether some set surely fits a line, to be chosen among others of the same amounts."""
    return answer is not None and answer.values is not None


def _with_channels(
    settlements: Sequence[Settlement], habits: Mapping[int, Habit], pools: Pools, fees: FeeModel
) -> list[Settlement]:
    """Give lines that do not say their channel the only one whose habit and books make them."""
    known = {
        (each.channel, habits[each.line_id])
        for each in settlements
        if each.channel and each.line_id in habits
    }
    found = []
    for each in settlements:
        made = set()
        for channel, habit in () if each.channel else known:
            of_channel = replace(each, channel=channel)
            pool = pools.of(of_channel, habit.days_of(of_channel))
            want = wanted_of(of_channel, pool, habit.weighing, fees)
            if want is None:
                continue
            if sum(weights(pool, habit.weighing, fees)) in want.totals and want.size == len(pool):
                made.add(channel)
        found.append(replace(each, channel=made.pop()) if len(made) == 1 else each)
    return found


def _days(
    settlements: Sequence[Settlement],
    habits: Mapping[int, Habit],
    pools: Pools,
    fees: FeeModel,
) -> list[_Day]:
    """Group the lines that draw from the same payments."""
    together: dict[tuple[Habit, str, Days], list[Settlement]] = defaultdict(list)
    named: dict[str, set[date]] = defaultdict(set)
    for each in settlements:
        if each.stated_day is not None:
            named[each.channel].add(each.stated_day)
    for each in settlements:
        habit = habits.get(each.line_id)
        if habit is not None:
            held = habit.days_of(each, named[each.channel])
            together[Habit(None, habit.weighing), each.channel, held].append(each)
    days = []
    for (habit, _, held), lines in together.items():
        pool = pools.of(lines[0], held)
        wanted = tuple(
            wanted_of(each, pool, habit.weighing, fees) if each.stated or len(lines) == 1 else None
            for each in lines
        )
        days.append(
            _Day(
                pool,
                tuple(weights(pool, habit.weighing, fees)),
                tuple(lines),
                wanted,
                joint_wanted(lines, pool, habit.weighing, fees),
                tuple(totals(each, pool, habit.weighing, fees) for each in lines),
            )
        )
    return days


def _solve(day: _Day) -> dict[int, _Found]:
    """Solve the lines of one day together, without those for which nothing fits at all."""
    if day.together is not None:
        return _solve_shares(day, day.together)
    known = [
        (line, want) for line, want in zip(day.lines, day.wanted, strict=True) if want is not None
    ]
    reach = Reach(day.weights, (want.size for _, want in known))
    possible = [(line, want) for line, want in known if reach.makes(want)]
    found = {each.line_id: _Found(0.0, 1.0) for each in day.lines}
    found |= {line.line_id: _Found(0.0, reach.chance(want)) for line, want in known}
    try:
        dealt = deal_most(day.weights, [want for _, want in possible])
    except SearchGivenUpError:
        return {line_id: _Found(1.0, 1.0) for line_id in found}
    whole = len(possible) == len(day.lines) and all(each.explained == 1 for each in dealt)
    held = sum(want.size * each.explained for (_, want), each in zip(possible, dealt, strict=True))
    left_over = max(0, round(len(day.weights) - held))
    taken = Counter(value for each in dealt for value in each.values or ())
    for (line, want), each in zip(possible, dealt, strict=True):
        values = each.values
        if values is None:
            chance = reach.chance(want)
            found[line.line_id] = _Found(each.explained, chance, left_over, whole)
            continue
        others_left = Counter(day.weights) - (taken - Counter(values))
        chance = Reach(tuple(others_left.elements()), (want.size,)).chance(want)
        members = _told_apart(day, values)
        everything = want.size == len(day.pool)
        found[line.line_id] = _Found(1.0, chance, left_over, whole, everything, values, members)
    return found


def _solve_shares(day: _Day, together: Wanted) -> dict[int, _Found]:
    """Solve lines without a number that have to share all of a pool."""
    reach = Reach(day.weights, (together.size,))
    chance = reach.chance(together)
    if not reach.makes(together):
        return {each.line_id: _Found(0.0, chance) for each in day.lines}
    shares = shares_of(day.pool, day.weights, day.totals)
    return {
        each.line_id: _Found(
            1.0,
            chance,
            whole_day=True,
            all_of_pool=True,
            payment_ids=shares[place] if shares else None,
        )
        for place, each in enumerate(day.lines)
    }


def _told_apart(day: _Day, values: Values) -> tuple[str, ...] | None:
    """Return the payments of a set of values, if no equal payment is left over."""
    wanted = set(values)
    members = [
        payment.payment_id
        for payment, weight in zip(day.pool, day.weights, strict=True)
        if weight in wanted
    ]
    return tuple(sorted(members)) if len(members) == len(values) else None


def _settle_sure(
    board: Board, settlements: Sequence[Settlement], found: Mapping[int, _Found]
) -> None:
    missing = _share_of_missing(settlements, found)
    left_over = _usually_left_over(settlements, found)
    claims = Counter(payment_id for each in found.values() for payment_id in each.payment_ids or ())
    for each in settlements:
        answer = found.get(each.line_id)
        if answer is None or answer.payment_ids is None:
            continue
        spare = max(answer.left_over, left_over[each.channel])
        risk = missing[each.channel] * (answer.chance + _chance_of_equals(board, answer, spare))
        if answer.all_of_pool:
            # With one payment missing, another of its amount would have to be too many.
            too_many = max(missing[each.channel], min(1.0, left_over[each.channel]))
            equal = max(answer.chance, _chance_of_equals(board, answer, 1))
            risk = missing[each.channel] * too_many * equal
        members = answer.payment_ids
        disputed = not all(board.undisputed(each.line_id, member) for member in members)
        bound = _MAX_DISPUTED_RISK if disputed else _MAX_RISK
        free = each.line_id not in board.contested_lines and all(
            claims[member] == 1 and member in board.free_payments for member in members
        )
        if free and risk <= bound:
            board.accept(_proposal(board, each, answer.payment_ids))


def _chance_of_equals(board: Board, answer: _Found, left_over: float) -> float:
    """Return how likely a payment left over merely has the amount of one that is missing.

    Popular prices make it so; the fewer payments nothing accounts for, the less.
    """
    members = [board.payments[each].payment for each in answer.payment_ids or ()]
    shares = [board.share_of_amount(each.currency, each.amount_minor) for each in members]
    return left_over * sum(shares) / max(1, len(shares))


def _share_of_missing(
    settlements: Sequence[Settlement], found: Mapping[int, _Found]
) -> Mapping[str, float]:
    """Return, by channel, how often one of a line's payments is not in our books.

    Such a line finds no set, unless by chance; so it is the lines that chance cannot explain
    which show it. With few lines seen, the share is taken for high.
    """
    missing: dict[str, float] = defaultdict(lambda: 0.5)
    seen: dict[str, float] = defaultdict(lambda: 1.0)
    for each in settlements:
        answer = found.get(each.line_id)
        if answer is not None:
            not_explained = 1 - answer.explained
            missing[each.channel] += not_explained
            seen[each.channel] += not_explained + answer.explained * (1 - answer.chance)
    return {channel: min(1.0, missing[channel] / seen[channel]) for channel in seen}


def _usually_left_over(
    settlements: Sequence[Settlement], found: Mapping[int, _Found]
) -> Mapping[str, float]:
    """Return, by channel, how many payments no line accounts for on a day that is explained.

    A payment that stands in the place of a missing one is not seen to be left over.
    """
    left: dict[str, list[int]] = defaultdict(list)
    for each in settlements:
        if each.line_id in found and found[each.line_id].whole_day:
            left[each.channel].append(found[each.line_id].left_over)
    return {
        each.channel: (0.5 + sum(left[each.channel])) / (1 + len(left[each.channel]))
        for each in settlements
    }


def _proposal(board: Board, settlement: Settlement, payment_ids: tuple[str, ...]) -> Proposal:
    line = settlement.line.line
    members = [board.payments[each].payment for each in payment_ids]
    difference = sum(each.amount_minor for each in members) - line.amount_minor
    amount = display(line.amount_minor, line.currency)
    reasons = [made_of(members, amount)]
    if settlement.stated:
        reasons.append(f"the text says that it settles {settlement.stated}")
    if difference:
        reasons.append(f"after fees of {display(difference, line.currency)}")
    reasons.append("no other set fits this line and the other settlements of that day")
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=payment_ids,
        kind=_kind(len(members), difference),
        automatic=True,
        confidence=86,
        reasons=tuple(reasons),
        difference_minor=difference,
    )


def _kind(number: int, difference_minor: int) -> MatchKind:
    if number > 1:
        return MatchKind.SETTLEMENT
    return MatchKind.FEE_NET if difference_minor else MatchKind.ONE_TO_ONE

"""One line that pays out several payments of a channel and day, perhaps less a fee.

Among popular prices some set of payments makes almost any sum, and one payment that nobody
recorded is enough to make a wrong set the only one. So a set is settled only where the line says
how many payments it holds, exactly one set of that many fits, the channel is known to pay out
after so many days, and either hardly any other set could have been tried (the open payments of
the day are the settlement) or every one of many such lines finds a set, which shows that the
books are complete.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from math import comb

from core.matching.board import Board
from core.matching.facts import LineFacts
from core.matching.fees import FeeModel
from core.matching.records import MatchKind, OpenPayment, Proposal
from core.matching.subset_sum import share_found_by_chance, subsets_of_sum
from core.money import display

_SETTLES = re.compile(r"\b(?:SETTLE\w*|BATCH|PAYOUT|POS|REMISE|BULK|MERCHANT DEPOSIT)\b")
_HOW_MANY = re.compile(
    r"\b(\d{1,3})\s*(?:TXNS?|TRX|TRANS\w*|PAYMENTS?|PAIEMENTS?|SALES|VENTES|ITEMS|OPERATIONS?)\b"
)
_CHANNELS = (
    (re.compile(r"\b(?:POS|CARDS?|VISA|MASTERCARD|TPE)\b"), "card"),
    (re.compile(r"\b(?:MTN|MOMO)\b"), "mtn"),
    (re.compile(r"\bAIRTEL\b"), "airtel"),
)
_DELAYS_DAYS = range(5)
_MAX_ITEMS = 12
_MAX_POOL = 120
_MAX_NAMED = 1_000
"""A line states three digits at most: whether a larger pool is enough need not be known."""
_UNSTATED_SIZES = (2, 3, 4)

_MIN_RHYTHM_LINES = 5
_RHYTHM_EXPLAINS = 0.95
_OTHERS_EXPLAIN = 0.85
_MIN_TRUSTED_LINES = 20
_MAX_CHANCE = 0.25
_MAX_TRIED = 3


@dataclass(frozen=True, slots=True)
class _Answer:
    payment_ids: tuple[str, ...]
    difference_minor: int
    chance: float


@dataclass(frozen=True, slots=True)
class _Answers:
    """The sets that fit a line; ``complete`` unless a search was given up.

    ``tried`` is how many sets of the stated number there were to try.
    """

    found: tuple[_Answer, ...]
    complete: bool
    tried: int


@dataclass(frozen=True, slots=True)
class _Settlement:
    """A line that pays out, what it says about itself, and what its channel has shown.

    ``rhythm_days`` is the channel's usual delay. Its books are ``complete`` where every line of
    many finds a set: with payments missing, a set that fits alone may be a coincidence.
    """

    line: LineFacts
    channel: str
    stated: int
    rhythm_days: int | None = None
    books_complete: bool = False

    @property
    def delays_days(self) -> Iterable[int]:
        """The delays worth searching."""
        return _DELAYS_DAYS if self.rhythm_days is None else (self.rhythm_days,)

    @property
    def days(self) -> list[date]:
        """The days of the payments it may pay out."""
        return [self.line.line.day - timedelta(days=delay) for delay in self.delays_days]


def match_settlements(board: Board, check_cancelled: Callable[[], None]) -> None:
    """Settle lines that say they hold n payments, as far as only one answer is possible."""
    pools = _Pools(board)
    settlements = _with_rhythm(
        [_settlement(line) for line in board.money_in() if _is_settlement(line)],
        pools,
        board.fees,
    )
    answers: dict[int, _Answers] = {}
    reckoned: dict[int, tuple[int, ...]] = {}
    settled = True
    while settled:
        for each in settlements:
            check_cancelled()
            seen = tuple(pools.changes[day] for day in each.days)
            if reckoned.get(each.line.line_id) != seen:
                reckoned[each.line.line_id] = seen
                answers[each.line.line_id] = _answers(pools, each, board.fees)
        claims = Counter(
            payment_id
            for answer in (answers[each.line.line_id] for each in settlements)
            if len(answer.found) == 1
            for payment_id in answer.found[0].payment_ids
        )
        settled = False
        for each in settlements:
            if _is_sure(board, each, answers[each.line.line_id], claims):
                board.accept(_proposal(each, answers[each.line.line_id], automatic=True))
                pools.take(answers[each.line.line_id].found[0].payment_ids)
                settled = True
        settlements = [each for each in settlements if each.line.line_id in board.free_lines]
    for each in settlements:
        if answers[each.line.line_id].found:
            board.suggest(_proposal(each, answers[each.line.line_id], automatic=False))


def _is_settlement(line: LineFacts) -> bool:
    return not line.hits and bool(_SETTLES.search(_text_of(line)))


def _text_of(line: LineFacts) -> str:
    return f"{line.line.text} {line.line.reference}".upper()


def _settlement(line: LineFacts) -> _Settlement:
    text = _text_of(line)
    stated = _HOW_MANY.search(text)
    channel = next((name for pattern, name in _CHANNELS if pattern.search(text)), "")
    return _Settlement(line, channel, int(stated[1]) if stated else 0)


class _Pools:
    """The free payments of each day by channel, kept until one of the day is taken."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._pools: dict[tuple[str, date, str], tuple[OpenPayment, ...]] = {}
        self.changes: dict[date, int] = defaultdict(int)

    def of(self, settlement: _Settlement, delay_days: int) -> tuple[OpenPayment, ...]:
        """Return what a channel may pay out after some days, no more than a line can name."""
        line = settlement.line.line
        key = line.currency, line.day - timedelta(days=delay_days), settlement.channel
        if key not in self._pools:
            self._pools[key] = tuple(islice(self._payments(*key), _MAX_NAMED))
        return self._pools[key]

    def take(self, payment_ids: Iterable[str]) -> None:
        """Forget the pools of which payments were taken."""
        days = {self._board.payments[each].payment.day for each in payment_ids}
        for day in days:
            self.changes[day] += 1
        self._pools = {key: pool for key, pool in self._pools.items() if key[1] not in days}

    def _payments(self, currency: str, day: date, channel: str) -> Iterator[OpenPayment]:
        books, free = self._board.payments, self._board.free_payments
        places = [
            place
            for method, of_method in books.of_day(currency, day).items()
            if method != "cash" and (not method or channel in method)
            for place in of_method
        ]
        for place in sorted(places):
            payment_id = books.columns.payment_ids[place]
            if payment_id in free and payment_id not in self._board.reversals_of_payment:
                yield books.columns.payment(place)


def _with_rhythm(
    settlements: list[_Settlement], pools: _Pools, fees: FeeModel
) -> list[_Settlement]:
    """Find the one delay that explains a channel's lines where no other delay does."""
    of_channel: dict[str, list[_Settlement]] = defaultdict(list)
    for each in settlements:
        if each.stated:
            of_channel[each.channel].append(each)
    rhythm: dict[str, tuple[int, bool]] = {}
    for channel, stated in of_channel.items():
        explained = {
            delay: sum(_explains(pools, each, delay, fees) for each in stated) / len(stated)
            for delay in _DELAYS_DAYS
        }
        best, second = sorted(explained, key=lambda delay: (-explained[delay], delay))[:2]
        clear = explained[best] >= _RHYTHM_EXPLAINS and explained[second] <= _OTHERS_EXPLAIN
        if clear and len(stated) >= _MIN_RHYTHM_LINES:
            complete = explained[best] == 1 and len(stated) >= _MIN_TRUSTED_LINES
            rhythm[channel] = best, complete
    return [
        _Settlement(each.line, each.channel, each.stated, *rhythm.get(each.channel, (None, False)))
        for each in settlements
    ]


def _explains(pools: _Pools, settlement: _Settlement, delay_days: int, fees: FeeModel) -> bool:
    pool = pools.of(settlement, delay_days)
    if len(pool) > _MAX_POOL or settlement.stated > _MAX_ITEMS:
        return False
    for weighed, total in _ways_to_weigh(pool, settlement, fees):
        amounts = [weight for weight, _ in weighed]
        sets = subsets_of_sum(amounts, settlement.stated, total, enough=1)
        if sets is None or sets:
            return True
    return False


_Weighed = list[tuple[int, OpenPayment]]


def _ways_to_weigh(
    pool: Sequence[OpenPayment], settlement: _Settlement, fees: FeeModel
) -> Iterator[tuple[_Weighed, int]]:
    """Yield the payments with what each may bring, ascending, and the total they must make.

    First gross against the line and the fee it states, then net of the agreed fees, if any.
    """
    line = settlement.line.line
    kept = {each.payment_id: fees.fee_minor(each.method, each.amount_minor) for each in pool}
    ways = [(dict.fromkeys(kept, 0), line.amount_minor + line.fee_minor)]
    if any(kept.values()):
        ways.append((kept, line.amount_minor))
    for fee_of, total in ways:
        weighed = [(each.amount_minor - fee_of[each.payment_id], each) for each in pool]
        yield sorted(weighed, key=lambda pair: (pair[0], pair[1].payment_id)), total


def _answers(pools: _Pools, settlement: _Settlement, fees: FeeModel) -> _Answers:
    found: dict[tuple[str, ...], _Answer] = {}
    complete = True
    tried = 0
    stated = settlement.stated
    for delay in settlement.delays_days:
        pool = pools.of(settlement, delay)
        if len(pool) > _MAX_POOL or stated > _MAX_ITEMS:
            complete = complete and len(pool) < stated
            continue
        tried += comb(len(pool), stated)
        sizes = {stated} if stated else {*_UNSTATED_SIZES, len(pool)}
        for weighed, total in _ways_to_weigh(pool, settlement, fees):
            amounts = [weight for weight, _ in weighed]
            for size in sorted(each for each in sizes if 2 <= each <= len(pool)):
                sets = subsets_of_sum(amounts, size, total)
                complete = complete and sets is not None
                chance = 1.0
                if sets and len(sets) == 1 and stated:
                    chance = share_found_by_chance(amounts, size, total)
                for places in sets or ():
                    answer = _answer([weighed[place][1] for place in places], settlement, chance)
                    found.setdefault(answer.payment_ids, answer)
    return _Answers(tuple(found.values()), complete, tried)


def _answer(members: list[OpenPayment], settlement: _Settlement, chance: float) -> _Answer:
    gross_minor = sum(member.amount_minor for member in members)
    return _Answer(
        payment_ids=tuple(sorted(member.payment_id for member in members)),
        difference_minor=gross_minor - settlement.line.line.amount_minor,
        chance=chance,
    )


def _is_sure(
    board: Board, settlement: _Settlement, answers: _Answers, claims: Mapping[str, int]
) -> bool:
    if len(answers.found) != 1 or not answers.complete or settlement.rhythm_days is None:
        return False
    answer = answers.found[0]
    if len(answer.payment_ids) != settlement.stated:
        return False
    hardly_chance = settlement.books_complete or answers.tried <= _MAX_TRIED
    return (
        hardly_chance
        and answer.chance <= _MAX_CHANCE
        and all(
            claims[each] == 1 and board.undisputed(settlement.line.line_id, each)
            for each in answer.payment_ids
        )
    )


def _proposal(settlement: _Settlement, answers: _Answers, *, automatic: bool) -> Proposal:
    line, answer = settlement.line.line, answers.found[0]
    number = len(answer.payment_ids)
    amount = display(line.amount_minor, line.currency)
    reasons = [f"{number} payments of one day together make {amount}"]
    if settlement.stated == number:
        reasons.append(f"the text says that it settles {number}")
    if answer.difference_minor:
        reasons.append(f"after fees of {display(answer.difference_minor, line.currency)}")
    others = len(answers.found) > 1 or not answers.complete
    reasons.append("other sets fit too" if others else "no other set of that day fits")
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=answer.payment_ids,
        kind=MatchKind.SETTLEMENT,
        automatic=automatic,
        confidence=84 if automatic else 50,
        reasons=tuple(reasons),
        difference_minor=answer.difference_minor,
        ambiguous=others,
    )

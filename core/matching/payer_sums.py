"""One payer's money that is several of his payments at once, or one of them in parts.

A payer known by his full phone, account-holder's name or name in the text, and an amount that his
open payments make together in one way only. Where several ways are possible they are offered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from math import comb

from core.matching import reasons
from core.matching.board import Board
from core.matching.facts import LineFacts, PaymentFacts, names_agree, other_transaction
from core.matching.names import Agreement, name_key, name_words
from core.matching.order import Stretch
from core.matching.records import MatchKind, Proposal

_DAYS = 5
_RIVAL_DAYS = timedelta(days=10)
_MAX_PAYMENTS = 8
_MAX_OF_PAYER = 4 * _MAX_PAYMENTS
"""Who has more payments in these days is not looked at."""
_MAX_PARTS = 3
_MAX_LINES = 8
_MAX_CHANCE = 0.1
_RARE = 0.002
"""How often an amount is taken to occur that no payment has."""
_MAX_OFFERED = 3
_LONGEST_NAME = 4

_Payments = tuple[PaymentFacts, ...]


def match_sums_of_payers(board: Board) -> None:
    """Settle lines that one set of their payer's payments makes, and offer the doubtful ones."""
    payers = Payers(board, board.money_in())
    ways = {line.line_id: _ways(payers, line) for line in payers.lines}
    claims = Counter(
        payment_id
        for found in ways.values()
        for payment_id in {each.payment_id for way in found for each in way}
    )
    for line in payers.lines:
        found = ways[line.line_id]
        if len(found) == 1 and _is_sure(board, payers, line, found[0], claims):
            board.accept(_sum_proposal(line, found[0], automatic=True))
        elif found:
            board.suggest_any_of(
                [_sum_proposal(line, way, automatic=False) for way in found[:_MAX_OFFERED]]
            )


def suggest_parts_of_payers(board: Board) -> None:
    """Offer lines of one payer that make one of his payments together."""
    payers = Payers(board, board.money_in())
    lines_of: dict[str, list[LineFacts]] = defaultdict(list)
    for line in payers.lines:
        if board.wants_suggestion(line.line_id):
            for payment in payers.payments(line):
                lines_of[payment.payment_id].append(line)
    for payment_id, lines in sorted(lines_of.items()):
        payment = board.payments[payment_id]
        if not 2 <= len(lines) <= _MAX_LINES:
            continue
        for size in range(2, _MAX_PARTS + 1):
            for parts in combinations(lines, size):
                total = sum(part.line.amount_minor for part in parts)
                if total == payment.amount_minor:
                    board.suggest(_parts_proposal(parts, payment))


class Payers:
    """The open payments of the payers that lines show in full."""

    def __init__(self, board: Board, lines: Iterable[LineFacts]) -> None:
        self._board = board
        self.lines = [line for line in lines if not line.hits and not line.names_something]
        phones = {phone for line in self.lines for phone in line.phones.full}
        self._names = {line.line_id: _names_in(line) for line in self.lines}
        self._by_phone: Mapping[str, Stretch] = board.payments.with_phones(phones)

    def payments(self, line: LineFacts) -> _Payments:
        """Return the payer's free payments of the days up to a line, by id; none if too many."""
        columns, free = self._board.payments.columns, self._board.free_payments
        places: set[int] = set()
        for of_mark in self._of_phones(line) or self._of_names(line):
            if len(of_mark) > _MAX_OF_PAYER:
                return ()
            places.update(of_mark)
        found = [
            self._board.payments.at(place)
            for place in free.among(places)
            if columns.currencies[place] == line.line.currency
        ]
        theirs = [each for each in found if self._is_payers(line, each)]
        return tuple(sorted(theirs, key=lambda each: each.payment_id))

    def _of_phones(self, line: LineFacts) -> list[Sequence[int]]:
        first, last = line.line.day - _RIVAL_DAYS, line.line.day
        known = (self._by_phone.get(each) for each in line.phones.full)
        return [stretch.between(first, last) for stretch in known if stretch is not None]

    def _of_names(self, line: LineFacts) -> Iterator[Sequence[int]]:
        first, last = line.line.day - _RIVAL_DAYS, line.line.day
        for name in self._names[line.line_id]:
            found = self._board.payments.of_name(name, first, last)
            yield found[: _MAX_OF_PAYER + 1].tolist()

    @staticmethod
    def _is_payers(line: LineFacts, payment: PaymentFacts) -> bool:
        return not (
            line.phones.shows_another(payment.national)
            or names_agree(line, payment) is Agreement.DIFFERS
            or other_transaction(line.line, payment)
        )


def _names_in(line: LineFacts) -> tuple[str, ...]:
    """Return the keys of what may be a full name in a line."""
    if line.counterparty:
        key = name_key(line.counterparty)
        return (key,) if key else ()
    words = name_words(line.line.text)
    return tuple(
        name_key(words[start : start + size])
        for size in range(2, _LONGEST_NAME + 1)
        for start in range(len(words) - size + 1)
    )


def _ways(payers: Payers, line: LineFacts) -> list[_Payments]:
    """Return the sets of a payer's payments that make a line's amount; a single one is no set."""
    theirs = [each for each in payers.payments(line) if each.amount_minor <= line.line.amount_minor]
    if not 2 <= len(theirs) <= _MAX_PAYMENTS:
        return []
    if any(each.amount_minor == line.line.amount_minor for each in theirs):
        return []
    return list(_sets(theirs, line.line.amount_minor))


def _sets(payments: Sequence[PaymentFacts], amount_minor: int) -> Iterator[_Payments]:
    for size in range(2, len(payments) + 1):
        for chosen in combinations(payments, size):
            if sum(each.amount_minor for each in chosen) == amount_minor:
                yield chosen


def _is_sure(
    board: Board, payers: Payers, line: LineFacts, way: _Payments, claims: Mapping[str, int]
) -> bool:
    """Tell whether nobody else wants these payments, and chance would hardly make such a set."""
    if not all(
        board.undisputed(line.line_id, each.payment_id)
        and claims[each.payment_id] == 1
        and (line.line.day - each.day).days <= _DAYS
        for each in way
    ):
        return False
    # All that is open is one set; the more are left out, the more there are to choose from.
    number = len(payers.payments(line))
    sets = sum(comb(number, left_out) for left_out in range(number - len(way) + 1))
    share = board.share_of_amount(line.line.currency, line.line.amount_minor)
    return sets * (share + _RARE) <= _MAX_CHANCE


def _sum_proposal(line: LineFacts, way: _Payments, *, automatic: bool) -> Proposal:
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=tuple(each.payment_id for each in way),
        kind=MatchKind.SETTLEMENT,
        automatic=automatic,
        confidence=84 if automatic else 55,
        reasons=(
            *reasons.payer(line, way[0]),
            f"{len(way)} unmatched payments of this payer together make the line's amount",
            *(("no other set of the payer's payments does",) if automatic else ()),
        ),
        ambiguous=not automatic,
    )


def _parts_proposal(parts: Sequence[LineFacts], payment: PaymentFacts) -> Proposal:
    return Proposal(
        line_ids=tuple(part.line_id for part in parts),
        payment_ids=(payment.payment_id,),
        kind=MatchKind.SPLIT,
        automatic=False,
        confidence=50,
        reasons=(
            *reasons.payer(parts[0], payment),
            f"{len(parts)} lines of this payer together make the payment's amount",
        ),
    )

"""The last offers: what only amount and day, or only the payer, connect. Never settled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from core.matching import reasons
from core.matching.assignment import Edge, as_sets, components
from core.matching.board import MAX_SET, Board
from core.matching.facts import LineFacts, PaymentFacts, days_after, names_agree
from core.matching.names import Agreement
from core.matching.ranking import likeliest_first
from core.matching.records import MatchKind, OpenPayment, Proposal

_DAYS = 3
_MAX_LOOKED_AT = 24
_MAX_FACTOR = 2


def suggest_by_amount(board: Board) -> None:
    """Offer payments of the same amount in the days before a line."""
    by_amount: dict[tuple[str, int], list[OpenPayment]] = defaultdict(list)
    for payment_id in board.free_payments:
        payment = board.payments[payment_id].payment
        by_amount[payment.currency, payment.amount_minor].append(payment)
    for payments in by_amount.values():
        payments.sort(key=lambda payment: (payment.day, payment.payment_id))
    edges: list[Edge] = []
    for line in board.money_in():
        if board.wants_suggestion(line.line_id):
            same = by_amount.get((line.line.currency, line.line.amount_minor), [])
            likely = [
                each.payment_id for each in _recent(line, same) if _offered(board, line, each)
            ]
            edges.extend(
                _edge(line, board.payments[payment_id])
                for payment_id in likeliest_first(board, line, likely)[:MAX_SET]
            )
    for component in components(edges):
        for proposal in as_sets(board, component):
            board.suggest(proposal)


def suggest_discrepancies(board: Board) -> None:
    """Offer the payer's own payment of these days, of another amount: paid too much or too little.

    Runs before the offers by amount: a known payer says more than a price.
    """
    by_payer: dict[tuple[str, str], list[PaymentFacts]] = defaultdict(list)
    for payment_id in board.free_payments:
        payment = board.payments[payment_id]
        for mark in _marks(payment.national, payment.name):
            by_payer[payment.payment.currency, mark].append(payment)
    for line in board.money_in():
        if not board.wants_suggestion(line.line_id) or line.hits:
            continue
        found = {
            payment.payment_id
            for phone in (*line.phones.full, "")
            for mark in _marks(phone, line.counterparty)
            for payment in by_payer.get((line.line.currency, mark), ())
            if 0 <= days_after(line.line, payment.payment) <= _DAYS
            and payment.payment.amount_minor <= _MAX_FACTOR * line.line.amount_minor
            and line.line.amount_minor <= _MAX_FACTOR * payment.payment.amount_minor
        }
        if found:
            board.suggest(_discrepancy(board, line, likeliest_first(board, line, found)[:MAX_SET]))


def _discrepancy(board: Board, line: LineFacts, payment_ids: Sequence[str]) -> Proposal:
    likeliest = board.payments[payment_ids[0]]
    more = [reasons.about(line, board.payments[each]) for each in payment_ids[1:MAX_SET]]
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=tuple(payment_ids),
        kind=MatchKind.ONE_TO_ONE,
        automatic=False,
        confidence=35,
        reasons=(*reasons.circumstances(line, likeliest), *more),
        difference_minor=likeliest.payment.amount_minor - line.line.amount_minor,
        ambiguous=len(payment_ids) > 1,
    )


def _marks(national: str, name: tuple[str, ...]) -> Iterator[str]:
    if national:
        yield national
    if len(name) > 1:
        yield " ".join(sorted(name))


def _offered(board: Board, line: LineFacts, payment: OpenPayment) -> bool:
    """Tell whether a payment is free, or contested by others but of this line's payer."""
    facts = board.payments[payment.payment_id]
    return (
        payment.payment_id not in board.contested_payments
        or line.phones.shows(facts.national)
        or names_agree(line, facts) is Agreement.AGREES
    )


def _recent(line: LineFacts, payments: list[OpenPayment]) -> list[OpenPayment]:
    """Return the latest payments up to the line's day, a bounded number of them."""
    last = line.line.day.toordinal()
    first = bisect_left(payments, last - _DAYS, key=_ordinal)
    end = bisect_right(payments, last, key=_ordinal)
    return payments[max(first, end - _MAX_LOOKED_AT) : end]


def _ordinal(payment: OpenPayment) -> int:
    return payment.day.toordinal()


def _edge(line: LineFacts, payment: PaymentFacts) -> Edge:
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=30,
        reasons=reasons.circumstances(line, payment),
        may_settle=False,
    )

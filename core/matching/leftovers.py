"""The last pass: what only amount and day connect. Never settled, only offered."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from core.matching import reasons
from core.matching.assignment import Edge, as_sets, components
from core.matching.board import MAX_SET, Board
from core.matching.facts import LineFacts
from core.matching.records import MatchKind, OpenPayment

_DAYS = 3


def suggest_by_amount(board: Board) -> None:
    """Offer payments of the same amount in the days before a line."""
    by_amount: dict[tuple[str, int], list[OpenPayment]] = defaultdict(list)
    for payment_id in board.free_payments:
        payment = board.payments[payment_id].payment
        if payment_id not in board.contested_payments:
            by_amount[payment.currency, payment.amount_minor].append(payment)
    for payments in by_amount.values():
        payments.sort(key=lambda payment: (payment.day, payment.payment_id))
    edges: list[Edge] = []
    for line in board.money_in():
        if board.wants_suggestion(line.line_id):
            same = by_amount.get((line.line.currency, line.line.amount_minor), [])
            edges.extend(_edge(board, line, payment) for payment in _recent(line, same))
    for component in components(edges):
        for proposal in as_sets(component):
            board.suggest(proposal)


def _recent(line: LineFacts, payments: list[OpenPayment]) -> list[OpenPayment]:
    """Return the latest payments up to the line's day, a bounded number of them."""
    last = line.line.day.toordinal()
    days = [payment.day.toordinal() for payment in payments]
    first = bisect_left(days, last - _DAYS)
    end = bisect_right(days, last)
    return payments[max(first, end - MAX_SET) : end]


def _edge(board: Board, line: LineFacts, payment: OpenPayment) -> Edge:
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=30,
        reasons=reasons.circumstances(line, board.payments[payment.payment_id]),
        may_settle=False,
    )

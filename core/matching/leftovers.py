"""The last pass: what only amount and day connect. Never settled, only offered."""

from __future__ import annotations

from datetime import timedelta

from core.matching import reasons
from core.matching.assignment import Edge, as_sets, components
from core.matching.board import MAX_SET, Board
from core.matching.books import Stretch
from core.matching.facts import LineFacts, PaymentFacts
from core.matching.records import MatchKind

_DAYS = timedelta(days=3)


def suggest_by_amount(board: Board) -> None:
    """Offer payments of the same amount in the days before a line."""
    by_amount: dict[tuple[str, int], Stretch] = {}
    edges: list[Edge] = []
    for line in board.money_in():
        if board.wants_suggestion(line.line_id):
            price = line.line.currency, line.line.amount_minor
            if price not in by_amount:
                by_amount[price] = _open(board, price)
            edges.extend(_edge(line, payment) for payment in _recent(board, line, by_amount[price]))
    for component in components(edges):
        for proposal in as_sets(component):
            board.suggest(proposal)


def _open(board: Board, price: tuple[str, int]) -> Stretch:
    """Return the payments of a price that are free and not contested."""
    ids = board.payments.columns.payment_ids
    free = board.free_payments.among(board.payments.of_amount(*price).places)
    places = [place for place in free if ids[place] not in board.contested_payments]
    return Stretch(places, board.payments.columns, in_order=True)


def _recent(board: Board, line: LineFacts, payments: Stretch) -> list[PaymentFacts]:
    """Return the latest payments up to the line's day, a bounded number of them."""
    first, end = payments.window(line.line.day - _DAYS, line.line.day)
    return [board.payments.at(place) for place in payments.places[max(first, end - MAX_SET) : end]]


def _edge(line: LineFacts, payment: PaymentFacts) -> Edge:
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=30,
        reasons=reasons.circumstances(line, payment),
        may_settle=False,
    )

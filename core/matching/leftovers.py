"""The last offers: what only amount and day, or only the payer, connect. Never settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from core.matching import reasons
from core.matching.assignment import Edge, as_sets, components
from core.matching.board import MAX_SET, Board
from core.matching.facts import LineFacts, PaymentFacts, names_agree
from core.matching.letters import Places
from core.matching.names import Agreement, name_key
from core.matching.order import Stretch
from core.matching.ranking import likeliest_first, likeliest_places
from core.matching.records import MatchKind, Proposal

_DAYS = timedelta(days=3)
_MAX_LOOKED_AT = 24
_MAX_OF_PAYER = 200
"""Who has more payments in these days is nobody's name, but a till's."""
_MAX_FACTOR = 2


def suggest_by_amount(board: Board) -> None:
    """Offer payments of the same amount in the days before a line."""
    free_of_price: dict[tuple[str, int], Stretch] = {}
    edges: list[Edge] = []
    for line in board.money_in():
        if board.wants_suggestion(line.line_id):
            price = line.line.currency, line.line.amount_minor
            if price not in free_of_price:
                of_price = board.payments.of_amount(*price)
                free: list[int] = board.free_payments.places_among(of_price).tolist()
                days = board.payments.columns.days
                free_of_price[price] = Stretch(free, [days[place] for place in free])
            likely = [
                payment.payment_id
                for payment in _recent(board, line, free_of_price[price])
                if _offered(board, line, payment)
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
    lines = [
        line for line in board.money_in() if board.wants_suggestion(line.line_id) and not line.hits
    ]
    by_phone = board.payments.with_phones({phone for line in lines for phone in line.phones.full})
    for line in lines:
        of_payer = [
            *(_lately(line, by_phone[phone]) for phone in line.phones.full if phone in by_phone),
            *(
                board.payments.of_name(key, line.line.day - _DAYS, line.line.day)
                for key in _names_of(line)
            ),
        ]
        found = {each for places in of_payer for each in _of_like_amount(board, line, places)}
        if found:
            likely = likeliest_places(board, line, list(found))[:MAX_SET]
            board.suggest(_discrepancy(board, line, list(map(board.payments.id_at, likely))))


def _names_of(line: LineFacts) -> tuple[str, ...]:
    """Return the payer's name as a key, if the line has one of several words."""
    key = name_key(line.counterparty)
    return (key,) if key else ()


def _lately(line: LineFacts, payments: Stretch) -> Places:
    """Return a payer's payments of these days, by day."""
    return np.array(payments.between(line.line.day - _DAYS, line.line.day), np.int64)


def _of_like_amount(board: Board, line: LineFacts, places: Places) -> list[int]:
    """Return a payer's free payments among the latest, a bounded number of them."""
    books, amount_minor = board.payments, line.line.amount_minor
    latest = board.free_payments.places_among(places[-_MAX_OF_PAYER:][::-1])
    amounts = books.amounts_minor[latest]
    like = (amounts <= _MAX_FACTOR * amount_minor) & (amount_minor <= _MAX_FACTOR * amounts)
    like &= books.of_currency(latest, line.line.currency)
    found: list[int] = latest[like][:_MAX_LOOKED_AT].tolist()
    return found


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
        difference_minor=likeliest.amount_minor - line.line.amount_minor,
        ambiguous=len(payment_ids) > 1,
    )


def _offered(board: Board, line: LineFacts, payment: PaymentFacts) -> bool:
    """Tell whether a payment is free, or contested by others but of this line's payer."""
    return (
        payment.payment_id not in board.contested_payments
        or line.phones.shows(payment.national)
        or names_agree(line, payment) is Agreement.AGREES
    )


def _recent(board: Board, line: LineFacts, payments: Stretch) -> list[PaymentFacts]:
    """Return the latest payments up to the line's day, a bounded number of them."""
    first, end = payments.window(line.line.day - _DAYS, line.line.day)
    start = max(first, end - _MAX_LOOKED_AT)
    return [board.payments.at(place) for place in payments.places[start:end]]


def _edge(line: LineFacts, payment: PaymentFacts) -> Edge:
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=30,
        explain=lambda: reasons.circumstances(line, payment),
        may_settle=False,
    )

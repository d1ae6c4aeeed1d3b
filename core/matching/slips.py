"""References whose slip makes another payment's reference, which that payment cannot mean.

Where numbers are dense, a slip often lands on a number that exists. The line then names a payment
of another amount and another payer. As long as that payment is open this is a contradiction for
a person; once its own line proves it, or it was only made later, the line means another one.
"""

from __future__ import annotations

from collections import Counter

from core.matching import reasons
from core.matching.assignment import Edge
from core.matching.board import Board
from core.matching.damage import NearHit
from core.matching.facts import CLOCK_SLACK_DAYS, Fit, LineFacts, days_after, fit_of, names_agree
from core.matching.identifiers import Hit, IdentifierKind
from core.matching.names import Agreement
from core.matching.payers import fits_damaged, known_payer, not_by_chance, number_in_time
from core.matching.records import MatchKind


def match_slipped(board: Board) -> None:
    """Settle lines that name an impossible payment, one slip from that of their own payer."""
    edges: list[Edge] = []
    for line in board.money_in():
        if not line.hits or not all(_impossible(board, line, hit) for hit in line.hits):
            continue
        near = board.near.get(line.line_id, ())
        meant = [
            hit
            for hit in near
            if not hit.is_cut and fits_damaged(board, line, hit) and known_payer(board, line, hit)
        ]
        nearby = number_in_time(board, line) if meant else 0
        edges += [_edge(board, line, hit, nearby) for hit in meant]
    of_line = Counter(edge.line_id for edge in edges)
    of_payment = Counter(edge.payment_id for edge in edges)
    for edge in edges:
        unique = of_line[edge.line_id] == of_payment[edge.payment_id] == 1
        # The line may be contested by its payer's other payments: the reference decides there.
        if unique and edge.may_settle and edge.payment_id not in board.contested_payments:
            board.accept(edge.proposal(automatic=True))


def _edge(board: Board, line: LineFacts, hit: NearHit, nearby: int) -> Edge:
    payment = board.payments[hit.identifier.payment_id]
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=88,
        explain=lambda: (
            reasons.nearly_named(hit),
            *(
                reasons.not_meant(board.payments[each.identifier.payment_id], each)
                for each in line.hits
            ),
            *reasons.circumstances(line, payment),
        ),
        may_settle=not_by_chance(board, line, hit, nearby, surely_damaged=True),
    )


def _impossible(board: Board, line: LineFacts, hit: Hit) -> bool:
    """Tell whether a named payment is proved or later, and amount and payer speak against it.

    Where the amount is the same, another payer has to stand in the line.
    """
    named = board.payments[hit.identifier.payment_id]
    proved = named.payment_id not in board.free_payments
    later = days_after(line.line, named) < -CLOCK_SLACK_DAYS
    agreement = names_agree(line, named)
    fits = fit_of(line.line, named, board.fees) is not Fit.NONE
    return (
        hit.identifier.kind is not IdentifierKind.TRANSACTION
        and (proved or later)
        and agreement is not Agreement.AGREES
        and (not fits or agreement is Agreement.DIFFERS)
        and not line.phones.shows(named.national)
    )

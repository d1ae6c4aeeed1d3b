"""One payer's money that is one of his payments less what the channel keeps of it.

The fee is the one the statement states for the line, or the one agreed with the channel: that
makes gross and net as exact a pair as equal amounts, so a payer known in full settles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set

from core.matching import reasons
from core.matching.assignment import Edge, resolve
from core.matching.board import Board
from core.matching.facts import Fit, LineFacts, PaymentFacts, days_after, fit_of, shows_payer
from core.matching.payer_sums import Payers
from core.matching.records import MatchKind

_DAYS = 5
_CONFIDENCE = {True: 87, False: 78}
"""By whether the line shows the payer's phone."""


def match_nets_of_payers(board: Board, nets: Mapping[int, Sequence[PaymentFacts]]) -> None:
    """Settle lines that are one payment of their payer, less its fee, and nothing else of his."""
    edges: dict[bool, list[Edge]] = defaultdict(list)
    for line_id, payments in nets.items():
        line = board.lines[line_id]
        for payment in payments:
            by_phone = bool(payment.national) and line.phones.shows(payment.national)
            edges[by_phone].append(_edge(line, payment, by_phone=by_phone))
    for by_phone in (True, False):
        resolve(
            board,
            [
                edge
                for edge in edges[by_phone]
                if edge.line_id in board.free_lines and edge.payment_id in board.free_payments
            ],
        )


def nets_of_payers(board: Board) -> Mapping[int, Sequence[PaymentFacts]]:
    """Return, by line, its payer's free payments that it may be the net of."""
    amounts = _net_amounts(board)
    lines = [
        line
        for line in board.money_in()
        if line.line.fee_minor or line.line.amount_minor in amounts
    ]
    if not lines:
        return {}
    payers = Payers(board, lines)
    found = {line.line_id: tuple(_nets(board, payers, line)) for line in payers.lines}
    return {line_id: payments for line_id, payments in found.items() if payments}


def _net_amounts(board: Board) -> Set[int]:
    """Return what agreed fees leave of the amounts in the books."""
    found = set[int]()
    for rule in board.fees.rules:
        for gross in board.payments.different_amounts():
            fee = rule.fee_minor(gross)
            if fee:
                found.add(gross - fee)
    return found


def _nets(board: Board, payers: Payers, line: LineFacts) -> Iterator[PaymentFacts]:
    for payment in payers.payments(line):
        fit = fit_of(line.line, payment, board.fees)
        if fit in {Fit.STATED_FEE, Fit.AGREED_FEE} and shows_payer(line, payment):
            yield payment


def _edge(line: LineFacts, payment: PaymentFacts, *, by_phone: bool) -> Edge:
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.FEE_NET,
        confidence=_CONFIDENCE[by_phone],
        explain=lambda: reasons.circumstances(line, payment),
        difference_minor=payment.amount_minor - line.line.amount_minor,
        may_settle=days_after(line.line, payment) <= _DAYS,
    )

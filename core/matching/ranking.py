"""How much speaks for a payment among those a person chooses from: the likeliest comes first.

Weights are logarithms of how much rarer each fact is among strangers than in a true pair. They
order suggestions and nothing else: no sum of them ever settles a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

from core.matching.board import Board
from core.matching.facts import (
    CLOCK_SLACK_DAYS,
    Fit,
    LineFacts,
    PaymentFacts,
    days_after,
    fit_of,
    names_agree,
)
from core.matching.identifiers import IdentifierKind
from core.matching.names import Agreement

_TRANSACTION, _NAMED, _NEARLY_NAMED = 9.0, 7.0, 5.0
_PHONE, _MASKED_PHONE, _OTHER_PHONE = 6.0, 2.0, -4.0
_NAME, _OTHER_NAME = 4.0, -3.0
_FEE, _RAREST_AMOUNT = 3.0, 7.0
_PER_DAY, _BEFORE = -0.4, -5.0


def likeliest_first(board: Board, line: LineFacts, payment_ids: Iterable[str]) -> list[str]:
    """Return payments by what speaks for them, equal ones by id."""
    each_once = dict.fromkeys(payment_ids)
    if len(each_once) == 1:
        return list(each_once)
    weights = _weights(board, line, each_once)
    return sorted(weights, key=lambda each: (-weights[each], each))


def _weights(board: Board, line: LineFacts, payment_ids: Iterable[str]) -> dict[str, float]:
    """Return how much speaks for each payment being the line's.

    Those of one payer are compared with the line once.
    """
    of_payer: dict[tuple[str, str], float] = {}
    weights: dict[str, float] = {}
    for payment_id in payment_ids:
        each = board.payments[payment_id]
        payer = each.national, each.customer_name
        if payer not in of_payer:
            of_payer[payer] = _of_payer(line, each)
        weights[payment_id] = (
            _of_reference(board, line, each)
            + _of_amount(board, line, each)
            + of_payer[payer]
            + _of_days(line, each)
        )
    return weights


def line_by_line(board: Board, line_ids: Sequence[int], payment_ids: Sequence[str]) -> list[str]:
    """Return payments such that each line's likeliest stands in its place, the others behind."""
    pairs = sorted(
        (-weight, line_id, payment_id)
        for line_id in line_ids
        for payment_id, weight in _weights(board, board.lines[line_id], payment_ids).items()
    )
    of_line: dict[int, str] = {}
    for _, line_id, payment_id in pairs:
        if line_id not in of_line and payment_id not in of_line.values():
            of_line[line_id] = payment_id
    chosen = [of_line[line_id] for line_id in line_ids if line_id in of_line]
    return [*chosen, *sorted(set(payment_ids) - set(chosen))]


def _of_reference(board: Board, line: LineFacts, payment: PaymentFacts) -> float:
    for hit in line.hits:
        if hit.identifier.payment_id == payment.payment_id:
            by_transaction = hit.identifier.kind is IdentifierKind.TRANSACTION
            return _TRANSACTION if by_transaction else _NAMED
    meant = board.meant.get(line.line_id, ())
    if board.payments.places[payment.payment_id] in meant:
        return _NEARLY_NAMED - log(len(meant))
    return 0.0


def _of_amount(board: Board, line: LineFacts, payment: PaymentFacts) -> float:
    fit = fit_of(line.line, payment, board.fees)
    if fit is Fit.EXACT:
        share = board.share_of_amount(line.line.currency, line.line.amount_minor)
        return min(_RAREST_AMOUNT, -log(max(share, 1e-9)))
    return 0.0 if fit is Fit.NONE else _FEE


def _of_payer(line: LineFacts, payment: PaymentFacts) -> float:
    found = 0.0
    phones, national = line.phones, payment.national
    if national and (phones.full or phones.masked):
        if phones.shows(national):
            found += _PHONE
        else:
            found += _MASKED_PHONE if phones.may_show(national) else _OTHER_PHONE
    agreement = names_agree(line, payment)
    if agreement is Agreement.AGREES:
        return found + _NAME
    return found + (_OTHER_NAME if agreement is Agreement.DIFFERS else 0.0)


def _of_days(line: LineFacts, payment: PaymentFacts) -> float:
    days = days_after(line.line, payment)
    return _BEFORE if days < -CLOCK_SLACK_DAYS else _PER_DAY * abs(days)

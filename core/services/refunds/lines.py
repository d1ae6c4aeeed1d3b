"""Which debit lines the refunds of a payment explain: never more money than was given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import ConflictError
from core.matching.records import MatchKind
from core.model.payments import Payment
from core.model.reconciliations import Match, MatchLine, MatchPayment, MatchState, StatementLine
from core.model.refunds import RefundRequest, RefundStatus
from core.money import display
from core.services.learning.keys import these


@dataclass(frozen=True, slots=True)
class ShownRefund:
    """A debit line that stands approved as a refund."""

    amount_minor: int
    text: str


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """Refund matches of one payment that take more than what is left of its refunds."""

    payment_key: int
    match_ids: tuple[int, ...]
    wanted_minor: int
    left_minor: int


def shown_refunds(session: Session) -> dict[str, list[ShownRefund]]:
    """Return the lines that explain refunds already, by the public id of their payment."""
    shown: dict[str, list[ShownRefund]] = defaultdict(list)
    for payment_id, amount_minor, *texts in session.execute(
        select(
            Payment.payment_id,
            StatementLine.amount_minor,
            StatementLine.description,
            StatementLine.reference,
            StatementLine.transaction_id,
        )
        .select_from(Match)
        .join(MatchPayment, MatchPayment.match_id == Match.id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .join(MatchLine, MatchLine.match_id == Match.id)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(Match.kind == MatchKind.REFUND, Match.state == MatchState.APPROVED)
        .order_by(Match.id)
    ):
        shown[payment_id].append(ShownRefund(-amount_minor, " ".join(texts)))
    return shown


def overdrawn(session: Session, match_ids: Iterable[int]) -> list[Overdrawn]:
    """Return where refund matches would explain more money than their payment's refunds are.

    One refund is one debit: a second debit of it is money that left twice.
    """
    wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for payment_key, match_id, amount_minor in session.execute(
        select(MatchPayment.payment_id, Match.id, func.sum(-StatementLine.amount_minor))
        .join(Match, Match.id == MatchPayment.match_id)
        .join(MatchLine, MatchLine.match_id == Match.id)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(Match.id.in_(these(match_ids)), Match.kind == MatchKind.REFUND)
        .group_by(MatchPayment.payment_id, Match.id)
    ):
        wanted[payment_key].append((match_id, int(amount_minor)))
    if not wanted:
        return []
    left = _left_minor(session, wanted)
    found = []
    for payment_key, matches in sorted(wanted.items()):
        sum_minor = sum(amount for _, amount in matches)
        if sum_minor > left[payment_key]:
            keys = tuple(match_id for match_id, _ in matches)
            found.append(Overdrawn(payment_key, keys, sum_minor, left[payment_key]))
    return found


def refuse_overdrawn(session: Session, match_ids: Sequence[int], fact: str) -> None:
    """Refuse refund matches that explain more than was given back; ``fact`` begins the sentence.

    Raises:
        ConflictError: the money left more often than the shop gave it back.

    """
    for each in overdrawn(session, match_ids):
        payment = session.get_one(Payment, each.payment_key)
        took, left = (
            display(amount, payment.currency) for amount in (each.wanted_minor, each.left_minor)
        )
        raise ConflictError(
            f"{fact} {took} left the account, but of what the shop gave back of the payment of"
            f" {display(payment.amount_minor, payment.currency)} only {left} is not on a statement"
            " yet: the money may have left twice."
        )


def _left_minor(session: Session, payment_keys: Iterable[int]) -> dict[int, int]:
    """Return what was given back of each payment and no standing match explains."""
    keys = list(payment_keys)
    left: dict[int, int] = dict.fromkeys(keys, 0)
    for key, given_minor in session.execute(
        select(RefundRequest.payment_id, func.sum(RefundRequest.refund_amount_minor))
        .where(
            RefundRequest.payment_id.in_(these(keys)),
            RefundRequest.status == RefundStatus.COMPLETED,
        )
        .group_by(RefundRequest.payment_id)
    ):
        left[key] += int(given_minor)
    for key, amount_minor in session.execute(
        select(MatchPayment.payment_id, func.sum(StatementLine.amount_minor))
        .join(Match, Match.id == MatchPayment.match_id)
        .join(MatchLine, MatchLine.match_id == Match.id)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(
            MatchPayment.payment_id.in_(these(keys)),
            Match.kind == MatchKind.REFUND,
            Match.state == MatchState.APPROVED,
        )
        .group_by(MatchPayment.payment_id)
    ):
        left[key] += int(amount_minor)
    return left

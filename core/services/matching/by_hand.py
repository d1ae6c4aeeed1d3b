"""What a clerk puts together by hand, and what becomes of a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.payments import Payment
from core.model.reconciliations import (
    DifferenceKind,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
)
from core.money import display
from core.permissions import Actor, Permission
from core.services.matching.approval import approve_matches
from core.services.matching.differences import STAYS_OPEN, DifferenceAnswer, check_answer, explain
from core.services.payments.rules import refuse_points_on_statement
from core.services.payments.service import find_payment
from core.services.reconciliations.service import find_reconciliation, refresh_counts
from core.services.session import KeyedCommand, once

_NOTHING = "Nothing was matched."


@dataclass(frozen=True, slots=True)
class MatchByHand(KeyedCommand):
    """Lines and payments a person put together, and what becomes of what they differ by."""

    reconciliation_id: str
    line_ids: tuple[int, ...]
    payment_ids: tuple[str, ...]
    difference: DifferenceAnswer = STAYS_OPEN


@dataclass(frozen=True, slots=True)
class ExplainDifference(KeyedCommand):
    """What became of the difference of a match: of one that stands, or of a proposal."""

    match_id: int
    difference: DifferenceAnswer


class HandMatchService:
    """Matching by hand. The same command twice does nothing the second time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def match(self, actor: Actor, command: MatchByHand) -> None:
        """Match lines and payments; their difference stays open unless the command explains it.

        Raises:
            InvalidInputError: a side is empty, directions or currencies do not fit, a payment
                would have received nothing, or the difference is not explained by this.
            ConflictError: a line or payment is matched already.
            NotAllowedError: more would be written off than the person may.

        """
        self._database.require(actor, Permission.RECONCILE)
        if not command.line_ids or not command.payment_ids:
            raise InvalidInputError("Choose at least one line and one payment.")
        with self._database.write(actor) as unit:
            found = find_reconciliation(unit.session, command.reconciliation_id)

            def act() -> str:
                return str(_match(unit, actor, found, command).id)

            _, is_new = once(unit, "match:by_hand", command, act)
            if is_new:
                _commit(unit, found)

    def explain(self, actor: Actor, command: ExplainDifference) -> None:
        """Say what became of a match's difference; a proposal is approved with it.

        An open answer takes an earlier one back.

        Raises:
            InvalidInputError: the match does not differ, or not by this.
            ConflictError: the match does not stand, or cannot be approved.
            NotAllowedError: more would be written off than the person may.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            found = _find_match(unit.session, command.match_id)

            def act() -> str:
                found.reconciliation.require_open()
                check_answer(command.difference, found.difference_minor, "Nothing was changed.")
                if found.state is MatchState.PROPOSED:
                    approve_matches(unit, found.reconciliation, [found.id])
                elif found.state is not MatchState.APPROVED:
                    raise ConflictError("Nothing was changed. This match does not stand.")
                paid = _paid_minor(unit.session, found)
                explain(
                    unit,
                    actor,
                    found,
                    command.difference,
                    paid_minor=paid,
                    fact="Nothing was written off.",
                )
                return str(found.id)

            _, is_new = once(unit, "match:explain", command, act)
            if is_new:
                _commit(unit, found.reconciliation)


def _commit(unit: UnitOfWork, reconciliation: PaymentReconciliation) -> None:
    refresh_counts(unit.session, reconciliation)
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
    unit.commit()


def _find_match(session: Session, match_id: int) -> Match:
    found = session.get(Match, match_id)
    if found is None:
        raise NotFoundError("Nothing was changed. There is no such match.")
    return found


def _match(
    unit: UnitOfWork, actor: Actor, reconciliation: PaymentReconciliation, command: MatchByHand
) -> Match:
    reconciliation.require_open()
    # Each once: the same line chosen twice does not bring its money twice.
    lines = [
        _find_line(unit.session, reconciliation, line_id)
        for line_id in dict.fromkeys(command.line_ids)
    ]
    payments = [
        find_payment(unit.session, payment_id) for payment_id in dict.fromkeys(command.payment_ids)
    ]
    _check_sides(reconciliation, lines, payments)
    paid = sum(payment.amount_minor for payment in payments)
    difference = paid - sum(line.amount_minor for line in lines)
    check_answer(command.difference, difference, _NOTHING)
    by_hand = Match(
        reconciliation=reconciliation,
        kind="by_hand",
        confidence=100,
        reasons=[f"Put together by {actor.name}."],
        difference_minor=difference,
        proposed_at=unit.now,
        line_links=[MatchLine(line=line) for line in lines],
        payment_links=[
            MatchPayment(payment_id=payment.id, position=place)
            for place, payment in enumerate(payments)
        ],
    )
    unit.session.add(by_hand)
    unit.session.flush()
    approve_matches(unit, reconciliation, [by_hand.id])
    if command.difference.kind is not DifferenceKind.OPEN:
        explain(unit, actor, by_hand, command.difference, paid_minor=paid, fact=_NOTHING)
    return by_hand


def _check_sides(
    reconciliation: PaymentReconciliation,
    lines: Sequence[StatementLine],
    payments: Sequence[Payment],
) -> None:
    """Refuse what cannot be one match, whatever a person wants.

    A debit may stand beside credits, as a fee booked on its own line does, while money came.
    """
    received = sum(line.amount_minor for line in lines)
    if received <= 0:
        raise InvalidInputError(
            f"{_NOTHING} Money that left the account cannot be a customer's payment."
        )
    for payment in payments:
        refuse_points_on_statement(payment, _NOTHING)
        if payment.currency != reconciliation.currency:
            raise InvalidInputError(
                f"{_NOTHING} The payment is in {payment.currency}, the statement in"
                f" {reconciliation.currency}."
            )
        if payment.is_pending and any(line.amount_minor < 0 for line in lines):
            raise ConflictError(
                f"{_NOTHING} The payment of {display(payment.amount_minor, payment.currency)} is"
                f" still {payment.status}: only money that came in completes it."
            )
    short = sum(payment.amount_minor for payment in payments) - received
    least = min(payments, key=lambda payment: payment.amount_minor)
    if len(payments) > 1 and short >= least.amount_minor:
        raise InvalidInputError(
            f"{_NOTHING} {display(received, reconciliation.currency)} came, so the payment of"
            f" {display(least.amount_minor, least.currency)} would have received nothing: leave it"
            " out.",
            field="payments",
        )


def _find_line(
    session: Session, reconciliation: PaymentReconciliation, line_id: int
) -> StatementLine:
    line = session.get(StatementLine, line_id)
    if line is None or line.reconciliation_id != reconciliation.id:
        raise NotFoundError("Nothing was changed. The statement has no such line.")
    return line


def _paid_minor(session: Session, match: Match) -> int:
    """Return what the payments of a match come to."""
    keys = [link.payment_id for link in match.payment_links]
    paid = select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(Payment.id.in_(keys))
    return int(session.scalar(paid) or 0)

"""Refunds: asked by one person, decided by another, carried out, never above what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.orm import Session, joinedload

from core.clock import day_start, shop_date
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import (
    HELD_REFUND_STATUSES,
    REFUND_TRANSITIONS,
    RefundRequest,
    RefundStatus,
)
from core.money import display, major
from core.permissions import Actor, Permission
from core.services.loyalty.ledger import check_refund_of_points
from core.services.mapping import payment_row, refund_row
from core.services.papers.issuing import issue_credit_note
from core.services.payments.completion import refund_completed
from core.services.payments.lists import refundable
from core.services.payments.service import find_payment
from core.services.rows import Check, Page, RefundFacts, RefundRow
from core.services.session import KeyedCommand, once


@dataclass(frozen=True, slots=True)
class RequestRefund(KeyedCommand):
    """What is asked: how much of which payment goes back, and why."""

    payment_id: str
    amount_minor: int
    reason: str


@dataclass(frozen=True, slots=True)
class CarryOutRefund(KeyedCommand):
    """What was done by hand: the network's or bank's id of the money sent back, and a note."""

    refund_id: str
    refund_transaction_id: str = ""
    note: str = ""


class RefundService:
    """The verbs of a refund; each method is one unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def request(self, actor: Actor, command: RequestRefund) -> RefundRow:
        """Ask for a refund of part or all of a completed payment.

        Raises:
            InvalidInputError: the amount is not positive, above what is left, or has no reason.
            ConflictError: the payment is not completed.

        """
        self._database.require(actor, Permission.REQUEST_REFUND)
        reason = command.reason.strip()
        if not reason:
            raise InvalidInputError("Write why the money goes back.", field="reason")
        if command.amount_minor <= 0:
            raise InvalidInputError("A refund is more than zero.", field="amount")
        with self._database.write(actor) as unit:

            def act() -> str:
                payment = find_payment(unit.session, command.payment_id)
                _check_room(payment, command.amount_minor)
                check_refund_of_points(payment, command.amount_minor)
                refund = RefundRequest(
                    payment=payment,
                    refund_amount_minor=command.amount_minor,
                    currency=payment.currency,
                    reason=reason,
                    requested_by=actor.name,
                    requested_at=unit.now,
                    updated_at=unit.now,
                )
                unit.session.add(refund)
                unit.session.flush()
                journal_refund(unit, refund, "refund:requested", reason=reason)
                return refund.refund_id

            refund_id, _ = once(unit, "refund:request", command, act)
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def approve(
        self, actor: Actor, refund_id: str, *, version: int | None = None, note: str = ""
    ) -> RefundRow:
        """Approve a refund somebody else asked for.

        ``version`` is the one the manager saw: an approval is bound to what was on the screen.

        Raises:
            NotAllowedError: the person asked for it themselves, or may not decide.
            ConflictError: it was decided or changed meanwhile.

        """
        with self._database.write(actor) as unit:
            refund = find_refund(unit.session, refund_id)
            # Four eyes come first: the asker hears the true reason whatever their role.
            if refund.requested_by == actor.name:
                raise NotAllowedError(
                    "Nothing was approved. You asked for this refund yourself; somebody else must"
                    " approve it."
                )
            actor.require(Permission.DECIDE_REFUND)
            _require_version(refund, version)
            refund.move_to(RefundStatus.APPROVED, unit.now)
            refund.approved_by = actor.name
            refund.approved_at = unit.now
            refund.response_notes = note.strip() or refund.response_notes
            journal_refund(unit, refund, "refund:approved", note=note.strip())
            return _committed(unit, refund)

    def reject(
        self, actor: Actor, refund_id: str, *, reason: str, version: int | None = None
    ) -> RefundRow:
        """Refuse a refund that has not been paid out, and say why.

        Raises:
            InvalidInputError: the reason is missing.
            ConflictError: it was paid out, decided or changed meanwhile.

        """
        self._database.require(actor, Permission.DECIDE_REFUND)
        if not reason.strip():
            raise InvalidInputError("Write why the refund is rejected.", field="reason")
        with self._database.write(actor) as unit:
            refund = find_refund(unit.session, refund_id)
            _require_version(refund, version)
            refund.move_to(RefundStatus.REJECTED, unit.now)
            refund.rejected_by = actor.name
            refund.rejected_at = unit.now
            refund.response_notes = reason.strip()
            journal_refund(unit, refund, "refund:rejected", reason=reason.strip())
            return _committed(unit, refund)

    def carry_out(self, actor: Actor, command: CarryOutRefund) -> RefundRow:
        """Record that an approved refund was paid out by hand; issues its credit note.

        Raises:
            InvalidInputError: mobile money sent back needs the network's id of it.
            ConflictError: the refund is not approved.

        """
        self._database.require(actor, Permission.CARRY_OUT_REFUND)
        with self._database.write(actor) as unit:

            def act() -> str:
                refund = find_refund(unit.session, command.refund_id)
                payment = refund.payment
                # The state first: whoever is asked for an id might send the money meanwhile.
                refund.move_to(RefundStatus.PROCESSING, unit.now)
                _require_proof(payment, command)
                refund.processed_by = actor.name
                refund.refund_transaction_id = command.refund_transaction_id.strip()
                unit.session.flush()
                complete_refund(unit, refund, command.note.strip())
                return refund.refund_id

            refund_id, _ = once(unit, "refund:carry_out", command, act)
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def page(
        self,
        actor: Actor,
        *,
        statuses: frozenset[RefundStatus] = frozenset(),
        offset: int = 0,
        limit: int = 100,
    ) -> Page[RefundRow]:
        """Return a stretch of the refunds in some states, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions: list[ColumnElement[bool]] = []
        if statuses:
            conditions.append(RefundRequest.status.in_(statuses))
        with self._database.read() as session:
            total = session.scalar(
                select(func.count()).select_from(RefundRequest).where(*conditions)
            )
            refunds = session.scalars(
                select(RefundRequest)
                .where(*conditions)
                .options(joinedload(RefundRequest.payment), joinedload(RefundRequest.credit_note))
                .order_by(RefundRequest.requested_at.desc(), RefundRequest.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(
                tuple(requested_refund_row(refund) for refund in refunds), offset, total or 0
            )

    def counts(self, actor: Actor) -> dict[RefundStatus, int]:
        """Return how many refunds are in each state."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            rows = session.execute(
                select(RefundRequest.status, func.count()).group_by(RefundRequest.status)
            )
            found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in RefundStatus}

    def facts(self, actor: Actor, refund_id: str) -> RefundFacts:
        """Return what a manager weighs before deciding a refund.

        Raises:
            NotFoundError: there is no such refund.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            refund = find_refund(session, refund_id)
            payment = refund.payment
            others = [other for other in payment.refund_requests if other.id != refund.id]
            before = sum(
                r.refund_amount_minor for r in others if r.status is RefundStatus.COMPLETED
            )
            waiting = sum(
                r.refund_amount_minor
                for r in others
                if r.status in HELD_REFUND_STATUSES - {RefundStatus.COMPLETED}
            )
            left = payment.amount_minor - before - waiting - refund.refund_amount_minor
            today = _requests_on_day(session, refund)
            return RefundFacts(
                refund=requested_refund_row(refund),
                payment=payment_row(payment),
                refunded_before_minor=before,
                also_waiting_minor=waiting,
                left_after_minor=left,
                requests_today=today,
                checks=_checks(actor, refund, payment, left),
            )


def _checks(actor: Actor, refund: RefundRequest, payment: Payment, left: int) -> tuple[Check, ...]:
    paid = payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
    own = refund.requested_by == actor.name
    return (
        Check(paid, "The payment was completed." if paid else "The payment is not completed."),
        Check(
            left >= 0,
            "All refunds together stay within what was paid."
            if left >= 0
            else f"All refunds together are {display(-left, payment.currency)} more than was paid.",
        ),
        Check(
            not own,
            f"Asked by {refund.requested_by}, not by you."
            if not own
            else "You asked for it yourself; somebody else must approve it.",
        ),
        Check(
            actor.may(Permission.DECIDE_REFUND),
            f"{actor.role.with_article.capitalize()} may decide refunds."
            if actor.may(Permission.DECIDE_REFUND)
            else f"{actor.role.with_article.capitalize()} may not decide refunds.",
        ),
    )


def _requests_on_day(session: Session, refund: RefundRequest) -> int:
    start = day_start(shop_date(refund.requested_at))
    return (
        session.scalar(
            select(func.count())
            .select_from(RefundRequest)
            .where(
                RefundRequest.requested_by == refund.requested_by,
                RefundRequest.requested_at >= start,
                RefundRequest.requested_at < start + timedelta(days=1),
            )
        )
        or 0
    )


def _check_room(payment: Payment, amount_minor: int) -> None:
    if payment.status is not PaymentStatus.COMPLETED:
        raise ConflictError(
            f"Nothing was asked for. This payment is {payment.status}; only a completed one can be"
            " refunded."
        )
    room = refundable(payment, payment.refund_requests)
    if amount_minor > room:
        raise InvalidInputError(
            f"Nothing was asked for. Of {display(payment.amount_minor, payment.currency)} paid,"
            f" {display(room, payment.currency)} can still be refunded.",
            field="amount",
        )


def _require_proof(payment: Payment, command: CarryOutRefund) -> None:
    needs_id = payment.payment_method.is_mobile_money
    if needs_id and not command.refund_transaction_id.strip():
        raise InvalidInputError(
            "Nothing was recorded. Type the network's transaction id of the money sent back.",
            field="refund_transaction_id",
        )


def complete_from_gateway(unit: UnitOfWork, refund: RefundRequest, transaction_id: str) -> None:
    """Complete a refund that its network confirmed, late or not; a completed one stays as it is."""
    if refund.status is RefundStatus.FAILED:
        refund.move_to(RefundStatus.PROCESSING, unit.now)
        # Two steps, two statements: the database allows none from failed to completed.
        unit.session.flush()
    if RefundStatus.COMPLETED in REFUND_TRANSITIONS[refund.status]:
        refund.refund_transaction_id = transaction_id or refund.refund_transaction_id
        complete_refund(unit, refund, "")
        return
    # It was rejected, or sent back by hand, while the network took its time.
    journal_refund(unit, refund, "refund:came_late", transaction=transaction_id)


def complete_refund(unit: UnitOfWork, refund: RefundRequest, note: str) -> None:
    """Write down that a refund's money went back, and issue its credit note."""
    payment = refund.payment
    refund.move_to(RefundStatus.COMPLETED, unit.now)
    refund.refund_completed_at = unit.now
    refund.response_notes = note or refund.response_notes
    issue_credit_note(unit, refund, payment)
    returned = sum(
        r.refund_amount_minor for r in payment.refund_requests if r.status is RefundStatus.COMPLETED
    )
    if returned == payment.amount_minor:
        payment.mark_as_refunded(refund.reason, unit.now)
    journal_refund(
        unit, refund, "refund:completed", transaction=refund.refund_transaction_id, note=note
    )
    refund_completed(unit, refund)
    unit.session.flush()


def journal_refund(unit: UnitOfWork, refund: RefundRequest, action: str, **details: object) -> None:
    """Write what was done with a refund, and tell other windows."""
    left = inspect(refund).attrs.status.history.deleted
    steps = {"before": left[0], "after": refund.status} if left else {}
    unit.audit(
        action,
        "refund",
        refund.refund_id,
        payment=refund.payment.payment_id,
        amount=major(refund.refund_amount_minor, refund.currency),
        currency=refund.currency,
        **steps,
        **details,
    )
    unit.changed(Topic.REFUNDS, refund.refund_id)
    unit.changed(Topic.PAYMENTS, refund.payment.payment_id)


def _require_version(refund: RefundRequest, version: int | None) -> None:
    if version is not None and refund.version != version:
        raise ConflictError(
            "Nothing was changed. This refund was changed since you opened it; look again."
        )


def _committed(unit: UnitOfWork, refund: RefundRequest) -> RefundRow:
    unit.session.flush()
    row = requested_refund_row(refund)
    unit.commit()
    return row


def find_refund(session: Session, refund_id: str) -> RefundRequest:
    """Return a refund by its public id.

    Raises:
        NotFoundError: there is none in this shop.

    """
    refund = session.scalar(select(RefundRequest).where(RefundRequest.refund_id == refund_id))
    if refund is None:
        raise NotFoundError(f"Nothing was changed. There is no refund {refund_id} in this shop.")
    return refund


def requested_refund_row(refund: RefundRequest) -> RefundRow:
    """Return a refund as lists show it."""
    return refund_row(refund, refund.payment)

"""The steps of a refund that several services take, inside their units of work."""

from __future__ import annotations

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, NotFoundError
from core.model.journal import Topic
from core.model.payments import Payment
from core.model.refunds import REFUND_TRANSITIONS, RefundRequest, RefundStatus
from core.money import major
from core.services.mapping import refund_row
from core.services.papers.issuing import issue_credit_note, note_style
from core.services.payments.completion import refund_completed
from core.services.rows import RefundRow, Seen


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
    # Its letterhead is locked before the customer's points are.
    note_style(unit, payment)
    refund.move_to(RefundStatus.COMPLETED, unit.now)
    refund.refund_completed_at = unit.now
    refund.response_notes = note or refund.response_notes
    returned = sum(
        r.refund_amount_minor for r in payment.refund_requests if r.status is RefundStatus.COMPLETED
    )
    if returned == payment.amount_minor:
        payment.mark_as_refunded(refund.reason, unit.now)
    journal_refund(
        unit, refund, "refund:completed", transaction=refund.refund_transaction_id, note=note
    )
    refund_completed(unit, refund)
    # The last, as other desks wait for whoever has drawn a number.
    issue_credit_note(unit, refund, payment)
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


def require_as_seen(refund: RefundRequest, seen: Seen | None) -> None:
    """Refuse an act on a refund that is not as it was seen.

    Raises:
        ConflictError: it was changed meanwhile.

    """
    if seen is not None and seen != Seen(refund.version, refund.refund_amount_minor):
        raise ConflictError(
            "Nothing was changed. This refund was changed since you opened it; look again."
        )


def committed(unit: UnitOfWork, refund: RefundRequest) -> RefundRow:
    """Commit the unit, and return the refund as it now stands."""
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


def held_refund(unit: UnitOfWork, refund_id: str) -> RefundRequest:
    """Return a refund of whose payment nobody else decides anything until the unit ends.

    Raises:
        NotFoundError: there is none in this shop.

    """
    payment_id = unit.session.scalar(
        select(Payment.payment_id)
        .join(RefundRequest, RefundRequest.payment_id == Payment.id)
        .where(RefundRequest.refund_id == refund_id)
    )
    if payment_id is not None:
        unit.lock(Lock.PAYMENT, payment_id)
    return find_refund(unit.session, refund_id)


def requested_refund_row(refund: RefundRequest) -> RefundRow:
    """Return a refund as lists show it."""
    return refund_row(refund, refund.payment)

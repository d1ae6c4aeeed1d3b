"""What the books say of each call to a network: written before it, completed after it.

The row of the call, the attempt, the payment or refund, the audit entry and the line of the change
feed are one transaction each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select, update

from core.configuration import GatewayTiming
from core.database.unit_of_work import UnitOfWork
from core.gateways.contract import CallOutcome, GatewayCall, Reason, Reply
from core.gateways.reasons import explain
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.journal import Topic
from core.model.payments import (
    Payment,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.services import attempt_steps as steps
from core.services.payments import complete_from_gateway
from core.services.refunds import complete_from_gateway as complete_refund_from_gateway

_GONE_WELL = frozenset(
    {
        CallOutcome.ACCEPTED,
        CallOutcome.ALREADY_SUBMITTED,
        CallOutcome.PENDING,
        CallOutcome.SUCCEEDED,
    }
)
_NEVER_LEFT = (
    "Nothing was charged. The network could not be reached in time; ask the customer again."
)
_NEVER_SENT_BACK = "Nothing was sent back. The network could not be reached in time; try again."
_LOST = "The program stopped before the answer came."


def begin_call(
    unit: UnitOfWork, attempt: GatewayAttempt, call: GatewayCall, timing: GatewayTiming
) -> int:
    """Write the row of a call that is about to be made, and return its id."""
    if call.request_type is not RequestType.QUERY:
        steps.begin_send(attempt, unit.now, timing)
        _mirror(unit, attempt)
        unit.audit(
            f"{_what(attempt)}:sent",
            _what(attempt),
            _subject_id(attempt),
            network=attempt.provider,
            reference=attempt.reference,
            sending=attempt.sends,
        )
    else:
        _mark_lost_calls(unit, attempt)
    row = PaymentTransaction(
        payment_id=attempt.payment_id,
        transaction_id=attempt.reference,
        gateway_name=attempt.payment.gateway_name,
        request_type=call.request_type,
        request_data=dict(call.request_data),
        status=attempt.status,
        request_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    return row.id


def finish_call(
    unit: UnitOfWork,
    attempt: GatewayAttempt,
    call_id: int,
    reply: Reply,
    timing: GatewayTiming,
    *,
    can_ask: bool,
) -> None:
    """Complete the row of a call and let its answer have its effect."""
    row = unit.session.get_one(PaymentTransaction, call_id)
    reply = _with_unique_transaction(unit, attempt, reply)
    before = attempt.status
    if row.request_type is RequestType.QUERY:
        steps.take_told(attempt, reply, unit.now, timing)
    else:
        steps.take_sent(attempt, reply, unit.now, timing, can_ask=can_ask)
    _complete_row(row, attempt, reply, unit)
    if attempt.status is not before:
        _take_effect(unit, attempt, reply)


def give_up(unit: UnitOfWork, attempt: GatewayAttempt) -> None:
    """End an attempt that could not leave while the customer stood there."""
    steps.give_up(attempt, unit.now)
    attempt.message = _NEVER_LEFT if attempt.kind is AttemptKind.COLLECT else _NEVER_SENT_BACK
    _fail(unit, attempt, attempt.message)


def hand_over(
    unit: UnitOfWork, attempt: GatewayAttempt, timing: GatewayTiming, *, can_ask: bool
) -> None:
    """Leave an attempt to a person."""
    _mark_lost_calls(unit, attempt)
    steps.hand_over(attempt, unit.now, timing, can_ask=can_ask)
    _leave_to_person(unit, attempt)


def _complete_row(
    row: PaymentTransaction, attempt: GatewayAttempt, reply: Reply, unit: UnitOfWork
) -> None:
    row.response_data = dict(reply.response_data) if reply.response_data is not None else None
    row.response_code = reply.response_code[:40]
    row.response_message = reply.message
    row.transaction_id = reply.transaction_id or row.transaction_id
    row.processing_time_ms = reply.duration_ms
    row.response_at = unit.now
    row.status = attempt.status
    row.success = reply.outcome in _GONE_WELL and not reply.mismatches
    if not row.success:
        row.error_code = (reply.reason_code or (reply.trouble or reply.outcome).value)[:80]
        row.error_message = " ".join(reply.mismatches) or reply.message


def _take_effect(unit: UnitOfWork, attempt: GatewayAttempt, reply: Reply) -> None:
    if attempt.status is TransactionStatus.SUCCEEDED:
        _succeed(unit, attempt, reply)
    elif attempt.status in {TransactionStatus.FAILED, TransactionStatus.EXPIRED}:
        reason = reply.reason or Reason.OTHER
        is_refund = attempt.refund is not None
        _fail(unit, attempt, explain(reason, reply.reason_code, refund=is_refund))
    elif attempt.status is TransactionStatus.UNRESOLVED:
        _leave_to_person(unit, attempt)
    else:
        _mirror(unit, attempt)
        unit.audit(
            f"{_what(attempt)}:{attempt.status}",
            _what(attempt),
            _subject_id(attempt),
            network=attempt.provider,
            trouble=attempt.trouble,
        )


def _succeed(unit: UnitOfWork, attempt: GatewayAttempt, reply: Reply) -> None:
    payment, refund = attempt.payment, attempt.refund
    if refund is not None:
        complete_refund_from_gateway(unit, refund, reply.transaction_id)
    else:
        was = payment.status
        _keep_answer(payment, reply.response_data)
        complete_from_gateway(unit, payment, reply.transaction_id)
        if was is PaymentStatus.FAILED:
            attempt.message = (
                "The money came after the network had said it would not. If the customer paid"
                " again meanwhile, send one of the two back."
            )
            unit.audit("payment:came_late", "payment", payment.payment_id, network=attempt.provider)
    _mirror(unit, attempt)


def _fail(unit: UnitOfWork, attempt: GatewayAttempt, told: str) -> None:
    payment, refund = attempt.payment, attempt.refund
    if refund is not None:
        if refund.status in {RefundStatus.PROCESSING, RefundStatus.UNKNOWN}:
            refund.move_to(RefundStatus.FAILED, unit.now)
            refund.response_notes = told
    elif payment.is_pending:
        payment.mark_as_failed(told, unit.now)
    elif payment.status is PaymentStatus.FAILED:
        payment.error_message = told
    _mirror(unit, attempt)
    unit.audit(
        f"{_what(attempt)}:failed",
        _what(attempt),
        _subject_id(attempt),
        network=attempt.provider,
        note=told,
    )


def _leave_to_person(unit: UnitOfWork, attempt: GatewayAttempt) -> None:
    refund = attempt.refund
    if refund is not None and refund.status is RefundStatus.PROCESSING:
        refund.move_to(RefundStatus.UNKNOWN, unit.now)
    _mirror(unit, attempt)
    unit.audit(
        f"{_what(attempt)}:unresolved",
        _what(attempt),
        _subject_id(attempt),
        network=attempt.provider,
        note=attempt.message,
    )


def _mirror(unit: UnitOfWork, attempt: GatewayAttempt) -> None:
    """Let the payment show where its attempt stands, and tell other windows."""
    payment = attempt.payment
    if attempt.kind is AttemptKind.COLLECT:
        payment.transaction_status = attempt.status
        if payment.status is PaymentStatus.PENDING and attempt.sends:
            payment.move_to(PaymentStatus.PROCESSING, unit.now)
            payment.processing_started_at = unit.now
        payment.updated_at = unit.now
    else:
        unit.changed(Topic.REFUNDS, _subject_id(attempt))
    unit.changed(Topic.PAYMENTS, payment.payment_id)


def _keep_answer(payment: Payment, data: Mapping[str, object] | None) -> None:
    if data is not None:
        payment.gateway_response = dict(data)


def _with_unique_transaction(unit: UnitOfWork, attempt: GatewayAttempt, reply: Reply) -> Reply:
    """Doubt a success under an id that already proved another payment or refund."""
    if reply.outcome is not CallOutcome.SUCCEEDED or not reply.transaction_id:
        return reply
    other = unit.session.scalar(
        select(Payment.payment_id).where(
            Payment.transaction_id == reply.transaction_id,
            Payment.payment_method == attempt.payment.payment_method,
            Payment.id != attempt.payment_id,
        )
    ) or unit.session.scalar(
        select(RefundRequest.refund_id).where(
            RefundRequest.refund_transaction_id == reply.transaction_id,
            RefundRequest.id != (attempt.refund_request_id or 0),
        )
    )
    if other is None:
        return reply
    told = f"The network's id {reply.transaction_id} already belongs to {other}."
    return replace(reply, mismatches=(*reply.mismatches, told))


def _mark_lost_calls(unit: UnitOfWork, attempt: GatewayAttempt) -> None:
    """Say of calls that never got their answer recorded that nobody knows it."""
    if attempt.status is not TransactionStatus.SUBMITTING:
        return
    unit.session.execute(
        update(PaymentTransaction)
        .where(
            PaymentTransaction.payment_id == attempt.payment_id,
            PaymentTransaction.transaction_id == attempt.reference,
            PaymentTransaction.status == TransactionStatus.SUBMITTING,
            PaymentTransaction.response_at.is_(None),
        )
        .values(status=TransactionStatus.UNKNOWN, error_code="lost", error_message=_LOST)
    )


def _what(attempt: GatewayAttempt) -> str:
    return "payment" if attempt.refund is None else "refund"


def _subject_id(attempt: GatewayAttempt) -> str:
    return attempt.payment.payment_id if attempt.refund is None else attempt.refund.refund_id

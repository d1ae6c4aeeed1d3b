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
from core.gateways.reasons import explain, explain_trouble
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
from core.services.gateways import attempt_steps as steps
from core.services.gateways.attempts import open_for_sale
from core.services.payments.completion import payment_ended
from core.services.payments.rules import payment_with_transaction
from core.services.payments.service import complete_from_gateway
from core.services.refunds.steps import complete_from_gateway as complete_refund_from_gateway

_GONE_WELL = frozenset(
    {
        CallOutcome.ACCEPTED,
        CallOutcome.ALREADY_SUBMITTED,
        CallOutcome.PENDING,
        CallOutcome.SUCCEEDED,
    }
)
_STATE_LENGTH = 3
_NEVER_LEFT = (
    "Nothing was charged. The network could not be reached in time; ask the customer again."
)
_CAME_LATE = (
    "The money came after the network had said it would not. If the customer paid again"
    " meanwhile, send one of the two back."
)
_NOT_NEEDED = (
    "Nothing was charged. The money of the first request for this sale came after all, so this one"
    " was not sent."
)
_NOT_SENT_TWICE = "Nothing was sent back a second time: the first request succeeded after all."
_NEVER_SENT_BACK = "Nothing was sent back. The network could not be reached in time; try again."
_LOST = "The program stopped before the answer came."


def begin_call(
    unit: UnitOfWork, attempt: GatewayAttempt, call: GatewayCall, timing: GatewayTiming
) -> int:
    """Write the row of a call that is about to be made, and return its id."""
    if call.request_type is not RequestType.QUERY:
        steps.begin_send(attempt, unit.now, timing)
        _mirror(unit, attempt)
        _journal(unit, attempt, "sent", reference=attempt.reference, sending=attempt.sends)
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
    unit.changed(Topic.CALLS, str(row.id))
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
    unit.changed(Topic.CALLS, str(call_id))
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


def postpone(unit: UnitOfWork, attempt: GatewayAttempt, timing: GatewayTiming) -> None:
    """Leave an attempt alone for a while, as its account cannot be used; in the end to a person."""
    _mark_lost_calls(unit, attempt)
    before = attempt.status
    steps.postpone(attempt, unit.now, timing)
    if attempt.status is not before:
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
        _fail(unit, attempt, _why(attempt, reply))
    elif attempt.status is TransactionStatus.UNRESOLVED:
        _leave_to_person(unit, attempt)
    else:
        _mirror(unit, attempt)
        _journal(unit, attempt, attempt.status, trouble=attempt.trouble)


def _why(attempt: GatewayAttempt, reply: Reply) -> str:
    """Return why a request came to nothing, the money fact first."""
    is_refund = attempt.refund is not None
    if reply.outcome is CallOutcome.NOT_SENT and reply.trouble is not None:
        fact = "Nothing was sent back." if is_refund else "Nothing was charged."
        return f"{fact} {explain_trouble(reply.trouble, attempt.payment.gateway_name)}"
    # A state without a code says nothing; the network's own words may.
    is_bare = reply.reason in {None, Reason.OTHER} and len(reply.reason_code) <= _STATE_LENGTH
    code = reply.message if is_bare and reply.message else reply.reason_code
    return explain(reply.reason or Reason.OTHER, code, refund=is_refund)


def _succeed(unit: UnitOfWork, attempt: GatewayAttempt, reply: Reply) -> None:
    payment, refund = attempt.payment, attempt.refund
    if refund is not None:
        _stop_sending_again(unit, attempt, refund)
        complete_refund_from_gateway(unit, refund, reply.transaction_id)
    else:
        was = payment.status
        is_known = bool(reply.transaction_id) and payment.transaction_id == reply.transaction_id
        _keep_answer(payment, reply.response_data)
        complete_from_gateway(unit, payment, reply.transaction_id)
        if was is PaymentStatus.FAILED or (payment.status is was and not is_known):
            attempt.message = _CAME_LATE
            _journal(unit, attempt, "came_late", transaction=reply.transaction_id)
            _stop_asking_again(unit, attempt)
    _mirror(unit, attempt)


def _stop_asking_again(unit: UnitOfWork, came: GatewayAttempt) -> None:
    """Keep a second request for the same sale from leaving, where it has not left yet."""
    second = open_for_sale(unit.session, came.sale_key)
    if second is not None and steps.waits_to_be_sent(second):
        steps.give_up(second, unit.now)
        second.message = _NOT_NEEDED
        _fail(unit, second, _NOT_NEEDED)


def _stop_sending_again(unit: UnitOfWork, came: GatewayAttempt, refund: RefundRequest) -> None:
    """Keep a refund from leaving a second time, where it has not left yet."""
    for second in refund.attempts:
        if second is not came and steps.waits_to_be_sent(second):
            steps.give_up(second, unit.now)
            second.message = _NOT_SENT_TWICE


def _fail(unit: UnitOfWork, attempt: GatewayAttempt, told: str) -> None:
    payment, refund = attempt.payment, attempt.refund
    if refund is not None:
        is_undecided = refund.status in {RefundStatus.PROCESSING, RefundStatus.UNKNOWN}
        # An earlier sending may be in doubt.
        if is_undecided and not any(each.is_open for each in refund.attempts):
            refund.move_to(RefundStatus.FAILED, unit.now)
            refund.response_notes = told
    elif payment.is_pending:
        payment.mark_as_failed(told, unit.now)
        payment_ended(unit, payment)
    elif payment.status is PaymentStatus.FAILED:
        payment.error_message = told
    _mirror(unit, attempt)
    _journal(unit, attempt, "failed", note=told)


def _leave_to_person(unit: UnitOfWork, attempt: GatewayAttempt) -> None:
    refund = attempt.refund
    if refund is not None:
        _doubt(unit, refund)
    _mirror(unit, attempt)
    _journal(unit, attempt, "unresolved", note=attempt.message)


def _doubt(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Say of a refund that nobody knows whether the money went back."""
    if refund.status is RefundStatus.FAILED:
        refund.move_to(RefundStatus.PROCESSING, unit.now)
        # Two steps, two statements: the database allows none from failed to unknown.
        unit.session.flush()
    if refund.status is RefundStatus.PROCESSING:
        refund.move_to(RefundStatus.UNKNOWN, unit.now)


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
    payment = attempt.payment
    other = payment_with_transaction(
        unit.session, payment.payment_method, reply.transaction_id, but=payment.payment_id
    ) or unit.session.scalar(
        select(RefundRequest.refund_id).where(
            RefundRequest.refund_transaction_id == reply.transaction_id,
            # Named so that the index serves.
            RefundRequest.refund_transaction_id != "",
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


def _journal(unit: UnitOfWork, attempt: GatewayAttempt, event: str, **details: object) -> None:
    """Write in the trail of the payment or refund what became of its request."""
    what = _what(attempt)
    unit.audit(f"{what}:{event}", what, _subject_id(attempt), network=attempt.provider, **details)


def _what(attempt: GatewayAttempt) -> str:
    return "payment" if attempt.refund is None else "refund"


def _subject_id(attempt: GatewayAttempt) -> str:
    return attempt.payment.payment_id if attempt.refund is None else attempt.refund.refund_id

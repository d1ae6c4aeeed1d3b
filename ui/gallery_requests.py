"""Requests to the networks in every state, put into a throw-away shop for pictures and tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.app import App
from core.model.journal import Topic
from core.model.payments import (
    TRANSACTION_TRANSITIONS,
    PaymentMethod,
    PaymentStatus,
    TransactionStatus,
)
from core.model.providers import Environment
from core.permissions import Actor
from core.services.gateways.accounts import AccountInUse
from core.services.gateways.attempts import open_collect
from core.services.gateways.rows import Reason, Trouble
from core.services.payments.rules import RecordPayment
from core.services.payments.service import complete_from_gateway, find_payment
from core.services.rows import PaymentRow

MTN, AIRTEL = PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.AIRTEL_MONEY
_NEVER_SENT = frozenset({TransactionStatus.CREATED, TransactionStatus.NOT_SENT})
_FAILED = frozenset({TransactionStatus.FAILED, TransactionStatus.EXPIRED})


@dataclass(frozen=True, slots=True)
class RequestSample:
    """A request as it may stand; ``was_accepted`` tells that the network took it."""

    status: TransactionStatus
    method: PaymentMethod = MTN
    reason: Reason | None = None
    code: str = ""
    trouble: Trouble | None = None
    was_accepted: bool = False
    was_sent: bool = True
    is_late: bool = False
    environment: Environment = Environment.LIVE
    amount_minor: int = 15_000
    customer: str = "Claire Uwase"
    reference: str = ""


def ask_in_shop(app: App, actor: Actor, sample: RequestSample, key: str) -> PaymentRow:
    """Record a payment and put its request into a state; ``key`` tells it from others."""
    row = app.payments.record(
        actor,
        RecordPayment(
            key=f"request-{key}",
            method=sample.method,
            amount_minor=sample.amount_minor,
            transaction_reference=sample.reference or f"ORD-2026-07-{key}",
            customer_name=sample.customer,
            phone_number="+250788123456" if sample.method is MTN else "+250733123456",
        ),
    )
    is_mtn = sample.method is MTN
    account = AccountInUse(
        provider="mtn" if is_mtn else "airtel",
        environment=sample.environment,
        method=sample.method,
        gateway_name="MTN Mobile Money" if is_mtn else "Airtel Money",
        currency="RWF",
        is_ready=True,
        missing=(),
    )
    with app.database.write(None) as unit:
        open_collect(unit, find_payment(unit.session, row.payment_id), account)
        unit.commit()
    move_request(app, row.payment_id, sample)
    return app.gateways.path(actor, row.payment_id).payment


def move_request(app: App, payment_id: str, sample: RequestSample) -> None:
    """Put the request of a payment into another state, as the worker would, and tell of it."""
    status = sample.status
    with app.database.write(None) as unit:
        payment, now = find_payment(unit.session, payment_id), unit.now
        attempt = payment.attempts[0]
        sent = sample.was_sent and status not in _NEVER_SENT
        allowed = TRANSACTION_TRANSITIONS[attempt.status] | {attempt.status}
        if status not in allowed or (sent and attempt.status is TransactionStatus.CREATED):
            attempt.move_to(TransactionStatus.SUBMITTING, now)
            unit.session.flush()
        if attempt.status is not status:
            attempt.move_to(status, now)
        attempt.sent_at = (attempt.sent_at or now) if sent else None
        attempt.sends = int(sent)
        if sample.was_accepted or status is TransactionStatus.PENDING:
            attempt.accepted_at = attempt.accepted_at or now
        attempt.reason = sample.reason.value if sample.reason else ""
        attempt.reason_code = sample.code
        attempt.trouble = sample.trouble.value if sample.trouble else ""
        attempt.due_at = _due_at(status, now)
        payment.transaction_status = status
        if sent and payment.status is PaymentStatus.PENDING:
            payment.move_to(PaymentStatus.PROCESSING, now)
        if status in _FAILED:
            attempt.closed_at = now
            payment.mark_as_failed("The network said so.", now)
        elif status is TransactionStatus.SUCCEEDED:
            attempt.closed_at = now - timedelta(hours=2) if sample.is_late else now
            complete_from_gateway(unit, payment, f"7{payment.id:09d}")
        unit.changed(Topic.PAYMENTS, payment_id)
        unit.commit()


def _due_at(status: TransactionStatus, now: datetime) -> datetime | None:
    waits = {
        TransactionStatus.NOT_SENT: 5,
        TransactionStatus.PENDING: 12,
        TransactionStatus.UNKNOWN: 30,
        TransactionStatus.UNRESOLVED: 3600,
        TransactionStatus.CREATED: 0,
        TransactionStatus.SUBMITTING: 75,
    }
    return now + timedelta(seconds=waits[status]) if status in waits else None


SAMPLES: dict[str, RequestSample] = {
    "created": RequestSample(TransactionStatus.CREATED),
    "not-sent": RequestSample(TransactionStatus.NOT_SENT, trouble=Trouble.NO_ROUTE),
    "submitting": RequestSample(TransactionStatus.SUBMITTING),
    "pin": RequestSample(TransactionStatus.PENDING, environment=Environment.SANDBOX),
    "pin-trouble": RequestSample(
        TransactionStatus.PENDING, method=AIRTEL, trouble=Trouble.WEB_PAGE
    ),
    "unknown": RequestSample(TransactionStatus.UNKNOWN, trouble=Trouble.TIMEOUT),
    "unresolved": RequestSample(TransactionStatus.UNRESOLVED, was_accepted=True),
    "received": RequestSample(TransactionStatus.SUCCEEDED, was_accepted=True),
    "late": RequestSample(TransactionStatus.SUCCEEDED, was_accepted=True, is_late=True),
    "expired": RequestSample(TransactionStatus.EXPIRED, was_accepted=True),
    "never-sent": RequestSample(TransactionStatus.FAILED, was_sent=False),
    "no-money": RequestSample(
        TransactionStatus.FAILED,
        reason=Reason.REFUSED_BY_NETWORK,
        code="INTERNAL_PROCESSING_ERROR",
        was_accepted=True,
    ),
    "refused": RequestSample(
        TransactionStatus.FAILED,
        reason=Reason.REFUSED_BY_CUSTOMER,
        code="APPROVAL_REJECTED",
        was_accepted=True,
    ),
    "shop-account": RequestSample(
        TransactionStatus.FAILED,
        method=AIRTEL,
        reason=Reason.SHOP_ACCOUNT,
        code="ROUTER110",
    ),
}
"""One of each, by a name for its picture."""

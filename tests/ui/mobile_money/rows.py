"""Rows of payments and requests as tests need them, without a shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.model.attempts import AttemptKind
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType, TransactionStatus
from core.services.gateways.rows import (
    AttemptRow,
    Awaited,
    Charged,
    Environment,
)
from core.services.rows import PaymentRow

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def payment(**changes: object) -> PaymentRow:
    made = PaymentRow(
        payment_id="5f0c8e1a-0000-4000-8000-000000000001",
        created_at=NOW - timedelta(minutes=3),
        paid_at=None,
        customer_name="Claire Uwase",
        phone_number="+250788123456",
        account_number="",
        amount_minor=15_000,
        currency="RWF",
        payment_method=PaymentMethod.MTN_MOBILE_MONEY,
        payment_type=PaymentType.ORDER_PAYMENT,
        status=PaymentStatus.PROCESSING,
        transaction_status=TransactionStatus.PENDING,
        transaction_id="",
        transaction_reference="ORD-1",
        order_number="ORD-1",
        invoice_number="",
        invoice_generated=False,
        reconciled=False,
        reconciled_at=None,
        gateway_name="MTN Mobile Money",
        customer_notes="",
        error_message="",
        tendered_minor=None,
        card_last4="",
        card_approval_code="",
        created_by="aline",
        version=1,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the names are checked by replace


_KINDS = {
    TransactionStatus.CREATED: (Awaited.SENDING, Charged.NO),
    TransactionStatus.SUBMITTING: (Awaited.SENDING, Charged.UNKNOWN),
    TransactionStatus.NOT_SENT: (Awaited.CONNECTION, Charged.NO),
    TransactionStatus.PENDING: (Awaited.PIN, Charged.NOT_YET),
    TransactionStatus.UNKNOWN: (Awaited.ANSWER, Charged.UNKNOWN),
    TransactionStatus.UNRESOLVED: (Awaited.PERSON, Charged.UNKNOWN),
    TransactionStatus.SUCCEEDED: (Awaited.NOTHING, Charged.YES),
    TransactionStatus.FAILED: (Awaited.NOTHING, Charged.NO),
    TransactionStatus.EXPIRED: (Awaited.NOTHING, Charged.NO),
}
_NEVER_SENT = {TransactionStatus.CREATED, TransactionStatus.NOT_SENT}
_ENDED = {TransactionStatus.SUCCEEDED, TransactionStatus.FAILED, TransactionStatus.EXPIRED}


def attempt(status: TransactionStatus = TransactionStatus.PENDING, **changes: object) -> AttemptRow:
    awaited, charged = _KINDS[status]
    sent = status not in _NEVER_SENT
    made = AttemptRow(
        payment_id="5f0c8e1a-0000-4000-8000-000000000001",
        refund_id="",
        kind=AttemptKind.COLLECT,
        gateway_name="MTN Mobile Money",
        environment=Environment.LIVE,
        reference="5f0c8e1a-0000-4000-8000-000000000001",
        status=status,
        status_since=NOW - timedelta(minutes=2),
        created_at=NOW - timedelta(minutes=3),
        sent_at=NOW - timedelta(minutes=3) if sent else None,
        accepted_at=NOW - timedelta(minutes=2) if status is TransactionStatus.PENDING else None,
        last_asked_at=None,
        next_check_at=None if status in _ENDED else NOW + timedelta(seconds=12),
        closed_at=NOW - timedelta(minutes=2) if status in _ENDED else None,
        sends=1 if sent else 0,
        awaited=awaited,
        charged=charged,
        can_ask=status is not TransactionStatus.SUCCEEDED,
        reason=None,
        reason_code="",
        trouble=None,
        message="",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the names are checked by replace

"""Mobile networks for the throw-away shop: accounts, and requests brought to a state by hand.

No network is asked: what it would have answered is written straight into the shop's books.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.model.attempts import AttemptKind, GatewayAttempt, GatewayHealth
from core.model.journal import Topic
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.providers import Environment
from core.model.refunds import RefundStatus
from core.services.gateways.rows import Trouble
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import find_payment
from core.services.providers.forms import new_mtn_form
from core.services.refunds.network_refunds import SendRefund
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentRow, RefundRow
from ui.gallery_shop import ADMIN, CASHIER, MANAGER, SampleShop

_STEPS = {
    TransactionStatus.PENDING: (TransactionStatus.SUBMITTING,),
    TransactionStatus.UNKNOWN: (TransactionStatus.SUBMITTING,),
    TransactionStatus.UNRESOLVED: (TransactionStatus.SUBMITTING, TransactionStatus.UNKNOWN),
    TransactionStatus.SUCCEEDED: (TransactionStatus.SUBMITTING, TransactionStatus.PENDING),
    TransactionStatus.FAILED: (TransactionStatus.SUBMITTING, TransactionStatus.PENDING),
}
"""The states on the way to a state."""
_NEXT_CHECK = {
    TransactionStatus.PENDING: timedelta(seconds=12),
    TransactionStatus.UNKNOWN: timedelta(seconds=45),
    TransactionStatus.UNRESOLVED: timedelta(hours=1),
}


def use_mtn(shop: SampleShop, environment: Environment = Environment.LIVE) -> None:
    """Put an account at MTN in use."""
    form = replace(
        new_mtn_form(environment),
        currency="RWF",
        api_user="7d9e4f2a-0000-4000-8000-000000000001",
        api_key="no-secret",
        collection_subscription_key="no-secret",
        disbursement_subscription_key="no-secret",
    )
    shop.app.providers.save_mtn(ADMIN, form)
    shop.app.providers.use(ADMIN, "mtn", environment)


def ask_customer(
    shop: SampleShop, number: int, status: TransactionStatus, *, amount_minor: int = 12_000
) -> PaymentRow:
    """Take a payment by MTN whose request stands in a state."""
    row = shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"network-{number}",
            method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=amount_minor,
            transaction_reference=f"ORD-2026-07-9{number:02d}",
            customer_name=("Solange Ingabire", "Patrick Mugisha", "Alice Keza")[number % 3],
            phone_number=f"+2507881239{number:02d}",
        ),
    )
    _bring(shop, row.payment_id, AttemptKind.COLLECT, status)
    if status is TransactionStatus.SUCCEEDED:
        shop.app.payments.complete(
            MANAGER,
            CompletePayment(
                key=f"network-done-{number}",
                payment_id=row.payment_id,
                transaction_id=f"17384920{number:02d}",
                note="confirmed by MTN Mobile Money",
            ),
        )
    return shop.app.gateways.path(MANAGER, row.payment_id).payment


def come_late(shop: SampleShop, number: int) -> PaymentRow:
    """Take a payment by MTN that failed, and whose money came all the same an hour later."""
    row = ask_customer(shop, number, TransactionStatus.FAILED)
    shop.clock.now += timedelta(hours=1)
    with shop.app.database.write(None) as unit:
        payment = find_payment(unit.session, row.payment_id)
        payment.attempts[0].move_to(TransactionStatus.SUCCEEDED, unit.now)
        unit.audit("payment:came_late", "payment", row.payment_id, network="mtn")
        unit.commit()
    command = CompletePayment(
        f"late-{number}", row.payment_id, transaction_id=f"17384921{number:02d}", note="came late"
    )
    return shop.app.payments.complete(MANAGER, command)


def approved_refund(shop: SampleShop, number: int) -> RefundRow:
    """Approve the refund of a payment by MTN, confirmed by it if its account is in use."""
    paid = ask_customer(shop, number, TransactionStatus.SUCCEEDED)
    refund = shop.app.refunds.request(
        CASHIER,
        RequestRefund(f"network-ask-{number}", paid.payment_id, paid.amount_minor, "Wrong article"),
    )
    return shop.app.refunds.approve(MANAGER, refund.refund_id)


def sent_refund(shop: SampleShop, number: int, status: TransactionStatus) -> RefundRow:
    """Hand a refund to MTN, where it then stands in a state."""
    refund = approved_refund(shop, number)
    shop.app.network_refunds.send(CASHIER, SendRefund(f"network-send-{number}", refund.refund_id))
    _bring(shop, refund.payment_id, AttemptKind.REFUND, status)
    return shop.app.refunds.facts(MANAGER, refund.refund_id).refund


def set_health(
    shop: SampleShop,
    trouble: Trouble | None = None,
    told: str = "",
    *,
    environment: Environment = Environment.LIVE,
    clock_ahead_s: int = 0,
) -> None:
    """Write how MTN answers, as the worker would."""
    with shop.app.database.write(None) as unit:
        row = unit.session.get(GatewayHealth, 1) or GatewayHealth(
            id=1, provider="mtn", environment=environment, trouble="", told=""
        )
        row.environment = environment
        row.trouble, row.told = (trouble.value if trouble else ""), told
        row.since = unit.now if trouble else None
        row.clock_ahead_s = clock_ahead_s
        unit.session.add(row)
        unit.changed(Topic.PROVIDERS, "mtn")
        unit.commit()


def _bring(shop: SampleShop, payment_id: str, kind: AttemptKind, status: TransactionStatus) -> None:
    if status is TransactionStatus.CREATED:
        return
    with shop.app.database.write(None) as unit:
        payment = find_payment(unit.session, payment_id)
        if not payment.attempts:
            return
        attempt = [a for a in payment.attempts if a.kind is kind][-1]
        attempt.sends = 1
        attempt.sent_at = unit.now
        for step in (*_STEPS[status], status):
            attempt.move_to(step, unit.now)
            if step is TransactionStatus.PENDING:
                attempt.accepted_at = unit.now
            unit.session.flush()
        next_check = _NEXT_CHECK.get(status)
        attempt.due_at = unit.now + next_check if next_check else None
        if status is TransactionStatus.FAILED:
            attempt.reason, attempt.reason_code = "not_enough_money", "NOT_ENOUGH_FUNDS"
        if next_check is None:
            attempt.closed_at = unit.now
        unit.session.add(_call(payment, attempt, unit.now))
        if kind is AttemptKind.COLLECT:
            payment.transaction_status = status
            if payment.status is PaymentStatus.PENDING:
                payment.move_to(PaymentStatus.PROCESSING, unit.now)
            if status is TransactionStatus.FAILED:
                payment.mark_as_failed("Nothing was charged. Not enough money.", unit.now)
        elif attempt.refund is not None and status in _REFUND_ENDS:
            attempt.refund.move_to(_REFUND_ENDS[status], unit.now)
            if status is TransactionStatus.FAILED:
                attempt.refund.response_notes = "Nothing was sent back. Not enough money."
        word = "payment" if kind is AttemptKind.COLLECT else "refund"
        unit.audit(f"{word}:{status}", word, payment_id, network="mtn")
        unit.changed(Topic.PAYMENTS, payment_id)
        unit.changed(Topic.REFUNDS)
        unit.commit()


_REFUND_ENDS = {
    TransactionStatus.UNRESOLVED: RefundStatus.UNKNOWN,
    TransactionStatus.FAILED: RefundStatus.FAILED,
}


def _call(payment: Payment, attempt: GatewayAttempt, at: datetime) -> PaymentTransaction:
    answered = attempt.status is not TransactionStatus.UNKNOWN
    refund = attempt.kind is AttemptKind.REFUND
    return PaymentTransaction(
        payment=payment,
        transaction_id=attempt.reference,
        gateway_name=payment.gateway_name,
        request_type=RequestType.REFUND if refund else RequestType.INITIATE,
        request_data={"amount": str(payment.amount_minor), "currency": payment.currency},
        response_data={} if answered else None,
        response_code="202" if answered else "",
        response_message="" if answered else "The answer did not come in time.",
        error_code="" if answered else "timeout",
        error_message="" if answered else "The answer did not come in time.",
        status=attempt.status,
        success=answered,
        processing_time_ms=842 if answered else 25_004,
        request_at=at,
        response_at=at,
    )

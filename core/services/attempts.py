"""Opening and closing requests to the networks, in the transaction of the payment or refund.

The reference that the network will know is made and committed here, long before a byte leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_time
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.gateways.contract import CollectOrder, RefundOrder
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.base import new_uuid
from core.model.payments import Payment, TransactionStatus
from core.model.refunds import RefundRequest
from core.services.attempt_steps import close_by_person

if TYPE_CHECKING:
    from core.services.gateway_accounts import AccountInUse


def open_collect(unit: UnitOfWork, payment: Payment, account: AccountInUse) -> GatewayAttempt:
    """Write the intent to ask a customer's phone for a payment.

    Raises:
        InvalidInputError: the shop's account takes another currency.
        ConflictError: the same sale is being paid already, and its end is not known.

    """
    if payment.currency != account.currency:
        raise InvalidInputError(
            f"Nothing was charged. The shop's account at {account.gateway_name} takes"
            f" {account.currency}, not {payment.currency}.",
            field="currency",
        )
    key = sale_key(payment)
    _refuse_second(unit.session, key, unit.now)
    payment.gateway_name = account.gateway_name
    attempt = GatewayAttempt(
        kind=AttemptKind.COLLECT,
        payment=payment,
        provider=account.provider,
        environment=account.environment,
        reference=_reference(account.provider, payment.payment_id),
        sale_key=key,
        status=TransactionStatus.CREATED,
        status_since=unit.now,
        created_at=unit.now,
        due_at=unit.now,
    )
    unit.session.add(attempt)
    unit.session.flush()
    return attempt


def open_refund(unit: UnitOfWork, refund: RefundRequest, paid_by: GatewayAttempt) -> GatewayAttempt:
    """Write the intent to send money back, by the account the payment came through."""
    attempt = GatewayAttempt(
        kind=AttemptKind.REFUND,
        payment=refund.payment,
        refund=refund,
        provider=paid_by.provider,
        environment=paid_by.environment,
        reference=_reference(paid_by.provider, new_uuid()),
        status=TransactionStatus.CREATED,
        status_since=unit.now,
        created_at=unit.now,
        due_at=unit.now,
    )
    unit.session.add(attempt)
    unit.session.flush()
    return attempt


def collect_attempt(payment: Payment) -> GatewayAttempt | None:
    """Return the request that asked, or asks, the customer to pay; None where there was none."""
    return next((a for a in payment.attempts if a.kind is AttemptKind.COLLECT), None)


def close_attempt(payment: Payment, status: TransactionStatus, at: datetime) -> None:
    """End the request behind a payment that a person, or a statement, has just decided."""
    attempt = collect_attempt(payment)
    if attempt is not None and attempt.is_open:
        close_by_person(attempt, status, at)


def sale_key(payment: Payment) -> str:
    """Return what names the sale a payment is for; empty where nothing does."""
    if payment.order is not None:
        return f"order:{payment.order.order_number}"
    reference = payment.transaction_reference.strip().casefold()
    return f"reference:{reference}" if reference else ""


def collect_order(attempt: GatewayAttempt) -> CollectOrder:
    """Return what the network is to ask of the customer: the same at each sending."""
    payment = attempt.payment
    return CollectOrder(
        reference=attempt.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        phone_number=payment.phone_number,
        external_id=payment.transaction_reference or payment.payment_id,
        payer_message=f"Payment {payment.transaction_reference}".strip(),
        payee_note=f"Taken by {payment.created_by}",
    )


def refund_order(attempt: GatewayAttempt) -> RefundOrder:
    """Return what the network is to send back: the same at each sending."""
    payment, refund = attempt.payment, attempt.refund
    if refund is None:
        raise ValueError(f"attempt {attempt.id} sends nothing back")
    collected = collect_attempt(payment)
    return RefundOrder(
        reference=attempt.reference,
        amount_minor=refund.refund_amount_minor,
        currency=refund.currency,
        phone_number=payment.phone_number,
        external_id=refund.refund_id,
        original_reference=collected.reference if collected else "",
        original_transaction_id=payment.transaction_id or "",
        payer_message=f"Refund {payment.transaction_reference}".strip(),
        payee_note=f"Approved by {refund.approved_by}",
    )


def _reference(provider: str, public_id: str) -> str:
    # MTN demands a UUID of version 4; Airtel letters and digits only.
    return public_id if provider == "mtn" else public_id.replace("-", "")


def _refuse_second(session: Session, key: str, now: datetime) -> None:
    if not key:
        return
    other = session.scalar(
        select(GatewayAttempt).where(
            GatewayAttempt.sale_key == key, GatewayAttempt.closed_at.is_(None)
        )
    )
    if other is None:
        return
    since = shop_time(other.created_at)
    when = f"{since:%H:%M}" if shop_time(now).date() == since.date() else f"{since:%d.%m. %H:%M}"
    raise ConflictError(
        f"Nothing was charged a second time. {key.partition(':')[2]} is already being paid since"
        f" {when} (payment {other.payment.payment_id}) and its end is not known yet; wait for it."
    )

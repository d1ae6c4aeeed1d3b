"""Opening and closing requests to the networks, in the transaction of the payment or refund.

The reference that the network will know is made and committed here, long before a byte leaves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.clock import shop_date, shop_time
from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import AlreadyPaidError, ConflictError, InvalidInputError
from core.gateways.contract import CollectOrder, RefundOrder, Trouble
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.base import new_uuid
from core.model.payments import Payment, PaymentStatus, TransactionStatus
from core.model.refunds import RefundRequest
from core.money import display
from core.services.gateways.attempt_steps import close_by_person

if TYPE_CHECKING:
    from core.services.gateways.accounts import AccountInUse


def open_collect(
    unit: UnitOfWork, payment: Payment, account: AccountInUse, *, again: bool = False
) -> GatewayAttempt:
    """Write the intent to ask a customer's phone for a payment.

    ``again`` says that a sale confirmed before is charged once more on purpose.

    Raises:
        InvalidInputError: the shop's account takes another currency.
        ConflictError: the same sale is being paid already, and its end is not known.
        AlreadyPaidError: the network has confirmed the sale before.

    """
    if payment.currency != account.currency:
        raise InvalidInputError(
            f"Nothing was charged. The shop's account at {account.gateway_name} takes"
            f" {account.currency}, not {payment.currency}.",
            field="currency",
        )
    key = sale_key(payment)
    _refuse_second(unit, payment, key)
    if not again:
        _refuse_paid(unit, payment, key)
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
    """Return what names the sale a payment is for; empty where nothing does.

    At the till the reference is the order's number, so the two are not told apart.
    """
    order = payment.order
    named = order.order_number if order is not None else payment.transaction_reference
    return named.strip().casefold()


def open_for_sale(session: Session, key: str) -> GatewayAttempt | None:
    """Return the request for a sale whose end is not known; None where there is none."""
    return session.scalar(
        select(GatewayAttempt).where(
            GatewayAttempt.sale_key == key,
            # Named so that the index of open sales serves.
            GatewayAttempt.sale_key != "",
            GatewayAttempt.closed_at.is_(None),
        )
    )


def may_be_hastened(now: datetime) -> ColumnElement[bool]:
    """Return the condition of requests whose network did not just ask for patience.

    None asks for more than an hour; what is further off was written by a clock that ran ahead.
    """
    return (GatewayAttempt.trouble != Trouble.TOO_MANY_REQUESTS) | (
        GatewayAttempt.due_at > now + timedelta(hours=1)
    )


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


def _refuse_second(unit: UnitOfWork, payment: Payment, key: str) -> None:
    if key:
        unit.lock(Lock.SALE, key)
    other = open_for_sale(unit.session, key)
    if other is None:
        return
    raise ConflictError(
        f"Nothing was charged a second time. {_sale_name(payment)} is already being paid since"
        f" {_moment(other.created_at, unit.now)} (payment {other.payment.payment_id}) and its end"
        " is not known yet; wait for it."
    )


def _refuse_paid(unit: UnitOfWork, payment: Payment, key: str) -> None:
    paid = unit.session.scalar(
        select(Payment)
        .join(GatewayAttempt, GatewayAttempt.payment_id == Payment.id)
        .where(
            GatewayAttempt.sale_key == key,
            GatewayAttempt.sale_key != "",
            Payment.status == PaymentStatus.COMPLETED,
        )
        .order_by(Payment.id.desc())
        .limit(1)
    )
    if paid is None:
        return
    raise AlreadyPaidError(
        f"Nothing was charged. {_sale_name(payment)} was already paid:"
        f" {display(paid.amount_minor, paid.currency)} by {paid.gateway_name},"
        f" {_moment(paid.paid_at or paid.created_at, unit.now)} (payment {paid.payment_id})."
        " Charge it again only if the customer owes more."
    )


def _sale_name(payment: Payment) -> str:
    return payment.order.order_number if payment.order else payment.transaction_reference


def _moment(at: datetime, now: datetime) -> str:
    """Return the time of day, with the date where it is another one."""
    local = shop_time(at)
    return f"{local:%H:%M}" if shop_date(now) == local.date() else f"{local:%Y-%m-%d %H:%M}"

"""One customer's time line: orders, payments, refunds, subscriptions, each read by its function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.clock import day_start
from core.model.customers import Order, Subscription
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.customers.order_balances import CAME_STATUSES, balances_of
from core.services.customers.rows import HistoryKind, HistoryRow

Source = Callable[[Session, Sequence[int]], Iterable[HistoryRow]]
"""Reads one kind of event of a customer; given are the keys of all rows that are this customer."""


def history_of(session: Session, ids: Sequence[int]) -> list[HistoryRow]:
    """Return all that happened with one customer, the newest first."""
    rows = [row for source in SOURCES for row in source(session, ids)]
    return sorted(rows, key=lambda row: (row.at, row.subject_id), reverse=True)


def _orders(session: Session, ids: Sequence[int]) -> Iterable[HistoryRow]:
    orders = session.scalars(select(Order).where(Order.customer_id.in_(ids), Order.is_placed)).all()
    balances = balances_of(session, orders)
    for order in orders:
        yield HistoryRow(
            at=order.created_at,
            kind=HistoryKind.ORDER,
            subject_id=order.order_number,
            title=order.order_number,
            amount_minor=-order.total_minor,
            currency=order.currency,
            status=balances[order.id].state,
        )
        if order.cancelled_at is not None:
            yield HistoryRow(
                at=order.cancelled_at,
                kind=HistoryKind.ORDER_CANCELLED,
                subject_id=order.order_number,
                title=order.cancel_reason or order.order_number,
                amount_minor=order.total_minor,
                currency=order.currency,
                status=balances[order.id].state,
            )


def _payments(session: Session, ids: Sequence[int]) -> Iterable[HistoryRow]:
    payments = session.scalars(
        select(Payment).where(Payment.customer_id.in_(ids)).options(joinedload(Payment.order))
    )
    for payment in payments:
        came = payment.status in CAME_STATUSES
        order = payment.order.order_number if payment.order else ""
        yield HistoryRow(
            at=(payment.paid_at if came else None) or payment.created_at,
            kind=HistoryKind.PAYMENT,
            subject_id=payment.payment_id,
            title=order or payment.transaction_reference or payment.invoice_number or "",
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            status=payment.status,
            method=payment.payment_method,
        )


def _refunds(session: Session, ids: Sequence[int]) -> Iterable[HistoryRow]:
    refunds = session.scalars(
        select(RefundRequest)
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .where(Payment.customer_id.in_(ids))
        .options(joinedload(RefundRequest.payment))
    )
    for refund in refunds:
        yield HistoryRow(
            at=refund.refund_completed_at or refund.requested_at,
            kind=HistoryKind.REFUND,
            subject_id=refund.refund_id,
            title=refund.reason,
            amount_minor=-refund.refund_amount_minor,
            currency=refund.currency,
            status=refund.status,
            method=refund.payment.payment_method,
        )


def _subscriptions(session: Session, ids: Sequence[int]) -> Iterable[HistoryRow]:
    for plan in session.scalars(select(Subscription).where(Subscription.customer_id.in_(ids))):
        yield HistoryRow(
            at=day_start(plan.starts_on),
            kind=HistoryKind.SUBSCRIPTION,
            subject_id=plan.subscription_number,
            title=f"{plan.subscription_number} ({plan.plan})",
            amount_minor=-plan.price_minor,
            currency=plan.currency,
            status=plan.status,
        )


SOURCES: tuple[Source, ...] = (_orders, _payments, _refunds, _subscriptions)
"""What a time line is made of; a subject with a history of its own adds its function here."""

"""The money behind reports: what came in and what went back, by the shop's days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core.clock import day_end, day_start, shop_date
from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus

MONEY_METHODS = tuple(method for method in PaymentMethod if method.value != "loyalty_points")
"""How money comes in. Points spent are none: they were given with money counted before."""

PAID_STATUSES = (PaymentStatus.COMPLETED, PaymentStatus.REFUNDED)
"""A refunded payment did bring its money in; what went back is counted on its own day."""


@dataclass(frozen=True, slots=True)
class DaySum:
    """How much money came in on a day of the shop in one way."""

    day: date
    currency: str
    method: PaymentMethod
    payments: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that went back to a customer."""

    at: datetime
    currency: str
    method: PaymentMethod
    customer_id: int | None
    amount_minor: int

    @property
    def day(self) -> date:
        """The shop's day on which it went."""
        return shop_date(self.at)


def money_in(session: Session, first: date, last: date) -> list[DaySum]:
    """Return what was collected on each day of a range, by currency and method."""
    rows = session.execute(
        select(
            PaymentDay.day,
            PaymentDay.currency,
            PaymentDay.payment_method,
            func.sum(PaymentDay.payments),
            func.sum(PaymentDay.amount_minor),
        )
        .where(
            PaymentDay.basis == DayBasis.PAID,
            PaymentDay.day.between(first, last),
            PaymentDay.status.in_(PAID_STATUSES),
            PaymentDay.payment_method.in_(MONEY_METHODS),
        )
        .group_by(PaymentDay.day, PaymentDay.currency, PaymentDay.payment_method)
        .having(func.sum(PaymentDay.payments) > 0)
    )
    return [DaySum(*row) for row in rows]


def money_back(session: Session, first: date, last: date) -> Iterator[Returned]:
    """Yield what went back in a range of days; points given back are no money.

    A payment brought in from a file as refunded has no refund of its own. Its money counts as
    gone on the day it came, since the file names no other.
    """
    start, end = day_start(first), day_end(last)
    refunds = session.execute(
        select(
            RefundRequest.refund_completed_at,
            RefundRequest.currency,
            Payment.payment_method,
            Payment.customer_id,
            RefundRequest.refund_amount_minor,
        )
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .where(
            RefundRequest.status == RefundStatus.COMPLETED,
            RefundRequest.refund_completed_at >= start,
            RefundRequest.refund_completed_at < end,
            Payment.payment_method.in_(MONEY_METHODS),
        )
    )
    for at, currency, method, customer_id, amount_minor in refunds:
        if at is not None:
            yield Returned(at, currency, method, customer_id, amount_minor)
    brought_in = session.execute(
        select(
            Payment.paid_at,
            Payment.currency,
            Payment.payment_method,
            Payment.customer_id,
            Payment.amount_minor,
        ).where(
            Payment.status == PaymentStatus.REFUNDED,
            Payment.paid_at >= start,
            Payment.paid_at < end,
            Payment.payment_method.in_(MONEY_METHODS),
            ~exists().where(
                RefundRequest.payment_id == Payment.id,
                RefundRequest.status == RefundStatus.COMPLETED,
            ),
        )
    )
    for at, currency, method, customer_id, amount_minor in brought_in:
        if at is not None:
            yield Returned(at, currency, method, customer_id, amount_minor)

"""The money behind reports: what came in and what went back, by the shop's days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core.clock import day_end, day_start
from core.database.day_sums import local_day, server_local_day
from core.database.spelling import Spelt
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


def back_by_day(session: Session, first: date, last: date) -> dict[tuple[date, str], int]:
    """Return what went back on each day of a range, by day and currency."""
    returned = _returned(first, last)
    day: ColumnElement[date] = Spelt(
        local_day("returned.at"), server_local_day("returned.at"), Date
    )
    key = (day, returned.c.currency)
    rows = session.execute(select(*key, func.sum(returned.c.amount_minor)).group_by(*key))
    return {(on, currency): amount_minor for on, currency, amount_minor in rows}


def back_by_customer(
    session: Session, first: date, last: date
) -> dict[tuple[int | None, str], int]:
    """Return what went back in a range of days, by customer and currency."""
    returned = _returned(first, last)
    key = (returned.c.customer_id, returned.c.currency)
    rows = session.execute(select(*key, func.sum(returned.c.amount_minor)).group_by(*key))
    return {(customer, currency): amount_minor for customer, currency, amount_minor in rows}


def back_in_all(session: Session, first: date, last: date) -> dict[str, tuple[int, int]]:
    """Return how often money went back in a range of days, and how much, by currency."""
    returned = _returned(first, last)
    rows = session.execute(
        select(returned.c.currency, func.count(), func.sum(returned.c.amount_minor)).group_by(
            returned.c.currency
        )
    )
    return {currency: (count, amount_minor) for currency, count, amount_minor in rows}


def _returned(first: date, last: date) -> Subquery:
    """Return what went back in a range of days, one by one; points given back are no money.

    A payment brought in from a file as refunded has no refund of its own. Its money counts as
    gone on the day it came, since the file names no other.
    """
    start, end = day_start(first), day_end(last)
    refunds = (
        select(
            RefundRequest.refund_completed_at.label("at"),
            RefundRequest.currency,
            Payment.customer_id,
            RefundRequest.refund_amount_minor.label("amount_minor"),
        )
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .where(
            RefundRequest.status == RefundStatus.COMPLETED,
            RefundRequest.refund_completed_at >= start,
            RefundRequest.refund_completed_at < end,
            Payment.payment_method.in_(MONEY_METHODS),
        )
    )
    brought_in = select(
        Payment.paid_at, Payment.currency, Payment.customer_id, Payment.amount_minor
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
    return union_all(refunds, brought_in).subquery("returned")

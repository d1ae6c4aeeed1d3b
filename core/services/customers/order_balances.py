"""How far orders are paid: reckoned from their payments and refunds, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.model.customers import Order, OrderLine
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus

CAME_STATUSES = (PaymentStatus.COMPLETED, PaymentStatus.REFUNDED)
"""The money came, whether or not some or all of it went back later."""
PROMISED_STATUSES = (PaymentStatus.PENDING, PaymentStatus.PROCESSING)
"""Money under way: nobody else may take the same part meanwhile."""

_CHUNK = 500


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderBalance:
    """An order's figures, in minor units of its currency.

    ``paid_minor`` is all that ever came, ``refunded_minor`` what went back of it, and
    ``promised_minor`` is under way. An order once paid in full (``was_settled``: at one moment all
    of it was there) owes nothing more: money given back afterwards takes back its price too, as the
    refund's credit note says. A part that went back before that is owed again.
    """

    stored_total_minor: int
    is_placed: bool
    has_lines: bool
    is_cancelled: bool = False
    paid_minor: int = 0
    refunded_minor: int = 0
    promised_minor: int = 0
    was_settled: bool = False

    @property
    def is_fixed(self) -> bool:
        """Tell whether the total is agreed; a mere reference is worth what is paid for it."""
        return self.is_placed or self.has_lines

    @property
    def total_minor(self) -> int:
        """What the order is worth."""
        so_far = self.paid_minor + self.promised_minor
        return self.stored_total_minor if self.is_fixed or not so_far else so_far

    @property
    def net_minor(self) -> int:
        """What came and stayed."""
        return self.paid_minor - self.refunded_minor

    @property
    def left_minor(self) -> int:
        """What the customer still owes, money under way not counted."""
        if self.is_cancelled or not self.is_placed or self.was_settled:
            return 0
        return self.stored_total_minor - self.net_minor

    @property
    def owed_minor(self) -> int:
        """What the order adds to its customer's balance; below zero where too much was paid."""
        if self.is_cancelled:
            return -self.net_minor
        if not self.is_placed:
            return 0
        return self.left_minor or min(0, self.stored_total_minor - self.net_minor)

    @property
    def room_minor(self) -> int | None:
        """What may still be taken for it; None where no total was agreed."""
        if self.is_cancelled:
            return 0
        if not self.is_fixed:
            return None
        return max(0, self.stored_total_minor - self.net_minor - self.promised_minor)

    @property
    def state(self) -> OrderState:
        """Where the order stands by these figures."""
        if self.is_cancelled:
            return OrderState.CANCELLED
        is_settled = not self.is_fixed or self.was_settled
        if self.paid_minor and is_settled:
            return OrderState.PAID if self.net_minor > 0 else OrderState.REFUNDED
        return OrderState.PARTLY_PAID if self.net_minor > 0 else OrderState.OPEN


def balance_of(session: Session, order: Order) -> OrderBalance:
    """Return the figures of one order, as this unit of work sees them."""
    return balances_of(session, [order])[order.id]


def balances_of(session: Session, orders: Iterable[Order]) -> dict[int, OrderBalance]:
    """Return the figures of orders by the orders' keys."""
    by_id = {order.id: order for order in orders}
    came, promised, back = _sums(session, list(by_id))
    with_lines = _with_lines(session, list(by_id))
    settled = _settled(session, by_id, came, back)
    return {
        key: OrderBalance(
            stored_total_minor=order.total_minor,
            is_placed=order.is_placed,
            has_lines=key in with_lines,
            is_cancelled=order.cancelled_at is not None,
            paid_minor=came.get(key, 0),
            refunded_minor=back.get(key, 0),
            promised_minor=promised.get(key, 0),
            was_settled=key in settled,
        )
        for key, order in by_id.items()
    }


def owing() -> ColumnElement[bool]:
    """Return the condition of placed orders of which something is left to pay."""
    placed = and_(Order.is_placed, Order.cancelled_at.is_(None))
    of_order = (Payment.order_id == Order.id, Payment.status.in_(CAME_STATUSES))
    paid, kept = (
        select(func.coalesce(func.sum(amount), 0))
        .where(*of_order)
        .correlate(Order)
        .scalar_subquery()
        for amount in (Payment.amount_minor, Payment.amount_minor - refunded_part())
    )
    # Where all of it is there now, it was there once; only the few others need their story told.
    never_settled = and_(kept < Order.total_minor, ~_was_settled())
    return and_(placed, or_(paid < Order.total_minor, never_settled))


def _was_settled() -> ColumnElement[bool]:
    """Return the condition of orders of which all was there at the moment some payment came."""
    last, each = aliased(Payment), aliased(Payment)
    moment, at = _moment(last), _moment(each)
    of_order = (each.order_id == last.order_id, each.status.in_(CAME_STATUSES))
    came = select(func.sum(each.amount_minor)).where(*of_order, at <= moment)
    refunds = (
        select(func.coalesce(func.sum(RefundRequest.refund_amount_minor), 0))
        .join(each, each.id == RefundRequest.payment_id)
        .where(
            *of_order,
            at < moment,
            RefundRequest.status == RefundStatus.COMPLETED,
            func.coalesce(RefundRequest.refund_completed_at, at) < moment,
        )
    )
    told = (
        select(RefundRequest.id)
        .where(RefundRequest.payment_id == each.id, RefundRequest.status == RefundStatus.COMPLETED)
        .exists()
    )
    # History brought in from elsewhere says that money went back, but not when.
    untold = select(func.coalesce(func.sum(each.amount_minor), 0)).where(
        each.order_id == last.order_id, each.status == PaymentStatus.REFUNDED, at < moment, ~told
    )
    kept = (
        came.correlate(last).scalar_subquery()
        - refunds.correlate(last).scalar_subquery()
        - untold.correlate(last).scalar_subquery()
    )
    return (
        select(last.id)
        .where(last.order_id == Order.id, last.status.in_(CAME_STATUSES), kept >= Order.total_minor)
        .correlate(Order)
        .exists()
    )


def _moment(payment: type[Payment]) -> ColumnElement[datetime]:
    return func.coalesce(payment.paid_at, payment.created_at)


def refunded_part() -> ColumnElement[int]:
    """Return what went back of a payment; a refunded one went back whole, imported or not."""
    completed = (
        select(func.coalesce(func.sum(RefundRequest.refund_amount_minor), 0))
        .where(
            RefundRequest.payment_id == Payment.id, RefundRequest.status == RefundStatus.COMPLETED
        )
        .correlate(Payment)
        .scalar_subquery()
    )
    return case((Payment.status == PaymentStatus.REFUNDED, Payment.amount_minor), else_=completed)


def _sums(
    session: Session, keys: list[int]
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    came: dict[int, int] = {}
    promised: dict[int, int] = {}
    back: dict[int, int] = {}
    has_come = Payment.status.in_(CAME_STATUSES)
    for start in range(0, len(keys), _CHUNK):
        rows = session.execute(
            select(
                Payment.order_id,
                func.sum(case((has_come, Payment.amount_minor), else_=0)),
                func.sum(
                    case((Payment.status.in_(PROMISED_STATUSES), Payment.amount_minor), else_=0)
                ),
                func.sum(case((has_come, refunded_part()), else_=0)),
            )
            .where(Payment.order_id.in_(keys[start : start + _CHUNK]))
            .group_by(Payment.order_id)
        )
        for key, came_minor, promised_minor, back_minor in rows:
            came[key], promised[key], back[key] = came_minor, promised_minor, back_minor
    return came, promised, back


def _settled(
    session: Session, orders: dict[int, Order], came: dict[int, int], back: dict[int, int]
) -> set[int]:
    """Return the orders of which all was there at one moment, whether or not it stayed."""
    paid = {key for key, order in orders.items() if came.get(key, 0) >= order.total_minor}
    doubtful = [
        key for key in paid if came.get(key, 0) - back.get(key, 0) < orders[key].total_minor
    ]
    found = paid.difference(doubtful)
    for start in range(0, len(doubtful), _CHUNK):
        keys = doubtful[start : start + _CHUNK]
        found.update(session.scalars(select(Order.id).where(Order.id.in_(keys), _was_settled())))
    return found


def _with_lines(session: Session, keys: list[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(keys), _CHUNK):
        found.update(
            session.scalars(
                select(OrderLine.order_id)
                .where(OrderLine.order_id.in_(keys[start : start + _CHUNK]))
                .distinct()
            )
        )
    return found

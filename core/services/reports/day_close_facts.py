"""What the day's close asks the books, each question by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from core.clock import day_end, day_start
from core.database.hints import unindexed
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.day_sums import DayBasis, PaymentDay
from core.model.journal import AuditEntry
from core.model.payments import (
    OPEN_TRANSACTION_STATUSES,
    Payment,
    PaymentMethod,
    PaymentStatus,
    TransactionStatus,
)
from core.model.people import TillSession
from core.model.refunds import RefundRequest, RefundStatus
from core.services.reconciliations.detail import PROVEN_METHODS
from core.services.reports.money import MONEY_METHODS, PAID_STATUSES
from core.services.tills import expected_in_drawer

PROVABLE_METHODS = frozenset(MONEY_METHODS) & frozenset[PaymentMethod]().union(
    *PROVEN_METHODS.values()
)
"""The methods whose money some statement shows; cash is on none."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What one person took by one method."""

    currency: str
    person: str
    method: PaymentMethod
    payments: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Drawer:
    """One turn at a drawer; without a count it is still open."""

    currency: str
    person: str
    desk: str
    opened_at: datetime
    closed_at: datetime | None
    expected_minor: int
    counted_minor: int | None
    reason: str

    @property
    def difference_minor(self) -> int | None:
        """What was counted above (or, negative, below) what should be there."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request to a network whose end is not known, to collect money or to send it back."""

    payment_id: str
    currency: str
    method: PaymentMethod
    person: str
    is_refund: bool
    status: TransactionStatus
    since: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where one person's audit chain stood when the day ended."""

    person: str
    at: datetime
    entries: int
    entry_hash: str


Sums = list[tuple[str, PaymentMethod, int, int]]
"""Currency, method, how many, and their amount in minor units."""


def collected(session: Session, day: date) -> list[Collected]:
    """Return what was collected on a day, by who recorded it and by method."""
    key = (Payment.currency, Payment.created_by, Payment.payment_method)
    rows = session.execute(
        select(*key, func.count(), func.sum(Payment.amount_minor))
        .where(
            Payment.paid_at >= day_start(day),
            Payment.paid_at < day_end(day),
            unindexed(Payment.status).in_(PAID_STATUSES),
            unindexed(Payment.payment_method).in_(MONEY_METHODS),
        )
        .group_by(*key)
        .order_by(*key)
    )
    return [Collected(*row) for row in rows]


def drawers(session: Session, day: date) -> Iterator[Drawer]:
    """Yield the turns that ended on a day, or began on it or before and had not ended by then."""
    start, end = day_start(day), day_end(day)
    tills = session.scalars(
        select(TillSession)
        .where(
            TillSession.opened_at < end,
            or_(TillSession.closed_at.is_(None), TillSession.closed_at >= start),
        )
        .options(joinedload(TillSession.user))
        .order_by(TillSession.opened_at, TillSession.id)
    )
    for till in tills:
        is_closed = till.closed_at is not None and till.closed_at < end
        yield Drawer(
            currency=till.currency,
            person=till.user.name,
            desk=till.desk,
            opened_at=till.opened_at,
            closed_at=till.closed_at if is_closed else None,
            expected_minor=expected_in_drawer(session, till, till.user.name),
            counted_minor=till.counted_minor if is_closed else None,
            reason=till.difference_reason if is_closed else "",
        )


def refunds_sent(session: Session, day: date) -> Sums:
    """Return what was sent back on a day, by method."""
    key = (RefundRequest.currency, Payment.payment_method)
    rows = session.execute(
        select(*key, func.count(), func.sum(RefundRequest.refund_amount_minor))
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .where(
            RefundRequest.status == RefundStatus.COMPLETED,
            RefundRequest.refund_completed_at >= day_start(day),
            RefundRequest.refund_completed_at < day_end(day),
            Payment.payment_method.in_(MONEY_METHODS),
        )
        .group_by(*key)
        .order_by(*key)
    )
    return [(*row,) for row in rows]


def refunds_open(session: Session, day: date) -> list[tuple[str, RefundStatus, int, int]]:
    """Return the refunds asked for by the end of a day that have no end yet, by their state."""
    key = (RefundRequest.currency, RefundRequest.status)
    ended = (RefundStatus.COMPLETED, RefundStatus.REJECTED, RefundStatus.WITHDRAWN)
    waiting = [status for status in RefundStatus if status not in ended]
    rows = session.execute(
        select(*key, func.count(), func.sum(RefundRequest.refund_amount_minor))
        .where(RefundRequest.status.in_(waiting), RefundRequest.requested_at < day_end(day))
        .group_by(*key)
        .order_by(*key)
    )
    return [(*row,) for row in rows]


def not_on_a_statement(session: Session, day: date) -> Sums:
    """Return the money of a day that a statement should show and none has shown, by method."""
    key = (PaymentDay.currency, PaymentDay.payment_method)
    rows = session.execute(
        select(*key, func.sum(PaymentDay.payments), func.sum(PaymentDay.amount_minor))
        .where(
            PaymentDay.basis == DayBasis.PAID,
            PaymentDay.day == day,
            PaymentDay.status == PaymentStatus.COMPLETED,
            PaymentDay.reconciled.is_(False),
            PaymentDay.payment_method.in_(PROVABLE_METHODS),
        )
        .group_by(*key)
        .having(func.sum(PaymentDay.payments) > 0)
        .order_by(*key)
    )
    return [(*row,) for row in rows]


def open_requests(session: Session, day: date) -> Iterator[OpenRequest]:
    """Yield the requests made by the end of a day whose end is still not known, oldest first."""
    attempts = session.scalars(
        select(GatewayAttempt)
        .where(
            GatewayAttempt.status.in_(OPEN_TRANSACTION_STATUSES),
            GatewayAttempt.created_at < day_end(day),
        )
        .options(joinedload(GatewayAttempt.payment), joinedload(GatewayAttempt.refund))
        .order_by(GatewayAttempt.created_at, GatewayAttempt.id)
    )
    for attempt in attempts:
        payment, refund = attempt.payment, attempt.refund
        yield OpenRequest(
            payment_id=payment.payment_id,
            currency=payment.currency,
            method=payment.payment_method,
            person=refund.requested_by if refund else payment.created_by,
            is_refund=attempt.kind is AttemptKind.REFUND,
            status=attempt.status,
            since=attempt.status_since,
            amount_minor=refund.refund_amount_minor if refund else payment.amount_minor,
        )


def chain_heads(session: Session, day: date) -> Iterator[ChainHead]:
    """Yield each person's last audit entry up to the end of a day."""
    for person in _people(session):
        entry = session.execute(
            select(AuditEntry.at, AuditEntry.sequence, AuditEntry.entry_hash)
            .where(AuditEntry.user_name == person, AuditEntry.at < day_end(day))
            .order_by(AuditEntry.at.desc(), AuditEntry.sequence.desc())
            .limit(1)
        ).first()
        if entry is not None:
            yield ChainHead(person, *entry)


def _people(session: Session) -> Iterable[str]:
    """Yield the names in the audit trail, by jumping from one to the next in its index."""
    name = session.scalar(select(func.min(AuditEntry.user_name)))
    while name is not None:
        yield name
        name = session.scalar(
            select(func.min(AuditEntry.user_name)).where(AuditEntry.user_name > name)
        )

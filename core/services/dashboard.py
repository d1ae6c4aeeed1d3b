"""Today at one glance: what came in, what waits, what goes back, what is not proven, what differs.

Sums over all payments are read from the days' sums (:mod:`core.model.day_sums`), so that the page
costs the same with a million payments; everything else is looked up through an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from core.clock import day_end, day_start, shop_date
from core.database.hints import unindexed
from core.database.unit_of_work import Database
from core.model.attempts import GatewayAttempt
from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import Payment, PaymentMethod, PaymentStatus, TransactionStatus
from core.model.people import TillSession
from core.model.reconciliations import (
    LineState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor, Permission
from core.services.gateways.desk import GatewayDesk
from core.services.gateways.rows import HealthRow
from core.services.payments.filters import PaymentFilter, RefundFilter
from core.services.payments.lists import Total
from core.services.reports.day_close_facts import PROVABLE_METHODS, refunds_sent
from core.services.reports.money import MONEY_METHODS, PAID_STATUSES, money_in
from core.services.settings import load_settings
from core.services.tills import expected_in_drawer

WAITING_STATUSES = frozenset({PaymentStatus.PENDING, PaymentStatus.PROCESSING})
_OPEN_REFUNDS = (
    RefundStatus.REQUESTED,
    RefundStatus.APPROVED,
    RefundStatus.PROCESSING,
    RefundStatus.FAILED,
    RefundStatus.UNKNOWN,
)
_OPEN_LINES = (LineState.UNMATCHED, LineState.SUGGESTED)
_OPEN_STATEMENTS = (ReconciliationStatus.PENDING, ReconciliationStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class MethodSum:
    """How much came in today by one method, in minor units."""

    method: PaymentMethod
    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Things that wait: how many and how much by currency, and the one that waits longest."""

    totals: tuple[Total, ...] = ()
    oldest_at: datetime | None = None
    oldest_id: str = ""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(total.count for total in self.totals)


@dataclass(frozen=True, slots=True)
class OpenStatements:
    """Statements that are not closed, and their lines that nothing explains yet."""

    statements: int = 0
    lines: int = 0
    oldest_id: str = ""


@dataclass(frozen=True, slots=True)
class TillFigure:
    """A turn at a drawer that is open, or was closed today with a difference.

    ``difference_minor`` is what was counted above (or, negative, below) what should be there.
    """

    till_session_id: int
    user_name: str
    desk: str
    currency: str
    opened_at: datetime
    closed_at: datetime | None
    difference_minor: int
    reason: str


@dataclass(frozen=True, slots=True)
class MailFigures:
    """Mails that are still to leave, and those that were refused and need a person."""

    waiting: int
    refused: int


@dataclass(frozen=True, slots=True)
class DashboardFigures:
    """Everything the page shows, as of one moment.

    ``currency`` is the one the shop mostly counts in; ``mail`` is None where none is sent.
    """

    as_of: datetime
    currency: str
    collected: tuple[MethodSum, ...]
    collected_a_week_ago: tuple[Total, ...]
    """What had come in by the same hour of the same weekday."""
    waiting: Awaiting
    needs_person: int
    to_approve: Awaiting
    to_pay_back: Awaiting
    paid_back: tuple[Total, ...]
    not_on_statement: tuple[Total, ...]
    open_statements: OpenStatements
    tills: tuple[TillFigure, ...]
    networks: tuple[HealthRow, ...]
    mail: MailFigures | None = None

    @property
    def day(self) -> date:
        """The shop's day."""
        return shop_date(self.as_of)


class DashboardService:
    """Reads the figures; ``mail`` reads those of mail where the shop sends any."""

    def __init__(
        self,
        database: Database,
        gateways: GatewayDesk,
        *,
        mail: Callable[[Session], MailFigures | None] | None = None,
    ) -> None:
        self._database = database
        self._gateways = gateways
        self._mail = mail

    def figures(self, actor: Actor) -> DashboardFigures:
        """Return the figures of today as they are now.

        Raises:
            NotAllowedError: the person may not see reports.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        networks = self._networks(actor)
        now = self._database.clock()
        today = shop_date(now)
        with self._database.read() as session:
            waiting, not_on_statement = _open_payments(session)
            refunds = _open_refunds(session)
            return DashboardFigures(
                as_of=now,
                currency=load_settings(session).default_currency,
                collected=_collected(session, today),
                collected_a_week_ago=_collected_until(session, now - timedelta(days=7)),
                waiting=waiting,
                needs_person=_needs_person(session),
                to_approve=_awaiting(refunds, {RefundStatus.REQUESTED}),
                to_pay_back=_awaiting(refunds, set(_OPEN_REFUNDS) - {RefundStatus.REQUESTED}),
                paid_back=_paid_back(session, today),
                not_on_statement=not_on_statement,
                open_statements=_open_statements(session),
                tills=_tills(session, today),
                networks=networks,
                mail=self._mail(session) if self._mail is not None else None,
            )

    def _networks(self, actor: Actor) -> tuple[HealthRow, ...]:
        """Return each network in use, one that was never asked without a word about it."""
        told = {(row.gateway_name, row.environment): row for row in self._gateways.health(actor)}
        return tuple(
            told.get(
                (each.gateway_name, each.environment),
                HealthRow(each.gateway_name, each.environment, None, "", None, None, 0),
            )
            for each in self._gateways.connections(actor)
            if each.is_ready
        )


def collected_filter(day: date, method: PaymentMethod | None = None) -> PaymentFilter:
    """Return the payments behind what was collected on a day."""
    return PaymentFilter(
        paid_first_day=day,
        paid_last_day=day,
        statuses=frozenset(PAID_STATUSES),
        methods=frozenset(MONEY_METHODS) if method is None else frozenset({method}),
    )


def waiting_filter() -> PaymentFilter:
    """Return the payments that await their outcome."""
    return PaymentFilter(statuses=WAITING_STATUSES)


def not_on_statement_filter() -> PaymentFilter:
    """Return the completed payments that no statement has shown yet."""
    return PaymentFilter(
        statuses=frozenset({PaymentStatus.COMPLETED}), methods=PROVABLE_METHODS, reconciled=False
    )


def open_refunds_filter(*, to_approve: bool) -> PaymentFilter:
    """Return the payments whose refund waits to be approved, or to be paid back."""
    asked = frozenset({RefundStatus.REQUESTED})
    return PaymentFilter(
        refunds=RefundFilter(statuses=asked if to_approve else frozenset(_OPEN_REFUNDS) - asked)
    )


def paid_back_filter(day: date) -> PaymentFilter:
    """Return the payments of which money went back on a day."""
    return PaymentFilter(
        methods=frozenset(MONEY_METHODS),
        refunds=RefundFilter(
            statuses=frozenset({RefundStatus.COMPLETED}),
            first_completed_day=day,
            last_completed_day=day,
        ),
    )


def _collected(session: Session, today: date) -> tuple[MethodSum, ...]:
    found = [
        MethodSum(day.method, day.currency, day.payments, day.amount_minor)
        for day in money_in(session, today, today)
    ]
    order = list(PaymentMethod)
    return tuple(sorted(found, key=lambda each: (each.currency, order.index(each.method))))


def _collected_until(session: Session, moment: datetime) -> tuple[Total, ...]:
    """Return what had been collected on a day of the shop until a moment of it."""
    rows = session.execute(
        select(Payment.currency, func.count(), func.sum(Payment.amount_minor))
        .where(
            Payment.paid_at >= day_start(shop_date(moment)),
            Payment.paid_at <= moment,
            unindexed(Payment.status).in_(PAID_STATUSES),
            unindexed(Payment.payment_method).in_(MONEY_METHODS),
        )
        .group_by(Payment.currency)
    )
    return tuple(Total(currency, count, int(amount)) for currency, count, amount in rows)


def _open_payments(session: Session) -> tuple[Awaiting, tuple[Total, ...]]:
    """Return the payments that wait, and those that are completed and not on a statement."""
    waits = PaymentDay.status.in_(WAITING_STATUSES)
    unproven = and_(
        PaymentDay.status == PaymentStatus.COMPLETED,
        PaymentDay.reconciled.is_(False),
        PaymentDay.payment_method.in_(PROVABLE_METHODS),
    )
    rows = session.execute(
        select(
            waits,
            PaymentDay.currency,
            func.sum(PaymentDay.payments),
            func.sum(PaymentDay.amount_minor),
        )
        .where(PaymentDay.basis == DayBasis.CREATED, or_(waits, unproven))
        .group_by(waits, PaymentDay.currency)
        .having(func.sum(PaymentDay.payments) > 0)
    )
    found = [
        (bool(is_waiting), Total(currency, count, int(amount_minor)))
        for is_waiting, currency, count, amount_minor in rows
    ]
    oldest = [
        row
        for status in WAITING_STATUSES
        for row in session.execute(
            select(Payment.created_at, Payment.payment_id)
            .where(Payment.status == status)
            .order_by(Payment.created_at)
            .limit(1)
        )
    ]
    since, payment_id = min(oldest, default=(None, ""))
    waiting = Awaiting(tuple(t for is_waiting, t in found if is_waiting), since, payment_id)
    return waiting, tuple(total for is_waiting, total in found if not is_waiting)


def _needs_person(session: Session) -> int:
    unresolved = GatewayAttempt.status == TransactionStatus.UNRESOLVED
    return session.scalar(select(func.count()).where(unresolved)) or 0


def _open_refunds(session: Session) -> list[RefundRequest]:
    return list(
        session.scalars(
            select(RefundRequest)
            .where(RefundRequest.status.in_(_OPEN_REFUNDS))
            .order_by(RefundRequest.requested_at)
        )
    )


def _awaiting(refunds: list[RefundRequest], statuses: set[RefundStatus]) -> Awaiting:
    own = [refund for refund in refunds if refund.status in statuses]
    totals = _totals((refund.currency, refund.refund_amount_minor) for refund in own)
    return Awaiting(totals, own[0].requested_at, own[0].refund_id) if own else Awaiting()


def _paid_back(session: Session, today: date) -> tuple[Total, ...]:
    found: dict[str, Total] = {}
    for currency, _method, count, amount_minor in refunds_sent(session, today):
        before = found.get(currency, Total(currency, 0, 0))
        found[currency] = Total(currency, before.count + count, before.amount_minor + amount_minor)
    return tuple(found.values())


def _totals(amounts: Iterable[tuple[str, int]]) -> tuple[Total, ...]:
    found: dict[str, tuple[int, int]] = {}
    for currency, amount_minor in amounts:
        count, whole = found.get(currency, (0, 0))
        found[currency] = (count + 1, whole + amount_minor)
    return tuple(Total(currency, *found[currency]) for currency in sorted(found))


def _open_statements(session: Session) -> OpenStatements:
    statements = session.execute(
        select(PaymentReconciliation.id, PaymentReconciliation.reconciliation_id)
        .where(PaymentReconciliation.status.in_(_OPEN_STATEMENTS))
        .order_by(PaymentReconciliation.imported_at)
    ).all()
    if not statements:
        return OpenStatements()
    lines = session.scalar(
        select(func.count()).where(
            StatementLine.reconciliation_id.in_([row.id for row in statements]),
            StatementLine.state.in_(_OPEN_LINES),
        )
    )
    return OpenStatements(len(statements), lines or 0, statements[0].reconciliation_id)


def _tills(session: Session, today: date) -> tuple[TillFigure, ...]:
    """Return the open tills, and today's closed ones that did not come out right."""
    tills = session.scalars(
        select(TillSession)
        .where(
            or_(
                TillSession.closed_at.is_(None),
                and_(
                    TillSession.closed_at >= day_start(today),
                    TillSession.closed_at < day_end(today),
                ),
            )
        )
        .options(joinedload(TillSession.user))
        .order_by(TillSession.opened_at)
    )
    found = []
    for till in tills:
        difference_minor = _difference(session, till)
        if till.closed_at is None or difference_minor:
            found.append(
                TillFigure(
                    till_session_id=till.id,
                    user_name=till.user.name,
                    desk=till.desk,
                    currency=till.currency,
                    opened_at=till.opened_at,
                    closed_at=till.closed_at,
                    difference_minor=difference_minor,
                    reason=till.difference_reason,
                )
            )
    return tuple(found)


def _difference(session: Session, till: TillSession) -> int:
    if till.counted_minor is None:
        return 0
    return till.counted_minor - expected_in_drawer(session, till, till.user.name)

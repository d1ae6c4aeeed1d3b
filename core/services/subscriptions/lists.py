"""Looking at subscriptions: lists page by page, one with its periods, the catalogue, customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from core.database.unit_of_work import Database
from core.errors import NotFoundError
from core.model.customers import Customer, Subscription
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.subscriptions import (
    PeriodStatus,
    Plan,
    SubscriptionCharge,
    SubscriptionPause,
    SubscriptionPeriod,
    SubscriptionPlan,
    SubscriptionStatus,
)
from core.permissions import Actor, Permission
from core.services.rows import Page
from core.services.subscriptions.facts import pauses_to_come, schedule_of
from core.services.subscriptions.rows import (
    ChargeRow,
    CustomerChoice,
    PlanRow,
    SubscriptionDetail,
    SubscriptionRow,
)

_MOST_CHARGES = 400
_UPCOMING = 3


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """Which subscriptions a list shows; an empty set leaves a side open.

    ``needs_look`` shows what a person must look at: unpaid after the last try, or paid twice.
    """

    statuses: frozenset[SubscriptionStatus] = frozenset()
    plans: frozenset[Plan] = frozenset()
    methods: frozenset[PaymentMethod] = frozenset()
    needs_look: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What the periods of one subscription need."""

    unpaid_count: int = 0
    unpaid_minor: int = 0
    next_try_at: datetime | None = None
    surplus: int = 0


class SubscriptionLists:
    """The questions about subscriptions; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, actor: Actor, wanted: SubscriptionFilter, *, offset: int = 0, limit: int = 100
    ) -> Page[SubscriptionRow]:
        """Return a stretch of those asked for: by what is due first, then paused, then ended."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions = _conditions(wanted)
        with self._database.read() as session:
            joined = select(Subscription).join(Subscription.customer).where(*conditions)
            total = session.scalar(select(func.count()).select_from(joined.subquery())) or 0
            found = session.scalars(
                joined.options(joinedload(Subscription.customer))
                .order_by(
                    Subscription.status == SubscriptionStatus.CANCELLED,
                    Subscription.status == SubscriptionStatus.PAUSED,
                    Subscription.next_due_on,
                    Subscription.id,
                )
                .offset(offset)
                .limit(limit)
            ).all()
            return Page(tuple(subscription_rows(session, found)), offset, total)

    def needing_a_look(self, actor: Actor) -> int:
        """Count the subscriptions that a person must look at."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        troubled = _conditions(SubscriptionFilter(needs_look=True))
        with self._database.read() as session:
            count = select(func.count()).select_from(Subscription).where(*troubled)
            return session.scalar(count) or 0

    def one(self, actor: Actor, number: str) -> SubscriptionRow:
        """Return one subscription.

        Raises:
            NotFoundError: there is none with this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return subscription_row(session, _find(session, number))

    def detail(self, actor: Actor, number: str) -> SubscriptionDetail:
        """Return one subscription with its charges and the next days it is due.

        Raises:
            NotFoundError: there is none with this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            subscription = _find(session, number)
            pauses = pauses_to_come(session, [subscription])
            schedule = schedule_of(subscription, pauses.get(subscription.id, ()))
            is_over = subscription.status is SubscriptionStatus.CANCELLED
            upcoming = () if is_over else islice(schedule.upcoming(), _UPCOMING)
            return SubscriptionDetail(
                subscription_row(session, subscription),
                _charges(session, subscription),
                tuple(period.starts_on for period in upcoming),
            )

    def plans(self, actor: Actor, *, offered_only: bool = False) -> tuple[PlanRow, ...]:
        """Return the catalogue, the shortest periods first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        query = select(SubscriptionPlan)
        if offered_only:
            query = query.where(SubscriptionPlan.is_offered)
        with self._database.read() as session:
            order = list(Plan)
            rows = [
                PlanRow(each.name, each.plan, each.price_minor, each.currency, each.is_offered)
                for each in session.scalars(query)
            ]
        return tuple(
            sorted(rows, key=lambda row: (order.index(row.plan), row.price_minor, row.name))
        )

    def customers(self, actor: Actor, words: str, *, limit: int = 20) -> tuple[CustomerChoice, ...]:
        """Return customers whose name or telephone has each of the words; no merged or retired."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions = [
            Customer.merged_into_id.is_(None),
            Customer.retired_at.is_(None),
            *(_customer_has(word) for word in words.split()),
        ]
        with self._database.read() as session:
            found = session.scalars(
                select(Customer)
                .where(*conditions)
                .order_by(Customer.name, Customer.id)
                .limit(limit)
            )
            return tuple(
                CustomerChoice(each.id, each.name, each.phone_number, each.language)
                for each in found
            )


def subscription_row(session: Session, subscription: Subscription) -> SubscriptionRow:
    """Return one subscription as lists show it."""
    return subscription_rows(session, [subscription])[0]


def subscription_rows(
    session: Session, subscriptions: Sequence[Subscription]
) -> list[SubscriptionRow]:
    """Return subscriptions as lists show them; their customers are expected to be loaded."""
    ids = [each.id for each in subscriptions]
    troubles = _troubles(session, ids)
    pauses = session.scalars(
        select(SubscriptionPause).where(
            SubscriptionPause.subscription_id.in_(ids), SubscriptionPause.resumed_on.is_(None)
        )
    )
    paused = {pause.subscription_id: pause.paused_from for pause in pauses}
    return [
        _row(each, paused.get(each.id), troubles.get(each.id, _Trouble())) for each in subscriptions
    ]


def _row(
    subscription: Subscription, paused_from: date | None, trouble: _Trouble
) -> SubscriptionRow:
    due: date | None = subscription.next_due_on
    is_over = subscription.status is SubscriptionStatus.CANCELLED
    is_held_back = paused_from is not None and paused_from <= subscription.next_due_on
    has_ended = (
        subscription.ends_on is not None and subscription.next_due_on >= subscription.ends_on
    )
    if is_over or is_held_back or has_ended:
        due = None
    return SubscriptionRow(
        subscription_number=subscription.subscription_number,
        customer_id=subscription.customer_id,
        customer_name=subscription.customer.name,
        language=subscription.customer.language,
        phone_number=subscription.phone_number,
        plan=subscription.plan,
        plan_name=subscription.plan_name,
        price_minor=subscription.price_minor,
        currency=subscription.currency,
        method=subscription.payment_method,
        status=subscription.status,
        starts_on=subscription.starts_on,
        next_due_on=due,
        auto_renewal=subscription.auto_renewal,
        notes=subscription.notes,
        paused_from=paused_from,
        ends_on=subscription.ends_on,
        changes_on=subscription.changes_on,
        next_plan=subscription.next_plan,
        next_plan_name=subscription.next_plan_name,
        next_price_minor=subscription.next_price_minor,
        unpaid_count=trouble.unpaid_count,
        unpaid_minor=trouble.unpaid_minor,
        next_try_at=trouble.next_try_at,
        surplus=trouble.surplus,
        version=subscription.version,
    )


def _troubles(session: Session, ids: Sequence[int]) -> dict[int, _Trouble]:
    is_unpaid = SubscriptionPeriod.status == PeriodStatus.UNPAID
    rows = session.execute(
        select(
            SubscriptionPeriod.subscription_id,
            func.sum(case((is_unpaid, 1), else_=0)),
            func.sum(case((is_unpaid, SubscriptionPeriod.amount_minor), else_=0)),
            func.min(SubscriptionPeriod.next_try_at),
        )
        .where(
            SubscriptionPeriod.subscription_id.in_(ids),
            SubscriptionPeriod.status.in_([PeriodStatus.UNPAID, PeriodStatus.RETRYING]),
        )
        .group_by(SubscriptionPeriod.subscription_id)
    )
    unpaid = {row[0]: (int(row[1]), int(row[2]), row[3]) for row in rows}
    counted = session.execute(
        select(SubscriptionPeriod.subscription_id, func.count())
        .select_from(SubscriptionCharge)
        .join(SubscriptionPeriod, SubscriptionPeriod.id == SubscriptionCharge.period_id)
        .join(Payment, Payment.id == SubscriptionCharge.payment_id)
        .where(SubscriptionPeriod.subscription_id.in_(ids), _is_surplus_here())
        .group_by(SubscriptionPeriod.subscription_id)
    )
    surplus = {row[0]: int(row[1]) for row in counted}
    return {
        each: _Trouble(*unpaid.get(each, (0, 0, None)), surplus=surplus.get(each, 0))
        for each in unpaid.keys() | surplus.keys()
    }


def _is_surplus_here() -> ColumnElement[bool]:
    """Return the condition of money that came twice, and neither of the two went back."""
    charge, other = aliased(SubscriptionCharge), aliased(Payment)
    has_other = (
        select(charge.id)
        .join(other, other.id == charge.payment_id)
        .where(
            charge.period_id == SubscriptionCharge.period_id,
            charge.id != SubscriptionCharge.id,
            other.status == PaymentStatus.COMPLETED,
        )
        .correlate(SubscriptionCharge)
        .exists()
    )
    is_here = Payment.status == PaymentStatus.COMPLETED
    return and_(SubscriptionCharge.is_surplus, is_here, has_other)


def _charges(session: Session, subscription: Subscription) -> tuple[ChargeRow, ...]:
    rows = session.execute(
        select(SubscriptionCharge, SubscriptionPeriod, Payment, _is_surplus_here())
        .join(SubscriptionPeriod, SubscriptionPeriod.id == SubscriptionCharge.period_id)
        .join(Payment, Payment.id == SubscriptionCharge.payment_id)
        .where(SubscriptionPeriod.subscription_id == subscription.id)
        .order_by(SubscriptionPeriod.starts_on.desc(), SubscriptionCharge.try_number.desc())
        .limit(_MOST_CHARGES)
    )
    return tuple(
        ChargeRow(
            reference=period.reference,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            amount_minor=period.amount_minor,
            currency=period.currency,
            period_status=period.status,
            next_try_at=period.next_try_at,
            try_number=charge.try_number,
            payment_id=payment.payment_id,
            payment_status=payment.status,
            payment_method=payment.payment_method,
            created_at=charge.created_at,
            error_message=payment.error_message,
            is_surplus=is_surplus,
        )
        for charge, period, payment, is_surplus in rows
    )


def _find(session: Session, number: str) -> Subscription:
    found = session.scalar(
        select(Subscription)
        .where(Subscription.subscription_number == number)
        .options(joinedload(Subscription.customer))
    )
    if found is None:
        raise NotFoundError(f"There is no subscription {number} in this shop.")
    return found


def _conditions(wanted: SubscriptionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        conditions.append(Subscription.status.in_(wanted.statuses))
    if wanted.plans:
        conditions.append(Subscription.plan.in_(wanted.plans))
    if wanted.methods:
        conditions.append(Subscription.payment_method.in_(wanted.methods))
    if wanted.needs_look:
        unpaid = select(SubscriptionPeriod.subscription_id).where(
            SubscriptionPeriod.status == PeriodStatus.UNPAID
        )
        twice = (
            select(SubscriptionPeriod.subscription_id)
            .join(SubscriptionCharge, SubscriptionCharge.period_id == SubscriptionPeriod.id)
            .join(Payment, Payment.id == SubscriptionCharge.payment_id)
            .where(_is_surplus_here())
        )
        conditions.append(or_(Subscription.id.in_(unpaid), Subscription.id.in_(twice)))
    conditions.extend(
        or_(
            _customer_has(word),
            Subscription.subscription_number.icontains(word, autoescape=True),
            Subscription.phone_number.icontains(_as_stored(word), autoescape=True),
            Subscription.plan_name.icontains(word, autoescape=True),
        )
        for word in wanted.search.split()
    )
    return conditions


def _customer_has(word: str) -> ColumnElement[bool]:
    return or_(
        Customer.name.icontains(word, autoescape=True),
        Customer.phone_number.icontains(_as_stored(word), autoescape=True),
    )


def _as_stored(word: str) -> str:
    """Return a part of a telephone number as the books write it: 0788… is +250788…."""
    digits = word.removeprefix("+")
    is_local = digits.isdigit() and digits.startswith("0") and len(digits) > 3
    return digits[1:] if is_local else word

"""How many payments a filter finds, their sum, and where a place of the list lies.

The sums the database keeps by day answer most filters without looking at a payment; the rest is
counted, which may take as long as the list is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from operator import gt, lt

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.clock import day_end, day_start, shop_time
from core.database.driver_questions import driver_question
from core.database.unit_of_work import Database
from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import Payment, PaymentMethod
from core.services.lists.keyset import Key, Landmark
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.payments.listed import PaymentColumn
from core.services.payments.orders import PaymentOrder
from core.services.payments.pages import count_before, newest
from core.services.payments.search import SearchTerms

_STORED = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True, slots=True)
class Total:
    """How many payments of one currency, and their sum in minor units."""

    currency: str
    count: int
    amount_minor: int


def is_kept_by_day(wanted: PaymentFilter) -> bool:
    """Tell whether the kept sums answer a filter: it asks for nothing they do not know."""
    by_recording = wanted.first_day is not None or wanted.last_day is not None
    by_payment = wanted.paid_first_day is not None or wanted.paid_last_day is not None
    known = PaymentFilter(
        statuses=wanted.statuses,
        methods=wanted.methods,
        reconciled=wanted.reconciled,
        currency=wanted.currency,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        paid_first_day=wanted.paid_first_day,
        paid_last_day=wanted.paid_last_day,
    )
    return known == wanted and not (by_recording and by_payment)


def totals(session: Session, wanted: PaymentFilter) -> tuple[Total, ...]:
    """Return count and sum of the payments a list of this filter shows, by currency."""
    if is_kept_by_day(wanted):
        query = select(
            PaymentDay.currency, func.sum(PaymentDay.payments), func.sum(PaymentDay.amount_minor)
        ).where(*_day_conditions(wanted))
        rows = session.execute(query.group_by(PaymentDay.currency)).all()
    else:
        counted = select(Payment.currency, func.count(), func.sum(Payment.amount_minor))
        counted = counted.where(*payment_conditions(wanted))
        if SearchTerms.of(wanted.search).is_unindexed:
            counted = counted.where(Payment.id.in_(newest(wanted)))
        rows = session.execute(counted.group_by(Payment.currency)).all()
    return tuple(
        Total(currency, int(count), int(amount)) for currency, count, amount in rows if count
    )


class DayPlaces:
    """Where places of a list in the order of recording lie, by the days' counts.

    It asks for the counts when they are first needed, once; other lists it knows nothing of.
    """

    def __init__(self, database: Database, wanted: PaymentFilter, order: PaymentOrder) -> None:
        self._database = database
        self._wanted = wanted
        self._order = order
        self._days: list[tuple[date, int]] | None = None
        self._is_known = (
            order.column is PaymentColumn.CREATED_AT
            and is_kept_by_day(wanted)
            and wanted.paid_first_day is None
            and wanted.paid_last_day is None
        )

    def locate(self, position: int) -> Landmark | None:
        """Return the start of the day a position lies on."""
        before = 0
        for day, count in self._counts():
            if before + count > position:
                return Landmark(before, first_key(day, descending=self._order.descending))
            before += count
        return None

    def count_before(self, key: Key) -> int | None:
        """Return how many payments stand before a key, or None where they are very many."""
        if not self._is_known:
            return count_before(self._database, self._wanted, self._order, key)
        day = shop_time(datetime.fromisoformat(str(key[0])).replace(tzinfo=UTC)).date()
        within = replace(self._wanted, first_day=day, last_day=day)
        same_day = count_before(self._database, within, self._order, key)
        if same_day is None:
            return None
        is_earlier = gt if self._order.descending else lt
        return same_day + sum(count for each, count in self._counts() if is_earlier(each, day))

    def _counts(self) -> list[tuple[date, int]]:
        if self._days is None:
            descending = self._order.descending
            self._days = (
                _counts_by_day(self._database, self._wanted, descending=descending)
                if self._is_known
                else []
            )
        return self._days


def _counts_by_day(
    database: Database, wanted: PaymentFilter, *, descending: bool
) -> list[tuple[date, int]]:
    query = (
        select(PaymentDay.day, func.sum(PaymentDay.payments))
        .where(*_day_conditions(wanted))
        .group_by(PaymentDay.day)
        .order_by(PaymentDay.day.desc() if descending else PaymentDay.day)
    )
    rows = database.rows(driver_question(query, database.engine.dialect), {})
    return [(date.fromisoformat(day), int(count)) for day, count in rows]


def first_key(day: date, *, descending: bool) -> tuple[str, int]:
    """Return a key that stands just before the first payment of a day, in the list's order."""
    if descending:
        return day_end(day).strftime(_STORED), -1
    return day_start(day).strftime(_STORED), 0


def _day_conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    by_payment = wanted.paid_first_day is not None or wanted.paid_last_day is not None
    first = wanted.paid_first_day if by_payment else wanted.first_day
    last = wanted.paid_last_day if by_payment else wanted.last_day
    conditions = [PaymentDay.basis == (DayBasis.PAID if by_payment else DayBasis.CREATED)]
    if first is not None:
        conditions.append(PaymentDay.day >= first)
    if last is not None:
        conditions.append(PaymentDay.day <= last)
    if wanted.statuses:
        conditions.append(PaymentDay.status.in_(wanted.statuses))
    if wanted.methods:
        conditions.append(PaymentDay.payment_method.in_(wanted.methods))
    if wanted.currency:
        conditions.append(PaymentDay.currency == wanted.currency)
    if wanted.reconciled is not None:
        conditions.append(PaymentDay.reconciled.is_(wanted.reconciled))
        if not wanted.reconciled:
            conditions.append(PaymentDay.payment_method != PaymentMethod.LOYALTY_POINTS)
    return conditions

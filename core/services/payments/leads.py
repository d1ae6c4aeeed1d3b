"""What leads a page of payments where no index serves its filter and its order together.

SQLite keeps no statistics here: an index over a state looks good to it although it may name nearly
every payment of the shop, all of which it would then sort. So the parts of a filter that an index
answers are counted up to a bound. Few rows are read and sorted. Of many, a page is soon found by
walking the order, unless they lie together at its far end: that is given up after a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import lru_cache

from sqlalchemy import ColumnElement, Dialect, func, select

from core.clock import day_end, day_start
from core.database.driver_questions import DriverQuestion, driver_question
from core.database.hints import unindexed
from core.database.unit_of_work import Database
from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.services.lists.standing import as_one_truth
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.payments.listed import PaymentColumn
from core.services.payments.search import INDEX, SearchTerms

FEW_ROWS = 20_000
"""As many rows are read and sorted sooner than the order is walked for them."""

_COUNTED_ROWS = 100_000
_SORTED_ROW_S = 2e-6
_LONGEST_WALK_S = 2.0

_SOON_S = 0.05
"""So long an order is walked before it is asked which of its values can have hits at all."""

_SKIPPED_MEANWHILE = 2_000

EVERY_PAYMENT = PaymentFilter()

_AMOUNTS = ("least_minor", "most_minor")
_DAYS = ("first_day", "last_day")
_PARTS = (
    ("statuses", "methods", *_DAYS),
    ("types", *_DAYS),
    ("reconciled", *_DAYS),
    ("gateway_name", *_DAYS),
    ("created_by", *_DAYS),
    _AMOUNTS,
    ("paid_first_day", "paid_last_day"),
    ("customer_id",),
    ("till_session_id",),
    ("payment_ids",),
    ("needs_decision",),
    ("refunds",),
    ("calls",),
    ("search",),
)
"""The fields of a filter that one index answers together."""

_ORDERED_FIELDS = {
    PaymentColumn.STATUS: ("statuses",),
    PaymentColumn.METHOD: ("methods",),
    PaymentColumn.TYPE: ("types",),
    PaymentColumn.GATEWAY: ("gateway_name",),
    PaymentColumn.CASHIER: ("created_by",),
    PaymentColumn.RECONCILED: ("reconciled",),
    PaymentColumn.AMOUNT: _AMOUNTS,
}
"""The fields of a filter that the index of an order answers too."""

_TOLD_BY_DAYS = {PaymentColumn.STATUS, PaymentColumn.METHOD, PaymentColumn.RECONCILED}


class Way(Enum):
    """How a page is read where filter and order have no index in common."""

    AS_PLANNED = "as planned"
    SORTED = "sorted"
    ALL_SORTED = "all sorted"
    WALKED = "walked"


@dataclass(frozen=True, slots=True)
class Lead:
    """A way, and for ``SORTED`` the part of the filter whose few rows are sorted."""

    way: Way
    part: PaymentFilter = EVERY_PAYMENT


AS_PLANNED = Lead(Way.AS_PLANNED)
WALKED = Lead(Way.WALKED)
ALL_SORTED = Lead(Way.ALL_SORTED)
"""For when walking was given up: whatever the filter finds is sorted."""


def lead_of(
    database: Database,
    wanted: PaymentFilter,
    column: PaymentColumn,
    cancelled: Callable[[], bool],
) -> tuple[Lead, float]:
    """Return how the pages of a filter in the order of a column are best read.

    Beside it, how many seconds an order is walked for a page before sorting is the better bet.

    Raises:
        ReadCancelledError: nobody waits for the answer any more.

    """
    parts = list(_parts(wanted, column))
    if not parts:
        is_range = column is PaymentColumn.AMOUNT and _asks(_only(wanted, _AMOUNTS))
        return (WALKED if is_range else AS_PLANNED), _LONGEST_WALK_S
    dialect = database.engine.dialect
    counted = [
        (int(database.rows(_count_question(part, dialect), {}, cancelled)[0][0]), place)
        for place, part in enumerate(parts)
    ]
    fewest, place = min(counted)
    if fewest <= FEW_ROWS:
        return Lead(Way.SORTED, parts[place]), 0.0
    if column is PaymentColumn.CREATED_AT:
        return AS_PLANNED, 0.0
    is_known = fewest <= _COUNTED_ROWS
    return WALKED, (fewest * _SORTED_ROW_S if is_known else _LONGEST_WALK_S)


def a_short_walk(
    walk_s: float, cancelled: Callable[[], bool], skipped_rows: int
) -> Callable[[], bool]:
    """Return what ends a walk that may be narrowed."""
    return while_worth_it(min(walk_s, _SOON_S), cancelled, skipped_rows)


def while_worth_it(
    walk_s: float, cancelled: Callable[[], bool], skipped_rows: int = 0
) -> Callable[[], bool]:
    """Return what ends a walk: nobody waits for it, or its time is over."""
    ends_s = time.monotonic() + walk_s * (1 + skipped_rows / _SKIPPED_MEANWHILE)
    return lambda: time.monotonic() > ends_s or cancelled()


def may_end_soon(database: Database, column: PaymentColumn) -> bool:
    """Tell whether a walk that takes long may be narrowed; a server's statistics do without."""
    return not database.is_shared and column in _TOLD_BY_DAYS


def narrowed(database: Database, wanted: PaymentFilter, column: PaymentColumn) -> PaymentFilter:
    """Return a filter of the same payments that names those values of an order which have any.

    The sums kept by day know which states, methods and "reconciled" go together: of what is
    reconciled in the order of states, every failed payment would be walked past.
    """
    together = _together_question(wanted, database.engine.dialect)
    kinds = database.rows(together, {})
    if column is PaymentColumn.STATUS:
        return replace(wanted, statuses=frozenset(PaymentStatus(each[0]) for each in kinds))
    if column is PaymentColumn.METHOD:
        return replace(wanted, methods=frozenset(PaymentMethod(each[1]) for each in kinds))
    found = {bool(each[2]) for each in kinds}
    # What is not reconciled leaves points out.
    with_points = any(each[1] == PaymentMethod.LOYALTY_POINTS.value for each in kinds)
    if len(found) != 1 or (found == {False} and with_points):
        return wanted
    return replace(wanted, reconciled=found.pop())


def led_conditions(part: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the few rows that are sorted, each for its index."""
    return [*_amounts(part), *payment_conditions(_without(part, _AMOUNTS))]


def each_condition(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return a filter as conditions on a payment, each looked at in the payment itself."""
    terms = SearchTerms.of(wanted.search)
    return [*terms.conditions(), *payment_conditions(replace(wanted, search=""))]


def walked_conditions(wanted: PaymentFilter, column: PaymentColumn) -> list[ColumnElement[bool]]:
    """Return a filter as conditions that leave the index of an order to be walked."""
    own = _ORDERED_FIELDS.get(column, ())
    rest = _without(wanted, (*own, *_DAYS))
    conditions = led_conditions(_only(wanted, own))
    # The moment stands in most orders' indexes: looked at there, before the payment is. Of one
    # value it bounds what is walked.
    has_one_value = _has_one_value(wanted, column)
    moment = Payment.created_at if has_one_value else unindexed(Payment.created_at)
    if wanted.first_day is not None:
        conditions.append(moment >= day_start(wanted.first_day))
    if wanted.last_day is not None:
        conditions.append(moment < day_end(wanted.last_day))
    return [*conditions, as_one_truth(each_condition(rest))]


def _has_one_value(wanted: PaymentFilter, column: PaymentColumn) -> bool:
    """Tell whether all payments of a filter are alike in the column of an order."""
    if column is PaymentColumn.STATUS:
        return len(wanted.statuses) == 1
    return column is PaymentColumn.METHOD and len(wanted.methods) == 1


def _parts(wanted: PaymentFilter, column: PaymentColumn) -> Iterator[PaymentFilter]:
    """Return the parts of a filter that may lead; none where order and filter share an index."""
    least, most = wanted.least_minor, wanted.most_minor
    has_range = least != most
    if column is PaymentColumn.CREATED_AT:
        if has_range:
            yield _only(wanted, _AMOUNTS)
        return
    terms = SearchTerms.of(wanted.search)
    own = _ORDERED_FIELDS.get(column, ())
    if terms.is_unindexed or not (terms or _asks(_without(wanted, (*own, "currency")))):
        return
    for names in _PARTS:
        part = _only(wanted, names)
        if _asks(part):
            yield part


@lru_cache(maxsize=64)
def _count_question(part: PaymentFilter, dialect: Dialect) -> DriverQuestion:
    terms = SearchTerms.of(part.search)
    if terms:
        found = select(INDEX.c.rowid).where(terms.matches())
    else:
        found = select(Payment.id).where(*led_conditions(part))
    first = found.limit(_COUNTED_ROWS + 1).subquery()
    return driver_question(select(func.count()).select_from(first), dialect)


@lru_cache(maxsize=64)
def _together_question(wanted: PaymentFilter, dialect: Dialect) -> DriverQuestion:
    """Return which kinds of payments there are of a filter, and perhaps some there are not."""
    kind = (PaymentDay.status, PaymentDay.payment_method, PaymentDay.reconciled)
    found = select(*kind).where(PaymentDay.basis == DayBasis.CREATED, PaymentDay.payments != 0)
    if wanted.statuses:
        found = found.where(PaymentDay.status.in_(wanted.statuses))
    if wanted.methods:
        found = found.where(PaymentDay.payment_method.in_(wanted.methods))
    if wanted.reconciled is not None:
        found = found.where(PaymentDay.reconciled.is_(wanted.reconciled))
    return driver_question(found.distinct(), dialect)


def _amounts(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.least_minor is not None:
        conditions.append(Payment.amount_minor >= wanted.least_minor)
    if wanted.most_minor is not None:
        conditions.append(Payment.amount_minor <= wanted.most_minor)
    return conditions


def _asks(wanted: PaymentFilter) -> bool:
    return wanted != EVERY_PAYMENT


def _only(wanted: PaymentFilter, names: tuple[str, ...]) -> PaymentFilter:
    return _without(wanted, tuple(each.name for each in fields(wanted) if each.name not in names))


def _without(wanted: PaymentFilter, names: tuple[str, ...]) -> PaymentFilter:
    """Return a filter with some of its fields left open."""
    return replace(wanted, **{name: getattr(EVERY_PAYMENT, name) for name in names})

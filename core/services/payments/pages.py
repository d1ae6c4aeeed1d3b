"""Pages of the payments table: any filter, in the order of any column, from anywhere in it.

Each page follows from the key of a row that is known (:mod:`core.services.lists.keyset`). A filter
by several states or methods reads each by its own index and merges what they give; a search of
three letters or more is answered by the index over parts of words, which gives the newest first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Dialect,
    Select,
    and_,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.payment_search import SEARCH_TABLE, key_in_index
from core.database.spelling import each_number
from core.database.unit_of_work import Database
from core.model.customers import Order
from core.model.payments import Payment
from core.services.lists.keyset import Key, Landmark, PagedQuestion, Seek
from core.services.lists.keyset_queries import (
    Bound,
    Columns,
    Statement,
    beyond,
    merged_keys,
    ordering,
    page,
    seek_values,
    turned,
)
from core.services.lists.search_slices import SearchSlices
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.payments.search import INDEX, INDEX_KEY, SearchTerms

LOOKED_THROUGH_ROWS = 10_000
"""How many of the newest payments one or two letters are looked for in: no index knows them."""

COUNTED_ROWS = 20_000
"""So many payments before one are counted to tell its place; farther down it is reckoned."""

_MOMENT, _ID = "payment.created_at", "payment.id"
_ORDERED_BY = {
    PaymentColumn.CREATED_AT: (_MOMENT, _ID),
    PaymentColumn.ID: ("payment.payment_id", _ID),
    PaymentColumn.STATUS: ("payment.status", _MOMENT, _ID),
    PaymentColumn.AMOUNT: ("payment.amount_minor", _MOMENT, _ID),
    PaymentColumn.METHOD: ("payment.payment_method", _MOMENT, _ID),
    PaymentColumn.CUSTOMER: ("payment.customer_name", _ID),
    PaymentColumn.TELEPHONE: ("payment.phone_number", _ID),
    PaymentColumn.TYPE: ("payment.payment_type", _MOMENT, _ID),
    PaymentColumn.REFERENCE: ("payment.transaction_reference", _ID),
    PaymentColumn.INVOICE: ("coalesce(payment.invoice_number, '')", _ID),
    PaymentColumn.GATEWAY: ("payment.gateway_name", _MOMENT, _ID),
    PaymentColumn.RECONCILED: ("payment.reconciled", _MOMENT, _ID),
    PaymentColumn.CASHIER: ("payment.created_by", _MOMENT, _ID),
}
_KEYS: dict[PaymentColumn, Callable[[ListedPayment], Key]] = {
    PaymentColumn.CREATED_AT: lambda row: (row.stored_created_at, row.id),
    PaymentColumn.ID: lambda row: (row.payment_id, row.id),
    PaymentColumn.STATUS: lambda row: (row.stored_status, row.stored_created_at, row.id),
    PaymentColumn.AMOUNT: lambda row: (row.amount_minor, row.stored_created_at, row.id),
    PaymentColumn.METHOD: lambda row: (row.stored_method, row.stored_created_at, row.id),
    PaymentColumn.CUSTOMER: lambda row: (row.customer_name, row.id),
    PaymentColumn.TELEPHONE: lambda row: (row.phone_number, row.id),
    PaymentColumn.TYPE: lambda row: (row.stored_type, row.stored_created_at, row.id),
    PaymentColumn.REFERENCE: lambda row: (row.transaction_reference, row.id),
    PaymentColumn.INVOICE: lambda row: (row.invoice_number, row.id),
    PaymentColumn.GATEWAY: lambda row: (row.gateway_name, row.stored_created_at, row.id),
    PaymentColumn.RECONCILED: lambda row: (row.stored_reconciled, row.stored_created_at, row.id),
    PaymentColumn.CASHIER: lambda row: (row.created_by, row.stored_created_at, row.id),
}
LISTED = (
    Payment.id,
    Payment.created_at,
    Payment.payment_id,
    Payment.amount_minor,
    Payment.currency,
    Payment.payment_method,
    Payment.payment_type,
    Payment.status,
    Payment.transaction_status,
    func.coalesce(Payment.transaction_id, ""),
    Payment.transaction_reference,
    func.coalesce(
        select(Order.order_number).where(Order.id == Payment.order_id).scalar_subquery(), ""
    ),
    Payment.customer_name,
    Payment.phone_number,
    Payment.account_number,
    func.coalesce(Payment.invoice_number, ""),
    Payment.invoice_generated,
    Payment.reconciled,
    Payment.gateway_name,
    Payment.created_by,
    Payment.card_approval_code,
)
"""The columns of :class:`ListedPayment`, in its order."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """By which column, and which way round."""

    column: PaymentColumn = PaymentColumn.CREATED_AT
    descending: bool = True


NEWEST_FIRST = PaymentOrder()


def ask(
    database: Database,
    wanted: PaymentFilter,
    order: PaymentOrder = NEWEST_FIRST,
    *,
    locate: Callable[[int], Landmark | None] = lambda _position: None,
    count_before: Callable[[Key], int | None] = lambda _key: None,
) -> PagedQuestion[ListedPayment]:
    """Return a filter in an order as a question that is answered page by page."""
    by_index = _is_answered_by_index(wanted, order)
    key = _key_of_hit if by_index else _KEYS[order.column]

    dialect = database.engine.dialect

    slices = SearchSlices(database)

    def rows(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[ListedPayment]:
        if by_index:
            descending = order.descending is not seek.backwards
            question = page_question(wanted, order, seek.backwards, Bound(0, False), dialect)
            return list(
                map(ListedPayment._make, slices.read(question, seek, descending, cancelled))
            )
        question = page_question(wanted, order, seek.backwards, Bound.of(seek), dialect)
        return list(map(ListedPayment._make, database.rows(question, _values(seek), cancelled)))

    def find(known: Sequence[ListedPayment]) -> Sequence[ListedPayment]:
        ids = json.dumps([row.id for row in known])
        found = database.rows(_again_question(wanted, dialect), {"row_ids": ids})
        return list(map(ListedPayment._make, found))

    return PagedQuestion(
        rows,
        key,
        locate=locate,
        find=find,
        count_before=count_before,
        one_moment=database.one_moment,
    )


def count_before(
    database: Database, wanted: PaymentFilter, order: PaymentOrder, key: Key
) -> int | None:
    """Return how many payments stand before a key, or None where they are very many."""
    question = _place_question(wanted, order, len(key), database.engine.dialect)
    values = _values(Seek(COUNTED_ROWS, key))
    count: int = database.rows(question, values)[0][0]
    return count if count < COUNTED_ROWS else None


def _values(seek: Seek) -> dict[str, object]:
    return {**seek_values(seek), "arm_limit": seek.limit + seek.skip}


@lru_cache(maxsize=64)
def page_question(
    wanted: PaymentFilter, order: PaymentOrder, backwards: bool, key: Bound, dialect: Dialect
) -> DriverQuestion:
    """Return the question of a page, whose key, limit and skip are left open.

    Made once for a filter and an order: building one takes longer than answering it.
    """
    return driver_question(_statement(wanted, order, backwards, key), dialect)


@lru_cache(maxsize=64)
def _again_question(wanted: PaymentFilter, dialect: Dialect) -> DriverQuestion:
    """Return the question which of some payments a filter still finds."""
    given = each_number(open_value("row_ids"))
    terms = SearchTerms.of(wanted.search)
    # As one truth, so that each payment is found by its key and by no index of the filter's.
    fits = and_(true(), *terms.conditions(), *_unsearched(wanted)).is_(True)
    return driver_question(select(*LISTED).where(Payment.id.in_(given), fits), dialect)


@lru_cache(maxsize=64)
def _place_question(
    wanted: PaymentFilter, order: PaymentOrder, values: int, dialect: Dialect
) -> DriverQuestion:
    terms = SearchTerms.of(wanted.search)
    found = select(Payment.id).where(*terms.conditions(), *_unsearched(wanted))
    if _is_answered_by_index(wanted, order):
        columns: Columns = (literal_column(f"{SEARCH_TABLE}.rowid"),)
        found = found.select_from(INDEX).join(Payment, Payment.id == INDEX_KEY)
        found = found.where(terms.matches())
    else:
        columns = _columns(order.column, indexed=not terms)
        if terms:
            found = found.where(*(terms.membership() or [Payment.id.in_(newest(wanted))]))
    before = found.where(*beyond(columns, not order.descending, Bound(values, inclusive=False)))
    counted = before.limit(open_value("row_limit")).subquery()
    return driver_question(select(func.count()).select_from(counted), dialect)


def _statement(
    wanted: PaymentFilter, order: PaymentOrder, backwards: bool, key: Bound
) -> Statement:
    descending = order.descending is not backwards
    terms = SearchTerms.of(wanted.search)
    if _is_answered_by_index(wanted, order):
        by_hit: Columns = (literal_column(f"{SEARCH_TABLE}.rowid"),)
        found = (
            select(*LISTED)
            .select_from(INDEX)
            .join(Payment, Payment.id == INDEX_KEY)
            .where(terms.matches(), *terms.conditions(), *_unsearched(wanted))
            .where(by_hit[0] >= open_value("first_hit"), by_hit[0] <= open_value("last_hit"))
        )
        return page(found, by_hit, descending, key)
    if terms and order.column is PaymentColumn.CREATED_AT and len(_arms(wanted)) == 1:
        # Walked from the newest on, it ends at the first hundred hits.
        columns = _columns(order.column, indexed=True)
        found = select(*LISTED).where(
            tuple_(*columns) >= _oldest_looked_at(wanted, columns),
            *terms.conditions(),
            *_unsearched(wanted),
        )
        return page(found, columns, descending, key)
    columns = _columns(order.column, indexed=not terms)
    if terms:
        found = select(*LISTED).where(
            *(terms.membership() or [Payment.id.in_(newest(wanted))]),
            *terms.conditions(),
            *_unsearched(wanted),
        )
        return page(found, columns, descending, key)
    if len(_arms(wanted)) == 1:
        return page(select(*LISTED).where(*_unsearched(wanted)), columns, descending, key)
    picked = _merged(wanted, columns, descending, key, open_value("arm_limit"))
    picked = picked.limit(open_value("row_limit")).offset(open_value("row_skip"))
    return (
        select(*LISTED)
        .where(Payment.id.in_(picked))
        .order_by(*turned(_columns(order.column, indexed=False), descending))
    )


def ordered_keys(wanted: PaymentFilter, order: PaymentOrder) -> Select[int]:
    """Return the keys of all payments of a list, in its order."""
    terms = SearchTerms.of(wanted.search)
    if _is_answered_by_index(wanted, order):
        found = (
            select(Payment.id)
            .select_from(INDEX)
            .join(Payment, Payment.id == INDEX_KEY)
            .where(terms.matches(), *terms.conditions(), *_unsearched(wanted))
        )
        by_hit: Columns = (literal_column(f"{SEARCH_TABLE}.rowid"),)
        return found.order_by(*turned(by_hit, order.descending))
    found = select(Payment.id).where(*payment_conditions(wanted))
    if terms.is_unindexed:
        found = found.where(Payment.id.in_(newest(wanted)))
    return found.order_by(*turned(_columns(order.column, indexed=not terms), order.descending))


def _is_answered_by_index(wanted: PaymentFilter, order: PaymentOrder) -> bool:
    """Tell whether the index over parts of words gives the hits in the order wanted."""
    return order.column is PaymentColumn.CREATED_AT and bool(SearchTerms.of(wanted.search).indexed)


def _key_of_hit(row: ListedPayment) -> Key:
    return (key_in_index(row.created_at, row.id),)


def _columns(ordered_by: PaymentColumn, *, indexed: bool) -> Columns:
    return ordering(_ORDERED_BY[ordered_by], indexed=indexed)


def _unsearched(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    return payment_conditions(replace(wanted, search=""))


def _arms(wanted: PaymentFilter) -> list[PaymentFilter]:
    """Return a filter as filters of one state and one method each: an index serves only these."""
    statuses = [frozenset({each}) for each in sorted(wanted.statuses)] or [frozenset()]
    methods = [frozenset({each}) for each in sorted(wanted.methods)] or [frozenset()]
    return [
        replace(wanted, statuses=status, methods=method)
        for status, method in product(statuses, methods)
    ]


def _merged(
    wanted: PaymentFilter,
    columns: Columns,
    descending: bool,
    key: Bound,
    limit: int | BindParameter[Any],
) -> Select[int]:
    arms = [_unsearched(arm) for arm in _arms(wanted)]
    return merged_keys(Payment.id.expression, arms, columns, descending, key, limit)


def newest(wanted: PaymentFilter) -> Statement:
    """Return the newest payments of a filter, as far back as they are looked through."""
    columns = _columns(PaymentColumn.CREATED_AT, indexed=True)
    found = _merged(wanted, columns, True, Bound(0, False), LOOKED_THROUGH_ROWS)
    return found.limit(LOOKED_THROUGH_ROWS)


def _oldest_looked_at(wanted: PaymentFilter, columns: Columns) -> Any:
    """Return where the newest payments of a filter end, as a row of SQL's own."""
    labelled = [each.label(f"k{place}") for place, each in enumerate(columns)]
    looked_at = select(*labelled).select_from(Payment).where(*_unsearched(wanted))
    looked_at = looked_at.order_by(*turned(columns, True)).limit(LOOKED_THROUGH_ROWS)
    ends = list(looked_at.subquery().c)
    return select(*ends).order_by(*turned(ends, False)).limit(1).scalar_subquery()

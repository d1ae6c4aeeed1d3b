"""Pages of the payments table: any filter, in the order of any column, from anywhere in it.

Each page follows from the key of a row that is known (:mod:`core.services.lists.keyset`). A filter
by several states or methods reads each by its own index and merges what they give; a search of
three letters or more is answered by the index over parts of words, which gives the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    func,
    literal_column,
    select,
    tuple_,
)

from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.payment_search import SEARCH_TABLE, key_in_index
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.model.customers import Order
from core.model.payments import Payment
from core.services.lists.keyset import Key, Landmark, PagedQuestion, Seek
from core.services.lists.keyset_queries import (
    Bound,
    Columns,
    Statement,
    merged_keys,
    page,
    seek_values,
    turned,
)
from core.services.lists.search_slices import FirstHits, SearchSlices
from core.services.lists.standing import (
    again_statement,
    again_values,
    as_one_truth,
    before_statement,
    counted_before,
)
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.payments.first_page import FirstPage
from core.services.payments.leads import (
    ALL_SORTED,
    AS_PLANNED,
    WALKED,
    Lead,
    a_short_walk,
    each_condition,
    lead_of,
    led_conditions,
    may_end_soon,
    narrowed,
    walked_conditions,
    while_worth_it,
)
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.payments.orders import KEYS, NEWEST_FIRST, PaymentOrder, columns_of
from core.services.payments.search import INDEX, INDEX_KEY, SearchTerms

LOOKED_THROUGH_ROWS = 10_000
"""How many of the newest payments one or two letters are looked for in: no index knows them."""

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
    key = _key_of_hit if by_index else KEYS[order.column]

    dialect = database.engine.dialect

    def hits_question(backwards: bool = False) -> DriverQuestion:
        return page_question(wanted, order, backwards, Bound(0, False), dialect)

    slices = SearchSlices(database)
    hits = FirstHits(slices, hits_question, _hit_of, descending=order.descending)
    led = LedReading(database, wanted, order)

    def rows(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[ListedPayment]:
        if by_index:
            descending = order.descending is not seek.backwards
            found = slices.read(hits_question(seek.backwards), seek, descending, cancelled)
            return list(map(ListedPayment._make, found))
        return list(map(ListedPayment._make, led.read(seek, cancelled)))

    def find(ids: Sequence[int]) -> Sequence[ListedPayment]:
        found = database.rows(_again_question(wanted, dialect), again_values(ids))
        return list(map(ListedPayment._make, found))

    return PagedQuestion(
        rows,
        key,
        locate=locate,
        find=lambda known: find([row.id for row in known]),
        count_before=count_before,
        one_moment=database.one_moment,
        first=FirstPage(database, wanted, order, hits, find).read if by_index else None,
    )


class LedReading:
    """Reads the pages of one question by what leads it, which is found out once."""

    def __init__(self, database: Database, wanted: PaymentFilter, order: PaymentOrder) -> None:
        self._database = database
        self._wanted = wanted
        self._order = order
        self._lead: Lead | None = None
        self._walk_s = 0.0
        self._may_be_narrowed = may_end_soon(database, order.column)

    def read(self, seek: Seek, cancelled: Callable[[], bool]) -> Sequence[Any]:
        """Return a page's rows as the driver gives them.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        if self._lead is None:
            self._lead, self._walk_s = lead_of(
                self._database, self._wanted, self._order.column, cancelled
            )
        if self._lead is WALKED:
            try:
                return self._walked(seek, cancelled)
            except ReadCancelledError:
                if cancelled():
                    raise
                self._lead = AS_PLANNED if self._wanted.search.strip() else ALL_SORTED
        return self._rows(seek, cancelled, self._lead)

    def _walked(self, seek: Seek, cancelled: Callable[[], bool]) -> Sequence[Any]:
        if self._may_be_narrowed:
            try:
                return self._rows(seek, a_short_walk(self._walk_s, cancelled, seek.skip), WALKED)
            except ReadCancelledError:
                if cancelled():
                    raise
            self._wanted = narrowed(self._database, self._wanted, self._order.column)
            self._may_be_narrowed = False
        return self._rows(seek, while_worth_it(self._walk_s, cancelled, seek.skip), WALKED)

    def _rows(self, seek: Seek, cancelled: Callable[[], bool], lead: Lead) -> Sequence[Any]:
        dialect, key = self._database.engine.dialect, Bound.of(seek)
        question = page_question(self._wanted, self._order, seek.backwards, key, dialect, lead)
        return self._database.rows(question, _values(seek), cancelled)


def count_before(
    database: Database, wanted: PaymentFilter, order: PaymentOrder, key: Key
) -> int | None:
    """Return how many payments stand before a key, or None where counting them takes long."""
    lead, walk_s = lead_of(database, wanted, order.column, lambda: False)
    question = _place_question(wanted, order, len(key), database.engine.dialect, lead)
    ends = while_worth_it(walk_s, lambda: False) if lead is WALKED else None
    return counted_before(database, question, key, ends)


def _values(seek: Seek) -> dict[str, object]:
    return {**seek_values(seek), "arm_limit": seek.limit + seek.skip}


@lru_cache(maxsize=64)
def page_question(
    wanted: PaymentFilter,
    order: PaymentOrder,
    backwards: bool,
    key: Bound,
    dialect: Dialect,
    lead: Lead = AS_PLANNED,
) -> DriverQuestion:
    """Return the question of a page, whose key, limit and skip are left open.

    Made once for a filter and an order: building one takes longer than answering it.
    """
    descending = order.descending is not backwards
    if lead is AS_PLANNED:
        return driver_question(_statement(wanted, order, descending, key), dialect)
    if lead is WALKED:
        walked = _walked_statement(wanted, order.column, descending, key)
        return driver_question(walked, dialect)
    columns = columns_of(order.column, indexed=False)
    is_all = lead is ALL_SORTED
    fits = _unsearched(wanted) if is_all else _sorted_conditions(wanted, lead)
    found = select(*LISTED).where(*fits)
    return driver_question(page(found, columns, descending, key), dialect)


@lru_cache(maxsize=64)
def _again_question(wanted: PaymentFilter, dialect: Dialect) -> DriverQuestion:
    """Return the question which of some payments a filter still finds."""
    again = again_statement(select(*LISTED), Payment.id.expression, each_condition(wanted))
    return driver_question(again, dialect)


@lru_cache(maxsize=64)
def _place_question(
    wanted: PaymentFilter, order: PaymentOrder, values: int, dialect: Dialect, lead: Lead
) -> DriverQuestion:
    terms = SearchTerms.of(wanted.search)
    found = select(Payment.id).where(*terms.conditions(), *_unsearched(wanted))
    columns: Columns
    if lead is WALKED:
        columns = columns_of(order.column, indexed=True)
        found = select(Payment.id).where(*walked_conditions(wanted, order.column))
    elif lead is not AS_PLANNED:
        columns = columns_of(order.column, indexed=False)
        found = select(Payment.id).where(*_sorted_conditions(wanted, lead))
    elif _is_answered_by_index(wanted, order):
        columns = (literal_column(f"{SEARCH_TABLE}.rowid"),)
        found = found.select_from(INDEX).join(Payment, Payment.id == INDEX_KEY)
        found = found.where(terms.matches())
    else:
        columns = columns_of(order.column, indexed=not terms)
        if terms:
            found = found.where(*(terms.membership() or [Payment.id.in_(newest(wanted))]))
    return driver_question(before_statement(found, columns, order.descending, values), dialect)


def _statement(
    wanted: PaymentFilter, order: PaymentOrder, descending: bool, key: Bound
) -> Statement:
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
        columns = columns_of(order.column, indexed=True)
        found = select(*LISTED).where(
            tuple_(*columns) >= _oldest_looked_at(wanted, columns),
            *terms.conditions(),
            *_unsearched(wanted),
        )
        return page(found, columns, descending, key)
    columns = columns_of(order.column, indexed=not terms)
    if terms:
        found = select(*LISTED).where(
            *(terms.membership() or [Payment.id.in_(newest(wanted))]),
            *terms.conditions(),
            *_unsearched(wanted),
        )
        return page(found, columns, descending, key)
    if len(_arms(wanted)) == 1:
        return page(select(*LISTED).where(*_unsearched(wanted)), columns, descending, key)
    arms = [_unsearched(arm) for arm in _arms(wanted)]
    return _picked(arms, order.column, descending, key)


def _sorted_conditions(wanted: PaymentFilter, lead: Lead) -> list[ColumnElement[bool]]:
    few: Statement = select(Payment.id).where(*led_conditions(lead.part))
    return [Payment.id.in_(few), as_one_truth(each_condition(wanted))]


def _walked_statement(
    wanted: PaymentFilter, column: PaymentColumn, descending: bool, key: Bound
) -> Statement:
    columns = columns_of(column, indexed=True)
    arms = [walked_conditions(arm, column) for arm in _arms(wanted, walked_by=column)]
    if len(arms) == 1:
        return page(select(*LISTED).where(*arms[0]), columns, descending, key)
    return _picked(arms, column, descending, key)


def _picked(
    arms: Sequence[Sequence[ColumnElement[bool]]],
    column: PaymentColumn,
    descending: bool,
    key: Bound,
) -> Statement:
    """Return a page of what several filters find together."""
    columns = columns_of(column, indexed=True)
    limit = open_value("arm_limit")
    picked = merged_keys(Payment.id.expression, arms, columns, descending, key, limit)
    picked = picked.limit(open_value("row_limit")).offset(open_value("row_skip"))
    return (
        select(*LISTED)
        .where(Payment.id.in_(picked))
        .order_by(*turned(columns_of(column, indexed=False), descending))
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
    return found.order_by(*turned(columns_of(order.column, indexed=not terms), order.descending))


def _is_answered_by_index(wanted: PaymentFilter, order: PaymentOrder) -> bool:
    """Tell whether the index over parts of words gives the hits in the order wanted."""
    return order.column is PaymentColumn.CREATED_AT and bool(SearchTerms.of(wanted.search).indexed)


def _key_of_hit(row: ListedPayment) -> Key:
    return (key_in_index(row.created_at, row.id),)


def _hit_of(found: Sequence[Any]) -> int:
    return int(str(_key_of_hit(ListedPayment._make(found))[0]))


def _unsearched(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    return payment_conditions(replace(wanted, search=""))


def _arms(wanted: PaymentFilter, *, walked_by: PaymentColumn | None = None) -> list[PaymentFilter]:
    """Return a filter as filters of one state and one method each: an index serves only these.

    The index of an order that is walked serves the order's own column alone.
    """
    statuses, methods = [wanted.statuses], [wanted.methods]
    if wanted.statuses and walked_by in {None, PaymentColumn.STATUS}:
        statuses = [frozenset({each}) for each in sorted(wanted.statuses)]
    if wanted.methods and walked_by in {None, PaymentColumn.METHOD}:
        methods = [frozenset({each}) for each in sorted(wanted.methods)]
    return [
        replace(wanted, statuses=status, methods=method)
        for status, method in product(statuses, methods)
    ]


def newest(wanted: PaymentFilter) -> Statement:
    """Return the newest payments of a filter, as far back as they are looked through."""
    columns = columns_of(PaymentColumn.CREATED_AT, indexed=True)
    arms = [_unsearched(arm) for arm in _arms(wanted)]
    found = merged_keys(
        Payment.id.expression, arms, columns, True, Bound(0, False), LOOKED_THROUGH_ROWS
    )
    return found.limit(LOOKED_THROUGH_ROWS)


def _oldest_looked_at(wanted: PaymentFilter, columns: Columns) -> Any:
    """Return where the newest payments of a filter end, as a row of SQL's own."""
    labelled = [each.label(f"k{place}") for place, each in enumerate(columns)]
    looked_at = select(*labelled).select_from(Payment).where(*_unsearched(wanted))
    looked_at = looked_at.order_by(*turned(columns, True)).limit(LOOKED_THROUGH_ROWS)
    ends = list(looked_at.subquery().c)
    return select(*ends).order_by(*turned(ends, False)).limit(1).scalar_subquery()

"""Pages of the calls' table: any filter, in the order of any column, from anywhere in it.

Made like the pages of payments (:mod:`core.services.payments.pages`): each follows from the key of
a row that is known, several states are read each by its own index and merged, and a search of
three letters or more is answered by the index over parts of words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Select, column, func, select, table
from sqlalchemy.sql import literal_column

from core.database.call_search import CALL_SEARCH_TABLE
from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.payment_search import key_in_index
from core.database.unit_of_work import Database
from core.model.calls import CALL_TIME
from core.model.payments import Payment, PaymentTransaction
from core.services.calls.filters import (
    HIT_KEY,
    RESULT,
    CallFilter,
    call_conditions,
    matches,
    search_conditions,
)
from core.services.calls.listed import LISTED_MESSAGE_CHARACTERS, CallColumn, ListedCall
from core.services.lists.keyset import Key, Landmark, PagedQuestion, Seek
from core.services.lists.keyset_queries import (
    Bound,
    Columns,
    Statement,
    merged_keys,
    ordering,
    page,
    seek_values,
    turned,
)
from core.services.lists.standing import (
    again_statement,
    again_values,
    before_statement,
    counted_before,
)
from core.services.payments.search import SearchTerms

LOOKED_THROUGH_ROWS = 10_000
"""How many of the newest calls one or two letters are looked for in: no index knows them."""

_INDEX = table(CALL_SEARCH_TABLE, column("rowid"))
_CALL = "payment_transaction"
_MOMENT, _ID = f"{_CALL}.request_at", f"{_CALL}.id"
_ORDERED_BY = {
    CallColumn.REQUEST_AT: (_MOMENT, _ID),
    CallColumn.GATEWAY: (f"{_CALL}.gateway_name", _MOMENT, _ID),
    CallColumn.REQUEST_TYPE: (f"{_CALL}.request_type", _MOMENT, _ID),
    CallColumn.STATUS: (f"{_CALL}.status", _MOMENT, _ID),
    CallColumn.RESULT: (f"({RESULT})", _MOMENT, _ID),
    CallColumn.ANSWER: (f"{_CALL}.response_code", _MOMENT, _ID),
    CallColumn.TIME: (CALL_TIME, _MOMENT, _ID),
    CallColumn.ERROR: (f"{_CALL}.error_code", _MOMENT, _ID),
    CallColumn.TRANSACTION: (f"{_CALL}.transaction_id", _ID),
    CallColumn.PAYMENT: (f"{_CALL}.payment_id", f"{_CALL}.gateway_name", _ID),
}
_KEYS: dict[CallColumn, Callable[[ListedCall], Key]] = {
    CallColumn.REQUEST_AT: lambda row: (row.stored_request_at, row.id),
    CallColumn.GATEWAY: lambda row: (row.gateway_name, row.stored_request_at, row.id),
    CallColumn.REQUEST_TYPE: lambda row: (row.stored_request_type, row.stored_request_at, row.id),
    CallColumn.STATUS: lambda row: (row.stored_status, row.stored_request_at, row.id),
    CallColumn.RESULT: lambda row: (row.stored_result, row.stored_request_at, row.id),
    CallColumn.ANSWER: lambda row: (row.response_code, row.stored_request_at, row.id),
    CallColumn.TIME: lambda row: (row.stored_time_ms, row.stored_request_at, row.id),
    CallColumn.ERROR: lambda row: (row.error_code, row.stored_request_at, row.id),
    CallColumn.TRANSACTION: lambda row: (row.transaction_id, row.id),
    CallColumn.PAYMENT: lambda row: (row.payment_key, row.gateway_name, row.id),
}


def _cut(text: ColumnElement[str]) -> ColumnElement[str]:
    return func.substr(text, 1, LISTED_MESSAGE_CHARACTERS)


_LISTED: tuple[Any, ...] = (
    PaymentTransaction.id,
    PaymentTransaction.request_at,
    PaymentTransaction.gateway_name,
    PaymentTransaction.request_type,
    PaymentTransaction.status,
    RESULT.label("result"),
    PaymentTransaction.response_code,
    _cut(PaymentTransaction.response_message.expression),
    literal_column(CALL_TIME),
    PaymentTransaction.error_code,
    _cut(PaymentTransaction.error_message.expression),
    PaymentTransaction.transaction_id,
    PaymentTransaction.payment_id,
    select(Payment.payment_id).where(Payment.id == PaymentTransaction.payment_id).scalar_subquery(),
)
"""The columns of :class:`ListedCall`, in its order."""


@dataclass(frozen=True, slots=True)
class CallOrder:
    """By which column, and which way round."""

    column: CallColumn = CallColumn.REQUEST_AT
    descending: bool = True


NEWEST_CALLS_FIRST = CallOrder()


def ask(
    database: Database,
    wanted: CallFilter,
    order: CallOrder = NEWEST_CALLS_FIRST,
    *,
    locate: Callable[[int], Landmark | None] = lambda _position: None,
) -> PagedQuestion[ListedCall]:
    """Return a filter in an order as a question that is answered page by page."""
    by_index = _is_answered_by_index(wanted, order)
    key = _key_of_hit if by_index else _KEYS[order.column]
    dialect = database.engine.dialect

    def rows(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[ListedCall]:
        question = page_question(wanted, order, seek.backwards, Bound.of(seek), dialect)
        return list(map(ListedCall._make, database.rows(question, _values(seek), cancelled)))

    def find(known: Sequence[ListedCall]) -> Sequence[ListedCall]:
        values = again_values(row.id for row in known)
        return list(map(ListedCall._make, database.rows(_again(wanted, dialect), values)))

    def place_of(place: Key) -> int | None:
        return counted_before(database, _before(wanted, order, len(place), dialect), place)

    return PagedQuestion(
        rows,
        key,
        locate=locate,
        find=find,
        count_before=place_of,
        one_moment=database.one_moment,
    )


def newest(wanted: CallFilter) -> Statement:
    """Return the newest calls of a filter, as far back as they are looked through."""
    columns = _columns(CallColumn.REQUEST_AT, indexed=True)
    found = _merged(wanted, columns, True, Bound(0, False), LOOKED_THROUGH_ROWS)
    return found.limit(LOOKED_THROUGH_ROWS)


def found_by_search(wanted: CallFilter, terms: SearchTerms) -> list[ColumnElement[bool]]:
    """Return the conditions of a search, its hits looked up at once."""
    if terms.indexed:
        hits: Statement = select(HIT_KEY).select_from(_INDEX).where(matches(terms))
    else:
        hits = newest(wanted)
    return [PaymentTransaction.id.in_(hits), *search_conditions(terms)]


def _values(seek: Seek) -> dict[str, object]:
    return {**seek_values(seek), "arm_limit": seek.limit + seek.skip}


@lru_cache(maxsize=64)
def page_question(
    wanted: CallFilter, order: CallOrder, backwards: bool, bound: Bound, dialect: Dialect
) -> DriverQuestion:
    """Return the question of a page, made once, whose key, limit and skip are left open."""
    return driver_question(_statement(wanted, order, backwards, bound), dialect)


@lru_cache(maxsize=64)
def _before(wanted: CallFilter, order: CallOrder, values: int, dialect: Dialect) -> DriverQuestion:
    """Return the question how many calls stand before a key."""
    found, columns = _found(select(PaymentTransaction.id), wanted, order)
    return driver_question(before_statement(found, columns, order.descending, values), dialect)


@lru_cache(maxsize=64)
def _again(wanted: CallFilter, dialect: Dialect) -> DriverQuestion:
    """Return the question which of some calls a filter still finds."""
    terms = SearchTerms.of(wanted.search)
    conditions = [*search_conditions(terms), *call_conditions(wanted)]
    again = again_statement(select(*_LISTED), PaymentTransaction.id.expression, conditions)
    return driver_question(again, dialect)


def _found(selected: Statement, wanted: CallFilter, order: CallOrder) -> tuple[Statement, Columns]:
    """Return the calls of a filter, and what they are ordered by."""
    terms = SearchTerms.of(wanted.search)
    if _is_answered_by_index(wanted, order):
        by_hit: Columns = (literal_column(f"{CALL_SEARCH_TABLE}.rowid"),)
        found = (
            selected.select_from(_INDEX)
            .join(PaymentTransaction, PaymentTransaction.id == HIT_KEY)
            .where(matches(terms), *search_conditions(terms), *call_conditions(wanted))
        )
        return found, by_hit
    searched = found_by_search(wanted, terms) if terms else []
    found = selected.where(*searched, *call_conditions(wanted))
    return found, _columns(order.column, indexed=not terms)


def _statement(wanted: CallFilter, order: CallOrder, backwards: bool, bound: Bound) -> Statement:
    descending = order.descending is not backwards
    if wanted.search.strip() or len(_arms(wanted)) == 1:
        found, columns = _found(select(*_LISTED), wanted, order)
        return page(found, columns, descending, bound)
    columns = _columns(order.column, indexed=True)
    picked = _merged(wanted, columns, descending, bound, open_value("arm_limit"))
    picked = picked.limit(open_value("row_limit")).offset(open_value("row_skip"))
    return (
        select(*_LISTED)
        .where(PaymentTransaction.id.in_(picked))
        .order_by(*turned(_columns(order.column, indexed=False), descending))
    )


def _is_answered_by_index(wanted: CallFilter, order: CallOrder) -> bool:
    """Tell whether the index over parts of words gives the hits in the order wanted."""
    by_moment = order.column is CallColumn.REQUEST_AT and wanted.payment_id is None
    return by_moment and bool(SearchTerms.of(wanted.search).indexed)


def _key_of_hit(row: ListedCall) -> Key:
    moment = datetime.fromisoformat(row.stored_request_at).replace(tzinfo=UTC)
    return (key_in_index(moment, row.id),)


def _columns(ordered_by: CallColumn, *, indexed: bool) -> Columns:
    return ordering(_ORDERED_BY[ordered_by], indexed=indexed)


def _arms(wanted: CallFilter) -> list[CallFilter]:
    """Return a filter as filters of one state each: an index serves only these."""
    if len(wanted.statuses) < 2:
        return [wanted]
    return [replace(wanted, statuses=frozenset({each})) for each in sorted(wanted.statuses)]


def _merged(
    wanted: CallFilter,
    columns: Columns,
    descending: bool,
    bound: Bound,
    limit: int | BindParameter[Any],
) -> Select[int]:
    arms = [call_conditions(arm) for arm in _arms(wanted)]
    return merged_keys(PaymentTransaction.id.expression, arms, columns, descending, bound, limit)

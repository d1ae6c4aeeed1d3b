"""Which calls to gateways a list shows, and how it says so to the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.clock import day_end, day_start
from core.database.call_search import CALL_SEARCH_TABLE
from core.database.hints import spelt_unindexed, unindexed
from core.database.payment_search import KEY_MASK
from core.database.spelling import index_hit
from core.model.calls import CALL_RESULT, CALL_TIME, CallResult
from core.model.payments import (
    Payment,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.services.payments.search import SearchTerms

HIT_KEY: ColumnElement[int] = literal_column(f"({CALL_SEARCH_TABLE}.rowid & {KEY_MASK})")
RESULT: ColumnElement[int] = literal_column(f"({CALL_RESULT})")
_TIME: ColumnElement[int] = spelt_unindexed(CALL_TIME)

_SEARCHED = (
    PaymentTransaction.transaction_id,
    PaymentTransaction.response_code,
    PaymentTransaction.response_message,
    PaymentTransaction.error_code,
    PaymentTransaction.error_message,
)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Calls to gateways; None or an empty set leaves a side open. Days are the shop's.

    ``least_ms`` is how long a call took at least, in milliseconds. ``payment_id`` is the public id
    of the payment it was made for.
    """

    gateway_name: str | None = None
    request_type: RequestType | None = None
    error_code: str | None = None
    result: CallResult | None = None
    first_day: date | None = None
    last_day: date | None = None
    statuses: frozenset[TransactionStatus] = frozenset()
    least_ms: int | None = None
    payment_id: str | None = None
    search: str = ""


def call_conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    """Return a filter without its search as the conditions of a query over calls.

    Of several things asked for only the rarest is looked up by its index: SQLite, which keeps no
    statistics here, would as well take the most common.
    """
    call = PaymentTransaction
    conditions: list[ColumnElement[bool]] = []
    if wanted.first_day is not None:
        conditions.append(call.request_at >= day_start(wanted.first_day))
    if wanted.last_day is not None:
        conditions.append(call.request_at < day_end(wanted.last_day))
    if wanted.least_ms is not None:
        conditions.append(wanted.least_ms <= _TIME)
    is_found = wanted.payment_id is not None
    if is_found:
        owner = select(Payment.id).where(Payment.payment_id == wanted.payment_id)
        conditions.append(call.payment_id == owner.scalar_subquery())
    if wanted.error_code is not None:
        conditions.append(_known(call.error_code, is_found) == wanted.error_code)
        is_found = True
    if wanted.statuses:
        conditions.append(_known(call.status, is_found).in_(wanted.statuses))
        is_found = True
    if wanted.request_type is not None:
        conditions.append(_known(call.request_type, is_found) == wanted.request_type)
        is_found = True
    if wanted.result is not None:
        conditions.append(has_result(wanted.result, indexed=not is_found))
        is_found = True
    if wanted.gateway_name is not None:
        conditions.append(_known(call.gateway_name, is_found) == wanted.gateway_name)
    return conditions


def has_result(result: CallResult, *, indexed: bool = True) -> ColumnElement[bool]:
    """Return that a call ended so; looked up by its index, or only looked at."""
    looked_at = f"({CALL_RESULT})"
    found = literal_column(looked_at, Integer) if indexed else spelt_unindexed(looked_at, Integer)
    return found == result.value


def search_conditions(terms: SearchTerms) -> list[ColumnElement[bool]]:
    """Return that a call has every term in a field of its own or of its payment's."""
    return [_any_field_has(term) for term in (*terms.indexed, *terms.short)]


def matches(terms: SearchTerms) -> ColumnElement[bool]:
    """Return the condition of the index over parts of words."""
    return index_hit(CALL_SEARCH_TABLE, terms.indexed)


def _known(column: InstrumentedAttribute, is_found: bool) -> ColumnElement:  # type: ignore[type-arg]  # of any type
    return unindexed(column) if is_found else column.expression


def _any_field_has(term: str) -> ColumnElement[bool]:
    owner = select(Payment.id).where(
        Payment.id == PaymentTransaction.payment_id,
        or_(
            Payment.payment_id.icontains(term, autoescape=True),
            Payment.transaction_reference.icontains(term, autoescape=True),
        ),
    )
    return or_(*(field.icontains(term, autoescape=True) for field in _SEARCHED), owner.exists())

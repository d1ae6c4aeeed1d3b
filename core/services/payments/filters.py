"""Which payments a list shows: the filter of the payments page and of every figure's drill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.clock import day_end, day_start
from core.database.hints import unindexed
from core.model.attempts import GatewayAttempt
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    PaymentType,
    TransactionStatus,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.services.calls.filters import CallFilter, call_conditions
from core.services.customers.identity import account_rows
from core.services.payments.search import SearchTerms


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Payments with a refund like this; None leaves a side open. Days are the shop's.

    ``decided_by`` is who had the last word: who rejected it, else who approved it. ``people`` asked
    for it or decided it.
    """

    statuses: frozenset[RefundStatus] = frozenset()
    first_requested_day: date | None = None
    last_requested_day: date | None = None
    first_completed_day: date | None = None
    last_completed_day: date | None = None
    reason: str | None = None
    requested_by: str | None = None
    decided_by: str | None = None
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments a list shows; an empty set or None leaves a side open. Days are the shop's.

    ``first_day`` and ``last_day`` are days of recording. ``customer_id`` finds payments of those
    merged into that one too. ``has_customer`` tells payments of known customers from the rest;
    ``needs_decision`` those whose network leaves its answer to a person, about the payment or a
    refund of it.
    ``payment_ids`` is for small sets: some hundreds, not thousands.
    """

    statuses: frozenset[PaymentStatus] = frozenset()
    methods: frozenset[PaymentMethod] = frozenset()
    types: frozenset[PaymentType] = frozenset()
    reconciled: bool | None = None
    first_day: date | None = None
    last_day: date | None = None
    search: str = ""
    paid_first_day: date | None = None
    paid_last_day: date | None = None
    currency: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    created_by: str | None = None
    customer_id: int | None = None
    has_customer: bool | None = None
    gateway_name: str | None = None
    till_session_id: int | None = None
    payment_ids: frozenset[str] = frozenset()
    needs_decision: bool = False
    refunds: RefundFilter | None = None
    calls: CallFilter | None = None


def payment_conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return a filter as the conditions of a query over payments."""
    conditions: list[ColumnElement[bool]] = [
        *_within(Payment.created_at, wanted.first_day, wanted.last_day),
        *_within(Payment.paid_at, wanted.paid_first_day, wanted.paid_last_day),
    ]
    conditions += _kind_conditions(wanted)
    if wanted.currency:
        conditions.append(Payment.currency == wanted.currency)
    conditions += _amount_conditions(wanted)
    if wanted.has_customer is not None:
        unknown = Payment.customer_id.is_(None)
        conditions.append(~unknown if wanted.has_customer else unknown)
    if wanted.customer_id is not None:
        conditions.append(Payment.customer_id.in_(account_rows(wanted.customer_id)))
    if wanted.payment_ids:
        conditions.append(Payment.payment_id.in_(wanted.payment_ids))
    if wanted.needs_decision:
        left = GatewayAttempt.status == TransactionStatus.UNRESOLVED
        conditions.append(Payment.id.in_(select(GatewayAttempt.payment_id).where(left)))
    conditions += _equal(
        (Payment.created_by, wanted.created_by),
        (Payment.gateway_name, wanted.gateway_name),
        (Payment.till_session_id, wanted.till_session_id),
    )
    if wanted.refunds is not None:
        refunds = select(RefundRequest.payment_id).where(*refund_conditions(wanted.refunds))
        conditions.append(Payment.id.in_(refunds))
    if wanted.calls is not None:
        calls = select(PaymentTransaction.payment_id).where(*call_conditions(wanted.calls))
        conditions.append(Payment.id.in_(calls))
    terms = SearchTerms.of(wanted.search)
    conditions += [*terms.membership(), *terms.conditions()]
    return conditions


def _kind_conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on what few values tell; the days of payment, if asked, find more."""
    status: ColumnElement[PaymentStatus] = Payment.status.expression
    method: ColumnElement[PaymentMethod] = Payment.payment_method.expression
    reconciled: ColumnElement[bool] = Payment.reconciled.expression
    if wanted.paid_first_day is not None and wanted.paid_last_day is not None:
        status, method = unindexed(Payment.status), unindexed(Payment.payment_method)
        reconciled = unindexed(Payment.reconciled)
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        conditions.append(status.in_(wanted.statuses))
    if wanted.methods:
        conditions.append(method.in_(wanted.methods))
    if wanted.types:
        conditions.append(Payment.payment_type.in_(wanted.types))
    if wanted.reconciled is not None:
        conditions.append(reconciled.is_(wanted.reconciled))
        if not wanted.reconciled:
            # Points stand on no statement, so none is awaited.
            conditions.append(method != PaymentMethod.LOYALTY_POINTS)
    return conditions


def _amount_conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the amount; only an exact one is worth an index of its own."""
    least, most = wanted.least_minor, wanted.most_minor
    if least is not None and least == most:
        return [Payment.amount_minor == least]
    amount = unindexed(Payment.amount_minor)
    conditions: list[ColumnElement[bool]] = []
    if least is not None:
        conditions.append(amount >= least)
    if most is not None:
        conditions.append(amount <= most)
    return conditions


def refund_conditions(wanted: RefundFilter) -> list[ColumnElement[bool]]:
    """Return the filter as SQL over refunds."""
    conditions = [
        *_within(RefundRequest.requested_at, wanted.first_requested_day, wanted.last_requested_day),
        *_within(
            RefundRequest.refund_completed_at, wanted.first_completed_day, wanted.last_completed_day
        ),
        *_equal(
            (RefundRequest.reason, wanted.reason),
            (RefundRequest.requested_by, wanted.requested_by),
        ),
    ]
    if wanted.statuses:
        conditions.append(RefundRequest.status.in_(wanted.statuses))
    if wanted.decided_by is not None:
        conditions.append(decided_by() == wanted.decided_by)
    if wanted.people:
        asked = RefundRequest.requested_by.in_(wanted.people)
        conditions.append(or_(asked, decided_by().in_(wanted.people)))
    return conditions


def decided_by() -> ColumnElement[str]:
    """Return who decided a refund: who rejected it, also after an approval, else who approved."""
    rejecter = func.nullif(RefundRequest.rejected_by, "")
    return func.coalesce(rejecter, RefundRequest.approved_by, "")


def _within(
    column: InstrumentedAttribute[object], first: date | None, last: date | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if first is not None:
        conditions.append(column >= day_start(first))
    if last is not None:
        conditions.append(column < day_end(last))
    return conditions


def _equal(*pairs: tuple[InstrumentedAttribute[object], object]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in pairs if value is not None]

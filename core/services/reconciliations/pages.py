"""The list of reconciliations: by provider, state and days of the statement, or what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from core.database.spelling import day_or_nothing
from core.database.unit_of_work import Database
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.permissions import Actor, Permission
from core.services.lists.keyset import PagedQuestion
from core.services.lists.listings import Listing, ListOrder, Place, ask_listing, listing_totals
from core.services.payments.totals import Total


class ReconciliationColumn(StrEnum):
    """A column by which the list of reconciliations is ordered."""

    STATUS = "status"
    FILE = "file"
    ACCOUNT = "account"
    CURRENCY = "currency"
    PROVIDER = "provider"
    PERIOD = "period"
    LINES = "lines"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    DISCREPANCY = "discrepancy"
    SET_ASIDE = "ignored"
    WHO = "who"
    WHEN = "when"


NEWEST_WORK = ListOrder(ReconciliationColumn.WHEN)


@dataclass(frozen=True, slots=True)
class ReconciliationFilter:
    """Which reconciliations a list shows; what is empty leaves a side open.

    A statement is of a span of days when any of its own days lies in it. ``differs`` asks for those
    whose discrepancy is not zero, or is.
    """

    search: str = ""
    providers: frozenset[StatementProvider] = frozenset()
    statuses: frozenset[ReconciliationStatus] = frozenset()
    first_day: date | None = None
    last_day: date | None = None
    differs: bool | None = None


class ListedReconciliation(NamedTuple):
    """One reconciliation of the list; the ``stored`` values are as the database keeps them."""

    id: int
    reconciliation_id: str
    file_name: str
    stored_provider: str
    account: str
    currency: str
    stored_first_day: str
    stored_last_day: str
    lines: int
    matched_count: int
    unmatched_count: int
    discrepancy_amount_minor: int
    stored_status: str
    who: str
    stored_when: str

    @property
    def set_aside(self) -> int:
        """How many of its lines a person set aside."""
        return self.lines - self.matched_count - self.unmatched_count

    @property
    def provider(self) -> StatementProvider:
        """Who sent the statement."""
        return StatementProvider(self.stored_provider)

    @property
    def status(self) -> ReconciliationStatus:
        """Where it stands."""
        return ReconciliationStatus(self.stored_status)

    @property
    def statement_period_start(self) -> date | None:
        """The statement's first day."""
        return _day(self.stored_first_day)

    @property
    def statement_period_end(self) -> date | None:
        """The statement's last day."""
        return _day(self.stored_last_day)

    @property
    def statement_date(self) -> date | None:
        """The day a report of it is named after where it spans no days."""
        return self.statement_period_end

    @property
    def when(self) -> datetime:
        """When it was closed, or taken in, in UTC."""
        return datetime.fromisoformat(self.stored_when).replace(tzinfo=UTC)


def _day(stored: str) -> date | None:
    return date.fromisoformat(stored) if stored else None


_FIRST = func.coalesce(
    PaymentReconciliation.statement_period_start, PaymentReconciliation.statement_date
)
_LAST = func.coalesce(
    PaymentReconciliation.statement_period_end, PaymentReconciliation.statement_date
)


def _conditions(wanted: ReconciliationFilter) -> list[ColumnElement[bool]]:
    words = (
        PaymentReconciliation.file_name,
        PaymentReconciliation.account,
        PaymentReconciliation.imported_by,
        PaymentReconciliation.reconciled_by,
        PaymentReconciliation.notes,
    )
    conditions: list[ColumnElement[bool]] = [
        or_(*(field.icontains(word, autoescape=True) for field in words))
        for word in wanted.search.split()
    ]
    if wanted.providers:
        conditions.append(PaymentReconciliation.provider.in_(wanted.providers))
    if wanted.statuses:
        conditions.append(PaymentReconciliation.status.in_(wanted.statuses))
    if wanted.first_day is not None:
        conditions.append(wanted.first_day <= _LAST)
    if wanted.last_day is not None:
        conditions.append(wanted.last_day >= _FIRST)
    if wanted.differs is not None:
        is_zero = PaymentReconciliation.discrepancy_amount_minor == 0
        conditions.append(~is_zero if wanted.differs else is_zero)
    return conditions


def _place(column: str, field: str = "") -> Place:
    return Place(f"payment_reconciliation.{column}", field or column)


_ID = _place("id")
_FIRST_DAY = day_or_nothing(
    "coalesce(payment_reconciliation.statement_period_start, payment_reconciliation.statement_date)"
)
_LAST_DAY = day_or_nothing(
    "coalesce(payment_reconciliation.statement_period_end, payment_reconciliation.statement_date)"
)
_LINES = "payment_reconciliation.total_transactions - payment_reconciliation.known_transactions"
_SET_ASIDE = (
    f"({_LINES} - payment_reconciliation.matched_count - payment_reconciliation.unmatched_count)"
)
_WHO = (
    "coalesce(nullif(payment_reconciliation.reconciled_by, ''), payment_reconciliation.imported_by)"
)
_WHEN = "coalesce(payment_reconciliation.reconciled_at, payment_reconciliation.imported_at)"
_LISTING: Listing[ReconciliationFilter, ListedReconciliation] = Listing(
    row=ListedReconciliation._make,
    key=PaymentReconciliation.id,
    selected=lambda _wanted: select(
        PaymentReconciliation.id,
        PaymentReconciliation.reconciliation_id,
        PaymentReconciliation.file_name,
        PaymentReconciliation.provider,
        PaymentReconciliation.account,
        PaymentReconciliation.currency,
        _FIRST_DAY,
        _LAST_DAY,
        PaymentReconciliation.total_transactions - PaymentReconciliation.known_transactions,
        PaymentReconciliation.matched_count,
        PaymentReconciliation.unmatched_count,
        PaymentReconciliation.discrepancy_amount_minor,
        PaymentReconciliation.status,
        func.coalesce(
            func.nullif(PaymentReconciliation.reconciled_by, ""),
            PaymentReconciliation.imported_by,
        ),
        func.coalesce(PaymentReconciliation.reconciled_at, PaymentReconciliation.imported_at),
    ),
    summed=(PaymentReconciliation.discrepancy_amount_minor, PaymentReconciliation.currency),
    conditions=_conditions,
    orders={
        ReconciliationColumn.STATUS: (_place("status", "stored_status"), _ID),
        ReconciliationColumn.FILE: (_place("file_name"), _ID),
        ReconciliationColumn.ACCOUNT: (_place("account"), _ID),
        ReconciliationColumn.CURRENCY: (_place("currency"), _ID),
        ReconciliationColumn.PROVIDER: (_place("provider", "stored_provider"), _ID),
        ReconciliationColumn.PERIOD: (
            Place(_FIRST_DAY.in_file, "stored_first_day", _FIRST_DAY.on_server),
            _ID,
        ),
        ReconciliationColumn.LINES: (Place(f"({_LINES})", "lines"), _ID),
        ReconciliationColumn.MATCHED: (_place("matched_count"), _ID),
        ReconciliationColumn.UNMATCHED: (_place("unmatched_count"), _ID),
        ReconciliationColumn.DISCREPANCY: (_place("discrepancy_amount_minor"), _ID),
        ReconciliationColumn.SET_ASIDE: (Place(_SET_ASIDE, "set_aside"), _ID),
        ReconciliationColumn.WHO: (Place(_WHO, "who"), _ID),
        ReconciliationColumn.WHEN: (Place(_WHEN, "stored_when"), _ID),
    },
)


class ReconciliationPages:
    """The questions about statements taken in that a list asks; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(
        self, actor: Actor, wanted: ReconciliationFilter, order: ListOrder = NEWEST_WORK
    ) -> PagedQuestion[ListedReconciliation]:
        """Return a filter in an order as a question that is answered page by page."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return ask_listing(self._database, _LISTING, wanted, order)

    def totals(
        self,
        actor: Actor,
        wanted: ReconciliationFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Total, ...]:
        """Return how many reconciliations are asked for and what they differ by, by currency."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return listing_totals(session, _LISTING, wanted)

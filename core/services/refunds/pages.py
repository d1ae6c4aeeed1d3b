"""The list of refunds at any length: by where they stand, when they were asked for, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, column, func, literal_column, select, table

from core.database.hints import unindexed
from core.database.payment_search import KEY_MASK
from core.database.refund_search import (
    REFUND_SEARCH_TABLE,
    searched_refund_text,
    server_searched_refund_text,
)
from core.database.spelling import Spelt, has_text, index_hit, moment_or_nothing
from core.database.unit_of_work import Database
from core.model.invoices import CreditNote
from core.model.payments import Payment, PaymentMethod
from core.model.refunds import DECIDED_BY, RefundRequest, RefundStatus
from core.permissions import Actor, Permission
from core.services.lists.keyset import PagedQuestion
from core.services.lists.listings import (
    Hits,
    Listing,
    ListOrder,
    Place,
    ask_listing,
    listing_totals,
)
from core.services.payments.filters import RefundFilter, decided_by, refund_conditions
from core.services.payments.search import SearchTerms
from core.services.payments.totals import Total
from core.services.rows import RefundRow


class RefundColumn(StrEnum):
    """A column by which the list of refunds is ordered."""

    STATUS = "status"
    REQUESTED = "requested_at"
    AMOUNT = "refund_amount"
    CUSTOMER = "customer_name"
    REASON = "reason"
    METHOD = "payment_method"
    REQUESTED_BY = "requested_by"
    DECIDED_BY = "decided_by"
    COMPLETED = "refund_completed_at"
    INVOICE = "invoice_number"
    CREDIT_NOTE = "credit_note_number"


_INDEX = table(REFUND_SEARCH_TABLE, column("rowid"))
_HIT_KEY: ColumnElement[int] = literal_column(f"({REFUND_SEARCH_TABLE}.rowid & {KEY_MASK})")
_SEARCHED = Spelt(
    f"({searched_refund_text('refund_request')})",
    f"({server_searched_refund_text('refund_request')})",
    String,
)

NEWEST_REQUESTS = ListOrder(RefundColumn.REQUESTED)


@dataclass(frozen=True, slots=True)
class RefundListFilter:
    """Which refunds a list shows: of a kind, with words in them, of payments made in these ways."""

    of: RefundFilter = RefundFilter()  # noqa: RUF009 - frozen
    search: str = ""
    methods: frozenset[PaymentMethod] = frozenset()


class ListedRefund(NamedTuple):
    """One refund of the list; the ``stored`` values are as the database keeps them."""

    id: int
    refund_id: str
    payment_id: str
    customer_name: str
    stored_method: str
    paid_minor: int
    refund_amount_minor: int
    currency: str
    reason: str
    stored_status: str
    refund_transaction_id: str
    requested_by: str
    stored_requested_at: str
    approved_by: str
    stored_approved_at: str | None
    rejected_by: str
    processed_by: str
    response_notes: str
    stored_completed_at: str
    invoice_number: str
    credit_note_number: str
    version: int
    reason_note: str
    passed_on_by: str
    passed_on_note: str
    decided_by: str

    @property
    def payment_method(self) -> PaymentMethod:
        """How the payment was taken."""
        return PaymentMethod(self.stored_method)

    @property
    def status(self) -> RefundStatus:
        """Where it stands."""
        return RefundStatus(self.stored_status)

    @property
    def requested_at(self) -> datetime:
        """When it was asked for, in UTC."""
        return _moment(self.stored_requested_at)

    @property
    def refund_completed_at(self) -> datetime | None:
        """When the money was back, in UTC."""
        stored = self.stored_completed_at
        return _moment(stored) if stored else None

    @property
    def row(self) -> RefundRow:
        """All that is known of it."""
        approved_at = self.stored_approved_at
        return RefundRow(
            refund_id=self.refund_id,
            payment_id=self.payment_id,
            customer_name=self.customer_name,
            payment_method=self.payment_method,
            paid_minor=self.paid_minor,
            refund_amount_minor=self.refund_amount_minor,
            currency=self.currency,
            reason=self.reason,
            status=self.status,
            refund_transaction_id=self.refund_transaction_id,
            requested_by=self.requested_by,
            requested_at=self.requested_at,
            approved_by=self.approved_by,
            approved_at=None if approved_at is None else _moment(approved_at),
            rejected_by=self.rejected_by,
            processed_by=self.processed_by,
            response_notes=self.response_notes,
            refund_completed_at=self.refund_completed_at,
            invoice_number=self.invoice_number,
            credit_note_number=self.credit_note_number,
            version=self.version,
            reason_note=self.reason_note,
            passed_on_by=self.passed_on_by,
            passed_on_note=self.passed_on_note,
        )


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _conditions(wanted: RefundListFilter) -> list[ColumnElement[bool]]:
    conditions = refund_conditions(wanted.of)
    if wanted.methods:
        # Looked at refund by refund: by its index every payment of a method would be read.
        conditions.append(unindexed(Payment.payment_method).in_(wanted.methods))
    terms = SearchTerms.of(wanted.search)
    conditions += [has_text(_SEARCHED, term) for term in terms.all]
    return conditions


def _hits(wanted: RefundListFilter) -> Hits | None:
    terms = SearchTerms.of(wanted.search)
    if not terms.indexed:
        return None
    matches = index_hit(REFUND_SEARCH_TABLE, terms.indexed)
    members = select(_HIT_KEY).select_from(_INDEX).where(matches)
    return Hits(select(_INDEX.c.rowid).where(matches), RefundRequest.id.in_(members))


_ID = Place("refund_request.id", "id")
_REQUESTED = Place("refund_request.requested_at", "stored_requested_at")
_COMPLETED = moment_or_nothing("refund_request.refund_completed_at")
_LISTING: Listing[RefundListFilter, ListedRefund] = Listing(
    row=ListedRefund._make,
    key=RefundRequest.id,
    selected=lambda _wanted: (
        select(
            RefundRequest.id,
            RefundRequest.refund_id,
            Payment.payment_id,
            Payment.customer_name,
            Payment.payment_method,
            Payment.amount_minor,
            RefundRequest.refund_amount_minor,
            RefundRequest.currency,
            RefundRequest.reason,
            RefundRequest.status,
            RefundRequest.refund_transaction_id,
            RefundRequest.requested_by,
            RefundRequest.requested_at,
            func.coalesce(RefundRequest.approved_by, ""),
            RefundRequest.approved_at,
            RefundRequest.rejected_by,
            RefundRequest.processed_by,
            RefundRequest.response_notes,
            _COMPLETED,
            func.coalesce(Payment.invoice_number, ""),
            func.coalesce(CreditNote.credit_note_number, ""),
            RefundRequest.version,
            RefundRequest.reason_note,
            RefundRequest.passed_on_by,
            RefundRequest.passed_on_note,
            decided_by(),
        )
        .join_from(RefundRequest, Payment, Payment.id == RefundRequest.payment_id)
        .outerjoin(CreditNote, CreditNote.refund_id == RefundRequest.id)
    ),
    summed=(RefundRequest.refund_amount_minor, RefundRequest.currency),
    conditions=_conditions,
    hits=_hits,
    orders={
        RefundColumn.STATUS: (Place("refund_request.status", "stored_status"), _REQUESTED, _ID),
        RefundColumn.REQUESTED: (_REQUESTED, _ID),
        RefundColumn.AMOUNT: (
            Place("refund_request.refund_amount_minor", "refund_amount_minor"),
            _ID,
        ),
        RefundColumn.CUSTOMER: (Place("payment.customer_name", "customer_name"), _ID),
        RefundColumn.REASON: (Place("refund_request.reason", "reason"), _ID),
        RefundColumn.METHOD: (Place("payment.payment_method", "stored_method"), _REQUESTED, _ID),
        RefundColumn.REQUESTED_BY: (
            Place("refund_request.requested_by", "requested_by"),
            _REQUESTED,
            _ID,
        ),
        RefundColumn.DECIDED_BY: (Place(f"({DECIDED_BY})", "decided_by"), _REQUESTED, _ID),
        RefundColumn.COMPLETED: (
            Place(f"({_COMPLETED.in_file})", "stored_completed_at", _COMPLETED.on_server),
            _ID,
        ),
        RefundColumn.INVOICE: (
            Place("coalesce(payment.invoice_number, '')", "invoice_number"),
            _ID,
        ),
        RefundColumn.CREDIT_NOTE: (
            Place("coalesce(credit_note.credit_note_number, '')", "credit_note_number"),
            _ID,
        ),
    },
)


class RefundLists:
    """The questions about refunds that a list asks; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(
        self, actor: Actor, wanted: RefundListFilter, order: ListOrder = NEWEST_REQUESTS
    ) -> PagedQuestion[ListedRefund]:
        """Return a filter in an order as a question that is answered page by page."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return ask_listing(self._database, _LISTING, wanted, order)

    def totals(
        self,
        actor: Actor,
        wanted: RefundListFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Total, ...]:
        """Return count and sum of the refunds asked for, by currency."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return listing_totals(session, _LISTING, wanted)

    def people(self, actor: Actor) -> tuple[str, ...]:
        """Return who asked for refunds or decided them so far, by name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        asked = select(RefundRequest.requested_by)
        decided = select(decided_by())
        with self._database.read() as session:
            return tuple(sorted(filter(None, session.scalars(asked.union(decided)))))

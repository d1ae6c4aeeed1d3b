"""Looking at invoices and credit notes: lists of any length by state, day of issue and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, literal, select

from core.clock import shop_date
from core.database.spelling import Spelt
from core.database.unit_of_work import Database
from core.model.invoices import (
    INVOICE_STANDING,
    INVOICE_STANDING_ON_SERVER,
    CreditNote,
    Invoice,
)
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.permissions import Actor, Permission
from core.services.lists.keyset import PagedQuestion
from core.services.lists.keyset_queries import Statement
from core.services.lists.listings import (
    Hits,
    Listing,
    ListOrder,
    Place,
    ask_listing,
    listing_totals,
)
from core.services.papers.listed_papers import (
    CreditNoteColumn,
    InvoiceColumn,
    ListedCreditNote,
    ListedInvoice,
)
from core.services.papers.paper_filter import (
    InvoiceState,
    PaperFilter,
    credit_note_conditions,
    invoice_conditions,
    searched_invoices,
)
from core.services.payments.search import INDEX, SearchTerms
from core.services.payments.totals import Total

__all__ = ["InvoiceState", "PaperFilter", "PaperLists"]

NEWEST_INVOICES = ListOrder(InvoiceColumn.ISSUED)
NEWEST_CREDIT_NOTES = ListOrder(CreditNoteColumn.ISSUED)

_ID = Place("invoice.id", "id")
_ISSUED = Place("invoice.issued_date", "stored_issued_date")
_PAYMENT = (
    Place("payment.created_at", "payment_created_at"),
    Place("payment.id", "payment_key"),
)
_INVOICE_ORDERS = {
    InvoiceColumn.NUMBER: (Place("invoice.invoice_number", "invoice_number"), _ID),
    InvoiceColumn.ISSUED: (_ISSUED, _ID),
    InvoiceColumn.CUSTOMER: (Place("payment.customer_name", "customer_name"), _PAYMENT[1]),
    InvoiceColumn.STATE: (
        Place(f"({INVOICE_STANDING})", "standing", f"({INVOICE_STANDING_ON_SERVER})"),
        _ID,
    ),
    InvoiceColumn.TOTAL: (Place("invoice.total_minor", "total_minor"), _ID),
    InvoiceColumn.TAX: (Place("invoice.tax_minor", "tax_minor"), _ID),
    InvoiceColumn.SUBTOTAL: (Place("invoice.subtotal_minor", "subtotal_minor"), _ID),
    InvoiceColumn.METHOD: (Place("payment.payment_method", "stored_method"), *_PAYMENT),
    InvoiceColumn.SENT: (
        Place("invoice.sent_to_customer", "stored_sent_to_customer"),
        _ISSUED,
        _ID,
    ),
    InvoiceColumn.FISCAL: (Place("invoice.ebm_receipt_number", "ebm_receipt_number"), _ID),
    InvoiceColumn.PDF: (Place("invoice.pdf_file", "pdf_file"), _ID),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter on a day of the shop: an invoice is overdue from one day to the next."""

    wanted: PaperFilter
    today: date


def _invoice_statement(asked: _Asked) -> Statement:
    return select(
        Invoice.id,
        Invoice.invoice_number,
        Payment.payment_id,
        Payment.customer_name,
        Payment.payment_method,
        Invoice.subtotal_minor,
        Invoice.tax_minor,
        Invoice.total_minor,
        Invoice.currency,
        Invoice.issued_date,
        Invoice.due_date,
        Invoice.is_paid,
        Invoice.paid_date,
        Invoice.sent_to_customer,
        Invoice.sent_at,
        Invoice.pdf_file,
        Invoice.notes,
        Invoice.void_date,
        Invoice.language,
        Invoice.ebm_receipt_number,
        Invoice.ebm_signature,
        Payment.status,
        literal(asked.today.isoformat()),
        Spelt(INVOICE_STANDING, INVOICE_STANDING_ON_SERVER),
        Payment.id,
        Payment.created_at,
    ).join_from(Invoice, Payment, Payment.id == Invoice.payment_id)


def _searched(asked: _Asked) -> Hits | None:
    terms = SearchTerms.of(asked.wanted.search)
    if not terms.indexed:
        return None
    return Hits(select(INDEX.c.rowid).where(terms.matches()), searched_invoices(terms))


_INVOICES: Listing[_Asked, ListedInvoice] = Listing(
    row=ListedInvoice._make,
    key=Invoice.id,
    selected=_invoice_statement,
    summed=(Invoice.total_minor, Invoice.currency),
    conditions=lambda asked: invoice_conditions(asked.wanted, asked.today),
    orders=_INVOICE_ORDERS,
    hits=_searched,
)

_NOTE_ID = Place("credit_note.id", "id")
_NOTE_ISSUED = Place("credit_note.issued_date", "stored_issued_date")
_CREDIT_NOTES: Listing[PaperFilter, ListedCreditNote] = Listing(
    row=ListedCreditNote._make,
    key=CreditNote.id,
    selected=lambda _wanted: (
        select(
            CreditNote.id,
            CreditNote.credit_note_number,
            func.coalesce(Invoice.invoice_number, ""),
            RefundRequest.refund_id,
            Payment.payment_id,
            CreditNote.customer_name,
            Payment.payment_method,
            CreditNote.amount_minor,
            CreditNote.tax_minor,
            CreditNote.currency,
            CreditNote.issued_date,
            RefundRequest.reason,
            CreditNote.pdf_file,
            CreditNote.ebm_receipt_number,
            CreditNote.ebm_signature,
        )
        .join_from(CreditNote, RefundRequest, RefundRequest.id == CreditNote.refund_id)
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .outerjoin(Invoice, Invoice.id == CreditNote.invoice_id)
    ),
    summed=(CreditNote.amount_minor, CreditNote.currency),
    conditions=credit_note_conditions,
    orders={
        CreditNoteColumn.NUMBER: (
            Place("credit_note.credit_note_number", "credit_note_number"),
            _NOTE_ID,
        ),
        CreditNoteColumn.ISSUED: (_NOTE_ISSUED, _NOTE_ID),
        CreditNoteColumn.CUSTOMER: (Place("credit_note.customer_name", "customer_name"), _NOTE_ID),
        CreditNoteColumn.METHOD: (
            Place("payment.payment_method", "stored_method"),
            _NOTE_ISSUED,
            _NOTE_ID,
        ),
        CreditNoteColumn.AMOUNT: (Place("credit_note.amount_minor", "amount_minor"), _NOTE_ID),
        CreditNoteColumn.TAX: (Place("credit_note.tax_minor", "tax_minor"), _NOTE_ID),
        CreditNoteColumn.INVOICE: (
            Place("coalesce(invoice.invoice_number, '')", "invoice_number"),
            _NOTE_ID,
        ),
        CreditNoteColumn.REASON: (Place("refund_request.reason", "reason"), _NOTE_ID),
        CreditNoteColumn.FISCAL: (
            Place("credit_note.ebm_receipt_number", "ebm_receipt_number"),
            _NOTE_ID,
        ),
    },
)


class PaperLists:
    """The questions about papers; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invoices(
        self, actor: Actor, wanted: PaperFilter, order: ListOrder = NEWEST_INVOICES
    ) -> PagedQuestion[ListedInvoice]:
        """Return a filter of invoices in an order as a question answered page by page."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return ask_listing(self._database, _INVOICES, self._asked(wanted), order)

    def invoice_totals(
        self,
        actor: Actor,
        wanted: PaperFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Total, ...]:
        """Return count and sum of the invoices asked for, by currency."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return listing_totals(session, _INVOICES, self._asked(wanted))

    def credit_notes(
        self, actor: Actor, wanted: PaperFilter, order: ListOrder = NEWEST_CREDIT_NOTES
    ) -> PagedQuestion[ListedCreditNote]:
        """Return a filter of credit notes in an order as a question answered page by page."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return ask_listing(self._database, _CREDIT_NOTES, wanted, order)

    def credit_note_totals(
        self,
        actor: Actor,
        wanted: PaperFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Total, ...]:
        """Return count and sum of the credit notes asked for, by currency."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return listing_totals(session, _CREDIT_NOTES, wanted)

    def _asked(self, wanted: PaperFilter) -> _Asked:
        return _Asked(wanted, shop_date(self._database.clock()))

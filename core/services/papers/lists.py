"""Looking at invoices and credit notes: lists page by page, by state, month and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload

from core.clock import shop_date
from core.database.unit_of_work import Database
from core.model.invoices import CreditNote, Invoice
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.refunds import RefundRequest
from core.permissions import Actor, Permission
from core.services.mapping import invoice_row
from core.services.rows import InvoiceRow, Page


class InvoiceState(StrEnum):
    """Where an invoice stands today; ``CREDITED``: all of its money went back."""

    PAID = "paid"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    VOID = "void"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """Which papers a list shows; what is empty leaves a side open.

    ``month`` is any day of the month of issue; ``states`` are an invoice's alone.
    """

    search: str = ""
    month: date | None = None
    states: frozenset[InvoiceState] = frozenset()


@dataclass(frozen=True, slots=True)
class InvoiceListRow:
    """An invoice as the list shows it, with where it stands."""

    invoice: InvoiceRow
    state: InvoiceState

    @property
    def number(self) -> str:
        """The number the paper bears."""
        return self.invoice.invoice_number

    @property
    def ebm_receipt_number(self) -> str:
        """The fiscal machine's number for the same sale."""
        return self.invoice.ebm_receipt_number

    @property
    def ebm_signature(self) -> str:
        """The fiscal machine's signature for the same sale."""
        return self.invoice.ebm_signature


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    """A credit note as the list shows it; ``invoice_number`` is empty where there was none."""

    credit_note_number: str
    invoice_number: str
    refund_id: str
    payment_id: str
    customer_name: str
    payment_method: PaymentMethod
    amount_minor: int
    tax_minor: int
    currency: str
    issued_date: date
    reason: str
    pdf_file: str
    ebm_receipt_number: str
    ebm_signature: str

    @property
    def number(self) -> str:
        """The number the paper bears."""
        return self.credit_note_number


class PaperLists:
    """The questions about papers; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invoices(
        self, actor: Actor, wanted: PaperFilter, *, offset: int = 0, limit: int = 100
    ) -> Page[InvoiceListRow]:
        """Return a stretch of the invoices asked for, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        today = shop_date(self._database.clock())
        conditions = _invoice_conditions(wanted, today)
        with self._database.read() as session:
            count = select(func.count()).select_from(Invoice)
            if conditions:
                count = count.join(Invoice.payment).where(*conditions)
            total = session.scalar(count) or 0
            invoices = session.scalars(
                select(Invoice)
                .join(Invoice.payment)
                .options(contains_eager(Invoice.payment))
                .where(*conditions)
                .order_by(Invoice.id.desc())
                .offset(offset)
                .limit(limit)
            )
            rows = tuple(_invoice_list_row(invoice, today) for invoice in invoices)
            return Page(rows, offset, total)

    def credit_notes(
        self, actor: Actor, wanted: PaperFilter, *, offset: int = 0, limit: int = 100
    ) -> Page[CreditNoteRow]:
        """Return a stretch of the credit notes asked for, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions = _credit_note_conditions(wanted)
        with self._database.read() as session:
            total = session.scalar(
                select(func.count())
                .select_from(CreditNote)
                .join(CreditNote.refund)
                .join(RefundRequest.payment)
                .where(*conditions)
            )
            rows = _credit_notes(session, conditions, offset=offset, limit=limit)
            return Page(rows, offset, total or 0)


def _credit_notes(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, offset: int, limit: int
) -> tuple[CreditNoteRow, ...]:
    notes = session.scalars(
        select(CreditNote)
        .join(CreditNote.refund)
        .join(RefundRequest.payment)
        .options(
            contains_eager(CreditNote.refund).contains_eager(RefundRequest.payment),
            joinedload(CreditNote.invoice),
        )
        .where(*conditions)
        .order_by(CreditNote.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return tuple(_credit_note_row(note) for note in notes)


def _credit_note_conditions(wanted: PaperFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            CreditNote.credit_note_number.icontains(word, autoescape=True),
            CreditNote.customer_name.icontains(word, autoescape=True),
            Payment.phone_number.icontains(word, autoescape=True),
            Payment.invoice_number.icontains(word, autoescape=True),
        )
        for word in wanted.search.split()
    ]
    return conditions + _in_month(CreditNote.issued_date, wanted.month)


def _invoice_conditions(wanted: PaperFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            Invoice.invoice_number.icontains(word, autoescape=True),
            Invoice.customer_name.icontains(word, autoescape=True),
            Payment.phone_number.icontains(word, autoescape=True),
            Invoice.ebm_receipt_number.icontains(word, autoescape=True),
        )
        for word in wanted.search.split()
    ]
    conditions += _in_month(Invoice.issued_date, wanted.month)
    if wanted.states:
        conditions.append(or_(*(_is_in(state, today) for state in sorted(wanted.states))))
    return conditions


def _in_month(day: InstrumentedAttribute[date], month: date | None) -> list[ColumnElement[bool]]:
    if month is None:
        return []
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return [and_(day >= first, day < following)]


def _is_in(state: InvoiceState, today: date) -> ColumnElement[bool]:
    """Say in SQL what :func:`invoice_state` says of a row."""
    credited = Payment.status == PaymentStatus.REFUNDED
    awaited = and_(Invoice.is_paid.is_(False), Invoice.void_date.is_(None))
    return {
        InvoiceState.PAID: and_(Invoice.is_paid, ~credited),
        InvoiceState.CREDITED: and_(Invoice.is_paid, credited),
        InvoiceState.VOID: and_(Invoice.is_paid.is_(False), Invoice.void_date.is_not(None)),
        InvoiceState.OVERDUE: and_(awaited, Invoice.due_date < today),
        InvoiceState.UNPAID: and_(
            awaited, or_(Invoice.due_date.is_(None), Invoice.due_date >= today)
        ),
    }[state]


def invoice_state(invoice: Invoice, status: PaymentStatus, today: date) -> InvoiceState:
    """Return where an invoice stands on a day of the shop."""
    if invoice.is_paid:
        refunded = status is PaymentStatus.REFUNDED
        return InvoiceState.CREDITED if refunded else InvoiceState.PAID
    if invoice.void_date is not None:
        return InvoiceState.VOID
    overdue = invoice.due_date is not None and invoice.due_date < today
    return InvoiceState.OVERDUE if overdue else InvoiceState.UNPAID


def _invoice_list_row(invoice: Invoice, today: date) -> InvoiceListRow:
    return InvoiceListRow(
        invoice=invoice_row(invoice, invoice.payment),
        state=invoice_state(invoice, invoice.payment.status, today),
    )


def _credit_note_row(note: CreditNote) -> CreditNoteRow:
    refund = note.refund
    return CreditNoteRow(
        credit_note_number=note.credit_note_number,
        invoice_number=note.invoice.invoice_number if note.invoice else "",
        refund_id=refund.refund_id,
        payment_id=refund.payment.payment_id,
        customer_name=note.customer_name,
        payment_method=refund.payment.payment_method,
        amount_minor=note.amount_minor,
        tax_minor=note.tax_minor,
        currency=note.currency,
        issued_date=note.issued_date,
        reason=refund.reason,
        pdf_file=note.pdf_file,
        ebm_receipt_number=note.ebm_receipt_number,
        ebm_signature=note.ebm_signature,
    )

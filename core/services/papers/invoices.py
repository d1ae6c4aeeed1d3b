"""Invoices: their list, the numbers still owed, their PDF, and the receipt of a paid one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.invoices import Invoice
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.permissions import Actor, Permission
from core.services.mapping import invoice_row
from core.services.papers.documents import invoice_document
from core.services.papers.drawing import Papers
from core.services.papers.issuing import draft_invoice, issue_invoice
from core.services.payments.service import find_payment, held_payment
from core.services.rows import InvoiceRow, Page

if TYPE_CHECKING:
    from core.documents.invoice import InvoiceDocument
    from core.documents.receipt import ReceiptWidth

_NEVER_PAID = frozenset({PaymentStatus.FAILED, PaymentStatus.CANCELLED})


class InvoiceService:
    """The verbs of an invoice. The PDF is drawn after the commit and can be drawn again.

    Looking at a paper here is no handing-out; that is :mod:`core.services.papers.handouts`.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._papers = Papers(database, folder, only_copies=database.is_shared)

    def page(
        self,
        actor: Actor,
        *,
        search: str = "",
        first_day: date | None = None,
        last_day: date | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[InvoiceRow]:
        """Return a stretch of the invoices, newest first.

        ``search`` is in number and customer; the days are those of issue, both included.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions: list[ColumnElement[bool]] = [
            or_(
                Invoice.invoice_number.icontains(word, autoescape=True),
                Payment.customer_name.icontains(word, autoescape=True),
                Payment.phone_number.icontains(word, autoescape=True),
            )
            for word in search.split()
        ]
        if first_day is not None:
            conditions.append(Invoice.issued_date >= first_day)
        if last_day is not None:
            conditions.append(Invoice.issued_date <= last_day)
        with self._database.read() as session:
            count = select(func.count()).select_from(Invoice)
            if conditions:
                count = count.join(Payment, Payment.id == Invoice.payment_id).where(*conditions)
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
            rows = tuple(invoice_row(invoice, invoice.payment) for invoice in invoices)
            return Page(rows, offset, total)

    def generate(self, actor: Actor, payment_id: str, *, template_id: str = "") -> InvoiceRow:
        """Issue the invoice of a payment that has none yet; the same one if it has.

        A payment still awaited gets one that says until when it is to be paid. ``template_id``
        names how it is written; without it, by the default template.

        Raises:
            NotAllowedError: the person may not issue invoices.
            ConflictError: the payment failed or was cancelled.

        """
        self._database.require(actor, Permission.ISSUE_INVOICE)
        with self._database.write(actor, beside_others=True) as unit:
            payment = held_payment(unit, payment_id)
            if payment.status in _NEVER_PAID and payment.invoice is None:
                raise ConflictError(
                    f"No invoice was made. This payment is {payment.status}: there is nothing to"
                    " be paid."
                )
            draft = None if payment.invoice else draft_invoice(unit, payment, template_id)
            invoice = issue_invoice(unit, payment, draft)
            unit.changed(Topic.PAYMENTS, payment_id)
            unit.session.flush()
            row = invoice_row(invoice, payment)
            unit.commit()
            return row

    def pdf(self, actor: Actor, payment_id: str) -> Path:
        """Return the path of the invoice's PDF, drawn again where it is missing or was changed.

        Raises:
            ConflictError: the payment has no invoice yet.
            StorageError: the file cannot be written.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            number = _invoice_of(session, payment_id).invoice_number
        return self._papers.invoice(number)

    def credit_note_pdf(self, actor: Actor, credit_note_number: str) -> Path:
        """Return the path of a credit note's PDF, drawn again where it is missing or was changed.

        Raises:
            NotFoundError: there is no such credit note.
            StorageError: the file cannot be written.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return self._papers.credit_note(credit_note_number)

    def receipt(self, actor: Actor, payment_id: str) -> InvoiceDocument:
        """Return what the receipt of a paid payment shows, for whatever draws it.

        Raises:
            ConflictError: the payment is not paid.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            invoice = _invoice_of(session, payment_id)
            require_paid(invoice)
            return invoice_document(session, invoice)

    def receipt_pdf(
        self, actor: Actor, payment_id: str, width: ReceiptWidth | None = None
    ) -> bytes:
        """Return the receipt of a paid payment as a PDF, 80 mm wide unless said otherwise.

        Raises:
            ConflictError: the payment is not paid.

        """
        from core.documents.receipt import (  # noqa: PLC0415 - not owed at start
            ReceiptWidth,
            render_receipt,
        )

        return render_receipt(self.receipt(actor, payment_id), width or ReceiptWidth.ROLL_80)


def require_paid(invoice: Invoice) -> None:
    """Refuse a receipt of money that did not come.

    Raises:
        ConflictError: the invoice is not paid.

    """
    if not invoice.is_paid:
        raise ConflictError(
            f"There is no receipt: invoice {invoice.invoice_number} is not paid. Hand out the"
            " invoice itself."
        )


def _invoice_of(session: Session, payment_id: str) -> Invoice:
    payment = find_payment(session, payment_id)
    if payment.invoice is None:
        raise ConflictError(
            f"There is no invoice: this payment is {payment.status}, and an invoice follows"
            " completion."
        )
    return payment.invoice

"""Invoices: their list, the numbers still owed, and their PDF."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.invoices import Invoice
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.permissions import Actor, Permission
from core.services.invoicing import issue_invoice
from core.services.mapping import invoice_row
from core.services.papers import Papers
from core.services.payments import find_payment
from core.services.rows import InvoiceRow, Page


class InvoiceService:
    """The verbs of an invoice. The PDF is drawn after the commit and can be drawn again."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._papers = Papers(database, folder)

    def page(
        self, actor: Actor, *, search: str = "", offset: int = 0, limit: int = 100
    ) -> Page[InvoiceRow]:
        """Return a stretch of the invoices, newest first; ``search`` in number and customer."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions: list[ColumnElement[bool]] = [
            or_(
                Invoice.invoice_number.icontains(word, autoescape=True),
                Payment.customer_name.icontains(word, autoescape=True),
                Payment.phone_number.icontains(word, autoescape=True),
            )
            for word in search.split()
        ]
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

    def generate(self, actor: Actor, payment_id: str) -> InvoiceRow:
        """Issue the invoice of a completed payment that has none yet; the same one if it has.

        Raises:
            NotAllowedError: the person may not issue invoices.
            ConflictError: the payment is not completed.

        """
        self._database.require(actor, Permission.ISSUE_INVOICE)
        with self._database.write(actor) as unit:
            payment = find_payment(unit.session, payment_id)
            if payment.status not in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}:
                raise ConflictError(
                    f"No invoice was made. This payment is {payment.status}; an invoice follows"
                    " completion."
                )
            invoice = issue_invoice(unit, payment)
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
            payment = find_payment(session, payment_id)
            if payment.invoice is None:
                raise ConflictError(
                    f"There is no invoice: this payment is {payment.status}, and an invoice"
                    " follows completion."
                )
            invoice = payment.invoice
            number, kept, sha256 = invoice.invoice_number, invoice.pdf_file, invoice.pdf_sha256
        path = self._folder / kept
        if kept and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
            return path
        return self._papers.render_invoice(number)

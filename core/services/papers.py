"""Drawing what the shop hands out: gathers a paper's facts, draws it, and records where it lies.

Drawing again gives the same bytes, so a job that a kill interrupted is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.clock import shop_date
from core.database.unit_of_work import Database
from core.model.customers import Order
from core.model.invoices import CreditNote, Invoice
from core.model.journal import Topic
from core.model.payments import Payment, PaymentMethod
from core.model.refunds import RefundRequest
from core.services.loyalty_ledger import points_paid, points_text
from core.services.settings import ShopSettings, load_settings

if TYPE_CHECKING:
    from core.documents.credit_note import CreditNoteDocument
    from core.documents.invoice import InvoiceDocument, InvoiceLine, ShopBlock

INVOICE_FOLDER = "documents/invoices"
CREDIT_NOTE_FOLDER = "documents/credit-notes"

METHOD_LABELS = {
    PaymentMethod.CASH: "Cash",
    PaymentMethod.CASH_ON_DELIVERY: "Cash on delivery",
    PaymentMethod.CARD: "Card",
    PaymentMethod.BANK_TRANSFER: "Bank transfer",
    PaymentMethod.MTN_MOBILE_MONEY: "MTN Mobile Money",
    PaymentMethod.AIRTEL_MONEY: "Airtel Money",
    PaymentMethod.LOYALTY_POINTS: "Loyalty points",
}


class Papers:
    """Draws invoices and credit notes into the shop's folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def render_invoice(self, invoice_number: str) -> Path:
        """Draw an invoice's PDF and return where it lies.

        Raises:
            StorageError: the file cannot be written.

        """
        from core.documents.invoice import render_invoice  # noqa: PLC0415 - not owed at start

        with self._database.read() as session:
            invoice = _invoice(session, invoice_number)
            name = f"{INVOICE_FOLDER}/{invoice.issued_date:%Y/%m}/{invoice_number}.pdf"
            document = _invoice_document(invoice, load_settings(session), self._folder)
        return self._keep(name, render_invoice(document), "invoice", invoice_number, _invoice)

    def render_credit_note(self, credit_note_number: str) -> Path:
        """Draw a credit note's PDF and return where it lies.

        Raises:
            StorageError: the file cannot be written.

        """
        from core.documents.credit_note import (  # noqa: PLC0415 - not owed at start
            render_credit_note,
        )

        with self._database.read() as session:
            note = _credit_note(session, credit_note_number)
            name = f"{CREDIT_NOTE_FOLDER}/{note.issued_date:%Y/%m}/{credit_note_number}.pdf"
            document = _credit_note_document(note, load_settings(session), self._folder)
        content = render_credit_note(document)
        return self._keep(name, content, "credit_note", credit_note_number, _credit_note)

    def _keep(
        self,
        name: str,
        content: bytes,
        kind: str,
        number: str,
        find: Callable[[Session, str], Invoice | CreditNote],
    ) -> Path:
        """Write a paper into the shop's folder and record where it lies, once per content."""
        from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

        sha256 = write_document(self._folder / name, content)
        with self._database.write(None) as unit:
            paper = find(unit.session, number)
            if (paper.pdf_file, paper.pdf_sha256) != (name, sha256):
                paper.pdf_file, paper.pdf_sha256 = name, sha256
                unit.audit(f"{kind}:rendered", kind, number, sha256=sha256)
                unit.changed(Topic.INVOICES, number)
                unit.commit()
        return self._folder / name


def _invoice(session: Session, invoice_number: str) -> Invoice:
    return session.scalars(
        select(Invoice)
        .where(Invoice.invoice_number == invoice_number)
        .options(joinedload(Invoice.payment).joinedload(Payment.order).selectinload(Order.lines))
    ).one()


def _credit_note(session: Session, number: str) -> CreditNote:
    return session.scalars(
        select(CreditNote)
        .where(CreditNote.credit_note_number == number)
        .options(
            joinedload(CreditNote.invoice),
            joinedload(CreditNote.refund).joinedload(RefundRequest.payment),
        )
    ).one()


def _paid_by(payment: Payment) -> str:
    """Return how a payment was made, as its papers say it."""
    points = points_paid(payment)
    if points:
        return f"Paid with {points_text(points)}"
    return METHOD_LABELS[payment.payment_method]


def _shop_block(shop: ShopSettings, folder: Path) -> ShopBlock:
    from core.documents.invoice import ShopBlock  # noqa: PLC0415 - not owed at start

    return ShopBlock(
        name=shop.shop_name,
        tin=shop.tin,
        address=shop.address,
        phone=shop.phone,
        email=shop.email,
        bank_details=shop.bank_details,
        footer=shop.invoice_footer,
        logo_path=folder / shop.logo_file if shop.logo_file else None,
    )


def _one_line(description: str, amount_minor: int) -> tuple[InvoiceLine, ...]:
    from core.documents.invoice import InvoiceLine  # noqa: PLC0415 - not owed at start

    return (
        InvoiceLine(
            description=description,
            quantity=1,
            unit_price_minor=amount_minor,
            total_minor=amount_minor,
            tax_class="B",
        ),
    )


def _invoice_lines(payment: Payment) -> tuple[InvoiceLine, ...]:
    """Return the order's lines where this payment pays all of it, else one line for the part."""
    from core.documents.invoice import InvoiceLine  # noqa: PLC0415 - not owed at start

    order = payment.order
    if order is None:
        return _one_line(payment.transaction_reference or "Sale", payment.amount_minor)
    if not order.lines or order.total_minor != payment.amount_minor:
        return _one_line(f"Order {order.order_number}", payment.amount_minor)
    return tuple(
        InvoiceLine(
            description=line.description,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            total_minor=line.quantity * line.unit_price_minor,
            tax_class=line.tax_class,
        )
        for line in order.lines
    )


def _invoice_document(invoice: Invoice, shop: ShopSettings, folder: Path) -> InvoiceDocument:
    from core.documents.invoice import InvoiceDocument  # noqa: PLC0415 - not owed at start

    payment = invoice.payment
    tendered = payment.tendered_minor
    return InvoiceDocument(
        invoice_number=invoice.invoice_number,
        issued_on=invoice.issued_date,
        due_on=invoice.due_date,
        currency=invoice.currency,
        shop=_shop_block(shop, folder),
        customer_name=payment.customer_name,
        customer_phone=payment.phone_number,
        customer_tin=payment.customer.tin if payment.customer else "",
        lines=_invoice_lines(payment),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        paid_on=invoice.paid_date,
        payment_method_label=_paid_by(payment),
        payment_id=payment.payment_id,
        transaction_reference=payment.transaction_id or payment.transaction_reference,
        tendered_minor=tendered,
        change_minor=None if tendered is None else tendered - payment.amount_minor,
        notes=invoice.notes,
        copy=False,
    )


def _credit_note_document(note: CreditNote, shop: ShopSettings, folder: Path) -> CreditNoteDocument:
    from core.documents.credit_note import CreditNoteDocument  # noqa: PLC0415 - not owed at start

    refund = note.refund
    payment = refund.payment
    whole = note.amount_minor == payment.amount_minor
    completed = refund.refund_completed_at
    return CreditNoteDocument(
        credit_note_number=note.credit_note_number,
        issued_on=note.issued_date,
        invoice_number=note.invoice.invoice_number if note.invoice else "",
        invoice_issued_on=note.invoice.issued_date if note.invoice else note.issued_date,
        currency=note.currency,
        shop=_shop_block(shop, folder),
        customer_name=payment.customer_name,
        customer_phone=payment.phone_number,
        customer_tin=payment.customer.tin if payment.customer else "",
        lines=_invoice_lines(payment)
        if whole
        else _one_line("Refund of part of the price", note.amount_minor),
        subtotal_minor=note.amount_minor - note.tax_minor,
        tax_minor=note.tax_minor,
        total_minor=note.amount_minor,
        reason=refund.reason,
        refunded_on=shop_date(completed) if completed else None,
        refund_method_label=_paid_by(payment),
        payment_id=payment.payment_id,
        refund_reference=refund.refund_transaction_id,
    )

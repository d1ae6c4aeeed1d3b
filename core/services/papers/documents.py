"""From the rows of a paper to the frozen document that is drawn; nothing else is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import shop_date
from core.documents.phrases import phrases_in
from core.errors import NotFoundError
from core.model.invoices import CreditNote, CreditNoteLine, Invoice
from core.model.invoices import InvoiceLine as KeptLine
from core.model.papers import Letterhead
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.loyalty.ledger import points_paid

if TYPE_CHECKING:
    from core.documents.contents import InvoiceLine, ShopBlock
    from core.documents.credit_note import CreditNoteDocument
    from core.documents.invoice import InvoiceDocument


def find_invoice(session: Session, invoice_number: str) -> Invoice:
    """Return an invoice with what its paper shows.

    Raises:
        NotFoundError: there is none of this number.

    """
    (invoice,) = find_invoices(session, [invoice_number]) or (None,)
    if invoice is None:
        raise NotFoundError(f"There is no invoice {invoice_number} in this shop.")
    return invoice


def find_invoices(session: Session, invoice_numbers: Sequence[str]) -> list[Invoice]:
    """Return invoices with what their papers show, those that there are."""
    found = session.scalars(
        select(Invoice)
        .where(Invoice.invoice_number.in_(invoice_numbers))
        .options(joinedload(Invoice.payment), selectinload(Invoice.lines))
        .order_by(Invoice.id)
    )
    return list(found)


def find_credit_note(session: Session, credit_note_number: str) -> CreditNote:
    """Return a credit note with what its paper shows.

    Raises:
        NotFoundError: there is none of this number.

    """
    note = session.scalar(
        select(CreditNote)
        .where(CreditNote.credit_note_number == credit_note_number)
        .options(
            joinedload(CreditNote.invoice),
            joinedload(CreditNote.refund).joinedload(RefundRequest.payment),
            selectinload(CreditNote.lines),
        )
    )
    if note is None:
        raise NotFoundError(f"There is no credit note {credit_note_number} in this shop.")
    return note


def invoice_document(session: Session, invoice: Invoice, *, copy: bool = False) -> InvoiceDocument:
    """Return what an invoice, or its receipt, shows."""
    from core.documents.invoice import InvoiceDocument  # noqa: PLC0415 - not owed at start

    payment, tendered = invoice.payment, invoice.payment.tendered_minor
    return InvoiceDocument(
        invoice_number=invoice.invoice_number,
        issued_on=invoice.issued_date,
        due_on=invoice.due_date,
        currency=invoice.currency,
        shop=shop_block(session, invoice.letterhead_sha256),
        customer_name=invoice.customer_name,
        customer_phone=invoice.customer_phone,
        customer_tin=invoice.customer_tin,
        lines=_lines(invoice.lines),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        paid_on=invoice.paid_date,
        payment_method_label=_paid_by(invoice.language, payment),
        payment_id=payment.payment_id,
        transaction_reference=invoice.payment_reference,
        tendered_minor=tendered if invoice.is_paid else None,
        change_minor=tendered - invoice.total_minor if tendered and invoice.is_paid else None,
        notes=invoice.notes,
        copy=copy,
        language=invoice.language,
        void_on=invoice.void_date,
        paid_at=payment.paid_at if invoice.is_paid else None,
        order_number=invoice.order_number,
        served_by=payment.created_by,
        ebm_receipt_number=invoice.ebm_receipt_number,
        ebm_signature=invoice.ebm_signature,
    )


def credit_note_document(
    session: Session, note: CreditNote, *, copy: bool = False
) -> CreditNoteDocument:
    """Return what a credit note shows."""
    from core.documents.credit_note import CreditNoteDocument  # noqa: PLC0415 - not owed at start

    refund, invoice = note.refund, note.invoice
    completed = refund.refund_completed_at
    return CreditNoteDocument(
        credit_note_number=note.credit_note_number,
        issued_on=note.issued_date,
        invoice_number=invoice.invoice_number if invoice else "",
        invoice_issued_on=invoice.issued_date if invoice else note.issued_date,
        currency=note.currency,
        shop=shop_block(session, note.letterhead_sha256),
        customer_name=note.customer_name,
        customer_phone=note.customer_phone,
        customer_tin=note.customer_tin,
        lines=_lines(note.lines),
        subtotal_minor=note.amount_minor - note.tax_minor,
        tax_minor=note.tax_minor,
        total_minor=note.amount_minor,
        reason=refund.reason,
        refunded_on=shop_date(completed) if completed else None,
        refund_method_label=_paid_by(note.language, refund.payment),
        payment_id=refund.payment.payment_id,
        refund_reference=refund.refund_transaction_id,
        copy=copy,
        language=note.language,
        ebm_receipt_number=note.ebm_receipt_number,
        ebm_signature=note.ebm_signature,
    )


def _paid_by(language: str, payment: Payment) -> str:
    words, points = phrases_in(language), points_paid(payment)
    return words.paid_with_points(points) if points else words.method(payment.payment_method)


def shop_block(session: Session, letterhead_sha256: str) -> ShopBlock:
    """Return a letterhead as papers show it, read once in a session."""
    read: dict[str, ShopBlock] = session.info.setdefault("letterheads", {})
    if letterhead_sha256 not in read:
        read[letterhead_sha256] = block_of(session.get_one(Letterhead, letterhead_sha256))
    return read[letterhead_sha256]


def block_of(letterhead: Letterhead) -> ShopBlock:
    """Return a letterhead as papers show it."""
    from core.documents.contents import ShopBlock  # noqa: PLC0415 - not owed at start

    return ShopBlock(
        name=letterhead.shop_name,
        tin=letterhead.tin,
        address=letterhead.address,
        phone=letterhead.phone,
        email=letterhead.email,
        bank_details=letterhead.bank_details,
        footer=letterhead.footer,
        logo=letterhead.logo,
        accent_colour=letterhead.accent_colour,
    )


def _lines(kept: Sequence[KeptLine] | Sequence[CreditNoteLine]) -> tuple[InvoiceLine, ...]:
    from core.documents.contents import InvoiceLine  # noqa: PLC0415 - not owed at start

    return tuple(
        InvoiceLine(
            description=line.description,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            total_minor=line.total_minor,
            tax_class=line.tax_class,
        )
        for line in kept
    )

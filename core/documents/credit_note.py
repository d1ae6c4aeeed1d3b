"""The credit note for a refund: its own number, and the invoice it takes money back from.

Amounts are positive, as the EBM wants them: the document's kind says that money went back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.documents.blocks import (
    NOT_FISCAL,
    InvoiceLine,
    ShopBlock,
    Totals,
    check_sums,
    draw_closing,
    draw_heading,
    draw_lines,
    draw_pair,
    draw_texts,
    draw_thanks,
)
from core.documents.sheet import A4, Sheet
from core.documents.text import long_date
from core.money import major

__all__ = ["CreditNoteDocument", "qr_payload", "render_credit_note"]


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """Everything a credit note shows. Amounts in minor units, positive, VAT included.

    ``lines`` are what is given back: the goods, or one line such as "Refund of part of the price".

    Raises:
        ValueError: net plus VAT, or the sum of the lines, is not the total.

    """

    credit_note_number: str
    issued_on: date
    invoice_number: str
    invoice_issued_on: date
    currency: str
    shop: ShopBlock
    customer_name: str
    customer_phone: str
    customer_tin: str
    lines: tuple[InvoiceLine, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    reason: str
    refunded_on: date | None
    refund_method_label: str
    payment_id: str
    refund_reference: str
    notes: str = ""
    copy: bool = False

    def __post_init__(self) -> None:
        check_sums(self.lines, self.subtotal_minor, self.tax_minor, self.total_minor)


def qr_payload(document: CreditNoteDocument) -> str:
    """Return what the QR code says: "SANDUKU|credit note number|payment id|amount|currency"."""
    amount = major(document.total_minor, document.currency)
    return "|".join(
        ("SANDUKU", document.credit_note_number, document.payment_id, amount, document.currency)
    )


def render_credit_note(document: CreditNoteDocument) -> bytes:
    """Return the credit note as a PDF; the same document gives the same bytes."""
    title = f"Credit note {document.credit_note_number}"
    subject = f"Refund on invoice {document.invoice_number}, {document.customer_name}"
    sheet = Sheet(A4, title=title, author=document.shop.name, subject=subject)
    facts = (
        f"Issued {long_date(document.issued_on)}",
        f"For invoice {document.invoice_number} of {long_date(document.invoice_issued_on)}",
    )
    word = "CREDIT NOTE · COPY" if document.copy else "CREDIT NOTE"
    draw_heading(sheet, document.shop, word, document.credit_note_number, facts)
    draw_pair(sheet, ("Credit to", _customer(document)), ("Refund", _refund(document)))
    draw_texts(sheet, ("Reason", document.reason))
    draw_lines(sheet, document.lines, document.currency)
    totals = Totals(
        document.currency,
        document.subtotal_minor,
        document.tax_minor,
        document.total_minor,
        total_label="Given back" if document.refunded_on else "To give back",
    )
    stamp = ("REFUNDED", document.refunded_on) if document.refunded_on else None
    draw_closing(sheet, totals, payload=qr_payload(document), stamp=stamp)
    draw_texts(sheet, ("Notes", document.notes))
    draw_thanks(sheet, document.shop.footer)
    return sheet.finish(footer=f"{title}  ·  {NOT_FISCAL}")


def _customer(document: CreditNoteDocument) -> list[str]:
    tin = f"TIN {document.customer_tin}" if document.customer_tin else ""
    return [document.customer_name or "Walk-in customer", document.customer_phone, tin]


def _refund(document: CreditNoteDocument) -> list[str]:
    refunded = document.refunded_on
    reference = document.refund_reference
    return [
        document.refund_method_label,
        f"Refunded on {long_date(refunded)}" if refunded else "Not refunded yet",
        f"Reference {reference}" if reference else "",
        f"Payment {document.payment_id}",
    ]

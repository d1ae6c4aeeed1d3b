"""The credit note for a refund: its own number, and the invoice it takes money back from.

Amounts are positive, as the EBM wants them: the document's kind says that money went back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.documents.blocks import (
    Stamp,
    Totals,
    draw_closing,
    draw_fiscal,
    draw_heading,
    draw_lines,
    draw_pair,
    draw_texts,
    draw_thanks,
)
from core.documents.contents import InvoiceLine, ShopBlock, check_sums
from core.documents.lettering import GREEN
from core.documents.phrases import DEFAULT_LANGUAGE, Phrases, phrases_in
from core.documents.sheet import A4, Sheet
from core.money import major

__all__ = ["CreditNoteDocument", "qr_payload", "render_credit_note"]


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """Everything a credit note shows. Amounts in minor units, positive, VAT included.

    ``lines`` are what is given back: the goods, or one line for each tax class such as "Refund of
    part of the price". ``invoice_number`` is empty where the payment never had an invoice.

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
    language: str = DEFAULT_LANGUAGE
    ebm_receipt_number: str = ""
    ebm_signature: str = ""

    def __post_init__(self) -> None:
        check_sums(self.lines, self.subtotal_minor, self.tax_minor, self.total_minor)

    @property
    def phrases(self) -> Phrases:
        """The words of the paper's language."""
        return phrases_in(self.language)


def qr_payload(document: CreditNoteDocument) -> str:
    """Return what the QR code says: "SANDUKU|credit note number|payment id|amount|currency"."""
    amount = major(document.total_minor, document.currency)
    return "|".join(
        ("SANDUKU", document.credit_note_number, document.payment_id, amount, document.currency)
    )


def render_credit_note(document: CreditNoteDocument) -> bytes:
    """Return the credit note as a PDF; the same document gives the same bytes."""
    words = document.phrases
    title = f"{words.credit_note} {document.credit_note_number}"
    sheet = Sheet(
        A4,
        title=title,
        author=document.shop.name,
        subject=", ".join(filter(None, (document.invoice_number, document.customer_name))),
        language=words.language,
        accent=document.shop.accent_colour,
    )
    draw_heading(
        sheet, document.shop, words, words.credit_note, document.credit_note_number,
        _facts(document), copy=document.copy,
    )  # fmt: skip
    draw_pair(sheet, (words.credit_to, _customer(document)), (words.refund, _refund(document)))
    draw_fiscal(sheet, words, document.ebm_receipt_number, document.ebm_signature)
    draw_texts(sheet, (words.reason, document.reason))
    draw_lines(sheet, words, document.lines, document.tax_minor, document.currency)
    totals = Totals(
        document.currency,
        document.subtotal_minor,
        document.tax_minor,
        document.total_minor,
        words.given_back if document.refunded_on else words.to_give_back,
    )
    stamp = None
    if document.refunded_on:
        stamp = Stamp(words.refunded, words.long_date(document.refunded_on), GREEN)
    draw_closing(sheet, words, totals, payload=qr_payload(document), stamp=stamp)
    draw_texts(sheet, (words.notes, document.notes))
    draw_thanks(sheet, document.shop.footer)
    return sheet.finish(footer=f"{title}  ·  {words.not_fiscal}", page_words=words.page)


def _facts(document: CreditNoteDocument) -> list[str]:
    words = document.phrases
    facts = [words.issued.format(date=words.long_date(document.issued_on))]
    if document.invoice_number:
        day = words.long_date(document.invoice_issued_on)
        facts.append(words.for_invoice.format(number=document.invoice_number, date=day))
    return facts


def _customer(document: CreditNoteDocument) -> list[str]:
    tin = f"TIN {document.customer_tin}" if document.customer_tin else ""
    return [document.customer_name or document.phrases.walk_in, document.customer_phone, tin]


def _refund(document: CreditNoteDocument) -> list[str]:
    words, refunded = document.phrases, document.refunded_on
    reference = document.refund_reference
    standing = words.not_refunded_yet
    if refunded:
        standing = words.refunded_on.format(date=words.long_date(refunded))
    return [
        document.refund_method_label,
        standing,
        words.reference.format(reference=reference) if reference else "",
        words.payment_id.format(payment_id=document.payment_id),
    ]

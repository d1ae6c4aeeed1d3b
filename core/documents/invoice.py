"""The invoice a shop hands out, on A4 paper.

It shows VAT as contained in the price (Law 049/2023) and says that it is no fiscal receipt: only
the revenue authority's EBM may issue one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
from core.documents.lettering import GREEN, RED
from core.documents.phrases import DEFAULT_LANGUAGE, Phrases, phrases_in
from core.documents.sheet import A4, Sheet
from core.money import major

__all__ = [
    "InvoiceDocument",
    "InvoiceLine",
    "ShopBlock",
    "draw_sale",
    "qr_payload",
    "render_invoice",
]


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """Everything an invoice or a receipt shows. Amounts in minor units, VAT included in prices.

    ``paid_on`` is empty while the money is awaited, ``void_on`` is the day from which it no longer
    is. ``language`` is "en", "fr" or "rw". ``ebm_receipt_number`` and ``ebm_signature`` are what
    the fiscal machine printed for the same sale.

    Raises:
        ValueError: net plus VAT, or the sum of the lines, is not the total.

    """

    invoice_number: str
    issued_on: date
    due_on: date | None
    currency: str
    shop: ShopBlock
    customer_name: str
    customer_phone: str
    customer_tin: str
    lines: tuple[InvoiceLine, ...]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_on: date | None
    payment_method_label: str
    payment_id: str
    transaction_reference: str
    tendered_minor: int | None = None
    change_minor: int | None = None
    notes: str = ""
    copy: bool = False
    language: str = DEFAULT_LANGUAGE
    void_on: date | None = None
    paid_at: datetime | None = None
    order_number: str = ""
    served_by: str = ""
    ebm_receipt_number: str = ""
    ebm_signature: str = ""

    def __post_init__(self) -> None:
        check_sums(self.lines, self.subtotal_minor, self.tax_minor, self.total_minor)

    @property
    def phrases(self) -> Phrases:
        """The words of the paper's language."""
        return phrases_in(self.language)

    def cash_pairs(self) -> tuple[tuple[str, int], ...]:
        """Return the cash received and the change given back, where there was cash."""
        words = self.phrases
        pairs = ((words.cash_received, self.tendered_minor), (words.change, self.change_minor))
        return tuple((label, amount) for label, amount in pairs if amount is not None)

    def payment_lines(self) -> list[str]:
        """Return what is to be said of the payment: how, since when, under which reference."""
        words, reference = self.phrases, self.transaction_reference
        return [
            self.payment_method_label,
            self._standing(),
            words.reference.format(reference=reference) if reference else "",
            words.payment_id.format(payment_id=self.payment_id),
        ]

    def customer_lines(self) -> list[str]:
        """Return who bought, as far as that is known."""
        tin = f"TIN {self.customer_tin}" if self.customer_tin else ""
        return [self.customer_name or self.phrases.walk_in, self.customer_phone, tin]

    def _standing(self) -> str:
        words = self.phrases
        if self.void_on:
            return words.void_since.format(date=words.long_date(self.void_on))
        if self.paid_on:
            return words.paid_on.format(date=words.long_date(self.paid_on))
        if self.due_on:
            return words.to_be_paid_by.format(date=words.long_date(self.due_on))
        return words.to_be_paid


def qr_payload(document: InvoiceDocument) -> str:
    """Return what the QR code says: "SANDUKU|invoice number|payment id|amount|currency".

    The amount is in major units without separators ("15000"), as a scanner types it.
    """
    amount = major(document.total_minor, document.currency)
    return "|".join(
        ("SANDUKU", document.invoice_number, document.payment_id, amount, document.currency)
    )


def render_invoice(document: InvoiceDocument) -> bytes:
    """Return the invoice as a PDF; the same document gives the same bytes."""
    return draw_sale(document, document.phrases.invoice)


def draw_sale(document: InvoiceDocument, word: str) -> bytes:
    """Return an A4 page about a sale under the heading ``word``: its invoice or its receipt."""
    words = document.phrases
    title = f"{word} {document.invoice_number}"
    sheet = Sheet(
        A4,
        title=title,
        author=document.shop.name,
        subject=", ".join(
            filter(None, (document.customer_name, words.long_date(document.issued_on)))
        ),
        language=words.language,
        accent=document.shop.accent_colour,
    )
    draw_heading(
        sheet, document.shop, words, word, document.invoice_number, _facts(document, word),
        copy=document.copy,
    )  # fmt: skip
    draw_pair(
        sheet,
        (words.bill_to, document.customer_lines()),
        (words.payment, document.payment_lines()),
    )
    draw_fiscal(sheet, words, document.ebm_receipt_number, document.ebm_signature)
    draw_lines(sheet, words, document.lines, document.tax_minor, document.currency)
    totals = Totals(
        document.currency,
        document.subtotal_minor,
        document.tax_minor,
        document.total_minor,
        words.total,
        after=document.cash_pairs(),
    )
    draw_closing(sheet, words, totals, payload=qr_payload(document), stamp=_stamp(document))
    draw_texts(
        sheet,
        (words.notes, document.notes),
        (words.bank_details, document.shop.bank_details),
    )
    draw_thanks(sheet, document.shop.footer)
    return sheet.finish(footer=f"{title}  ·  {words.not_fiscal}", page_words=words.page)


def _facts(document: InvoiceDocument, word: str) -> list[str]:
    words = document.phrases
    facts = [words.issued.format(date=words.long_date(document.issued_on))]
    is_settled = document.paid_on and document.due_on == document.issued_on
    asks_for_money = word == words.invoice and not (is_settled or document.void_on)
    if document.due_on and asks_for_money:
        facts.append(words.due.format(date=words.long_date(document.due_on)))
    if document.order_number:
        facts.append(words.of_order.format(number=document.order_number))
    return facts


def _stamp(document: InvoiceDocument) -> Stamp | None:
    words = document.phrases
    if document.void_on:
        return Stamp(words.void, words.long_date(document.void_on), RED)
    if document.paid_on:
        return Stamp(words.paid, words.long_date(document.paid_on), GREEN)
    return None

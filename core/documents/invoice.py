"""The invoice a shop hands out, on A4 paper.

It shows VAT as contained in the price (Law 049/2023) and says that it is no fiscal receipt: only
the revenue authority's EBM may issue one.
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

__all__ = ["InvoiceDocument", "InvoiceLine", "ShopBlock", "qr_payload", "render_invoice"]


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """Everything an invoice or a receipt shows. Amounts in minor units, VAT included in prices.

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

    def __post_init__(self) -> None:
        check_sums(self.lines, self.subtotal_minor, self.tax_minor, self.total_minor)

    def cash_pairs(self) -> tuple[tuple[str, int], ...]:
        """Return the cash received and the change given back, where there was cash."""
        pairs = (("Cash received", self.tendered_minor), ("Change", self.change_minor))
        return tuple((label, amount) for label, amount in pairs if amount is not None)


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
    title = f"Invoice {document.invoice_number}"
    subject = f"{document.customer_name}, {long_date(document.issued_on)}"
    sheet = Sheet(A4, title=title, author=document.shop.name, subject=subject)
    dates = [f"Issued {long_date(document.issued_on)}"]
    if document.due_on:
        dates.append(f"Due {long_date(document.due_on)}")
    word = "INVOICE · COPY" if document.copy else "INVOICE"
    draw_heading(sheet, document.shop, word, document.invoice_number, dates)
    draw_pair(sheet, ("Bill to", _customer(document)), ("Payment", _payment(document)))
    draw_lines(sheet, document.lines, document.currency)
    totals = Totals(
        document.currency,
        document.subtotal_minor,
        document.tax_minor,
        document.total_minor,
        after=document.cash_pairs(),
    )
    stamp = ("PAID", document.paid_on) if document.paid_on else None
    draw_closing(sheet, totals, payload=qr_payload(document), stamp=stamp)
    draw_texts(sheet, ("Notes", document.notes), ("Bank details", document.shop.bank_details))
    draw_thanks(sheet, document.shop.footer)
    return sheet.finish(footer=f"{title}  ·  {NOT_FISCAL}")


def _customer(document: InvoiceDocument) -> list[str]:
    tin = f"TIN {document.customer_tin}" if document.customer_tin else ""
    return [document.customer_name or "Walk-in customer", document.customer_phone, tin]


def _payment(document: InvoiceDocument) -> list[str]:
    reference = document.transaction_reference
    return [
        document.payment_method_label,
        f"Paid on {long_date(document.paid_on)}" if document.paid_on else "Not paid yet",
        f"Reference {reference}" if reference else "",
        f"Payment {document.payment_id}",
    ]

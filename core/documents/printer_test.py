"""What a receipt printer is tried out with: a receipt of a sale that never was.

It shows what goes wrong first: the roll's width, French letters, the right edge, the QR code.
"""

from __future__ import annotations

from datetime import datetime

from core.clock import shop_date
from core.documents.contents import InvoiceLine, ShopBlock
from core.documents.invoice import InvoiceDocument
from core.documents.receipt import ReceiptPart, ReceiptText, receipt_parts
from core.money import DEFAULT_CURRENCY, vat_inside

_LINES = (
    InvoiceLine("Amata y'inka, 1 l", 2, 1_200, 2_400, "A"),
    InvoiceLine("Café à l'ancienne, pâté, œufs", 1, 12_600, 12_600),
)


def sample_receipt(shop: ShopBlock, now: datetime, *, language: str = "en") -> InvoiceDocument:
    """Return the receipt of a sale that never was; its number and notes say so."""
    total_minor = sum(line.total_minor for line in _LINES)
    tax_minor = vat_inside(12_600)
    return InvoiceDocument(
        invoice_number="TEST",
        issued_on=shop_date(now),
        due_on=None,
        currency=DEFAULT_CURRENCY,
        shop=shop,
        customer_name="",
        customer_phone="",
        customer_tin="",
        lines=_LINES,
        subtotal_minor=total_minor - tax_minor,
        tax_minor=tax_minor,
        total_minor=total_minor,
        paid_on=None,
        payment_method_label="Printer test: nothing was sold and nothing was paid.",
        payment_id="test",
        transaction_reference="",
        notes="É é è ê à â ç ô ù û ï œ « »",
        language=language,
        paid_at=now,
    )


def sample_parts(document: InvoiceDocument, columns: int) -> tuple[ReceiptPart, ...]:
    """Return the test page of a printer whose lines hold so many characters."""
    ruler = "".join(str(place % 10) for place in range(1, columns + 1))
    return (ReceiptText(ruler), *receipt_parts(document))

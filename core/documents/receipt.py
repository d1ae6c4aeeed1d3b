"""The short receipt for an 80 mm roll: the same facts as the invoice, as long as they need."""

from __future__ import annotations

from core.documents.blocks import NOT_FISCAL, InvoiceLine, draw_amount
from core.documents.invoice import InvoiceDocument, qr_payload
from core.documents.sheet import BOLD, INK, MM, Align, Cell, Paper, Sheet, Style
from core.documents.text import long_date, plain_lines
from core.money import VAT_RATE_PERCENT, display, grouped

ROLL = Paper(width=80 * MM, height=5000 * MM, side=4 * MM, top=6 * MM, bottom=8 * MM, endless=True)
"""An 80 mm roll prints 72 mm; a PDF page may be 5 080 mm long, and the text decides how long."""

# Thermal paper knows black only: grey would print as dots.
TEXT = Style(7.6, 11.2, INK)
STRONG = Style(7.6, 11.2, INK, BOLD)
NAME = Style(11.5, 16, INK, BOLD)
TOTAL = Style(11, 16, INK, BOLD)
_QR_SIZE = 82.0


def render_receipt(document: InvoiceDocument) -> bytes:
    """Return the receipt as a PDF 80 mm wide; the same document gives the same bytes."""
    title = f"Receipt {document.invoice_number}"
    subject = long_date(document.issued_on)
    sheet = Sheet(ROLL, title=title, author=document.shop.name, subject=subject)
    _draw_top(sheet, document)
    for line in document.lines:
        _draw_line(sheet, line, document.currency)
    _rule(sheet)
    _draw_totals(sheet, document)
    _rule(sheet)
    _draw_payment(sheet, document)
    sheet.space(8)
    sheet.qr(qr_payload(document), (sheet.paper.width - _QR_SIZE) / 2, sheet.y, _QR_SIZE)
    sheet.space(_QR_SIZE + 8)
    _block(sheet, [(NOT_FISCAL, STRONG)], "center")
    for words in plain_lines(document.shop.footer):
        _block(sheet, [(words, TEXT)], "center")
    return sheet.finish()


def _draw_top(sheet: Sheet, document: InvoiceDocument) -> None:
    contact = [(line, TEXT) for line in document.shop.contact_lines()]
    _block(sheet, [(document.shop.name, NAME), *contact], "center")
    _rule(sheet)
    heading = "RECEIPT · COPY" if document.copy else "RECEIPT"
    customer = (
        document.customer_name,
        document.customer_phone,
        f"TIN {document.customer_tin}" if document.customer_tin else "",
    )
    facts = [
        (f"{heading} {document.invoice_number}", STRONG),
        (long_date(document.issued_on), TEXT),
        *((fact, TEXT) for fact in customer if fact),
    ]
    _block(sheet, facts)
    _rule(sheet)


def _draw_line(sheet: Sheet, line: InvoiceLine, currency: str) -> None:
    _block(sheet, [(line.description, TEXT)])
    price = grouped(line.unit_price_minor, currency)
    label = f"{grouped(line.quantity)} × {price}   {line.tax_class}"
    amount = grouped(line.total_minor, currency)
    draw_amount(sheet, sheet.left + 8, label, amount, TEXT, TEXT)
    sheet.space(2)


def _draw_totals(sheet: Sheet, document: InvoiceDocument) -> None:
    def row(label: str, amount_minor: int, style: Style) -> None:
        amount = display(amount_minor, document.currency)
        draw_amount(sheet, sheet.left, label, amount, style, style)

    row("Total", document.total_minor, TOTAL)
    row("Without VAT", document.subtotal_minor, TEXT)
    row(f"VAT {VAT_RATE_PERCENT} % (in the price)", document.tax_minor, TEXT)
    for label, amount_minor in document.cash_pairs():
        row(label, amount_minor, TEXT)


def _draw_payment(sheet: Sheet, document: InvoiceDocument) -> None:
    paid = f"PAID on {long_date(document.paid_on)}" if document.paid_on else "Not paid yet"
    reference = document.transaction_reference
    facts = [(paid, STRONG), (document.payment_method_label, TEXT)]
    if reference:
        facts.append((f"Reference {reference}", TEXT))
    facts.append((f"Payment {document.payment_id}", TEXT))
    facts.extend((line, TEXT) for line in plain_lines(document.notes))
    _block(sheet, facts)


def _block(sheet: Sheet, lines: list[tuple[str, Style]], align: Align = "left") -> None:
    sheet.band(Cell(sheet.left, sheet.width, lines, align))


def _rule(sheet: Sheet) -> None:
    sheet.space(5)
    sheet.rule(colour=INK, weight=0.5)
    sheet.space(5)

"""The receipt of a paid sale: on a roll of thermal paper 80 or 58 mm wide, or on A4.

What a roll shows is first a list of plain parts. The PDF here draws them, and a thermal printer's
own commands can be made of the same list, so that both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from core.documents.blocks import draw_amount, draw_logo
from core.documents.contents import class_totals
from core.documents.invoice import InvoiceDocument, draw_sale, qr_payload
from core.documents.lettering import BOLD, INK, Style
from core.documents.sheet import MM, Align, Cell, Paper, Sheet
from core.documents.text import plain_lines
from core.money import VAT_RATE_PERCENT, display, grouped


class ReceiptWidth(StrEnum):
    """The papers a receipt is printed on."""

    ROLL_80 = "80"
    ROLL_58 = "58"
    A4 = "a4"


Weight = Literal["plain", "strong", "name", "total"]


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """A line of text that may wrap; "name" is the shop's, in the largest letters."""

    text: str
    weight: Weight = "plain"
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class ReceiptPair:
    """A label at the left edge, or a little inside it, and an amount at the right one."""

    label: str
    amount: str
    weight: Weight = "plain"
    indented: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class ReceiptQr:
    """A QR code of plain text, in the middle."""

    payload: str


@dataclass(frozen=True, slots=True)
class ReceiptLogo:
    """A PNG or JPEG picture, in the middle."""

    picture: bytes


ReceiptPart = ReceiptText | ReceiptPair | ReceiptRule | ReceiptQr | ReceiptLogo


def receipt_parts(document: InvoiceDocument) -> tuple[ReceiptPart, ...]:
    """Return what a receipt shows from top to bottom, whatever it is printed on."""
    return (
        *_top(document),
        *_goods(document),
        ReceiptRule(),
        *_totals(document),
        ReceiptRule(),
        *_payment(document),
        *_fiscal(document),
        ReceiptQr(qr_payload(document)),
        ReceiptText(document.phrases.not_fiscal, "strong", "center"),
        *(ReceiptText(line, align="center") for line in plain_lines(document.shop.footer)),
    )


def _top(document: InvoiceDocument) -> list[ReceiptPart]:
    words, shop = document.phrases, document.shop
    word = f"{words.receipt} · {words.copy}" if document.copy else words.receipt
    at = document.paid_at
    when = words.moment(at) if at else words.long_date(document.issued_on)
    facts = [when, *(line for line in (document.customer_name, document.customer_phone) if line)]
    if document.customer_tin:
        facts.append(f"TIN {document.customer_tin}")
    if document.order_number:
        facts.append(words.of_order.format(number=document.order_number))
    if document.served_by:
        facts.append(words.served_by.format(name=document.served_by))
    return [
        *([ReceiptLogo(shop.logo)] if shop.logo else []),
        ReceiptText(shop.name, "name", "center"),
        *(ReceiptText(line, align="center") for line in shop.contact_lines()),
        ReceiptRule(),
        ReceiptText(f"{word.upper()} {document.invoice_number}", "strong"),
        *(ReceiptText(fact) for fact in facts),
        ReceiptRule(),
    ]


def _goods(document: InvoiceDocument) -> list[ReceiptPart]:
    parts: list[ReceiptPart] = []
    for line in document.lines:
        price = grouped(line.unit_price_minor, document.currency)
        label = f"{grouped(line.quantity)} × {price}   {line.tax_class}"
        amount = grouped(line.total_minor, document.currency)
        parts += [ReceiptText(line.description), ReceiptPair(label, amount, indented=True)]
    return parts


def _totals(document: InvoiceDocument) -> list[ReceiptPart]:
    words, currency = document.phrases, document.currency

    def pair(label: str, amount_minor: int, weight: Weight = "plain") -> ReceiptPair:
        return ReceiptPair(label, display(amount_minor, currency), weight)

    classes = class_totals(document.lines, document.tax_minor)
    by_class = [
        pair(f"{each.tax_class}: {words.tax_classes.get(each.tax_class, '')}".format(
            rate=VAT_RATE_PERCENT), each.total_minor)
        for each in classes
    ]  # fmt: skip
    return [
        pair(words.total, document.total_minor, "total"),
        *(by_class if len(classes) > 1 else []),
        pair(words.subtotal, document.subtotal_minor),
        pair(words.vat_in_price.format(rate=VAT_RATE_PERCENT), document.tax_minor),
        *(pair(label, amount) for label, amount in document.cash_pairs()),
    ]


def _payment(document: InvoiceDocument) -> list[ReceiptPart]:
    method, standing, *others = document.payment_lines()
    return [
        ReceiptText(standing.upper() if document.void_on else standing, "strong"),
        ReceiptText(method),
        *(ReceiptText(line) for line in others if line),
        *(ReceiptText(line) for line in plain_lines(document.notes)),
    ]


def _fiscal(document: InvoiceDocument) -> list[ReceiptPart]:
    words, parts = document.phrases, list[ReceiptPart]()
    if document.ebm_receipt_number:
        number = f"{words.fiscal_number} {document.ebm_receipt_number}"
        parts += [ReceiptRule(), ReceiptText(number, "strong")]
    if document.ebm_signature:
        parts.append(ReceiptText(f"{words.fiscal_signature} {document.ebm_signature}"))
    return parts


# --- the same parts as a PDF

# Thermal paper knows black only: grey would print as dots.
_STYLES = {
    "plain": Style(7.6, 11.2, INK),
    "strong": Style(7.6, 11.2, INK, BOLD),
    "name": Style(11.5, 16, INK, BOLD),
    "total": Style(11, 16, INK, BOLD),
}
_NARROW_STYLES = _STYLES | {
    "name": Style(10, 14, INK, BOLD),
    "total": Style(9, 13.5, INK, BOLD),
}
_QR_SIZE = 82.0


def _roll(width_mm: int, side_mm: float) -> Paper:
    """Return a roll: a PDF page may be 5 080 mm long, and the text decides how long it is."""
    return Paper(
        width=width_mm * MM, height=5000 * MM, side=side_mm * MM, top=6 * MM, bottom=8 * MM,
        endless=True,
    )  # fmt: skip


ROLLS = {ReceiptWidth.ROLL_80: _roll(80, 4), ReceiptWidth.ROLL_58: _roll(58, 5)}
"""An 80 mm roll prints 72 mm, a 58 mm roll 48 mm."""


def render_receipt(document: InvoiceDocument, width: ReceiptWidth = ReceiptWidth.ROLL_80) -> bytes:
    """Return the receipt as a PDF of that width; the same document gives the same bytes."""
    words = document.phrases
    if width is ReceiptWidth.A4:
        return draw_sale(document, words.receipt)
    sheet = Sheet(
        ROLLS[width],
        title=f"{words.receipt} {document.invoice_number}",
        author=document.shop.name,
        subject=words.long_date(document.issued_on),
        language=words.language,
    )
    styles = _NARROW_STYLES if width is ReceiptWidth.ROLL_58 else _STYLES
    for part in receipt_parts(document):
        _draw(sheet, part, styles)
    return sheet.finish(page_words=words.page)


def _draw(sheet: Sheet, part: ReceiptPart, styles: dict[str, Style]) -> None:
    match part:
        case ReceiptText():
            line = (part.text, styles[part.weight])
            sheet.band(Cell(sheet.left, sheet.width, [line], part.align))
        case ReceiptPair():
            x = sheet.left + (8 if part.indented else 0)
            style = styles[part.weight]
            draw_amount(sheet, x, part.label, part.amount, style, style)
            sheet.space(2 if part.indented else 0)
        case ReceiptRule():
            sheet.space(5)
            sheet.rule(colour=INK, weight=0.5)
            sheet.space(5)
        case ReceiptQr():
            sheet.space(8)
            sheet.qr(part.payload, (sheet.paper.width - _QR_SIZE) / 2, sheet.y, _QR_SIZE)
            sheet.space(_QR_SIZE + 8)
        case ReceiptLogo():
            draw_logo(sheet, part.picture, align="center")

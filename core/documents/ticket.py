"""A receipt as lines of text of one width: what a receipt printer's own language can say.

The same facts as on the receipt's PDF, in the same order. A ticket knows how many characters fit
on a line, and nothing of any printer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.documents.blocks import NOT_FISCAL, InvoiceLine
from core.documents.invoice import InvoiceDocument, qr_payload
from core.documents.text import long_date, plain, plain_lines
from core.money import VAT_RATE_PERCENT, display, grouped

Align = Literal["left", "center", "right"]
INDENT = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Text that wraps; ``large`` is of double height, never wider."""

    text: str
    align: Align = "left"
    bold: bool = False
    large: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What something is, and at the right edge how much."""

    label: str
    amount: str
    bold: bool = False
    large: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class QRCode:
    """A QR code of plain text, in the middle."""

    payload: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture from a file, in the middle."""

    path: Path


Part = Words | Pair | Rule | QRCode | Picture


def receipt_ticket(document: InvoiceDocument) -> tuple[Part, ...]:
    """Return the receipt of a paid or waiting invoice, from the logo down to the last words."""
    return (
        *_top(document),
        Rule(),
        *_lines(document.lines, document.currency),
        Rule(),
        *_totals(document),
        Rule(),
        *_payment(document),
        QRCode(qr_payload(document)),
        Words(NOT_FISCAL, "center", bold=True),
        *(Words(line, "center") for line in plain_lines(document.shop.footer)),
    )


def _top(document: InvoiceDocument) -> Iterable[Part]:
    shop = document.shop
    if shop.logo_path is not None:
        yield Picture(shop.logo_path)
    yield Words(shop.name, "center", bold=True, large=True)
    for line in shop.contact_lines():
        yield Words(line, "center")
    yield Rule()
    heading = "RECEIPT · COPY" if document.copy else "RECEIPT"
    yield Words(f"{heading} {document.invoice_number}", bold=True)
    yield Words(long_date(document.issued_on))
    tin = f"TIN {document.customer_tin}" if document.customer_tin else ""
    for fact in (document.customer_name, document.customer_phone, tin):
        if fact:
            yield Words(fact)


def _lines(lines: tuple[InvoiceLine, ...], currency: str) -> Iterable[Part]:
    for line in lines:
        yield Words(line.description)
        price = grouped(line.unit_price_minor, currency)
        label = f"{grouped(line.quantity)} × {price}  {line.tax_class}"
        yield Pair(label, grouped(line.total_minor, currency), indent=INDENT)


def _totals(document: InvoiceDocument) -> Iterable[Part]:
    currency = document.currency
    yield Pair("Total", display(document.total_minor, currency), bold=True, large=True)
    yield Pair("Without VAT", display(document.subtotal_minor, currency))
    yield Pair(f"VAT {VAT_RATE_PERCENT} % (in the price)", display(document.tax_minor, currency))
    for label, amount_minor in document.cash_pairs():
        yield Pair(label, display(amount_minor, currency))


def _payment(document: InvoiceDocument) -> Iterable[Part]:
    paid = f"PAID on {long_date(document.paid_on)}" if document.paid_on else "Not paid yet"
    yield Words(paid, bold=True)
    yield Words(document.payment_method_label)
    if document.transaction_reference:
        yield Words(f"Reference {document.transaction_reference}")
    yield Words(f"Payment {document.payment_id}")
    for line in plain_lines(document.notes):
        yield Words(line)


def laid_out(part: Words | Pair, columns: int) -> list[str]:
    """Return a part as lines of at most ``columns`` characters, each padded as it is aligned."""
    if isinstance(part, Words):
        lines = wrapped(plain(part.text), columns)
        return [_aligned(line, part.align, columns).rstrip() for line in lines]
    label, amount = " " * part.indent + plain(part.label), plain(part.amount)
    if len(label) + 1 + len(amount) <= columns:
        return [label + amount.rjust(columns - len(label))]
    return [*wrapped(label, columns), *(line.rjust(columns) for line in wrapped(amount, columns))]


def wrapped(text: str, columns: int) -> list[str]:
    """Return text in lines of at most ``columns`` characters; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if len(longer) <= columns:
            line = longer
            continue
        if line:
            lines.append(line)
        while len(word) > columns:
            lines.append(word[:columns])
            word = word[columns:]  # noqa: PLW2901 - what is left of it
        line = word
    lines.append(line)
    return lines


def _aligned(line: str, align: Align, columns: int) -> str:
    if align == "center":
        return line.center(columns)
    return line.rjust(columns) if align == "right" else line

"""The blocks that invoices, credit notes and reports share: heading, parties, table, totals."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.documents.sheet import (
    ACCENT,
    BODY,
    BODY_BOLD,
    BODY_MUTED,
    BOLD,
    GREEN,
    HAIRLINE,
    INK,
    LABEL,
    PAPER_TINT,
    SMALL,
    Align,
    Cell,
    Colour,
    Sheet,
    Style,
    text_width,
)
from core.documents.text import long_date, plain_lines
from core.money import VAT_RATE_PERCENT, display, grouped

logger = logging.getLogger(__name__)

NOT_FISCAL = "This is not a fiscal receipt."

TITLE = Style(21, 27, ACCENT, BOLD)
SHOP_NAME = Style(14, 20, INK, BOLD)
NUMBER = Style(10, 15, INK, BOLD)
WARNING = Style(7.2, 15, INK, BOLD)
TOTAL = Style(12, 18, INK, BOLD)

_TAX_CLASSES = {
    "A": "exempt from VAT",
    "B": f"VAT {VAT_RATE_PERCENT} %",
    "C": "zero-rated",
    "D": "outside VAT",
}
"""Rwanda Revenue Authority's tax types of a sale line (EBM specification)."""

_NUMBER_WIDTH_MAX = 125.0
_GAP = 12.0
_LOGO_WIDTH, _LOGO_HEIGHT = 150.0, 48.0
_QR_SIZE = 74.0


@dataclass(frozen=True, slots=True)
class ShopBlock:
    """The shop as its documents name it; ``logo_path`` is a PNG or JPEG file."""

    name: str
    tin: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank_details: str = ""
    footer: str = ""
    logo_path: Path | None = None

    def contact_lines(self) -> list[str]:
        """Return what stands under the shop's name; address lines stay as typed."""
        reach = "  ·  ".join(part for part in (self.phone, self.email) if part)
        tin = f"TIN {self.tin}" if self.tin else ""
        return [*plain_lines(self.address), *(line for line in (reach, tin) if line)]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One thing sold. Prices include VAT; ``tax_class`` is A, B, C or D as in EBM."""

    description: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    tax_class: str = "B"


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``width`` 0 takes what its content needs, -1 shares what is left."""

    title: str
    align: Align = "left"
    width: float = 0.0


Row = Sequence[str]


def check_sums(
    lines: Sequence[InvoiceLine], subtotal_minor: int, tax_minor: int, total_minor: int
) -> None:
    """Refuse a document whose figures disagree: printing it would be worse than failing.

    Raises:
        ValueError: net plus VAT, or the sum of the lines, is not the total.

    """
    if subtotal_minor + tax_minor != total_minor:
        raise ValueError(f"net {subtotal_minor} + VAT {tax_minor} is not the total {total_minor}")
    line_sum = sum(line.total_minor for line in lines)
    if lines and line_sum != total_minor:
        raise ValueError(f"the lines add up to {line_sum}, not to the total {total_minor}")


def draw_heading(
    sheet: Sheet, shop: ShopBlock, title: str, number: str, facts: Iterable[str]
) -> None:
    """Draw the shop on the left, and the document's name, number and dates on the right."""
    top = sheet.y
    if shop.logo_path:
        draw_logo(sheet, shop.logo_path)
    left = [(shop.name, SHOP_NAME), *((line, BODY_MUTED) for line in shop.contact_lines())]
    right = [
        (title, TITLE),
        (number, NUMBER),
        *((fact, BODY_MUTED) for fact in facts),
        (NOT_FISCAL, WARNING),
    ]
    half = (sheet.width - 2 * _GAP) / 2
    logo_height = sheet.y - top
    sheet.y = top
    spacer = [("", Style(1, logo_height))] if logo_height else []
    sheet.band(
        Cell(sheet.left, half, [*spacer, *left]),
        Cell(sheet.right - half, half, right, "right"),
    )
    sheet.space(14)
    sheet.rule(colour=ACCENT, weight=1.2)
    sheet.space(14)


def draw_logo(sheet: Sheet, path: Path) -> None:
    """Draw the logo; a missing or broken picture is logged and must not stop a sale."""
    try:
        sheet.image(path, max_width=_LOGO_WIDTH, max_height=_LOGO_HEIGHT)
    except OSError:
        logger.warning("The logo %s cannot be read; the document is drawn without it.", path)
        return
    sheet.space(8)


def draw_pair(sheet: Sheet, *blocks: tuple[str, Iterable[str]]) -> None:
    """Draw titled blocks of lines side by side; the first line of each is in bold."""
    width = (sheet.width - 2 * _GAP * (len(blocks) - 1)) / len(blocks)
    cells = []
    for place, (title, lines) in enumerate(blocks):
        shown = [line for line in lines if line]
        styled = [(line, BODY if at else BODY_BOLD) for at, line in enumerate(shown)]
        x = sheet.left + place * (width + 2 * _GAP)
        cells.append(Cell(x, width, [(title, LABEL), *styled]))
    sheet.band(*cells)
    sheet.space(18)


def draw_table(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Draw a table whose head comes back on each new page; no row is cut if a page can hold it."""
    widths = _column_widths(sheet, columns, rows)

    def cells(texts: Row, style: Style) -> list[Cell]:
        x, made = sheet.left, []
        for column, width, text in zip(columns, widths, texts, strict=True):
            made.append(Cell(x, width, [(text, style)], column.align))
            x += width + _GAP
        return made

    def head() -> None:
        sheet.rule(colour=ACCENT, weight=0.8)
        sheet.space(4.5)
        sheet.band(*cells([column.title for column in columns], LABEL))
        sheet.space(3)
        sheet.rule(colour=ACCENT, weight=0.8)

    sheet.need(60)
    head()
    sheet.head = head
    for row in rows:
        sheet.band(*cells(row, BODY), before=5)
        sheet.space(4.5)
        sheet.rule()
    sheet.head = None


def _column_widths(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Row]) -> list[float]:
    widths = [column.width for column in columns]
    for place, column in enumerate(columns):
        if column.width == 0:
            longest = max((row[place] for row in rows), key=len, default="")
            needed = max(text_width(longest, BODY), text_width(column.title, LABEL)) + 1
            widths[place] = min(needed, _NUMBER_WIDTH_MAX)
    sharing = [place for place, width in enumerate(widths) if width < 0]
    fixed = sum(width for width in widths if width > 0)
    left_over = sheet.width - fixed - _GAP * (len(columns) - 1)
    for place in sharing:
        widths[place] = left_over / len(sharing)
    return widths


def draw_lines(sheet: Sheet, lines: Sequence[InvoiceLine], currency: str) -> None:
    """Draw what was sold, and what its tax letters mean."""
    columns = (
        Column("Description", width=-1),
        Column("Quantity", "right"),
        Column(f"Unit price ({currency})", "right"),
        Column("Tax", "center", 26),
        Column(f"Amount ({currency})", "right"),
    )
    rows = [
        (
            line.description,
            grouped(line.quantity),
            grouped(line.unit_price_minor, currency),
            line.tax_class,
            grouped(line.total_minor, currency),
        )
        for line in lines
    ]
    draw_table(sheet, columns, rows)
    used = sorted({line.tax_class for line in lines} & _TAX_CLASSES.keys())
    legend = "   ".join(f"{letter}: {_TAX_CLASSES[letter]}" for letter in used)
    sheet.space(5)
    sheet.band(Cell(sheet.left, sheet.width, [(f"Prices include VAT.   {legend}", SMALL)]))
    sheet.space(10)


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands under the table; ``after`` are label and amount pairs below the total."""

    currency: str
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    total_label: str = "Total"
    after: tuple[tuple[str, int], ...] = ()


def draw_closing(
    sheet: Sheet, totals: Totals, *, payload: str, stamp: tuple[str, date] | None
) -> None:
    """Draw the totals on the right, with the QR code and the stamp beside them."""
    sheet.need(96 + 14 * len(totals.after))
    top = sheet.y
    sheet.qr(payload, sheet.left, top + 4, _QR_SIZE)
    sheet.y = top + 4 + _QR_SIZE + 4
    sheet.band(Cell(sheet.left, _QR_SIZE + 90, [("Scan to find this payment", SMALL)]))
    below = sheet.y
    if stamp:
        _draw_stamp(sheet, sheet.left + _QR_SIZE + 16, top + 17, *stamp)
    sheet.y = top
    _draw_totals(sheet, totals)
    sheet.y = max(sheet.y, below)
    sheet.space(14)


def _draw_totals(sheet: Sheet, totals: Totals) -> None:
    x = sheet.left + sheet.width * 0.47
    width = sheet.right - x

    def row(label: str, amount_minor: int, style: Style, label_style: Style) -> None:
        draw_amount(sheet, x, label, display(amount_minor, totals.currency), style, label_style)

    row("Subtotal without VAT", totals.subtotal_minor, BODY, BODY_MUTED)
    sheet.space(2)
    row(f"VAT {VAT_RATE_PERCENT} % (in the price)", totals.tax_minor, BODY, BODY_MUTED)
    sheet.space(6)
    sheet.frame(x - 8, sheet.y, width + 16, 27, fill=PAPER_TINT)
    sheet.space(5)
    row(totals.total_label, totals.total_minor, TOTAL, TOTAL)
    sheet.space(8)
    for label, amount_minor in totals.after:
        row(label, amount_minor, BODY, BODY_MUTED)
        sheet.space(1.5)


def draw_amount(
    sheet: Sheet, x: float, label: str, amount: str, style: Style, label_style: Style
) -> None:
    """Draw a label at ``x`` and an amount at the right edge, in one line if both fit."""
    width = sheet.right - x
    label_width = max(width - text_width(amount, style) - _GAP, width / 4)
    sheet.band(
        Cell(x, label_width, [(label, label_style)]), Cell(x, width, [(amount, style)], "right")
    )


def _draw_stamp(
    sheet: Sheet, x: float, y: float, word: str, day: date, colour: Colour = GREEN
) -> None:
    big, small = Style(15, 20, colour, BOLD), Style(7.2, 10, colour, BOLD)
    lines = [(word, big), (long_date(day), small)]
    width = max(text_width(text, style) for text, style in lines) + 24
    sheet.frame(x, y, width, 44, stroke=colour, radius=5)
    sheet.y = y + 6.5
    sheet.band(Cell(x, width, lines, "center"))


def draw_texts(sheet: Sheet, *blocks: tuple[str, str]) -> None:
    """Draw titled paragraphs over the page's width; an empty one is left out."""
    for title, text in blocks:
        lines = plain_lines(text)
        if lines:
            sheet.need(40)
            styled = [(title, LABEL), *((line, BODY) for line in lines)]
            sheet.band(Cell(sheet.left, sheet.width, styled), keep=False)
            sheet.space(10)


def draw_thanks(sheet: Sheet, text: str) -> None:
    """Draw the shop's closing words in the middle."""
    lines = plain_lines(text)
    if lines:
        sheet.space(4)
        sheet.rule(colour=HAIRLINE)
        sheet.space(9)
        styled = [(line, BODY_MUTED) for line in lines]
        sheet.band(Cell(sheet.left, sheet.width, styled, "center"))

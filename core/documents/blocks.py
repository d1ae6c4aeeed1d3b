"""The blocks that invoices, credit notes and reports share: heading, parties, table, totals."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from core.documents.contents import InvoiceLine, ShopBlock, class_totals
from core.documents.lettering import (
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
    Colour,
    Style,
    text_width,
)
from core.documents.phrases import Phrases
from core.documents.sheet import Align, Cell, Sheet
from core.documents.text import plain_lines
from core.money import VAT_RATE_PERCENT, display, grouped

logger = logging.getLogger(__name__)

TITLE = Style(21, 27, ACCENT, BOLD)
SHOP_NAME = Style(14, 20, INK, BOLD)
NUMBER = Style(10, 15, INK, BOLD)
WARNING = Style(7.2, 15, INK, BOLD)
TOTAL = Style(12, 18, INK, BOLD)

_NUMBER_WIDTH_MAX = 125.0
_GAP = 12.0
_LOGO_WIDTH, _LOGO_HEIGHT = 150.0, 48.0
_QR_SIZE = 74.0
_TOTALS_AT = 0.47
_TOTALS_PADDING = 8.0


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``width`` 0 takes what its content needs, -1 shares what is left."""

    title: str
    align: Align = "left"
    width: float = 0.0


Row = Sequence[str]


def draw_heading(
    sheet: Sheet,
    shop: ShopBlock,
    words: Phrases,
    title: str,
    number: str,
    facts: Iterable[str],
    *,
    copy: bool,
) -> None:
    """Draw the shop on the left, and the document's name, number and dates on the right."""
    top = sheet.y
    logo = shop.logo or shop.logo_path
    if logo:
        draw_logo(sheet, logo)
    left = [(shop.name, SHOP_NAME), *((line, BODY_MUTED) for line in shop.contact_lines())]
    half = (sheet.width - 2 * _GAP) / 2
    heading = (f"{title} · {words.copy}" if copy else title).upper()
    right = [
        (heading, _fitting(heading, TITLE, half)),
        (number, NUMBER),
        *((fact, BODY_MUTED) for fact in facts),
        (words.not_fiscal, WARNING),
    ]
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


def _fitting(text: str, style: Style, width: float) -> Style:
    """Return the style smaller by what a text needs to stand on one line, down to two thirds."""
    scale = max(2 / 3, min(1.0, width / max(text_width(text, style), 1)))
    return replace(style, size=style.size * scale)


def draw_logo(sheet: Sheet, logo: bytes | Path, *, align: Align = "left") -> None:
    """Draw the logo; a missing or broken picture is logged and must not stop a sale."""
    try:
        sheet.image(logo, max_width=_LOGO_WIDTH, max_height=_LOGO_HEIGHT, align=align)
    except OSError as error:
        logger.warning("The logo cannot be read; the document is drawn without it: %s", error)
        return
    sheet.space(8)


def draw_fiscal(sheet: Sheet, words: Phrases, number: str, signature: str) -> None:
    """Draw what the fiscal machine printed for the same sale, where it did."""
    if number:
        signed = f"   {words.fiscal_signature} {signature}" if signature else ""
        draw_pair(sheet, (words.fiscal_number, (f"{number}{signed}",)))


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


def draw_table(
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[Row],
    carried: Sequence[tuple[Row, Row]] = (),
) -> None:
    """Draw a table whose head comes back on each new page; no row is cut if a page can hold it.

    ``carried`` has for each row what stands below it if a page ends there, and above the next.
    """
    widths = _column_widths(
        sheet, columns, [*rows, *(row for pair in carried[-1:] for row in pair)]
    )

    def cells(texts: Row, style: Style) -> list[Cell]:
        x, made = sheet.left, []
        for column, width, text in zip(columns, widths, texts, strict=True):
            if text:
                made.append(Cell(x, width, [(text, style)], column.align))
            x += width + _GAP
        return made or [Cell(sheet.left, sheet.width, [("", style)])]

    def head() -> None:
        sheet.rule(colour=ACCENT, weight=0.8)
        sheet.space(4.5)
        sheet.band(*cells([column.title for column in columns], LABEL))
        sheet.space(3)
        sheet.rule(colour=ACCENT, weight=0.8)

    def draw(row: Row, style: Style) -> None:
        sheet.band(*cells(row, style), before=5)
        sheet.space(4.5)
        sheet.rule()

    sheet.need(60)
    head()
    sheet.head = head
    carried_height = BODY_MUTED.leading + 9.5 if carried else 0.0
    for place, row in enumerate(rows):
        band = sheet.laid(*cells(row, BODY))
        is_last = place == len(rows) - 1
        if (
            place
            and carried
            and not sheet.holds(9.5 + band.height, 0 if is_last else carried_height)
        ):
            below, above = carried[place - 1]
            draw(below, BODY_MUTED)
            sheet.turn()
            draw(above, BODY_MUTED)
        sheet.place(band, before=5)
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


def draw_lines(
    sheet: Sheet, words: Phrases, lines: Sequence[InvoiceLine], tax_minor: int, currency: str
) -> None:
    """Draw what was sold, what its tax letters mean, and the totals where there are several."""
    columns = (
        Column(words.description, width=-1),
        Column(words.quantity, "right"),
        Column(f"{words.unit_price} ({currency})", "right"),
        Column(words.tax, "center"),
        Column(f"{words.amount} ({currency})", "right"),
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
    running = (grouped(sum_, currency) for sum_ in accumulate(line.total_minor for line in lines))
    carried = [
        ((words.carried_over, "", "", "", sum_), (words.brought_forward, "", "", "", sum_))
        for sum_ in running
    ]
    draw_table(sheet, columns, rows, carried)
    _draw_legend(sheet, words, {line.tax_class for line in lines})
    _draw_class_totals(sheet, words, lines, tax_minor, currency)
    sheet.space(10)


def _draw_legend(sheet: Sheet, words: Phrases, letters: set[str]) -> None:
    meanings = (
        f"{letter}: {words.tax_classes[letter].format(rate=VAT_RATE_PERCENT)}"
        for letter in sorted(letters & words.tax_classes.keys())
    )
    legend = "   ".join((words.prices_include_vat, *meanings))
    sheet.space(5)
    sheet.band(Cell(sheet.left, sheet.width, [(legend, SMALL)]))


def _draw_class_totals(
    sheet: Sheet, words: Phrases, lines: Sequence[InvoiceLine], tax_minor: int, currency: str
) -> None:
    """Draw what each tax class adds up to, as the EBM's receipts do, where there are several."""
    classes = class_totals(lines, tax_minor)
    if len(classes) < 2:
        return
    columns = (
        Column(words.tax_class, width=-1),
        Column(f"{words.with_vat} ({currency})", "right"),
        Column(f"{words.without_vat} ({currency})", "right"),
        Column(f"{words.vat} ({currency})", "right"),
    )
    rows = [
        (
            each.tax_class,
            grouped(each.total_minor, currency),
            grouped(each.subtotal_minor, currency),
            grouped(each.tax_minor, currency),
        )
        for each in classes
    ]
    sheet.space(6)
    sheet.need(24 + 22 * len(rows))
    draw_table(sheet, columns, rows)
    sheet.space(6)


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands under the table; ``after`` are label and amount pairs below the total."""

    currency: str
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    total_label: str
    after: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """A word and a day, as a rubber stamp would put them on the paper."""

    word: str
    day: str
    colour: Colour = GREEN


def draw_closing(
    sheet: Sheet, words: Phrases, totals: Totals, *, payload: str, stamp: Stamp | None
) -> None:
    """Draw the totals on the right, with the QR code and the stamp beside them."""
    sheet.need(96 + 14 * len(totals.after))
    top = sheet.y
    sheet.qr(payload, sheet.left, top + 4, _QR_SIZE)
    sheet.y = top + 4 + _QR_SIZE + 4
    sheet.band(Cell(sheet.left, _QR_SIZE + 90, [(words.scan, SMALL)]))
    below = sheet.y
    if stamp:
        _draw_stamp(sheet, sheet.left + _QR_SIZE + 16, top + 17, stamp)
    sheet.y = top
    _draw_totals(sheet, words, totals)
    sheet.y = max(sheet.y, below)
    sheet.space(14)


def _draw_totals(sheet: Sheet, words: Phrases, totals: Totals) -> None:
    x = sheet.left + sheet.width * _TOTALS_AT
    width = sheet.right - x

    def row(label: str, amount_minor: int, style: Style, label_style: Style) -> None:
        draw_amount(sheet, x, label, display(amount_minor, totals.currency), style, label_style)

    row(words.subtotal, totals.subtotal_minor, BODY, BODY_MUTED)
    sheet.space(2)
    row(words.vat_in_price.format(rate=VAT_RATE_PERCENT), totals.tax_minor, BODY, BODY_MUTED)
    sheet.space(6)
    sheet.frame(x - _TOTALS_PADDING, sheet.y, width + 2 * _TOTALS_PADDING, 27, fill=PAPER_TINT)
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
    label_width = max(width - text_width(amount, style) - _GAP / 2, width / 4)
    sheet.band(
        Cell(x, label_width, [(label, label_style)]), Cell(x, width, [(amount, style)], "right")
    )


def _draw_stamp(sheet: Sheet, x: float, y: float, stamp: Stamp) -> None:
    big, small = Style(15, 20, stamp.colour, BOLD), Style(7.2, 10, stamp.colour, BOLD)
    room = sheet.left + sheet.width * _TOTALS_AT - _TOTALS_PADDING - 6 - x
    texts = ((stamp.word.upper(), big), (stamp.day, small))
    lines = [(text, _fitting(text, style, room - 24)) for text, style in texts]
    width = max(text_width(text, style) for text, style in lines) + 24
    sheet.frame(x, y, width, 44, stroke=stamp.colour, radius=5)
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
        styled = [(line, BODY_MUTED) for line in lines]
        band = sheet.laid(Cell(sheet.left, sheet.width, styled, "center"))
        sheet.need(13 + band.height)
        sheet.space(4)
        sheet.rule(colour=HAIRLINE)
        sheet.place(band, before=9)

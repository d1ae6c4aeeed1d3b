"""The report of one reconciliation: what the statement and the shop's books agree on, or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from core.documents.blocks import SHOP_NAME, draw_logo, draw_pair, draw_texts
from core.documents.contents import ShopBlock
from core.documents.lettering import (
    ACCENT,
    BODY,
    BODY_MUTED,
    BOLD,
    GREEN,
    INK,
    LABEL,
    MUTED,
    RED,
    Colour,
    Style,
    text_width,
)
from core.documents.report_table import FigureTable, draw_figures
from core.documents.sheet import A4_LANDSCAPE, Cell, Sheet

Tone = Literal["good", "bad", "open"]

_TITLE = Style(18, 25, ACCENT, BOLD)
_SECTION = Style(10.5, 17, ACCENT, BOLD)
_COLOURS: dict[Tone, Colour] = {"good": GREEN, "bad": RED, "open": (0.55, 0.36, 0.0)}
_DRAFT = Style(8.5, 12.5, _COLOURS["open"], BOLD)
_BLOCK_GAP = 26.0
_BLOCK_SHARES = (29, 30, 35)
_COUNT_WIDTH, _AMOUNT_WIDTH = 36.0, 84.0


@dataclass(frozen=True, slots=True)
class PaperFigure:
    """A figure with its label; ``count`` is empty where nothing is counted."""

    label: str
    count: str
    amount: str
    is_sum: bool = False
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A titled table, and a sentence in its place or below the title."""

    title: str
    remark: str = ""
    table: FigureTable | None = None


@dataclass(frozen=True, slots=True)
class PaperReconciliation:
    """What a clerk signs and an owner keeps.

    ``draft`` are the sentences that mark a report whose reconciliation is open, or empty;
    ``figures`` are three titled blocks, drawn side by side.
    """

    title: str
    shop: ShopBlock
    status: str
    tone: Tone
    draft: tuple[str, ...]
    statement: tuple[str, ...]
    acts: tuple[str, ...]
    figures: tuple[tuple[str, tuple[PaperFigure, ...]], ...]
    sections: tuple[PaperSection, ...]
    problems: tuple[str, ...] = ()
    not_searched: tuple[str, ...] = ()
    notes: str = ""


def render_reconciliation_report(report: PaperReconciliation) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes."""
    sheet = Sheet(
        A4_LANDSCAPE,
        title=report.title,
        author=report.shop.name,
        subject=", ".join(report.statement),
        accent=report.shop.accent_colour,
    )
    _draw_heading(sheet, report)
    draw_pair(sheet, ("Statement", report.statement), ("Who and when", report.acts))
    _draw_figures(sheet, report.figures)
    draw_texts(
        sheet,
        ("Problems of the file", "\n".join(report.problems)),
        ("Left to a person", "\n".join(report.not_searched)),
        ("Notes", report.notes),
    )
    for section in report.sections:
        _draw_section(sheet, section)
    marks = ("Draft" if report.draft else "", report.title, report.shop.name, *report.statement[:1])
    return sheet.finish(footer="  ·  ".join(mark for mark in marks if mark))


def _draw_heading(sheet: Sheet, report: PaperReconciliation) -> None:
    """Draw the shop at the left, the title with its state as a badge at the right."""
    top, shop = sheet.y, report.shop
    logo = shop.logo or shop.logo_path
    if logo:
        draw_logo(sheet, logo)
    spacer = [("", Style(1, sheet.y - top))] if logo else []
    sheet.y = top
    lines = [(line, BODY_MUTED) for line in shop.contact_lines()]
    half = sheet.width / 2 - 12
    badge = Style(9.5, 15, _COLOURS[report.tone], BOLD)
    draft = [(sentence, _DRAFT) for sentence in report.draft]
    width = text_width(report.status, badge) + 16
    sheet.frame(sheet.right - width, top + 28, width, 18, stroke=badge.colour, radius=4)
    sheet.band(
        Cell(sheet.left, half, [*spacer, (shop.name, SHOP_NAME), *lines]),
        Cell(sheet.right - half, half, [(report.title, _TITLE)], "right"),
        Cell(
            sheet.right - half,
            half - 8,
            [("", Style(1, 30)), (report.status, badge)],
            "right",
        ),
        Cell(sheet.right - half, half, [("", Style(1, 52)), *draft], "right"),
    )
    sheet.space(10)
    sheet.rule(colour=ACCENT, weight=1.2)
    sheet.space(12)


def _draw_figures(sheet: Sheet, blocks: Sequence[tuple[str, tuple[PaperFigure, ...]]]) -> None:
    """Draw blocks of figures side by side, their lines level with one another."""
    room = sheet.width - _BLOCK_GAP * (len(blocks) - 1)
    widths = [room * share / sum(_BLOCK_SHARES) for share in _BLOCK_SHARES]
    lefts = [sheet.left + sum(widths[:place]) + place * _BLOCK_GAP for place in range(len(blocks))]
    sheet.need(40)
    sheet.rule(colour=ACCENT, weight=0.8)
    sheet.band(
        *(
            Cell(x, width, [(title, LABEL)])
            for x, width, (title, _) in zip(lefts, widths, blocks, strict=True)
        ),
        before=4,
    )
    sheet.rule(colour=ACCENT, weight=0.8)
    sheet.space(2)
    for line in zip_longest(*(figures for _, figures in blocks)):
        cells = [
            cell
            for x, width, figure in zip(lefts, widths, line, strict=True)
            if figure is not None
            for cell in _figure_cells(x, width, figure)
        ]
        sheet.band(*cells, before=2.5)
    sheet.space(5)
    sheet.rule(colour=ACCENT, weight=0.8)
    sheet.space(16)


def _figure_cells(x: float, width: float, figure: PaperFigure) -> tuple[Cell, ...]:
    font = BOLD if figure.is_sum or figure.is_wrong else BODY.font
    style = Style(BODY.size, BODY.leading, RED if figure.is_wrong else INK, font)
    label = style if figure.is_sum or figure.is_wrong else BODY_MUTED
    label_width = width - _COUNT_WIDTH - _AMOUNT_WIDTH
    count = Style(BODY.size, BODY.leading, MUTED)
    return (
        Cell(x, label_width, [(figure.label, label)]),
        Cell(x + label_width, _COUNT_WIDTH, [(figure.count, count)], "right"),
        Cell(x + width - _AMOUNT_WIDTH, _AMOUNT_WIDTH, [(figure.amount, style)], "right"),
    )


def _draw_section(sheet: Sheet, section: PaperSection) -> None:
    """Draw a section; its title never stands alone at the foot of a page."""
    sheet.need(90 if section.table else 44)
    sheet.band(Cell(sheet.left, sheet.width, [(section.title, _SECTION)]))
    sheet.space(2)
    if section.remark:
        sheet.band(Cell(sheet.left, sheet.width, [(section.remark, BODY_MUTED)]))
        sheet.space(4)
    if section.table:
        draw_figures(sheet, section.table)
    sheet.space(12)

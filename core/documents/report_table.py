"""A wide table of figures: its head on every page, its totals in bold, and no figure cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.documents.lettering import ACCENT, BOLD, INK, Style, text_width
from core.documents.sheet import Align, Cell, Sheet

_SIZES = (8.2, 7.4, 6.6, 5.8)
_WAYS = ((_SIZES[0], True), *((size, False) for size in _SIZES))
"""Letters in points, and whether each head stands in one line: tried in this order."""

_LEAST_GAP = 11.0
_GAP = 14.0
_LEAST_TEXT = 58.0
_MEASURED_ROWS = 4000


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column; a figure stands at the right and is never broken into lines.

    A column that ``stretches`` takes the room the others leave, which else parts them evenly.
    """

    title: str
    is_figure: bool
    stretches: bool = False


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A titled table; ``totals`` are rows that stand below in bold."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...] = ()


def draw_figures(sheet: Sheet, table: FigureTable) -> None:
    """Draw a table in the largest letters with which its figures stand side by side."""
    size, widths = _fitted(sheet.width, table)
    _stretch(widths, table.columns, sheet.width)
    gap = (sheet.width - sum(widths)) / max(len(widths) - 1, 1)
    plain, bold = Style(size, size * 1.45), Style(size, size * 1.45, INK, BOLD)
    head_style = Style(size * 0.88, size * 1.25, ACCENT, BOLD)

    def cells(texts: Sequence[str], style: Style) -> list[Cell]:
        x, made = sheet.left, []
        for column, width, text in zip(table.columns, widths, texts, strict=True):
            align: Align = "right" if column.is_figure else "left"
            made.append(Cell(x, width, [(text, style)], align))
            x += width + gap
        return made

    def head() -> None:
        sheet.rule(colour=ACCENT, weight=0.8)
        sheet.space(4)
        sheet.band(*cells([column.title for column in table.columns], head_style))
        sheet.space(3)
        sheet.rule(colour=ACCENT, weight=0.8)

    sheet.need(70)
    head()
    sheet.head = head
    for row in table.rows:
        sheet.band(*cells(row, plain), before=3.5)
        sheet.space(3.5)
        sheet.rule()
    for place, row in enumerate(table.totals):
        if place == 0:
            sheet.rule(colour=ACCENT, weight=0.8)
        sheet.band(*cells(row, bold), before=4)
        sheet.space(4)
        sheet.rule(colour=ACCENT, weight=0.8)
    sheet.head = None


def _stretch(widths: list[float], columns: Sequence[TableColumn], room: float) -> None:
    """Give what is left to the columns that take it; the others stay side by side."""
    takers = [place for place, column in enumerate(columns) if column.stretches]
    left = room - sum(widths) - _GAP * (len(widths) - 1)
    for place in takers:
        widths[place] += max(left, 0) / len(takers)


def _fitted(width: float, table: FigureTable) -> tuple[float, list[float]]:
    """Return the letters' size and the columns' widths, in points."""
    room = width - _LEAST_GAP * (len(table.columns) - 1)
    for size, whole_heads in _WAYS:
        natural = _natural(table, size, whole_heads=whole_heads)
        figures = sum(
            need for need, column in zip(natural, table.columns, strict=True) if column.is_figure
        )
        texts = [
            need
            for need, column in zip(natural, table.columns, strict=True)
            if not column.is_figure
        ]
        least = sum(min(need, _LEAST_TEXT) for need in texts)
        needed = figures + (sum(texts) if whole_heads else least)
        if needed <= room or size == _SIZES[-1]:
            shared = iter(_shares(texts, room - figures))
            return size, [
                need if column.is_figure else next(shared)
                for need, column in zip(natural, table.columns, strict=True)
            ]
    raise AssertionError("the last size is always taken")


def _natural(table: FigureTable, size: float, *, whole_heads: bool) -> list[float]:
    """Return how wide each column would like to be, all its text in one line."""
    plain, bold = Style(size, size), Style(size, size, INK, BOLD)
    head = Style(size * 0.88, size, INK, BOLD)
    widths = []
    for place, column in enumerate(table.columns):
        head_parts = [column.title] if whole_heads else column.title.split()
        longest = sorted({row[place] for row in table.rows[:_MEASURED_ROWS]}, key=len)[-5:]
        widths.append(
            1
            + max(
                *(text_width(word, head) for word in head_parts or [""]),
                *(text_width(text, plain) for text in longest or [""]),
                *(text_width(row[place], bold) for row in table.totals or [("",) * (place + 1)]),
            )
        )
    return widths


def _shares(needs: list[float], room: float) -> list[float]:
    """Return what each text gets: all it needs if there is room, else the widest give way."""
    shares = list(needs)
    left, waiting = room, sorted(range(len(needs)), key=lambda place: needs[place])
    for done, place in enumerate(waiting):
        shares[place] = max(min(needs[place], left / (len(waiting) - done)), 1)
        left -= shares[place]
    return shares

"""A report on paper: its charts, its tables with their totals, and what its words mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.documents.lettering import ACCENT, BODY_MUTED, BOLD, SMALL, Style
from core.documents.report_charts import PaperChart, chart_drawing
from core.documents.report_table import FigureTable, draw_figures
from core.documents.sheet import A4_LANDSCAPE, Cell, Sheet
from core.documents.text import moment, period

_TITLE = Style(18, 25, ACCENT, BOLD)
_SECTION = Style(10.5, 17, ACCENT, BOLD)
_CHART_HEIGHT = 168.0
_CHART_GAP = 24.0


@dataclass(frozen=True, slots=True)
class PaperReport:
    """What an owner or accountant takes along.

    ``made_at`` is given only while the last day is not over: what is over is told the same
    tomorrow, byte by byte.
    """

    title: str
    shop_name: str
    first_day: date
    last_day: date
    charts: tuple[PaperChart, ...]
    tables: tuple[FigureTable, ...]
    notes: tuple[str, ...] = ()
    made_at: datetime | None = None


def render_report(report: PaperReport) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes."""
    covered = period(report.first_day, report.last_day)
    sheet = Sheet(
        A4_LANDSCAPE,
        title=report.title,
        author=report.shop_name,
        subject=f"{report.title}, {covered}",
    )
    _draw_top(sheet, report, covered)
    _draw_charts(sheet, [chart for chart in report.charts if not chart.is_empty])
    for table in report.tables:
        _draw_table(sheet, table)
    sheet.band(Cell(sheet.left, sheet.width, [(note, SMALL) for note in report.notes or ("",)]))
    footer = "  ·  ".join(part for part in (report.title, covered, report.shop_name) if part)
    return sheet.finish(footer=footer)


def _draw_top(sheet: Sheet, report: PaperReport, covered: str) -> None:
    as_of = f"As of {moment(report.made_at)}; the last day is not over." if report.made_at else ""
    half = sheet.width / 2
    sheet.band(
        Cell(sheet.left, half, [(report.title, _TITLE), (report.shop_name, BODY_MUTED)]),
        Cell(
            sheet.left + half,
            half,
            [(covered, Style(10, 25, font=BOLD)), (as_of, BODY_MUTED)],
            "right",
        ),
    )
    sheet.space(6)
    sheet.rule(colour=ACCENT, weight=1.2)
    sheet.space(12)


def _draw_charts(sheet: Sheet, charts: Sequence[PaperChart]) -> None:
    width = (sheet.width - _CHART_GAP) / 2
    for start in range(0, len(charts), 2):
        pair = charts[start : start + 2]
        each = sheet.width if len(pair) == 1 else width
        sheet.drawings(
            [chart_drawing(chart, each, _CHART_HEIGHT) for chart in pair], gap=_CHART_GAP
        )
        sheet.space(14)


def _draw_table(sheet: Sheet, table: FigureTable) -> None:
    sheet.need(90)
    sheet.band(Cell(sheet.left, sheet.width, [(table.title, _SECTION)]))
    sheet.space(2)
    if table.rows or table.totals:
        draw_figures(sheet, table)
    else:
        sheet.band(Cell(sheet.left, sheet.width, [("Nothing in these days.", BODY_MUTED)]))
    sheet.space(14)

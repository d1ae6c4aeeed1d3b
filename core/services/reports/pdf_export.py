"""A report as a PDF for an owner or accountant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from core.clock import day_end
from core.documents.report import PaperReport, render_report
from core.documents.report_charts import ChartSeries, PaperChart
from core.documents.report_table import FigureTable, TableColumn
from core.money import MINUS, exponent, grouped
from core.services.reports.contract import (
    Cell,
    Chart,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
)
from core.services.reports.money import MONEY_METHODS
from core.services.reports.shown import shown, shown_number

MOST_ROWS = 2000
"""A longer table is for a workbook; its totals are of all rows on paper too."""

_TEXT_KINDS = frozenset(
    {
        ColumnKind.TEXT,
        ColumnKind.METHOD,
        ColumnKind.PAYMENT_STATUS,
        ColumnKind.DAY,
        ColumnKind.MOMENT,
    }
)
_COUNTED_KINDS = frozenset({ColumnKind.AMOUNT, ColumnKind.COUNT})
_LARGE_UNITS = ((10**9, " bn"), (10**6, " M"), (10**3, " k"))


def pdf_bytes(report: Report, shop_name: str) -> bytes:
    """Return the report as a PDF; once its days are over, the same figures give the same bytes."""
    query = report.query
    is_open = report.made_at < day_end(query.last_day)
    paper = PaperReport(
        title=report.title,
        shop_name=shop_name,
        first_day=query.first_day,
        last_day=query.last_day,
        charts=tuple(_chart(chart) for chart in report.charts),
        tables=tuple(_tables(report)),
        notes=report.notes,
        made_at=report.made_at if is_open else None,
    )
    return render_report(paper)


def _tables(report: Report) -> Iterator[FigureTable]:
    """Yield one table for each section; where there are several, the totals come first."""
    groups = list(dict.fromkeys(row.group for row in report.rows))
    if groups in ([], [""]):
        yield _table(report, report.title, report.rows, report.totals)
        return
    yield _table(report, "In all", (), report.totals)
    for group in groups:
        yield _table(report, group, [row for row in report.rows if row.group == group], ())


def _table(
    report: Report, title: str, rows: Sequence[ReportRow], totals: Sequence[ReportRow]
) -> FigureTable:
    every = (*rows, *totals)
    places = [
        place
        for place, column in enumerate(report.columns)
        if any(_says_something(column, row.cells[place]) for row in every)
    ]
    columns = [report.columns[place] for place in places]
    currencies = sorted({row.currency for row in every if row.currency})
    names = [TableColumn(column.title, column.kind not in _TEXT_KINDS) for column in columns]
    is_mixed = len(currencies) > 1
    if is_mixed:
        names.append(TableColumn("Currency", is_figure=False))
    # Where no text begins a row of totals, their word gets a column of its own.
    needs_label = bool(totals) and (not rows or names[0].is_figure)
    if needs_label:
        names.insert(0, TableColumn("", is_figure=False))

    def texts(row: ReportRow, label: str = "") -> tuple[str, ...]:
        cells = [
            shown(row.cells[place], column.kind, row.currency)
            for place, column in zip(places, columns, strict=True)
        ]
        if needs_label:
            cells.insert(0, label)
        elif label:
            cells[0] = label
        return (*cells, row.currency) if is_mixed else tuple(cells)

    shown_rows = rows[:MOST_ROWS]
    heading = f"{title}, {currencies[0]}" if len(currencies) == 1 else title
    if len(shown_rows) < len(rows):
        heading += f": the first {grouped(len(shown_rows))} of {grouped(len(rows))} rows"
    return FigureTable(
        heading,
        tuple(names),
        tuple(texts(row) for row in shown_rows),
        tuple(texts(row, "Total") for row in totals),
    )


def _says_something(column: ReportColumn, cell: Cell) -> bool:
    """Tell whether a cell keeps its column on paper: a method that nobody used needs none."""
    return bool(cell) if column.key in MONEY_METHODS else cell not in {None, ""}


def _chart(chart: Chart) -> PaperChart:
    return PaperChart(
        title=chart.title,
        style=chart.kind.value,
        categories=chart.categories,
        series=tuple(ChartSeries(each.name, each.values, each.colour) for each in chart.series),
        axis_text=partial(_axis_text, chart),
    )


def _axis_text(chart: Chart, value: int, highest: int) -> str:
    """Return how a figure stands beside the axis: in thousands or millions if that is large."""
    one = 10 ** exponent(chart.currency) if chart.currency else 1
    for size, word in _LARGE_UNITS:
        if value and chart.unit in _COUNTED_KINDS and highest >= size * one:
            whole, rest = divmod(abs(value) * 10 // (size * one), 10)
            sign = MINUS if value < 0 else ""
            return f"{sign}{grouped(whole)}{f'.{rest}' if rest else ''}{word}"
    return shown_number(value, chart.unit, chart.currency)

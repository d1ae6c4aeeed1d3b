"""A report on paper with the charts and names that go wrong."""

from __future__ import annotations

from datetime import date

import pytest

from core.documents.report import PaperReport, render_report
from core.documents.report_charts import ChartSeries, ChartStyle, PaperChart
from core.documents.report_table import FigureTable, TableColumn
from tests.core.documents import reading

LONG = "Umwiza\u202e Ntwari\x07 wa Mbere w’i Nyamirambo n’abandi bose bakorana na we"
COLUMNS = (
    TableColumn("Person", is_figure=False),
    TableColumn("Reason", is_figure=False),
    *(TableColumn(f"Figure {number}", is_figure=True) for number in range(9)),
)


def chart(style: ChartStyle, *values: tuple[int, ...], names: int = 0) -> PaperChart:
    length = len(values[0])
    return PaperChart(
        title="Net",
        style=style,
        categories=tuple(LONG if names else f"{at} Jan" for at in range(length)),
        series=tuple(ChartSeries(f"{LONG} {at}", row) for at, row in enumerate(values)),
        axis_text=lambda value, _highest: f"{value}",
    )


def paper(*charts: PaperChart, rows: int = 1) -> PaperReport:
    row = (LONG, LONG * 3, *(f"{number} 234 567 890" for number in range(9)))
    return PaperReport(
        title="Report",
        shop_name=LONG,
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        charts=charts,
        tables=(FigureTable("Table", COLUMNS, (row,) * rows, (("Total", *row[1:]),)),),
        notes=(LONG,),
    )


@pytest.mark.parametrize("style", ["bars", "stacked_bars", "line"])
@pytest.mark.parametrize(
    "values",
    [
        ((5, -7, 12),),
        ((-5, -7, -12), (-1, 0, 0)),
        ((1,), (0,)),
        (tuple(range(62)), tuple(range(62, 0, -1))),
        ((10**15, 1, 0),),
    ],
)
def test_a_chart_stays_on_its_paper(style: ChartStyle, values: tuple[tuple[int, ...], ...]) -> None:
    content = render_report(paper(chart(style, *values), chart(style, *values, names=1)))

    assert reading.outside(content, 14) == []
    assert content == render_report(paper(chart(style, *values), chart(style, *values, names=1)))


def test_a_chart_of_nothing_is_left_out() -> None:
    assert "Net" not in reading.squeezed(render_report(paper(chart("bars", (0, 0)))))


def test_a_wide_table_keeps_its_figures_whole_and_apart() -> None:
    content = render_report(paper(rows=40))

    assert reading.outside(content, 20) == []
    assert reading.overlapping(content) == []
    for page in reading.pages(content):
        assert "8 234 567 890" in page
        assert "Figure 8" in page

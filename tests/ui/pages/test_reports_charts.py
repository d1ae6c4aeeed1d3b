"""A report's charts: exact figures by pointer and keyboard, what stands behind them, in words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import Chart, ChartKind, ColumnKind, Series
from ui.pages.reports.chart import ReportChart
from ui.pages.reports.chart_words import category_text, chart_text
from ui.pages.reports.charts import ReportCharts
from ui.pages.reports.plot import nice_values, value_range
from ui.pages.reports.shades import edge_for, shades_for
from ui.theme import TOKENS, build_palette, contrast

DRILLS = tuple(PaymentFilter(search=str(place)) for place in range(3))
REVENUE = Chart(
    "Revenue, RWF",
    ChartKind.STACKED_BARS,
    ColumnKind.AMOUNT,
    "RWF",
    ("1 Mar", "2 Mar", "3 Mar"),
    (
        Series("MTN", (9_000, 0, 40_000), "method:mtn_mobile_money"),
        Series("Cash", (1_000, 0, 2_000), "method:cash"),
    ),
    DRILLS,
)
SPEED = Chart(
    "Response time",
    ChartKind.LINE,
    ColumnKind.DURATION_MS,
    "",
    ("1 Mar", "2 Mar"),
    (Series("MTN", (850, 12_300)),),
)


@pytest.fixture
def show(qtbot):
    def made(chart, width=700):
        shown = ReportChart(chart)
        qtbot.addWidget(shown)
        shown.resize(width, 320)
        with qtbot.waitExposed(shown):
            shown.show()
        return shown

    return made


def test_the_whole_range_is_told_before_anything_is_pointed_at(qtbot):
    chart = ReportChart(REVENUE)
    qtbot.addWidget(chart)
    assert chart.figure.text() == "52\u202f000\u00a0RWF"
    assert chart.legend.texts == ["MTN  49\u202f000", "Cash  3\u202f000"]


def test_arrow_keys_tell_the_exact_figures_and_enter_leads_to_the_payments(qtbot, show):
    chart = show(REVENUE)
    chart.window().activateWindow()
    chart.setFocus()
    assert chart.place == 0
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.figure.text() == "3 Mar · 42\u202f000\u00a0RWF"
    assert chart.legend.texts == ["MTN  40\u202f000", "Cash  2\u202f000"]
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.place == 2, "the last one stays"
    with qtbot.waitSignal(chart.payments_requested) as asked:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert asked.args == [DRILLS[2]]
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.figure.text() == "2 Mar · 0\u00a0RWF"
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.place == 0


def test_the_pointer_tells_a_bars_figure_and_a_click_leads_to_its_payments(qtbot, show):
    chart = show(REVENUE)
    viewport = chart.plot._view.viewport()
    box = chart.plot._view.getViewBox()

    def over(place):
        scene = box.mapViewToScene(QPointF(place, 100))
        return chart.plot._view.mapFromScene(scene)

    qtbot.mouseMove(viewport, over(0))
    qtbot.mouseMove(viewport, over(2) + QPoint(1, 0))
    qtbot.waitUntil(lambda: chart.figure.text().startswith("3 Mar"))
    with qtbot.waitSignal(chart.payments_requested) as asked:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=over(2))
    assert asked.args == [DRILLS[2]]


def test_a_screen_reader_gets_the_chart_as_sentences(show):
    chart = show(REVENUE)
    heard = QAccessible.queryAccessibleInterface(chart)
    assert heard.text(QAccessible.Text.Name) == "Chart: Revenue, RWF"
    assert heard.text(QAccessible.Text.Description) == (
        "1 Mar: MTN 9\u202f000\u00a0RWF, Cash 1\u202f000\u00a0RWF, together 10\u202f000\u00a0RWF; "
        "2 Mar: 0\u00a0RWF; "
        "3 Mar: MTN 40\u202f000\u00a0RWF, Cash 2\u202f000\u00a0RWF, together 42\u202f000\u00a0RWF"
    )


def test_response_times_are_never_added_up(qtbot):
    chart = ReportChart(SPEED)
    qtbot.addWidget(chart)
    assert chart.figure.text() == ""
    assert category_text(SPEED, 1) == "2 Mar: 12.3\u202fs"


def test_a_long_chart_is_told_in_part_and_the_rest_counted():
    days = tuple(f"day {number}" for number in range(60))
    long = replace(SPEED, categories=days, series=(Series("MTN", tuple(range(60))),))
    assert chart_text(long).endswith("and 20 more, in the table below")


def test_other_figures_keep_the_place_that_was_looked_at(show):
    chart = show(REVENUE)
    chart._go_to(2)
    moved = replace(
        REVENUE,
        categories=("2 Mar", "3 Mar"),
        series=(Series("MTN", (0, 70_000), "method:mtn_mobile_money"),),
        drills=DRILLS[1:],
    )
    chart.show_chart(moved)
    assert chart.figure.text() == "3 Mar · 70\u202f000\u00a0RWF"
    chart.show_chart(replace(moved, categories=("4 Mar", "5 Mar")))
    assert chart.place == -1


def test_charts_stand_side_by_side_or_one_is_chosen(qtbot):
    charts = ReportCharts()
    qtbot.addWidget(charts)
    charts.show_charts((REVENUE, SPEED))
    charts.resize(1400, 300)
    charts.show()
    assert [chart.isVisible() for chart in charts.charts] == [True, True]
    assert not charts.chooser.isVisible()
    charts.resize(500, 300)
    qtbot.waitUntil(lambda: [c.isVisible() for c in charts.charts] == [True, False])
    assert charts.chooser.isVisible()
    charts.chooser.setCurrentIndex(1)
    charts.chooser.activated.emit(1)
    assert [chart.isVisible() for chart in charts.charts] == [False, True]


@pytest.mark.parametrize("dark", [False, True])
def test_every_fill_stands_out_by_its_edge_and_equal_colours_by_pattern(qapp, dark):
    palette = qapp.palette()
    QApplication.setPalette(build_palette(dark=dark))
    try:
        surface = TOKENS["surface"][dark]
        for color in ("#FFCC00", "#FF0000", "#0099FF", "#999999", "#006600", "#FFC107"):
            assert contrast(edge_for(color), surface) >= 3
        cash, delivery = shades_for(
            (Series("a", (), "method:cash"), Series("b", (), "method:cash_on_delivery"))
        )
        assert cash.color == delivery.color
        assert cash.pattern != delivery.pattern
    finally:
        QApplication.setPalette(palette)


def test_the_axis_holds_every_value_and_zero():
    assert value_range(REVENUE) == (0, 50_000)
    below = replace(REVENUE, series=(Series("net", (-7, 5, 20)),))
    low, high = value_range(below)
    assert low <= -7
    assert high >= 20
    assert 0 in nice_values(low, high)
    nothing = replace(REVENUE, series=())
    assert value_range(nothing) == (0, 1)


def test_a_chart_without_figures_is_drawn_all_the_same(show):
    empty = replace(REVENUE, categories=(), series=(), drills=())
    chart = show(empty)
    chart.setFocus()
    assert chart.place == -1

"""Charts on paper, drawn by reportlab.graphics from whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.documents.lettering import BOLD, REGULAR, Style, text_width
from core.documents.text import plain

if TYPE_CHECKING:
    from reportlab.graphics.charts.barcharts import VerticalBarChart
    from reportlab.graphics.charts.linecharts import HorizontalLineChart
    from reportlab.graphics.shapes import Drawing

ChartStyle = Literal["bars", "stacked_bars", "line"]

_COLOURS = {
    "method:mtn_mobile_money": "#FFCC00",
    "method:airtel_money": "#E02020",
    "method:bank_transfer": "#0099FF",
    "method:cash": "#8C8C8C",
    "method:cash_on_delivery": "#4A4A4A",
    "method:card": "#006600",
    "refund:completed": "#28A745",
    "refund:rejected": "#6C757D",
    "refund:requested": "#FFC107",
}
_PALETTE = ("#0A545E", "#D9822B", "#7157D9", "#29A634", "#C22762", "#43BF4D", "#9179F2", "#D99E0B")
_TITLE, _LEGEND, _AXIS = Style(8.5, 12, font=BOLD), Style(6.8, 10), Style(6.3, 8)
_MOST_LABELS = 14
_STEPS = 5
_LONGEST_LABEL = 22


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """Whole figures over the categories; ``colour`` names a badge, or is empty."""

    name: str
    values: tuple[int, ...]
    colour: str = ""


@dataclass(frozen=True, slots=True)
class PaperChart:
    """A chart; ``axis_text`` writes a whole figure beside an axis that ends at the second."""

    title: str
    style: ChartStyle
    categories: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    axis_text: Callable[[int, int], str]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(any(series.values) for series in self.series)


def chart_drawing(chart: PaperChart, width: float, height: float) -> Drawing:
    """Return a chart with its title and legend, of so many points."""
    from reportlab.graphics.shapes import Drawing  # noqa: PLC0415 - not owed at start

    drawing = Drawing(width, height)
    top = _write_head(drawing, chart)
    lowest, highest, step = _axis(chart)
    texts = [chart.axis_text(at, highest) for at in range(lowest, highest + 1, step)]
    left = max(text_width(text, _AXIS) for text in texts) + 8
    labels = _thinned(chart.categories)
    every = -(-len(labels) // _MOST_LABELS)
    slot = (width - left) / len(labels) * every
    is_slanted = max(text_width(label, _AXIS) for label in labels) > slot
    bottom = 34 if is_slanted else 15
    plot = _line_chart(chart) if chart.style == "line" else _bar_chart(chart)
    plot.x, plot.y = round(left), bottom
    plot.width, plot.height = round(width - left - 6), round(top - bottom)
    plot.data = [series.values for series in chart.series]
    _dress_axes(plot, chart, labels, (lowest, highest, step), slanted=is_slanted)
    drawing.add(plot)
    return drawing


def _write_head(drawing: Drawing, chart: PaperChart) -> float:
    """Write title and legend, and return the height below them."""
    from reportlab.graphics.shapes import Rect, String  # noqa: PLC0415 - see above

    y = drawing.height - _TITLE.leading
    drawing.add(String(0, y + 2, chart.title, fontName=BOLD, fontSize=_TITLE.size))
    if len(chart.series) > 1:
        x, y = 0.0, y - _LEGEND.leading
        for place, series in enumerate(chart.series):
            name = _cut(series.name)
            needed = text_width(name, _LEGEND) + 20
            if x and x + needed > drawing.width:
                x, y = 0.0, y - _LEGEND.leading
            colour = _colour(series, place)
            drawing.add(Rect(x, y + 1, 6, 6, fillColor=colour, strokeColor=colour))
            drawing.add(String(x + 9, y + 1.5, name, fontName=REGULAR, fontSize=_LEGEND.size))
            x += needed
    return y - 8


def _bar_chart(chart: PaperChart) -> VerticalBarChart:
    from reportlab.graphics.charts.barcharts import (  # noqa: PLC0415 - see above
        VerticalBarChart,
    )

    plot = VerticalBarChart()
    plot.categoryAxis.style = "stacked" if chart.style == "stacked_bars" else "parallel"
    plot.groupSpacing = 3 if len(chart.categories) > _MOST_LABELS else 6
    plot.bars.strokeColor = None
    for place, series in enumerate(chart.series):
        plot.bars[place].fillColor = _colour(series, place)
    return plot


def _line_chart(chart: PaperChart) -> HorizontalLineChart:
    from reportlab.graphics.charts.linecharts import (  # noqa: PLC0415 - see above
        HorizontalLineChart,
    )

    plot = HorizontalLineChart()
    for place, series in enumerate(chart.series):
        plot.lines[place].strokeColor = _colour(series, place)
        plot.lines[place].strokeWidth = 1.4
    return plot


def _dress_axes(
    plot: VerticalBarChart | HorizontalLineChart,
    chart: PaperChart,
    labels: Sequence[str],
    scale: tuple[int, int, int],
    *,
    slanted: bool,
) -> None:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415 - see above

    across, up = plot.categoryAxis, plot.valueAxis
    up.valueMin, up.valueMax, up.valueStep = scale
    up.labelTextFormat = lambda value: chart.axis_text(round(value), scale[1])
    up.visibleGrid, up.gridStrokeColor, up.gridStrokeWidth = 1, HexColor("#D4D9E0"), 0.4
    across.categoryNames = list(labels)
    across.visibleTicks = 0
    # Below the plot, also where figures fall below nothing.
    across.labelAxisMode = "low"
    for axis in (across, up):
        axis.strokeColor, axis.strokeWidth = HexColor("#7A8594"), 0.5
        axis.labels.fontName, axis.labels.fontSize = REGULAR, _AXIS.size
    if slanted:
        across.labels.angle, across.labels.boxAnchor, across.labels.dy = 25, "ne", -2


def _colour(series: ChartSeries, place: int) -> Any:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415 - see above

    return HexColor(_COLOURS.get(series.colour, _PALETTE[place % len(_PALETTE)]))


def _axis(chart: PaperChart) -> tuple[int, int, int]:
    """Return the lowest and highest figure of the axis, and its step: 1, 2 or 5 and zeros."""
    if chart.style == "stacked_bars":
        columns = list(zip(*(series.values for series in chart.series), strict=True))
        high = max(sum(value for value in column if value > 0) for column in columns)
        low = min(sum(value for value in column if value < 0) for column in columns)
    else:
        values = [value for series in chart.series for value in series.values]
        high, low = max(0, *values), min(0, *values)
    spread = max(high - low, 1)
    step = next(
        size
        for power in range(len(str(spread)) + 1)
        for size in (10**power, 2 * 10**power, 5 * 10**power)
        if size * _STEPS >= spread
    )
    return (low // step) * step, -(-high // step) * step or step, step


def _thinned(categories: Sequence[str]) -> list[str]:
    """Return the labels, only some of them where all would not fit, and none too long."""
    every = -(-len(categories) // _MOST_LABELS)
    return [_cut(name) if place % every == 0 else "" for place, name in enumerate(categories)]


def _cut(name: str) -> str:
    name = plain(name)
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"

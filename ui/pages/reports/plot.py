"""Bars and lines drawn by pyqtgraph. Only this module imports it: it costs a third of a second."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsRectItem, QVBoxLayout, QWidget

from core.services.reports.contract import Chart, ChartKind
from ui.pages.reports.shades import Shade, shades_for
from ui.pages.reports.words import figure_text
from ui.theme import color, gap

# The window takes its widgets away itself; pyqtgraph would look for them among all objects.
pyqtgraph.setConfigOption("exitCleanup", False)
# It would drop a pointer's last step, and the figure told would be that of the bar before.
pyqtgraph.setConfigOption("mouseRateLimit", -1)

_BAR_WIDTH = 0.72
_SHORTEST_NAME = 9
_FEWEST_SLOTS = 7
_SYMBOLS = ("o", "s", "t", "d")
_STEPS = (1, 2, 5)
_MOST_STEPS = 6


class Plot(QWidget):
    """The drawing of one chart; it neither scrolls nor zooms, and takes no keyboard.

    Signals:
        place_pointed(place): the pointer stands over this category.
        place_clicked(place): this category was clicked.
    """

    place_pointed = Signal(int)
    place_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        self._marked = -1
        self._marker: QGraphicsRectItem | None = None
        self._range = (0, 1)
        self._view: Any = pyqtgraph.PlotWidget(self, enableMenu=False)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setMouseEnabled(x=False, y=False)
        self._view.hideButtons()
        self._view.setMenuEnabled(False)
        self._view.scene().sigMouseMoved.connect(self._on_moved)
        self._view.scene().sigMouseClicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)

    def show_chart(self, chart: Chart) -> None:
        """Draw another chart in the palette in force."""
        self._chart = chart
        self._marked = -1
        self._view.clear()
        self._view.setBackground(color("surface"))
        self._range = value_range(chart)
        self._marker = QGraphicsRectItem()
        self._marker.setPen(QPen(Qt.PenStyle.NoPen))
        self._marker.setZValue(-20)
        self._view.addItem(self._marker, ignoreBounds=True)
        for item in _items(chart, shades_for(chart.series)):
            self._view.addItem(item)
        # Few bars stand in the middle rather than grow as wide as doors.
        beside = max(0, _FEWEST_SLOTS - len(chart.categories)) / 2
        self._view.setXRange(-0.5 - beside, len(chart.categories) - 0.5 + beside, padding=0)
        self._dress_axes(chart)

    def mark(self, place: int) -> None:
        """Put a soft ground behind one category; −1 takes it away."""
        self._marked = place
        if self._marker is None:
            return
        low, high = self._range
        shown = QRectF(place - 0.5, low, 1, high - low) if place >= 0 else QRectF()
        self._marker.setBrush(QBrush(color("accent_soft")))
        self._marker.setRect(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name as many categories as there is room for."""
        super().resizeEvent(event)
        if self._chart is not None:
            self._use_room(self._chart)

    def _dress_axes(self, chart: Chart) -> None:
        low, high = self._range
        ticks = [(value, figure_text(chart.unit, value, chart.currency)) for value in
                 nice_values(low, high)]  # fmt: skip
        for side in ("left", "bottom"):
            axis = self._view.getAxis(side)
            axis.setTickFont(self.font())
            axis.setPen(QPen(color("border"), 1))
            axis.setTextPen(QPen(color("text_muted")))
            axis.setStyle(tickLength=0, tickTextOffset=gap(self, 0.6), hideOverlappingLabels=False)
        left = self._view.getAxis("left")
        left.setTicks([ticks])
        left.setGrid(70)
        left.setZValue(-1000)
        widest = max(self.fontMetrics().horizontalAdvance(text) for _, text in ticks)
        left.setWidth(widest + gap(self, 1.6))
        self._use_room(chart)

    def _use_room(self, chart: Chart) -> None:
        """Leave half a line above and below the values, whose names would else be cut."""
        metrics = self.fontMetrics()
        inner = self.height() - self._view.getAxis("bottom").height()
        self._view.setYRange(*self._range, padding=metrics.height() * 0.6 / max(inner, 1))
        room = max(1, self.width() - self._view.getAxis("left").width())
        slot = room / max(_FEWEST_SLOTS, len(chart.categories))
        names = list(chart.categories)
        widest = max(map(metrics.horizontalAdvance, names), default=0)
        # Days go on by themselves, so some may be left out; of people each is named, if in short.
        if slot > metrics.averageCharWidth() * _SHORTEST_NAME and widest > slot * 1.5:
            widest = int(slot) - gap(self, 1.5)
            names = [metrics.elidedText(n, Qt.TextElideMode.ElideRight, widest) for n in names]
        step = max(1, ceil((widest + gap(self)) / slot))
        shown = [(place, name) for place, name in enumerate(names) if not place % step]
        self._view.getAxis("bottom").setTicks([shown])

    def _place_at(self, position: QPointF) -> int:
        if self._chart is None:
            return -1
        box = self._view.getViewBox()
        if not box.sceneBoundingRect().contains(position):
            return -1
        place = round(box.mapSceneToView(position).x())
        return place if 0 <= place < len(self._chart.categories) else -1

    def _on_moved(self, position: QPointF) -> None:
        place = self._place_at(position)
        if place >= 0 and place != self._marked:
            self.place_pointed.emit(place)

    def _on_clicked(self, event: Any) -> None:
        place = self._place_at(event.scenePos())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.place_clicked.emit(place)


def value_range(chart: Chart) -> tuple[int, int]:
    """Return the lowest and highest value of the vertical axis; zero is always on it."""
    values = [value for series in chart.series for value in series.values]
    if chart.kind is ChartKind.STACKED_BARS:
        columns = list(zip(*(series.values for series in chart.series), strict=True))
        values = [sum(v for v in column if v > 0) for column in columns]
        values += [sum(v for v in column if v < 0) for column in columns]
    low, high = min(0, *values, 0), max(0, *values, 0)
    if low == high:
        return 0, 1
    step = _step(high - low)
    return low // step * step, -(-high // step) * step


def nice_values(low: int, high: int) -> list[int]:
    """Return a few round whole numbers from one to the other."""
    step = _step(high - low)
    return list(range(-(-low // step) * step, high + 1, step))


def _step(span: int) -> int:
    power = 1
    while True:
        for step in _STEPS:
            if step * power * _MOST_STEPS >= span:
                return step * power
        power *= 10


def _items(chart: Chart, shades: Sequence[Shade]) -> list[Any]:
    if chart.kind is ChartKind.LINE:
        return [
            pyqtgraph.PlotDataItem(
                list(range(len(series.values))),
                list(series.values),
                pen=shade.pen(2),
                symbol=_SYMBOLS[number % len(_SYMBOLS)],
                symbolSize=8,
                symbolBrush=shade.brush(),
                symbolPen=shade.pen(),
            )
            for number, (series, shade) in enumerate(zip(chart.series, shades, strict=True))
        ]
    if chart.kind is ChartKind.STACKED_BARS:
        return _stacked(chart, shades)
    width = _BAR_WIDTH / max(1, len(chart.series))
    return [
        _bars(
            [place - _BAR_WIDTH / 2 + width * (number + 0.5) for place in range(len(s.values))],
            [0] * len(s.values),
            s.values,
            width,
            shade,
        )
        for number, (s, shade) in enumerate(zip(chart.series, shades, strict=True))
    ]


def _stacked(chart: Chart, shades: Sequence[Shade]) -> list[Any]:
    above, below = [0] * len(chart.categories), [0] * len(chart.categories)
    items = []
    for series, shade in zip(chart.series, shades, strict=True):
        starts = [
            above[place] if value >= 0 else below[place]
            for place, value in enumerate(series.values)
        ]
        items.append(_bars(list(range(len(starts))), starts, series.values, _BAR_WIDTH, shade))
        for place, value in enumerate(series.values):
            side = above if value >= 0 else below
            side[place] += value
    return items


def _bars(
    places: Sequence[float],
    starts: Sequence[int],
    heights: Sequence[int],
    width: float,
    shade: Shade,
) -> Any:
    drawn = [place for place, height in enumerate(heights) if height]
    return pyqtgraph.BarGraphItem(
        x=[places[place] for place in drawn],
        y0=[starts[place] for place in drawn],
        height=[heights[place] for place in drawn],
        width=width,
        brush=shade.brush(),
        pen=shade.pen(),
    )

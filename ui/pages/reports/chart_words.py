"""A chart in words: what stands at one place, and the whole of it for who cannot see it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.reports.contract import Chart, ChartKind, ColumnKind
from ui.pages.reports.words import spoken_figure

translate = QCoreApplication.translate
_MOST_CATEGORIES_TOLD = 40
_ADDING_UP = frozenset({ColumnKind.AMOUNT, ColumnKind.COUNT})


def category_text(chart: Chart, place: int) -> str:
    """Return the exact figures of one category: "12 March: MTN 9 000 RWF, Cash 1 000 RWF"."""
    named = [
        (series.name, spoken_figure(chart.unit, series.values[place], chart.currency))
        for series in chart.series
        if series.values[place] or len(chart.series) == 1
    ]
    alone = len(chart.series) == 1
    words = [figure if alone or not name else f"{name} {figure}" for name, figure in named]
    if len(words) > 1 and chart.unit in _ADDING_UP and chart.kind is not ChartKind.LINE:
        whole = sum(series.values[place] for series in chart.series)
        together = translate("Reports", "together %1")
        words.append(together.replace("%1", spoken_figure(chart.unit, whole, chart.currency)))
    told = ", ".join(words) or spoken_figure(chart.unit, 0, chart.currency)
    return f"{chart.categories[place]}: {told}"


def chart_text(chart: Chart) -> str:
    """Return the whole chart as sentences, for screen readers."""
    places = range(min(len(chart.categories), _MOST_CATEGORIES_TOLD))
    told = "; ".join(category_text(chart, place) for place in places)
    left = len(chart.categories) - len(places)
    if left:
        told += "; " + translate("Reports", "and %1 more, in the table below").replace(
            "%1", str(left)
        )
    return told

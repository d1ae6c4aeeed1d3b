"""A chart in words: what stands at one place, and the whole of it for who cannot see it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.reports.contract import Chart, ChartKind, ColumnKind, Series
from ui.pages.reports.words import figure_text, spoken_figure

translate = QCoreApplication.translate
_MOST_CATEGORIES_TOLD = 40
_ADDING_UP = frozenset({ColumnKind.AMOUNT, ColumnKind.COUNT})


def adds_up(chart: Chart) -> bool:
    """Tell whether the figures of a chart may be added: shares and response times may not."""
    return chart.unit in _ADDING_UP


def series_texts(chart: Chart, place: int) -> list[str]:
    """Return each series' name with its figure at a place; −1 is the whole range."""
    texts = []
    for series in chart.series:
        if place < 0 and not adds_up(chart):
            texts.append(series.name)
            continue
        value = series.values[place] if place >= 0 else sum(series.values)
        texts.append(_named(chart, series, value))
    return texts


def widest_texts(chart: Chart) -> list[str]:
    """Return the longest text each series will have, so that nothing moves under the pointer."""
    sums = adds_up(chart)
    return [
        _named(chart, s, max((sum(map(abs, s.values)) if sums else 0, *map(abs, s.values))))
        for s in chart.series
    ]


def head_text(chart: Chart, place: int) -> str:
    """Return what stands over a chart: the place and what it comes to, or that of the range."""
    name = chart.categories[place] if place >= 0 else ""
    if len(chart.series) == 1 and (place >= 0 or adds_up(chart)):
        values = chart.series[0].values
        return _joined(name, _figure(chart, values[place] if place >= 0 else sum(values)))
    if not adds_up(chart) or chart.kind is ChartKind.LINE:
        return name
    whole = sum(s.values[place] if place >= 0 else sum(s.values) for s in chart.series)
    return _joined(name, _figure(chart, whole))


def category_text(chart: Chart, place: int) -> str:
    """Return the exact figures of one category: "12 March: MTN 9 000 RWF, Cash 1 000 RWF"."""
    alone = len(chart.series) == 1
    words = [
        _figure(chart, series.values[place])
        if alone
        else f"{series.name} {_figure(chart, series.values[place])}"
        for series in chart.series
        if series.values[place] or alone
    ]
    if len(words) > 1 and adds_up(chart) and chart.kind is not ChartKind.LINE:
        whole = _figure(chart, sum(series.values[place] for series in chart.series))
        words.append(translate("Reports", "together %1").replace("%1", whole))
    return f"{chart.categories[place]}: {', '.join(words) or _figure(chart, 0)}"


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


def _named(chart: Chart, series: Series, value: int) -> str:
    return f"{series.name}  {figure_text(chart.unit, value, chart.currency)}"


def _figure(chart: Chart, value: int) -> str:
    return spoken_figure(chart.unit, value, chart.currency)


def _joined(name: str, figure: str) -> str:
    return f"{name} · {figure}" if name else figure

"""A report in several sections, as the day's close: a heading and a table for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.services.reports.contract import Report, ReportColumn, ReportRow
from ui.pages.reports.charts import ReportCharts
from ui.pages.reports.table import ReportTable
from ui.pages.reports.words import translate
from ui.theme import gap, set_look
from ui.widgets.basics import Card
from ui.widgets.flow import FlowLayout

_CHART_LINES = 16
_WIDEST_SECTION = 140
"""In characters: a section with more columns scrolls sideways where there is no more room."""


class ReportGroups(QScrollArea):
    """The sections of a report below each other; columns that say nothing are left
    out, and the charts stand above.

    Signals:
        payments_requested(filter): a row that has payments behind it was opened.
        nothing_behind: a row that has none was opened.
    """

    payments_requested = Signal(object)
    nothing_behind = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.tables: dict[str, ReportTable] = {}
        self.charts = ReportCharts()
        self._shapes: tuple[tuple[str, tuple[ReportColumn, ...]], ...] = ()

    def show_report(self, report: Report, *, with_currency: bool) -> None:
        """Show a report; sections that stay keep their selection."""
        groups = list(dict.fromkeys(row.group for row in report.rows))
        rows = {name: _of_group(report.rows, name) for name in groups}
        totals = {name: _of_group(report.totals, name) for name in groups}
        # What belongs to no section is about all of them.
        everything = _of_group(report.totals, "")
        if everything and "" not in rows:
            name = translate("Reports", "Total")
            groups.append(name)
            rows[name], totals[name] = everything, []
        told = {name: _telling(report.columns, (*rows[name], *totals[name])) for name in groups}
        shapes = tuple(
            (name, tuple(report.columns[place] for place in told[name])) for name in groups
        )
        if shapes != self._shapes:
            self._shapes = shapes
            self._build(
                {name: _cut(rows[name], told[name]) for name in groups},
                with_currency=with_currency,
            )
        for name in groups:
            places = told[name]
            table = self.tables[name]
            table.show_rows(_cut(rows[name], places), _cut(totals[name], places))
            table.take_needed_height()
        self.charts.setVisible(bool(report.charts))
        self.charts.show_charts(report.charts)

    def _build(self, rows: Mapping[str, Sequence[ReportRow]], *, with_currency: bool) -> None:
        self.tables = {}
        content = QWidget()
        set_look(content, look="page")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, gap(self), 0)
        column.setSpacing(gap(self, 1.6))
        self.charts = ReportCharts()
        self.charts.payments_requested.connect(self.payments_requested)
        self.charts.setFixedHeight(self.fontMetrics().height() * _CHART_LINES)
        column.addWidget(self.charts)
        place = QWidget()
        sections = FlowLayout(place, spacing=gap(self, 1.6))
        column.addWidget(place)
        widest = self.fontMetrics().averageCharWidth() * _WIDEST_SECTION
        for name, columns in self._shapes:
            card = Card(name)
            card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            table = ReportTable(name, columns, rows[name], with_currency=with_currency)
            table.payments_requested.connect(self.payments_requested)
            table.nothing_behind.connect(self.nothing_behind)
            table.setMinimumWidth(min(table.needed_width, widest))
            card.body.addWidget(table)
            card.body.addStretch(1)
            sections.addWidget(card)
            self.tables[name] = table
        column.addStretch(1)
        self.setWidget(content)


def _of_group(rows: Sequence[ReportRow], name: str) -> list[ReportRow]:
    return [row for row in rows if row.group == name]


def _telling(columns: Sequence[ReportColumn], rows: Sequence[ReportRow]) -> tuple[int, ...]:
    """Return the places of the columns in which some row has something."""
    return tuple(
        place
        for place in range(len(columns))
        if any(row.cells[place] not in {None, ""} for row in rows)
    )


def _cut(rows: Sequence[ReportRow], places: Sequence[int]) -> list[ReportRow]:
    return [
        ReportRow(tuple(row.cells[place] for place in places), row.currency, row.drill, row.group)
        for row in rows
    ]

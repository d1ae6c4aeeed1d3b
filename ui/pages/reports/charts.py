"""The charts of a report beside each other, or some at a time where there is no room for all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.services.reports.contract import Chart
from ui.pages.reports.chart import ReportChart
from ui.theme import gap

_CHART_CHARACTERS = 62


class ReportCharts(QWidget):
    """The charts of one report.

    Signals:
        payments_requested(filter): the payments behind a category are wanted.
    """

    payments_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts: list[ReportChart] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.chooser = QComboBox(self)
        self.chooser.setAccessibleName(self.tr("Chart"))
        self.chooser.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.chooser.hide()
        self.chooser.activated.connect(self._share_room)
        column.addWidget(self.chooser)
        self._row = QHBoxLayout()
        self._row.setSpacing(gap(self, 1.6))
        column.addLayout(self._row, 1)

    def show_charts(self, charts: Sequence[Chart]) -> None:
        """Show other figures; a chart that stays keeps the place it was looked at."""
        if [chart.chart.title for chart in self.charts] == [chart.title for chart in charts]:
            for shown, chart in zip(self.charts, charts, strict=True):
                shown.show_chart(chart)
            return
        for old in self.charts:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.charts = []
        self.chooser.clear()
        for chart in charts:
            made = ReportChart(chart)
            made.payments_requested.connect(self.payments_requested)
            self._row.addWidget(made, 1)
            self.charts.append(made)
            self.chooser.addItem(chart.title)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many charts as there is room for."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        needed = self.fontMetrics().averageCharWidth() * _CHART_CHARACTERS
        fitting = max(1, self.width() // max(1, needed))
        first = max(0, min(self.chooser.currentIndex(), len(self.charts) - fitting))
        for number, chart in enumerate(self.charts):
            chart.setVisible(first <= number < first + fitting)
        self.chooser.setVisible(fitting < len(self.charts))

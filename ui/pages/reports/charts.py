"""The charts of a report beside each other, or one at a time where there is no room for all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.services.reports.contract import Chart
from ui.pages.reports.chart import ReportChart
from ui.theme import gap, set_look
from ui.widgets.flow import FlowLayout

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
        self._first = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.chooser = QWidget()
        self._choices = FlowLayout(self.chooser, spacing=gap(self))
        self._group = QButtonGroup(self)
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
        for choice in self._group.buttons():
            self._group.removeButton(choice)
            self._choices.removeWidget(choice)
            choice.deleteLater()
        self.charts = []
        self._first = 0
        for number, chart in enumerate(charts):
            made = ReportChart(chart)
            made.payments_requested.connect(self.payments_requested)
            self._row.addWidget(made, 1)
            self.charts.append(made)
            self._choices.addWidget(self._choice(number, chart))
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many charts as there is room for."""
        super().resizeEvent(event)
        self._share_room()

    def _choice(self, number: int, chart: Chart) -> QToolButton:
        made = QToolButton()
        made.setText(chart.title)
        made.setCheckable(True)
        set_look(made, kind="pick")
        made.clicked.connect(lambda: self._show_from(number))
        self._group.addButton(made)
        return made

    def _show_from(self, number: int) -> None:
        self._first = number
        self._share_room()

    def _share_room(self) -> None:
        needed = self.fontMetrics().averageCharWidth() * _CHART_CHARACTERS
        fitting = max(1, self.width() // max(1, needed))
        all_fit = fitting >= len(self.charts)
        first = 0 if all_fit else min(self._first, len(self.charts) - fitting)
        for number, chart in enumerate(self.charts):
            chart.setVisible(all_fit or first <= number < first + fitting)
        self.chooser.setVisible(not all_fit)
        buttons = self._group.buttons()
        if buttons and not all_fit:
            buttons[self._first].setChecked(True)

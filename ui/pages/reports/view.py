"""One report as it is looked at: charts, table or sections, notes; dimmed while another is read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.services.reports.contract import Report, ReportColumn
from ui.pages.reports.charts import ReportCharts
from ui.pages.reports.groups import ReportGroups
from ui.pages.reports.table import ReportTable
from ui.pages.reports.words import nothing_to_show, report_title
from ui.theme import color, gap
from ui.widgets.basics import PlainLabel, splitter
from ui.widgets.messages import EmptyState

_VEIL_OPACITY = 150


class _Veil(QWidget):
    """Dims what it lies over: old figures stay readable while new ones are on their way."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what it lies over."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the window's colour, half of it."""
        shade = color("window")
        shade.setAlpha(_VEIL_OPACITY)
        QPainter(self).fillRect(self.rect(), shade)


class ReportView(QWidget):
    """Shows one report at a time.

    Signals:
        payments_requested(filter): the payments behind a figure are wanted.
        nothing_behind: a row was opened that has no payments behind it.
    """

    payments_requested = Signal(object)
    nothing_behind = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report: Report | None = None
        self.table: ReportTable | None = None
        self._shape: tuple[tuple[ReportColumn, ...], bool] | None = None
        self.charts = ReportCharts()
        self._table_place = QWidget()
        self._table_column = QVBoxLayout(self._table_place)
        self._table_column.setContentsMargins(0, 0, 0, 0)
        self.split = splitter(self.charts, self._table_place, vertical=True, shares=(1, 1))
        # With large letters on a small screen the page scrolls before its parts lose their shape.
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.split)
        self.groups = ReportGroups()
        self.nothing = EmptyState("report", "")
        self.reading = EmptyState("clock", self.tr("Adding up …"))
        self.stack = QStackedWidget()
        for page in (self.reading, self.area, self.groups, self.nothing):
            self.stack.addWidget(page)
        for source in (self.charts, self.groups):
            source.payments_requested.connect(self.payments_requested)
        self.groups.nothing_behind.connect(self.nothing_behind)
        self.notes = PlainLabel(look="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        column.addWidget(self.stack, 1)
        column.addWidget(self.notes)
        self.notes.hide()
        self._veil = _Veil(self)

    @property
    def is_dimmed(self) -> bool:
        """Tell whether the figures shown are not those asked for last."""
        return not self._veil.isHidden()

    def set_dimmed(self, dimmed: bool) -> None:
        """Dim the figures while those asked for are on their way."""
        self._veil.setVisible(dimmed)
        self._veil.raise_()

    def show_report(self, report: Report) -> None:
        """Show a report, dimmed no more."""
        self.report = report
        self.set_dimmed(False)
        hint = self.tr("Enter or a double click on a row shows the payments behind it.")
        self.notes.setText(" ".join([*report.notes, hint]))
        self.notes.setVisible(bool(report.rows))
        if not report.rows:
            self.nothing.sentence.setText(nothing_to_show(report.query.name))
            self.stack.setCurrentWidget(self.nothing)
        elif any(row.group for row in report.rows):
            self.groups.show_report(report, with_currency=_has_currencies(report))
            self.stack.setCurrentWidget(self.groups)
        else:
            self._show_charts_and_table(report)
            self.stack.setCurrentWidget(self.area)

    def _show_charts_and_table(self, report: Report) -> None:
        shape = (report.columns, _has_currencies(report))
        if shape != self._shape or self.table is None:
            self._shape = shape
            if self.table is not None:
                self.table.hide()
                self.table.deleteLater()
            self.table = ReportTable(
                report_title(report.query.name),
                report.columns,
                report.rows,
                with_currency=shape[1],
            )
            self.table.payments_requested.connect(self.payments_requested)
            self.table.nothing_behind.connect(self.nothing_behind)
            self._table_column.addWidget(self.table)
        self.table.show_rows(report.rows, report.totals)
        self.charts.setVisible(bool(report.charts))
        self.charts.show_charts(report.charts)


def _has_currencies(report: Report) -> bool:
    """Tell whether amounts are of several currencies, or of one that nobody would guess."""
    if any(column.key == "currency" for column in report.columns):
        return False
    rows = (*report.rows, *report.totals)
    return bool({row.currency for row in rows if row.currency} - {"RWF"})

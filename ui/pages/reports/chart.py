"""One chart of a report: drawn, named, read out, and led through by pointer and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import Chart
from ui.pages.reports.chart_words import (
    category_text,
    chart_text,
    head_text,
    series_texts,
    widest_texts,
)
from ui.pages.reports.legend import Legend
from ui.pages.reports.plot import Plot
from ui.pages.reports.shades import shades_for
from ui.theme import color, gap
from ui.widgets.basics import ElidedLabel, PlainLabel
from ui.widgets.messages import announce


class ReportChart(QWidget):
    """A chart with its title, its legend and the exact figure under the pointer.

    Left and Right walk over the categories, Home and End go to the first and the last, Enter
    leads to the payments behind one; a screen reader gets the figures as sentences.

    Signals:
        payments_requested(filter): the payments behind a category are wanted.
    """

    payments_requested = Signal(object)

    def __init__(self, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._place = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title = ElidedLabel(look="heading")
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.figure = PlainLabel(look="heading")
        self.plot = Plot()
        self.plot.place_pointed.connect(self._go_to)
        self.plot.place_clicked.connect(self._on_clicked)
        self.legend = Legend()
        column = QVBoxLayout(self)
        margin = gap(self, 1.4)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 0.6))
        head = QHBoxLayout()
        head.setSpacing(gap(self, 2))
        head.addWidget(self.title, 1)
        head.addWidget(self.figure)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        column.addWidget(self.legend)
        metrics = self.fontMetrics()
        self.plot.setMinimumHeight(metrics.height() * 7)
        self.setMinimumWidth(metrics.averageCharWidth() * 40)
        self.show_chart(chart)

    @property
    def chart(self) -> Chart:
        """The chart shown."""
        return self._chart

    @property
    def place(self) -> int:
        """The category whose figure is told; −1 before any is."""
        return self._place

    def show_chart(self, chart: Chart) -> None:
        """Show other figures."""
        kept = self._chart.categories[self._place] if self._place >= 0 else ""
        self._chart = chart
        self._place = chart.categories.index(kept) if kept in chart.categories else -1
        self.title.setText(chart.title)
        self._draw()
        self._tell()
        self.setAccessibleName(self.tr("Chart: %1").replace("%1", chart.title))
        self.setAccessibleDescription(chart_text(chart))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the categories, or open the payments behind one."""
        last = len(self._chart.categories) - 1
        target = {
            Qt.Key.Key_Left: max(0, self._place - 1),
            Qt.Key.Key_Right: min(last, self._place + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is not None and last >= 0:
            self._go_to(target)
            announce(self, category_text(self._chart, target))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._place >= 0:
            self._on_clicked(self._place)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus, and the figure it stands on."""
        super().focusInEvent(event)
        if self._place < 0 and self._chart.categories:
            self._go_to(0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the focus mark away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the surface and, around it, the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(color("focus" if self.hasFocus() else "border"), width))
        painter.setBrush(color("surface"))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 12, 12)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette or font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(
            self, "legend"
        ):
            self._draw()

    def _draw(self) -> None:
        self.plot.show_chart(self._chart)
        self.plot.mark(self._place)
        series = self._chart.series
        self.legend.show_series(widest_texts(self._chart), shades_for(series))
        self.legend.show_texts(series_texts(self._chart, self._place))
        self.legend.setVisible(len(series) > 1)

    def _go_to(self, place: int) -> None:
        self._place = place
        self.plot.mark(place)
        self._tell()

    def _tell(self) -> None:
        self.figure.setText(head_text(self._chart, self._place))
        self.legend.show_texts(series_texts(self._chart, self._place))
        drill = self._drill(self._place)
        cursor = Qt.CursorShape.ArrowCursor if drill is None else Qt.CursorShape.PointingHandCursor
        self.plot.setCursor(cursor)

    def _drill(self, place: int) -> PaymentFilter | None:
        return self._chart.drills[place] if 0 <= place < len(self._chart.drills) else None

    def _on_clicked(self, place: int) -> None:
        self._go_to(place)
        drill = self._drill(place)
        if drill is not None:
            self.payments_requested.emit(drill)

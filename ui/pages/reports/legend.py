"""What each fill of a chart stands for, with its exact figure beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.pages.reports.shades import Shade
from ui.theme import color, gap
from ui.widgets.basics import PlainLabel
from ui.widgets.flow import FlowLayout


class _Swatch(QWidget):
    """A small square in the fill of a series."""

    def __init__(self, shade: Shade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shade = shade
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a square a little lower than a line of text."""
        side = round(self.fontMetrics().height() * 0.75)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the fill with its edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.setBrush(self._shade.brush())
        painter.setPen(self._shade.pen())
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class Legend(QWidget):
    """The series of a chart in rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowLayout(self, spacing=gap(self, 1.5))
        self._texts: list[PlainLabel] = []

    @property
    def texts(self) -> list[str]:
        """The names with their figures, as shown."""
        return [label.text() for label in self._texts]

    def show_series(self, widest: Sequence[str], shades: Sequence[Shade]) -> None:
        """Make room for other series; ``widest`` are the longest texts each will have."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._texts = []
        for longest, shade in zip(widest, shades, strict=True):
            entry = QWidget()
            row = QHBoxLayout(entry)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(gap(self, 0.6))
            row.addWidget(_Swatch(shade))
            label = PlainLabel(longest, look="small")
            label.ensurePolished()
            label.setMinimumWidth(label.sizeHint().width())
            row.addWidget(label)
            self._row.addWidget(entry)
            self._texts.append(label)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show each series' name with its figure."""
        for label, text in zip(self._texts, texts, strict=True):
            label.setText(text)

"""The program's picture, sharp at any text size."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget


class Logo(QWidget):
    """A square SVG picture, as high as ``lines`` lines of text."""

    def __init__(self, path: Path, parent: QWidget | None = None, *, lines: float = 4) -> None:
        super().__init__(parent)
        self._renderer = QSvgRenderer(str(path), self)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a square that follows the text size."""
        side = round(self.fontMetrics().height() * self._lines)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture."""
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(self.rect()))

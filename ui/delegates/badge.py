"""Badges, painted once per badge, height, scale and font, then copied from a cached pixmap."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import (
    QObject,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from ui import icons
from ui.badges import Badge
from ui.delegates.text import Cell, CellDelegate, CellSource
from ui.theme import is_dark


def badge_size(badge: Badge, height: int, font: QFont) -> QSize:
    """Return the size a badge takes at a height, in device-independent pixels."""
    text_width = QFontMetricsF(font).horizontalAdvance(badge.text)
    return QSize(round(text_width + height * 0.62 + height * 0.95) + 1, height)


@lru_cache(maxsize=1024)
def _painted(badge: Badge, height: int, dpr: float, font_key: str, dark: bool) -> QPixmap:
    font = QFont()
    font.fromString(font_key)
    size = badge_size(badge, height, font)
    pixmap = QPixmap(round(size.width() * dpr), round(size.height() * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Yellow on white and dark green on black do not stand out by themselves (WCAG SC 1.4.11).
    edge = QColor(255, 255, 255, 90) if dark else QColor(0, 0, 0, 90)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(badge.background))
    box = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
    painter.drawRoundedRect(box, height * 0.3, height * 0.3)
    painter.setFont(font)
    side = height * 0.62
    left = height * 0.36
    icons.paint_icon(
        painter, badge.icon, QRectF(left, (height - side) / 2, side, side), badge.foreground
    )
    painter.setPen(QColor(badge.foreground))
    text_left = left + side + height * 0.2
    painter.drawText(
        QRectF(text_left, 0, size.width() - text_left, height),
        int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
        badge.text,
    )
    painter.end()
    return pixmap


def badge_pixmap(badge: Badge, height: int, dpr: float, font: QFont) -> QPixmap:
    """Return the painted badge; the same arguments give the same cached pixmap."""
    return _painted(badge, height, dpr, font.toString(), is_dark())


class BadgeDelegate(CellDelegate):
    """Paints the badge of a cell, left-aligned and centred in height."""

    def __init__(self, parent: QObject | None = None, source: CellSource | None = None) -> None:
        self._pixmaps: dict[tuple[Badge, int, float], QPixmap] = {}
        super().__init__(parent, source)

    def clear_cache(self) -> None:
        """Forget painted badges too."""
        super().clear_cache()
        self._pixmaps.clear()

    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell) -> None:
        """Paint the badge, or plain text where the cell has none."""
        badge = cell[1]
        if badge is None:
            super().paint_cell(painter, option, cell)
            return
        rect = option.rect
        key = (badge, rect.height(), painter.device().devicePixelRatioF())
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            height = min(rect.height() - 6, round(option.fontMetrics.height() * 1.45))
            pixmap = badge_pixmap(badge, height, key[2], option.font)
            self._pixmaps[key] = pixmap
        size = pixmap.deviceIndependentSize()
        place = QPointF(rect.left() + self.margin, rect.top() + (rect.height() - size.height()) / 2)
        if size.width() <= rect.width() - self.margin:
            painter.drawPixmap(place, pixmap)
            return
        painter.save()
        painter.setClipRect(rect)
        painter.drawPixmap(place, pixmap)
        painter.restore()

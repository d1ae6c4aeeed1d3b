"""Line icons, drawn from paths on a 24 × 24 grid and tinted in whatever colour is asked for.

``icon(name)`` is for buttons and actions (it has a disabled shade), ``icon_pixmap`` for painting.
A one-letter name draws that letter in a ring: payment methods are told apart by their initial.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

_PATHS: dict[str, str] = {
    "check": "M5 12.5l4.5 4.5L19 7",
    "check-double": "M2 13l4 4 8-9 M11 16l1 1 9-10",
    "cross": "M6 6l12 12 M18 6L6 18",
    "clock": "M12 3a9 9 0 1 0 .01 0z M12 7v5l3.5 2",
    "sync": "M4.5 12a7.5 7.5 0 0 1 13-5.1L20 9 M20 4v5h-5 M19.5 12a7.5 7.5 0 0 1-13 5.1L4 15"
    " M4 20v-5h5",
    "ban": "M12 3a9 9 0 1 0 .01 0z M5.7 5.7l12.6 12.6",
    "undo": "M8 5L4 9l4 4 M4 9h10a5.5 5.5 0 0 1 0 11h-4",
    "question": "M9 9a3 3 0 1 1 4.2 2.8c-.9.4-1.2 1-1.2 2.2 M12 17.6v.4",
    "alert": "M12 4L2.5 20h19z M12 10v5 M12 17.4v.2",
    "info": "M12 3a9 9 0 1 0 .01 0z M12 11v6 M12 7.4v.2",
    "error": "M12 3a9 9 0 1 0 .01 0z M12 7v6 M12 16.4v.2",
    "raise-hand": "M12 20V5 M6 11l6-6 6 6",
    "send": "M21 3L10 14 M21 3l-7 18-4-7-7-4z",
    "lock": "M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "equal": "M5 9h14 M5 15h14",
    "not-equal": "M5 9h14 M5 15h14 M16 5L8 19",
    "split": "M4 12h6 M10 12c4 0 4-6 10-6 M10 12c4 0 4 6 10 6",
    "bullet": "M12 10.5a1.5 1.5 0 1 0 .01 0z M12 11.5a.5 .5 0 1 0 .01 0z",
    "circle": "M12 4a8 8 0 1 0 .01 0z",
    "search": "M10.5 4a6.5 6.5 0 1 0 .01 0z M15.5 15.5L21 21",
    "plus": "M12 5v14 M5 12h14",
    "minus": "M5 12h14",
    "chevron-down": "M6 9l6 6 6-6",
    "chevron-up": "M6 15l6-6 6 6",
    "chevron-right": "M9 6l6 6-6 6",
    "chevron-left": "M15 6l-6 6 6 6",
    "filter": "M3 5h18l-7 8v6l-4 2v-8z",
    "file": "M6 3h8l4 4v14H6z M14 3v4h4",
    "upload": "M12 16V4 M7 9l5-5 5 5 M4 16v4h16v-4",
    "download": "M12 4v12 M7 11l5 5 5-5 M4 16v4h16v-4",
    "copy": "M9 9h11v11H9z M15 9V4H4v11h5",
    "printer": "M7 9V4h10v5 M7 17H4v-8h16v8h-3 M7 14h10v6H7z",
    "mail": "M3 6h18v12H3z M3 7l9 7 9-7",
    "phone": "M8 3h8v18H8z M11 18h2",
    "bank": "M3 9l9-5 9 5z M5 9v8 M9.7 9v8 M14.3 9v8 M19 9v8 M3 20h18",
    "cash": "M3 7h18v10H3z M12 9.5a2.5 2.5 0 1 0 .01 0z M6 12h.1 M18 12h.1",
    "card": "M3 6h18v12H3z M3 10h18 M6 15h4",
    "till": "M4 11h16v9H4z M7 11V5h10v6 M9.5 8h5 M10 15.5h4",
    "payments": "M4 6h16 M4 12h16 M4 18h10",
    "calls": "M4 8h15 M15 4l4 4-4 4 M20 16H5 M9 12l-4 4 4 4",
    "provider": "M12 20v-6 M8.5 10.5a5 5 0 0 1 7 0 M5.5 7.5a9.2 9.2 0 0 1 13 0"
    " M12 13a1 1 0 1 0 .01 0z M8 20h8",
    "refund": "M8 5L4 9l4 4 M4 9h10a5.5 5.5 0 0 1 0 11h-4",
    "reconcile": "M12 4v16 M5 20h14 M12 6H5 M12 6h7 M5 6l-3 7h6z M19 6l-3 7h6z",
    "today": "M5 19a9.5 9.5 0 1 1 14 0 M12 14l4.5-5.5 M12 13a1 1 0 1 0 .01 0z",
    "report": "M4 20h16 M7 20v-7 M12 20V5 M17 20v-10",
    "people": "M9 5a3.5 3.5 0 1 0 .01 0z M3 20c0-7 12-7 12 0 M16 5.5a3 3 0 0 1 0 6"
    " M18 14.5c2 .8 3 2.6 3 5.5",
    "invoice": "M6 3h12v18l-3-2-3 2-3-2-3 2z M9 8h6 M9 12h6",
    "calendar": "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4",
    "settings": "M4 7h9 M17 7h3 M15 5a2 2 0 1 0 .01 0z M4 17h3 M11 17h9 M9 15a2 2 0 1 0 .01 0z",
    "audit": "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z M8.5 12l2.5 2.5 4.5-5",
    "user": "M12 4a4 4 0 1 0 .01 0z M4 21c0-9 16-9 16 0",
    "logout": "M10 4H4v16h6 M9 12h12 M17 8l4 4-4 4",
    "desk": "M3 5h18v11H3z M9 20h6 M12 16v4",
    "eye": "M2 12c4-8 16-8 20 0-4 8-16 8-20 0z M12 9a3 3 0 1 0 .01 0z",
    "inbox": "M4 13l3-8h10l3 8v6H4z M4 13h5l1.5 2.5h3L15 13h5",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15z M10.5 21h3",
    "offline": "M3 3l18 18 M5 10a10 10 0 0 1 4-2 M13 7.6a10 10 0 0 1 6 2.4 M8.5 14a5 5 0 0 1 4-1.4"
    " M12 18.6v.2",
    "trash": "M5 7h14 M10 7V4h4v3 M7 7l1 13h8l1-13",
    "edit": "M4 20l1-4L16 5l3 3L8 19z",
    "refresh": "M20 12a8 8 0 1 1-2.3-5.7L20 8.5 M20 4v4.5h-4.5",
    "columns": "M4 5h16v14H4z M9.3 5v14 M14.7 5v14",
    "star": "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z",
    "box": "M3 8l9-5 9 5v8l-9 5-9-5z M3 8l9 5 9-5 M12 13v8",
    "moon": "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
}

NAMES = frozenset(_PATHS)


def svg(name: str, color: str, stroke: float = 2.0) -> bytes:
    """Return the icon as an SVG document in one colour (``#rrggbb``)."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"'
        f' stroke="{color}" stroke-width="{stroke}" stroke-linecap="round"'
        f' stroke-linejoin="round"><path d="{_PATHS[name]}"/></svg>'
    ).encode()


def paint_icon(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """Paint a named icon, or a single letter in a ring, into a square of the painter's units."""
    if len(name) == 1:
        _paint_letter(painter, name, rect, color)
        return
    QSvgRenderer(QByteArray(svg(name, color))).render(painter, rect)


def _paint_letter(painter: QPainter, letter: str, rect: QRectF, color: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    stroke = max(1.0, rect.height() / 12)
    painter.setPen(QPen(QColor(color), stroke))
    ring = rect.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
    painter.drawRoundedRect(ring, rect.height() / 4, rect.height() / 4)
    font = QFont(painter.font())
    font.setPixelSize(max(6, round(rect.height() * 0.66)))
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), letter)
    painter.restore()


@lru_cache(maxsize=512)
def icon_pixmap(name: str, color: str, size: int, dpr: float = 1.0) -> QPixmap:
    """Return the icon as a pixmap of ``size`` device-independent pixels."""
    pixmap = QPixmap(round(size * dpr), round(size * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QRectF(0, 0, size, size), color)
    painter.end()
    return pixmap


def icon(name: str, color: str, disabled: str = "#9aa0aa") -> QIcon:
    """Return an icon for a button, sharp up to double scale, with a disabled shade."""
    result = QIcon()
    for size in (16, 20, 24, 32):
        for dpr in (1.0, 2.0):
            result.addPixmap(icon_pixmap(name, color, size, dpr))
            result.addPixmap(icon_pixmap(name, disabled, size, dpr), QIcon.Mode.Disabled)
    return result

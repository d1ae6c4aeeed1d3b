"""The fills of a chart's series: a badge's own colour, an edge that stands out, a pattern.

Yellow on white and dark green on black do not stand out by themselves (WCAG 2.2 SC 1.4.11), so
each fill has an edge of at least 3 : 1 against the surface. Two series of one colour (cash, and
cash on delivery) differ by pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from core.services.reports.contract import Series
from ui.badges import KINDS, badge_for
from ui.theme import color_name, contrast

_PLAIN = ("accent", "info", "warning", "success", "danger", "text_muted")
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.DiagCrossPattern,
)
_LEAST_CONTRAST = 3.0


@dataclass(frozen=True, slots=True)
class Shade:
    """How one series is painted: ``#rrggbb`` colours and a pattern."""

    color: str
    edge: str
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern

    def brush(self) -> QBrush:
        """Return the fill; a pattern is drawn in the edge's colour, which stands out."""
        is_solid = self.pattern is Qt.BrushStyle.SolidPattern
        return QBrush(QColor(self.color if is_solid else self.edge), self.pattern)

    def pen(self, width: float = 1) -> QPen:
        """Return the edge, of the same width at any scale."""
        pen = QPen(QColor(self.edge), width)
        pen.setCosmetic(True)
        return pen


def shades_for(series: Sequence[Series]) -> list[Shade]:
    """Return the fills of a chart's series in the palette in force."""
    found: list[Shade] = []
    for number, one in enumerate(series):
        color = _color_of(one.colour) or color_name(_PLAIN[number % len(_PLAIN)])
        used = sum(shade.color == color for shade in found)
        found.append(Shade(color, edge_for(color), _PATTERNS[used % len(_PATTERNS)]))
    return found


def edge_for(color: str) -> str:
    """Return the colour itself, or a shade of it that stands out from the surface."""
    surface = color_name("surface")
    toward = QColor(color_name("text"))
    mixed = QColor(color)
    for share in range(0, 101, 5):
        mixed = _mixed(QColor(color), toward, share)
        if contrast(mixed.name(), surface) >= _LEAST_CONTRAST:
            break
    return mixed.name()


def _mixed(first: QColor, second: QColor, percent: int) -> QColor:
    def part(a: int, b: int) -> int:
        return round(a + (b - a) * percent / 100)

    return QColor(
        part(first.red(), second.red()),
        part(first.green(), second.green()),
        part(first.blue(), second.blue()),
    )


def _color_of(badge: str) -> str:
    kind, _, value = badge.partition(":")
    return badge_for(kind, value).background if kind in KINDS and value else ""

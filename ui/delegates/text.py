"""The fast cell: background, text in one call, focus mark; the base of every other cell.

Qt's own delegate asks a model eight questions per cell, each a way through three layers. These
ask once, in Python, and keep the laid-out text of what they have drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.badges import Badge
from ui.models.roles import BADGE, DISPLAY, TONE
from ui.theme import TOKENS, is_dark, row_height

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[str, Badge | None, str | None]
"""What is painted: the text, the badge, the name of the text's colour token."""
CellSource = Callable[[int, int], Cell]

_SELECTED = int(QStyle.StateFlag.State_Selected.value)
_FOCUSED = int(QStyle.StateFlag.State_HasFocus.value)
_ELIDE = Qt.TextElideMode.ElideRight
_PLAIN = Qt.TextFormat.PlainText
_MOST_TEXTS = 4096


class CellDelegate(QStyledItemDelegate):
    """Paints plain text; a tone names a token for its colour.

    ``source`` gives a cell by row and column without the way through Qt; without one the index
    is asked.
    """

    def __init__(self, parent: QObject | None = None, source: CellSource | None = None) -> None:
        super().__init__(parent)
        self.margin = 8
        self._source = source
        self._texts: dict[tuple[str, int], tuple[QStaticText, float, float]] = {}
        self.clear_cache()

    def clear_cache(self) -> None:
        """Read font and palette again; the table calls it when either changes."""
        self.dark = is_dark()
        self._texts.clear()
        self._pens = {name: QPen(QColor(pair[self.dark])) for name, pair in TOKENS.items()}
        self._text_pen = self._pens["text"]
        self._selected = QBrush(QColor(TOKENS["accent_soft"][self.dark]))
        self._focus_pen = QPen(QColor(TOKENS["focus"][self.dark]), 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the selection, the content and the focus mark of one cell."""
        state = option.state.value
        if state & _SELECTED:
            painter.fillRect(option.rect, self._selected)
        if self._source is not None:
            cell = self._source(index.row(), index.column())
        else:
            cell = (index.data(DISPLAY) or "", index.data(BADGE), index.data(TONE))
        self.paint_cell(painter, option, cell)
        if state & _FOCUSED:
            painter.setPen(self._focus_pen)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell) -> None:
        """Paint the cell's text on one line, cut where it does not fit."""
        text, _, tone = cell
        if not text:
            return
        rect = option.rect
        width = rect.width() - 2 * self.margin
        found = self._texts.get((text, width))
        if found is None:
            found = self._lay_out(option, text, width)
        laid_out, left, height = found
        painter.setPen(self._pens[tone] if tone else self._text_pen)
        top = rect.top() + (rect.height() - height) / 2
        painter.drawStaticText(QPointF(rect.left() + left, top), laid_out)

    def shorten(self, option: QStyleOptionViewItem, text: str, width: int) -> str:
        """Return what is shown of a text in a width."""
        return option.fontMetrics.elidedText(text, _ELIDE, width)

    def left_edge(self, _text_width: float, _width: int) -> float:
        """Return where a text of a width begins in the cell."""
        return self.margin

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room the text needs."""
        text = str(index.data(DISPLAY) or "")
        width = option.fontMetrics.horizontalAdvance(text) + 2 * self.margin
        return QSize(width, row_height(option.fontMetrics))

    def _lay_out(
        self, option: QStyleOptionViewItem, text: str, width: int
    ) -> tuple[QStaticText, float, float]:
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        laid_out = QStaticText(self.shorten(option, text, width))
        laid_out.setTextFormat(_PLAIN)
        laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid_out.prepare(font=option.font)
        size = laid_out.size()
        found = (laid_out, self.left_edge(size.width(), width), size.height())
        self._texts[text, width] = found
        return found

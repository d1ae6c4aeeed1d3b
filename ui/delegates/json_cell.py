"""A key and its value in two colours, the value's by its kind."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.models.json_nodes import JsonNode, Kind
from ui.theme import color, row_height

_TONES = {
    Kind.STRING: "success",
    Kind.NUMBER: "warning",
    Kind.WORD: "danger",
    Kind.OBJECT: "text_muted",
    Kind.ARRAY: "text_muted",
    Kind.GROUP: "text_muted",
    Kind.TEXT: "text",
}
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class JsonDelegate(QStyledItemDelegate):
    """Paints plain text, never markup."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the selection, the key, the value and the focus mark."""
        node = index.internalPointer()
        if not isinstance(node, JsonNode):
            return
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, color("accent_soft"))
        painter.setFont(option.font)
        room = option.rect.adjusted(4, 0, -4, 0)
        if node.label and node.kind is not Kind.TEXT:
            room = self._paint_part(painter, option, room, f"{node.label}: ", "info")
        self._paint_part(painter, option, room, node.text, _TONES[node.kind])
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(color("focus"))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row; the width is the view's."""
        return QSize(0, round(row_height(option.fontMetrics) * 0.8))

    def _paint_part(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, text: str, tone: str
    ) -> QRect:
        metrics = option.fontMetrics
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(color(tone))
        painter.drawText(room, _LEFT, shown)
        return room.adjusted(metrics.horizontalAdvance(shown), 0, 0, 0)

"""The payments that wait, with what each waits for, and how a line of them is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.clock import Clock
from core.model.payments import PaymentMethod
from core.money import display
from core.phones import phone_display
from core.services.gateways.rows import AttemptRow
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.delegates.badge import badge_pixmap
from ui.mobile_money.words import awaited_words, needs_manager
from ui.theme import color
from ui.words import age_text, moment_text

Index = QModelIndex | QPersistentModelIndex
translate = QCoreApplication.translate
ENTRY_ROLE = Qt.ItemDataRole.UserRole
_SENTENCE_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = int(_MIDDLE | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(_MIDDLE | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """A payment that waits; ``attempt`` is the request a network was asked, if there is one."""

    row: PaymentRow
    attempt: AttemptRow | None = None

    @property
    def is_urgent(self) -> bool:
        """Tell whether a manager must find out what became of it."""
        return needs_manager(self.attempt)

    def awaited(self) -> str:
        """Return in a few words what it waits for."""
        if self.row.payment_method.is_mobile_money:
            return awaited_words(self.attempt)
        return {
            PaymentMethod.BANK_TRANSFER: translate("WaitingModel", "Waits for the transfer"),
            PaymentMethod.CARD: translate("WaitingModel", "Waits for the card's approval"),
            PaymentMethod.CASH_ON_DELIVERY: translate("WaitingModel", "Waits for the courier"),
        }.get(self.row.payment_method, translate("WaitingModel", "Waits for the cash"))


class WaitingModel(QAbstractListModel):
    """The waiting payments; a row is read out as one sentence."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._entries: list[WaitingEntry] = []

    @property
    def urgent_count(self) -> int:
        """How many need a manager."""
        return sum(entry.is_urgent for entry in self._entries)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own form
        """Return how many wait."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry, or its sentence."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role in _SENTENCE_ROLES:
            row = entry.row
            method = badge_for("method", row.payment_method).text
            amount = display(row.amount_minor, row.currency)
            since = _since(self.since(entry))
            told = (amount, who(row), method, entry.awaited(), since, self.age(row))
            return ", ".join(filter(None, told))
        return None

    def set_rows(
        self, rows: Sequence[PaymentRow], attempts: Mapping[str, AttemptRow] | None = None
    ) -> None:
        """Show other payments; what stays is neither rebuilt nor painted anew."""
        attempts = attempts or {}
        entries = [WaitingEntry(row, attempts.get(row.payment_id)) for row in rows]
        ids = [row.payment_id for row in rows]
        self._take_away_all_but(frozenset(ids))
        staying = len(self._entries)
        if [entry.row.payment_id for entry in self._entries] != ids[:staying]:
            self.beginResetModel()
            self._entries = entries
            self.endResetModel()
            return
        for place, entry in enumerate(entries[:staying]):
            if entry != self._entries[place]:
                self._entries[place] = entry
                self.dataChanged.emit(self.index(place, 0), self.index(place, 0))
        if len(entries) > staying:
            self.beginInsertRows(QModelIndex(), staying, len(entries) - 1)
            self._entries += entries[staying:]
            self.endInsertRows()

    def position(self, payment_id: str) -> int:
        """Return where a payment stands, or −1."""
        ids = [entry.row.payment_id for entry in self._entries]
        return ids.index(payment_id) if payment_id in ids else -1

    def age(self, row: PaymentRow) -> str:
        """Return how long a payment has waited."""
        return age_text(row.created_at, self._clock())

    def since(self, entry: WaitingEntry) -> str:
        """Return since when a request stands where it does; empty where no network was asked."""
        if entry.attempt is None:
            return ""
        return moment_text(entry.attempt.status_since, self._clock())

    def _take_away_all_but(self, ids: frozenset[str]) -> None:
        for place in reversed(range(len(self._entries))):
            if self._entries[place].row.payment_id not in ids:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._entries[place]
                self.endRemoveRows()


def who(row: PaymentRow) -> str:
    """Return what tells a payment apart for a person: customer, telephone, order or number."""
    return (
        row.customer_name
        or phone_display(row.phone_number)
        or row.order_number
        or row.transaction_reference
        or row.payment_id[:8]
    )


class WaitingDelegate(QStyledItemDelegate):
    """Three lines: amount and age, the method's badge and who pays, what is awaited since when."""

    def __init__(self, model: WaitingModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return room for three lines."""
        line = option.fontMetrics.height()
        return QSize(line * 12, round(line * 5))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a payment."""
        entry: WaitingEntry = index.data(ENTRY_ROLE)
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = "danger_soft" if entry.is_urgent else "surface"
        painter.fillRect(option.rect, color("accent_soft" if is_chosen else ground))
        pad = round(option.fontMetrics.height() * 0.6)
        if entry.is_urgent:
            edge = QRect(
                option.rect.left(), option.rect.top(), max(3, pad // 2), option.rect.height()
            )
            painter.fillRect(edge, color("danger"))
        inside = option.rect.adjusted(pad, pad // 2, -pad, -pad // 2)
        height = inside.height() / 3
        lines = [
            QRect(inside.left(), round(inside.top() + height * n), inside.width(), round(height))
            for n in range(3)
        ]
        self._paint_amount(painter, option, lines[0], entry)
        self._paint_payer(painter, option, lines[1], entry)
        self._paint_awaited(painter, option, lines[2], entry)
        painter.setPen(color("border"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _paint_amount(
        self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, entry: WaitingEntry
    ) -> None:
        amount = display(entry.row.amount_minor, entry.row.currency)
        painter.setFont(_bold(option.font))
        painter.setPen(color("text"))
        painter.drawText(line, _LEFT, amount)
        painter.setFont(option.font)
        painter.setPen(color("text_muted"))
        painter.drawText(line, _RIGHT, self._model.age(entry.row))

    def _paint_payer(
        self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, entry: WaitingEntry
    ) -> None:
        height = round(option.fontMetrics.height() * 1.25)
        dpr = painter.device().devicePixelRatio()
        method = badge_for("method", entry.row.payment_method)
        badge = badge_pixmap(method, height, dpr, option.font)
        painter.drawPixmap(QPoint(line.left(), line.center().y() - height // 2), badge)
        left = line.left() + round(badge.width() / dpr) + round(height * 0.5)
        room = QRect(left, line.top(), line.right() - left, line.height())
        painter.setPen(color("text"))
        _draw_elided(painter, room, who(entry.row))

    def _paint_awaited(
        self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, entry: WaitingEntry
    ) -> None:
        awaited, moment = entry.awaited(), self._model.since(entry)
        font = _bold(option.font) if entry.is_urgent else option.font
        left = line.width() - QFontMetrics(font).horizontalAdvance(awaited + "  ")
        # What is awaited comes before since when, which the panel tells too.
        width = option.fontMetrics.horizontalAdvance
        since = next((text for text in (_since(moment), moment) if width(text) <= left), "")
        painter.setPen(color("text_muted"))
        painter.drawText(line, _RIGHT, since)
        taken = option.fontMetrics.horizontalAdvance(since + "  ") if since else 0
        painter.setFont(font)
        painter.setPen(color("danger" if entry.is_urgent else "text_muted"))
        _draw_elided(painter, line.adjusted(0, 0, -taken, 0), awaited)


def _since(moment: str) -> str:
    return translate("WaitingModel", "since %1").replace("%1", moment) if moment else ""


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold


def _draw_elided(painter: QPainter, room: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, shown)

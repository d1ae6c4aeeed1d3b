"""Payments that await their money, the oldest first, with what may be done about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.clock import Clock
from core.money import display
from core.permissions import Actor, Permission
from core.phones import phone_display
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.delegates.badge import badge_pixmap
from ui.theme import color, gap
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import button
from ui.words import age_text

AGE_REFRESH_MS = 30_000
_Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole


class WaitingModel(QAbstractListModel):
    """The waiting payments; a row is read out as one sentence."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: tuple[PaymentRow, ...] = ()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own form
        """Return how many wait."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row, or its sentence."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == _ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            method = badge_for("method", row.payment_method).text
            amount = display(row.amount_minor, row.currency)
            return f"{amount}, {who(row)}, {method}, {self.age(row)}"
        return None

    def set_rows(self, rows: Sequence[PaymentRow]) -> None:
        """Show other payments."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def position(self, payment_id: str) -> int:
        """Return where a payment stands, or −1."""
        ids = [row.payment_id for row in self._rows]
        return ids.index(payment_id) if payment_id in ids else -1

    def age(self, row: PaymentRow) -> str:
        """Return how long a payment has waited."""
        return age_text(row.created_at, self._now())

    def _now(self) -> datetime:
        return self._clock()


def who(row: PaymentRow) -> str:
    """Return what tells a payment apart for a person: customer, telephone, order or number."""
    return (
        row.customer_name
        or phone_display(row.phone_number)
        or row.order_number
        or row.transaction_reference
        or row.payment_id[:8]
    )


class _WaitingDelegate(QStyledItemDelegate):
    """Two lines: amount and age, then the method's badge and who pays."""

    def __init__(self, model: WaitingModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return room for two lines."""
        line = option.fontMetrics.height()
        return QSize(line * 12, round(line * 3.6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a payment."""
        row: PaymentRow = index.data(_ROW)
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, color("accent_soft" if is_chosen else "surface"))
        pad = round(option.fontMetrics.height() * 0.6)
        inside = option.rect.adjusted(pad, pad // 2, -pad, -pad // 2)
        half = inside.height() // 2
        first = QRect(inside.left(), inside.top(), inside.width(), half)
        second = QRect(inside.left(), inside.top() + half, inside.width(), half)
        middle = Qt.AlignmentFlag.AlignVCenter
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(color("text"))
        amount = display(row.amount_minor, row.currency)
        painter.drawText(first, int(middle | Qt.AlignmentFlag.AlignLeft), amount)
        painter.setFont(option.font)
        painter.setPen(color("text_muted"))
        age = self._model.age(row)
        painter.drawText(first, int(middle | Qt.AlignmentFlag.AlignRight), age)
        height = round(option.fontMetrics.height() * 1.25)
        dpr = painter.device().devicePixelRatio()
        badge = badge_pixmap(badge_for("method", row.payment_method), height, dpr, option.font)
        painter.drawPixmap(QPoint(second.left(), second.center().y() - height // 2), badge)
        left = second.left() + round(badge.width() / dpr) + pad
        room = QRect(left, second.top(), second.right() - left, second.height())
        painter.setPen(color("text"))
        name = option.fontMetrics.elidedText(who(row), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), name)
        painter.setPen(color("border"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()


class _KeyedList(QListView):
    """A list in which Enter, F and C act on the row chosen."""

    key_pressed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of the three keys."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.key_pressed.emit("enter")
        elif event.text().lower() in {"f", "c"}:
            self.key_pressed.emit(event.text().lower())
        else:
            super().keyPressEvent(event)


class WaitingList(Card):
    """The list with its three acts; an act that is not allowed says why.

    Signals:
        confirm_requested(row), fail_requested(row), cancel_requested(row): an act was chosen.
    """

    confirm_requested = Signal(object)
    fail_requested = Signal(object)
    cancel_requested = Signal(object)

    def __init__(self, actor: Actor, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._actor = actor
        self.heading = PlainLabel(look="heading")
        self.body.addWidget(self.heading)
        self.model = WaitingModel(clock, self)
        self.list = _KeyedList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_WaitingDelegate(self.model, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Payments that wait"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentChanged.connect(self._follow)
        self.list.doubleClicked.connect(self._on_confirm)
        self.list.key_pressed.connect(self._on_key)
        self.empty = PlainLabel(
            self.tr("Nothing waits. Mobile money and deliveries appear here."),
            look="muted",
            wrap=True,
        )
        self.reason = PlainLabel(look="small", wrap=True)
        self.confirm = button(self.tr("Confirm… (Enter)"), kind="primary")
        self.fail = button(self.tr("Failed… (F)"))
        self.cancel = button(self.tr("Call off… (C)"))
        for made, act in (
            (self.confirm, self._on_confirm),
            (self.fail, self._on_fail),
            (self.cancel, self._on_cancel),
        ):
            made.clicked.connect(act)
        self.body.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.confirm)
        self._others = others = QHBoxLayout()
        others.setSpacing(gap(self, 0.8))
        others.addWidget(self.fail, 1)
        others.addWidget(self.cancel, 1)
        self.body.addLayout(others)
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_REFRESH_MS)
        self._ages.timeout.connect(self.list.viewport().update)
        self._ages.start()
        self.set_rows(())

    def set_compact(self, compact: bool) -> None:
        """Put the buttons below each other where there is little room."""
        directions = QBoxLayout.Direction
        self._others.setDirection(directions.TopToBottom if compact else directions.LeftToRight)

    def set_rows(self, rows: Sequence[PaymentRow]) -> None:
        """Show other payments; the one chosen stays chosen while it is there."""
        chosen = self.chosen()
        self.model.set_rows(rows)
        position = self.model.position(chosen.payment_id) if chosen is not None else -1
        if rows:
            self.list.setCurrentIndex(self.model.index(max(0, position), 0))
        self.heading.setText(self.tr("Waiting (%1)").replace("%1", str(len(rows))))
        self.empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._follow()

    def chosen(self) -> PaymentRow | None:
        """Return the payment chosen."""
        row = self.list.currentIndex().data(_ROW)
        return row if isinstance(row, PaymentRow) else None

    def why_not_confirm(self, row: PaymentRow) -> str:
        """Return why this person may not confirm a payment; "" when they may."""
        if row.payment_method.is_mobile_money and not self._actor.may(Permission.COMPLETE_BY_HAND):
            return self.tr("Only the network or a manager confirms mobile money.")
        return ""

    def _follow(self) -> None:
        row = self.chosen()
        reason = self.why_not_confirm(row) if row is not None else ""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.confirm.setEnabled(row is not None and not reason)
        self.confirm.setToolTip(reason)
        for made in (self.fail, self.cancel):
            made.setEnabled(row is not None)
        for made in (self.confirm, self.fail, self.cancel):
            made.setVisible(row is not None)

    def _on_key(self, key: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            "enter": self._on_confirm,
            "f": self._on_fail,
            "c": self._on_cancel,
        }
        acts[key]()

    def _on_confirm(self) -> None:
        row = self.chosen()
        if row is not None and not self.why_not_confirm(row):
            self.confirm_requested.emit(row)

    def _on_fail(self) -> None:
        row = self.chosen()
        if row is not None:
            self.fail_requested.emit(row)

    def _on_cancel(self) -> None:
        row = self.chosen()
        if row is not None:
            self.cancel_requested.emit(row)

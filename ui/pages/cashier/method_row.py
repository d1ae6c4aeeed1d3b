"""The ways to pay, side by side, each with its own colour and letter."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QToolButton, QWidget

from core.model.payments import PaymentMethod
from ui.badges import Badge, badge_for
from ui.theme import gap, set_look

METHODS = (
    PaymentMethod.CASH,
    PaymentMethod.MTN_MOBILE_MONEY,
    PaymentMethod.AIRTEL_MONEY,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CARD,
    PaymentMethod.CASH_ON_DELIVERY,
    PaymentMethod.LOYALTY_POINTS,
)


class MethodRow(QWidget):
    """Exactly one way is chosen; Ctrl+1 … Ctrl+7 anywhere, 1 … 7 while the focus is here.

    Signals:
        method_chosen(method): a person chose, by a click or a key.
    """

    method_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap(self, 0.6))
        self._group = QButtonGroup(self)
        self.buttons: dict[PaymentMethod, QToolButton] = {}
        for number, method in enumerate(METHODS, start=1):
            made = QToolButton()
            badge = badge_for("method", method)
            made.setText(f" {number}  {badge.text}")
            made.setAccessibleName(badge.text)
            made.setToolTip(f"{badge.text} (Ctrl+{number})")
            made.setCheckable(True)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setMinimumHeight(round(self.fontMetrics().height() * 2.4))
            set_look(made, kind="method")
            made.clicked.connect(partial(self._on_chosen, method))
            anywhere = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            anywhere.activated.connect(partial(self._on_chosen, method))
            here = QShortcut(QKeySequence(str(number)), self)
            here.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            here.activated.connect(partial(self._on_chosen, method))
            self._group.addButton(made)
            self.buttons[method] = made
        self.set_columns(len(METHODS))
        self._tint()
        self.choose(PaymentMethod.CASH)

    @property
    def method(self) -> PaymentMethod:
        """The way chosen."""
        return next(method for method, made in self.buttons.items() if made.isChecked())

    def set_columns(self, columns: int) -> None:
        """Stand in one line, or in several where there is little room."""
        for place, made in enumerate(self.buttons.values()):
            self._grid.addWidget(made, place // columns, place % columns)

    def choose(self, method: PaymentMethod) -> None:
        """Check a way without telling anybody."""
        self.buttons[method].setChecked(True)

    def allow(self, method: PaymentMethod, why_not: str) -> None:
        """Let a way be chosen, or say on it why it cannot be."""
        made = self.buttons[method]
        made.setEnabled(not why_not)
        name = f"{made.accessibleName()} (Ctrl+{METHODS.index(method) + 1})"
        made.setToolTip(f"{name}: {why_not}" if why_not else name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "buttons"):
            self._tint()

    def _on_chosen(self, method: PaymentMethod, _checked: bool = False) -> None:
        if not self.buttons[method].isEnabled():
            return
        self.choose(method)
        self.method_chosen.emit(method)

    def _tint(self) -> None:
        side = round(self.fontMetrics().height() * 1.3)
        for method, made in self.buttons.items():
            badge = badge_for("method", method)
            made.setIcon(QIcon(_tile(badge, side, self.devicePixelRatioF())))
            made.setIconSize(QSize(side, side))


def _tile(badge: Badge, side: int, dpr: float) -> QPixmap:
    """Return the badge's letter on its colour."""
    pixmap = QPixmap(round(side * dpr), round(side * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(badge.background))
    painter.drawRoundedRect(QRectF(0, 0, side, side), side / 4, side / 4)
    font = painter.font()
    font.setBold(True)
    font.setPixelSize(round(side * 0.62))
    painter.setFont(font)
    painter.setPen(QColor(badge.foreground))
    painter.drawText(QRectF(0, 0, side, side), int(Qt.AlignmentFlag.AlignCenter), badge.icon)
    painter.end()
    return pixmap

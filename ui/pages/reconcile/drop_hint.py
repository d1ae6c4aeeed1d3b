"""What would come out if lines were dropped now, told over the table they are dragged across."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.money import display
from core.services.rows import PaymentRow, StatementLineRow
from ui.pages.reconcile.balance import Balance, BalanceLabel
from ui.pages.reconcile.words import filled, line_text, number, payment_reference, signed
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel

_SHOWN = 4


class DropHint(QFrame):
    """A card that stands over a table, so that every row stays in sight; it takes no mouse."""

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self._table = table
        set_look(self, look="info")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        margin = gap(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 0.4))
        self.title = PlainLabel(look="heading", wrap=True)
        self.pieces = PlainLabel(wrap=True)
        self.balance = BalanceLabel()
        for label in (self.title, self.pieces, self.balance):
            column.addWidget(label)
        self.hide()

    def show_outcome(
        self, lines: Sequence[StatementLineRow], payments: Sequence[PaymentRow], balance: Balance
    ) -> None:
        """Tell which lines would go to which payments, and what would be left."""
        if balance.left_minor:
            told = self.tr("Drop: asks what becomes of the rest")
        else:
            told = self.tr("Drop: matches these")
        self.title.setText(told)
        self.pieces.setText("\n".join([*_line_words(lines), *_payment_words(payments)]))
        self.balance.show_balance(balance)
        if self.parentWidget() is not self._table.window():
            self.setParent(self._table.window())
        self.ensurePolished()
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        width = self._table.width()
        layout = self.layout()
        height = self.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(width)
        corner = self._table.mapTo(self._table.window(), QPoint(0, 0))
        self.setGeometry(corner.x(), max(0, corner.y() - height - gap(self, 0.4)), width, height)


def _line_words(lines: Sequence[StatementLineRow]) -> list[str]:
    told = [
        filled("%1   %2", signed(line.amount_minor, line.currency), line_text(line)[:60])
        for line in lines[:_SHOWN]
    ]
    return [*told, *_more(len(lines))]


def _payment_words(payments: Sequence[PaymentRow]) -> list[str]:
    told = [
        filled(
            "→ %1   %2",
            display(payment.amount_minor, payment.currency),
            " · ".join(filter(None, [payment.customer_name, payment_reference(payment)])),
        )
        for payment in payments[:_SHOWN]
    ]
    return [*told, *_more(len(payments))]


def _more(count: int) -> list[str]:
    return [f"… +{number(count - _SHOWN)}"] if count > _SHOWN else []

"""What became of the last payment: the change to hand out, the invoice, a way to a refund."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.model.payments import PaymentStatus
from core.money import display
from core.permissions import Actor, Permission
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.pages.cashier.notes import change_text
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button


class ReceiptStrip(QFrame):
    """Takes no room before the first payment.

    Signals:
        invoice_requested(row), refund_requested(row), payment_requested(row): a button was used.
    """

    invoice_requested = Signal(object)
    refund_requested = Signal(object)
    payment_requested = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_ask = actor.may(Permission.REQUEST_REFUND)
        self._row: PaymentRow | None = None
        self._line = row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 2), gap(self, 1.2), gap(self, 2), gap(self, 1.2))
        row.setSpacing(gap(self, 1.5))
        self._icon = IconLabel("check", "success", self, scale=1.6)
        row.addWidget(self._icon)
        texts = QVBoxLayout()
        texts.setSpacing(gap(self, 0.3))
        self.text = PlainLabel(look="heading", wrap=True)
        self.detail = PlainLabel(wrap=True)
        texts.addWidget(self.text)
        texts.addWidget(self.detail)
        row.addLayout(texts, 1)
        changes = QVBoxLayout()
        changes.setSpacing(0)
        self._change_caption = PlainLabel(self.tr("CHANGE"), look="small")
        self.change = PlainLabel(look="change")
        self.pieces = PlainLabel(look="small")
        for label in (self._change_caption, self.change, self.pieces):
            changes.addWidget(label)
        row.addLayout(changes)
        acts = QVBoxLayout()
        acts.setSpacing(gap(self, 0.5))
        self.open_invoice = button(self.tr("Open invoice (Ctrl+P)"), icon_name="file")
        self.open_invoice.setShortcut("Ctrl+P")
        self.ask_refund = button(self.tr("Ask for refund (Ctrl+R)"), icon_name="refund")
        self.ask_refund.setShortcut("Ctrl+R")
        self.show_payment = button(self.tr("Show payment"), kind="link")
        self.open_invoice.clicked.connect(lambda: self.invoice_requested.emit(self._row))
        self.ask_refund.clicked.connect(lambda: self.refund_requested.emit(self._row))
        self.show_payment.clicked.connect(lambda: self.payment_requested.emit(self._row))
        for made in (self.open_invoice, self.ask_refund, self.show_payment):
            acts.addWidget(made)
        row.addLayout(acts)
        self.hide()

    @property
    def row(self) -> PaymentRow | None:
        """The payment told of."""
        return self._row

    @property
    def shows_change(self) -> bool:
        """Tell whether somebody may still be counting out change from it."""
        return self.isVisible() and self.change.isVisible()

    def set_compact(self, compact: bool) -> None:
        """Stand below each other where there is little room."""
        directions = QBoxLayout.Direction
        self._line.setDirection(directions.TopToBottom if compact else directions.LeftToRight)

    def add_fact(self, payment_id: str, fact: str) -> None:
        """Say one more thing of the payment told of, if it still is the one."""
        if fact and self._row is not None and self._row.payment_id == payment_id:
            self.detail.setText(f"{self.detail.text()} · {fact}")
            self.setAccessibleName(f"{self.text.text()}. {self.detail.text()}")

    def show_payment_row(self, row: PaymentRow) -> None:
        """Tell of a payment that was just recorded or confirmed."""
        self._row = row
        amount = display(row.amount_minor, row.currency)
        method = badge_for("method", row.payment_method).text
        is_done = row.status is PaymentStatus.COMPLETED
        set_look(self, look="success" if is_done else "warning")
        self._icon.set_icon("check" if is_done else "clock", "success" if is_done else "warning")
        if is_done:
            told = self.tr("%1 received · %2")
            if not row.payment_method.is_money:
                told = self.tr("%1 paid · %2")
            self.text.setText(told.replace("%1", amount).replace("%2", method))
            self.detail.setText(self.tr("Invoice %1").replace("%1", row.invoice_number))
        else:
            self.text.setText(self.tr("%1 waits · %2").replace("%1", amount).replace("%2", method))
            self.detail.setText(self.tr("No money has been confirmed yet."))
        has_change = is_done and row.tendered_minor is not None
        self.change.setText(display(row.change_minor, row.currency))
        self.pieces.setText(change_text(row.change_minor))
        for label in (self._change_caption, self.change, self.pieces):
            label.setVisible(has_change)
        self.open_invoice.setVisible(is_done)
        self.ask_refund.setVisible(is_done and self._may_ask)
        self.setAccessibleName(f"{self.text.text()}. {self.detail.text()}")
        self.show()

"""Reminders for waiting payments: texts to copy or to open in one's own programs. Nothing is sent.

Links follow RFC 5724 (sms) and WhatsApp's click-to-chat address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.money import display
from core.phones import phone_display
from core.services.rows import PaymentRow
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.messages import InlineMessage, Toast

translate = QCoreApplication.translate
Opener = Callable[[QUrl], bool]


def reminder_text(payment: PaymentRow, shop_name: str) -> str:
    """Return a friendly reminder of one waiting payment."""
    hello = (
        translate("Reminders", "Hello %1,").replace("%1", payment.customer_name)
        if payment.customer_name
        else translate("Reminders", "Hello,")
    )
    amount = display(payment.amount_minor, payment.currency)
    reference = payment.transaction_reference or payment.order_number
    body = (
        translate("Reminders", "your payment of %1 for %2 is still open.")
        .replace("%1", amount)
        .replace("%2", reference)
        if reference
        else translate("Reminders", "your payment of %1 is still open.").replace("%1", amount)
    )
    closing = translate("Reminders", "If you have paid already, please tell us. Thank you!")
    return " ".join(filter(None, [hello, body, closing, shop_name]))


def sms_link(phone_number: str, text: str) -> QUrl:
    """Return the address that opens a text message, ready to be sent by the person."""
    return QUrl(f"sms:{phone_number}?body={quote(text)}")


def whatsapp_link(phone_number: str, text: str) -> QUrl:
    """Return the address that opens a WhatsApp chat with a text typed in."""
    return QUrl(f"https://wa.me/{phone_number.removeprefix('+')}?text={quote(text)}")


class ReminderSheet(QDialog):
    """Shows a reminder per waiting payment, to be copied or opened; sends and records nothing."""

    def __init__(
        self,
        payments: Sequence[PaymentRow],
        shop_name: str,
        parent: QWidget,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._opener = opener
        self.setWindowTitle(self.tr("Payment reminders"))
        self.setModal(True)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.5))
        column.addWidget(PlainLabel(self.tr("Payment reminders"), look="title"))
        self.notice = InlineMessage()
        column.addWidget(self.notice)
        self.notice.show_message(
            self.tr(
                "Nothing was sent. Sanduku does not send reminders itself: copy a text, or open it"
                " in your own program and send it there. Nothing is recorded as sent."
            )
        )
        self.texts: list[QPlainTextEdit] = []
        cards = QWidget()
        set_look(cards, look="page")
        inside = QVBoxLayout(cards)
        inside.setContentsMargins(0, 0, 0, 0)
        for payment in payments:
            inside.addWidget(self._card(payment, reminder_text(payment, shop_name)))
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(cards)
        column.addWidget(area, 1)
        self.copy_all = button(self.tr("Copy all texts"), icon_name="copy")
        self.copy_all.clicked.connect(self._on_copy_all)
        close = button(self.tr("Close"), kind="primary")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_all)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column.addLayout(buttons)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 84, self.fontMetrics().height() * (16 + 8 * min(3, len(payments))))

    def _card(self, payment: PaymentRow, text: str) -> Card:
        card = Card()
        head = QHBoxLayout()
        who = payment.customer_name or translate("Reminders", "Customer without a name")
        head.addWidget(PlainLabel(who, look="heading"))
        head.addWidget(PlainLabel(phone_display(payment.phone_number), look="muted"))
        head.addStretch(1)
        head.addWidget(PlainLabel(display(payment.amount_minor, payment.currency)))
        card.body.addLayout(head)
        field = QPlainTextEdit(text)
        field.setTabChangesFocus(True)
        field.setAccessibleName(self.tr("Reminder for %1").replace("%1", who))
        field.setFixedHeight(field.fontMetrics().lineSpacing() * 4)
        self.texts.append(field)
        card.body.addWidget(field)
        card.body.addLayout(self._buttons(payment.phone_number, field))
        return card

    def _buttons(self, phone_number: str, field: QPlainTextEdit) -> QHBoxLayout:
        row = QHBoxLayout()
        copy = button(self.tr("Copy"))
        copy.clicked.connect(lambda: self._copy(field.toPlainText()))
        row.addWidget(copy)
        sms = button(self.tr("Open as SMS"))
        sms.clicked.connect(lambda: self._open(sms_link(phone_number, field.toPlainText())))
        whatsapp = button(self.tr("Open in WhatsApp"))
        whatsapp.clicked.connect(
            lambda: self._open(whatsapp_link(phone_number, field.toPlainText()))
        )
        for made in (sms, whatsapp):
            made.setEnabled(bool(phone_number))
            if not phone_number:
                made.setToolTip(self.tr("This payment has no telephone number."))
            row.addWidget(made)
        row.addStretch(1)
        return row

    def _on_copy_all(self) -> None:
        self._copy("\n\n".join(field.toPlainText() for field in self.texts))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        Toast.of(self).tell(self.tr("Copied"))

    def _open(self, link: QUrl) -> None:
        if not self._opener(link):
            self.notice.show_message(
                self.tr("Nothing was sent. No program here opens such a link: copy the text."),
                level="warning",
                details=link.toString(),
            )
        self.setFocus(Qt.FocusReason.OtherFocusReason)

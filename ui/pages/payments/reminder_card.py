"""One payment's reminder: its mail where one can go, and a short text for SMS or WhatsApp."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from PySide6.QtCore import QCoreApplication, QUrl, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from core.money import display
from core.phones import phone_display
from core.services.mail.rows import MailDraft
from core.services.rows import PaymentRow
from ui.mail.words import language_text
from ui.pages.payments.reminder_texts import reminder_text
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import button

translate = QCoreApplication.translate


def sms_link(phone_number: str, text: str) -> QUrl:
    """Return the address that opens a text message, ready to be sent by the person (RFC 5724)."""
    return QUrl(f"sms:{phone_number}?body={quote(text)}")


def whatsapp_link(phone_number: str, text: str) -> QUrl:
    """Return the address that opens a WhatsApp chat with a text typed in (its click-to-chat)."""
    return QUrl(f"https://wa.me/{phone_number.removeprefix('+')}?text={quote(text)}")


class ReminderCard(Card):
    """Shows a payment's reminder.

    Signals:
        copied(text): this text is wanted in the clipboard.
        link_wanted(url): open this in the person's own program.
        choice_changed: whether the mail is to be sent is another answer.
    """

    copied = Signal(str)
    link_wanted = Signal(object)
    choice_changed = Signal()

    def __init__(
        self,
        payment: PaymentRow,
        draft: MailDraft | None,
        shop_name: str,
        language: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.payment = payment
        self.draft = draft
        who = payment.customer_name or translate("Reminders", "Customer without a name")
        self.body.addLayout(self._head(payment, who))
        self.by_mail = QCheckBox(self.tr("By mail to"))
        self.address = QLineEdit()
        self.preview = QPlainTextEdit()
        self.outcome = PlainLabel(look="small", wrap=True)
        if draft is not None:
            self._add_mail(draft, who)
        self.text = QPlainTextEdit(reminder_text(payment, shop_name, language))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Reminder for %1").replace("%1", who))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 4)
        if draft is not None:
            self.body.addWidget(PlainLabel(self.tr("For SMS or WhatsApp"), look="muted"))
        self.body.addWidget(self.text)
        self.body.addLayout(self._text_buttons(payment.phone_number))

    @property
    def is_wanted(self) -> bool:
        """Tell whether this payment's mail is to be sent."""
        return self.draft is not None and self.by_mail.isEnabled() and self.by_mail.isChecked()

    def show_outcome(self, told: str, *, done: bool) -> None:
        """Say what became of the mail; one that is queued is not offered again."""
        self.outcome.setText(told)
        set_look(self.outcome, look="good" if done else "wrong")
        self.outcome.show()
        if done:
            self.by_mail.setChecked(False)
            self.by_mail.setEnabled(False)
            self.address.setEnabled(False)

    def _head(self, payment: PaymentRow, who: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(PlainLabel(who, look="heading"))
        head.addWidget(PlainLabel(phone_display(payment.phone_number), look="muted"))
        head.addStretch(1)
        head.addWidget(PlainLabel(display(payment.amount_minor, payment.currency)))
        return head

    def _add_mail(self, draft: MailDraft, who: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.by_mail.setChecked(bool(draft.address) and not draft.refusal)
        self.by_mail.setEnabled(not draft.refusal)
        self.by_mail.setAccessibleName(self.tr("Remind %1 by mail").replace("%1", who))
        self.by_mail.toggled.connect(self.choice_changed)
        self.address.setText(draft.address)
        self.address.setPlaceholderText(self.tr("name@example.com – kept with the customer"))
        self.address.setAccessibleName(self.tr("E-mail address of %1").replace("%1", who))
        self.address.setEnabled(not draft.refusal)
        self.address.textEdited.connect(lambda text: self.by_mail.setChecked(bool(text.strip())))
        row.addWidget(self.by_mail)
        row.addWidget(self.address, 1)
        row.addWidget(PlainLabel(language_text(draft.language), look="muted"))
        row.addWidget(self._preview_button())
        self.body.addLayout(row)
        self.preview.setPlainText(f"{draft.subject}\n\n{draft.body}")
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName(self.tr("Mail to %1").replace("%1", who))
        self.preview.setFixedHeight(self.preview.fontMetrics().lineSpacing() * 11)
        self.body.addWidget(self.preview)
        self.preview.hide()
        self.body.addWidget(self.outcome)
        self.outcome.setText(draft.refusal)
        self.outcome.setVisible(bool(draft.refusal))

    def _preview_button(self) -> QPushButton:
        shown, hidden = self.tr("Mail ▾"), self.tr("Mail ▸")
        self.fold = button(hidden, kind="link")
        self.fold.setCheckable(True)
        self.fold.setAccessibleDescription(self.tr("Show the mail's subject and text"))
        self.fold.toggled.connect(self.preview.setVisible)
        self.fold.toggled.connect(lambda on: self.fold.setText(shown if on else hidden))
        return self.fold

    def _text_buttons(self, phone_number: str) -> QHBoxLayout:
        row = QHBoxLayout()

        def add(text: str, act: Callable[[str], object], *, needs_phone: bool) -> None:
            made = button(text)
            made.clicked.connect(lambda: act(self.text.toPlainText()))
            if needs_phone and not phone_number:
                made.setEnabled(False)
                made.setToolTip(self.tr("This payment has no telephone number."))
            row.addWidget(made)

        add(self.tr("Copy"), self.copied.emit, needs_phone=False)
        add(
            self.tr("Open as SMS"),
            lambda text: self.link_wanted.emit(sms_link(phone_number, text)),
            needs_phone=True,
        )
        add(
            self.tr("Open in WhatsApp"),
            lambda text: self.link_wanted.emit(whatsapp_link(phone_number, text)),
            needs_phone=True,
        )
        row.addStretch(1)
        return row

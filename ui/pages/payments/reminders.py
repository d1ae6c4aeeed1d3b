"""Reminders for waiting payments: mails that are sent, and texts for one's own programs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind
from ui.context import PageContext
from ui.pages.payments.mailing import Reminders
from ui.pages.payments.reminder_card import ReminderCard
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.messages import InlineMessage, Toast

Opener = Callable[[QUrl], bool]


class ReminderSheet(QDialog):
    """Shows a reminder per waiting payment; mails go by one button, texts by the person's hand.

    The keys are made when the sheet opens: pressing again sends no second mail.
    """

    def __init__(
        self,
        context: PageContext,
        reminders: Reminders,
        parent: QWidget,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._opener = opener
        self._sheet_key = uuid.uuid4()
        self.setWindowTitle(self.tr("Payment reminders"))
        self.setModal(True)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.5))
        column.addWidget(PlainLabel(self.tr("Payment reminders"), look="title"))
        self.notice = InlineMessage()
        column.addWidget(self.notice)
        self.cards = [
            ReminderCard(payment, draft, reminders.shop_name, language)
            for payment, draft, language in zip(
                reminders.payments, reminders.drafts, reminders.languages, strict=True
            )
        ]
        column.addWidget(self._make_area(), 1)
        column.addLayout(self._make_buttons())
        self._tell_before(reminders)
        self._show_count()
        character = self.fontMetrics().averageCharWidth()
        lines = 16 + (12 if reminders.mail_is_ready else 8) * min(3, len(self.cards))
        height = min(self.fontMetrics().height() * lines, round(parent.window().height() * 0.95))
        self.resize(character * 92, max(height, self.fontMetrics().height() * 26))

    def _make_area(self) -> QScrollArea:
        inside = QWidget()
        set_look(inside, look="page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        for card in self.cards:
            card.copied.connect(self._copy)
            card.link_wanted.connect(self._open)
            card.choice_changed.connect(self._show_count)
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _make_buttons(self) -> QHBoxLayout:
        buttons = QHBoxLayout()
        self.copy_all = button(self.tr("Copy all texts"), icon_name="copy")
        self.copy_all.clicked.connect(self._on_copy_all)
        self.close_button = button(self.tr("Close"))
        self.close_button.clicked.connect(self.reject)
        self.send_button = BusyButton("", busy_text=self.tr("Sending…"))
        self.send_button.clicked.connect(self._on_send)
        QShortcut(QKeySequence("F12"), self).activated.connect(self.send_button.click)
        buttons.addWidget(self.copy_all)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.send_button)
        return buttons

    def _tell_before(self, reminders: Reminders) -> None:
        if not reminders.mail_is_ready:
            self.send_button.hide()
            set_look(self.close_button, kind="primary")
            self.close_button.setDefault(True)
            self.notice.show_message(
                self.tr(
                    "Nothing was sent. Copy a text, or open it in your own program and send it"
                    " there; nothing is recorded as sent. With a mail account under Settings, Mail,"
                    " Sanduku sends reminders itself."
                )
            )
            return
        self.notice.show_message(
            self.tr(
                "Nothing was sent yet. Ticked reminders go by mail in the customer's language, and"
                " are kept in the payment's history. SMS and WhatsApp open in your own program;"
                " nothing is recorded of them."
            )
        )

    def _show_count(self) -> None:
        count = sum(card.is_wanted for card in self.cards)
        text = self.tr("Send 1 mail (F12)") if count == 1 else self.tr("Send %1 mails (F12)")
        self.send_button.setText(text.replace("%1", str(count)))
        self.send_button.setEnabled(bool(count) and not self.send_button.is_busy)

    # Sending

    def _on_send(self) -> None:
        wanted = [card for card in self.cards if card.is_wanted]
        commands = {
            card.payment.payment_id: QueueMail(
                key=str(uuid.uuid5(self._sheet_key, card.payment.payment_id)),
                kind=MailKind.PAYMENT_REMINDER,
                payment_id=card.payment.payment_id,
                address=card.address.text(),
                language=card.draft.language if card.draft else "",
            )
            for card in wanted
        }
        queue, actor = self._context.app.mail_queue, self._context.actor

        def work() -> dict[str, str]:
            """Return why a reminder was refused, by payment; empty where it was queued."""
            told = {}
            for payment_id, command in commands.items():
                try:
                    queue.queue(actor, command)
                except KnownError as error:
                    told[payment_id] = error.message
                else:
                    told[payment_id] = ""
            return told

        self._context.tasks.operation(
            self,
            work,
            on_success=self._on_outcomes,
            on_known_error=self.notice.show_error,
            on_finished=self._on_finished,
        )

    def _on_finished(self) -> None:
        self.send_button.finish()
        self._show_count()

    def _on_outcomes(self, told: dict[str, str]) -> None:
        done = 0
        for card in self.cards:
            refusal = told.get(card.payment.payment_id)
            if refusal is None:
                continue
            done += not refusal
            on_its_way = self.tr("On its way to %1").replace("%1", card.address.text().strip())
            card.show_outcome(refusal or on_its_way, done=not refusal)
        level = "success" if done == len(told) else "warning"
        sentence = self.tr("On their way: %1 of %2. The Mail page shows where each stands.")
        sentence = sentence.replace("%1", str(done)).replace("%2", str(len(told)))
        self.notice.show_message(sentence, level=level)
        self._show_count()
        self.close_button.setFocus()

    # Texts

    def _on_copy_all(self) -> None:
        self._copy("\n\n".join(card.text.toPlainText() for card in self.cards))

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

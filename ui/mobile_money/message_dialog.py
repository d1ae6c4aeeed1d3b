"""Takes the transaction id of the message on a customer's phone."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InvalidInputError, KnownError
from core.money import display
from core.phones import phone_display
from core.services.gateways.desk import MessageShown, ShowMessage
from core.services.rows import PaymentRow
from ui.mobile_money.message_id import transaction_id_in
from ui.theme import set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog

translate = QCoreApplication.translate
_LONGEST_MESSAGE = 2000
_LONGEST_ID = 128


class MessageDialog(FormDialog):
    """Asks for the id, or for the whole message; the id in it is found and shown before use."""

    def __init__(self, row: PaymentRow, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("MessageDialog", "The customer shows a message"),
            translate("MessageDialog", "Look it up (F12)"),
            parent,
            explanation=translate(
                "MessageDialog",
                "A message alone confirms nothing: it can be forged. The sale is confirmed only"
                " when the network or the shop's statement agrees.",
            ),
        )
        self.row = row
        self._key = str(uuid.uuid4())
        self.form.addRow(
            KeyValueList(
                (
                    (self.tr("Amount"), display(row.amount_minor, row.currency)),
                    (self.tr("Customer"), row.customer_name),
                    (self.tr("Telephone"), phone_display(row.phone_number)),
                )
            )
        )
        self.message_edit = QLineEdit()
        self.message_edit.setMaxLength(_LONGEST_MESSAGE)
        self.message_edit.setPlaceholderText(self.tr("type the id, or paste the whole message"))
        self.add_field(self.tr("Transaction id"), self.message_edit)
        self.found = PlainLabel(wrap=True)
        self.form.addRow(self.found)
        self.message_edit.textChanged.connect(self._on_text)
        self._on_text("")
        self.message_edit.setFocus()

    def fail(self, error: KnownError) -> None:
        """Show why nothing was noted, and go back to the field."""
        super().fail(error)
        self.message_edit.setFocus()

    def command(self) -> ShowMessage:
        """Return what the customer showed.

        Raises:
            InvalidInputError: there is no id in what was typed.

        """
        found = transaction_id_in(self.message_edit.text())
        if not found:
            is_empty = not self.message_edit.text().strip()
            told = self.tr("No transaction id stands in this text; type the id alone.")
            if is_empty:
                told = self.tr("Type the transaction id in the message.")
            raise InvalidInputError(told, field="transaction_id")
        if len(found) > _LONGEST_ID:
            raise InvalidInputError(
                self.tr("This is too long for a transaction id."), field="transaction_id"
            )
        return ShowMessage(key=self._key, payment_id=self.row.payment_id, transaction_id=found)

    def _on_text(self, text: str) -> None:
        found = transaction_id_in(text)
        if found and found != text.strip():
            set_look(self.found, look="good")
            self.found.setText(self.tr("Found in the message: %1").replace("%1", found))
        elif text.strip() and not found:
            set_look(self.found, look="wrong")
            self.found.setText(self.tr("No transaction id stands in this text; type the id alone."))
        else:
            self.found.setText("")


def shown_sentence(shown: MessageShown) -> str:
    """Return what came of a message: found on a statement and where to go, or only noted."""
    row = shown.path.payment
    amount = display(row.amount_minor, row.currency)
    if shown.on_statement:
        return translate(
            "MessageDialog",
            "A statement has this id with %1. The sale is confirmed once the statement's line is"
            " matched with it: a clerk or manager does that under Reconcile.",
        ).replace("%1", amount)
    if shown.path.attempt is not None:
        return translate(
            "MessageDialog",
            "Noted. The message alone confirms nothing; the network is being asked now, and the"
            " sale is confirmed when it agrees.",
        )
    return translate(
        "MessageDialog",
        "Noted. The message alone confirms nothing; the sale is confirmed when a statement shows"
        " the money, or by a manager who has seen it arrive.",
    )

"""The manager's decision on a refund whose end no network tells: whether the money went back."""

from __future__ import annotations

import uuid

from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InvalidInputError
from core.model.refunds import RefundStatus
from core.services.gateways.rows import AttemptRow
from core.services.refunds.network_refunds import SettleRefund
from core.services.refunds.rows import RefundFacts
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.pages.refunds.choices import Choices, Way
from ui.pages.refunds.dialogs import Done, note_field
from ui.pages.refunds.network_words import do_not_send_again
from ui.pages.refunds.words import amount_text, in_words, leaving_facts
from ui.theme import set_look
from ui.widgets.form_dialog import ReviewSheet
from ui.widgets.messages import InlineMessage

_WENT_BACK, _DID_NOT = 0, 1


class SettleSheet(ReviewSheet):
    """Asks what a manager found out at the network, or on its statement, and where."""

    def __init__(
        self,
        context: PageContext,
        facts: RefundFacts,
        attempt: AttemptRow | None,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        refund = facts.refund
        reference = [(self.tr("Our reference"), attempt.reference)] if attempt else []
        super().__init__(
            self.tr("Did the money go back?"),
            self.tr("Choose what you found out"),
            amount_text(refund),
            [*leaving_facts(facts), *reference],
            parent,
            amount_words=in_words(refund),
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self._key = str(uuid.uuid4())
        unknown = InlineMessage(self.body)
        self.form.insertRow(0, unknown)
        told = self.tr("Look for it in %1's own books, or on its statement.")
        name = facts.payment.gateway_name
        unknown.show_message(f"{do_not_send_again()} {told.replace('%1', name)}", level="warning")
        self.unknown = unknown
        self.choices = Choices(
            self.tr("What you found out"),
            (
                Way(
                    self.tr("Yes, the money went back"),
                    self.tr("The refund is completed and its credit note issued."),
                ),
                Way(
                    self.tr("No, nothing went back"),
                    self.tr("The refund is marked as failed and may be sent again."),
                ),
            ),
            self.body,
        )
        self.form.addRow(self.choices)
        self.transaction_id = QLineEdit()
        self.add_field(self.tr("The network's transaction id"), self.transaction_id)
        self.note = note_field(self.tr("It is kept with your name"))
        self.add_field(self.tr("Where you saw it"), self.note)
        self._show_choice()
        self.choices.chosen.connect(self._show_choice)
        self.submitted.connect(self._on_submitted)

    def _show_choice(self) -> None:
        found = self.choices.current
        self.form.setRowVisible(self.transaction_id, found == _WENT_BACK)
        self.form.setRowVisible(self.note, found is not None)
        self.submit_button.setEnabled(found is not None)
        set_look(self.submit_button, kind="danger" if found is not None else "")
        amount = amount_text(self._refund)
        if found == _WENT_BACK:
            told = self.tr("Record %1 as paid back (F12)")
            self.submit_button.setText(told.replace("%1", amount))
            self.transaction_id.setFocus()
        elif found == _DID_NOT:
            told = self.tr("Record that %1 did not go back (F12)")
            self.submit_button.setText(told.replace("%1", amount))
            self.note.setFocus()

    def _on_submitted(self) -> None:
        was_sent = self.choices.current == _WENT_BACK
        transaction_id = self.transaction_id.text().strip()
        note = self.note.toPlainText().strip()
        if was_sent and not transaction_id:
            message = self.tr("Nothing was changed. Type the network's transaction id.")
            self.fail(InvalidInputError(message))
            self.transaction_id.setFocus()
            return
        if not note:
            message = self.tr("Nothing was changed. Write where you saw it.")
            self.fail(InvalidInputError(message))
            self.note.setFocus()
            return
        command = SettleRefund(
            key=self._key,
            refund_id=self._refund.refund_id,
            was_sent=was_sent,
            refund_transaction_id=transaction_id if was_sent else "",
            note=note,
        )
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks,
            lambda: app.network_refunds.settle(actor, command),
            self._on_settled,
        )

    def _on_settled(self, refund: RefundRow) -> None:
        told = self.tr("The refund of %1 did not go back; it may be sent again")
        if refund.status is RefundStatus.COMPLETED:
            told = self.tr("%1 paid back, credit note %2").replace("%2", refund.credit_note_number)
        self._on_done(told.replace("%1", amount_text(refund)))

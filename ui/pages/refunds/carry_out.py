"""The sheet that a refund's money leaves by: through the network that took it, or by hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InvalidInputError
from core.services.refunds.network_refunds import RefundWays, SendRefund
from core.services.refunds.rows import RefundFacts
from core.services.refunds.service import CarryOutRefund
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.pages.refunds.choices import Choices, Way
from ui.pages.refunds.dialogs import Done, note_field
from ui.pages.refunds.words import amount_text, in_words, leaving_facts
from ui.theme import set_look
from ui.widgets.form_dialog import ReviewSheet
from ui.widgets.messages import InlineMessage

_BY_NETWORK, _BY_HAND = 0, 1


class CarryOutSheet(ReviewSheet):
    """Lets an approved refund be sent by the network, or records that it went back by hand.

    ``ways`` is None where no network took the payment. Where both ways are open neither is taken
    beforehand: the person says which, and only then the button acts.
    """

    def __init__(
        self,
        context: PageContext,
        facts: RefundFacts,
        ways: RefundWays | None,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        refund = facts.refund
        super().__init__(
            self.tr("Carry out a refund"),
            self.tr("Choose how the money goes back"),
            amount_text(refund),
            leaving_facts(facts),
            parent,
            amount_words=in_words(refund),
        )
        self._context = context
        self._refund = refund
        self._ways = ways
        self._on_done = on_done
        # Made when the sheet opens: a second press sends and records nothing a second time.
        self._key = str(uuid.uuid4())
        self._is_mobile = refund.payment_method.is_mobile_money
        self._is_money = refund.payment_method.is_money
        self.choices = self._make_choices()
        self.form.addRow(self.choices)
        self.form.setRowVisible(self.choices, ways is not None)
        self.warning = InlineMessage(self.body)
        self.form.addRow(self.warning)
        self.transaction_id = QLineEdit()
        label = (
            self.tr("The network's transaction id")
            if self._is_mobile
            else self.tr("Reference (may stay empty)")
        )
        self.add_field(label, self.transaction_id)
        self.note = note_field("")
        self.add_field(self.tr("Note (may stay empty)"), self.note)
        self._show_way()
        self.choices.chosen.connect(self._show_way)
        self.choices.choose_only_one()
        self.submitted.connect(self._on_submitted)

    def _make_choices(self) -> Choices:
        name = self._ways.gateway_name if self._ways else ""
        by_network = Way(
            self.tr("Send back through %1").replace("%1", name),
            self.tr("The program sends it to the customer's number and follows it to its end."),
            self._ways.why_not if self._ways else self.tr("No network took this payment."),
        )
        by_hand = Way(
            self.tr("Sent by hand"),
            self.tr("You sent it yourself; type the network's transaction id."),
        )
        return Choices(self.tr("How the money goes back"), (by_network, by_hand), self.body)

    def _show_way(self) -> None:
        way = self.choices.current
        by_hand = way == _BY_HAND
        self.form.setRowVisible(self.transaction_id, by_hand and self._is_money)
        self.form.setRowVisible(self.note, by_hand)
        self.submit_button.setEnabled(way is not None)
        set_look(self.submit_button, kind="danger" if way is not None else "")
        amount = amount_text(self._refund)
        if way == _BY_NETWORK:
            self.submit_button.setText(self.tr("Send %1 back (F12)").replace("%1", amount))
            told = self.tr("Once it is sent it cannot be called back: compare number and amount.")
            self.warning.show_message(told, level="warning")
        elif not self._is_money:
            told = self.tr("Give points for %1 back (F12)")
            self.submit_button.setText(told.replace("%1", amount))
            told = self.tr("It was paid with points: they go back to the customer, and no money.")
            self.warning.show_message(told, level="info")
        elif by_hand:
            told = self.tr("Record %1 as paid back (F12)")
            self.submit_button.setText(told.replace("%1", amount))
            told = self.tr("Give the money back first: this records it and issues the credit note.")
            self.warning.show_message(told, level="warning")
            if self._is_mobile and self.isVisible():
                self.transaction_id.setFocus()

    def _on_submitted(self) -> None:
        app, actor = self._context.app, self._context.actor
        if self.choices.current == _BY_NETWORK:
            send = SendRefund(key=self._key, refund_id=self._refund.refund_id)
            self._run(lambda: app.network_refunds.send(actor, send), self._on_sent)
            return
        transaction_id = self.transaction_id.text().strip()
        if self._is_mobile and not transaction_id:
            message = self.tr("Nothing was recorded. Type the network's transaction id.")
            self.fail(InvalidInputError(message))
            self.transaction_id.setFocus()
            return
        command = CarryOutRefund(
            key=self._key,
            refund_id=self._refund.refund_id,
            refund_transaction_id=transaction_id,
            note=self.note.toPlainText().strip(),
        )
        self._run(lambda: app.refunds.carry_out(actor, command), self._on_carried_out)

    def _run(self, work: Callable[[], RefundRow], on_done: Callable[[RefundRow], object]) -> None:
        self.run(self._context.tasks, work, on_done)

    def _on_sent(self, refund: RefundRow) -> None:
        name = self._ways.gateway_name if self._ways else ""
        told = self.tr("%1 handed to %2; this page shows how it goes")
        self._on_done(told.replace("%1", amount_text(refund)).replace("%2", name))

    def _on_carried_out(self, refund: RefundRow) -> None:
        told = self.tr("%1 paid back, credit note %2").replace("%1", amount_text(refund))
        self._on_done(told.replace("%2", refund.credit_note_number))

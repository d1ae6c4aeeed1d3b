"""What is asked before one payment is completed, ended, or its money asked back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.money import display
from core.services.payments.rules import CompletePayment
from core.services.refunds.rules import RefundRules
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentDetail, PaymentRow
from ui.context import PageContext
from ui.pages.payments.acts import Act, is_left_to_people
from ui.theme import set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import AmountEdit
from ui.widgets.reason_fields import ReasonFields

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


def new_key() -> str:
    """Return the key of a form: made when it opens, so that a second press changes nothing."""
    return str(uuid.uuid4())


def note_field(placeholder: str) -> QPlainTextEdit:
    """Return a field for a reason of a few lines; Tab leaves it."""
    field = QPlainTextEdit()
    field.setTabChangesFocus(True)
    field.setPlaceholderText(placeholder)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * 4)
    return field


def _facts(dialog: FormDialog, payment: PaymentRow) -> None:
    facts = [
        (QCoreApplication.translate("PaymentDialogs", "Customer"), payment.customer_name),
        (
            QCoreApplication.translate("PaymentDialogs", "Reference"),
            payment.transaction_reference or payment.order_number,
        ),
    ]
    dialog.form.addRow(PlainLabel(display(payment.amount_minor, payment.currency), look="amount"))
    dialog.form.addRow(KeyValueList([fact for fact in facts if fact[1]]))


class CompleteDialog(FormDialog):
    """Asks for what was seen when the money of one payment arrived."""

    def __init__(
        self, context: PageContext, payment: PaymentRow, on_done: Done, parent: QWidget
    ) -> None:
        amount = display(payment.amount_minor, payment.currency)
        unclear = is_left_to_people(payment)
        super().__init__(
            self.tr("The money came") if unclear else self.tr("Complete a payment"),
            self.tr("Confirm %1 (F12)").replace("%1", amount),
            parent,
            explanation=self.tr(
                "Only if you have seen it in the network's own books or on its statement."
            )
            if unclear
            else self.tr("Only confirm money that you have seen."),
        )
        self._context = context
        self._payment = payment
        self._on_done = on_done
        self._key = new_key()
        self.tendered = AmountEdit(self.tr("Customer gave"), currency=payment.currency)
        self.approval_code = QLineEdit()
        self.last4 = QLineEdit()
        self.last4.setMaxLength(4)
        self.transaction_id = QLineEdit(payment.transaction_id)
        self.note = note_field("")
        _facts(self, payment)
        self._add_fields(payment.payment_method)
        self.submitted.connect(self._on_submitted)

    def _add_fields(self, method: PaymentMethod) -> None:
        if method is PaymentMethod.CASH:
            self.add_field(self.tr("Customer gave"), self.tendered)
            self.change = PlainLabel(look="good")
            self.form.addRow("", self.change)
            self.tendered.amount_changed.connect(self._show_change)
            self.tendered.setFocus()
        elif method is PaymentMethod.CARD:
            self.add_field(self.tr("Approval code on the slip"), self.approval_code)
            self.add_field(self.tr("Last 4 digits of the card"), self.last4)
            self.approval_code.setFocus()
        elif method is PaymentMethod.BANK_TRANSFER:
            self.add_field(self.tr("The bank's reference"), self.transaction_id)
            self.transaction_id.setFocus()
        elif method.is_mobile_money:
            self.add_field(self.tr("Transaction id in the customer's SMS"), self.transaction_id)
            self.note.setPlaceholderText(
                self.tr("Where you saw the money; it is kept with your name")
                if is_left_to_people(self._payment)
                else self.tr("Why you complete it by hand; it is kept with your name")
            )
            self.transaction_id.setFocus()
        label = self.tr("Reason") if method.is_mobile_money else self.tr("Note (may stay empty)")
        self.add_field(label, self.note)

    def _show_change(self, tendered_minor: int | None) -> None:
        change = (tendered_minor or 0) - self._payment.amount_minor
        text = display(change, self._payment.currency) if change >= 0 else ""
        self.change.setText(self.tr("Change: %1").replace("%1", text) if text else "")

    def _on_submitted(self) -> None:
        try:
            command = self._command()
        except InvalidInputError as error:
            self.fail(error)
            return
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks,
            lambda: app.payments.complete(actor, command),
            self._on_completed,
        )

    def _command(self) -> CompletePayment:
        cash = self._payment.payment_method is PaymentMethod.CASH
        return CompletePayment(
            key=self._key,
            payment_id=self._payment.payment_id,
            tendered_minor=self.tendered.require_amount() if cash else None,
            card_approval_code=self.approval_code.text().strip(),
            card_last4=self.last4.text().strip(),
            transaction_id=self.transaction_id.text().strip(),
            note=self.note.toPlainText().strip(),
        )

    def _on_completed(self, payment: PaymentRow) -> None:
        amount = display(payment.amount_minor, payment.currency)
        sentence = self.tr("%1 confirmed, invoice %2").replace("%1", amount)
        self._on_done(sentence.replace("%2", payment.invoice_number))


class EndDialog(FormDialog):
    """Asks why a waiting payment failed or is called off."""

    def __init__(
        self, context: PageContext, payment: PaymentRow, act: Act, on_done: Done, parent: QWidget
    ) -> None:
        failing = act is Act.FAIL
        super().__init__(
            self.tr("The money did not come") if failing else self.tr("Call a payment off"),
            self.tr("Mark as failed (F12)") if failing else self.tr("Call it off (F12)"),
            parent,
            explanation=self.tr(
                "Only if the network's own books or its statement show that nothing was taken."
            )
            if is_left_to_people(payment)
            else self.tr("No money moves by this; the payment stays in the books."),
            kind="danger",
        )
        self._context = context
        self._payment = payment
        self._failing = failing
        self._on_done = on_done
        self.cancel_button.setText(self.tr("Go back"))
        self.note = note_field(
            self.tr("Where you saw that no money came; it is kept with your name")
            if is_left_to_people(payment)
            else self.tr("What happened")
        )
        _facts(self, payment)
        self.add_field(self.tr("Reason"), self.note)
        self.note.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        note = self.note.toPlainText().strip()
        if not note:
            self.fail(InvalidInputError(self.tr("Nothing was changed. Write the reason.")))
            return
        app, actor, payment_id = self._context.app, self._context.actor, self._payment.payment_id
        end = app.payments.fail if self._failing else app.payments.cancel
        self.run(
            self._context.tasks,
            lambda: end(actor, payment_id, note=note),
            self._on_ended,
        )

    def _on_ended(self, _payment: PaymentRow) -> None:
        self._on_done(
            self.tr("Payment marked as failed") if self._failing else self.tr("Payment called off")
        )


class RefundRequestDialog(FormDialog):
    """Asks for a refund: how much and why, with what stays in view; somebody else approves it."""

    def __init__(
        self, context: PageContext, detail: PaymentDetail, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Ask for a refund"),
            "",
            parent,
            explanation=self.tr("No money leaves yet: somebody else must approve it."),
        )
        self._context = context
        self._detail = detail
        self._on_done = on_done
        self._key = new_key()
        payment = detail.payment
        _facts(self, payment)
        self.amount = AmountEdit(self.tr("Amount to give back"), currency=payment.currency)
        self.add_field(self.tr("Amount to give back"), self.amount)
        self.reason = ReasonFields(self.tr("In your own words, for the one who approves"))
        self.reason.set_reasons(RefundRules().reasons)
        context.tasks.query(
            self, context.app.refund_rules.load, on_success=self._on_rules_read, latest="rules"
        )
        self.add_field(self.tr("Reason"), self.reason)
        self.review = KeyValueList()
        self.form.addRow(self.review)
        self.amount.amount_changed.connect(self._show_review)
        self.amount.set_amount(detail.refundable_minor)
        self._show_review(detail.refundable_minor)
        self.reason.setFocus()
        set_look(self.submit_button, kind="primary")
        self.submitted.connect(self._on_submitted)

    def _on_rules_read(self, rules: RefundRules) -> None:
        self.reason.set_reasons(rules.reasons)

    def _show_review(self, amount_minor: int | None) -> None:
        payment = self._detail.payment
        currency = payment.currency
        room = self._detail.refundable_minor
        left = room - (amount_minor or 0)
        left_text = (
            display(left, currency)
            if left >= 0
            else self.tr("%1 more than can be refunded").replace("%1", display(-left, currency))
        )
        self.review.set_facts(
            [
                (self.tr("Paid"), display(payment.amount_minor, currency)),
                (
                    self.tr("Refunded or asked for before"),
                    display(payment.amount_minor - room, currency),
                ),
                (self.tr("Left after this"), left_text),
            ]
        )
        shown = display(amount_minor, currency) if amount_minor else ""
        self.submit_button.setText(
            self.tr("Ask for %1 back (F12)").replace("%1", shown)
            if shown
            else self.tr("Ask for a refund (F12)")
        )

    def _on_submitted(self) -> None:
        try:
            amount_minor = self.amount.require_amount()
        except InvalidInputError as error:
            self.fail(error)
            return
        command = RequestRefund(
            key=self._key,
            payment_id=self._detail.payment.payment_id,
            amount_minor=amount_minor,
            reason=self.reason.reason,
            note=self.reason.own_words,
        )
        if not command.reason:
            told = self.tr("Nothing was asked for. Choose a reason.")
            self.fail(InvalidInputError(told, field="reason"))
            return
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks,
            lambda: app.refunds.request(actor, command),
            lambda _refund: self._on_asked(amount_minor),
        )

    def _on_asked(self, amount_minor: int) -> None:
        amount = display(amount_minor, self._detail.payment.currency)
        self._on_done(
            self.tr("Refund of %1 asked for; a manager must approve it").replace("%1", amount)
        )

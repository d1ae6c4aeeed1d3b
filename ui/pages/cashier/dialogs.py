"""What is asked before a waiting payment is confirmed, failed or called off, or money goes back."""

from __future__ import annotations

import uuid

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import InvalidInputError, KnownError
from core.model.payments import ASKED_TRANSACTION_STATUSES, PaymentMethod
from core.money import display
from core.services.payments.rules import CompletePayment
from core.services.refunds.rules import RefundRules
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentRow
from ui.badges import badge_for
from ui.pages.cashier.waiting_model import who
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import AmountEdit
from ui.widgets.reason_fields import ReasonFields


def _tr(text: str) -> str:
    return QCoreApplication.translate("CashierDialogs", text)


def _facts(row: PaymentRow) -> KeyValueList:
    return KeyValueList(
        (
            (_tr("From"), who(row)),
            (_tr("Paid by"), badge_for("method", row.payment_method).text),
            (_tr("Order or reference"), row.order_number or row.transaction_reference),
        )
    )


def _network_warning(row: PaymentRow) -> str:
    """Return what a person must do before deciding in the network's place; empty where none is."""
    is_mobile = row.payment_method.is_mobile_money
    if not is_mobile or row.transaction_status not in ASKED_TRANSACTION_STATUSES:
        return ""
    return _tr(
        "The network was asked and has not said how it ended. Look at the shop's own account at"
        " the network first, and decide by what stands there."
    )


class CompleteDialog(FormDialog):
    """Asks what was seen of the money of a waiting payment, by its method."""

    def __init__(self, row: PaymentRow, parent: QWidget | None = None) -> None:
        amount = display(row.amount_minor, row.currency)
        title = _tr("Was %1 received?").replace("%1", amount)
        act = _tr("Confirm %1 (F12)").replace("%1", amount)
        super().__init__(title, act, parent, explanation=_network_warning(row))
        self.row = row
        self._key = str(uuid.uuid4())
        self.form.addRow(_facts(row))
        self.fields: dict[str, QLineEdit] = {}
        self.tendered: AmountEdit | None = None
        method = row.payment_method
        if method is PaymentMethod.CASH:
            self.tendered = AmountEdit(self.tr("Customer gave"), currency=row.currency)
            self.tendered.set_amount(row.tendered_minor)
            self.add_field(self.tr("Customer gave"), self.tendered)
            self.fields["tendered"] = self.tendered.edit
        elif method is PaymentMethod.CARD:
            self._add("approval_code", self.tr("Approval code on the slip"), row.card_approval_code)
            self._add("card_last4", self.tr("Last 4 digits of the card"), row.card_last4)
        elif method is PaymentMethod.BANK_TRANSFER:
            self._add("transaction_id", self.tr("Bank's reference"), row.transaction_id)
        elif method.is_mobile_money:
            self._add("transaction_id", self.tr("Network's transaction id"), row.transaction_id)
            self._add("note", self.tr("Why by hand"), "")
        else:
            self._add("note", self.tr("Note (may be left empty)"), "")
        next(iter(self.fields.values())).setFocus()

    def command(self) -> CompletePayment:
        """Return what was typed.

        Raises:
            InvalidInputError: the amount the customer gave cannot be read.

        """
        texts = {name: edit.text().strip() for name, edit in self.fields.items()}
        return CompletePayment(
            key=self._key,
            payment_id=self.row.payment_id,
            tendered_minor=self.tendered.require_amount() if self.tendered else None,
            card_approval_code=texts.get("approval_code", ""),
            card_last4=texts.get("card_last4", ""),
            transaction_id=texts.get("transaction_id", ""),
            note=texts.get("note", ""),
        )

    def fail(self, error: KnownError) -> None:
        """Show why nothing was done, and go to the field it is about."""
        super().fail(error)
        if isinstance(error, InvalidInputError) and error.field in self.fields:
            self.fields[error.field].setFocus()

    def _add(self, name: str, label: str, text: str) -> None:
        edit = QLineEdit(text)
        edit.setMaxLength({"card_last4": 4, "approval_code": 24}.get(name, 128))
        self.add_field(label, edit)
        self.fields[name] = edit


class EndDialog(FormDialog):
    """Asks why a waiting payment failed, or is called off."""

    def __init__(self, row: PaymentRow, *, is_failure: bool, parent: QWidget | None = None) -> None:
        amount = display(row.amount_minor, row.currency)
        title = _tr("%1 did not come") if is_failure else _tr("Call off %1")
        act = _tr("Mark as failed (F12)") if is_failure else _tr("Call off (F12)")
        super().__init__(
            title.replace("%1", amount),
            act,
            parent,
            explanation=_network_warning(row)
            or _tr("No money moves. The payment stays in the books with this reason."),
            kind="danger",
        )
        self.row = row
        self.is_failure = is_failure
        self.form.addRow(_facts(row))
        self.reason = QLineEdit()
        self.reason.setMaxLength(500)
        self.add_field(self.tr("Why"), self.reason)
        self.reason.setFocus()

    def fail(self, error: KnownError) -> None:
        """Show why nothing was done, and go back to the reason."""
        super().fail(error)
        self.reason.setFocus()

    def note(self) -> str:
        """Return the reason.

        Raises:
            InvalidInputError: there is none.

        """
        text = self.reason.text().strip()
        if not text:
            raise InvalidInputError(self.tr("Nothing was changed. Write why."), field="note")
        return text


class RefundDialog(FormDialog):
    """Asks how much of a completed payment goes back, and why; somebody else decides."""

    def __init__(self, row: PaymentRow, parent: QWidget | None = None) -> None:
        super().__init__(
            _tr("Ask for a refund"),
            _tr("Ask for the refund (F12)"),
            parent,
            explanation=_tr("A manager decides. Hand nothing back before it is approved."),
        )
        self.row = row
        self._key = str(uuid.uuid4())
        self.form.addRow(
            KeyValueList(
                (
                    (_tr("Paid"), display(row.amount_minor, row.currency)),
                    (_tr("Invoice"), row.invoice_number),
                    (_tr("Customer"), row.customer_name),
                )
            )
        )
        self.amount = AmountEdit(self.tr("Amount to refund"), currency=row.currency)
        self.amount.set_amount(row.amount_minor)
        self.add_field(self.tr("Amount to refund"), self.amount)
        self.reason = ReasonFields(self.tr("In your own words, for the one who approves"))
        self.reason.set_reasons(RefundRules().reasons)
        self.add_field(self.tr("Why"), self.reason)
        self.reason.setFocus()

    def show_rules(self, rules: RefundRules) -> None:
        """Offer the shop's own reasons."""
        self.reason.set_reasons(rules.reasons)

    def fail(self, error: KnownError) -> None:
        """Show why nothing was asked for, and go to the field it is about."""
        super().fail(error)
        is_amount = isinstance(error, InvalidInputError) and error.field == "amount"
        (self.amount if is_amount else self.reason).setFocus()

    def command(self) -> RequestRefund:
        """Return what is asked.

        Raises:
            InvalidInputError: the amount cannot be read, or no reason is chosen.

        """
        if not self.reason.reason:
            raise InvalidInputError(
                self.tr("Nothing was asked for. Choose a reason."), field="reason"
            )
        return RequestRefund(
            key=self._key,
            payment_id=self.row.payment_id,
            amount_minor=self.amount.require_amount(),
            reason=self.reason.reason,
            note=self.reason.own_words,
        )

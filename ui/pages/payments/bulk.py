"""One thing done to many payments: a sheet with count and sum, then what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.money import display
from core.services.listed_payments import AnyPayment
from core.services.payment_rules import CompletePayment
from core.services.rows import Outcome, PaymentRow
from ui.context import PageContext
from ui.icons import icon
from ui.pages.payments.acts import Act
from ui.pages.payments.dialogs import note_field
from ui.pages.payments.words import short_id
from ui.theme import color_name, set_look
from ui.widgets.form_dialog import ReviewSheet


def sum_text(payments: Sequence[AnyPayment]) -> str:
    """Return the sum of payments, by currency: "15 000 RWF + 20.00 USD"."""
    sums: dict[str, int] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount_minor
    return " + ".join(display(amount, currency) for currency, amount in sorted(sums.items()))


class BulkSheet(ReviewSheet):
    """Reviews one act on many payments, does it, and says what became of each.

    The keys are made when the sheet opens: pressing again, or running it twice, changes nothing.
    """

    def __init__(
        self,
        context: PageContext,
        act: Act,
        payments: Sequence[PaymentRow],
        on_done: Callable[[], object],
        parent: QWidget,
    ) -> None:
        self._context = context
        self._act = act
        self._payments = {payment.payment_id: payment for payment in payments}
        self._on_done = on_done
        self._sheet_key = uuid.uuid4()
        self._has_run = False
        count = str(len(payments))
        title, submit = _words(act, count)
        super().__init__(
            title,
            submit,
            sum_text(payments),
            [(self.tr("Payments"), count)],
            parent,
            warnings=_warnings(act, payments),
        )
        set_look(self.submit_button, kind="danger" if act is Act.FAIL else "primary")
        self.note = note_field(self.tr("What you have seen, or what happened"))
        if act is not Act.GENERATE_INVOICE:
            self.add_field(self.tr("Reason"), self.note)
        self.list = QListWidget()
        self.list.setSpacing(2)
        self.list.setAccessibleName(self.tr("Payments"))
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * 8)
        for payment in payments:
            self.list.addItem(_line(payment))
        self.form.addRow(self.list)
        self.submitted.connect(self._on_submitted)

    def _needs_reason(self) -> bool:
        if self._act in {Act.FAIL, Act.RECONCILE}:
            return True
        by_hand = any(p.payment_method.is_mobile_money for p in self._payments.values())
        return self._act is Act.COMPLETE and by_hand

    def _on_submitted(self) -> None:
        note = self.note.toPlainText().strip()
        if self._needs_reason() and not note:
            self.fail(InvalidInputError(self.tr("Nothing was changed. Write the reason.")))
            return
        if self._has_run:
            self.stop()
            return
        work = self._work(note)
        payments, ids = self._context.app.payments, list(self._payments)
        self._context.tasks.operation(
            self,
            lambda: payments.each(ids, work),
            on_success=self._on_outcomes,
            on_known_error=self.fail,
            on_finished=self.stop,
        )

    def _work(self, note: str) -> Callable[[str], object]:
        app, actor = self._context.app, self._context.actor
        if self._act is Act.COMPLETE:
            return lambda payment_id: app.payments.complete(actor, self._command(payment_id, note))
        if self._act is Act.FAIL:
            return lambda payment_id: app.payments.fail(actor, payment_id, note=note)
        if self._act is Act.RECONCILE:
            return lambda payment_id: app.payments.mark_reconciled(actor, payment_id, note=note)
        return lambda payment_id: app.invoices.generate(actor, payment_id)

    def _command(self, payment_id: str, note: str) -> CompletePayment:
        payment = self._payments[payment_id]
        cash = payment.payment_method is PaymentMethod.CASH
        return CompletePayment(
            key=str(uuid.uuid5(self._sheet_key, payment_id)),
            payment_id=payment_id,
            tendered_minor=payment.amount_minor
            if cash and payment.tendered_minor is None
            else None,
            note=note,
        )

    def _on_outcomes(self, outcomes: tuple[Outcome, ...]) -> None:
        self._has_run = True
        done = sum(outcome.done for outcome in outcomes)
        self.list.clear()
        for outcome in outcomes:
            text = _line(self._payments[outcome.subject_id])
            name, token = ("check", "success") if outcome.done else ("cross", "danger")
            item = QListWidgetItem(icon(name, color_name(token)), text)
            if not outcome.done:
                item.setText(f"{text} – {outcome.refusal}")
            self.list.addItem(item)
        told = self.tr("Done: %1 of %2.").replace("%1", str(done))
        level = "success" if done == len(outcomes) else "warning"
        self.message.show_message(told.replace("%2", str(len(outcomes))), level=level)
        self.note.setEnabled(False)
        self.submit_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()
        self._first_values = self._values()
        self._on_done()


def _line(payment: PaymentRow) -> str:
    who = payment.customer_name or payment.transaction_reference or payment.order_number
    amount = display(payment.amount_minor, payment.currency)
    return " · ".join(filter(None, [short_id(payment.payment_id), who, amount]))


def _words(act: Act, count: str) -> tuple[str, str]:
    title, submit = {
        Act.COMPLETE: (
            QCoreApplication.translate("BulkSheet", "Mark as completed"),
            QCoreApplication.translate("BulkSheet", "Complete %1 payments (F12)"),
        ),
        Act.FAIL: (
            QCoreApplication.translate("BulkSheet", "Mark as failed"),
            QCoreApplication.translate("BulkSheet", "Mark %1 payments as failed (F12)"),
        ),
        Act.RECONCILE: (
            QCoreApplication.translate("BulkSheet", "Mark as reconciled"),
            QCoreApplication.translate("BulkSheet", "Mark %1 as reconciled (F12)"),
        ),
        Act.GENERATE_INVOICE: (
            QCoreApplication.translate("BulkSheet", "Generate invoices"),
            QCoreApplication.translate("BulkSheet", "Generate %1 invoices (F12)"),
        ),
    }[act]
    return title, submit.replace("%1", count)


def _warnings(act: Act, payments: Sequence[PaymentRow]) -> list[str]:
    if act is Act.RECONCILE:
        return [
            QCoreApplication.translate(
                "BulkSheet", "Only mark what you found on a statement yourself."
            )
        ]
    if act is not Act.COMPLETE:
        return []
    told = []
    if any(payment.payment_method is PaymentMethod.CASH for payment in payments):
        told.append(
            QCoreApplication.translate(
                "BulkSheet", "Cash counts as given to the exact amount, without change."
            )
        )
    if any(payment.payment_method.is_mobile_money for payment in payments):
        told.append(
            QCoreApplication.translate(
                "BulkSheet", "No network confirmed this mobile money; your reason is kept."
            )
        )
    return told

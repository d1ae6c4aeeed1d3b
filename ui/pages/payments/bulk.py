"""One thing done to many payments: a sheet with count and sum, then what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.errors import InvalidInputError, KnownError
from core.model.payments import PaymentMethod
from core.money import display
from core.services.payments.choices import ChosenPayments, PaymentKind
from core.services.payments.listed import AnyPayment
from core.services.payments.rules import CompletePayment
from core.services.rows import PaymentRow
from ui.context import PageContext
from ui.pages.payments.acts import Act
from ui.pages.payments.dialogs import note_field
from ui.pages.payments.words import short_id
from ui.theme import set_look
from ui.widgets.bulk_sheet import BulkActSheet
from ui.widgets.outcome_list import OutcomeLine
from ui.words import count_text

SHOWN_ROWS = 200
"""So many of the chosen payments are shown before the act."""

_WITHOUT_REASON = frozenset({Act.GENERATE_INVOICE, Act.REMIND})


def sums_text(sums: Mapping[str, int]) -> str:
    """Return sums by currency: "15 000 RWF + 20.00 USD"."""
    return " + ".join(display(amount, currency) for currency, amount in sorted(sums.items()))


def sum_text(payments: Sequence[AnyPayment | PaymentKind]) -> str:
    """Return the sum of payments, by currency."""
    sums: dict[str, int] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount_minor
    return sums_text(sums)


class BulkSheet(BulkActSheet):
    """Reviews one act on the chosen payments, does it, and says what became of each.

    The keys are made when the sheet opens: pressing again, or running it twice, changes nothing.
    """

    def __init__(
        self,
        context: PageContext,
        act: Act,
        chosen: ChosenPayments,
        on_done: Callable[[], object],
        parent: QWidget,
    ) -> None:
        self._context = context
        self._act = act
        self._chosen = chosen
        self._sheet_key = uuid.uuid4()
        count = count_text(len(chosen.keys))
        title, submit = _words(act, count)
        super().__init__(
            context.tasks,
            title,
            submit,
            sums_text(chosen.sums),
            [(self.tr("Payments"), count)],
            parent,
            count=len(chosen.keys),
            first_lines=[_line(payment) for payment in chosen.first[:SHOWN_ROWS]],
            on_done=on_done,
            warnings=_warnings(act, chosen.kinds),
        )
        set_look(self.submit_button, kind="danger" if act is Act.FAIL else "primary")
        self.note = note_field(self.tr("What you have seen, or what happened"))
        if act not in _WITHOUT_REASON:
            self.add_field(self.tr("Reason"), self.note)
        self.submitted.connect(self._on_submitted)

    def _needs_reason(self) -> bool:
        if self._act in {Act.FAIL, Act.RECONCILE}:
            return True
        by_hand = any(kind.payment_method.is_mobile_money for kind in self._chosen.kinds)
        return self._act is Act.COMPLETE and by_hand

    def _on_submitted(self) -> None:
        note = self.note.toPlainText().strip()
        if self._needs_reason() and not note:
            self.fail(InvalidInputError(self.tr("Nothing was changed. Write the reason.")))
            return
        choices, actor, keys = self._context.app.payment_choices, self._context.actor, self._chosen
        act = self._act_on(note)

        def work(first: int, end: int) -> Sequence[OutcomeLine]:
            rows = choices.rows(actor, keys.keys[first:end])
            return [OutcomeLine(_line(row), _refusal(act, row)) for row in rows]

        self.begin(work)

    def _act_on(self, note: str) -> Callable[[PaymentRow], object]:
        app, actor = self._context.app, self._context.actor
        if self._act is Act.COMPLETE:
            return lambda row: app.payments.complete(actor, self._command(row, note))
        if self._act is Act.FAIL:
            return lambda row: app.payments.fail(actor, row.payment_id, note=note)
        if self._act is Act.RECONCILE:
            return lambda row: app.payments.mark_reconciled(actor, row.payment_id, note=note)
        if self._act is Act.REMIND:
            return self._remind
        return lambda row: app.invoices.generate(actor, row.payment_id)

    def _remind(self, row: PaymentRow) -> None:
        """Send one reminder by mail.

        Raises:
            InvalidInputError: it was refused; the sentence says why.

        """
        queue, actor = self._context.app.mail_queue, self._context.actor
        for outcome in queue.remind(actor, [row.payment_id], key=str(self._sheet_key)):
            if not outcome.done:
                raise InvalidInputError(outcome.refusal)

    def _command(self, row: PaymentRow, note: str) -> CompletePayment:
        cash = row.payment_method is PaymentMethod.CASH
        return CompletePayment(
            key=str(uuid.uuid5(self._sheet_key, row.payment_id)),
            payment_id=row.payment_id,
            tendered_minor=row.amount_minor if cash and row.tendered_minor is None else None,
            note=note,
        )


def _refusal(act: Callable[[PaymentRow], object], row: PaymentRow) -> str:
    try:
        act(row)
    except KnownError as error:
        return error.message
    return ""


def _line(payment: AnyPayment) -> str:
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
        Act.REMIND: (
            QCoreApplication.translate("BulkSheet", "Send payment reminders"),
            QCoreApplication.translate("BulkSheet", "Send %1 reminders by mail (F12)"),
        ),
    }[act]
    return title, submit.replace("%1", count)


def _warnings(act: Act, kinds: Sequence[PaymentKind]) -> list[str]:
    if act is Act.RECONCILE:
        return [
            QCoreApplication.translate(
                "BulkSheet", "Only mark what you found on a statement yourself."
            )
        ]
    if act is Act.REMIND:
        return [
            QCoreApplication.translate(
                "BulkSheet",
                "Each goes by mail in the customer's language; who has no address is left out.",
            )
        ]
    if act is not Act.COMPLETE:
        return []
    told = []
    if any(kind.payment_method is PaymentMethod.CASH for kind in kinds):
        told.append(
            QCoreApplication.translate(
                "BulkSheet", "Cash counts as given to the exact amount, without change."
            )
        )
    if any(kind.payment_method.is_mobile_money for kind in kinds):
        told.append(
            QCoreApplication.translate(
                "BulkSheet", "No network confirmed this mobile money; your reason is kept."
            )
        )
    return told

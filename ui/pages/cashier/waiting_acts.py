"""What is done about a payment that waits: confirmed, marked as failed, or called off."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from core.errors import InvalidInputError
from core.money import display
from core.permissions import Permission
from core.services.rows import PaymentRow
from ui.pages.cashier.dialogs import CompleteDialog, EndDialog
from ui.pages.page import Page


class WaitingActs(QObject):
    """Opens the forms over the cashier page and does what they say.

    Signals:
        confirmed(row): the money of a payment came.
        ended: a payment failed or was called off.
    """

    confirmed = Signal(object)
    ended = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context

    def confirm(self, row: PaymentRow) -> None:
        """Ask what was seen of the money."""
        dialog = CompleteDialog(row, self._page)
        dialog.submitted.connect(partial(self._on_complete_submitted, dialog))
        self._page.open_form(dialog)

    def fail(self, row: PaymentRow) -> None:
        """Ask why the money did not come."""
        self._end(row, is_failure=True)

    def call_off(self, row: PaymentRow) -> None:
        """Ask why the payment is called off."""
        self._end(row, is_failure=False)

    def _on_complete_submitted(self, dialog: CompleteDialog) -> None:
        app, actor = self._context.app, self._context.actor
        try:
            command = dialog.command()
        except InvalidInputError as error:
            dialog.fail(error)
            return
        dialog.run(
            self._context.tasks,
            lambda: app.payments.complete(actor, command),
            self.confirmed.emit,
        )

    def _end(self, row: PaymentRow, *, is_failure: bool) -> None:
        if not self._context.actor.may(Permission.CONFIRM_PAYMENT):
            return
        dialog = EndDialog(row, is_failure=is_failure, parent=self._page)
        dialog.submitted.connect(partial(self._on_end_submitted, dialog))
        self._page.open_form(dialog)

    def _on_end_submitted(self, dialog: EndDialog) -> None:
        payments, actor = self._context.app.payments, self._context.actor
        payment_id = dialog.row.payment_id
        try:
            note = dialog.note()
        except InvalidInputError as error:
            dialog.fail(error)
            return
        act = payments.fail if dialog.is_failure else payments.cancel

        def on_success(row: PaymentRow) -> None:
            text = self.tr("%1 called off.")
            if dialog.is_failure:
                text = self.tr("%1 marked as failed.")
            amount = display(row.amount_minor, row.currency)
            self._page.notice_raised.emit(text.replace("%1", amount))
            self.ended.emit()

        dialog.run(self._context.tasks, lambda: act(actor, payment_id, note=note), on_success)

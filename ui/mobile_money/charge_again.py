"""Charging a sale once more that its network has already confirmed: only after a second look."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.errors import AlreadyPaidError
from core.money import display
from core.phones import phone_display
from core.services.payments.rules import RecordPayment
from ui.badges import badge_for
from ui.widgets.form_dialog import ReviewSheet

translate = QCoreApplication.translate


class ChargeAgainSheet(ReviewSheet):
    """Says what was paid already; the button charges again, Cancel has the focus."""

    def __init__(
        self, command: RecordPayment, error: AlreadyPaidError, parent: QWidget | None = None
    ) -> None:
        amount = display(command.amount_minor, command.currency)
        facts = (
            (translate("ChargeAgainSheet", "Reference"), command.transaction_reference),
            (translate("ChargeAgainSheet", "Customer"), phone_display(command.phone_number)),
            (translate("ChargeAgainSheet", "Paid by"), badge_for("method", command.method).text),
        )
        super().__init__(
            translate("ChargeAgainSheet", "Charge this sale again?"),
            translate("ChargeAgainSheet", "Charge %1 again (F12)").replace("%1", amount),
            amount,
            facts,
            parent,
            warnings=(error.message,),
        )

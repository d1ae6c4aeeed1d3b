"""What the form's button will do, and what the payment waits for after it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.model.payments import PaymentMethod
from core.money import display
from ui.badges import badge_for
from ui.pages.cashier.method_panels import MethodPanel

translate = QCoreApplication.translate


def act_text(panel: MethodPanel, amount_minor: int | None) -> str:
    """Return the text of the button, with the amount once it is known."""
    if amount_minor is None:
        if panel.completes():
            return translate("PaymentForm", "Confirm (F12)")
        if panel.asks():
            return translate("PaymentForm", "Ask for it (F12)")
        return translate("PaymentForm", "Record (F12)")
    text = translate("PaymentForm", "Record %1 (F12)")
    if panel.completes():
        text = translate("PaymentForm", "Confirm %1 (F12)")
    elif panel.asks():
        text = translate("PaymentForm", "Ask for %1 (F12)")
    return text.replace("%1", display(amount_minor))


def outlook(panel: MethodPanel, method: PaymentMethod) -> str:
    """Return what happens after the button, where the money has not been seen yet."""
    if panel.completes():
        return ""
    text = translate("PaymentForm", "%1: the payment will wait.")
    if panel.asks():
        text = translate("PaymentForm", "%1: the customer's phone will ask for the PIN.")
    return text.replace("%1", badge_for("method", method).text)

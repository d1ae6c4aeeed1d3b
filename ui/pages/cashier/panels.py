"""Which panel belongs to which way of paying."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.model.payments import PaymentMethod
from ui.pages.cashier.method_panels import (
    BankPanel,
    CardPanel,
    CashPanel,
    ExplainingPanel,
    MethodPanel,
)
from ui.pages.cashier.mobile_panel import MobileMoneyPanel
from ui.pages.cashier.points import PointsPanel


def make_panels() -> dict[PaymentMethod, MethodPanel]:
    """Return a panel for each method, in the order of their keys."""
    delivery = QCoreApplication.translate(
        "MethodPanels",
        "The payment waits until the courier brings the money; confirm it then in the waiting"
        " list.",
    )
    return {
        PaymentMethod.CASH: CashPanel(),
        PaymentMethod.MTN_MOBILE_MONEY: MobileMoneyPanel(),
        PaymentMethod.AIRTEL_MONEY: MobileMoneyPanel(),
        PaymentMethod.BANK_TRANSFER: BankPanel(),
        PaymentMethod.CARD: CardPanel(),
        PaymentMethod.CASH_ON_DELIVERY: ExplainingPanel(delivery),
        PaymentMethod.LOYALTY_POINTS: PointsPanel(),
    }

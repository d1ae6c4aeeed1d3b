"""Pictures of a customer's points and of their correction, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.model.payments import PaymentMethod
from core.services.loyalty.service import CorrectPoints
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import (
    ADMIN,
    CASHIER,
    MANAGER,
    SampleShop,
    close_shop,
    in_sample_shop,
    is_settled,
)
from ui.loyalty.correction import CorrectionDialog
from ui.loyalty.panel import PointsPanel
from ui.theme import Theme, gap, set_look
from ui.widgets.basics import Card

NAME, PHONE = "Divine Mukamana", "+250788456123"
_MANAGERS_LIMIT_MINOR = 100_000


def pay(
    shop: SampleShop,
    key: str,
    amount_minor: int,
    method: PaymentMethod = PaymentMethod.CASH,
    name: str = NAME,
    phone: str = PHONE,
) -> PaymentRow:
    """Take a payment of a customer in a sample shop."""
    shop.clock.now += timedelta(hours=5)
    cash = method is PaymentMethod.CASH
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=key,
            method=method,
            amount_minor=amount_minor,
            tendered_minor=amount_minor if cash else None,
            customer_name=name,
            phone_number=phone,
            transaction_reference=f"ORD-{key}",
            complete_now=True,
        ),
    )


def give_back(shop: SampleShop, key: str, payment: PaymentRow, amount_minor: int) -> None:
    """Refund a part of a payment."""
    shop.clock.now += timedelta(hours=1)
    refunds = shop.app.refunds
    asked = refunds.request(
        CASHIER, RequestRefund(f"ask-{key}", payment.payment_id, amount_minor, "Wrong article")
    )
    approver = MANAGER
    if amount_minor > _MANAGERS_LIMIT_MINOR:
        refunds.pass_on(MANAGER, asked.refund_id, note="Above my limit")
        approver = ADMIN
    refunds.approve(approver, asked.refund_id)
    refunds.carry_out(CASHIER, CarryOutRefund(f"out-{key}", asked.refund_id))


def fill_ledger(shop: SampleShop) -> int:
    """Let a customer earn, spend, be refunded and corrected; return who it is."""
    first = pay(shop, "01", 340_000)
    paid = pay(shop, "02", 2_000, PaymentMethod.LOYALTY_POINTS)
    give_back(shop, "02", paid, 1_000)
    second = pay(shop, "03", 185_000)
    give_back(shop, "03", second, 60_000)
    pay(shop, "04", 2_500, PaymentMethod.LOYALTY_POINTS)
    member = shop.app.loyalty.find(CASHIER, PHONE)
    shop.app.loyalty.correct(
        MANAGER, CorrectPoints("c", member.customer_id, 3, "Counted by hand in May")
    )
    shop.clock.now += timedelta(hours=1)
    give_back(shop, "01", first, 340_000)
    pay(shop, "05", 210_000)
    return member.customer_id


def _panel(customer: Callable[[SampleShop], int]) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        sheet = QWidget()
        set_look(sheet, look="page")
        column = QVBoxLayout(sheet)
        margin = gap(sheet, 2)
        column.setContentsMargins(margin, margin, margin, margin)
        card = Card()
        panel = PointsPanel(shop.context(MANAGER))
        card.body.addWidget(panel)
        column.addWidget(card)
        panel.show_customer(customer(shop))
        return sheet

    return make


def _new_customer(shop: SampleShop) -> int:
    pay(shop, "01", 5_000)
    return shop.app.loyalty.find(CASHIER, PHONE).customer_id


def _in_debt(shop: SampleShop) -> int:
    first = pay(shop, "01", 340_000)
    pay(shop, "02", 3_000, PaymentMethod.LOYALTY_POINTS)
    give_back(shop, "01", first, 340_000)
    return shop.app.loyalty.find(CASHIER, PHONE).customer_id


def _highest(shop: SampleShop) -> int:
    pay(shop, "01", 5_400_000)
    return shop.app.loyalty.find(CASHIER, PHONE).customer_id


def _correction(shop: SampleShop) -> QWidget:
    fill_ledger(shop)
    dialog = CorrectionDialog(shop.app.loyalty.find(MANAGER, PHONE))
    dialog.points.setValue(-4)
    dialog.reason.setText("Two receipts of the same sale")
    return dialog


def _close(widget: QWidget) -> None:
    widget.hide()
    close_shop(widget)


def _settled(widget: QWidget) -> bool:
    for _ in range(5):
        QCoreApplication.processEvents()
    return is_settled(widget)


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], columns: int = 110, lines: int = 34
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=0)

    return Screen(f"points-{name}", build, _settled, _close, columns=columns, lines=lines)


SCREENS += [
    _screen("panel", _panel(fill_ledger)),
    _screen("panel-narrow", _panel(fill_ledger), columns=64),
    _screen("panel-empty", _panel(_new_customer)),
    _screen("panel-owed", _panel(_in_debt)),
    _screen("panel-highest", _panel(_highest)),
    _screen("correction", _correction),
]

"""A customer of the sample shop with orders in every state, for pictures of pages."""

from __future__ import annotations

from datetime import timedelta

from core.clock import shop_date
from core.model.customers import TaxClass
from core.model.payments import PaymentMethod
from core.services.customers.orders import AddOrder
from core.services.customers.service import AddCustomer, ChangeCustomer, CustomerForm
from core.services.payments.rules import RecordPayment, SaleLine
from ui.gallery_shop import CASHIER, SampleShop

_LINES = (
    SaleLine("Igitenge, 6 yards", 2, 6_000),
    SaleLine("Umuceri wa Kigori, 25 kg", 1, 32_000, TaxClass.EXEMPT),
    SaleLine("Isabune y’amazi, 5 l", 3, 4_500),
)


def add_orders(shop: SampleShop) -> int:
    """Give a sample customer orders in every state; return their number in the shop."""
    app, clock = shop.app, shop.clock
    found = app.customers.page(CASHIER, search="café inzozi").rows
    row = (
        found[0]
        if found
        else app.customers.add(
            CASHIER, AddCustomer("c-inzozi", CustomerForm("Café Inzozi & Frères", "0788123456"))
        )
    )
    form = CustomerForm(
        row.name, row.phone_number, "info@inzozi.rw", "102345678", "fr", "KN 4 Ave, Kigali",
        "Pays on Fridays",
    )  # fmt: skip
    app.customers.change(CASHIER, ChangeCustomer(row.customer_id, row.version, form))
    now, clock.now = clock.now, clock.now - timedelta(days=20)
    for number, due_after in enumerate((5, 30, 14, 40)):
        due = shop_date(clock.now) + timedelta(days=due_after)
        order = app.orders.add(
            CASHIER, AddOrder(f"o-{number}", row.customer_id, _LINES, due_on=due)
        )
        parts = ((), (20_000,), (40_000, 17_500), ())[number]
        for part, amount_minor in enumerate(parts):
            clock.now += timedelta(hours=3)
            app.payments.record(
                CASHIER,
                RecordPayment(
                    f"p-{number}-{part}", PaymentMethod.CASH, amount_minor,
                    order_number=order.order_number, tendered_minor=amount_minor,
                    complete_now=True,
                ),
            )  # fmt: skip
    waiting = RecordPayment(
        "p-wait", PaymentMethod.BANK_TRANSFER, 10_000, order_number="ORD-2026-00002"
    )
    app.payments.record(CASHIER, waiting)
    app.orders.cancel(CASHIER, "ORD-2026-00004", reason="The customer bought elsewhere")
    clock.now = now
    return row.customer_id

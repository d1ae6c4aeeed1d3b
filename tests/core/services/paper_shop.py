"""A shop that issues papers: orders of any lines, paid in any parts, given back in any parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2

from core.app import App
from core.model.customers import Order, OrderLine, TaxClass
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import CompletePayment, RecordPayment, SaleLine
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow, RefundRow
from tests.core.services.refund_limit import leave_to_managers

Goods = Sequence[tuple[TaxClass, int, int]]
"""Tax class, quantity and unit price of each line."""


def add_order(shop: App, number: str, goods: Goods) -> int:
    """Write an order with a line for each of the goods; return its total."""
    total_minor = sum(quantity * price for _, quantity, price in goods)
    with shop.database.write(None) as unit:
        unit.session.add(
            Order(
                order_number=number,
                total_minor=total_minor,
                created_at=unit.now,
                lines=[
                    OrderLine(
                        description=f"Igicuruzwa {at}",
                        quantity=quantity,
                        unit_price_minor=price,
                        tax_class=tax_class,
                    )
                    for at, (tax_class, quantity, price) in enumerate(goods, start=1)
                ],
            )
        )
        unit.commit()
    return total_minor


def pay(shop: App, actor: Actor, order_number: str, amount_minor: int, key: str) -> PaymentRow:
    """Take cash for all or part of an order."""
    return shop.payments.record(
        actor,
        RecordPayment(
            key=key,
            method=PaymentMethod.CASH,
            amount_minor=amount_minor,
            tendered_minor=amount_minor,
            order_number=order_number,
            complete_now=True,
        ),
    )


def sell(shop: App, actor: Actor, key: str = "sale", **changes: object) -> PaymentRow:
    """Take cash for rice, oil and milk: 15 700, of which 14 500 carry VAT."""
    command = RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=15_700,
        tendered_minor=20_000,
        complete_now=True,
        customer_name="Claudine Umutoni",
        phone_number="0788123456",
        lines=(
            SaleLine("Umuceri 5 kg", 2, 6_000),
            SaleLine("Amavuta 1 L", 1, 2_500),
            SaleLine("Amata 1 L", 1, 1_200, TaxClass.EXEMPT),
        ),
    )

    return shop.payments.record(actor, replace(command, **changes))  # type: ignore[arg-type]


def await_transfer(shop: App, actor: Actor, key: str = "waiting") -> PaymentRow:
    """Record a bank transfer of 40 000 that is still to come."""
    return shop.payments.record(
        actor,
        RecordPayment(
            key=key,
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=40_000,
            customer_name="Kigali Traders",
            transaction_reference="ORD-77",
        ),
    )


def complete(shop: App, actor: Actor, payment_id: str) -> PaymentRow:
    """Confirm that the awaited transfer is there."""
    command = CompletePayment(key=f"c-{payment_id}"[:64], payment_id=payment_id,
                              transaction_id="FT26182ABC")  # fmt: skip
    return shop.payments.complete(actor, command)


def give_back(
    shop: App, cashier: Actor, manager: Actor, payment_id: str, amount_minor: int, key: str
) -> RefundRow:
    """Refund all or part of a payment."""
    command = RequestRefund(f"r-{key}", payment_id, amount_minor, "brought back")
    leave_to_managers(shop.database)
    asked = shop.refunds.request(cashier, command)
    shop.refunds.approve(manager, asked.refund_id)
    return shop.refunds.carry_out(cashier, CarryOutRefund(f"b-{key}", asked.refund_id))


def text_of(pdf: Path | bytes) -> str:
    """Return a PDF's text with every run of white space as one space."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())

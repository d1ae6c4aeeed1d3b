"""Where the subjects meet: orders paid again, points of others, customers who were merged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import consistency
from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import OrderShow
from core.services.customers.service import CustomerShow
from core.services.payment_rules import RecordPayment
from tests.core.services.conftest import SettableClock
from tests.core.services.order_shop import CASHIER, OrderShop


@pytest.fixture
def shop(database: Database) -> Iterator[OrderShop]:
    """A shop whose books must agree with themselves after every test."""
    yield OrderShop(database)
    assert consistency.check(database.engine) == ()


def test_a_part_that_went_back_and_came_again_pays_nothing_twice(
    shop: OrderShop, clock: SettableClock
) -> None:
    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    for _ in range(2):
        first = shop.cash(number, 12_000)
        clock.advance(minutes=1)
        shop.refund(first, 12_000)
        clock.advance(minutes=1)
    shop.cash(number, 12_000)

    order = shop.state(number)
    assert (order.state, order.left_minor) == (OrderState.PARTLY_PAID, 10_000)
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == 10_000
    assert shop.orders.page(CASHIER, show=OrderShow.OPEN).total == 1
    assert shop.customers.page(CASHIER, show=CustomerShow.OWING).total == 1

    clock.advance(minutes=1)
    last = shop.cash(number, 10_000)
    clock.advance(minutes=1)
    shop.refund(last, 10_000)
    assert shop.state(number).left_minor == 0
    assert shop.orders.page(CASHIER, show=OrderShow.OPEN).total == 0
    assert shop.customers.one(CASHIER, customer.customer_id).balances == ()


def test_nobody_pays_an_order_with_the_points_of_somebody_else(shop: OrderShop) -> None:
    alice = shop.customer("Alice Uwase", "0788000001")
    shop.customer("Bob Mugisha", "0788000002")
    shop.cash("", 500_000, customer_name="Alice Uwase", phone_number="0788000001")
    number = shop.order(alice.customer_id).order_number
    with pytest.raises(InvalidInputError, match="Bob Mugisha"):
        shop.payments.record(
            CASHIER,
            RecordPayment(
                shop.key(), PaymentMethod.LOYALTY_POINTS, 2_000, order_number=number,
                customer_name="Bob Mugisha", phone_number="0788000002",
            ),
        )  # fmt: skip
    for name, phone in (("Alice Uwase", ""), ("", "0788000001")):
        command = RecordPayment(
            shop.key(), PaymentMethod.LOYALTY_POINTS, 2_000, order_number=number,
            customer_name=name, phone_number=phone,
        )  # fmt: skip
        assert shop.payments.record(CASHIER, command).customer_name == "Alice Uwase"

"""Parts of an order asked of the networks: what is left says what may still be charged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ConflictError, InvalidInputError
from core.model.payments import PaymentMethod
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import AddOrder
from core.services.customers.service import AddCustomer, CustomerForm
from core.services.payments.rules import RecordPayment, SaleLine
from core.services.rows import PaymentRow
from tests.core.services.conftest import SettableClock
from tests.core.services.gateways.test_mobile_money_interplay import (
    FAILED,
    NOWHERE,
    sent,
    succeeded,
)
from tests.core.services.network_shop import CASHIER, MTN, NetworkShop

LINES = (SaleLine("Radio", 1, 10_000),)


@pytest.fixture
def shop(tmp_path: Path, empty_shop: Path, clock: SettableClock) -> Iterator[NetworkShop]:
    opened = NetworkShop(tmp_path / "shop", empty_shop, NOWHERE, clock=clock)
    app = opened.app
    jean = app.customers.add(CASHIER, AddCustomer("c", CustomerForm("Jean", "0788123123")))
    app.orders.add(CASHIER, AddOrder("o", jean.customer_id, LINES, "A-1"))
    yield opened
    app.close()


def ask(shop: NetworkShop, key: str, amount_minor: int) -> PaymentRow:
    command = RecordPayment(
        key, MTN, amount_minor, order_number="A-1", transaction_reference="A-1",
        phone_number="0788123123",
    )  # fmt: skip
    return shop.app.payments.record(CASHIER, command)


def cash(shop: NetworkShop, key: str, amount_minor: int) -> PaymentRow:
    command = RecordPayment(
        key, PaymentMethod.CASH, amount_minor, order_number="A-1", tendered_minor=amount_minor,
        complete_now=True,
    )  # fmt: skip
    return shop.app.payments.record(CASHIER, command)


def test_the_second_part_is_charged_without_being_taken_for_a_second_charge(
    shop: NetworkShop,
) -> None:
    sent(shop, ask(shop, "1", 4_000), succeeded("T-1"))
    sent(shop, ask(shop, "2", 6_000), succeeded("T-2"))
    assert shop.app.orders.one(CASHIER, "A-1").order.state is OrderState.PAID
    with pytest.raises(InvalidInputError, match="nothing left to pay"):
        ask(shop, "3", 1)


def test_a_request_under_way_holds_its_part(shop: NetworkShop) -> None:
    asked = ask(shop, "1", 8_000)
    sent(shop, asked)
    with pytest.raises(InvalidInputError, match=r"2\u202f000.*left to pay.*8\u202f000.*under way"):
        cash(shop, "c1", 3_000)
    with pytest.raises(ConflictError, match="already being paid"):
        ask(shop, "2", 2_000)
    cash(shop, "c2", 2_000)


def test_a_request_the_network_refused_gives_its_part_free(shop: NetworkShop) -> None:
    sent(shop, ask(shop, "1", 10_000), FAILED)
    cash(shop, "c3", 10_000)
    assert shop.app.orders.one(CASHIER, "A-1").order.state is OrderState.PAID

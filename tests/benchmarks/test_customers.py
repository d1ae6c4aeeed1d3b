"""Finding one of 100 000 customers, beside the one scan of the names that any search must make."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.customers import Customer, Order
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.permissions import Actor, Role
from core.services.customers.orders import OrderService, OrderShow
from core.services.customers.service import CustomerService, CustomerShow
from tests.benchmarks.conftest import ratio_line

CUSTOMERS, ORDERS = 100_000, 20_000
ROUNDS = 15
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
CLERK = Actor(2, "claude", Role.CLERK)
GIVEN = ("Jean", "Célestin", "Claire", "Eric", "Divine", "Aline", "Béatrice", "Innocent")
FAMILY = ("Habimana", "Uwase", "Niyonzima", "Mukamana", "Ndayisaba", "Ingabire", "Kayitesi")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = Database(sqlite_url(tmp_path_factory.mktemp("many") / "sanduku.db"))
    schema.upgrade(database.engine)
    with database.engine.begin() as connection:
        connection.execute(insert(Customer.__table__), [_customer(n) for n in range(CUSTOMERS)])
        connection.execute(insert(Order.__table__), [_order(n) for n in range(ORDERS)])
        connection.execute(insert(Payment.__table__), [_payment(n) for n in range(ORDERS * 2)])
    yield database  # type: ignore[misc]
    database.close()


def _customer(number: int) -> dict[str, object]:
    name = f"{GIVEN[number % 8]} {FAMILY[number % 7]} {number}"
    return {"name": name, "phone_number": f"+25078{number:07d}", "created_at": START, "version": 1}


def _order(number: int) -> dict[str, object]:
    return {
        "id": number + 1, "order_number": f"ORD-2026-{number:05d}", "total_minor": 20_000,
        "customer_id": number * 5 + 1, "created_at": START, "is_placed": True, "version": 1,
    }  # fmt: skip


def _payment(number: int) -> dict[str, object]:
    """Return one of two halves of an order; of every tenth order one half is missing."""
    order, is_second = divmod(number, 2)
    came = not (is_second and order % 10 == 0)
    at = START + timedelta(minutes=number)
    return {
        "payment_id": f"p-{number}", "order_id": order + 1, "customer_id": order * 5 + 1,
        "payment_method": PaymentMethod.CASH, "amount_minor": 10_000,
        "status": PaymentStatus.COMPLETED if came else PaymentStatus.FAILED,
        "created_at": at, "updated_at": at, "paid_at": at if came else None, "version": 1,
    }  # fmt: skip


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


@pytest.mark.parametrize("search", ["celestin uwase", "0788 012 3", "nobody at all"])
def test_finding_a_customer(shop: Database, search: str) -> None:
    service = CustomerService(shop)

    def scan() -> None:
        with shop.read() as session:
            session.connection().exec_driver_sql(
                "SELECT count(*) FROM customer WHERE search_text LIKE '%zz%'"
            ).scalar()

    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(_timed(scan))
        ours.append(_timed(lambda: service.page(CLERK, search=search)))
    print("\n" + ratio_line(f"customers “{search}”", ours, floor, "one scan of the names"))


def test_reading_the_lists(shop: Database) -> None:
    customers, orders = CustomerService(shop), OrderService(shop)
    questions = {
        "first page": lambda: customers.page(CLERK),
        "last page": lambda: customers.page(CLERK, offset=CUSTOMERS - 100),
        "owing": lambda: customers.page(CLERK, show=CustomerShow.OWING),
        "open orders": lambda: orders.page(CLERK, show=OrderShow.OPEN),
        "one card": lambda: customers.detail(CLERK, 1),
    }
    assert customers.page(CLERK, show=CustomerShow.OWING).total == ORDERS // 10
    print()
    for name, ask in questions.items():
        times = sorted(_timed(ask) for _ in range(7))
        print(f"{name} of {CUSTOMERS} customers, {ORDERS} orders: {times[3] * 1000:.0f} ms")

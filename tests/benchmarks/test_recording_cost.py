"""What the payments workspace costs when a payment is recorded: its indexes and its search.

The same payments are taken, and the same file imported, in copies of one shop of 100 000: as it
is, without the index over parts of words, and without the orders' indexes too. Turn by turn; each
figure by the clock and by the processor's time.
"""

from __future__ import annotations

import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.payments.imports import ImportService
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.benchmarks.listed_shop import listed_folder, opened

PAYMENTS = 100_000
TAKEN = 150
IMPORTED = 500
IMPORTS = 6
MANAGER = Actor(1, "marie", Role.MANAGER)
_SEARCH = ("TRIGGER search_payment_insert", "TRIGGER search_payment_update", "TABLE payment_search")
_ORDERS = tuple(
    f"INDEX ix_payment_{name}"
    for name in (
        "method_created",
        "type_created",
        "gateway_created",
        "cashier_created",
        "amount_created",
        "customer_name",
        "invoice_order",
    )
)
_WITHOUT = {
    "as it is": (),
    "without search": _SEARCH,
    "without search and orders": _SEARCH + _ORDERS,
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    whole = opened(listed_folder(tmp_path_factory), PAYMENTS)
    source = Path(str(whole.engine.url.database))
    whole.close()
    made = {}
    print()
    for name, parts in _WITHOUT.items():
        copy = tmp_path_factory.mktemp("copy") / "sanduku.db"
        shutil.copyfile(source, copy)
        made[name] = Database(sqlite_url(copy))
        with made[name].engine.connect() as connection:
            for part in parts:
                connection.exec_driver_sql(f"DROP {part}")
            connection.commit()
        with made[name].engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
            driver = one.connection.driver_connection
            assert driver is not None
            one.rollback()
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"{name}: {copy.stat().st_size / PAYMENTS:.0f} bytes a payment")
    yield made
    for database in made.values():
        database.close()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall_s, processor_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall_s, time.process_time() - processor_s


def _print(what: str, times: dict[str, list[tuple[float, float]]]) -> None:
    floor = times["without search and orders"]
    for name, pairs in times.items():
        wall, processor = (
            statistics.median(a[side] / b[side] for a, b in zip(pairs, floor, strict=True))
            for side in (0, 1)
        )
        median_ms = statistics.median(wall_s for wall_s, _ in pairs) * 1000
        print(f"{what}, {name}: {median_ms:.2f} ms, x {wall:.2f} (processor x {processor:.2f})")


def test_taking_one_payment(shops: dict[str, Database]) -> None:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in shops}
    for number in range(TAKEN):
        command = RecordPayment(
            key=f"sale-{number}",
            method=PaymentMethod.CASH,
            amount_minor=12_000,
            tendered_minor=15_000,
            customer_name="Uwase Aline",
            transaction_reference=f"ORD-2026-07-01-{number:04d}",
            complete_now=True,
        )
        for name, database in shops.items():
            service = PaymentService(database)
            times[name].append(_timed(lambda s=service, c=command: s.record(MANAGER, c)))
    print()
    _print("one payment", times)


def test_importing_a_file(shops: dict[str, Database], tmp_path: Path) -> None:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in shops}
    for turn in range(IMPORTS):
        path = tmp_path / f"payments-{turn}.json"
        path.write_text(json.dumps([_document(turn * IMPORTED + n) for n in range(IMPORTED)]))
        for name, database in shops.items():
            service = ImportService(database)
            times[name].append(_timed(lambda s=service, p=path: s.import_file(MANAGER, p)))
    print()
    _print(f"{IMPORTED} imported", times)


def _document(number: int) -> dict[str, object]:
    return {
        "payment_id": f"11111111-0000-4000-8000-{number:012d}",
        "payment_method": "mtn_mobile_money",
        "payment_type": "order_payment",
        "amount": "15000",
        "currency": "RWF",
        "status": "completed",
        "transaction_id": f"9{number:010d}",
        "transaction_reference": f"ORD-2026-06-30-{number:04d}",
        "customer_name": "Niyonzima Claire",
        "phone_number": f"+25078{number % 10_000_000:07d}",
        "created_at": "2026-06-30T10:30:00Z",
        "paid_at": "2026-06-30T10:31:00Z",
    }

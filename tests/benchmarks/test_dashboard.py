"""What "Today" costs in a shop of a million payments, beside one of ten thousand.

Both shops have the same days and people; in the large one each payment was made a hundred times.
The list page is what the payments page asks for when it opens.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from core.app import App, Configuration, open_shop
from core.configuration import PasswordCost
from core.demo.build import build_demo
from core.permissions import Actor, Role
from core.services.payments.lists import PaymentFilter
from tests.benchmarks.conftest import ratio_line

SMALL, TIMES = 10_000, 100
PAIRS = 15
MANAGER = Actor(3, "manager", Role.MANAGER, "office")
_OWN = {"id": "NULL", "payment_id": "lower(hex(randomblob(16)))", "invoice_number": "NULL"}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, App]]:
    small, large = tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("large")
    with open_shop(_configuration(small)) as app:
        build_demo(
            app.database,
            small,
            payments=SMALL,
            password_hash=lambda: PasswordHasher(1, 8, 1).hash(b"demo"),
        )
    shutil.copytree(small, large, dirs_exist_ok=True)
    with open_shop(_configuration(small)) as first, open_shop(_configuration(large)) as second:
        with second.database.engine.begin() as connection:
            _multiply(connection)
        yield first, second


def _configuration(folder: Path) -> Configuration:
    return Configuration(folder, password_cost=PasswordCost(1, 8, 1), use_keyring=False)


def _multiply(connection: Connection) -> None:
    """Make each payment a hundred times, with an identity of its own."""
    columns = [row.name for row in connection.exec_driver_sql("PRAGMA table_info(payment)")]
    values = ", ".join(_OWN.get(column, f"payment.{column}") for column in columns)
    connection.exec_driver_sql(
        f"WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < ?)"
        f" INSERT INTO payment ({', '.join(columns)})"
        f" SELECT {values} FROM payment, more WHERE payment.id <= ?",
        (TIMES - 1, connection.exec_driver_sql("SELECT max(id) FROM payment").scalar_one()),
    )


def _taken_s(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def test_the_figures_of_today(shops: tuple[App, App]) -> None:
    small, large = shops
    assert large.payment_lists.page(MANAGER, PaymentFilter(), limit=1).total >= SMALL * TIMES
    asked = [
        lambda: large.dashboard.figures(MANAGER),
        lambda: small.dashboard.figures(MANAGER),
        lambda: large.payment_lists.page(MANAGER, PaymentFilter()),
    ]
    for act in asked:
        act()
    taken: list[list[float]] = [[], [], []]
    for _ in range(PAIRS):
        for act, times in zip(asked, taken, strict=True):
            times.append(_taken_s(act))
    print("\n" + ratio_line("today, 1 000 000 payments", taken[0], taken[1], "10 000 payments"))
    print(ratio_line("today, 1 000 000 payments", taken[0], taken[2], "first page of the list"))

"""The payments table at any size, each page beside the very same SQL through the bare driver.

``SANDUKU_BENCHMARK_PAYMENTS`` names the larger size (one million), ``SANDUKU_BENCHMARK_FOLDER`` a
folder in which the shops are kept for the next run.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psutil
import pytest
from sqlalchemy import event

from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod, PaymentStatus
from core.permissions import Actor, Role
from core.services.keyset import Seek
from core.services.listed_payments import PaymentColumn
from core.services.payment_filter import PaymentFilter
from core.services.payment_lists import PaymentLists
from core.services.payment_pages import PaymentOrder
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import listed_folder, opened

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_PAYMENTS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
REPEATS = 15

QUESTIONS = {
    "newest": PaymentFilter(),
    "completed": PaymentFilter(statuses=frozenset({PaymentStatus.COMPLETED})),
    "pending (rare)": PaymentFilter(statuses=frozenset({PaymentStatus.PENDING})),
    "failed or cancelled by MTN or Airtel": PaymentFilter(
        statuses=frozenset({PaymentStatus.FAILED, PaymentStatus.CANCELLED}),
        methods=frozenset({PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.AIRTEL_MONEY}),
    ),
    "search: common name": PaymentFilter(search="uwase"),
    "search: two names": PaymentFilter(search="uwase jean"),
    "search: part of a reference": PaymentFilter(search="03-14-0012"),
    "search: telephone": PaymentFilter(search="0788 123"),
    "search: telephone whole": PaymentFilter(search="+250788123456"),
    "search: absent": PaymentFilter(search="zzzqqq"),
    "search: absent number": PaymentFilter(search="99999-99999"),
    "search: two letters": PaymentFilter(search="uw"),
    "search: two letters, absent": PaymentFilter(search="zq"),
    "exact amount": PaymentFilter(least_minor=15_000, most_minor=15_000),
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = listed_folder(tmp_path_factory)
    made = {size: opened(folder, size) for size in (SMALL, LARGE)}
    yield made
    for database in made.values():
        database.close()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class Bare:
    """The driver alone, given what the product gives it."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._connection = sqlite3.connect(str(database.engine.url.database))
        self._connection.execute("PRAGMA cache_size=-32000")

    def of(self, work: Callable[[], object]) -> Callable[[], object]:
        """Return the last statement of some work as the driver's own call."""
        seen: list[tuple[str, Any]] = []

        def keep(_c: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
            seen.append((sql, values))

        event.listen(self._engine, "before_cursor_execute", keep)
        work()
        event.remove(self._engine, "before_cursor_execute", keep)
        sql, values = seen[-1]
        return lambda: self._connection.execute(sql, values).fetchall()


def beside(
    database: Database, wanted: PaymentFilter, seek: Seek
) -> tuple[list[float], list[float]]:
    """Time our page and the same SQL through the driver, turn by turn."""
    lists = PaymentLists(database)
    bare = Bare(database).of(lambda: lists.ask(MANAGER, wanted).read(seek))
    ours_s, floor_s = [], []
    for _ in range(REPEATS):
        floor_s.append(timed(bare))
        question = lists.ask(MANAGER, wanted)
        ours_s.append(timed(partial(question.read, seek)))
    return ours_s, floor_s


def test_first_pages(shops: dict[int, Database]) -> None:
    print()
    for name, wanted in QUESTIONS.items():
        medians = {}
        for size, database in shops.items():
            ours_s, floor_s = beside(database, wanted, Seek(100))
            medians[size] = statistics.median(ours_s)
            print(ratio_line(f"{size:>9} {name}", ours_s, floor_s, "bare"))
        print(f"          growth {medians[LARGE] / medians[SMALL]:.2f}")


def test_the_next_page_from_anywhere(shops: dict[int, Database]) -> None:
    print()
    for size, database in shops.items():
        question = PaymentLists(database).ask(MANAGER, PaymentFilter())
        driver = Bare(database)
        jumps_s, ours_s, floor_s = [], [], []
        chance = random.Random(2)
        for _ in range(40):
            place = chance.randrange(size - 300)
            jumps_s.append(timed(partial(question.rows, place, 100)))
            following = partial(question.rows, place + 100, 100)
            bare = driver.of(following)
            floor_s.append(timed(bare))
            ours_s.append(timed(following))
        print(ratio_line(f"{size:>9} next page", ours_s, floor_s, "bare"))
        print(
            f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.2f} ms,"
            f" worst {max(jumps_s) * 1000:.1f} ms"
        )


def test_any_order(shops: dict[int, Database]) -> None:
    print()
    for column in PaymentColumn:
        for size, database in shops.items():
            question = PaymentLists(database).ask(
                MANAGER, PaymentFilter(), PaymentOrder(column, descending=True)
            )
            taken_s = [timed(partial(question.read, Seek(100))) for _ in range(5)]
            print(f"{size:>9} by {column}: {statistics.median(taken_s) * 1000:.2f} ms")


def test_totals(shops: dict[int, Database]) -> None:
    print()
    for name in ("newest", "completed", "search: common name", "search: two names"):
        for size, database in shops.items():
            lists = PaymentLists(database)
            taken_s = timed(partial(lists.totals, MANAGER, QUESTIONS[name]))
            print(f"{size:>9} totals of {name}: {taken_s * 1000:.1f} ms")
    print(f"memory {psutil.Process().memory_info().rss / 1e6:.0f} MB")

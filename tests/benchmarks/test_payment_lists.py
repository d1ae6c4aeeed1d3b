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
from datetime import date
from functools import partial
from typing import Any

import psutil
import psycopg
import pytest
from pytestqt.qtbot import QtBot

from core.database.driver_questions import DriverQuestion
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.permissions import Actor, Role
from core.services.lists.keyset import Seek
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.lists import PaymentLists
from core.services.payments.orders import PaymentOrder
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import listed_folder, opened
from tests.ui.live_list import Page

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

FILTERED = {
    "completed": QUESTIONS["completed"],
    "pending (rare)": QUESTIONS["pending (rare)"],
    "failed or cancelled by MTN or Airtel": QUESTIONS["failed or cancelled by MTN or Airtel"],
    "cash": PaymentFilter(methods=frozenset({PaymentMethod.CASH})),
    "orders": PaymentFilter(types=frozenset({PaymentType.ORDER_PAYMENT})),
    "reconciled": PaymentFilter(reconciled=True),
    "not reconciled": PaymentFilter(reconciled=False),
    "one day": PaymentFilter(first_day=date(2024, 5, 1), last_day=date(2024, 5, 1)),
    "one month": PaymentFilter(first_day=date(2024, 5, 1), last_day=date(2024, 5, 31)),
    "amounts hardly anything has": PaymentFilter(least_minor=7_600, most_minor=7_700),
    "amounts most have": PaymentFilter(least_minor=600, most_minor=40_000),
    "one cashier": PaymentFilter(created_by="aline"),
    "one cashier's failed ones": PaymentFilter(
        created_by="aline", statuses=frozenset({PaymentStatus.FAILED})
    ),
    "one gateway": PaymentFilter(gateway_name="MTN Mobile Money"),
    "search: common name": QUESTIONS["search: common name"],
    "search: two names": QUESTIONS["search: two names"],
}
"""Each filter chip and their combinations."""


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
        self._database = database
        self._connection: Any
        if database.is_shared:
            options = "-c search_path=sanduku -c timezone=UTC -c plan_cache_mode=force_custom_plan"
            self._connection = psycopg.connect(database.url, autocommit=True, options=options)
        else:
            self._connection = sqlite3.connect(str(database.engine.url.database))
            self._connection.execute("PRAGMA cache_size=-32000")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def of(self, work: Callable[[], object]) -> Callable[[], object]:
        """Return the statements of some work as the driver's own calls."""
        seen: list[tuple[str, Any]] = []
        database = self._database
        listened_to = {"rows": database.rows, "rows_until": database.rows_until}

        def listens(ask: Callable[..., Any]) -> Callable[..., Any]:
            def keep(question: DriverQuestion, values: Any, *rest: Any) -> Any:
                seen.append((question.sql, question.values(values)))
                return ask(question, values, *rest)

            return keep

        for name, ask in listened_to.items():
            setattr(database, name, listens(ask))
        try:
            work()
        finally:
            for name in listened_to:
                delattr(database, name)
        execute = self._connection.execute
        return lambda: [execute(sql, values).fetchall() for sql, values in seen]


def beside(
    database: Database, wanted: PaymentFilter, seek: Seek
) -> tuple[list[float], list[float]]:
    """Time our page and the same SQL through the driver, turn by turn."""
    lists = PaymentLists(database)
    driver = Bare(database)
    bare = driver.of(lambda: lists.ask(MANAGER, wanted).read(seek))
    ours_s, floor_s = [], []
    for _ in range(REPEATS):
        floor_s.append(timed(bare))
        question = lists.ask(MANAGER, wanted)
        ours_s.append(timed(partial(question.read, seek)))
    driver.close()
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


def test_the_first_answer_of_a_search(shops: dict[int, Database]) -> None:
    """What somebody who types waits for; the rest of the first page comes after it."""
    print()
    for name, wanted in QUESTIONS.items():
        if not wanted.search:
            continue
        medians, told = [], []
        for size, database in shops.items():
            lists, taken_s = PaymentLists(database), []
            for _ in range(REPEATS):
                question = lists.ask(MANAGER, wanted)
                taken_s.append(timed(partial(question.first_rows, 100)))
            medians.append(statistics.median(taken_s))
            found = lists.ask(MANAGER, wanted).first_rows(100)
            told.append(f"{size} {medians[-1] * 1000:.1f} ms, {len(found.rows)} rows")
        print(f"{name}: {'; '.join(told)}; growth {medians[1] / medians[0]:.2f}")


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


def test_any_order_of_a_filter(shops: dict[int, Database]) -> None:
    """Where no index serves filter and order together; processor time of the first page."""
    print()
    for name, wanted in FILTERED.items():
        for size, database in shops.items():
            told = []
            for column in PaymentColumn:
                order = PaymentOrder(column, descending=True)
                question = PaymentLists(database).ask(MANAGER, wanted, order)
                began_s = time.thread_time()
                question.read(Seek(100))
                told.append(((time.thread_time() - began_s) * 1000, column.value))
            middle_ms = statistics.median(each for each, _ in told)
            worst_ms, column_name = max(told)
            print(
                f"{size:>9} {name} by any column: {middle_ms:.1f} ms,"
                f" worst {worst_ms:.1f} ms by {column_name}"
            )


def test_totals(shops: dict[int, Database]) -> None:
    print()
    for name in ("newest", "completed", "search: common name", "search: two names"):
        for size, database in shops.items():
            lists = PaymentLists(database)
            taken_s = timed(partial(lists.totals, MANAGER, QUESTIONS[name]))
            print(f"{size:>9} totals of {name}: {taken_s * 1000:.1f} ms")


def test_totals_never_hold_up_the_rows(qtbot: QtBot, shops: dict[int, Database]) -> None:
    print()
    for size, database in shops.items():
        page = Page(database, wanted=PaymentFilter(least_minor=600, most_minor=40_000))
        qtbot.addWidget(page)
        counted_s: list[float] = []
        page.feed.counted.connect(lambda _f, told=counted_s: told.append(time.perf_counter()))
        began_s = time.perf_counter()
        page.show()
        qtbot.waitUntil(lambda page=page: page.model.row_at(0) is not None, timeout=60_000)
        rows_s = time.perf_counter() - began_s
        were_counted = bool(counted_s)
        qtbot.waitUntil(lambda told=counted_s: bool(told), timeout=120_000)
        print(
            f"{size:>9} rows after {rows_s * 1000:.0f} ms, totals after"
            f" {(counted_s[0] - began_s) * 1000:.0f} ms"
        )
        assert size == SMALL or not were_counted
        page.tasks.shutdown()


def test_memory(shops: dict[int, Database]) -> None:
    """Two thousand pages of each shop, and what the process grew by."""
    print()
    process = psutil.Process()
    for size, database in shops.items():
        question = PaymentLists(database).ask(MANAGER, PaymentFilter())
        question.rows(0, 100)
        before = process.memory_info().rss
        chance = random.Random(3)
        for _ in range(2_000):
            question.rows(chance.randrange(size), 100)
        grown = process.memory_info().rss - before
        print(f"{size:>9} 2 000 pages anywhere: {grown / 1e6:.1f} MB more")

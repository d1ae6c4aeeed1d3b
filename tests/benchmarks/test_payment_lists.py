"""The payments table at any size, each page beside the very same SQL through the bare driver.

``SANDUKU_BENCHMARK_PAYMENTS`` names the larger size (one million), ``SANDUKU_BENCHMARK_FOLDER`` a
folder in which the shops are kept for the next run.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.permissions import Actor, Role
from core.services.lists.keyset import Seek
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.lists import PaymentLists
from core.services.payments.orders import PaymentOrder
from tests.benchmarks.list_measure import Asks, ListMeasure, clocked
from tests.benchmarks.listed_shop import listed_folder, opened
from tests.ui.live_list import Page

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_PAYMENTS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)

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
    "search: common name, absent telephone": PaymentFilter(search="uwase 0788123456"),
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


COUNTED = ("newest", "completed", "search: common name", "search: two names")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = listed_folder(tmp_path_factory)
    made = {size: opened(folder, size) for size in (SMALL, LARGE)}
    yield made
    for database in made.values():
        database.close()


@pytest.fixture(scope="module")
def measure(shops: dict[int, Database]) -> ListMeasure:
    return ListMeasure(shops, clocked)


def asked(*wanted: Any) -> Asks:
    return lambda database: PaymentLists(database).ask(MANAGER, *wanted)


def counted(wanted: PaymentFilter) -> Callable[[Database], object]:
    return lambda database: PaymentLists(database).totals(MANAGER, wanted)


def test_first_pages(measure: ListMeasure) -> None:
    measure.first_pages({name: asked(wanted) for name, wanted in QUESTIONS.items()})


def test_the_first_answer_of_a_search(shops: dict[int, Database]) -> None:
    """What somebody who types waits for; the rest of the first page comes after it."""
    searches = {name: asked(wanted) for name, wanted in QUESTIONS.items() if wanted.search}
    ListMeasure(shops, clocked, repeats=41).first_answers(searches)


def test_the_next_page_from_anywhere(shops: dict[int, Database]) -> None:
    ListMeasure(shops, clocked, repeats=40).next_pages(asked(PaymentFilter()), knows_total=False)


def test_any_order(measure: ListMeasure) -> None:
    measure.first_pages(
        {
            f"by {column}": asked(PaymentFilter(), PaymentOrder(column, descending=True))
            for column in PaymentColumn
        }
    )


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


def test_totals(measure: ListMeasure) -> None:
    measure.totals({name: counted(QUESTIONS[name]) for name in COUNTED})


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

"""The list of statements taken in, each page beside the same SQL through the bare driver.

``SANDUKU_BENCHMARK_STATEMENTS`` names the larger size (one million),
``SANDUKU_BENCHMARK_FOLDER`` a folder in which the shops are kept for the next run. Times are the
processor's, which are what is waited for on a machine that does nothing else.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest

from core.database.unit_of_work import Database
from core.model.reconciliations import ReconciliationStatus, StatementProvider
from core.permissions import Actor, Role
from core.services.lists.keyset import Seek
from core.services.lists.listings import ListOrder
from core.services.reconciliations.pages import (
    ReconciliationColumn,
    ReconciliationFilter,
    ReconciliationPages,
)
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import listed_folder
from tests.benchmarks.statements_shop import opened_statements
from tests.benchmarks.test_call_lists import bare_of
from tests.benchmarks.test_paper_lists import spent

SMALL = 10_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_STATEMENTS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
REPEATS = 7
QUESTIONS = {
    "newest": ReconciliationFilter(),
    "open": ReconciliationFilter(statuses=frozenset({ReconciliationStatus.IN_PROGRESS})),
    "MTN's that differ": ReconciliationFilter(
        providers=frozenset({StatementProvider.MTN}), differs=True
    ),
    "of a week": ReconciliationFilter(first_day=date(2024, 3, 4), last_day=date(2024, 3, 10)),
    "search: file": ReconciliationFilter(search="momo 2024-03"),
    "search: absent": ReconciliationFilter(search="zzzqqq"),
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = listed_folder(tmp_path_factory)
    made = {size: opened_statements(folder, size) for size in (SMALL, LARGE)}
    yield made
    for database in made.values():
        database.close()


def test_first_pages(shops: dict[int, Database]) -> None:
    print()
    for name, wanted in QUESTIONS.items():
        medians = {}
        for size, database in shops.items():
            lists = ReconciliationPages(database)

            def first_page(lists: ReconciliationPages = lists) -> object:
                return lists.ask(MANAGER, wanted).read(Seek(100))  # noqa: B023 - asked at once

            bare = bare_of(database, first_page)
            pairs = [(spent(bare), spent(first_page)) for _ in range(REPEATS)]
            floor_s, ours_s = zip(*pairs, strict=True)
            medians[size] = statistics.median(ours_s)
            print(ratio_line(f"{size:>9} {name}", ours_s, floor_s, "bare"))
        print(f"          growth {medians[LARGE] / medians[SMALL]:.2f}")


def test_the_next_page_from_anywhere(shops: dict[int, Database]) -> None:
    print()
    for size, database in shops.items():
        question = ReconciliationPages(database).ask(MANAGER, ReconciliationFilter())
        jumps_s, ours_s, floor_s = [], [], []
        chance = random.Random(2)
        for _ in range(8):
            place = chance.randrange(size - 300)
            jumps_s.append(spent(partial(question.rows, place, 100, total=size)))
            following = partial(question.rows, place + 100, 100, total=size)
            bare = bare_of(database, following)
            floor_s.append(spent(bare))
            ours_s.append(spent(following))
        print(ratio_line(f"{size:>9} next page", ours_s, floor_s, "bare"))
        print(
            f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.2f} ms,"
            f" worst {max(jumps_s) * 1000:.1f} ms"
        )


def test_any_order(shops: dict[int, Database]) -> None:
    print()
    for column in ReconciliationColumn:
        for size, database in shops.items():
            question = ReconciliationPages(database).ask(
                MANAGER, ReconciliationFilter(), ListOrder(column)
            )
            taken_s = [spent(partial(question.read, Seek(100))) for _ in range(3)]
            print(f"{size:>9} by {column}: {statistics.median(taken_s) * 1000:.2f} ms")


def test_totals(shops: dict[int, Database]) -> None:
    print()
    for name, wanted in QUESTIONS.items():
        for size, database in shops.items():
            lists = ReconciliationPages(database)
            taken_s = spent(partial(lists.totals, MANAGER, wanted))
            print(f"{size:>9} totals of {name}: {taken_s * 1000:.1f} ms")

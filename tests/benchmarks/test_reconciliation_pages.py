"""The list of statements taken in, each page beside the same SQL through the bare driver.

``SANDUKU_BENCHMARK_STATEMENTS`` names the larger size (one million),
``SANDUKU_BENCHMARK_FOLDER`` a folder in which the shops are kept for the next run. Times are the
processor's, which are what is waited for on a machine that does nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest

from core.database.unit_of_work import Database
from core.model.reconciliations import ReconciliationStatus, StatementProvider
from core.permissions import Actor, Role
from core.services.lists.listings import ListOrder
from core.services.reconciliations.pages import (
    ReconciliationColumn,
    ReconciliationFilter,
    ReconciliationPages,
)
from tests.benchmarks.list_measure import Asks, ListMeasure, spent
from tests.benchmarks.listed_shop import listed_folder
from tests.benchmarks.statements_shop import opened_statements

SMALL = 10_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_STATEMENTS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
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


@pytest.fixture(scope="module")
def measure(shops: dict[int, Database]) -> ListMeasure:
    return ListMeasure(shops, spent, repeats=7)


def asked(*wanted: Any) -> Asks:
    return lambda database: ReconciliationPages(database).ask(MANAGER, *wanted)


def test_first_pages(measure: ListMeasure) -> None:
    measure.first_pages({name: asked(wanted) for name, wanted in QUESTIONS.items()})


def test_the_next_page_from_anywhere(measure: ListMeasure) -> None:
    measure.next_pages(asked(ReconciliationFilter()))


def test_any_order(measure: ListMeasure) -> None:
    everything = ReconciliationFilter()
    measure.first_pages(
        {f"by {each}": asked(everything, ListOrder(each)) for each in ReconciliationColumn}
    )


def test_totals(measure: ListMeasure) -> None:
    def counted(wanted: ReconciliationFilter, database: Database) -> object:
        return ReconciliationPages(database).totals(MANAGER, wanted)

    measure.totals({name: partial(counted, wanted) for name, wanted in QUESTIONS.items()})

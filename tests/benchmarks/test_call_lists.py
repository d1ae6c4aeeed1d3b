"""The calls' table at any size, each page beside the very same SQL through the bare driver.

``SANDUKU_BENCHMARK_CALLS`` names the larger size (one million), ``SANDUKU_BENCHMARK_FOLDER`` a
folder in which the shops are kept for the next run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.calls import CallResult
from core.model.payments import RequestType, TransactionStatus
from core.permissions import Actor, Role
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn
from core.services.calls.lists import CallLists
from core.services.calls.pages import CallOrder
from tests.benchmarks.called_shop import make_called
from tests.benchmarks.list_measure import Asks, ListMeasure, clocked

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_CALLS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
MTN = "MTN Mobile Money"

QUESTIONS = {
    "newest": CallFilter(),
    "failed": CallFilter(result=CallResult.FAILED),
    "failed at MTN": CallFilter(result=CallResult.FAILED, gateway_name=MTN),
    "an error code": CallFilter(error_code="EXPIRED"),
    "refunds at MTN": CallFilter(request_type=RequestType.REFUND, gateway_name=MTN),
    "unresolved (rare)": CallFilter(statuses=frozenset({TransactionStatus.UNRESOLVED})),
    "unresolved or failed": CallFilter(
        statuses=frozenset({TransactionStatus.UNRESOLVED, TransactionStatus.FAILED})
    ),
    "at least 3 s": CallFilter(least_ms=3_000),
    "search: error text": CallFilter(search="confirm in time"),
    "search: part of an id": CallFilter(search="4711"),
    "search: reference": CallFilter(search="03-14-0012"),
    "search: absent": CallFilter(search="zzzqqq"),
    "search: two letters": CallFilter(search="xp"),
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    kept = os.environ.get("SANDUKU_BENCHMARK_FOLDER")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("called")
    made = {}
    for size in (SMALL, LARGE):
        path = folder / f"called-{size}.db"
        made[size] = Database(sqlite_url(path)) if path.exists() else make_called(path, size)
    yield made
    for database in made.values():
        database.close()


@pytest.fixture(scope="module")
def measure(shops: dict[int, Database]) -> ListMeasure:
    return ListMeasure(shops, clocked)


def asked(*wanted: Any) -> Asks:
    return lambda database: CallLists(database).ask(MANAGER, *wanted)


def test_first_pages(measure: ListMeasure) -> None:
    measure.first_pages({name: asked(wanted) for name, wanted in QUESTIONS.items()})


def test_the_next_page_from_anywhere(measure: ListMeasure) -> None:
    measure.next_pages(asked(CallFilter()))


def test_any_order(measure: ListMeasure) -> None:
    measure.first_pages(
        {f"by {column}": asked(CallFilter(), CallOrder(column)) for column in CallColumn}
    )


def test_totals(measure: ListMeasure) -> None:
    def counted(wanted: CallFilter, database: Database) -> object:
        return CallLists(database).totals(MANAGER, wanted)

    names = ("newest", "failed", "an error code", "at least 3 s", "search: error text")
    measure.totals({name: partial(counted, QUESTIONS[name]) for name in names})

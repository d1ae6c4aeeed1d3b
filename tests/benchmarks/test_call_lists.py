"""The calls' table at any size, each page beside the very same SQL through the bare driver.

``SANDUKU_BENCHMARK_CALLS`` names the larger size (one million), ``SANDUKU_BENCHMARK_FOLDER`` a
folder in which the shops are kept for the next run.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from core.database.driver_questions import DriverQuestion
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.calls import CallResult
from core.model.payments import RequestType, TransactionStatus
from core.permissions import Actor, Role
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn
from core.services.calls.lists import CallLists
from core.services.calls.pages import CallOrder
from core.services.lists.keyset import Seek
from tests.benchmarks.called_shop import make_called
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.test_payment_lists import timed

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_CALLS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
REPEATS = 15
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


def bare_of(database: Database, work: Callable[[], object]) -> Callable[[], object]:
    """Return the page that some work reads as the driver's own call."""
    seen: list[tuple[str, tuple[object, ...]]] = []
    answer = database.rows

    def keep(question: DriverQuestion, values: Mapping[str, object], *rest: Any) -> Sequence[Any]:
        seen.append((question.sql, question.values(values)))
        return answer(question, values, *rest)

    with patch.object(database, "rows", keep):
        work()
    connection = sqlite3.connect(str(database.engine.url.database))
    connection.execute("PRAGMA cache_size=-32000")
    sql, given = seen[-1]
    return lambda: connection.execute(sql, given).fetchall()


def _first_page(lists: CallLists, wanted: CallFilter) -> object:
    return lists.ask(MANAGER, wanted).read(Seek(100))


def test_first_pages(shops: dict[int, Database]) -> None:
    print()
    for name, wanted in QUESTIONS.items():
        medians = {}
        for size, database in shops.items():
            lists = CallLists(database)
            first_page = partial(_first_page, lists, wanted)
            bare = bare_of(database, first_page)
            ours_s, floor_s = [], []
            for _ in range(REPEATS):
                floor_s.append(timed(bare))
                ours_s.append(timed(first_page))
            medians[size] = statistics.median(ours_s)
            print(ratio_line(f"{size:>9} {name}", ours_s, floor_s, "bare"))
        print(f"          growth {medians[LARGE] / medians[SMALL]:.2f}")


def test_the_next_page_from_anywhere(shops: dict[int, Database]) -> None:
    print()
    for size, database in shops.items():
        question = CallLists(database).ask(MANAGER, CallFilter())
        jumps_s, ours_s, floor_s = [], [], []
        chance = random.Random(2)
        for _ in range(40):
            place = chance.randrange(size - 300)
            jumps_s.append(timed(partial(question.rows, place, 100, total=size)))
            following = partial(question.rows, place + 100, 100, total=size)
            bare = bare_of(database, following)
            floor_s.append(timed(bare))
            ours_s.append(timed(following))
        print(ratio_line(f"{size:>9} next page", ours_s, floor_s, "bare"))
        print(
            f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.2f} ms,"
            f" worst {max(jumps_s) * 1000:.1f} ms"
        )


def test_any_order(shops: dict[int, Database]) -> None:
    print()
    for column in CallColumn:
        for size, database in shops.items():
            question = CallLists(database).ask(MANAGER, CallFilter(), CallOrder(column))
            taken_s = [timed(partial(question.read, Seek(100))) for _ in range(5)]
            print(f"{size:>9} by {column}: {statistics.median(taken_s) * 1000:.2f} ms")


def test_totals(shops: dict[int, Database]) -> None:
    print()
    for name in ("newest", "failed", "an error code", "at least 3 s", "search: error text"):
        for size, database in shops.items():
            lists = CallLists(database)
            taken_s = timed(partial(lists.totals, MANAGER, QUESTIONS[name]))
            print(f"{size:>9} totals of {name}: {taken_s * 1000:.1f} ms")

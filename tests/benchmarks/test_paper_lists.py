"""The lists of invoices and of refunds, each page beside the same SQL through the bare driver.

``SANDUKU_BENCHMARK_PAPERS`` names the larger size (one million of each),
``SANDUKU_BENCHMARK_FOLDER`` a folder in which the shops are kept for the next run. Times are the
processor's, which are what is waited for on a machine that does nothing else.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.lists.keyset import PagedQuestion, Seek
from core.services.lists.listings import ListOrder
from core.services.papers.listed_papers import InvoiceColumn
from core.services.papers.lists import PaperLists
from core.services.papers.paper_filter import InvoiceState, PaperFilter
from core.services.payments.filters import RefundFilter
from core.services.refunds.pages import RefundColumn, RefundListFilter, RefundLists
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import listed_folder
from tests.benchmarks.papers_shop import opened_papers
from tests.benchmarks.test_call_lists import bare_of

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_PAPERS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
REPEATS = 7
WORDS = ("uwase", "uwase jean", "0788 123", "03-14-0012", "zzzqqq")
INVOICES = {
    "newest": PaperFilter(),
    "paid": PaperFilter(states=frozenset({InvoiceState.PAID})),
    "overdue": PaperFilter(states=frozenset({InvoiceState.OVERDUE})),
    "not sent": PaperFilter(is_sent=False),
    **{f"search: {words}": PaperFilter(search=words) for words in (*WORDS, "390/")},
}
_REQUESTED = frozenset({RefundStatus.REQUESTED})
_COMPLETED = frozenset({RefundStatus.COMPLETED})
REFUNDS = {
    "newest": RefundListFilter(),
    "requested (rare)": RefundListFilter(RefundFilter(statuses=_REQUESTED)),
    "completed": RefundListFilter(RefundFilter(statuses=_COMPLETED)),
    "cash": RefundListFilter(methods=frozenset({PaymentMethod.CASH})),
    "asked or decided by keza": RefundListFilter(RefundFilter(people=frozenset({"keza"}))),
    **{
        f"search: {words}": RefundListFilter(search=words) for words in (*WORDS, "CN-0000", "twice")
    },
}
Asks = Callable[..., PagedQuestion[Any]]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = listed_folder(tmp_path_factory)
    made = {size: opened_papers(folder, size) for size in (SMALL, LARGE)}
    yield made
    for database in made.values():
        database.close()


def _lists(database: Database) -> dict[str, tuple[Asks, dict[str, Any], list[ListOrder]]]:
    invoices = partial(PaperLists(database).invoices, MANAGER)
    refunds = partial(RefundLists(database).ask, MANAGER)
    return {
        "invoices": (invoices, INVOICES, [ListOrder(each) for each in InvoiceColumn]),
        "refunds": (refunds, REFUNDS, [ListOrder(each) for each in RefundColumn]),
    }


def spent(work: Callable[[], object]) -> float:
    began_s = time.thread_time()
    work()
    return time.thread_time() - began_s


@pytest.mark.parametrize("kind", ["invoices", "refunds"])
def test_first_pages(shops: dict[int, Database], kind: str) -> None:
    print()
    for name in _lists(shops[SMALL])[kind][1]:
        medians = {}
        for size, database in shops.items():
            ask, questions, _ = _lists(database)[kind]

            def first_page(ask: Asks = ask, wanted: Any = questions[name]) -> object:
                return ask(wanted).read(Seek(100))

            bare = bare_of(database, first_page)
            pairs = [(spent(first_page), spent(bare)) for _ in range(REPEATS)]
            ours_s, floor_s = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            medians[size] = statistics.median(ours_s)
            print(ratio_line(f"{size:>9} {kind}, {name}", ours_s, floor_s, "bare"))
        print(f"          growth {medians[LARGE] / medians[SMALL]:.2f}")


@pytest.mark.parametrize("kind", ["invoices", "refunds"])
def test_the_next_page_from_anywhere(shops: dict[int, Database], kind: str) -> None:
    print()
    for size, database in shops.items():
        ask, questions, _ = _lists(database)[kind]
        question = ask(questions["newest"])
        jumps_s, ours_s, floor_s = [], [], []
        chance = random.Random(2)
        for _ in range(10):
            place = chance.randrange(size - 300)
            jumps_s.append(spent(partial(question.rows, place, 100, total=size)))
            following = partial(question.rows, place + 100, 100, total=size)
            bare = bare_of(database, following)
            floor_s.append(spent(bare))
            ours_s.append(spent(following))
        print(ratio_line(f"{size:>9} {kind}, next page", ours_s, floor_s, "bare"))
        print(f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.1f} ms")


@pytest.mark.parametrize("kind", ["invoices", "refunds"])
def test_any_order(shops: dict[int, Database], kind: str) -> None:
    print()
    for size, database in shops.items():
        ask, questions, orders = _lists(database)[kind]
        for order in orders:
            asked = ask(questions["newest"], order)
            taken_s = [spent(partial(asked.read, Seek(100))) for _ in range(3)]
            print(f"{size:>9} {kind} by {order.column}: {statistics.median(taken_s) * 1000:.1f} ms")

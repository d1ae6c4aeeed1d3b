"""The lists of invoices and of refunds, each page beside the same SQL through the bare driver.

``SANDUKU_BENCHMARK_PAPERS`` names the larger size (one million of each),
``SANDUKU_BENCHMARK_FOLDER`` a folder in which the shops are kept for the next run. Times are the
processor's, which are what is waited for on a machine that does nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest

from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.lists.listings import ListOrder
from core.services.papers.listed_papers import InvoiceColumn
from core.services.papers.lists import PaperLists
from core.services.papers.paper_filter import InvoiceState, PaperFilter
from core.services.payments.filters import RefundFilter
from core.services.refunds.pages import RefundColumn, RefundListFilter, RefundLists
from tests.benchmarks.list_measure import Asks, ListMeasure, spent
from tests.benchmarks.listed_shop import listed_folder
from tests.benchmarks.papers_shop import opened_papers

SMALL = 100_000
LARGE = int(os.environ.get("SANDUKU_BENCHMARK_PAPERS", "1000000"))
MANAGER = Actor(1, "marie", Role.MANAGER)
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


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = listed_folder(tmp_path_factory)
    made = {size: opened_papers(folder, size) for size in (SMALL, LARGE)}
    yield made
    for database in made.values():
        database.close()


@pytest.fixture(scope="module")
def measure(shops: dict[int, Database]) -> ListMeasure:
    return ListMeasure(shops, spent, repeats=7)


def invoices(*wanted: Any) -> Asks:
    return lambda database: PaperLists(database).invoices(MANAGER, *wanted)


def refunds(*wanted: Any) -> Asks:
    return lambda database: RefundLists(database).ask(MANAGER, *wanted)


@pytest.mark.parametrize(("asked", "questions"), [(invoices, INVOICES), (refunds, REFUNDS)])
def test_first_pages(
    measure: ListMeasure, asked: Callable[..., Asks], questions: Mapping[str, Any]
) -> None:
    measure.first_pages({name: asked(wanted) for name, wanted in questions.items()})


@pytest.mark.parametrize(
    ("asked", "everything"), [(invoices, PaperFilter()), (refunds, RefundListFilter())]
)
def test_the_next_page_from_anywhere(
    measure: ListMeasure, asked: Callable[..., Asks], everything: Any
) -> None:
    measure.next_pages(asked(everything))


@pytest.mark.parametrize(
    ("asked", "everything", "columns"),
    [(invoices, PaperFilter(), InvoiceColumn), (refunds, RefundListFilter(), RefundColumn)],
)
def test_any_order(
    measure: ListMeasure, asked: Callable[..., Asks], everything: Any, columns: type[StrEnum]
) -> None:
    measure.first_pages(
        {f"by {column}": asked(everything, ListOrder(column)) for column in columns}
    )

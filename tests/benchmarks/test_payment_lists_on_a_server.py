"""The payments table on PostgreSQL at any size, each page beside the same SQL through psycopg.

``SANDUKU_BENCHMARK_PAYMENTS`` names the size (one million). The rows are streamed in once.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.database.bulk import insert_rows
from core.database.day_sums import fill_statements
from core.database.engine import open_engine
from core.database.postgresql.schema import create_shop
from core.database.schema import NEWEST_REVISION
from core.database.unit_of_work import Database
from core.services.lists.keyset import Seek
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.lists import PaymentLists
from core.services.payments.orders import PaymentOrder
from tests.benchmarks.list_measure import ListMeasure, clocked
from tests.benchmarks.listed_shop import COLUMNS, rows_of
from tests.benchmarks.test_payment_lists import (
    COUNTED,
    FILTERED,
    LARGE,
    MANAGER,
    QUESTIONS,
    asked,
    counted,
)
from tests.postgresql import PostgresqlServer

WORSE_THAN_WANTED = 1.5
_NAME = "listed"


@pytest.fixture(scope="module")
def database(postgresql_server: PostgresqlServer) -> Iterator[Database]:
    postgresql_server.execute(f"CREATE DATABASE {_NAME}")
    address = postgresql_server.url(_NAME)
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        create_shop(connection, NEWEST_REVISION, _fill)
    engine.dispose()
    postgresql_server.execute("VACUUM ANALYZE", database=_NAME)
    opened = Database(address)
    yield opened
    opened.close()
    postgresql_server.execute(f"DROP DATABASE {_NAME} WITH (FORCE)")


def _fill(connection: Connection) -> None:
    insert_rows(Session(connection), "payment", COLUMNS, rows_of(LARGE))
    for statement in fill_statements("payment", on_server=True):
        connection.exec_driver_sql(statement)


@pytest.fixture(scope="module")
def measure(database: Database) -> ListMeasure:
    return ListMeasure({LARGE: database}, clocked)


def test_first_pages(measure: ListMeasure) -> None:
    ratios = measure.first_pages({name: asked(wanted) for name, wanted in QUESTIONS.items()})
    worse = {name: ratio for name, ratio in ratios.items() if ratio > WORSE_THAN_WANTED}
    print(f"          above {WORSE_THAN_WANTED}: {worse or 'none'}")


def test_any_order(measure: ListMeasure) -> None:
    measure.first_pages(
        {
            f"by {column}": asked(PaymentFilter(), PaymentOrder(column, descending=True))
            for column in PaymentColumn
        }
    )


def test_the_next_page_from_anywhere(database: Database) -> None:
    measure = ListMeasure({LARGE: database}, clocked, repeats=40)
    measure.next_pages(asked(PaymentFilter()), knows_total=False)


def test_any_order_of_a_filter(database: Database) -> None:
    print()
    for name, wanted in FILTERED.items():
        told = []
        for column in PaymentColumn:
            order = PaymentOrder(column, descending=True)
            question = PaymentLists(database).ask(MANAGER, wanted, order)
            told.append((clocked(partial(question.read, Seek(100))) * 1000, column.value))
        middle_ms = statistics.median(each for each, _ in told)
        worst_ms, by = max(told)
        print(f"{LARGE:>9} {name} by any column: {middle_ms:.1f} ms, worst {worst_ms:.1f} by {by}")


def test_totals(measure: ListMeasure) -> None:
    measure.totals({name: counted(QUESTIONS[name]) for name in COUNTED})

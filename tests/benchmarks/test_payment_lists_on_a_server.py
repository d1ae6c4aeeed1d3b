"""The payments table on PostgreSQL at any size, each page beside the same SQL through psycopg.

``SANDUKU_BENCHMARK_PAYMENTS`` names the size (one million). The rows are streamed in once.
"""

from __future__ import annotations

import random
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
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import COLUMNS, rows_of
from tests.benchmarks.test_payment_lists import (
    FILTERED,
    LARGE,
    MANAGER,
    QUESTIONS,
    Bare,
    beside,
    timed,
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


def test_first_pages(database: Database) -> None:
    print()
    ratios = {}
    for name, wanted in QUESTIONS.items():
        ours_s, floor_s = beside(database, wanted, Seek(100))
        ratios[name] = statistics.median(a / b for a, b in zip(ours_s, floor_s, strict=True))
        print(ratio_line(f"{LARGE:>9} {name}", ours_s, floor_s, "psycopg"))
    worse = {name: ratio for name, ratio in ratios.items() if ratio > WORSE_THAN_WANTED}
    print(f"          above {WORSE_THAN_WANTED}: {worse or 'none'}")


def test_any_order(database: Database) -> None:
    print()
    for column in PaymentColumn:
        order = PaymentOrder(column, descending=True)
        question = PaymentLists(database).ask(MANAGER, PaymentFilter(), order)
        driver = Bare(database)
        read = partial(question.read, Seek(100))
        bare = driver.of(read)
        pairs = [(timed(read), timed(bare)) for _ in range(5)]
        driver.close()
        print(
            ratio_line(
                f"{LARGE:>9} by {column}", [a for a, _ in pairs], [b for _, b in pairs], "psycopg"
            )
        )


def test_the_next_page_from_anywhere(database: Database) -> None:
    print()
    question = PaymentLists(database).ask(MANAGER, PaymentFilter())
    driver = Bare(database)
    jumps_s, ours_s, floor_s = [], [], []
    chance = random.Random(2)
    for _ in range(40):
        place = chance.randrange(LARGE - 300)
        jumps_s.append(timed(partial(question.rows, place, 100)))
        following = partial(question.rows, place + 100, 100)
        floor_s.append(timed(driver.of(following)))
        ours_s.append(timed(following))
    driver.close()
    print(ratio_line(f"{LARGE:>9} next page", ours_s, floor_s, "psycopg"))
    print(f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.2f} ms")


def test_any_order_of_a_filter(database: Database) -> None:
    print()
    for name, wanted in FILTERED.items():
        told = []
        for column in PaymentColumn:
            order = PaymentOrder(column, descending=True)
            question = PaymentLists(database).ask(MANAGER, wanted, order)
            told.append((timed(partial(question.read, Seek(100))) * 1000, column.value))
        middle_ms = statistics.median(each for each, _ in told)
        worst_ms, by = max(told)
        print(f"{LARGE:>9} {name} by any column: {middle_ms:.1f} ms, worst {worst_ms:.1f} by {by}")


def test_totals(database: Database) -> None:
    print()
    for name in ("newest", "completed", "search: common name", "search: two names"):
        lists = PaymentLists(database)
        taken_s = timed(partial(lists.totals, MANAGER, QUESTIONS[name]))
        print(f"{LARGE:>9} totals of {name}: {taken_s * 1000:.1f} ms")

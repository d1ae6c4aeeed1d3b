"""A shop with up to millions of calls to gateways, written fast and indexed at the end."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from core.database.call_search import fill_statement
from core.database.day_sums import fill_statements
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from tests.benchmarks.listed_shop import FIRST, make

PAYMENTS = 100_000
_SPAN_S = 3 * 365 * 86_400
_GATEWAYS = ("MTN Mobile Money", "MTN Mobile Money", "Airtel Money")
_ERRORS = (
    ("LOW_BALANCE", "The customer has not enough money on the account."),
    ("EXPIRED", "The customer did not confirm in time."),
    ("timeout", "No answer came within 30 seconds."),
)
_COLUMNS = (
    "payment_id", "transaction_id", "gateway_name", "request_type", "request_data",
    "response_data", "response_code", "response_message", "status", "success",
    "processing_time_ms", "error_code", "error_message", "request_at", "response_at",
)  # fmt: skip


def make_called(path: Path, calls: int) -> Database:
    """Make a shop's file with a hundred thousand payments and so many calls, and open it."""
    make(path, PAYMENTS).close()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        parts = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'payment_transaction'"
            " AND sql NOT NULL AND type IN ('index', 'trigger')"
        ).fetchall()
        connection.execute("BEGIN")
        for kind, name, _ in parts:
            connection.execute(f"DROP {kind} {name}")
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(
            f"INSERT INTO payment_transaction ({', '.join(_COLUMNS)}) VALUES ({marks})",
            _rows(calls),
        )
        for statement in (*fill_statements("payment_transaction"), fill_statement()):
            connection.execute(statement)
        for _, _, sql in parts:
            connection.execute(sql)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return Database(sqlite_url(path))


def _rows(calls: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(8)
    for number in range(calls):
        at = FIRST + timedelta(seconds=number * _SPAN_S // calls, microseconds=number % 1_000)
        moment = f"{at:%Y-%m-%d %H:%M:%S.%f}"
        took_ms = round(chance.lognormvariate(6, 0.7))
        success = chance.random() < 0.95
        code, told = ("", "") if success else chance.choice(_ERRORS)
        refund = chance.random() < 0.01
        request = "REFUND" if refund else chance.choice(("INITIATE", "QUERY", "QUERY"))
        status = chance.choice(("pending", "succeeded")) if success else "failed"
        if chance.random() < 0.0005:
            status = "unresolved"
        yield (
            number % PAYMENTS + 1, f"{chance.getrandbits(36):011d}", chance.choice(_GATEWAYS),
            request, '{"amount": "15000", "externalId": "ORD-1"}',
            '{"status": "PENDING", "payer": {"partyId": "250788123456"}}',
            "200" if success else "500", "Accepted" if success else "", status, success,
            took_ms, code, told, moment, moment,
        )  # fmt: skip

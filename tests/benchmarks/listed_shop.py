"""A shop of up to ten million payments with the words people search for, made as fast as can be.

The rows go in without the triggers and indexes of the shop, which are put back over all of them.
The index over parts of words is in such pieces as in a shop that grew payment by payment: nearly
everything in a large one, high up, and the newest payments in many small ones. Left low, the large
one would be joined with the small ones after a few thousand payments.
"""

from __future__ import annotations

import math
import os
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database import schema
from core.database.day_sums import fill_statements
from core.database.engine import sqlite_url
from core.database.payment_search import SEARCH_TABLE, row_number, searched_text
from core.database.unit_of_work import Database

FIRST = datetime(2023, 7, 1, 5, tzinfo=UTC)
_SPAN_S = 3 * 365 * 86_400
_GIVEN = ("Aline", "Jean", "Eric", "Claire", "Marie", "Innocent", "Diane", "Patrick", "Olive",
          "Emmanuel", "Grace", "Claude", "Josiane", "Fabrice", "Yvonne")  # fmt: skip
_FAMILY = ("Uwase", "Mugisha", "Habimana", "Niyonzima", "Ingabire", "Mukamana", "Ndayisaba",
           "Uwimana", "Bizimana", "Nshimiyimana", "Iradukunda", "Hakizimana")  # fmt: skip
_PRICES = (500, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 50_000)
_METHODS = (
    ("mtn_mobile_money", "MTN Mobile Money"),
    ("mtn_mobile_money", "MTN Mobile Money"),
    ("airtel_money", "Airtel Money"),
    ("cash", ""),
    ("bank_transfer", ""),
    ("card", ""),
)
_NEWEST = 50_000
_SET_PIECES = f"INSERT INTO {SEARCH_TABLE}({SEARCH_TABLE}, rank) VALUES ('hashsize', ?)"
_JOIN_PIECES = f"INSERT INTO {SEARCH_TABLE}({SEARCH_TABLE}) VALUES ('optimize')"
_LEVELS = f"SELECT block FROM {SEARCH_TABLE}_data WHERE id = 10"
_SET_LEVELS = f"UPDATE {SEARCH_TABLE}_data SET block = ? WHERE id = 10"
_INDEX = (
    f"INSERT INTO {SEARCH_TABLE}(rowid, text)"
    f" SELECT {row_number('payment')}, {searched_text('payment')} FROM payment"
)
COLUMNS = (
    "id", "payment_id", "payment_method", "payment_type", "amount_minor", "currency", "status",
    "transaction_id", "transaction_reference", "customer_name", "phone_number", "account_number",
    "invoice_number", "invoice_generated", "reconciled", "reconciled_by", "customer_notes",
    "error_message", "refund_reason", "gateway_name", "payment_link", "created_by", "created_at",
    "paid_at", "updated_at", "claimed_transaction_id", "card_approval_code", "card_last4",
    "version",
)  # fmt: skip


def listed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder the shops are kept in: ``SANDUKU_BENCHMARK_FOLDER``, or one for now."""
    kept = os.environ.get("SANDUKU_BENCHMARK_FOLDER")
    return Path(kept) if kept else tmp_path_factory.mktemp("listed")


def opened(folder: Path, payments: int) -> Database:
    """Return the shop of so many payments that is kept in a folder, made there if it is not."""
    path = folder / f"listed-{payments}.db"
    return Database(sqlite_url(path)) if path.exists() else make(path, payments)


def make(path: Path, payments: int) -> Database:
    """Make a shop's file with so many payments, and open it."""
    database = Database(sqlite_url(path))
    schema.upgrade(database.engine)
    database.close()
    with closing(_connection(path)) as connection:
        connection.execute("PRAGMA cache_size=-1500000")
        _fill(connection, payments)
    # What a connection knows of the index's pieces, it does not read again.
    with closing(_connection(path)) as connection:
        _grow(connection, payments)
    return Database(sqlite_url(path))


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    # A half-made shop is thrown away, so that nothing need be written twice.
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def _fill(connection: sqlite3.Connection, payments: int) -> None:
    parts = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'payment' AND sql NOT NULL"
        " AND type IN ('index', 'trigger')"
    ).fetchall()
    connection.execute("BEGIN")
    for kind, name, _ in parts:
        connection.execute(f"DROP {kind} {name}")
    marks = ", ".join("?" * len(COLUMNS))
    connection.executemany(
        f"INSERT INTO payment ({', '.join(COLUMNS)}) VALUES ({marks})", rows_of(payments)
    )
    for statement in fill_statements("payment"):
        connection.execute(statement)
    # Few large pieces are written sooner than many small ones.
    connection.execute(_SET_PIECES, (256 * 1024 * 1024,))
    connection.execute(f"{_INDEX} WHERE id <= ? ORDER BY id", (payments - _newest(payments),))
    connection.execute(_JOIN_PIECES)
    connection.execute(_SET_PIECES, (1024 * 1024,))
    for _, _, sql in parts:
        connection.execute(sql)
    connection.execute("COMMIT")


def _grow(connection: sqlite3.Connection, payments: int) -> None:
    """Index the newest payments as they come in a shop: each in a transaction of its own."""
    newest = _newest(payments)
    _lift(connection, payments)
    one_by_one = ((key,) for key in range(payments - newest + 1, payments + 1))
    connection.executemany(f"{_INDEX} WHERE id = ?", one_by_one)


def _newest(payments: int) -> int:
    return min(_NEWEST, payments // 10)


def _lift(connection: sqlite3.Connection, payments: int) -> None:
    """Put the one piece there is on the level it has in a shop that grew.

    A level's pieces are joined eight at a time, which makes four pages of the first sixteen
    payments and half a million of four million: on the seventh level. The record that tells the
    levels begins with a mark of four bytes, how many levels, pieces and pages written there are
    (numbers of seven bits a byte); then each level's pieces follow
    (https://www.sqlite.org/fts5.html, fts5_index.c: "STRUCTURE RECORD").
    """
    (record,) = connection.execute(_LEVELS).fetchone()
    place = 4
    for _ in range(3):
        while record[place] & 0x80:
            place += 1
        place += 1
    missing = round(math.log10(payments)) + 1 - record[4]
    lifted = record[:4] + bytes([record[4] + missing]) + record[5:place]
    lifted += bytes(2 * missing) + record[place:]
    connection.execute(_SET_LEVELS, (lifted,))


def rows_of(payments: int) -> Iterator[tuple[object, ...]]:
    """Yield so many payments as the database stores them, in the order of ``COLUMNS``."""
    chance = random.Random(4)
    for key in range(1, payments + 1):
        at = FIRST + timedelta(seconds=key * _SPAN_S // payments, microseconds=key % 1_000)
        method, gateway = chance.choice(_METHODS)
        dice = chance.random()
        status = "completed" if dice < 0.92 else "failed" if dice < 0.97 else "cancelled"
        if key > payments - 2_000 and dice > 0.98:
            status = "pending"
        moment = f"{at:%Y-%m-%d %H:%M:%S.%f}"
        paid = moment if status == "completed" else None
        yield (
            key, str(uuid.UUID(int=chance.getrandbits(128), version=4)), method, "order_payment",
            chance.choice(_PRICES), "RWF", status,
            f"{chance.getrandbits(36):011d}" if gateway else None,
            f"ORD-{at:%Y-%m-%d}-{key % 10_000:04d}",
            f"{chance.choice(_FAMILY)} {chance.choice(_GIVEN)}",
            f"+25078{chance.randrange(10**7):07d}" if gateway else "", "",
            f"INV-{at:%Y%m%d}-{key % 100_000:05d}-{key}" if paid else None, bool(paid),
            bool(paid) and dice < 0.8, "", "", "", "", gateway, "",
            ("aline", "bosco", "claire")[key % 3], moment, paid, moment, "", "", "", 1,
        )  # fmt: skip

"""The shop's file while it is carried over: nobody else's, in order, read stretch by stretch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from core.database.consistency import check_within
from core.database.engine import open_engine, sqlite_url, storage_error
from core.database.moved_mark import MOVED, MovedMark, find_mark
from core.database.schema import NEWEST_REVISION
from core.errors import NotFoundError, StorageError
from core.model.base import Base

NOTHING_MOVED = "Nothing was moved."

ROWS_AT_ONCE = 5_000
"""How many rows are in hand at a time, of however many there are."""

_OWN = frozenset({"alembic_version"})
_SEARCH = ("payment_search", "call_search", "refund_search", "sqlite_")


@contextmanager
def held(file: Path) -> Iterator[Connection]:
    """Open a shop's file that nobody else has open, and keep everybody out meanwhile.

    Raises:
        NotFoundError: there is no such file.
        StorageError: it is open elsewhere, or it cannot be read.

    """
    if not file.is_file():
        raise NotFoundError(f"{NOTHING_MOVED} There is no shop at {file}.")
    engine = open_engine(sqlite_url(file))
    event.listen(engine, "connect", _be_alone, insert=True)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        if "locked" in str(error.orig):
            raise StorageError(
                f"{NOTHING_MOVED} The shop is open in a window or another program: close it first.",
                details=str(error.orig),
            ) from error
        raise storage_error(error) or error from error
    finally:
        engine.dispose()


def _be_alone(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # Before the first look at the file: the lock is then held from that look on, for as long as
    # the connection lives, against readers too.
    connection.execute("PRAGMA busy_timeout=1000").fetchall()
    connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()


def mark_of(connection: Connection) -> MovedMark | None:
    """Return the mark of a file that was carried over before; None where it is a shop.

    Raises:
        StorageError: it is no shop of this version.

    """
    tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    if not {"alembic_version", "payment", "audit_entry"} <= tables:
        raise StorageError(f"{NOTHING_MOVED} The file is not a shop of this program.")
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version == MOVED:
        return find_mark(connection)
    if version != NEWEST_REVISION:
        raise StorageError(
            f"{NOTHING_MOVED} The shop stands at version {version}, this program at"
            f" {NEWEST_REVISION}: run “sanduku database upgrade”, or update the program."
        )
    known = {table.name for table in Base.metadata.sorted_tables} | _OWN
    strange = sorted(name for name in tables - known if not name.startswith(_SEARCH))
    if strange:
        raise StorageError(
            f"{NOTHING_MOVED} The file holds a table that is not the shop's: {strange[0]}."
        )
    return None


def require_order(connection: Connection) -> None:
    """Refuse a shop whose books do not agree with themselves.

    Raises:
        StorageError: with the first sentence of the check.

    """
    problems = check_within(connection)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise StorageError(
            f"{NOTHING_MOVED} The books do not agree with themselves: {problems[0]}{more}",
            details="\n".join(problems),
        )


def stored_columns(table: Table) -> list[str]:
    """Return the columns of a table that are written, not computed by the database."""
    return [column.name for column in table.columns if column.computed is None]


def select_of(connection: Connection, table: Table, *, in_order: bool = False) -> str:
    """Return the question for a table's rows, as either database understands it."""
    quoted = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(name) for name in stored_columns(table))
    order = ", ".join(quoted(column.name) for column in table.primary_key)
    ordered = f" ORDER BY {order}" if in_order else ""
    return f"SELECT {columns} FROM {quoted(table.name)}{ordered}"  # noqa: S608 - our own names


def stretches(connection: Connection, question: str) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows of a question as the file stores them, some thousands at a time."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.execute(question)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows
    finally:
        cursor.close()

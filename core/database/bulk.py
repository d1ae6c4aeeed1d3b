"""Rows by the ten thousand, written the driver's own way: a third of the time of any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Integer, func, select, text
from sqlalchemy.orm import Session

from core.database.call_search import CALL_SEARCH_TABLE
from core.database.engine import CACHE_KIB, is_server
from core.database.payment_search import SEARCH_TABLE
from core.database.refund_search import REFUND_SEARCH_TABLE
from core.model.base import Base

_ROWS_AT_ONCE = 50
"""A statement whose rows guards look at prepares to be undone: a third of what a row costs where
each has a statement of its own. More at once bring no more."""

_ROOM_KIB = 128_000


@contextmanager
def room_for_many(session: Session) -> Iterator[None]:
    """Keep what is written meanwhile in memory until the commit, by the hundred thousand rows.

    What does not fit in the memory a connection has for a shop's own file is written early, read
    again for the next row that belongs beside it, and written once more.
    """
    connection = session.connection()
    if is_server(connection):
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{_ROOM_KIB}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


def insert_rows(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows given as SQLite stores them: moments and days as text, lists as JSON text.

    On a server they go as one stream (``COPY``), which asks for the same rights as an ``INSERT``
    but works on no table with row policies.
    """
    connection = session.connection()
    named = ", ".join(columns)
    if not is_server(connection):
        _insert_in_file(connection, f"{table} ({named})", len(columns), list(rows))
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert_in_file(
    connection: Connection, into: str, width: int, rows: Sequence[Sequence[object]]
) -> None:
    whole = len(rows) - len(rows) % _ROWS_AT_ONCE
    for some, at_once in ((rows[:whole], _ROWS_AT_ONCE), (rows[whole:], 1)):
        if some:
            marks = ", ".join([f"({', '.join('?' * width)})"] * at_once)
            connection.exec_driver_sql(
                f"INSERT INTO {into} VALUES {marks}",  # noqa: S608 - our own names
                [
                    tuple(chain.from_iterable(some[start : start + at_once]))
                    for start in range(0, len(some), at_once)
                ],
            )


def take_keys(session: Session, model: type[Base], count: int) -> int:
    """Return the first of so many free keys of a table, which nobody else is given.

    The unit of work that asks must be alone in the shop.
    """
    table = model.__table__
    last: int = session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    if is_server(session.connection()) and count:
        sequence = f"pg_get_serial_sequence('{model.__tablename__}', 'id')"
        drawn = session.scalar(text(f"SELECT nextval({sequence})"))
        last = max(last, int(drawn or 1) - 1)
        session.execute(text(f"SELECT setval({sequence}, :last)"), {"last": last + count})
    return last + 1


def draw_keys_after(connection: Connection) -> None:
    """Let a server draw keys after those that rows were given by hand; SQLite does by itself."""
    if not is_server(connection):
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, Integer):
            name = connection.dialect.identifier_preparer.quote(table.name)
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608 - our own names
                    " HAVING max(id) IS NOT NULL"
                )
            )


def join_search_pieces(connection: Connection) -> None:
    """Make each index over parts of words one piece, after rows by the ten thousand.

    What so many rows in one transaction leave in pieces, SQLite would join when a later row comes
    (https://www.sqlite.org/fts5.html#the_crisismerge_configuration_option): a payment would wait
    for it, seconds in a large shop. A server's indexes have no pieces.
    """
    if is_server(connection):
        return
    for table in (SEARCH_TABLE, CALL_SEARCH_TABLE, REFUND_SEARCH_TABLE):
        connection.exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - our own names

"""Rows by the ten thousand, written the driver's own way: a third of the time of any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Integer, func, select, text
from sqlalchemy.orm import Session

from core.database.call_search import CALL_SEARCH_TABLE
from core.database.engine import CACHE_KIB, is_server
from core.database.payment_search import SEARCH_TABLE
from core.database.refund_search import REFUND_SEARCH_TABLE
from core.model.base import Base

_STRETCH = 5_000
"""So many rows are made before the database is given them."""
_AT_ONCE = (1_000, 50, 1)
"""Rows to a statement. One whose rows guards look at prepares to be undone: a third of what a row
costs where each has a statement of its own. The longer one runs, the less it waits for a thread
that makes rows meanwhile; SQLite takes 32 766 values, more than a thousand of the widest rows."""

P = ParamSpec("P")
R = TypeVar("R")

_ROOM_KIB = 128_000


@contextmanager
def room_for_many(session: Session, room_kib: int = _ROOM_KIB) -> Iterator[None]:
    """Keep what is written meanwhile in memory until the commit, by the hundred thousand rows.

    What does not fit in the memory a connection has for a shop's own file is written early, read
    again for the next row that belongs beside it, and written once more.
    """
    connection = session.connection()
    if is_server(connection):
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{room_kib}")
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
    for write in _writes(session.connection(), table, columns, rows):
        write()


class Beside:
    """The database at work on a thread of its own, on one thing after another.

    Whoever asks goes on making rows meanwhile, and leaves the session alone until all is done.
    """

    def __init__(self, connection: Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread
        self._asked: list[Future[Any]] = []

    def ask(self, work: Callable[P, R], /, *args: P.args, **words: P.kwargs) -> Future[R]:
        """Have something done after all that was asked before."""
        future = self._thread.submit(work, *args, **words)
        self._asked.append(future)
        return future

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Have rows written as :func:`insert_rows` does, while those that follow are made."""
        for write in _writes(self._connection, table, columns, rows):
            self.ask(write)

    def wait(self) -> None:
        """Wait until all is done; raises what went wrong first."""
        for future in self._asked:
            future.result()


@contextmanager
def beside(session: Session) -> Iterator[Beside]:
    """Let the database work meanwhile; at the end all that was asked of it is done."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside") as thread:
        try:
            asked = Beside(session.connection(), thread)
            yield asked
            asked.wait()
        finally:
            thread.shutdown(cancel_futures=True)


def _writes(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[Callable[[], object]]:
    """Yield what writes the rows, a stretch at a time as they are made."""
    into = f"{table} ({', '.join(columns)})"
    coming = iter(rows)
    while stretch := list(islice(coming, _STRETCH)):
        if is_server(connection):
            yield partial(_copy, connection, into, stretch)
        else:
            yield from _inserts(connection, into, len(columns), stretch)


def _copy(connection: Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _inserts(
    connection: Connection, into: str, width: int, rows: Sequence[Sequence[object]]
) -> Iterator[Callable[[], object]]:
    row = f"({', '.join('?' * width)})"
    start = 0
    for at_once in _AT_ONCE:
        end = len(rows) - (len(rows) - start) % at_once
        if start < end:
            values = [
                tuple(chain.from_iterable(rows[first : first + at_once]))
                for first in range(start, end, at_once)
            ]
            marks = ", ".join([row] * at_once)
            yield partial(
                connection.exec_driver_sql,
                f"INSERT INTO {into} VALUES {marks}",  # noqa: S608 - our own names
                values,
            )
            start = end


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

"""Counts what was carried over, and compares it value by value with where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, zip_longest
from typing import Any

from psycopg.adapt import Buffer, Loader
from sqlalchemy import Connection, DateTime, Table, text

from core.database.moving.contract import MovedChain, MovedMoney
from core.database.moving.source import NOTHING_MOVED, ROWS_AT_ONCE, select_of, stretches
from core.database.postgresql.stored_forms import give_stored_forms
from core.errors import StorageError

_AMOUNTS = (
    ("payment", "status", "amount_minor"),
    ("refund_request", "status", "refund_amount_minor"),
    ("statement_line", "'all'", "amount_minor"),
    ("invoice", "'all'", "total_minor"),
    ("credit_note", "'all'", "amount_minor"),
    ('"order"', "'all'", "total_minor"),
)

_HEADS = """
    SELECT a.user_name, a.sequence, a.entry_hash FROM audit_entry a JOIN (
        SELECT user_name, MAX(sequence) AS last FROM audit_entry GROUP BY user_name
    ) AS m ON m.user_name = a.user_name AND m.last = a.sequence ORDER BY a.user_name"""


def money_in(connection: Connection) -> tuple[MovedMoney, ...]:
    """Return how much money lies in each table of amounts, by state and currency."""
    found = []
    for table, state, amount in _AMOUNTS:
        rows = connection.execute(
            text(
                f"SELECT {state} AS state, currency, COUNT(*), SUM({amount}) FROM {table}"  # noqa: S608 - our own names
                " GROUP BY 1, 2 ORDER BY 1, 2"
            )
        )
        found += [MovedMoney(table.strip('"'), *row) for row in rows]
    return tuple(found)


def chains_in(connection: Connection) -> tuple[MovedChain, ...]:
    """Return where each person's chain in the audit trail stands."""
    return tuple(MovedChain(*row) for row in connection.execute(text(_HEADS)))


def compare_table(source: Connection, target: Connection, table: Table) -> int:
    """Return how many rows a table has, the same in both; each value of each row is compared.

    Raises:
        StorageError: they differ, with the table and the row.

    """
    question = select_of(source, table, in_order=True)
    there = _rows_on_server(target, select_of(target, table, in_order=True))
    moments = [
        place
        for place, column in enumerate(each for each in table.columns if each.computed is None)
        if isinstance(getattr(column.type, "impl", column.type), DateTime)
    ]
    rows = 0
    for mine, carried in zip_longest(chain.from_iterable(stretches(source, question)), there):
        if mine is None or carried is None or not _alike(mine, carried, moments):
            raise StorageError(
                f"{NOTHING_MOVED} Row {rows + 1} of {table.name} did not arrive as it was sent.",
                details=f"sent: {mine!r}\narrived: {carried!r}",
            )
        rows += 1
    return rows


def _alike(mine: Sequence[Any], carried: Sequence[Any], moments: list[int]) -> bool:
    if mine == carried:
        return True
    usual = list(mine)
    for place in moments:
        usual[place] = _usual_moment(mine[place])
    return tuple(usual) == carried


def _usual_moment(stored: Any) -> Any:
    """Return a moment with all the digits the program writes; older ones may lack some."""
    if not isinstance(stored, str):
        return stored
    try:
        moment = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


class _AsItStands(Loader):
    """Gives JSON as the text it is kept as."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


def _rows_on_server(connection: Connection, question: str) -> Iterator[tuple[Any, ...]]:
    """Yield a question's rows in the forms a file stores, some thousands in hand at a time."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor("compared") as cursor:
        give_stored_forms(cursor)
        cursor.adapters.register_loader("json", _AsItStands)
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(question)
        yield from cursor

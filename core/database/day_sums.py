"""The triggers that keep the days' sums true, in the very transaction that changes a payment.

Nothing is ever out of date and nothing is rebuilt when read: whoever changes a payment, by
service, import or raw SQL, changes the sums with it or not at all. Each trigger takes the old row
out of its day and puts the new one into its own. On a server the sums of a day are spread over
slots (:mod:`core.database.postgresql.many_desks`); whoever reads adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import SHOP_ZONE
from core.database.guard_statements import Trigger, any_changed

_SLOT = "sanduku.day_sum_slot()"
_SHIFT_HOURS = int(SHOP_ZONE.utcoffset(None).total_seconds()) // 3600


def local_day(moment: str) -> str:
    """Return SQL for the shop's day of a stored moment.

    The fraction of the second is cut off first, as SQLite rounds it, and a payment of
    21:59:59.9996 UTC would fall on the next day. Beyond the calendar's last day the day of UTC
    stands.
    """
    return (
        f"COALESCE(date(substr({moment}, 1, 19), '+{_SHIFT_HOURS} hours'), substr({moment}, 1, 10))"
    )


def server_local_day(moment: str) -> str:
    """Return SQL for the shop's day of a moment as PostgreSQL spells it."""
    return f"CAST(({moment} AT TIME ZONE 'UTC') + INTERVAL '{_SHIFT_HOURS} hours' AS date)"


def _for_server(sql: str) -> str:
    """Return a sum's part as PostgreSQL spells it: its days, and a yes or no that is added."""
    for moment in _MOMENTS:
        for row in ("NEW", "OLD", "payment", "payment_transaction"):
            sql = sql.replace(local_day(f"{row}.{moment}"), server_local_day(f"{row}.{moment}"))
    for row in ("NEW", "OLD", "payment_transaction"):
        timed = f"({row}.processing_time_ms IS NOT NULL)"
        sql = sql.replace(timed, f"CAST({timed} AS integer)")
    return sql


@dataclass(frozen=True, slots=True)
class _Sum:
    """One row of ``source`` in one kind of sum: its key columns, and what it adds.

    ``{0}`` stands for NEW or OLD where a trigger speaks, and for the table when all is summed.
    """

    table: str
    source: str
    key: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]
    condition: str = "1"


def _payment_sum(basis: str, moment: str) -> _Sum:
    return _Sum(
        table="payment_day",
        source="payment",
        key=(
            ("basis", f"'{basis}'"),
            ("day", local_day(f"{{0}}.{moment}")),
            *(
                (column, f"{{0}}.{column}")
                for column in ("currency", "payment_method", "status", "reconciled")
            ),
        ),
        added=(("payments", "1"), ("amount_minor", "{0}.amount_minor")),
        condition=f"{{0}}.{moment} IS NOT NULL",
    )


_SUMS = (
    _payment_sum("created", "created_at"),
    _payment_sum("paid", "paid_at"),
    _Sum(
        table="call_day",
        source="payment_transaction",
        key=(
            ("day", local_day("{0}.request_at")),
            *(
                (column, f"{{0}}.{column}")
                for column in ("gateway_name", "request_type", "success", "error_code")
            ),
        ),
        added=(("calls", "1"), ("timed", "({0}.processing_time_ms IS NOT NULL)")),
    ),
)

_MOMENTS = ("created_at", "paid_at", "request_at")

_WATCHED = {
    "payment": (
        "created_at",
        "paid_at",
        "currency",
        "payment_method",
        "status",
        "reconciled",
        "amount_minor",
    ),
    "payment_transaction": (
        "request_at",
        "gateway_name",
        "request_type",
        "success",
        "error_code",
        "processing_time_ms",
    ),
}


def sum_triggers() -> dict[str, Trigger]:
    """Return the triggers that keep the sums, by name."""
    triggers: dict[str, Trigger] = {}
    for source, watched in _WATCHED.items():
        sums = [each for each in _SUMS if each.source == source]
        changed = any_changed(watched)
        triggers |= {
            f"sum_{source}_insert": Trigger(
                f"sum_{source}_insert",
                "INSERT",
                source,
                "1",
                body=_body(sums, ("NEW", 1)),
                server_body=_body(sums, ("NEW", 1), on_server=True),
            ),
            f"sum_{source}_update": Trigger(
                f"sum_{source}_update",
                f"UPDATE OF {', '.join(watched)}",
                source,
                changed,
                body=_body(sums, ("OLD", -1), ("NEW", 1)),
                server_body=_body(sums, ("OLD", -1), ("NEW", 1), on_server=True),
            ),
        }
    return triggers


def _summed(each: _Sum, *, on_server: bool = False) -> str:
    """Return the query of what a sum's rows must be."""
    key = ", ".join(part.format(each.source) for _, part in each.key)
    added = ", ".join(f"SUM({part.format(each.source)})" for _, part in each.added)
    places = ", ".join(str(place + 1) for place in range(len(each.key)))
    condition = each.condition.format(each.source)
    if on_server and condition == "1":
        condition = "true"
    # Made of the names above, never of input, as everything here.
    query = f"SELECT {key}, {added} FROM {each.source} WHERE {condition} GROUP BY {places}"  # noqa: S608 - see above
    return _for_server(query) if on_server else query


def fill_statements(source: str, *, on_server: bool = False) -> tuple[str, ...]:
    """Return the statements that sum up all rows of a table anew."""
    return tuple(
        f"INSERT INTO {each.table} {_summed(each, on_server=on_server)}"
        for each in _SUMS
        if each.source == source
    )


def difference_queries(*, on_server: bool = False) -> dict[str, str]:
    """Return for each table the query of days whose kept sums are not those of their rows."""
    queries = {}
    for table in dict.fromkeys(each.table for each in _SUMS):
        sums = [each for each in _SUMS if each.table == table]
        columns = ", ".join(column for column, _ in (*sums[0].key, *sums[0].added))
        kept = _kept(sums[0], on_server=on_server)
        right = " UNION ALL ".join(_summed(each, on_server=on_server) for each in sums)
        queries[table] = (
            f"WITH kept({columns}) AS ({kept}), true_sum({columns}) AS ({right})"  # noqa: S608 - names
            " SELECT DISTINCT day FROM ("
            " SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM true_sum) AS gone"
            " UNION ALL"
            " SELECT * FROM (SELECT * FROM true_sum EXCEPT SELECT * FROM kept) AS come)"
            " AS differing ORDER BY day"
        )
    return queries


def _kept(each: _Sum, *, on_server: bool) -> str:
    """Return the query of what a table says: on a server, of all slots together."""
    key = ", ".join(column for column, _ in each.key)
    added = [column for column, _ in each.added]
    if not on_server:
        return f"SELECT {key}, {', '.join(added)} FROM {each.table} WHERE {added[0]} <> 0"  # noqa: S608 - names
    sums = ", ".join(f"SUM({column})" for column in added)
    return (
        f"SELECT {key}, {sums} FROM {each.table} GROUP BY {key}"  # noqa: S608 - names
        f" HAVING SUM({added[0]}) <> 0"
    )


def _statement(each: _Sum, row: str, sign: int, *, on_server: bool = False) -> str:
    columns = ", ".join(column for column, _ in (*each.key, *each.added))
    values = ", ".join(
        [part.format(row) for _, part in each.key]
        + [f"{'-' if sign < 0 else ''}{part.format(row)}" for _, part in each.added]
    )
    key = ", ".join(column for column, _ in each.key)
    if on_server:
        columns, values, key = f"{columns}, slot", f"{values}, {_SLOT}", f"{key}, slot"
    table = f"{each.table}." if on_server else ""
    grown = ", ".join(f"{column} = {table}{column} + excluded.{column}" for column, _ in each.added)
    condition = each.condition.format(row)
    if on_server and condition == "1":
        condition = "true"
    # "WHERE" also keeps ON CONFLICT from being read as a join's condition.
    statement = (
        f"INSERT INTO {each.table} ({columns}) SELECT {values}"
        f" WHERE {condition} ON CONFLICT ({key}) DO UPDATE SET {grown};"
    )
    return _for_server(statement) if on_server else statement


def _body(sums: list[_Sum], *rows: tuple[str, int], on_server: bool = False) -> str:
    statements = [
        _statement(each, row, sign, on_server=on_server) for row, sign in rows for each in sums
    ]
    return "\n" + "\n".join(statements) + "\n"

"""The triggers that keep the days' sums true, in the very transaction that changes a payment.

Nothing is ever out of date and nothing is rebuilt when read: whoever changes a payment, by
service, import or raw SQL, changes the sums with it or not at all. Each trigger takes the old row
out of its day and puts the new one into its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import SHOP_ZONE

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


def sum_triggers() -> dict[str, str]:
    """Return the triggers that keep the sums, by name."""
    triggers: dict[str, str] = {}
    for source, watched in _WATCHED.items():
        sums = [each for each in _SUMS if each.source == source]
        put_in = [_statement(each, "NEW", 1) for each in sums]
        taken_out = [_statement(each, "OLD", -1) for each in sums]
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in watched)
        triggers |= {
            f"sum_{source}_insert": _trigger(f"sum_{source}_insert", "INSERT", source, "1", put_in),
            f"sum_{source}_update": _trigger(
                f"sum_{source}_update",
                f"UPDATE OF {', '.join(watched)}",
                source,
                changed,
                taken_out + put_in,
            ),
        }
    return triggers


def _summed(each: _Sum) -> str:
    """Return the query of what a sum's rows must be."""
    key = ", ".join(part.format(each.source) for _, part in each.key)
    added = ", ".join(f"SUM({part.format(each.source)})" for _, part in each.added)
    places = ", ".join(str(place + 1) for place in range(len(each.key)))
    condition = each.condition.format(each.source)
    # Made of the names above, never of input, as everything here.
    return f"SELECT {key}, {added} FROM {each.source} WHERE {condition} GROUP BY {places}"  # noqa: S608 - see above


def fill_statements(source: str) -> tuple[str, ...]:
    """Return the statements that sum up all rows of a table anew."""
    return tuple(
        f"INSERT INTO {each.table} {_summed(each)}" for each in _SUMS if each.source == source
    )


def difference_queries() -> dict[str, str]:
    """Return for each table the query of days whose kept sums are not those of their rows."""
    queries = {}
    for table in dict.fromkeys(each.table for each in _SUMS):
        sums = [each for each in _SUMS if each.table == table]
        columns = ", ".join(column for column, _ in (*sums[0].key, *sums[0].added))
        kept = f"SELECT {columns} FROM {table} WHERE {sums[0].added[0][0]} <> 0"  # noqa: S608 - names
        right = " UNION ALL ".join(_summed(each) for each in sums)
        queries[table] = (
            f"WITH kept({columns}) AS ({kept}), true_sum({columns}) AS ({right})"  # noqa: S608 - names
            " SELECT DISTINCT day FROM ("
            " SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM true_sum)"
            " UNION ALL"
            " SELECT * FROM (SELECT * FROM true_sum EXCEPT SELECT * FROM kept)) ORDER BY day"
        )
    return queries


def _statement(each: _Sum, row: str, sign: int) -> str:
    columns = ", ".join(column for column, _ in (*each.key, *each.added))
    values = ", ".join(
        [part.format(row) for _, part in each.key]
        + [f"{'-' if sign < 0 else ''}{part.format(row)}" for _, part in each.added]
    )
    key = ", ".join(column for column, _ in each.key)
    grown = ", ".join(f"{column} = {column} + excluded.{column}" for column, _ in each.added)
    # "WHERE" also keeps ON CONFLICT from being read as a join's condition.
    return (
        f"INSERT INTO {each.table} ({columns}) SELECT {values}"
        f" WHERE {each.condition.format(row)} ON CONFLICT ({key}) DO UPDATE SET {grown};"
    )


def _trigger(name: str, event: str, table: str, condition: str, statements: list[str]) -> str:
    body = "\n".join(statements)
    return (
        f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW\n'
        f"WHEN {condition}\nBEGIN\n{body}\nEND"
    )

"""The forms every guard of the database has: a trigger that refuses with a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

StateT = TypeVar("StateT", bound=StrEnum)

MARK = "sanduku:"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What the database does by itself when a row of ``table`` is written.

    A guard has a ``message`` and refuses with it before the row is written; the others have
    ``body`` done after it: statements as SQLite spells them, ``server_body`` as PostgreSQL does.
    ``server_lock`` is what a guard on a server locks before it adds up other rows, which there may
    change meanwhile.
    """

    name: str
    event: str
    table: str
    condition: str
    message: str = ""
    body: str = ""
    server_body: str = ""
    server_lock: str = ""


def any_changed(columns: Iterable[str]) -> str:
    """Return SQL, as SQLite spells it, for whether an update changes any of some columns."""
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def sqlite_trigger(made: Trigger) -> str:
    """Return the statement that makes a trigger in a shop's own file."""
    if made.message:
        time, body = "BEFORE", f"BEGIN SELECT RAISE(ABORT, '{MARK} {made.message}'); END"
    else:
        time, body = "AFTER", f"BEGIN{made.body}END"
    return (
        f'CREATE TRIGGER {made.name} {time} {made.event} ON "{made.table}" FOR EACH ROW\n'
        f"WHEN {made.condition}\n{body}"
    )


def trigger(
    name: str, event: str, table: str, condition: str, message: str, *, server_lock: str = ""
) -> dict[str, Trigger]:
    """Return a trigger that refuses with a sentence where a condition holds."""
    return {name: Trigger(name, event, table, condition, message=message, server_lock=server_lock)}


def transition_guard(
    table: str, transitions: Mapping[StateT, frozenset[StateT]]
) -> dict[str, Trigger]:
    """Return what keeps a table's states to their transitions."""
    allowed = sorted(
        f"'{start.value}>{end.value}'" for start, ends in transitions.items() for end in ends
    )
    condition = (
        "OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ("
        + ", ".join(allowed)
        + ")"
    )
    return trigger(
        f"guard_{table}_status",
        "UPDATE OF status",
        table,
        condition,
        "This step is not allowed from the present state.",
    )


def immutable(table: str, columns: tuple[str, ...]) -> dict[str, Trigger]:
    """Return what keeps facts of a table as they were written."""
    condition = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    return trigger(
        f"guard_{table}_facts", "UPDATE", table, condition, "Facts once written stay as they are."
    )


def no_delete(table: str) -> dict[str, Trigger]:
    """Return what keeps the rows of a table."""
    return trigger(f"guard_{table}_delete", "DELETE", table, "1", "Nothing is ever deleted.")

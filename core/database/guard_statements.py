"""The forms every guard of the database has: a trigger that refuses with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

StateT = TypeVar("StateT", bound=StrEnum)

MARK = "sanduku:"


def trigger(name: str, event: str, table: str, condition: str, message: str) -> dict[str, str]:
    """Return a trigger that refuses with a sentence where a condition holds."""
    return {
        name: (
            f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW\n'
            f"WHEN {condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{MARK} {message}'); END"
        )
    }


def transition_guard(table: str, transitions: Mapping[StateT, frozenset[StateT]]) -> dict[str, str]:
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


def immutable(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Return what keeps facts of a table as they were written."""
    condition = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    return trigger(
        f"guard_{table}_facts", "UPDATE", table, condition, "Facts once written stay as they are."
    )


def no_delete(table: str) -> dict[str, str]:
    """Return what keeps the rows of a table."""
    return trigger(f"guard_{table}_delete", "DELETE", table, "1", "Nothing is ever deleted.")

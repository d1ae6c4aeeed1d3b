"""The forms that the database's own guards have."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

StateT = TypeVar("StateT", bound=StrEnum)

MARK = "sanduku:"
"""What a guard's message begins with, so that it is told from the database's own."""


def trigger(name: str, event: str, table: str, condition: str, message: str) -> dict[str, str]:
    """Return a trigger that refuses what fulfils a condition."""
    return {
        name: (
            f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW\n'
            f"WHEN {condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{MARK} {message}'); END"
        )
    }


def transition_guard(table: str, transitions: Mapping[StateT, frozenset[StateT]]) -> dict[str, str]:
    """Refuse steps that the transition table does not have."""
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
    """Refuse to change what some columns say."""
    condition = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    return trigger(
        f"guard_{table}_facts", "UPDATE", table, condition, "Facts once written stay as they are."
    )


def no_delete(table: str) -> dict[str, str]:
    """Refuse to delete rows."""
    return trigger(f"guard_{table}_delete", "DELETE", table, "1", "Nothing is ever deleted.")

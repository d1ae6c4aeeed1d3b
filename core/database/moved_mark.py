"""The mark on a shop's file that says: this shop lives on a server now.

It stands where the version does, so that every version of the program, older ones too, refuses to
go on in the file by mistake; where the shop went is a setting beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, text

MOVED = "moved"
"""Stands in the place of a file's version; to an older program it is a newer version."""

_SETTING = "moved_to"


@dataclass(frozen=True, slots=True)
class MovedMark:
    """Where a shop went: the place without a password, the move's own id, the moment in UTC.

    ``version`` is the one the file stood at. Until ``is_told`` nobody has heard of the move's end:
    a kill may have come just before or after it.
    """

    place: str
    move_id: str
    at: str
    version: str
    is_told: bool = False

    @property
    def sentence(self) -> str:
        """What somebody hears who opens the file."""
        if self.is_told:
            return f"This shop was moved: it lives at {self.place} since {self.at[:10]}."
        return (
            f"This shop was being moved to {self.place}, and the end was not told: run “sanduku"
            " database move” to there again; it finds out what became of it."
        )


def mark(connection: Connection, moved: MovedMark) -> None:
    """Write the mark, or what it says now, in this transaction."""
    connection.execute(text("UPDATE alembic_version SET version_num = :moved"), {"moved": MOVED})
    connection.execute(text("DELETE FROM setting WHERE name = :name"), {"name": _SETTING})
    connection.execute(
        text("INSERT INTO setting (name, value) VALUES (:name, :value)"),
        {"name": _SETTING, "value": json.dumps(asdict(moved))},
    )


def take_back(connection: Connection, moved: MovedMark) -> None:
    """Let the file be the shop again: the move did not come to be."""
    connection.execute(
        text("UPDATE alembic_version SET version_num = :version"), {"version": moved.version}
    )
    connection.execute(text("DELETE FROM setting WHERE name = :name"), {"name": _SETTING})


def find_mark(connection: Connection) -> MovedMark | None:
    """Return the mark of a file whose version says that it was moved; None where it has none."""
    value = connection.execute(
        text("SELECT value FROM setting WHERE name = :name"), {"name": _SETTING}
    ).scalar()
    return MovedMark(**json.loads(value)) if value else None

"""What became of an act whose COMMIT was sent and whose answer never came.

It is looked up by the act's own mark, the last entry it wrote into its person's audit chain: that
row is there exactly when all of the act is. The look takes the person's chain first
(:mod:`.locks`), which the lost transaction holds until it has ended one way or the other, so that
"not there" is not "not yet there". Nothing is ever done again here.

Turned down: ``pg_xact_status`` of a remembered transaction number. After a crash the server may
give a number again that it had drawn and not yet written to disk, and would then tell the fate of
another transaction as this one's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from core.database.postgresql import locks
from core.database.postgresql.engine import is_gone
from core.model.journal import AuditEntry

PATIENCE_S = 20.0
"""How long an act waits for the server to come back before its end is told as unknown."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What an act leaves behind: its last entry in its person's chain."""

    person: str
    sequence: int
    entry_hash: str


def is_lost(error: DBAPIError) -> bool:
    """Tell whether a COMMIT failed in such a way that it may have been done all the same."""
    is_from_server = isinstance(error.orig, psycopg.Error)
    return is_from_server and (error.connection_invalidated or is_gone(error.orig))


def was_done(engine: Engine, mark: Mark) -> bool:
    """Tell whether an act was done, once it certainly is over.

    Raises:
        DBAPIError: the server cannot be asked, or the act is not over yet.

    """
    with engine.connect() as connection:
        locks.go_beside_others(connection, mark.person)
        found = connection.scalar(
            select(AuditEntry.id).where(
                AuditEntry.user_name == mark.person,
                AuditEntry.sequence == mark.sequence,
                AuditEntry.entry_hash == mark.entry_hash,
            )
        )
        connection.rollback()
        return found is not None


def looked_up(engine: Engine, mark: Mark, patience_s: float | None = None) -> bool | None:
    """Tell whether an act was done; None if the server stays away too long to ask it."""
    until = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return was_done(engine, mark)
        except DBAPIError:
            if time.monotonic() + pause_s > until:
                return None
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

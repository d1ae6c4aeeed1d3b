"""Mistakes put into a desk on purpose: the judge must find each."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import core.services.payments.service as payment_service
from core.database.postgresql import lost_commits
from core.database.unknown_acts import UnknownActs
from core.errors import StorageError
from core.model.journal import AuditEntry


def no_key_check() -> None:
    """Let a command that is repeated be done again."""
    payment_service.once = lambda _unit, _action, _command, act: (act(), True)  # type: ignore[assignment]


def blind_retry() -> None:
    """Do a payment whose commit's answer was lost once more, under a key of its own."""

    def look_up(_self: UnknownActs, error: DBAPIError, _act: object) -> None:
        if not lost_commits.is_lost(error):
            raise error
        raise StorageError("Nothing was changed. The connection was lost.") from error

    UnknownActs.look_up = look_up  # type: ignore[method-assign]


def hasty_look_up() -> None:
    """Take "not there" for "never there", while the lost transaction may still go on."""

    def was_done(engine: object, mark: lost_commits.Mark) -> bool:
        with engine.connect() as connection:  # type: ignore[attr-defined]
            found = connection.scalar(
                select(AuditEntry.id).where(AuditEntry.entry_hash == mark.entry_hash)
            )
            return found is not None

    lost_commits.was_done = was_done


PLANTS: dict[str, Callable[[], None]] = {
    "no key check": no_key_check,
    "blind retry": blind_retry,
    "hasty look-up": hasty_look_up,
}

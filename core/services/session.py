"""What every service starts from: the database, and the rule that one key has one outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.model.journal import IdempotencyKey

MAX_KEY_LENGTH = 64
IMPORT_KEY_PREFIX = "import:"
"""Begins the keys of imported payments; no form may take one of them first."""


@dataclass(frozen=True, slots=True)
class KeyedCommand:
    """A command with the key its form made when it opened."""

    key: str


def fingerprint(command: KeyedCommand) -> str:
    """Return a digest of a command's contents, to tell a repeat from another command."""
    return hashlib.sha256(repr(command).encode()).hexdigest()


def known_outcome(session: Session, action: str, command: KeyedCommand) -> str | None:
    """Return the subject of an earlier run of the same command, or None on its first run.

    Raises:
        InvalidInputError: the key cannot be used.
        ConflictError: the key was used for something else.

    """
    if not 0 < len(command.key) <= MAX_KEY_LENGTH or command.key.startswith(IMPORT_KEY_PREFIX):
        raise InvalidInputError(
            f"Nothing was changed. A key has 1 to {MAX_KEY_LENGTH} characters and does not begin"
            f" with “{IMPORT_KEY_PREFIX}”.",
            field="key",
        )
    known = session.get(IdempotencyKey, command.key)
    if known is None:
        return None
    if known.action != action or known.fingerprint != fingerprint(command):
        raise ConflictError(
            "Nothing was changed. This form was already used for something else; open a new one."
        )
    return known.subject_id


def once(
    unit: UnitOfWork, action: str, command: KeyedCommand, act: Callable[[], str]
) -> tuple[str, bool]:
    """Run ``act`` unless the command's key already has an outcome.

    Returns the subject's id and whether this run did it. The key is held until the unit ends, so
    two presses of one button cannot both be first.
    """
    unit.lock(Lock.KEY, command.key)
    subject_id = known_outcome(unit.session, action, command)
    if subject_id is not None:
        return subject_id, False
    subject_id = act()
    unit.keep_key(command.key, action, fingerprint(command), subject_id)
    return subject_id, True

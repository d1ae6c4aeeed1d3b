"""Turns the driver's errors that a person can act on into known errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core.database import engine as engines
from core.database.guard_statements import MARK
from core.errors import ConflictError


@contextmanager
def known_errors() -> Iterator[None]:
    """Raise what a person can act on as a known error; a bug of ours stays what it is."""
    try:
        yield
    except StaleDataError as error:
        raise ConflictError(
            "Nothing was changed. Somebody else changed this at the same moment; look again."
        ) from error
    except DBAPIError as error:
        known = engines.storage_error(error) or _guard_refusal(error)
        if known is None:
            raise
        raise known from error


def _guard_refusal(error: DBAPIError) -> ConflictError | None:
    """Return the sentence a guard of the database gave when it refused a row."""
    # A server adds lines about where in the guard it was.
    text = str(error.orig).partition("\n")[0]
    if isinstance(error, IntegrityError) and MARK in text:
        return ConflictError(f"Nothing was changed. {text.split(MARK, 1)[1].strip()}")
    return None

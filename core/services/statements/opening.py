"""Where a file from outside is read: the only place of the services that opens one.

It is read in a process of its own, so that a hostile file costs nothing but its reading.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from core.money import DEFAULT_CURRENCY
from core.statements.apart import preview_apart, read_apart
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable
from core.statements.statement import StatementFile


class Watch(Protocol):
    """Whoever waits for a reading: is told how far it is, and may stop it."""

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the reading should stop."""

    def report(self, done: int, total: int) -> None:
        """Hear how much is done of how much, in any unit; may raise to stop."""


class Nobody:
    """Waits without looking."""

    is_cancelled = False

    def report(self, done: int, total: int) -> None:
        """Do nothing."""


NOBODY = Nobody()


def read_file(
    path: Path,
    *,
    profile: ColumnProfile | None = None,
    currency: str = DEFAULT_CURRENCY,
    watch: Watch = NOBODY,
) -> StatementFile:
    """Return the statements in a file; ``currency`` is assumed where the file names none.

    Raises:
        UnreadableFileError: the file cannot be read or trusted; the message says why.
        ReadingCancelledError: the watch wanted no more of it.

    """
    return read_apart(
        path,
        profile=profile,
        currency=currency,
        progress=watch.report,
        cancelled=lambda: watch.is_cancelled,
    )


def read_table(
    path: Path, *, profile: ColumnProfile | None = None, watch: Watch = NOBODY
) -> RawTable:
    """Return the first rows of a table and what its columns are taken for.

    Raises:
        UnreadableFileError: it is no table, or it cannot be read.
        ReadingCancelledError: the watch wanted no more of it.

    """
    return preview_apart(path, profile=profile, cancelled=lambda: watch.is_cancelled)

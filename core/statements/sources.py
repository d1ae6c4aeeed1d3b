"""A statement file's bytes, and its table as a person sees it before the columns are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.statements.profile import ColumnProfile


def unwatched(_done: int, _total: int) -> None:
    """Tell nobody how far the reading is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was opened and may be read.

    ``progress`` is called by readers now and then, at least every thousand transactions, with
    how much is done of how much, in any unit; it may raise to stop the reading.
    """

    name: str
    content: bytes
    sha256: str
    progress: Callable[[int, int], None] = field(default=unwatched, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawTable:
    """The first rows of a table file, for a mapping dialog.

    ``header_row`` is an index into ``rows``; ``profile`` maps the columns as far as they were
    guessed and can be edited and saved. Both are None when no header was recognised.
    """

    format: str
    rows: tuple[tuple[str, ...], ...]
    header_row: int | None
    profile: ColumnProfile | None
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

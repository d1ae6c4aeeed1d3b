"""A statement file's bytes, and its table as a person sees it before the columns are known."""

from __future__ import annotations

from dataclasses import dataclass

from core.statements.profile import ColumnProfile


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was opened and may be read."""

    name: str
    content: bytes
    sha256: str


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

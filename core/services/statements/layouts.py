"""By what next month's file of the same bank is known again: its header's names, or its format."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.statements.profile import plain
from core.statements.sources import RawTable

COLUMNLESS_FORMATS = frozenset({"mt940", "camt", "ofx", "qif", "bai2", "pdf", "sms"})
"""Formats whose fields are named by their standard; every other is rows and columns."""

_MOST_WORDS = 300


def has_columns(file_format: str) -> bool:
    """Tell whether a person can map the columns of a format."""
    return file_format.casefold() not in COLUMNLESS_FORMATS


@dataclass(frozen=True, slots=True)
class FileLayout:
    """``mark`` is compared; ``words`` is what a person recognises the layout by."""

    mark: str
    words: str


def columnless_layout(file_format: str) -> FileLayout:
    """Return the layout of a format without columns: each is one layout."""
    return FileLayout(file_format, file_format.upper())


def layout_of_header(header: Sequence[str]) -> FileLayout:
    """Return the layout of a table by the names in its header row."""
    names = [plain(cell) for cell in header]
    packed = "\x1f".join(names).strip("\x1f")
    mark = hashlib.sha256(packed.encode()).hexdigest()
    words = " · ".join(" ".join(cell.split()) for cell in header if cell.strip())
    return FileLayout(mark, words[:_MOST_WORDS])


def layout_of_table(table: RawTable) -> FileLayout:
    """Return the layout of a table as it was previewed."""
    if table.header_row is None or table.header_row >= len(table.rows):
        return _headerless(table)
    return layout_of_header(table.rows[table.header_row])


def possible_marks(table: RawTable) -> frozenset[str]:
    """Return the marks a table may be known by when nobody knows yet which row is its header."""
    rows = {layout_of_header(row).mark for row in table.rows if sum(map(bool, row)) > 1}
    return frozenset({*rows, _headerless(table).mark})


def _headerless(table: RawTable) -> FileLayout:
    width = max((len(row) for row in table.rows), default=0)
    return FileLayout(f"no header, {width}", f"{table.format.upper()} · {width} columns, no header")

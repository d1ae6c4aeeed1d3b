"""Rows of a worksheet as they are gathered: what a cell's type and format make of its value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from core.errors import UnreadableFileError
from core.statements.tables.number_formats import date_text, iso_text, number_text
from core.statements.tables.text import MAX_ROWS
from core.statements.tables.workbook_archive import damaged

MAX_COLUMNS = 128
MAX_EMPTY_ROWS = 10_000
"""A used range of A1:XFD1048576 is mostly air; after so many empty rows the sheet has ended."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of every sheet refer to."""

    strings: list[str] = field(default_factory=list)
    date_styles: frozenset[str] = frozenset()
    """Indices of the cell formats that show a date, as the cells spell them."""
    from_1904: bool = False


@dataclass(slots=True)
class SheetCells:
    """The rows of a sheet, row 1 first, and what a person does not see on it."""

    rows: list[list[str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    """Rows with content, as the spreadsheet numbers them."""
    hidden_columns: list[str] = field(default_factory=list)
    """Columns with content, by letter."""
    notes: list[str] = field(default_factory=list)


class SheetRows:
    """Takes the rows of one worksheet, in order, whichever way they were parsed."""

    def __init__(self, place: tuple[str, str], book: Book, max_rows: int) -> None:
        self.file_name, self.part = place
        self.book = book
        self.cells = SheetCells()
        self.done = False
        self.number = 0
        """Of the last row, empty ones counted."""
        self.columns: dict[str, int] = {}
        """Indices by letters, as far as they were met."""
        self.converters: dict[tuple[str, str], Callable[[str], str]] = {}
        """What ``converter`` returned so far."""
        self._max_rows = max_rows
        self._cut = False

    def add(self, number: int, row: list[str], *, hidden: bool, cut: bool) -> None:
        """Take a row; ``cut`` when it had more columns than a statement.

        Raises:
            UnreadableFileError: more rows than a statement can have.

        """
        self.number = number
        while row and not row[-1]:
            row.pop()
        if (not row and not cut) or self.done:
            return
        self._cut = self._cut or cut
        rows = self.cells.rows
        empty = number - 1 - len(rows)
        if empty > MAX_EMPTY_ROWS:
            self.cells.notes.append(
                f"Nothing after row {len(rows)} was read: {empty} empty rows follow."
            )
            self.done = True
        elif number > self._max_rows:
            self._full()
        else:
            rows.extend([] for _ in range(empty))
            rows.append(row)
            if hidden:
                self.cells.hidden_rows.append(number)

    def finished(self) -> SheetCells:
        """Return the rows after the last one."""
        if self._cut:
            self.cells.notes.append(f"Columns after {letters_of(MAX_COLUMNS - 1)} were not read.")
        return self.cells

    def column(self, letters: str) -> int:
        """Return a column's index.

        Raises:
            UnreadableFileError: there is no such column.

        """
        if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
            raise damaged(self.file_name, f"{self.part}: there is no column {letters[:20]!r}")
        at = 0
        for letter in letters.upper():
            at = at * 26 + ord(letter) - 64
        self.columns[letters] = at - 1
        return at - 1

    def converter(self, kind: str, style: str) -> Callable[[str], str]:
        """Return what makes text of the ``<v>`` of a cell of this type and format."""
        found: Callable[[str], str]
        if kind == "s":
            found = self._shared
        elif kind in ("n", ""):
            found = number_text
            if style in self.book.date_styles:
                found = partial(date_text, from_1904=True) if self.book.from_1904 else date_text
        else:
            found = _CONVERTERS.get(kind, unescaped)
        self.converters[kind, style] = found
        return found

    def _shared(self, text: str) -> str:
        strings = self.book.strings
        try:
            at = int(text)
            if at >= 0:
                return strings[at]
        except (ValueError, IndexError):
            pass
        raise damaged(self.file_name, f"{self.part}: there is no shared text {text[:20]!r}")

    def _full(self) -> None:
        if self._max_rows == MAX_ROWS:
            raise UnreadableFileError(
                f"“{self.file_name}” has more than {MAX_ROWS} rows; split it into shorter periods."
            )
        self.done = True


def unescaped(text: str) -> str:
    """Return a text without the ``_x000D_`` escapes of ST_Xstring; control characters go."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\n\t" else " "


def is_true(text: str | None) -> bool:
    """Tell whether an attribute of XML Schema's boolean type is set."""
    return text in ("1", "true", "TRUE", "on")


def letters_of(at: int) -> str:
    """Return the name of a column: A for 0."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


_CONVERTERS: dict[str, Callable[[str], str]] = {
    "b": lambda text: "TRUE" if is_true(text.strip()) else "FALSE",
    "d": lambda text: iso_text(text.strip()),
    "e": lambda _text: "",
    "str": unescaped,
}
"""By the type of a cell (ST_CellType); an error is no value."""

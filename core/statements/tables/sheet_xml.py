"""The cells of one worksheet part, streamed: SpreadsheetML of ECMA-376 and ISO 29500 strict."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.errors import UnreadableFileError
from core.statements.tables.number_formats import date_text, iso_text, number_text
from core.statements.tables.text import MAX_ROWS
from core.statements.tables.workbook_archive import Archive, damaged, local

MAX_COLUMNS = 128
MAX_EMPTY_ROWS = 10_000
"""A used range of A1:XFD1048576 is mostly air; after so many empty rows the sheet has ended."""
MAX_CELL_PIECES = 64
"""Expat hands a text over in pieces of up to 64 KB; a spreadsheet's cell holds 32 KB."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAYOUT = re.compile(r"\s*\n\s*$")
_DIGITS = "0123456789"
_AFTER_DATA = frozenset(
    {"sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"}
    | {"dataConsolidate", "customSheetViews", "mergeCells", "conditionalFormatting", "drawing"}
    | {"dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "rowBreaks"}
    | {"headerFooter", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "picture"}
    | {"smartTags", "legacyDrawing", "oleObjects", "controls", "webPublishItems", "tableParts"}
    | {"AlternateContent"}
)
"""What may follow the cells in a worksheet (ECMA-376 part 1, 18.3.1.99)."""


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


def read_sheet(archive: Archive, part: str, book: Book, *, max_rows: int = MAX_ROWS) -> SheetCells:
    """Return the cells of a worksheet part as text.

    Raises:
        UnreadableFileError: damaged, a formula that was never calculated, or too many rows.

    """
    sheet = _SheetHandler(archive.file_name, part, book, max_rows)
    archive.parse(part, sheet.start, text=sheet.pieces.append, done=sheet.check)
    return sheet.finished()


class _SheetHandler:
    """Expat's start tags and texts become rows; one without a reference follows the one before it.

    A cell ends where the next thing begins: not hearing end tags spares two of five calls for
    every cell. SpreadsheetML has no text but white space outside of values.
    """

    def __init__(self, file_name: str, part: str, book: Book, max_rows: int) -> None:
        self.done = False
        self.pieces: list[str] = []
        """Text since the last value began, as expat hands it over."""
        self._file_name, self._part = file_name, part
        self._strings, self._date_styles = book.strings, book.date_styles
        self._from_1904 = book.from_1904
        self._max_rows = max_rows
        self._cells = SheetCells()
        self._in_data = False
        self._number = 0
        self._numbered = False
        self._row: list[str] = []
        self._row_hidden = self._row_cut = False
        self._columns: dict[str, int] = {}
        self._hidden_ranges: list[tuple[int, int]] = []
        self._filled: set[int] = set()
        self._cut_columns = False
        self._cell: dict[str, str] | None = None
        self._valued = self._formula = False
        self._inline: list[str] = []
        """The runs of an inline text that have ended."""
        self._run = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if name == "c":
            if self._cell is not None:
                self._end_cell(self._cell)
            self._cell = attributes
            self._valued = self._formula = False
        elif name == "v":
            self.pieces.clear()
            self._valued = True
        elif name == "t":
            if self._run:
                self._end_run()
            self._run = not self._phonetic
            self.pieces.clear()
        elif ":" in name:
            self.start(local(name), attributes)
        elif self._in_data:
            self._start_other(name, attributes)
        elif name == "sheetData":
            self._in_data = True
        elif name == "col" and _is_true(attributes.get("hidden")):
            self._hide_columns(attributes)

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._end_row()
            self._start_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._end_run()
            self._phonetic = True
        elif name == "extLst":
            self._end_row()
        elif name in _AFTER_DATA:
            self._end_row()
            self.done = True

    def check(self) -> bool:
        """Return whether all was read; called now and then, to bound what one value may hold."""
        if len(self.pieces) > MAX_CELL_PIECES:
            if self._valued or self._run:
                raise damaged(self._file_name, f"{self._part}: a cell too long for a statement")
            self.pieces.clear()
        return self.done

    def finished(self) -> SheetCells:
        """Return the rows after the last tag."""
        if not self.done:
            self._end_row()
        cells = self._cells
        if self._cut_columns:
            cells.notes.append(f"Columns after {letters(MAX_COLUMNS - 1)} were not read.")
        for first, last in self._hidden_ranges:
            shown = [letters(at) for at in range(first, last + 1) if at in self._filled]
            cells.hidden_columns.extend(shown)
        return cells

    def _end_run(self) -> None:
        """Keep a run of rich text; what an exporter puts on a new line for looks is not in it."""
        if self._run:
            self._inline.append(_LAYOUT.sub("", "".join(self.pieces)))
            self._run = False

    def _inline_text(self) -> str:
        if not self._inline:
            text = "".join(self.pieces) if self._run else ""
            self._run = self._phonetic = False
            return unescaped(text)
        self._end_run()
        text = "".join(self._inline)
        self._inline.clear()
        self._phonetic = False
        return unescaped(text)

    def _end_cell(self, cell: dict[str, str]) -> None:
        text = self._text_of(cell)
        row = self._row
        at = len(row)
        reference = cell.get("r")
        if reference is not None:
            at = self._columns.get(reference.rstrip(_DIGITS), -1)
            if at < 0:
                at = self._column(reference)
            if not self._numbered:
                self._number_by(reference)
        if at >= MAX_COLUMNS:
            self._row_cut = self._row_cut or bool(text)
            return
        while at > len(row):
            row.append("")
        if at == len(row):
            row.append(text)
        else:
            row[at] = text
        if self._hidden_ranges and text:
            self._filled.add(at)

    def _text_of(self, cell: dict[str, str]) -> str:
        text = ""
        kind = cell.get("t", "n")
        if self._valued:
            text = "".join(self.pieces)
            if kind == "s":
                return self._shared(text)
            if kind != "n":
                text = _typed(kind, text)
            elif text:
                text = text.strip()
                if cell.get("s") in self._date_styles:
                    return date_text(text, from_1904=self._from_1904)
                return number_text(text)
        elif kind == "inlineStr":
            text = self._inline_text()
        if not text and self._formula and not (kind in ("str", "e") and self._valued):
            raise self._never_calculated(cell)
        return text

    def _start_row(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r", "")
        number = int(stated) if stated.isdecimal() and len(stated) < 9 else 0
        self._number = max(number, self._number + 1)
        self._numbered = number > 0
        self._row_hidden = _is_true(attributes.get("hidden"))

    def _end_row(self) -> None:
        if self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        row, self._row = self._row, []
        while row and not row[-1]:
            row.pop()
        if (not row and not self._row_cut) or self.done:
            return
        self._cut_columns = self._cut_columns or self._row_cut
        self._row_cut = False
        rows = self._cells.rows
        empty = self._number - 1 - len(rows)
        if empty > MAX_EMPTY_ROWS:
            self._cells.notes.append(
                f"Nothing after row {len(rows)} was read: {empty} empty rows follow."
            )
            self.done = True
        elif self._number > self._max_rows:
            self._full()
        else:
            rows.extend([] for _ in range(empty))
            rows.append(row)
            if self._row_hidden:
                self._cells.hidden_rows.append(self._number)

    def _full(self) -> None:
        if self._max_rows == MAX_ROWS:
            raise UnreadableFileError(
                f"“{self._file_name}” has more than {MAX_ROWS} rows; split it into shorter periods."
            )
        self.done = True

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if first.isdecimal() and last.isdecimal():
            self._hidden_ranges.append((int(first) - 1, min(int(last), MAX_COLUMNS) - 1))

    def _number_by(self, reference: str) -> None:
        """Take the number of a row that states none from its first cell that does."""
        digits = reference[len(reference.rstrip(_DIGITS)) :]
        if 0 < len(digits) < 9:
            self._number = max(self._number, int(digits))
            self._numbered = True

    def _column(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
            raise damaged(self._file_name, f"{self._part}: there is no cell {reference[:20]!r}")
        at = 0
        for letter in letters.upper():
            at = at * 26 + ord(letter) - 64
        self._columns[letters] = at - 1
        return at - 1

    def _shared(self, text: str) -> str:
        try:
            return self._strings[int(text)]
        except (ValueError, IndexError) as error:
            raise damaged(
                self._file_name, f"{self._part}: there is no shared text {text[:20]!r}"
            ) from error

    def _never_calculated(self, cell: dict[str, str]) -> UnreadableFileError:
        named = cell.get("r") or f"{letters(len(self._row))}{self._number}"
        return UnreadableFileError(
            f"“{self._file_name}”, cell {named[:12]}: a formula without a value. Open the"
            " file in a spreadsheet program, save it and try again."
        )


def _typed(kind: str, text: str) -> str:
    """Return the text of a cell of type ``str``, ``b``, ``e`` or ``d``; an error is no value."""
    if kind == "b":
        return "TRUE" if _is_true(text.strip()) else "FALSE"
    if kind == "e":
        return ""
    return iso_text(text.strip()) if kind == "d" else unescaped(text)


def unescaped(text: str) -> str:
    """Return a text without the ``_x000D_`` escapes of ST_Xstring; control characters go."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\n\t" else " "


def _is_true(text: str | None) -> bool:
    return text in ("1", "true", "TRUE", "on")


def letters(at: int) -> str:
    """Return the name of a column: A for 0."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name

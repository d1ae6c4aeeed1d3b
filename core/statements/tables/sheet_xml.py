"""The cells of one worksheet part, streamed: SpreadsheetML of ECMA-376 and ISO 29500 strict."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.tables.plain_rows import PlainRows
from core.statements.tables.sheet_rows import (
    MAX_COLUMNS,
    Book,
    SheetCells,
    SheetRows,
    is_true,
    letters_of,
    unescaped,
)
from core.statements.tables.text import MAX_ROWS
from core.statements.tables.workbook_archive import Archive, damaged, local

MAX_CELL_PIECES = 64
"""Expat hands a text over in pieces of up to 64 KB; a spreadsheet's cell holds 32 KB."""

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


def read_sheet(archive: Archive, part: str, book: Book, *, max_rows: int = MAX_ROWS) -> SheetCells:
    """Return the cells of a worksheet part as text.

    Raises:
        UnreadableFileError: damaged, a formula that was never calculated, or too many rows.

    """
    rows = SheetRows((archive.file_name, part), book, max_rows)
    sheet = _SheetHandler(rows)
    plain = PlainRows(rows, sheet.ready)
    archive.parse(part, sheet.start, text=sheet.pieces.append, done=sheet.check, taken=plain.taken)
    return sheet.finished()


class _SheetHandler:
    """Expat's start tags and texts become rows; one without a reference follows the one before it.

    A cell ends where the next thing begins: not hearing end tags spares two of five calls for
    every cell. SpreadsheetML has no text but white space outside of values.
    """

    def __init__(self, rows: SheetRows) -> None:
        self.pieces: list[str] = []
        """Text since the last value began, as expat hands it over."""
        self._rows = rows
        self._columns = rows.columns
        self._in_data = False
        self._number = 0
        self._numbered = False
        self._row: list[str] = []
        self._row_hidden = self._row_cut = False
        self._hidden_ranges: list[tuple[int, int]] = []
        self._filled: set[int] = set()
        self._cell: dict[str, str] | None = None
        self._valued = self._formula = False
        self._inline: list[str] = []
        """The runs of an inline text that have ended."""
        self._run = self._phonetic = False

    def ready(self) -> bool:
        """Finish the last row, and tell whether plain rows may be taken past this handler."""
        if not self._in_data or self._hidden_ranges:
            return False
        self._end_row()
        return True

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
        elif name == "col" and is_true(attributes.get("hidden")):
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
            self._rows.done = True

    def check(self) -> bool:
        """Return whether all was read; called now and then, to bound what one value may hold."""
        if len(self.pieces) > MAX_CELL_PIECES:
            if self._valued or self._run:
                raise self._damaged("a cell too long for a statement")
            self.pieces.clear()
        return self._rows.done

    def finished(self) -> SheetCells:
        """Return the rows after the last tag."""
        if not self._rows.done:
            self._end_row()
        cells = self._rows.finished()
        for first, last in self._hidden_ranges:
            shown = [letters_of(at) for at in range(first, last + 1) if at in self._filled]
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
                at = self._rows.column(reference.rstrip(_DIGITS))
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
            key = kind, cell.get("s", "")
            convert = self._rows.converters.get(key) or self._rows.converter(*key)
            text = convert("".join(self.pieces))
        elif kind == "inlineStr":
            text = self._inline_text()
        if not text and self._formula and not (kind in ("str", "e") and self._valued):
            raise self._never_calculated(cell)
        return text

    def _start_row(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r", "")
        number = int(stated) if stated.isdecimal() and len(stated) < 9 else 0
        self._number = max(number, self._rows.number + 1)
        self._numbered = number > 0
        self._row_hidden = is_true(attributes.get("hidden"))

    def _end_row(self) -> None:
        if self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        if self._number > self._rows.number:
            self._rows.add(self._number, self._row, hidden=self._row_hidden, cut=self._row_cut)
        self._row, self._row_cut = [], False

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

    def _never_calculated(self, cell: dict[str, str]) -> UnreadableFileError:
        named = cell.get("r") or f"{letters_of(len(self._row))}{self._number}"
        return UnreadableFileError(
            f"“{self._rows.file_name}”, cell {named[:12]}: a formula without a value. Open the"
            " file in a spreadsheet program, save it and try again."
        )

    def _damaged(self, what: str) -> UnreadableFileError:
        return damaged(self._rows.file_name, f"{self._rows.part}: {what}")

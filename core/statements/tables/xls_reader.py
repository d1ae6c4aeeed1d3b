"""Old binary Excel workbooks (BIFF), which mobile money portals and banks still hand out."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from core.collector import collector_held
from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.number_formats import date_text, number_text
from core.statements.tables.sheet_rows import MAX_COLUMNS, SheetCells, letters_of
from core.statements.tables.sheets import (
    Sheet,
    sheet_of,
    sheets_preview,
    sheets_statement,
    with_hidden,
)
from core.statements.tables.text import MAX_ROWS

if TYPE_CHECKING:
    import xlrd
    from xlrd.sheet import Sheet as XlrdSheet

MAX_BYTES = 40 * 1024 * 1024
"""Excel 97 ends at 65 536 rows; a workbook of this size is more than pictures and statements."""
MAX_SHEETS = 60

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_STREAM = re.compile(
    rb"(?:\x09\x08[\x04-\x14]\x00|\x09[\x02\x04]\x06\x00|\x09\x00[\x04\x06]\x00)"
    rb"[\x00-\xff]{2}[\x05\x10]\x00"
)
"""A beginning-of-file record for a workbook or a worksheet, without a container around it."""
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN = range(5)


class XlsReader:
    """Reads the visible sheets of an old workbook through xlrd, which is pure Python."""

    format = "xls"

    def accepts(self, source: Source) -> bool:
        """Tell by the mark of an OLE container, or of a workbook stream without one."""
        head = source.content[:8]
        return head == _OLE or bool(_BARE_STREAM.match(head))

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of every visible sheet that has some."""
        with collector_held():
            return self._read(source, profile, currency)

    def _read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        sheets = _sheets(source, MAX_ROWS)
        return sheets_statement(self.format, source, sheets, profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows of the first sheet with a header, and what all rows are."""
        return sheets_preview(self.format, source, _sheets(source, MAX_ROWS), profile)


def _sheets(source: Source, max_rows: int) -> list[Sheet]:
    """Return the visible sheets that hold anything.

    Raises:
        UnreadableFileError: protected, damaged, too large, or another kind of OLE document.

    """
    name, content = source.name, source.content
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(
            f"“{name}” is refused: an old Excel file of {len(content) // 1_000_000} MB holds more"
            " than a statement; save the sheet as XLSX."
        )
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _protected(name)
    book = _opened(name, content)
    try:
        visible = [sheet for sheet in book.sheets()[:MAX_SHEETS] if not sheet.visibility]
        hidden = [sheet.name for sheet in book.sheets() if sheet.visibility]
        found = []
        for sheet in visible:
            cells = _cells(book, sheet, max_rows)
            if cells.rows:
                found.append(sheet_of(sheet.name, cells))
    except Exception as error:  # as above
        raise _damaged(name, error) from error
    return with_hidden(found, hidden, name)


def _opened(name: str, content: bytes) -> xlrd.Book:
    """Open with the formats, which say what is hidden; where those are broken, without."""
    import xlrd  # noqa: PLC0415 - not owed at start
    from xlrd.biffh import XLRDError  # noqa: PLC0415 - see above

    for formatting in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=content,
                logfile=io.StringIO(),
                formatting_info=formatting,
                ragged_rows=True,
            )
        except XLRDError as error:
            sentence = str(error)
            if "encrypted" in sentence:
                raise _protected(name) from error
            if "Can't find workbook" in sentence:
                raise UnreadableFileError(
                    f"“{name}” is an Office document, but not a spreadsheet.", details=sentence
                ) from error
            failure: Exception = error
        except Exception as error:  # a damaged file breaks xlrd in any way there is
            failure = error
    raise _damaged(name, failure) from failure


def _cells(book: xlrd.Book, sheet: XlrdSheet, max_rows: int) -> SheetCells:
    cells = SheetCells()
    from_1904 = book.datemode == 1
    unlabelled = book.biff_version < 80 and book.codepage is None
    hidden = {at for at, info in sheet.rowinfo_map.items() if info.hidden}
    hidden_columns = {at for at, info in sheet.colinfo_map.items() if info.hidden}
    seen_hidden: set[int] = set()
    for at in range(min(sheet.nrows, max_rows)):
        values, kinds = sheet.row_values(at), sheet.row_types(at)
        row = [
            _recoded(str(value))
            if unlabelled and kind == _TEXT
            else _text(value, kind, from_1904=from_1904)
            for value, kind in zip(values[:MAX_COLUMNS], kinds[:MAX_COLUMNS], strict=True)
        ]
        while row and not row[-1]:
            row.pop()
        cells.rows.append(row)
        if row and at in hidden:
            cells.hidden_rows.append(at + 1)
        if hidden_columns:
            seen_hidden.update(c for c in hidden_columns if c < len(row) and row[c])
    while cells.rows and not cells.rows[-1]:
        cells.rows.pop()
    if sheet.ncols > MAX_COLUMNS:
        cells.notes.append(f"Columns after {letters_of(MAX_COLUMNS - 1)} were not read.")
    cells.hidden_columns.extend(letters_of(at) for at in sorted(seen_hidden))
    return cells


def _text(value: object, kind: int, *, from_1904: bool) -> str:
    if kind == _TEXT:
        return str(value)
    if kind == _DATE:
        return date_text(repr(value), from_1904=from_1904)
    if kind == _NUMBER:
        return number_text(repr(value))
    if kind == _BOOLEAN:
        return "TRUE" if value else "FALSE"
    return ""


def _recoded(text: str) -> str:
    """Return a text of a file that names no character set: UTF-8 by web scripts, else Windows'."""
    octets = text.encode("latin-1", errors="replace")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


def _protected(name: str) -> UnreadableFileError:
    return UnreadableFileError(f"“{name}” is protected by a password; save it without one.")


def _damaged(name: str, error: Exception) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{name}” is damaged: the old Excel file cannot be opened.", details=repr(error)
    )

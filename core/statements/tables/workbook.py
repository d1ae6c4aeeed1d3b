"""XLSX workbooks as tables of text cells, checked before anything in them is believed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.errors import UnreadableFileError
from core.statements.amounts import MachineNumber
from core.statements.tables.text import MAX_ROWS, Table

MAX_INFLATED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 400
MAX_SHEETS = 60
MAX_COLUMNS = 128
MAX_EMPTY_ROWS = 10_000
"""A used range of A1:XFD1048576 is mostly air; after so many empty rows the sheet has ended."""

_CHUNK = 1024 * 1024
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def is_workbook(content: bytes) -> bool:
    """Tell whether the bytes are an XLSX workbook and not another kind of zip."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.replace("\\", "/").startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return b"xl/workbook" in content


def workbook_tables(content: bytes, file_name: str, *, max_rows: int = MAX_ROWS) -> list[Table]:
    """Return one table per visible sheet that holds anything, with notes about hidden ones.

    Raises:
        UnreadableFileError: damaged, a zip bomb, or formulas that were never calculated.

    """
    _check_archive(content, file_name)
    from openpyxl import load_workbook  # noqa: PLC0415 - 200 ms not owed at start

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        tables: list[Table] = []
        hidden: list[str] = []
        for sheet in book.worksheets[:MAX_SHEETS]:
            if sheet.sheet_state != "visible":
                hidden.append(sheet.title)
                continue
            sheet.reset_dimensions()  # the size that the file states is not to be believed
            values = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
            table = _sheet_table(sheet.title, values, file_name, max_rows)
            if any(table.rows):
                tables.append(table)
        book.close()
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl raises KeyError, ValueError, ParseError and more
        raise UnreadableFileError(
            f"“{file_name}” is damaged: the spreadsheet cannot be opened.", details=repr(error)
        ) from error
    if hidden and tables:
        names = ", ".join(f"“{title}”" for title in hidden)
        note = f"Hidden sheets were not read: {names}."
        tables[0] = Table(tables[0].rows, tables[0].name, notes=(*tables[0].notes, note))
    return tables


def _check_archive(content: bytes, file_name: str) -> None:
    """Inflate every part once, counting, before a parser trusts the sizes that the file states."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            stated = sum(part.file_size for part in parts)
            if len(parts) > MAX_ENTRIES or stated > MAX_INFLATED_BYTES or _swollen(stated, content):
                raise _bomb(file_name)
            total = 0
            for part in parts:
                if part.flag_bits & 1:
                    raise UnreadableFileError(
                        f"“{file_name}” is protected by a password; save it without one."
                    )
                total += _inflated(archive, part, MAX_INFLATED_BYTES - total, file_name)
            if _swollen(total, content):
                raise _bomb(file_name)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(
            f"“{file_name}” is damaged: it is cut off or was changed on the way.",
            details=repr(error),
        ) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise UnreadableFileError(
            f"“{file_name}” is damaged: it is cut off or was changed on the way.",
            details=repr(error),
        ) from error


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, file_name: str) -> int:
    total = 0
    tail = b""
    is_sheet = part.filename.startswith("xl/worksheets/")
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if total == 0 and (b"<!DOCTYPE" in chunk[:4096] or b"<!ENTITY" in chunk[:4096]):
                raise UnreadableFileError(f"“{file_name}” is not a plain spreadsheet.")
            total += len(chunk)
            if total > room:
                raise _bomb(file_name)
            if is_sheet and (match := _EMPTY_FORMULA.search(tail + chunk)):
                raise UnreadableFileError(
                    f"“{file_name}”, cell {match[1].decode()}: a formula without a value. Open the"
                    " file in a spreadsheet program, save it and try again."
                )
            tail = chunk[-2000:]
    return total


def _swollen(inflated: int, content: bytes) -> bool:
    return inflated > 20 * _CHUNK and inflated > MAX_RATIO * len(content)


def _bomb(file_name: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{file_name}” is refused: unpacked it is larger than"
        f" {MAX_INFLATED_BYTES // _CHUNK} MB, more than a statement can be."
    )


def _sheet_table(
    title: str, sheet: Iterable[Iterable[object]], file_name: str, max_rows: int
) -> Table:
    rows: list[list[str]] = []
    filled = 0
    notes: tuple[str, ...] = ()
    for values in sheet:
        row = _texts(values)
        rows.append(row)
        if row:
            filled = len(rows)
        if len(rows) - filled > MAX_EMPTY_ROWS:
            notes = (f"Nothing after row {filled} was read: {MAX_EMPTY_ROWS} empty rows follow.",)
            break
        if len(rows) >= max_rows:
            if max_rows == MAX_ROWS:
                raise UnreadableFileError(
                    f"“{file_name}” has more than {MAX_ROWS} rows; split it into shorter periods."
                )
            break
    return Table(rows[:filled], title, notes=notes)


def _texts(values: Iterable[object]) -> list[str]:
    cells = [_text(value) for value in values]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return MachineNumber(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        if value.microsecond >= 500_000:
            value += timedelta(seconds=1)
        value = value.replace(microsecond=0)
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """Return the decimal that was typed: 15 digits count, the rest is binary noise."""
    try:
        return MachineNumber(format(Decimal(format(value, ".15g")), "f"))
    except (ArithmeticError, ValueError):
        return str(value)

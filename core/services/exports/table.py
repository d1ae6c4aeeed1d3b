"""A list of any length as CSV or XLSX, a row at a time, under its name only once it is whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZipFile

from core.services.reports.contract import Cell, ColumnKind, ExportFormat
from core.services.reports.csv_export import csv_text
from core.services.reports.workbook import SheetRows, new_workbook, sheet_title, stored_cell

if TYPE_CHECKING:
    from openpyxl import Workbook

RowT = TypeVar("RowT")
Report = Callable[[int, int], object]
"""Told how many rows of how many are written; what it raises ends the writing."""

FORMATS = (ExportFormat.CSV, ExportFormat.XLSX)
MOST_SHEET_ROWS = 1_048_576
"""Excel's own limit of a sheet, its head included; more go on in a further sheet."""

_ROWS_BETWEEN_REPORTS = 1_000
_WIDTHS = {ColumnKind.MOMENT: 20, ColumnKind.DAY: 12, ColumnKind.AMOUNT: 14, ColumnKind.COUNT: 10}


@dataclass(frozen=True, slots=True)
class ExportColumn(Generic[RowT]):
    """A column of a file: its title, what its cells are, and one row's cell.

    An amount is in minor units of the row's ``currency``, which stands in a column of its own.
    """

    title: str
    kind: ColumnKind
    cell: Callable[[RowT], Cell]
    currency: Callable[[RowT], str] = lambda _row: ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was handed out, and how many rows it has."""

    path: Path
    rows: int


def write_table(
    path: Path,
    format_: ExportFormat,
    name: str,
    columns: Sequence[ExportColumn[RowT]],
    rows: Iterable[RowT],
    total: int,
    report: Report,
) -> int:
    """Write rows into a file, and return how many there were.

    Amounts are numbers in major units, moments are the shop's own time, text stays text.

    Raises:
        OSError: the file cannot be written.
        ValueError: the format holds no list.

    """
    counted = _Counted(rows, total, report)
    if format_ is ExportFormat.CSV:
        _write_csv(path, columns, counted)
    elif format_ is ExportFormat.XLSX:
        _write_xlsx(path, name, columns, counted)
    else:
        raise ValueError(format_)
    return counted.done


class _Counted(Iterator[RowT]):
    """Rows on their way, told now and then."""

    def __init__(self, rows: Iterable[RowT], total: int, report: Report) -> None:
        self._rows = iter(rows)
        self._total = total
        self._report = report
        self.done = 0

    def __next__(self) -> RowT:
        if self.done % _ROWS_BETWEEN_REPORTS == 0:
            self.tell()
        row = next(self._rows)
        self.done += 1
        return row

    def tell(self) -> None:
        self._report(min(self.done, self._total), self._total)


def _write_csv(path: Path, columns: Sequence[ExportColumn[RowT]], rows: _Counted[RowT]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([csv_text(column.title, ColumnKind.TEXT, "") for column in columns])
        makers = [(column.cell, column.kind, column.currency) for column in columns]
        for row in rows:
            writer.writerow([csv_text(cell(row), kind, cur(row)) for cell, kind, cur in makers])


def _write_xlsx(
    path: Path, name: str, columns: Sequence[ExportColumn[RowT]], rows: _Counted[RowT]
) -> None:
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415 - 300 ms not owed at start

    with new_workbook() as book, _forgotten(book):
        sheet = _new_sheet(book, name, columns)
        for place, row in enumerate(rows):
            if place and place % (MOST_SHEET_ROWS - 1) == 0:
                sheet = _new_sheet(book, name, columns)
            sheet.append(
                stored_cell(each.cell(row), each.kind, each.currency(row)) for each in columns
            )
        book.properties.title = name
        book.properties.creator = "Sanduku"
        with (
            path.open("wb") as file,
            ZipFile(cast("IO[bytes]", _Watched(file, rows.tell)), "w", ZIP_DEFLATED) as archive,
        ):
            ExcelWriter(book, archive).save()


def _new_sheet(book: Workbook, name: str, columns: Sequence[ExportColumn[RowT]]) -> SheetRows:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above

    title = sheet_title(name)
    number = len(book.worksheets) + 1
    sheet: Any = book.create_sheet(title if number == 1 else f"{title[:27]} {number}")
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        width = max(_WIDTHS.get(column.kind, 22), len(column.title) + 3)
        sheet.column_dimensions[get_column_letter(place)].width = width
    rows = SheetRows(sheet)
    rows.append_texts((column.title for column in columns), bold=True)
    return rows


class _Watched(io.RawIOBase):
    """A file whose writing may be ended once, because a large workbook takes a while.

    What the library writes after that, to close what it has begun, is let pass.
    """

    def __init__(self, file: IO[bytes], report: Callable[[], None]) -> None:
        super().__init__()
        self._file = file
        self._report = report
        self._is_ended = False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def write(self, data: Any) -> int:
        if not self._is_ended:
            # Whoever ends it does so by raising.
            self._is_ended = True
            self._report()
            self._is_ended = False
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def _forgotten(book: Workbook) -> Iterator[None]:
    """Take away what the library keeps among the system's temporary files if packing is ended."""
    try:
        yield
    finally:
        for sheet in cast("list[Any]", book.worksheets):
            writer = sheet._writer  # noqa: SLF001 - it offers no other way before its own end
            if writer is not None and isinstance(writer.out, str):
                if not sheet.closed:
                    sheet.close()
                Path(writer.out).unlink(missing_ok=True)

"""A report as a workbook: numbers that add up, dates that sort, and no live formula."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from core.clock import day_end, shop_time
from core.documents.text import period
from core.money import exponent
from core.services.reports.contract import (
    Cell,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
)
from core.services.reports.flat import FlatTable
from core.services.reports.shown import shown

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST, _NARROWEST, _MEASURED_ROWS = 60, 9, 1000
_LONGEST_TEXT = 32_767
"""Excel's own limit of a cell."""

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_Stored = str | int | Decimal | date | datetime | None
"""What a cell can hold."""

_LIVE_START = ("=", "#")
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def xlsx_bytes(report: Report, shop_name: str) -> bytes:
    """Return the report as a workbook; the same figures give the same bytes.

    The head is frozen, the totals stand below. Amounts are exact numbers in major units, so that
    a sum over a column is what it says; a column of several currencies must not be summed.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 300 ms not owed at start

    book = Workbook(write_only=True)
    _write_rows(cast("Worksheet", book.create_sheet(sheet_title(report.title))), report)
    _write_about(cast("Worksheet", book.create_sheet("About")), report, shop_name)
    book.properties.title = report.title
    book.properties.creator = shop_name or "Sanduku"
    book.properties.created = day_end(report.query.last_day).replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue(), report)


def _write_rows(sheet: Worksheet, report: Report) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above

    table = FlatTable(report)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(report, table), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([sheet_cell(sheet, column.title, bold=True) for column in table.columns])
    for row in report.rows:
        sheet.append(list(_cells(sheet, table.columns, table.cells(row), row)))
    for row in report.totals:
        cells = table.cells(row)
        if cells[0] in {None, ""}:
            cells = ("Total", *cells[1:])
        sheet.append(list(_cells(sheet, table.columns, cells, row, bold=True)))
    if report.rows:
        last = get_column_letter(len(table.columns))
        sheet.auto_filter.ref = f"A1:{last}{len(report.rows) + 1}"


def _write_about(sheet: Worksheet, report: Report, shop_name: str) -> None:
    query = report.query
    sheet.column_dimensions["A"].width = 100
    for line in (report.title, shop_name, period(query.first_day, query.last_day), *report.notes):
        sheet.append([sheet_cell(sheet, line, bold=line is report.title)])


def _cells(
    sheet: Worksheet,
    columns: Sequence[ReportColumn],
    cells: Sequence[Cell],
    row: ReportRow,
    *,
    bold: bool = False,
) -> Iterator[SheetCell | _Stored]:
    for column, cell in zip(columns, cells, strict=True):
        value, number_format = stored_value(cell, column.kind, row.currency)
        yield sheet_cell(sheet, value, number_format, bold=bold)


def stored_value(cell: Cell, kind: ColumnKind, currency: str) -> tuple[_Stored, str]:
    """Return what a cell holds, and the format it is shown in."""
    if isinstance(cell, datetime):
        return shop_time(cell).replace(tzinfo=None, microsecond=0), "yyyy-mm-dd hh:mm:ss"
    if isinstance(cell, date):
        return cell, "yyyy-mm-dd"
    if isinstance(cell, int):
        if kind is ColumnKind.AMOUNT:
            decimals = exponent(currency)
            places = f".{'0' * decimals}" if decimals else ""
            amount = Decimal(cell).scaleb(-decimals) if decimals else cell
            return amount, f"#,##0{places}"
        if kind is ColumnKind.SHARE:
            return Decimal(cell).scaleb(-4), "0.00%"
        return cell, "#,##0"
    if kind in {ColumnKind.METHOD, ColumnKind.PAYMENT_STATUS}:
        return shown(cell, kind, currency), "General"
    return cell, "General"


def sheet_cell(
    sheet: Worksheet,
    value: _Stored,
    number_format: str = "General",
    *,
    bold: bool = False,
) -> SheetCell | _Stored:
    """Return what goes into a row: the value itself where nothing need be said about it."""
    if isinstance(value, str):
        value = _UNSTORABLE.sub("\ufffd", value)[:_LONGEST_TEXT]
    is_live = isinstance(value, str) and value.startswith(_LIVE_START)
    if not bold and not is_live and number_format == "General":
        return value
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see above
    from openpyxl.styles import Font  # noqa: PLC0415 - see above

    cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type] # the stubs know no Decimal
    if isinstance(value, str):
        # Text stays text: openpyxl would make a formula or an error of it.
        cell.data_type = "s"
    cell.number_format = number_format
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(report: Report, table: FlatTable) -> list[int]:
    rows = (*report.totals, *report.rows[:_MEASURED_ROWS])
    widths = []
    for place, column in enumerate(table.columns):
        longest = max(
            (len(shown(table.cells(row)[place], column.kind, row.currency)) for row in rows),
            default=0,
        )
        widths.append(max(_NARROWEST, min(_WIDEST, max(longest, len(column.title)) + 3)))
    return widths


def sheet_title(title: str) -> str:
    """Return a title that a sheet may bear: 31 characters, none of those Excel keeps to itself."""
    return re.sub(r"[\[\]:*?/\\']", " ", _UNSTORABLE.sub(" ", title)).strip()[:31] or "Report"


def _without_times(content: bytes, report: Report) -> bytes:
    """Return a workbook that does not say when it was written: so the same figures, same bytes."""
    end = day_end(report.query.last_day)
    modified = f"{end:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + modified + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, _NO_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, part)
    return out.getvalue()

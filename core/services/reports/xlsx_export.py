"""A report as a workbook: numbers that add up, dates that sort, and no live formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

from core.clock import day_end
from core.documents.text import period
from core.services.reports.contract import Report
from core.services.reports.flat import FlatTable
from core.services.reports.shown import shown
from core.services.reports.workbook import (
    SheetRows,
    new_workbook,
    save_workbook,
    sheet_title,
    stored_cell,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST, _NARROWEST, _MEASURED_ROWS = 60, 9, 1000


def xlsx_bytes(report: Report, shop_name: str) -> bytes:
    """Return the report as a workbook; the same figures give the same bytes.

    The head is frozen, the totals stand below. Amounts are exact numbers in major units, so that
    a sum over a column is what it says; a column of several currencies must not be summed.
    """
    out = io.BytesIO()
    with new_workbook() as book:
        _write_rows(cast("Worksheet", book.create_sheet(sheet_title(report.title))), report)
        _write_about(cast("Worksheet", book.create_sheet("About")), report, shop_name)
        end = day_end(report.query.last_day)
        save_workbook(book, out, title=report.title, shop_name=shop_name, as_of=end)
    return out.getvalue()


def _write_rows(sheet: Worksheet, report: Report) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above

    table = FlatTable(report)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(report, table), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    rows = SheetRows(sheet)
    rows.append_texts((column.title for column in table.columns), bold=True)
    for is_total, row in (
        *((False, row) for row in report.rows),
        *((True, row) for row in report.totals),
    ):
        cells = table.cells(row)
        if is_total and cells[0] in {None, ""}:
            cells = ("Total", *cells[1:])
        rows.append(
            (
                stored_cell(cell, column.kind, row.currency)
                for column, cell in zip(table.columns, cells, strict=True)
            ),
            bold=is_total,
        )
    if report.rows:
        last = get_column_letter(len(table.columns))
        sheet.auto_filter.ref = f"A1:{last}{len(report.rows) + 1}"


def _write_about(sheet: Worksheet, report: Report, shop_name: str) -> None:
    query = report.query
    sheet.column_dimensions["A"].width = 100
    rows = SheetRows(sheet)
    for line in (report.title, shop_name, period(query.first_day, query.last_day), *report.notes):
        rows.append_texts((line,), bold=line is report.title)


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

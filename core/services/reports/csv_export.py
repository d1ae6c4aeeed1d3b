"""A report as CSV: for a spreadsheet opened with a double click, or another program."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime

from core.clock import shop_time
from core.money import major
from core.services.reports.contract import Cell, ColumnKind, Report
from core.services.reports.flat import FlatTable
from core.services.reports.shown import percent

_LIVE_START = ("=", "+", "-", "@", "\t", "\r", "\n")
_PHONE = re.compile(r"\+\d+")


def csv_bytes(report: Report) -> bytes:
    """Return the report's rows: UTF-8 with a byte order mark, commas, CRLF (RFC 4180).

    Without the mark Excel reads "Uwimana, café" in the computer's own code page; programs that
    want none read JSON. There is no row of totals: a sum over a column would count it again.
    Amounts are in major units, times in the shop's own, shares in percent, durations in ms.
    """
    table = FlatTable(report)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(column.key for column in table.columns)
    for row in report.rows:
        writer.writerow(
            csv_text(cell, column.kind, row.currency)
            for column, cell in zip(table.columns, table.cells(row), strict=True)
        )
    return out.getvalue().encode("utf-8-sig")


def csv_text(cell: Cell, kind: ColumnKind, currency: str) -> str:
    """Return what a cell is in a file of text: a plain number, an ISO date, harmless words."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{shop_time(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        if kind is ColumnKind.AMOUNT:
            return major(cell, currency)
        return percent(cell) if kind is ColumnKind.SHARE else str(cell)
    return harmless(cell)


def harmless(text: str) -> str:
    """Return text from outside so that no spreadsheet takes it for a formula (OWASP).

    A telephone number in international form is left as it is: read as a formula, it is a number.
    """
    if text.lstrip(" ").startswith(_LIVE_START) and not _PHONE.fullmatch(text):
        return f"'{text}"
    return text

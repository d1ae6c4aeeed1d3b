"""A report as JSON, for scripts; its field names stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from core.clock import iso_utc
from core.money import major
from core.services.reports.contract import Cell, ColumnKind, Report, ReportRow
from core.services.reports.flat import FlatTable
from core.services.reports.shown import percent


def json_bytes(report: Report) -> bytes:
    """Return :func:`report_document` as UTF-8."""
    return (json.dumps(report_document(report), ensure_ascii=False, indent=2) + "\n").encode()


def report_document(report: Report) -> Mapping[str, object]:
    """Return the report as scripts read it.

    Amounts are strings of major units, shares strings of percent, durations milliseconds, moments
    UTC. ``totals`` are those in the shop's own currency; ``totals_by_currency`` has them all.
    """
    table = FlatTable(report)

    def document(row: ReportRow) -> dict[str, object]:
        cells = zip(table.columns, table.cells(row), strict=True)
        return {column.key: json_value(cell, column.kind, row.currency) for column, cell in cells}

    totals = [
        {key: value for key, value in document(row).items() if value not in {None, ""}}
        for row in report.totals
    ]
    return {
        "report": report.query.name.value,
        "from": report.query.first_day.isoformat(),
        "to": report.query.last_day.isoformat(),
        "columns": [column.key for column in table.columns],
        "rows": [document(row) for row in report.rows],
        "totals": totals[0],
        "totals_by_currency": totals,
        "notes": list(report.notes),
    }


def json_value(cell: Cell, kind: ColumnKind, currency: str) -> str | int | None:
    """Return a cell as scripts read it."""
    if isinstance(cell, datetime):
        return iso_utc(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        if kind is ColumnKind.AMOUNT:
            return major(cell, currency)
        return percent(cell) if kind is ColumnKind.SHARE else cell
    return None if cell is None else str(cell)

"""A report as one table: what stands beside the cells becomes columns of its own."""

from __future__ import annotations

from core.services.reports.contract import Cell, ColumnKind, Report, ReportColumn, ReportRow

_GROUP = ReportColumn("group", "Section", ColumnKind.TEXT)
_CURRENCY = ReportColumn("currency", "Currency", ColumnKind.TEXT)


class FlatTable:
    """The columns of a report's file, and how each row fills them."""

    def __init__(self, report: Report) -> None:
        rows = (*report.rows, *report.totals)
        self._has_groups = any(row.group for row in rows)
        self._has_currency = any(row.currency for row in rows)
        self.columns = (
            *((_GROUP,) if self._has_groups else ()),
            *report.columns,
            *((_CURRENCY,) if self._has_currency else ()),
        )

    def cells(self, row: ReportRow, *, group: str | None = None) -> tuple[Cell, ...]:
        """Return a row's cells; ``group`` stands in place of its own section."""
        return (
            *((row.group if group is None else group,) if self._has_groups else ()),
            *row.cells,
            *((row.currency,) if self._has_currency else ()),
        )

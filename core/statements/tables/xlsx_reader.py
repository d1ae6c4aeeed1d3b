"""XLSX workbooks."""

from __future__ import annotations

from core.collector import collector_held
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.sheets import sheets_preview, sheets_statement
from core.statements.tables.workbook import workbook_sheets
from core.statements.tables.workbook_archive import is_workbook


class XlsxReader:
    """Reads the visible sheets of a workbook."""

    format = "xlsx"

    def accepts(self, source: Source) -> bool:
        """Tell a workbook by its parts."""
        return is_workbook(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of every visible sheet that has some."""
        with collector_held():
            return self._read(source, profile, currency)

    def _read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        sheets = workbook_sheets(source.content, source.name)
        return sheets_statement(self.format, source, sheets, profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows of the first sheet with a header, and what all rows are."""
        sheets = workbook_sheets(source.content, source.name)
        return sheets_preview(self.format, source, sheets, profile)

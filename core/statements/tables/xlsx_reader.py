"""XLSX workbooks."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.columns import find_layout
from core.statements.tables.recognition import preview_of, statement_file
from core.statements.tables.workbook import is_workbook, workbook_tables

PREVIEW_ROWS = 100


class XlsxReader:
    """Reads the visible sheets of a workbook."""

    format = "xlsx"

    def accepts(self, source: Source) -> bool:
        """Tell a workbook by its parts."""
        return is_workbook(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of every visible sheet that has some."""
        tables = workbook_tables(source.content, source.name)
        if not tables:
            raise UnreadableFileError(f"“{source.name}” is empty.")
        return statement_file(self.format, source, tables, profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows of the first sheet with a header, else of the first sheet."""
        tables = workbook_tables(source.content, source.name, max_rows=PREVIEW_ROWS)
        if not tables:
            raise UnreadableFileError(f"“{source.name}” is empty.")
        known = (table for table in tables if find_layout(table.rows))
        return preview_of(self.format, next(known, tables[0]), profile)

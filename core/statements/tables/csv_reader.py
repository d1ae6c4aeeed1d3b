"""CSV, TSV and other delimited text."""

from __future__ import annotations

from core.collector import collector_held
from core.errors import UnreadableFileError
from core.statements.foreign import foreign_kind
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.recognition import preview_of, statement_file
from core.statements.tables.text import text_table


class CsvReader:
    """Reads delimited text."""

    format = "csv"

    def accepts(self, source: Source) -> bool:
        """Tell any text that has no mark of another format."""
        return not source.content.startswith(b"PK") and not foreign_kind(source.content)

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        with collector_held():  # the table itself is gone before the collector looks again
            return self._read(source, profile, currency)

    def _read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        table = text_table(source.content, source.name, profile)
        if not any(table.rows):
            raise UnreadableFileError(f"“{source.name}” is empty.")
        return statement_file(self.format, source, [table], profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows as text."""
        table = text_table(source.content, source.name, profile)
        return preview_of(self.format, table, profile)

"""PDF statements with a text layer."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class PdfReader:
    """Reads PDF statements with a text layer."""

    format = "pdf"

    def accepts(self, source: Source) -> bool:
        """Tell by the mark every PDF begins with."""
        return source.content.startswith(b"%PDF")

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

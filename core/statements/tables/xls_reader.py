"""Old binary Excel workbooks (BIFF)."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class XlsReader:
    """Reads Old binary Excel workbooks (BIFF)."""

    format = "xls"

    def accepts(self, source: Source) -> bool:
        """Tell by the mark of an OLE container."""
        return source.content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

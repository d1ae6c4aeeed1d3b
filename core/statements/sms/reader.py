"""Messages of MTN MoMo and Airtel Money, pasted or saved as text."""

from __future__ import annotations

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class SmsReader:
    """Reads Messages of MTN MoMo and Airtel Money, pasted or saved as text."""

    format = "sms"

    def accepts(self, source: Source) -> bool:
        """Tell by the sentences that the networks write."""
        return False

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

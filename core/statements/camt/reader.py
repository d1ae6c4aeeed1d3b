"""ISO 20022 CAMT.052, 053 and 054."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class CamtReader:
    """Reads ISO 20022 CAMT.052, 053 and 054."""

    format = "camt"

    def accepts(self, source: Source) -> bool:
        """Tell XML whose root is a bank-to-customer message."""
        return (
            bool(re.match(rb"\s*<(?:\?xml|\w+:?Document|Document)", source.content[:8192]))
            and b"OFX" not in source.content[:8192].upper()
        )

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

"""SWIFT MT940 and MT942."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class Mt940Reader:
    """Reads SWIFT MT940 and MT942."""

    format = "mt940"

    def accepts(self, source: Source) -> bool:
        """Tell by the field tags that only SWIFT statements have."""
        return bool(
            re.search(rb"^(?:\{1:|:20:|:25:|:60[FM]:|:940:)", source.content[:8192], re.MULTILINE)
        )

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

"""BAI2 cash management files."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class Bai2Reader:
    """Reads BAI2 cash management files."""

    format = "bai2"

    def accepts(self, source: Source) -> bool:
        """Tell by the file header record 01."""
        return bool(re.match(rb"01,[^,\n]*,[^,\n]*,\d{6},\d{4},", source.content[:8192]))

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

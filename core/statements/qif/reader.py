"""Quicken interchange files."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class QifReader:
    """Reads Quicken interchange files."""

    format = "qif"

    def accepts(self, source: Source) -> bool:
        """Tell by the header line that begins with an exclamation mark."""
        return bool(
            re.search(
                rb"^\s*!(?:Type|Account|Option):",
                source.content[:8192],
                re.MULTILINE | re.IGNORECASE,
            )
        )

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

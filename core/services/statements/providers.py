"""Who probably sent a file, by the words in it; a person has the last word."""

from __future__ import annotations

import re
from pathlib import Path

from core.model.reconciliations import StatementProvider
from core.statements.statement import Statement, StatementFile

_AIRTEL_WORDS = re.compile(r"airtel", re.IGNORECASE)
_MTN_WORDS = re.compile(r"mtn|momo|m-?money", re.IGNORECASE)


def likely_provider(
    path: Path, file: StatementFile, statement: Statement, profile_name: str = ""
) -> StatementProvider:
    """Return who probably sent one account's statement: profile, account, then the file's name."""
    for text in (file.profile, profile_name, statement.account, path.stem):
        if _AIRTEL_WORDS.search(text):
            return StatementProvider.AIRTEL
        if _MTN_WORDS.search(text):
            return StatementProvider.MTN
    return StatementProvider.BANK

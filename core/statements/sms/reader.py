"""Messages of MTN MoMo and Airtel Money, pasted, saved or exported from a phone."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sms.assembling import Assembly
from core.statements.sms.messages import backup_messages, is_backup, pasted_messages
from core.statements.sms.sentences import Outcome, is_known, understood
from core.statements.sources import Source
from core.statements.statement import Problem, StatementFile
from core.statements.tables.text import decoded

_SAMPLE_BYTES = 400_000
_SAMPLE_MESSAGES = 500


class SmsReader:
    """Reads what the networks write to the shop's phone."""

    format = "sms"

    def accepts(self, source: Source) -> bool:
        """Tell by sentences that only the networks write, where messages begin.

        A table with a column of such texts begins its lines otherwise and stays a table.
        """
        head = source.content[:_SAMPLE_BYTES]
        if is_backup(head):
            return any(is_known(m) for m in re.findall(r'body="([^"]*)', _loose(head))) or any(
                is_known(m.strip()) for m in re.findall(r"<body>([^<]*)", _loose(head))
            )
        if head[:1] in (b"<", b"{", b"[") and not head[1:2].isdigit():
            return False
        text = _loose(head)
        first = pasted_messages(text, 1)
        if not first or _is_table_row(first[0].text):
            return False
        messages = pasted_messages(text, _SAMPLE_MESSAGES)
        sample = messages[:_SAMPLE_MESSAGES]
        known = sum(is_known(message.text) for message in sample)
        return known > 0 and known * 4 >= sum(
            understood(message.text).outcome != Outcome.OTHER for message in sample
        )

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return one statement for every network and currency, oldest message first.

        ``line`` is the number of the message in the file. Opening and closing balance are
        those before the first and after the last message, where the balances follow.
        """
        encoding, notes = "", tuple[str, ...]()
        if is_backup(source.content[:4096]):
            messages = backup_messages(source.content, source.name)
        else:
            text, encoding, notes = decoded(source.content, source.name)
            messages = pasted_messages(text)
        assembly = Assembly(source, messages, profile.date_order if profile else "")
        statements, problems = assembly.statements()
        return StatementFile(
            format=self.format,
            profile=assembly.network(),
            statements=tuple(statements),
            problems=(*[Problem(None, note) for note in notes], *problems),
            sha256=source.sha256,
            encoding=encoding,
            date_order_unsure=assembly.order_unsure,
        )


def _loose(head: bytes) -> str:
    """Return the beginning of a file as text of whatever encoding, for a look only."""
    try:
        return decoded(head, "")[0]
    except UnreadableFileError:
        return ""


def _is_table_row(text: str) -> bool:
    """Tell a header of columns: three short fields or more."""
    for delimiter in (",", ";", "\t", "|"):
        fields = text.split(delimiter)
        if len(fields) >= 3 and all(len(field) <= 30 for field in fields):
            return True
    return False

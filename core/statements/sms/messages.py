"""Messages in a text file: pasted lines, a chat's export, or a phone's backup as XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.parsers import expat

from core.errors import UnreadableFileError
from core.statements.sms.sentences import has_amount, is_known

MAX_MESSAGES = 200_000

_HEAD = re.compile(
    r"\[?(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),?[\s\u202f]+"
    r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?)\]?\s*[-–]?\s*"
    r"(?:(?P<sender>[^:\n]{1,40}?):\s+)?(?=\S)"
)
"""What a chat puts before a message: "[10/05/2024, 16:30:58] M-Money: " and its like."""
_CONTINUES = re.compile(
    r"(?:your |new |available )?balance|fee\b|financial|external|message|from\b|to\b|at\b|on\b"
    r"|date|ref|tx|trans|thank|with\b|has\b|nouveau|frais|solde|umubare|ikiguzi",
)
_OF_MONEY = re.compile(
    r"(?:your |new |available )*(?:balance|solde|fee|frais|ikiguzi|umubare|message from|financial)"
)
_NUMBER_ONLY = re.compile(
    r"(?:tid|tx ?id|txn id|ref)\b[\s:.]*[\w.-]+\.?|confirmed\W?", re.IGNORECASE
)
"""A first line that has no more than the transaction's number."""
_HALF_CHARACTER = re.compile(rb"&#(?:5[5-7]\d{3}|[xX][dD][89a-fA-F][0-9a-fA-F]{2});")
"""Backups write an emoji as two halves (UTF-16), which XML does not allow."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``number`` counts them from 1 as they stand in the file.

    ``received`` is the phone's moment in UTC; ``written_at`` is a chat's own date and time as
    text, whose order of day and month is not yet known.
    """

    number: int
    text: str
    sender: str = ""
    received: datetime | None = None
    written_at: str = ""
    sent: bool = False
    """Written by the phone's owner."""


def pasted_messages(text: str, most: int = MAX_MESSAGES) -> list[Message]:
    """Return the messages of a text, one to a line or wrapped, with or without a chat's heads.

    A line goes on with the one before it when it knows no sentence of its own, no blank line
    stands between, and it begins like the rest of one.
    """
    found: list[list[str]] = []
    after_blank = True
    for written in text.splitlines():
        line = written.strip("\ufeff\u200e\u200f \t")
        if not line:
            after_blank = True
            continue
        goes_on = not after_blank and not _HEAD.match(line) and _goes_on(line, found[-1][-1])
        if goes_on:
            found[-1].append(line)
        else:
            found.append([line])
        after_blank = False
        if len(found) > most:
            break
    return [_message(number, " ".join(lines)) for number, lines in enumerate(found, start=1)]


def _goes_on(line: str, before: str) -> bool:
    if is_known(line):
        return bool(_NUMBER_ONLY.fullmatch(before))
    folded = line.casefold()
    if not (line[0].islower() or line[0] == "(" or _CONTINUES.match(folded)):
        return False
    return bool(_OF_MONEY.match(folded)) or not has_amount(line)


def _message(number: int, text: str) -> Message:
    head = _HEAD.match(text)
    if head is None:
        return Message(number, text)
    written_at = f"{head['date']} {head['clock']}".replace("\u202f", " ")
    return Message(number, text[head.end() :], head["sender"] or "", written_at=written_at)


def is_backup(content: bytes) -> bool:
    """Tell a phone's backup of messages by its first tags."""
    head = content[:4096]
    return bool(re.search(rb"<(?:smses|sms_records|sms_data|sms)[\s>]", head))


def backup_messages(content: bytes, file_name: str) -> list[Message]:
    """Return the messages of an Android backup: ``<sms address= date= type= body= />``.

    Raises:
        UnreadableFileError: not well-formed, or with a DOCTYPE.

    """
    reader = _BackupReader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data

    def refuse(*_declaration: object) -> None:
        raise UnreadableFileError(f"“{file_name}” is not a plain backup of messages.")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(_HALF_CHARACTER.sub(b"", content), True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableFileError(
            f"“{file_name}” is damaged: the backup of messages breaks off or was changed.",
            details=str(error),
        ) from error
    return reader.messages


class _BackupReader:
    """Takes the fields of a message from attributes or from elements of the same names."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._fields: dict[str, str] | None = None
        self._field = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sms":
            self._fields = dict(attributes)
        elif self._fields is not None:
            self._field = name
            self._fields.setdefault(name, "")

    def data(self, text: str) -> None:
        if self._fields is not None and self._field:
            self._fields[self._field] += text

    def end(self, name: str) -> None:
        self._field = ""
        if name != "sms" or self._fields is None:
            return
        fields, self._fields = self._fields, None
        if len(self.messages) < MAX_MESSAGES:
            self.messages.append(
                Message(
                    number=len(self.messages) + 1,
                    text=" ".join(fields.get("body", "").split()),
                    sender=fields.get("address", ""),
                    received=_moment(fields.get("date", "")),
                    sent=fields.get("type", "1").strip() not in ("1", ""),
                )
            )


def _moment(milliseconds: str) -> datetime | None:
    digits = milliseconds.strip()
    if not re.fullmatch(r"[0-9]{10,13}", digits):
        return None
    seconds = int(digits) / (1000 if len(digits) > 11 else 1)
    return datetime.fromtimestamp(seconds, UTC)

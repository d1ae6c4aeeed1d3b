"""SWIFT fields (``:tag:text``) gathered into messages, one per statement or page of it.

Field names and what they hold: SWIFT Standards, category 9, MT 940 and MT 942.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import UnreadableFileError

MAX_MESSAGES = 50_000

_TAG = re.compile(
    r"^:(?:(13[CD]?|2[015]P?|28C?|34F|6[02][A-Z]?|61|6[45][A-Z]?|86|90[CD]|NS):"
    r"|(6[02][FM])(?=[CD]\d{6}[A-Z]))",
    re.MULTILINE,
)
"""The second form lacks its colon, as one bank writes it."""

_OTHER_MESSAGE = re.compile(r"^:(?:23B|32[A-D]|5[0-9][A-Z]?|71A|79):", re.MULTILINE)
_END = re.compile(r"\n?-\}|\n-(?:XXX)?[ \t]*(?:\n|\Z)|\n\{1:F\d\d[^\n]*\{4:")
_BLOCK_4 = re.compile(r"\{4:[ \t]*(?=:)")
_HOUR_AT_END = re.compile(r"[T ](?:[01]\d|2[0-3])\s*\Z")
_MINUTES = re.compile(r"[0-5]\d(?!\d)")
_CLOCK_LIKE = frozenset(("13", "20", "21", "25", "28"))
"""Tags that may be the minutes of a time of day."""


class Entry:
    """A ``:61:`` field and the ``:86:`` or ``:NS:`` text that belongs to it, as written.

    A plain class, filled while the fields go by: a file holds them by the hundred thousand.
    """

    __slots__ = ("field_61", "field_86", "field_ns", "further_86")

    def __init__(self, field_61: str) -> None:
        self.field_61 = field_61
        self.field_86 = ""
        self.field_ns = ""
        self.further_86: list[str] | None = None

    def information(self) -> str:
        """Return all text about the movement."""
        if self.further_86:
            return "\n".join((self.field_86, *self.further_86))
        return self.field_86 or self.field_ns


@dataclass(slots=True)
class Message:
    """The fields of one message, as written; an absent one is empty."""

    reference: str = ""
    account: str = ""
    number: str = ""
    openings: list[tuple[str, str]] = field(default_factory=list)
    closings: list[tuple[str, str]] = field(default_factory=list)
    floors: list[str] = field(default_factory=list)
    sums: list[tuple[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    notes_before: list[str] = field(default_factory=list)
    notes_after: list[str] = field(default_factory=list)
    date_time: str = ""
    several_notes: bool = False
    entries_closed: int = 0
    """How many entries there were when the last balance or sum after them came."""

    @property
    def says_something(self) -> bool:
        """False for a header without any balance, movement or sum, as some end a file with."""
        return bool(self.entries or self.openings or self.closings or self.floors or self.sums)

    @property
    def is_interim(self) -> bool:
        """True for an MT 942, which reports movements of the day and no balance."""
        return bool(self.floors or self.sums) and not self.openings and not self.closings


def is_other_message(text: str) -> bool:
    """Tell by its fields a message of another type, such as a payment order (MT 103)."""
    return bool(_OTHER_MESSAGE.search(text))


def messages_of(text: str, file_name: str) -> list[Message]:
    """Return the messages of a file in their order; hollow ones only where there are no others.

    Raises:
        UnreadableFileError: more messages than a bank sends in a file.

    """
    gatherer = _Gatherer(file_name)
    for tag, body in _fields(text):
        gatherer.add(tag, body)
    for message in gatherer.messages:
        _settle_notes(message)
    return [message for message in gatherer.messages if message.says_something] or gatherer.messages


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield tag and text of each field; a line without a tag goes on with the field before it.

    What stands after the end of a message (``-`` or ``-}``) and before the next tag is the
    envelope of the transmission, and left out.
    """
    if "{4:" in text:
        text = _BLOCK_4.sub("{4:\n", text)
    tag, start = "", 0
    for match in _TAG.finditer(text):
        found = match.group(1) or match.group(2)
        if tag == "86" and found in _CLOCK_LIKE and _is_clock(text, start, match):
            continue
        if tag:
            yield tag, _until_end(text[start : match.start()])
        tag, start = found, match.end()
    if tag:
        yield tag, _until_end(text[start:])


def _until_end(body: str) -> str:
    if "\n-" in body or "-}" in body or "\n{1:" in body:
        end = _END.search(body)
        if end:
            return body[: end.start()]
    return body


def _is_clock(text: str, start: int, match: re.Match[str]) -> bool:
    """Tell a time of day, broken by the end of a line after its hour, from a tag."""
    before, after = text[max(start, match.start() - 8) : match.start()], match.end()
    return bool(_HOUR_AT_END.search(before) and _MINUTES.match(text, after))


class _Gatherer:
    """Puts fields where they belong; a new message begins with ``:20:``, or where it must."""

    def __init__(self, file_name: str) -> None:
        self.messages: list[Message] = []
        self._file_name = file_name
        self._current: Message | None = None

    def add(self, tag: str, body: str) -> None:
        message = self._current
        if tag == "61" and message is not None:
            message.entries.append(Entry(body))
            return
        if message is None or self._begins(message, tag):
            message = self._next(tag)
        if tag == "86":
            _add_note(message, body)
        else:
            _add(message, tag, body)

    def _begins(self, message: Message, tag: str) -> bool:
        if tag[:2] == "20":
            return True
        if tag[:2] == "60":
            return bool(message.closings or (message.openings and message.entries))
        return tag[:2] == "25" and bool(message.closings)

    def _next(self, tag: str) -> Message:
        """Start a message; without a ``:20:`` of its own it goes on with the account before it."""
        if len(self.messages) >= MAX_MESSAGES:
            raise UnreadableFileError(
                f"“{self._file_name}” holds more than {MAX_MESSAGES} statements; ask the bank for"
                " a shorter period."
            )
        before = self._current
        message = Message()
        if before is not None and tag[:2] == "60":
            message = Message(before.reference, before.account, before.number)
        self.messages.append(message)
        self._current = message
        return message


def _add(message: Message, tag: str, body: str) -> None:
    first_line = body.partition("\n")[0].strip()
    match tag[:2]:
        case "61":
            message.entries.append(Entry(body))
        case "20":
            message.reference = first_line
        case "25":
            message.account = message.account or first_line
        case "28":
            message.number = message.number or first_line
        case "60":
            message.openings.append((tag, first_line))
        case "62":
            message.closings.append((tag, first_line))
            message.entries_closed = len(message.entries)
        case "34":
            message.floors.append(first_line)
        case "90":
            message.sums.append((tag, first_line))
            message.entries_closed = len(message.entries)
        case "13":
            message.date_time = first_line
        case "NS":
            if message.entries_closed < len(message.entries):
                message.entries[-1].field_ns = _from_postal_bank(body)


def _add_note(message: Message, body: str) -> None:
    if (message.closings or message.sums) and message.entries_closed == len(message.entries):
        message.notes_after.append(body)
    elif not message.entries:
        message.notes_before.append(body)
    else:
        entry = message.entries[-1]
        if entry.field_86:
            message.several_notes = True
            entry.further_86 = entry.further_86 or []
            entry.further_86.append(_without_code(body, entry.field_86))
        else:
            entry.field_86 = body


def _without_code(body: str, before: str) -> str:
    """Return a further ``:86:`` without the business code that a bank repeats in each of them."""
    return body[3:] if body[:3].isdecimal() and body[:3] == before[:3] else body


def _settle_notes(message: Message) -> None:
    """Give each text to the movement after it at banks that write ``:86:`` before ``:61:``.

    Seen where every movement has exactly one text before it and the last has none after it.
    """
    entries = message.entries
    if len(message.notes_before) != 1 or not entries or message.several_notes:
        return
    if entries[-1].field_86 or not all(entry.field_86 for entry in entries[:-1]):
        return
    texts = [message.notes_before.pop(), *(entry.field_86 for entry in entries[:-1])]
    for entry, text in zip(entries, texts, strict=True):
        entry.field_86 = text


def _from_postal_bank(body: str) -> str:
    """Return a ``:NS:`` field (one numbered part a line) in the form of a German ``:86:``.

    Its parts: 01 to 14 purpose, 15 and 16 the other party's name, 17 the kind of booking.
    """
    parts = []
    for line in body.splitlines():
        code, text = line[:2], line[2:]
        if not code.isdecimal():
            continue
        if int(code) <= 14:
            parts.append(f"?20{text}")
        elif code in {"15", "16"}:
            parts.append(f"?32{text}")
        elif code == "17":
            parts.append(f"?00{text}")
    return f"000{''.join(parts)}" if parts else ""

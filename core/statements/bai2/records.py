"""BAI2 records: lines that begin with a code, put together with those that continue them.

Source: BAI Cash Management Balance Reporting Specifications, Version 2. A record ends with "/",
after which a fixed line may be filled up with blanks; 88 continues the record before it. Real
files leave the "/" out, break lines inside a text, or have no lines at all.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

CODES = {"01", "02", "03", "16", "49", "88", "98", "99"}
_CONTINUED = "88"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_PADDING = "\0\x1a \t\ufeff"
_CODE = re.compile(r"[\s\ufeff]*(01|02|03|16|49|88|98|99)(?:,|/|\s*$)")
_HEADER = re.compile(r"01,[^,\r\n]*,[^,\r\n]*,\s*(?:\d{6}|\d{8})\s*,")
_GROUP = re.compile(r"(?:^|[/\s])02,", re.MULTILINE)
_JOINED = re.compile(
    r"/[ \t]*(?=0[12],[^,/\r\n]*,[^,/\r\n]*,|03,[^,/\r\n]*,[A-Z]{0,3},|16,\d{3},|88,"
    r"|49,[+-]?\d*,\d*|9[89],[+-]?\d*,\d*,)"
)
"""A record that goes on in the line of the one before it; more than its code must show it."""

_HEAD_CHARACTERS = 8192


@dataclass(slots=True)
class Record:
    """A record with its continuations: what follows the code in each of its lines.

    ``line`` is the line of the file it begins in.
    """

    line: int
    code: str
    rests: list[str]

    def fields(self) -> list[str]:
        """Return the fields of a record that holds no free text."""
        return [field.strip() for rest in self.rests for field in rest.partition("/")[0].split(",")]


def text_of(content: bytes) -> str:
    """Return the file as text; nothing in it but free text is more than ASCII."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def begins_like_bai2(text: str) -> bool:
    """Tell a file header (01) that a group header (02) follows."""
    head = text[:_HEAD_CHARACTERS].lstrip(_PADDING + "\r\n")
    header = _HEADER.match(head)
    return header is not None and _GROUP.search(head, header.end()) is not None


def records(text: str) -> Iterator[Record]:
    """Yield the records in order; a line without a code goes on with the text before it."""
    current: Record | None = None
    for line, content in _lines(text):
        found = _CODE.match(content)
        if found is None:
            if current is not None:
                current.rests[-1] += f" {content.strip(_PADDING)}"
            continue
        rest = content[found.end() :].rstrip(_PADDING)
        if found[0].endswith("/"):
            rest = "/"
        if found[1] == _CONTINUED and current is not None:
            current.rests.append(rest)
            continue
        if current is not None:
            yield current
        current = Record(line, found[1], [rest])
    if current is not None:
        yield current


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers, and records that share one apart."""
    for number, line in enumerate(_LINE_ENDS.split(text), 1):
        for content in _JOINED.sub("/\n", line).split("\n"):
            if content.strip(_PADDING):
                yield number, content

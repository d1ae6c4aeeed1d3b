"""Reads a file of payments, one record after the other: JSON array or object, JSON Lines, CSV.

What the file is shows in its content, never in its name. A file is read twice, first whole to
see that it can be read to its end, so that a broken one changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.errors import UnreadableFileError
from core.services.payments.json_form import FIELDS

MAX_BYTES = 200 * 1024 * 1024
_BLANKS = re.compile(r"[ \t\r\n]*")
_NEEDED_COLUMNS = ("amount", "payment_method", "status")


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """One record of a file: where a person finds it, and its fields or what is wrong with it."""

    position: int
    fields: Mapping[str, object]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file of payments that has been seen to be readable to its end."""

    name: str
    sha256: str
    text: str

    def records(self) -> Iterator[PaymentRecord]:
        """Yield every record: a JSON array counts from 1, the other formats by line."""
        return _records(self.name, self.text)


def open_payment_file(path: Path) -> PaymentFile:
    """Return a file whose every record can be read.

    Raises:
        UnreadableFileError: missing, a folder, empty, binary, too large, or neither JSON nor CSV;
            the message names line and column where it breaks.

    """
    content = _content(path)
    file = PaymentFile(path.name, hashlib.sha256(content).hexdigest(), _decoded(path.name, content))
    for _ in file.records():
        pass
    return file


def _content(path: Path) -> bytes:
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise _unreadable(name, "it is a folder")
        if path.exists() and not path.is_file():
            raise _unreadable(name, "it is not a plain file")
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(name, f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
        content = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "it does not exist" if missing else "this computer does not let it be read"
        raise UnreadableFileError(
            f"Nothing was imported. {name}: {reason}.", details=str(error)
        ) from error
    except ValueError as error:
        raise UnreadableFileError(
            f"Nothing was imported. {name!r} is not the name of a file.", details=str(error)
        ) from error
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _unreadable(name, "it is empty")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable(name, "it is UTF-16; save it as UTF-8")
    if b"\x00" in content:
        raise _unreadable(name, "it is not a text file")
    return content


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise _unreadable(name, "it is not UTF-8 text", line, column) from error


def _records(name: str, text: str) -> Iterator[PaymentRecord]:
    start = _skip_blanks(text, 0)
    if text[start] == "[":
        return _array(name, text, start)
    if text[start] == "{":
        return _objects(name, text, start)
    return _table(name, text)


# --- JSON


def _integer(digits: str) -> int | Decimal:
    """Keep a number of absurd length from being worked on; no field takes it."""
    return int(digits) if len(digits) <= 40 else Decimal(digits)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=_integer, parse_constant=str)


def _skip_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _decode(name: str, text: str, position: int, *, first_line: int = 1) -> tuple[object, int]:
    """Return the JSON value at a position and where it ends."""
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise _unreadable(name, f"it is not JSON ({error.msg})", line, error.colno) from error
    except RecursionError:
        raise _unreadable(name, "it is nested too deeply", first_line) from None


def _array(name: str, text: str, start: int) -> Iterator[PaymentRecord]:
    """Yield the elements one by one, so that a long array is never held as objects."""
    position = _skip_blanks(text, start + 1)
    number = 0
    if text[position : position + 1] != "]":
        while True:
            value, position = _decode(name, text, position)
            number += 1
            yield _record(number, value)
            position = _skip_blanks(text, position)
            mark = text[position : position + 1]
            if mark == "]":
                break
            if mark != ",":
                raise _broken_at(name, text, position, "a comma or ] is missing")
            position = _skip_blanks(text, position + 1)
    end = _skip_blanks(text, position + 1)
    if end < len(text):
        raise _broken_at(name, text, end, "there is more after the array")


def _objects(name: str, text: str, start: int) -> Iterator[PaymentRecord]:
    """Yield a single object, or the objects of JSON Lines, one on each line."""
    first, end = _decode(name, text, start)
    if _skip_blanks(text, end) == len(text):
        yield _record(1, first)
        return
    if "\n" in text[start:end]:
        raise _broken_at(name, text, _skip_blanks(text, end), "there is more after the object")
    for number, whole_line in enumerate(io.StringIO(text, newline="\n"), start=1):
        line = whole_line.rstrip("\r\n")
        begin = _skip_blanks(line, 0)
        if begin == len(line):
            continue
        value, end = _decode(name, line, begin, first_line=number)
        rest = _skip_blanks(line, end)
        if rest < len(line):
            raise _unreadable(name, "there is more after the object", number, rest + 1)
        yield _record(number, value)


def _record(position: int, value: object) -> PaymentRecord:
    if isinstance(value, dict):
        return PaymentRecord(position, value)
    return PaymentRecord(position, {}, "It is not a JSON object with a payment's fields.")


# --- CSV


def _table(name: str, text: str) -> Iterator[PaymentRecord]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise _unreadable(name, f"it is not CSV ({error})", reader.line_num or 1) from error
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(name, cells, line)
        elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            yield PaymentRecord(line, {}, "It has more cells than the first row has names.")
        else:
            yield PaymentRecord(
                line, {key: cell for key, cell in zip(header, cells, strict=False) if cell.strip()}
            )


def _delimiter(text: str) -> str:
    start = _skip_blanks(text, 0)
    end = text.find("\n", start)
    first = text[start : end if end >= 0 else len(text)]
    return max(",;\t", key=first.count)


def _header(name: str, cells: list[str], line: int) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    missing = [column for column in _NEEDED_COLUMNS if column not in header]
    if missing:
        raise _unreadable(
            name,
            "it is neither JSON nor a CSV table of payments (its first row names no"
            f" {', '.join(missing)})",
            line,
            1,
        )
    twice = sorted({column for column in header if column in FIELDS and header.count(column) > 1})
    if twice:
        raise _unreadable(name, f"its first row names {twice[0]} twice", line, 1)
    return header


def _broken_at(name: str, text: str, position: int, what: str) -> UnreadableFileError:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return _unreadable(name, f"it is not JSON ({what})", line, column)


def _unreadable(name: str, what: str, line: int = 0, column: int = 0) -> UnreadableFileError:
    place = f", line {line}" if line else ""
    place += f", column {column}" if column else ""
    return UnreadableFileError(f"Nothing was imported. {name}{place}: {what}.")

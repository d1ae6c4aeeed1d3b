"""Writes statements as old Excel workbooks: BIFF8 in an OLE container, BIFF5, and a bare BIFF2.

The record numbers are of Microsoft's [MS-XLS], the container's fields of [MS-CFB].
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.statements.statement import Statement, StatementFile
from tests.core.statements.writers import samples
from tests.core.statements.writers.grid import Grid, Value, grid, statements_of

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_DATE_FORMAT, _MOMENT_FORMAT = 14, 22
_MAX_RECORD = 8000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program spells an old workbook; the default is Excel 97 and later."""

    biff5: bool = False
    """Excel 95, as PHP and Perl writers make it: 8-bit texts in the cells."""
    bare: bool = False
    """One sheet without container, formats or workbook, as short PHP scripts write it."""
    from_1904: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: tuple[int, ...] = ()
    states: tuple[int, ...] = ()
    """0 visible, 1 hidden, 2 very hidden, for each sheet."""


EXCEL = Dialect()


def write(
    file: StatementFile | Sequence[Statement],
    dialect: Dialect = EXCEL,
    *,
    preamble: bool = True,
    totals: bool = False,
) -> bytes:
    """Return a workbook with one sheet for every statement."""
    grids = [grid(s, preamble=preamble, totals=totals) for s in statements_of(file)]
    return workbook(grids, dialect)


def workbook(grids: Sequence[Grid], dialect: Dialect = EXCEL) -> bytes:
    """Return a workbook whose sheets have these rows; a bare one has the first only."""
    if dialect.bare:
        return _bare_sheet(grids[0])
    strings: dict[str, int] = {}
    sheets = [_sheet(rows, dialect, strings) for rows in grids]
    head = _globals_head(dialect)
    tail = (b"" if dialect.biff5 else _shared(strings)) + _record(0x0A)
    names = [_bound_sheet(n, dialect, 0) for n in range(len(sheets))]
    offset = len(head) + sum(map(len, names)) + len(tail)
    listed = b""
    for n, sheet in enumerate(sheets):
        listed += _bound_sheet(n, dialect, offset)
        offset += len(sheet)
    stream = head + listed + tail + b"".join(sheets)
    return container("Book" if dialect.biff5 else "Workbook", stream)


def sample_files() -> list[bytes]:
    """Return small workbooks in varied dialects."""
    pair = [samples.shop(), samples.dollars()]
    dialects = [
        EXCEL,
        Dialect(biff5=True),
        Dialect(bare=True),
        Dialect(from_1904=True),
        Dialect(hidden_rows=frozenset({9})),
        Dialect(states=(0, 1)),
    ]
    return [write(pair if d.states else pair[at % 2 :][:1], d) for at, d in enumerate(dialects)]


def container(name: str, stream: bytes) -> bytes:
    """Return an OLE compound file with one stream; short streams are padded, never "mini"."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // _SECTOR)
    fats = 1
    while fats * 128 < fats + 1 + count:
        fats += 1
    chain = [_FAT] * fats + [_END]
    first = len(chain)
    chain += [first + n + 1 for n in range(count - 1)] + [_END]
    chain += [_FREE] * (fats * 128 - len(chain))
    header = struct.pack(
        "<8s16x5H6x4IIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6,
        0, fats, fats, 0,
        4096, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *(list(range(fats)) + [_FREE] * (109 - fats)))
    directory = _entry("Root Entry", 5, _END, 0, 1) + _entry(name, 2, first, len(stream), _FREE)
    body = struct.pack(f"<{len(chain)}I", *chain) + directory.ljust(_SECTOR, b"\0")
    return header + body + stream.ljust(count * _SECTOR, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16x4x8x8xIII",
        text, len(text) + 2, kind, 1, _FREE, _FREE, child, start, size, 0,
    )  # fmt: skip


def _record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def _bof(dialect: Dialect, kind: int) -> bytes:
    if dialect.biff5:
        return _record(0x809, struct.pack("<HHHH", 0x500, kind, 4000, 1997))
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 4000, 1997, 0, 6))


def _globals_head(dialect: Dialect) -> bytes:
    page = 1252 if dialect.biff5 else 1200
    font = struct.pack("<HHHHHBBBx", 200, 0, 0x7FFF, 400, 0, 0, 0, 0)
    font += b"\x05Arial" if dialect.biff5 else b"\x05\0Arial"
    formats = (0, _DATE_FORMAT, _MOMENT_FORMAT)
    styles = [_xf(dialect, 0, 0xFFF5), *[_xf(dialect, code, 1) for code in formats]]
    return (
        _bof(dialect, 5)
        + _record(0x42, struct.pack("<H", page))
        + _record(0x22, struct.pack("<H", dialect.from_1904))
        + _record(0x31, font) * 4
        + b"".join(styles)
    )


def _xf(dialect: Dialect, code: int, flags: int) -> bytes:
    body = struct.pack("<HHH", 0, code, flags)
    return _record(0xE0, body.ljust(16 if dialect.biff5 else 20, b"\0"))


def _bound_sheet(n: int, dialect: Dialect, offset: int) -> bytes:
    state = (*dialect.states, *[0] * (n + 1))[n]
    name = f"Account {n + 1}".encode("latin-1")
    mark = b"" if dialect.biff5 else b"\0"
    return _record(0x85, struct.pack("<IBBB", offset, state, 0, len(name)) + mark + name)


def _shared(strings: dict[str, int]) -> bytes:
    """Return the table of texts, cut between texts into records of the size allowed."""
    parts = [struct.pack("<II", len(strings), len(strings))]
    for text in strings:
        units = text.encode("utf-16-le")
        item = struct.pack("<HB", len(units) // 2, 1) + units
        if len(parts[-1]) + len(item) > _MAX_RECORD:
            parts.append(b"")
        parts[-1] += item
    return b"".join(_record(0x3C if n else 0xFC, part) for n, part in enumerate(parts))


def _sheet(rows: Grid, dialect: Dialect, strings: dict[str, int]) -> bytes:
    body = _bof(dialect, 0x10)
    body += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, 16, 0)[:14])
    for column in dialect.hidden_columns:
        body += _record(0x7D, struct.pack("<HHHHHH", column, column, 2304, 0, 1, 0))
    for at in sorted(dialect.hidden_rows):
        body += _record(0x208, struct.pack("<HHHHHHI", at - 1, 0, 16, 255, 0, 0, 0x120))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                body += _cell(value, at, column, dialect, strings)
    return body + _record(0x0A)


def _cell(value: Value, row: int, column: int, dialect: Dialect, strings: dict[str, int]) -> bytes:
    if isinstance(value, str):
        if dialect.biff5:
            text = value.encode("cp1252", errors="replace")
            return _record(0x204, struct.pack("<HHHH", row, column, 1, len(text)) + text)
        index = strings.setdefault(value, len(strings))
        return _record(0xFD, struct.pack("<HHHI", row, column, 1, index))
    style = 1 if isinstance(value, Decimal) else 3 if isinstance(value, dt.datetime) else 2
    number = _number(value, from_1904=dialect.from_1904)
    return _record(0x203, struct.pack("<HHHd", row, column, style, number))


def _number(value: Decimal | dt.date, *, from_1904: bool = False) -> float:
    if isinstance(value, Decimal):
        return float(value)
    epoch = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)
    if not isinstance(value, dt.datetime):
        return float((value - epoch).days)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return (value.date() - epoch).days + seconds / 86_400


def _bare_sheet(rows: Grid) -> bytes:
    body = struct.pack("<HHHHHH", 0x809, 8, 0, 0x10, 0, 0)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                body += _record(0x203, struct.pack("<HHHd", at, column, 0, float(value)))
            elif value is not None:
                shown = value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
                text = shown.encode("cp1252", errors="replace")
                body += _record(0x204, struct.pack("<HHHH", at, column, 0, len(text)) + text)
    return body + _record(0x0A)

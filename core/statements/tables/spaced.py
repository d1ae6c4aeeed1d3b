"""Tables whose columns are set apart by spaces, as banks print them to text files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from core.statements.dates import written_date

SPACED = "  "
"""What a profile names as the delimiter of such a table."""

_RULER = re.compile(r"\s*[-=]{2,}(?:\s+[-=]{2,}){2,}\s*")
_GAP = re.compile(r"\s{2,}")
_WORD = re.compile(r"\S+(?: \S+)*")
_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 2

Span = tuple[int, int]


def spaced_rows(text: str) -> list[list[str]] | None:
    """Return the cells of a table set with spaces, or None when its columns do not line up.

    Columns begin where a ruler of dashes says so; without one, where two or more positions are
    empty in the header and in every row that begins with a date.
    """
    lines = [line.expandtabs() for line in text.split("\n")]
    ruler = next((at for at, line in enumerate(lines) if _RULER.fullmatch(line)), None)
    if ruler is not None and ruler > 0:
        columns = [match.span() for match in re.finditer(r"[-=]+", lines[ruler])]
        first = ruler - 1
    else:
        rows = [at for at, line in enumerate(lines) if _is_row(line)]
        header = _header_above(lines, rows[0]) if len(rows) >= _FEWEST_ROWS else None
        if header is None:
            return None
        columns = _aligned([lines[at] for at in rows], lines[header])
        first = header
    if len(columns) < _FEWEST_COLUMNS:
        return None
    starts = [0, *(start for start, _ in columns[1:])]
    return [
        _words(line) if at < first else _cut(line if at != ruler else "", starts, columns)
        for at, line in enumerate(lines)
    ]


def _is_row(line: str) -> bool:
    words = _words(line)
    if len(words) < _FEWEST_COLUMNS:
        return False
    return any(written_date(words[0], order) for order in ("dmy", "mdy"))


def _header_above(lines: Sequence[str], row: int) -> int | None:
    above = range(row - 1, max(row - 6, -1), -1)
    return next((at for at in above if len(_words(lines[at])) >= _FEWEST_COLUMNS), None)


def _aligned(rows: Sequence[str], header: str) -> list[Span]:
    """Return where columns stand, each below one header of its own, or none."""
    width = max(len(header), *(len(row) for row in rows))
    used = bytearray(width)
    for line in (header, *rows):
        for match in _WORD.finditer(line):
            used[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    spans = [match.span() for match in re.finditer(rb"\x01+(?:\x00\x01+)*", bytes(used))]
    names = [match.span() for match in _WORD.finditer(header)]
    columns: list[Span] = []
    for start, end in spans:
        below = sum(start < name_end and name_start < end for name_start, name_end in names)
        if below > 1:
            return []
        if below == 1:
            columns.append((start, end))
        elif columns:  # a gap inside a text column that all rows happen to share
            columns[-1] = (columns[-1][0], end)
    return columns


def _cut(line: str, starts: Sequence[int], columns: Sequence[Span]) -> list[str]:
    """Cut a line at the columns; one that runs across them is text, not a row."""
    if any(len(line) > at and line[at - 1] != " " and line[at] != " " for at in starts[1:]):
        starts = _shifted(line, columns)
        if not starts:
            return _words(line)
    ends = [*starts[1:], len(line)]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _shifted(line: str, columns: Sequence[Span]) -> list[int]:
    """Return cuts in the gaps between columns where a wide number begins before its ruler."""
    cuts = [0]
    for (_, end), (start, _) in pairwise(columns):
        at = line.rfind(" ", max(end - 1, 0), start + 1)
        if at < 0:
            return []
        cuts.append(at + 1)
    return cuts


def _words(line: str) -> list[str]:
    return [word for word in _GAP.split(line.strip()) if word]

"""Delimited text as tables of cells: encoding, line ends, delimiter and quotes found by content."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from core.errors import UnreadableFileError
from core.statements.decoding import NULS_FORGIVEN, encoding_by_form
from core.statements.profile import ColumnProfile
from core.statements.tables.columns import find_layout
from core.statements.tables.spaced import SPACED, spaced_rows

DELIMITERS = (";", ",", "\t", "|")
MAX_ROWS = 1_000_000
MAX_COLUMNS = 512
MAX_CELLS = 20_000_000
MAX_LINE_BYTES = 131_072
"""The longest field that the csv module takes; no statement has such a line."""
_SAMPLE_CHARACTERS = 200_000
_LINES_IN_A_CELL = 60
_PROTECTED = re.compile(r'^="?([\w.,: ]*)"?$')
"""A cell written as a formula, so that a spreadsheet keeps its zeros: ="00123"."""
_PRINTED = bytes(range(0x20, 0x7F)) + b"\n"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells; the first row is row 1, as a spreadsheet numbers it."""

    rows: list[list[str]]
    name: str = ""
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[str, ...] = ()
    tidy: bool = False
    """No cell has blanks around it, two together or a line end: they need not be looked for."""


def decoded(content: bytes, file_name: str, encoding: str = "") -> tuple[str, str, tuple[str, ...]]:
    """Return the text, the encoding's name and notes for the reader.

    Raises:
        UnreadableFileError: the bytes are not text.

    """
    name = encoding or _encoding_of(content)
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        if encoding:
            raise UnreadableFileError(
                f"“{file_name}” is not written in {encoding}; choose another encoding.",
                details=str(error),
            ) from error
        name = "cp1252"
        text = content.decode(name, errors="replace")
    zeros = text.count("\x00")
    if zeros > NULS_FORGIVEN:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableFileError(
            f"“{file_name}” is not a text file: line {line} holds zero bytes."
        )
    notes = (f"{zeros} zero bytes inside the text were left out.",) if zeros else ()
    return text.replace("\x00", ""), name, notes


def text_table(
    content: bytes, file_name: str, profile: ColumnProfile | None, *, max_rows: int = MAX_ROWS
) -> Table:
    """Return the cells of a CSV, TSV or other delimited text file.

    Raises:
        UnreadableFileError: not text, or more rows, columns or longer lines than a statement has.

    """
    if _has_long_line(content):
        raise UnreadableFileError(f"“{file_name}” holds a line too long for a statement.")
    text, encoding, notes = decoded(content, file_name, profile.encoding if profile else "")
    text = _one_line_end(text)
    chosen = profile.delimiter if profile else ""
    skip = 0
    if text[:5].lower().startswith("sep=") and text[5:6] == "\n":
        chosen, skip = chosen or text[4], 1
    if chosen == SPACED:
        return Table(spaced_rows(text) or [], "", encoding, SPACED, notes)
    delimiter, score = (chosen, 1) if chosen else _delimiter_of(text)
    rows = _split(text, delimiter, file_name, max_rows)
    if not chosen and _is_wrapped(rows):
        text = "\n".join(" ".join(row[0].split("\n")) if row else "" for row in rows)
        delimiter, score = _delimiter_of(text)
        rows = _split(text, delimiter, file_name, max_rows)
    if not score and (spaced := spaced_rows(text[:_SAMPLE_CHARACTERS])) and find_layout(spaced):
        return Table(spaced_rows(text) or [], "", encoding, SPACED, notes)
    if skip and rows:
        rows[0] = []
    if "=" in text and ('="' in text or '"=' in text):
        rows = [[_PROTECTED.sub(r"\1", cell) for cell in row] for row in rows]
    tidy = _is_tidy(text, delimiter, len(rows))
    return Table(rows, "", encoding, delimiter, notes, tidy)


def _has_long_line(content: bytes) -> bool:
    start = 0
    while len(content) - start > MAX_LINE_BYTES:
        end = start + MAX_LINE_BYTES
        ends = max(content.rfind(b"\n", start, end), content.rfind(b"\r", start, end))
        if ends < start:
            return True
        start = ends + 1
    return False


def _is_tidy(text: str, delimiter: str, rows: int) -> bool:
    if text.count("\n") > rows or text[-1:] == " ":
        return False
    if re.search(rf' [ "\n{re.escape(delimiter)}]', text) or ('"' in text and '" ' in text):
        return False
    if delimiter == "\t":
        return text.translate({10: "", 9: ""}).isprintable()
    return not text.encode().translate(None, _PRINTED) or text.replace("\n", "").isprintable()


def _encoding_of(content: bytes) -> str:
    if form := encoding_by_form(content):
        return form
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit_of(content[:4000])
    return "utf-8"


def _eight_bit_of(sample: bytes) -> str:
    """Tell the old 8-bit sets apart by the headers they make readable."""
    best, best_score = "cp1252", -1
    for name in ("cp1252", "cp1250", "cp850", "mac_roman"):
        text = _one_line_end(sample.decode(name, errors="replace"))
        layout = find_layout(_first_records(text, _delimiter_of(text)[0], 200))
        score = layout.score if layout else 0
        if score > best_score:
            best, best_score = name, score
    return best


def _one_line_end(text: str) -> str:
    if "\r" not in text:
        return text
    text = text.replace("\r\n", "\n")
    return text.replace("\r", " " if "\n" in text else "\n")


def _delimiter_of(text: str) -> tuple[str, int]:
    """Return the delimiter under which the best header is found, else the most regular one.

    With it comes how good that header is: 0 when there is none.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", (-1, 0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        rows = _first_records(sample, delimiter, 120)
        layout = find_layout(rows)
        widths = [len(row) for row in rows if row]
        common = max(set(widths), key=widths.count) if widths else 0
        regular = widths.count(common) * (common - 1)
        score = (layout.score if layout else 0, regular)
        if score > best_score:
            best, best_score = delimiter, score
    return best, max(best_score[0], 0)


def _first_records(text: str, delimiter: str, limit: int) -> list[list[str]]:
    """Return the first rows; where a quote runs on beyond any field, quotes are but marks."""
    try:
        return _records(text, delimiter, limit, quoted=True)
    except csv.Error:
        return _records(text, delimiter, limit, quoted=False)


def _split(text: str, delimiter: str, file_name: str, max_rows: int) -> list[list[str]]:
    if len(text) > MAX_CELLS and text.count(delimiter) > MAX_CELLS:
        raise UnreadableFileError(f"“{file_name}” has more cells than a statement has.")
    rows = _first_records(text, delimiter, max_rows + 1)
    if _runs_on(rows, text):
        rows = _records(text, delimiter, max_rows + 1, quoted=False)
    if len(rows) > max_rows and max_rows == MAX_ROWS:
        raise UnreadableFileError(
            f"“{file_name}” has more than {MAX_ROWS} rows; split it into shorter periods."
        )
    widest = max(map(len, rows), default=0)
    if widest > MAX_COLUMNS:
        number = next(n for n, row in enumerate(rows, start=1) if len(row) == widest)
        raise UnreadableFileError(
            f"“{file_name}”, line {number}: {widest} columns are more than a statement has."
        )
    return rows[:max_rows] if len(rows) > max_rows else rows


def _records(text: str, delimiter: str, limit: int, *, quoted: bool) -> list[list[str]]:
    if '"' not in text and f"{delimiter} " not in text and "\n " not in text and text[:1] != " ":
        lines = text.split("\n", limit)
        if len(lines) > limit or not lines[-1]:
            lines.pop()  # what is beyond the limit, or nothing after the last line end
        return [line.split(delimiter) if line else [] for line in lines]
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        skipinitialspace=True,
    )
    return list(islice(reader, limit))


def _is_wrapped(rows: list[list[str]]) -> bool:
    """Tell whether an exporter put each whole line between quotes."""
    filled = [row for row in rows[:50] if any(row)]
    return bool(filled) and all(
        len(row) == 1 and any(mark in row[0] for mark in DELIMITERS) for row in filled
    )


def _runs_on(rows: Sequence[Sequence[str]], text: str) -> bool:
    """Tell whether an unclosed quote has swallowed the rows after it."""
    if text.count("\n") - len(rows) <= _LINES_IN_A_CELL:
        return False
    return any(cell.count("\n") > _LINES_IN_A_CELL for row in rows for cell in row)

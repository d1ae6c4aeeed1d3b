"""Whole columns of cells at once: what all of them are, or that they are not so plain.

Every function returns what ``RowReader`` would read cell by cell, or None where a column holds
anything but the plainest form, so that the careful reading decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import repeat
from operator import add

from core.statements.amounts import exact, written_amount
from core.statements.dates import WrittenDate, written_clock

Column = Sequence[str]

BLANK_AMOUNTS = frozenset(
    {"", "-", "--", "n/a", "na", "nil", "none", "null", "nan", "n.a.", "–", "—", ".", "*"}
)
NO_NUMBER = frozenset({"n/a", "na", "null", "nan", "n.a."})
"""Blank beside another amount; alone in a row it is an amount that a program could not write."""

_SEPARATOR = "¦"
_CLOCK = re.compile(r"[ T]11:11(?::11)?")
_MOMENT = re.compile(r"(?:1111-11-11|11([/.-])11\1(?:1111))[ T]11:11(?::11)?")
_ISO_MOMENT = "1111-11-11 11:11:11"
_MINUTE_LENGTH = 6
_LAST_SECOND = 59
_MIDNIGHT = "00:00:00"
"""A clock at midnight stands for none."""
_SHAPE = bytes.maketrans(b"023456789", b"111111111")
_DAY_LENGTH = 10
_MOST_DIGITS = 12
"""Fewer than any currency's minor units may have: what is larger is looked at by itself."""
_CHUNK_ROWS = 256
"""Rows that fit a processor's cache: turning them a chunk at a time is twice as fast."""


class Body:
    """The rows below a table's header by column; what a short row does not have is empty."""

    def __init__(
        self, rows: Sequence[Sequence[str]], first_row: int, *, may_hold_numbers: bool = True
    ) -> None:
        self.first_row = first_row
        self.may_hold_numbers = may_hold_numbers
        """Whether cells may be a spreadsheet's own numbers and not text."""
        self._count = max(len(rows) - first_row, 0)
        self._columns = _transposed(rows[first_row:])
        self._shapes: dict[int, list[str] | None] = {}

    def column(self, index: int) -> list[str]:
        """Return the cells of a column."""
        return self._columns[index] if index < len(self._columns) else [""] * self._count

    def first_beyond(self, width: int) -> int | None:
        """Return the index of the first row that has something after so many columns."""
        found = [
            next((at for at, cell in enumerate(column) if cell.strip()), None)
            for column in self._columns[width:]
        ]
        known = [at for at in found if at is not None]
        return self.first_row + min(known) if known else None

    def shapes(self, index: int) -> list[str] | None:
        """Return the shapes of a column's cells."""
        if index not in self._shapes:
            self._shapes[index] = shapes(self.column(index))
        return self._shapes[index]


def _transposed(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    columns: list[list[str]] = [[] for _ in range(width)]
    for at in range(0, len(rows), _CHUNK_ROWS):
        chunk = rows[at : at + _CHUNK_ROWS]
        if set(map(len, chunk)) != {width}:
            chunk = [[*row, *[""] * (width - len(row))] for row in chunk]
        for column, cells in zip(columns, zip(*chunk, strict=True), strict=True):
            column.extend(cells)
    return columns


def shapes(column: Column) -> list[str] | None:
    """Return every cell with all its digits made 1, or None where a cell has several lines.

    Thousands of amounts have a dozen shapes: what is true of a shape is true of its cells.
    """
    joined = "\n".join(column).encode().translate(_SHAPE).decode()
    found = joined.split("\n")
    return found if len(found) == len(column) else None


def clean(column: Column, *, tidy: bool) -> Column:
    """Return the cells without blanks around them and runs of blanks in them."""
    if tidy:
        return column
    joined = _SEPARATOR.join(column)
    framed = f"{_SEPARATOR}{joined}{_SEPARATOR}"
    if (
        joined.isprintable()  # no blank but the plain one
        and "  " not in joined
        and f" {_SEPARATOR}" not in framed
        and f"{_SEPARATOR} " not in framed
    ):
        return column
    return [" ".join(cell.split()) for cell in column]


def stripped(column: Column, *, tidy: bool) -> Column:
    """Return the cells without blanks around them."""
    if clean(column, tidy=tidy) is column:
        return column
    return [cell.strip() for cell in column]


@dataclass(frozen=True, slots=True)
class _Form:
    """What the cells of one shape are: blank, or amounts with a sign and so many decimals."""

    decimals: int
    sign: int


def amounts(
    column: Column, shaped: Sequence[str], decimal_mark: str
) -> tuple[list[int | None], int] | None:
    """Return the amounts of a column in units of its decimals, and how many decimals it has."""
    forms = {shape: _form(shape, decimal_mark) for shape in set(shaped)}
    known = {shape: form for shape, form in forms.items() if form is not None}
    if len(known) != len(forms):
        return None
    decimals = max((form.decimals for form in known.values()), default=0)
    factors = {shape: form.sign * 10 ** (decimals - form.decimals) for shape, form in known.items()}
    joined = "\n".join(column)
    marks = {mark for mark in "".join(forms) if not mark.isdigit()}
    if all(_reads_as_it_stands(shape, form, decimals) for shape, form in known.items()):
        marks.discard("-")
        factors = {}
    for mark in marks:
        joined = joined.replace(mark, "")
    digits = joined.split("\n")
    if not factors:
        if all(forms):
            return list(map(int, digits)), decimals
        return [int(text) if text else None for text in digits], decimals
    return [
        int(text) * factors[shape] if text else None
        for text, shape in zip(digits, shaped, strict=True)
    ], decimals


def _reads_as_it_stands(shape: str, form: _Form, decimals: int) -> bool:
    """Tell whether ``int`` reads the cells of a shape once its separators are gone."""
    if form.sign == 0:
        return shape == ""
    signed = "-" if form.sign < 0 else ""
    return form.decimals == decimals and shape[: len(signed)] == signed and "-" not in shape[1:]


def _form(shape: str, decimal_mark: str) -> _Form | None:
    """Return what a shape is, or None where a cell of it has to be looked at."""
    text = shape.strip()
    if text.casefold() in BLANK_AMOUNTS:
        return _Form(0, 0)
    if sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return None
    written = written_amount(text)
    if written is None or written.currency or written.mark or written.plus:
        return None
    if exact(written, decimal_mark) is None:
        return None
    _, point, fraction = written.number.rpartition(decimal_mark)
    return _Form(len(fraction) if point else 0, -1 if written.negative else 1)


def days(
    column: Column,
    shaped: Column,
    parsed: Callable[[str], WrittenDate | None],
    zone: tzinfo,
) -> tuple[list[date], list[datetime | None] | None] | None:
    """Return the days of a column and its moments in UTC, None where it has no time of day."""
    forms = set(shaped)
    if all(map(_MOMENT.fullmatch, forms)):
        return _timed(column, forms, parsed, zone)
    known = {text: parsed(text) for text in set(column)}
    found = {text: written.day for text, written in known.items() if written is not None}
    if len(found) != len(known):
        return None
    dated = list(map(found.__getitem__, column))
    if all(written is None or written.clock is None for written in known.values()):
        return dated, None
    moments = {
        text: written.moment(zone) if written and written.clock != time() else None
        for text, written in known.items()
    }
    return dated, list(map(moments.__getitem__, column))


def _timed(
    column: Column,
    forms: Set[str],
    parsed: Callable[[str], WrittenDate | None],
    zone: tzinfo,
) -> tuple[list[date], list[datetime | None] | None] | None:
    """Read a day of ten characters and a clock apart: both repeat, the pair hardly does."""
    day_texts = [text[:_DAY_LENGTH] for text in column]
    known = {text: parsed(text) for text in set(day_texts)}
    found = {text: each.day for text, each in known.items() if each and each.clock is None}
    if len(found) != len(known):
        return None
    iso = forms == {_ISO_MOMENT}
    moments = _iso_moments(column, zone) if iso else _moments(column, day_texts, found, zone)
    return (list(map(found.__getitem__, day_texts)), moments) if moments else None


def _iso_moments(column: Column, zone: tzinfo) -> list[datetime | None] | None:
    """Return the moments of texts like "2026-01-31 10:30:00", a form the library reads itself."""
    offset = zone.utcoffset(None) or timedelta()
    try:
        moments = [datetime.fromisoformat(text + "+00:00") - offset for text in column]
    except ValueError:
        return None
    if any(map(str.endswith, column, repeat(_MIDNIGHT))):
        return [
            None if text.endswith(_MIDNIGHT) else moment
            for text, moment in zip(column, moments, strict=True)
        ]
    return list(moments)


def _moments(
    column: Column, day_texts: Column, found: Mapping[str, date], zone: tzinfo
) -> list[datetime | None] | None:
    midnights = {
        text: datetime.combine(day, time(), zone).astimezone(UTC) for text, day in found.items()
    }
    clocks = [text[_DAY_LENGTH:] for text in column]
    since = _since_midnight(clocks)
    if since is None:
        return None
    return [
        midnights[text] + after if after else None
        for text, after in zip(day_texts, since, strict=True)
    ]


def _since_midnight(clocks: Column) -> list[timedelta] | None:
    """Return the time of day of clocks like " 10:30:00": minutes repeat, and seconds."""
    whole = set(shapes(clocks) or ())
    if not whole or not all(map(_CLOCK.fullmatch, whole)):
        return None
    minutes = [text[:_MINUTE_LENGTH] for text in clocks]
    seconds = [text[_MINUTE_LENGTH:] for text in clocks]
    of_minute = {text: written_clock(text[1:]) for text in set(minutes)}
    of_second = {text: int(text[1:] or 0) for text in set(seconds)}
    if None in of_minute.values() or max(of_second.values()) > _LAST_SECOND:
        return None
    after = {
        text: timedelta(hours=clock[0].hour, minutes=clock[0].minute)
        for text, clock in of_minute.items()
        if clock is not None
    }
    further = {text: timedelta(seconds=number) for text, number in of_second.items()}
    return list(map(add, map(after.__getitem__, minutes), map(further.__getitem__, seconds)))

"""Sheets of a workbook, old or new, as statements: what a person does not see on them is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import Problem, Statement, StatementFile, StatementLine
from core.statements.tables.columns import find_layout
from core.statements.tables.recognition import preview_of, statement_file
from core.statements.tables.sheet_rows import SheetCells
from core.statements.tables.text import Table

PREVIEW_ROWS = 100
_SHOWN_ROWS = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet with something on it; ``hidden_rows`` as the spreadsheet numbers them."""

    table: Table
    hidden_rows: tuple[int, ...] = ()

    def noting(self, note: str) -> Sheet:
        """Return the sheet with one more note for the reader."""
        return replace(self, table=replace(self.table, notes=(*self.table.notes, note)))

    def visible(self) -> Table:
        """Return the table without the hidden rows; the others keep their numbers."""
        rows = list(self.table.rows)
        for number in self.hidden_rows:
            rows[number - 1] = []
        return replace(self.table, rows=rows)


def sheet_of(title: str, cells: SheetCells) -> Sheet:
    """Return the cells of a sheet under its title."""
    notes = list(cells.notes)
    if cells.hidden_columns:
        names = ", ".join(cells.hidden_columns)
        notes.append(f"On the sheet “{title}” hidden columns were read as well: {names}.")
    return Sheet(Table(cells.rows, title, notes=tuple(notes)), tuple(cells.hidden_rows))


def with_hidden(sheets: list[Sheet], hidden: Sequence[str], file_name: str) -> list[Sheet]:
    """Return the visible sheets; the first notes which others there are.

    Raises:
        UnreadableFileError: everything is on hidden sheets.

    """
    if not hidden:
        return sheets
    names = ", ".join(f"“{title}”" for title in hidden)
    if not sheets:
        raise UnreadableFileError(
            f"“{file_name}” has nothing on its visible sheets; hidden are {names}."
        )
    return [sheets[0].noting(f"Hidden sheets were not read: {names}."), *sheets[1:]]


def sheets_statement(
    format_name: str,
    source: Source,
    sheets: Sequence[Sheet],
    profile: ColumnProfile | None,
    currency: str,
) -> StatementFile:
    """Return the statements of every sheet that has some.

    A row that somebody filtered out of sight was booked all the same, so hidden rows count,
    unless the running balance holds without them only. Either way they are told.

    Raises:
        UnreadableFileError: no sheet has the columns of a statement.

    """
    if not sheets:
        raise UnreadableFileError(f"“{source.name}” is empty.")
    whole = _read(format_name, source, [sheet.table for sheet in sheets], profile, currency)
    hidden = sorted({number for sheet in sheets for number in sheet.hidden_rows})
    if not hidden:
        return whole
    try:
        seen = _read(format_name, source, [sheet.visible() for sheet in sheets], profile, currency)
    except UnreadableFileError:
        seen = None
    if seen is not None and [line[:3] for line in seen.lines] == [line[:3] for line in whole.lines]:
        return whole
    named = _numbered(hidden)
    if seen is not None and seen.lines and _breaks(seen) < _breaks(whole):
        message = f"{named} hidden and not counted: the balance holds only without them."
        return replace(seen, problems=(*seen.problems, Problem(hidden[0], message)))
    message = f"{named} hidden in the sheet and counted all the same: check that they belong."
    return replace(whole, problems=(*whole.problems, Problem(hidden[0], message)))


def _read(
    format_name: str,
    source: Source,
    tables: Sequence[Table],
    profile: ColumnProfile | None,
    currency: str,
) -> StatementFile:
    """Return the statements of the tables, each movement once.

    People keep a copy of a sheet, or one sheet for the year beside one for every month. A
    statement is left out when every line of it, with its balance or number, stands in another.
    """
    file = statement_file(format_name, source, tables, profile, currency)
    if len(file.statements) < 2:
        return file
    kept: list[Statement] = []
    problems: list[Problem] = []
    for statement in sorted(file.statements, key=lambda one: -len(one.lines)):
        lines = Counter(map(_identity, statement.lines))
        repeated = statement.lines and any(
            one.currency == statement.currency and lines <= Counter(map(_identity, one.lines))
            for one in kept
        )
        if repeated and all(any(identity[2:]) for identity in lines):
            first, last = statement.lines[0].line, statement.lines[-1].line
            message = (
                f"A sheet repeats in rows {first} to {last} what another sheet holds: its"
                f" {len(statement.lines)} lines were counted once."
            )
            problems.append(Problem(None, message))
        else:
            kept.append(statement)
    ordered = tuple(s for s in file.statements if any(s is one for one in kept))
    return replace(file, statements=ordered, problems=(*file.problems, *problems))


def _identity(line: StatementLine) -> tuple[date, int, int | None, str, str]:
    return line.date, line.amount_minor, line.balance_minor, line.transaction_id, line.reference


def sheets_preview(
    format_name: str, source: Source, sheets: Sequence[Sheet], profile: ColumnProfile | None
) -> RawTable:
    """Return the first rows of the first sheet with a header, else of the first sheet.

    Raises:
        UnreadableFileError: there is nothing on any sheet.

    """
    if not sheets:
        raise UnreadableFileError(f"“{source.name}” is empty.")
    tables = [sheet.table for sheet in sheets]
    known = (table for table in tables if find_layout(table.rows))
    return preview_of(format_name, next(known, tables[0]), profile)


def _numbered(rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return f"Row {rows[0]} is"
    shown = ", ".join(str(number) for number in rows[:_SHOWN_ROWS])
    more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    return f"Rows {shown}{more} are"


def _breaks(file: StatementFile) -> int:
    """Return at how many places balances do not follow, in the likelier direction."""
    return sum(
        min(_run(statement, backwards=False), _run(statement, backwards=True))
        + bool(statement.balance_gap_minor())
        for statement in file.statements
    )


def _run(statement: Statement, *, backwards: bool) -> int:
    lines = statement.lines[::-1] if backwards else statement.lines
    found = 0
    for before, line in pairwise(lines):
        if before.balance_minor is None or line.balance_minor is None:
            continue
        fee = line.fee_minor if statement.fees_separate else 0
        found += before.balance_minor + line.amount_minor - fee != line.balance_minor
    return found

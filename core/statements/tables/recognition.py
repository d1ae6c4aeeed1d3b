"""Which layout a table has: the person's own mapping, a built-in profile, or its header words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import UnreadableFileError
from core.money import DEFAULT_CURRENCY
from core.statements.profile import ColumnProfile, SignRule
from core.statements.sources import RawTable, Source, Understanding
from core.statements.statement import Problem, Statement, StatementFile
from core.statements.tables.assembling import assemble
from core.statements.tables.builtin import BUILTIN_PROFILES
from core.statements.tables.columns import Layout, find_layout, layout_by_profile
from core.statements.tables.headerless import headerless_layout
from core.statements.tables.text import Table
from core.statements.tables.understanding import understanding_of

PREVIEW_ROWS = 100
"""So many rows are shown in a mapping dialog."""

DETECTED = "detected"
"""The profile's name when the columns were recognised by their header words alone."""


def statement_file(
    format_name: str,
    source: Source,
    tables: Sequence[Table],
    profile: ColumnProfile | None,
    currency: str,
) -> StatementFile:
    """Return the statements of all tables that are statements.

    Raises:
        UnreadableFileError: no table has the columns of a statement.

    """
    statements: list[Statement] = []
    problems: list[Problem] = []
    names: list[str] = []
    header: tuple[str, ...] = ()
    unsure = False
    for table in tables:
        problems.extend(Problem(None, note) for note in table.notes)
        recognised = recognise(table, profile)
        if recognised is None:
            if len(tables) > 1:
                problems.append(Problem(None, f"The sheet “{table.name}” is not a statement."))
            continue
        layout, used = recognised
        if not names and layout.header_row is not None:
            header = tuple(table.rows[layout.header_row])
        names.append(layout.profile or DETECTED)
        assembled = assemble(table, layout, used, currency, source.progress)
        statements.extend(assembled.statements)
        problems.extend(assembled.problems)
        unsure = unsure or assembled.conventions.date_order_unsure
    if not names:
        raise _unknown_columns(source, profile)
    filled = [statement for statement in statements if statement.lines]
    return StatementFile(
        format=format_name,
        profile=names[0],
        statements=tuple(filled or statements[:1]),
        problems=tuple(problems),
        sha256=source.sha256,
        encoding=tables[0].encoding,
        delimiter=tables[0].delimiter,
        date_order_unsure=unsure,
        header=header,
    )


def recognise(
    table: Table, profile: ColumnProfile | None
) -> tuple[Layout, ColumnProfile | None] | None:
    """Return the layout of a table and the profile that gave it, or None."""
    if profile is not None and profile.columns:
        layout = layout_by_profile(profile, table.rows)
        return (layout, profile) if layout else None
    for known in BUILTIN_PROFILES:
        layout = layout_by_profile(known, table.rows)
        if layout is not None:
            return layout, _answered(known, profile)
    layout = find_layout(table.rows) or headerless_layout(table.rows)
    return (layout, profile) if layout else None


def _answered(known: ColumnProfile, profile: ColumnProfile | None) -> ColumnProfile:
    """Return a built-in profile with what a person answered about dates, numbers or signs."""
    if profile is None:
        return known
    return replace(
        known,
        date_order=profile.date_order or known.date_order,
        decimal_mark=profile.decimal_mark or known.decimal_mark,
        currency=profile.currency or known.currency,
        sign_rule=known.sign_rule if profile.sign_rule == SignRule.AUTO else profile.sign_rule,
    )


def preview_of(
    format_name: str,
    table: Table,
    profile: ColumnProfile | None,
    currency: str = DEFAULT_CURRENCY,
) -> RawTable:
    """Return a table for a mapping dialog: its first rows, and what was understood of all."""
    recognised = recognise(table, profile)
    guessed: ColumnProfile | None = None
    header_row: int | None = None
    understanding: Understanding | None = None
    if recognised:
        layout, used = recognised
        header_row = layout.header_row
        guessed = used if used and used.columns else _as_profile(layout, profile)
        assembled = assemble(table, layout, used, currency)
        understanding = understanding_of(layout, table.rows, assembled)
    return RawTable(
        format=format_name,
        rows=tuple(tuple(row) for row in table.rows[:PREVIEW_ROWS]),
        header_row=header_row,
        profile=guessed,
        sheet=table.name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        understanding=understanding,
    )


def _as_profile(layout: Layout, answers: ColumnProfile | None) -> ColumnProfile:
    columns = tuple(
        (role, tuple(_name(layout.header, index) for index in indices))
        for role, indices in layout.columns
    )
    found = ColumnProfile(name=DETECTED, columns=columns, has_header=layout.header_row is not None)
    return _answered(found, answers)


def _name(header: Sequence[str], index: int) -> str:
    """Return how a profile names a column: its header, or #n where that is empty or not unique."""
    name = header[index] if index < len(header) else ""
    return name if name.strip() and header.count(name) == 1 else f"#{index + 1}"


def _unknown_columns(source: Source, profile: ColumnProfile | None) -> UnreadableFileError:
    if profile is not None and profile.columns:
        return UnreadableFileError(
            f"“{source.name}” does not have the columns of the mapping “{profile.name}”."
        )
    return UnreadableFileError(
        f"“{source.name}” is not recognised as a statement: a column for the date and one for the"
        " amount (or two, money in and money out) were looked for in the first rows. If it is"
        " one, map its columns."
    )

"""What was understood of a table, column by column, for a person to check."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.statements.amounts import MachineNumber, currency_named, exact, written_amount
from core.statements.dates import serial_date, written_clock, written_date
from core.statements.profile import Role, SignRule
from core.statements.sources import BalanceVerdict, Understanding, UnderstoodColumn
from core.statements.tables.assembling import Assembled, Verdict
from core.statements.tables.cells import BLANK_AMOUNTS
from core.statements.tables.columns import Layout, Row
from core.statements.tables.conventions import DATES, MONEY, Conventions
from core.statements.tables.words import indicator_of

_NAMES = {Role.TIME: "a time of day", Role.INDICATOR: "a word for in or out"}


def understanding_of(layout: Layout, rows: Sequence[Row], assembled: Assembled) -> Understanding:
    """Return how a table was read; cells count in the rows that became lines or were told."""
    conventions = assembled.conventions
    lines = {line.line for statement in assembled.statements for line in statement.lines}
    lines |= {problem.line for problem in assembled.problems if problem.line is not None}
    body = [(line, rows[line - 1]) for line in sorted(lines)]
    roles = {index: role for role, indices in layout.columns for index in indices}
    width = max([len(layout.header), *(len(row) for _, row in body)], default=0)
    columns = tuple(
        _column(index, layout, roles.get(index), body, conventions) for index in range(width)
    )
    verdicts = assembled.verdicts
    rules = [verdict.rule for verdict in verdicts]
    return Understanding(
        columns=columns,
        date_order=conventions.date_order,
        date_order_unsure=conventions.date_order_unsure,
        decimal_mark=conventions.decimal_mark,
        decimal_mark_unsure=conventions.decimal_mark_unsure,
        sign_rule=max(set(rules), key=rules.count) if rules else SignRule.SIGNED,
        sign_rule_unsure=any(verdict.unsure for verdict in verdicts),
        balance=_balance(verdicts),
        breaks=tuple(line for verdict in verdicts for line in verdict.breaks),
        fees_separate=any(verdict.fees_separate for verdict in verdicts),
    )


def _balance(verdicts: Sequence[Verdict]) -> BalanceVerdict:
    compared = sum(verdict.compared for verdict in verdicts)
    breaks = sum(len(verdict.breaks) for verdict in verdicts)
    if not compared:
        return BalanceVerdict.ABSENT
    if not breaks:
        return BalanceVerdict.FOLLOWS
    return BalanceVerdict.BREAKS if breaks * 10 <= compared else BalanceVerdict.CONTRADICTS


def _column(
    index: int,
    layout: Layout,
    role: Role | None,
    body: Sequence[tuple[int, Row]],
    conventions: Conventions,
) -> UnderstoodColumn:
    header = layout.header[index] if index < len(layout.header) else ""
    test, name = _test(role, conventions)
    understood = not_understood = 0
    example = ""
    known: dict[str, bool] = {}
    for line, row in body:
        cell = row[index] if index < len(row) else ""
        text = cell if isinstance(cell, MachineNumber) else cell.strip()
        if not text:
            continue
        fine = known.get(text)
        if fine is None:
            fine = known[text] = test(text)
        if fine:
            understood += 1
            continue
        not_understood += 1
        example = example or f"Row {line}: “{text[:30]}” is not {name}."
    return UnderstoodColumn(index, header, role, understood, not_understood, example)


def _test(role: Role | None, conventions: Conventions) -> tuple[Callable[[str], bool], str]:
    """Return how a cell of a role is told to be understood, and what it should have been."""
    order, mark = conventions.date_order, conventions.decimal_mark

    def is_date(text: str) -> bool:
        return (written_date(text, order) or serial_date(text)) is not None

    def is_amount(text: str) -> bool:
        written = written_amount(text)
        if written is None:
            return text.casefold() in BLANK_AMOUNTS
        return exact(written, mark) is not None

    if role in DATES:
        return is_date, "a date"
    if role in MONEY:
        return is_amount, "an amount"
    if role == Role.TIME:
        return lambda text: written_clock(text) is not None or is_date(text), _NAMES[role]
    if role == Role.INDICATOR:
        return lambda text: bool(indicator_of(text)), _NAMES[role]
    if role == Role.CURRENCY:
        return lambda text: bool(currency_named(text)), "a currency"
    return lambda _text: True, ""

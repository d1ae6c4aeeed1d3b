"""Totals that a table states, compared with the rows that were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from core.money import display
from core.statements.statement import Problem, Statement, StatementLine
from core.statements.tables.entries import Reading
from core.statements.tables.lines import minor
from core.statements.tables.preamble import Preamble

STATED_TOTALS = "states totals of"


def total_problems(
    preamble: Preamble, reading: Reading, decimal_mark: str, statements: Sequence[Statement]
) -> list[Problem]:
    """Return one sentence for every stated total that the lines read do not make."""
    if len(statements) != 1:
        return []
    statement = statements[0]
    problems = []
    above = preamble.totals(decimal_mark)
    totals = [(None, *above)] if any(figure is not None for figure in above) else []
    rows = [(total.line, total.credit, total.debit) for total in reading.totals]
    for line, credit, debit in (*totals, *rows):
        wanted = tuple(abs(minor(figure, statement.currency) or 0) for figure in (credit, debit))
        if not any(_makes(wanted, lines) for lines in _reaches(statement.lines, line, rows)):
            problems.append(_told(line, wanted, statement))
    return problems


def _reaches(
    lines: Sequence[StatementLine],
    total: int | None,
    rows: Sequence[tuple[int, Decimal | None, Decimal | None]],
) -> Iterator[Sequence[StatementLine]]:
    """Yield what a total may sum: all lines, those above it, those since the total before it."""
    yield lines
    if total is None:
        return
    yield [line for line in lines if line.line < total]
    before = max((line for line, _, _ in rows if line < total), default=0)
    yield [line for line in lines if before < line.line < total]


def _makes(wanted: tuple[int, ...], lines: Iterable[StatementLine]) -> bool:
    credit = debit = fees = 0
    for line in lines:
        fees += line.fee_minor
        if line.amount_minor > 0:
            credit += line.amount_minor
        else:
            debit -= line.amount_minor
    if all(wanted) and wanted[0] - wanted[1] == credit - debit:
        return True  # a reversal may be taken off the side it corrects
    return wanted[0] in (0, credit) and wanted[1] in (0, debit, debit + fees)


def _told(line: int | None, wanted: tuple[int, ...], statement: Statement) -> Problem:
    currency = statement.currency
    credit = sum(max(each.amount_minor, 0) for each in statement.lines)
    debit = -sum(min(each.amount_minor, 0) for each in statement.lines)
    where = f"Row {line}: the file" if line else "The file"
    return Problem(
        line,
        f"{where} {STATED_TOTALS} {display(wanted[0], currency)} in and"
        f" {display(wanted[1], currency)} out, and the rows read make {display(credit, currency)}"
        f" in and {display(debit, currency)} out.",
    )

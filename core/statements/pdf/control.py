"""What a PDF says of itself, compared with what was read: every balance, and the totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import InvalidInputError
from core.money import display, from_major
from core.statements.amounts import exact, written_amount
from core.statements.checking import balance_problems
from core.statements.pdf.tables import PrintedTable
from core.statements.profile import Role, plain
from core.statements.statement import Problem, Statement, StatementFile
from core.statements.tables.totals import STATED_TOTALS
from core.statements.tables.words import TOTAL

SHOWN_BREAKS = 20
_ROW = re.compile(r"^(?:Row|Line) (\d+)(?=\b)")
_BREAK = "the balance does not follow from the row before it"
_CREDITS = re.compile(
    r"^(?:total|sum of|somme|totaux)(?: (?:of|des|de|amount|value))*"
    r" (?:credits?|cr|money in|paid in|deposits?|lodgements?|inflows?|received)$"
    r"|^(?:credits?|money in|paid in|deposits?) total$"
)
_DEBITS = re.compile(
    r"^(?:total|sum of|somme|totaux)(?: (?:of|des|de|amount|value))*"
    r" (?:debits?|dr|money out|paid out|withdrawals?|withdrawn|outflows?|sent)$"
    r"|^(?:debits?|money out|paid out|withdrawals?) total$"
)


@dataclass(frozen=True, slots=True)
class _Places:
    """How the rows of a printed table are numbered: the n-th transaction, and its page."""

    numbers: dict[int, int]
    pages: Sequence[int]

    def named(self, row: int) -> tuple[int | None, str]:
        """Return a row's number and its name in a sentence; ``row`` counts from 1."""
        page = self.pages[row - 1] if 0 < row <= len(self.pages) else 0
        number = self.numbers.get(row - 1)
        if number is None:
            return None, f"Page {page}"
        return number, f"Transaction {number} (page {page})"


def checked(file: StatementFile, table: PrintedTable, before: int) -> StatementFile:
    """Return the file of one table with its lines numbered on and its own sums compared.

    ``before`` transactions stand in the tables above this one.
    """
    rows = sorted({*table.transactions, *(line.line - 1 for line in file.lines)})
    places = _Places({row: before + n for n, row in enumerate(rows, start=1)}, table.pages)
    statements = tuple(_renumbered(statement, places) for statement in file.statements)
    problems = [_placed(p, places) for p in file.problems if _BREAK not in p.message]
    pages = {number: table.pages[row] for row, number in places.numbers.items()}
    for statement in statements:
        problems += _breaks(statement, pages)
    if differing := _totals(statements, table):
        problems = [p for p in problems if STATED_TOTALS not in p.message]  # told once
        problems += differing
    return replace(file, statements=statements, problems=tuple(problems))


def _renumbered(statement: Statement, places: _Places) -> Statement:
    lines = (line._replace(line=places.numbers[line.line - 1]) for line in statement.lines)
    return replace(statement, lines=tuple(lines))


def _placed(problem: Problem, places: _Places) -> Problem:
    """Name the page and the transaction where a table's reader names its row."""
    if problem.line is None:
        return problem
    number, name = places.named(problem.line)
    return Problem(number, _ROW.sub(name, problem.message))


def _breaks(statement: Statement, pages: dict[int, int]) -> list[Problem]:
    """Name every transaction whose printed balance is not the one before plus its amount."""
    turned = replace(statement, lines=statement.lines[::-1])
    found = min(
        (
            [p for p in balance_problems([tried]) if p.line is not None]
            for tried in (statement, turned)
        ),
        key=len,
    )
    found.sort(key=lambda problem: problem.line or 0)
    shown = [
        Problem(p.line, _ROW.sub(f"Transaction {p.line} (page {pages[p.line or 0]})", p.message))
        for p in found[:SHOWN_BREAKS]
    ]
    if len(found) > len(shown):
        more = len(found) - len(shown)
        shown.append(Problem(None, f"At {more} more transactions the balance does not follow."))
    return shown


def _totals(statements: Sequence[Statement], table: PrintedTable) -> list[Problem]:
    """Compare the totals that the file prints with the sums of what was read."""
    if len(statements) != 1:
        return []
    (statement,) = statements
    credit_sum = sum(max(line.amount_minor, 0) for line in statement.lines)
    debit_sum = -sum(min(line.amount_minor, 0) for line in statement.lines)
    money_in = _stated(table, _CREDITS, Role.CREDIT)
    money_out = _stated(table, _DEBITS, Role.DEBIT)
    currency = statement.currency
    in_minor, out_minor = _minor(money_in, currency), _minor(money_out, currency)
    movement = credit_sum - debit_sum
    if any(abs(a) - abs(b) == movement for a in in_minor for b in out_minor):
        return []  # a reversal may be taken off the side it corrects
    fees = sum(line.fee_minor for line in statement.lines)
    problems: list[Problem] = []
    for name, text, values, read in (
        ("in", money_in, in_minor, {credit_sum}),
        ("out", money_out, out_minor, {debit_sum, debit_sum + fees}),
    ):
        if values and not {abs(value) for value in values} & read:
            problems.append(
                Problem(
                    None,
                    f"The file states {text} as its total of money {name}, and its transactions"
                    f" make {display(min(read), currency)}: some are missing or wrong.",
                )
            )
    return problems


def _stated(table: PrintedTable, pattern: re.Pattern[str], role: Role) -> str:
    """Return the one total the file states for a side, or "" for none or several."""
    found = [value for label, value in _pairs(table.labels) if pattern.search(plain(label))]
    column = table.header.layout.index(role) if table.header else None
    if not found and column is not None:
        found = [row[column] for row in table.rows if _sums(row, column)]
    distinct = {value for value in found if written_amount(value)}
    return distinct.pop() if len(distinct) == 1 else ""


def _sums(row: Sequence[str], column: int) -> bool:
    """Tell a row that sums the whole table, not a page or a day of it."""
    texts = [plain(cell) for cell in row if any(c.isalpha() for c in cell)]
    if column >= len(row) or not row[column] or len(texts) != 1:
        return False
    return TOTAL.search(texts[0]) is not None and not re.match(
        r"page|sub|period|zwischen", texts[0]
    )


def _pairs(rows: Iterable[Sequence[str]]) -> Iterable[tuple[str, str]]:
    for row in rows:
        for at, cell in enumerate(row):
            label, _, value = cell.partition(":")
            value = value.strip() or (row[at + 1].lstrip(": ") if at + 1 < len(row) else "")
            yield label, value


def _minor(text: str, currency: str) -> set[int]:
    """Return what an amount can mean in minor units, whichever mark is its decimal one."""
    written = written_amount(text) if text else None
    values: set[Decimal | None] = {exact(written, mark) for mark in ".,"} if written else set()
    found: set[int] = set()
    for value in values:
        if value is not None:
            try:
                found.add(from_major(value, currency))
            except InvalidInputError:
                continue  # not an amount of this currency: the other mark counts
    return found

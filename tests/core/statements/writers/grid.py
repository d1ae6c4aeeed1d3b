"""A statement as the rows of a spreadsheet: some lines of preamble, a header, one row per line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from core.clock import SHOP_ZONE
from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine

Value: TypeAlias = str | Decimal | dt.date | dt.datetime | None
Grid: TypeAlias = list[list[Value]]

HEADER: list[Value] = [
    "Date",
    "Value Date",
    "Transaction ID",
    "Reference",
    "Description",
    "Debit",
    "Credit",
    "Balance",
]


def statements_of(file: StatementFile | Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements of a file, or the sequence itself."""
    return file.statements if isinstance(file, StatementFile) else file


def grid(statement: Statement, *, preamble: bool = True, totals: bool = False) -> Grid:
    """Return a statement's rows; ``totals`` ends them with the sums of both sides."""
    code = statement.currency
    rows: Grid = []
    if preamble:
        rows += [["Account Statement"], ["Account Number:", statement.account]]
        rows.append(["Currency:", code])
        for label, minor in (
            ("Opening Balance:", statement.opening_balance_minor),
            ("Closing Balance:", statement.closing_balance_minor),
        ):
            if minor is not None:
                rows.append([label, major(minor, code)])
        rows.append([])
    rows.append(list(HEADER))
    rows += [_row(line) for line in statement.lines]
    if totals:
        paid_in = sum(max(line.amount_minor, 0) for line in statement.lines)
        paid_out = sum(max(-line.amount_minor, 0) for line in statement.lines)
        empty: list[Value] = [None] * 4
        rows.append(["Total", *empty, major(paid_out, code), major(paid_in, code)])
    return rows


def major(minor: int, currency: str) -> Decimal:
    """Return an amount in major units."""
    return Decimal(minor).scaleb(-exponent(currency))


def _row(line: StatementLine) -> list[Value]:
    day: Value = line.time.astimezone(SHOP_ZONE).replace(tzinfo=None) if line.time else line.date
    amount = major(abs(line.amount_minor), line.currency)
    balance = None if line.balance_minor is None else major(line.balance_minor, line.currency)
    return [
        day,
        line.value_date,
        line.transaction_id or None,
        line.reference or None,
        line.description or None,
        amount if line.amount_minor < 0 else None,
        amount if line.amount_minor >= 0 else None,
        balance,
    ]

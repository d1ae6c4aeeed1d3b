"""Statements as delimited text, in the dialects that banks and networks write."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a bank writes its file; ``signs`` is "columns", "signed" or "words"."""

    delimiter: str = ","
    decimal_mark: str = "."
    thousands: str = ""
    date_format: str = "%Y-%m-%d"
    signs: str = "columns"
    newest_first: bool = False
    with_balance: bool = True
    preamble: bool = True
    totals: bool = False
    encoding: str = "utf-8"
    line_end: str = "\n"
    quoted: bool = False


PLAIN = Dialect()
_AMOUNTS = {
    "columns": ("Debit", "Credit"),
    "signed": ("Amount",),
    "words": ("Amount", "Dr/Cr"),
}


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = PLAIN) -> bytes:
    """Return the statements as one file; each account has a header of its own."""
    statements = file.statements if isinstance(file, StatementFile) else file
    text = io.StringIO(newline="")
    rows = csv.writer(
        text,
        delimiter=dialect.delimiter,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.quoted else csv.QUOTE_MINIMAL,
    )
    for statement in statements:
        rows.writerows(_block(statement, dialect))
    return text.getvalue().encode(dialect.encoding)


def _block(statement: Statement, dialect: Dialect) -> list[list[str]]:
    balance = ["Balance"] if dialect.with_balance else []
    rows: list[list[str]] = []
    if dialect.preamble:
        rows += [["Account Number", statement.account], ["Currency", statement.currency]]
        for label, minor in (
            ("Opening Balance", statement.opening_balance_minor),
            ("Closing Balance", statement.closing_balance_minor),
        ):
            if minor is not None:
                rows.append([label, _amount(minor, statement.currency, dialect)])
    rows.append(
        ["Date", "Value Date", "Reference", "Narration", *_AMOUNTS[dialect.signs], *balance]
    )
    lines = statement.lines[::-1] if dialect.newest_first else statement.lines
    rows += [_row(line, dialect) for line in lines]
    if dialect.totals and dialect.signs == "columns":
        paid = -sum(min(line.amount_minor, 0) for line in lines)
        received = sum(max(line.amount_minor, 0) for line in lines)
        sums = [_amount(minor, statement.currency, dialect) for minor in (paid, received)]
        rows.append(["Total", "", "", "", *sums, *[""] * len(balance)])
    return rows


def _row(line: StatementLine, dialect: Dialect) -> list[str]:
    size = _amount(abs(line.amount_minor), line.currency, dialect)
    paid = line.amount_minor < 0
    figures = {
        "columns": [size, ""] if paid else ["", size],
        "signed": [_amount(line.amount_minor, line.currency, dialect)],
        "words": [size, "DR" if paid else "CR"],
    }[dialect.signs]
    if dialect.with_balance:
        balance = line.balance_minor
        figures.append("" if balance is None else _amount(balance, line.currency, dialect))
    days = (line.date, line.value_date or line.date)
    return [
        *(day.strftime(dialect.date_format) for day in days),
        line.reference,
        line.description,
        *figures,
    ]


def _amount(minor: int, currency: str, dialect: Dialect) -> str:
    text = format(Decimal(minor).scaleb(-exponent(currency)), ",f")
    marks = str.maketrans({",": dialect.thousands, ".": dialect.decimal_mark})
    return text.translate(marks)


def sample(count: int = 6, currency: str = "RWF") -> Statement:
    """Return an invented statement whose balances follow."""
    balance = 5_000_000
    lines = []
    for number in range(count):
        amount = (137_500, -42_000, -1_250)[number % 3] + 7 * number
        balance += amount
        day = date(2026, 1, 10) + timedelta(days=number)
        lines.append(
            StatementLine(
                line=number + 1,
                date=day,
                amount_minor=amount,
                currency=currency,
                value_date=day,
                balance_minor=balance,
                reference=f"FT26{number:05d}",
                description=f"Transfer from customer {number}",
            )
        )
    return Statement(
        account="000400123456",
        currency=currency,
        lines=tuple(lines),
        opening_balance_minor=5_000_000,
        closing_balance_minor=balance,
    )


def sample_files() -> list[bytes]:
    """Return small files in the usual dialects."""
    one = [sample()]
    cents = [sample(currency="EUR")]
    return [
        write(one),
        write(one, Dialect(delimiter=";", thousands=" ", date_format="%d/%m/%Y", totals=True)),
        write(one, Dialect(signs="signed", newest_first=True, thousands=",")),
        write(one, Dialect(signs="words", delimiter="\t", encoding="utf-16")),
        write(cents, Dialect(delimiter=";", decimal_mark=",", thousands=".", signs="signed")),
        write(cents, Dialect(delimiter="|", date_format="%d %b %Y", thousands="'")),
        write(cents, Dialect(encoding="utf-8-sig", line_end="\r\n", quoted=True)),
        write(one, Dialect(preamble=False, with_balance=False, signs="signed", line_end="\r")),
        write(
            [sample(), replace(sample(4), account="000400654321")], Dialect(date_format="%d-%b-%y")
        ),
    ]

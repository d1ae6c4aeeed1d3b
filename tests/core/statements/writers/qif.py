"""Writes statements as QIF in the dialects programs use; nothing of the reader is used here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program spells QIF; ``date`` is "mdy", "dmy", "ymd" or "quicken" (``1/ 2'26``)."""

    date: str = "mdy"
    decimal_mark: str = "."
    thousands: str = ""
    newline: str = "\n"
    encoding: str = "utf-8"
    repeat_amount: bool = False
    splits: bool = False
    auto_switch: bool = False
    last_caret: bool = True
    kind: str = "Bank"


DIALECTS = (
    Dialect(),
    Dialect(date="quicken", thousands=",", newline="\r\n", repeat_amount=True, splits=True),
    Dialect(date="dmy", decimal_mark=",", thousands=".", encoding="cp1252", kind="CCard"),
    Dialect(date="ymd", newline="\r", auto_switch=True, kind="Oth A"),
    Dialect(date="dmy", decimal_mark=",", encoding="utf-16", kind="Cash"),
    Dialect(date="mdy", encoding="utf-8-sig", splits=True, last_caret=False),
)


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = DIALECTS[0]) -> bytes:
    """Return the file's bytes; balances and currencies have no place in it."""
    statements = file.statements if isinstance(file, StatementFile) else file
    lines: list[str] = []
    if dialect.auto_switch:
        lines.append("!Option:AutoSwitch")
        lines += [entry for s in statements for entry in _account(s, dialect, header=True)]
        lines.append("!Clear:AutoSwitch")
    for statement in statements:
        if statement.account:
            lines += _account(statement, dialect, header=True)
        lines.append(f"!Type:{dialect.kind}")
        for line in statement.lines:
            lines += _record(line, dialect)
    if not dialect.last_caret:
        lines.pop()
    return (dialect.newline.join(lines) + dialect.newline).encode(dialect.encoding)


def order_of(dialect: Dialect) -> str:
    """Return the order of day, month and year that the dialect writes."""
    return "mdy" if dialect.date == "quicken" else dialect.date


def sample_statements() -> tuple[Statement, ...]:
    """Return two small invented statements."""

    def line(number: int, day: int, amount_minor: int, text: str) -> StatementLine:
        date = dt.date(2026, 1, day)
        return StatementLine(
            number, date, amount_minor, "USD", reference=f"N{number}", description=f"memo {text}",
            counterparty=text,
        )  # fmt: skip

    lines = (
        line(1, 13, 1_234_567, "KEZA TRADERS"),
        line(2, 14, -50_005, "Café Nyamirambo"),
        line(3, 28, 100, "ERIC & SONS"),
    )
    other = (line(4, 5, -99_999_901, "Rent"),)
    return (Statement("Current account", "USD", lines), Statement("Savings", "USD", other))


def sample_files() -> list[bytes]:
    """Return small files in every dialect, as seeds for files that are then damaged."""
    return [write(sample_statements(), dialect) for dialect in DIALECTS]


def _account(statement: Statement, dialect: Dialect, *, header: bool) -> list[str]:
    lines = ["!Account"] if header else []
    return [*lines, f"N{statement.account}", f"T{dialect.kind}", "^"]


def _record(line: StatementLine, dialect: Dialect) -> list[str]:
    amount = _amount(line.amount_minor, line.currency, dialect)
    memo = "" if line.description == line.counterparty else line.description
    fields = [
        ("D", _date(line.date, dialect)),
        ("U", amount if dialect.repeat_amount else ""),
        ("T", amount),
        ("C", "X"),
        ("N", line.reference),
        ("P", line.counterparty),
        ("M", memo),
        ("L", f"[{line.counterparty_account}]" if line.counterparty_account else ""),
    ]
    lines = [code + text for code, text in fields if text]
    if dialect.splits:
        half = line.amount_minor // 2
        for part in (half, line.amount_minor - half):
            lines += ["SSales", "Epart", f"${_amount(part, line.currency, dialect)}"]
    return [*lines, "^"]


def _date(day: dt.date, dialect: Dialect) -> str:
    if dialect.date == "quicken":
        return f"{day.month}/{day.day:2}'{day.year % 100:2}"
    if dialect.date == "ymd":
        return day.isoformat()
    first, second = (day.day, day.month) if dialect.date == "dmy" else (day.month, day.day)
    return f"{first:02}/{second:02}/{day.year}"


def _amount(amount_minor: int, currency: str, dialect: Dialect) -> str:
    places = exponent(currency)
    text = format(Decimal(amount_minor).scaleb(-places), f",.{places}f")
    whole, mark, fraction = text.partition(".")
    return whole.replace(",", dialect.thousands) + (dialect.decimal_mark if mark else "") + fraction

"""Writes BAI2 files in the dialects that banks use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.statements.statement import Statement, StatementFile, StatementLine

_WRAPPED_TEXT = 60


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a bank writes the file; ``width`` fills lines up with blanks (0: as long as they are).

    ``funds`` is Z, 0, S, V or D (V carries the value date); ``balances_apart`` puts each balance
    into a continuation of its own.
    """

    slash: bool = True
    line_end: str = "\n"
    last_line_end: bool = True
    width: int = 0
    funds: str = "Z"
    balances_apart: bool = False
    text_apart: bool = False
    trailers: bool = True
    before: str = ""
    mark: bool = False


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = Dialect()) -> bytes:
    """Return the statements as a file; those with the same day share a group."""
    statements = file.statements if isinstance(file, StatementFile) else tuple(file)
    writer = _Writer(dialect)
    writer.file(statements)
    text = dialect.before + dialect.line_end.join(writer.lines)
    if dialect.last_line_end:
        text += dialect.line_end
    return (b"\xef\xbb\xbf" if dialect.mark else b"") + text.encode("utf-8")


class _Writer:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.lines: list[str] = []

    def record(self, *fields: str) -> None:
        line = ",".join(fields) + ("/" if self.dialect.slash else "")
        self.lines.append(line.ljust(self.dialect.width))

    def file(self, statements: Sequence[Statement]) -> None:
        self.record(
            "01", "BANKRW", "SHOP", "260201", "0900", "1", "80" * bool(self.dialect.width), "", "2"
        )
        total = groups = 0
        for day, group in groupby(statements, key=lambda each: each.period_start):
            total += self.group(day or dt.date(2026, 1, 1), list(group))
            groups += 1
        if self.dialect.trailers:
            self.record("99", str(total), str(groups), str(len(self.lines) + 1))

    def group(self, day: dt.date, statements: Sequence[Statement]) -> int:
        began = len(self.lines)
        self.record(
            "02", "SHOP", "BANKRW", "1", f"{day:%y%m%d}", "2359", statements[0].currency, "2"
        )
        total = sum(self.account(statement) for statement in statements)
        if self.dialect.trailers:
            self.record("98", str(total), str(len(statements)), str(len(self.lines) - began + 1))
        return total

    def account(self, statement: Statement) -> int:
        began = len(self.lines)
        balances = {
            "010": statement.opening_balance_minor,
            "015": statement.closing_balance_minor,
        }
        summaries = [
            [code, str(amount_minor), "", ""]
            for code, amount_minor in balances.items()
            if amount_minor is not None
        ]
        if self.dialect.balances_apart:
            self.record("03", statement.account, statement.currency, "", "", "", "")
            for summary in summaries:
                self.record("88", *summary)
        else:
            flat = [field for summary in summaries for field in summary]
            self.record("03", statement.account, statement.currency, *flat)
        for line in statement.lines:
            self.transaction(line)
        total = sum(amount_minor or 0 for amount_minor in balances.values())
        total += sum(abs(line.amount_minor) for line in statement.lines)
        if self.dialect.trailers:
            self.record("49", str(total), str(len(self.lines) - began + 1))
        return total

    def transaction(self, line: StatementLine) -> None:
        code = "165" if line.amount_minor >= 0 else "475"
        amount = str(abs(line.amount_minor))
        fields = ["16", code, amount, *self.funds(line), line.transaction_id, line.reference]
        text = line.description
        if self.dialect.text_apart:
            self.record(*fields)
            for start in range(0, len(text), _WRAPPED_TEXT):
                self.record("88", text[start : start + _WRAPPED_TEXT])
        else:
            self.record(*fields, text)

    def funds(self, line: StatementLine) -> list[str]:
        amount = str(abs(line.amount_minor))
        return {
            "S": ["S", amount, "0", "0"],
            "V": ["V", f"{line.value_date:%y%m%d}" if line.value_date else "", "1200"],
            "D": ["D", "2", "0", amount, "1", "0"],
        }.get(self.dialect.funds, [self.dialect.funds])


def sample_dialects() -> tuple[Dialect, ...]:
    """Return dialects that differ in every respect."""
    return (
        Dialect(),
        Dialect(slash=False, line_end="\r\n", before="\r\n"),
        Dialect(line_end="\r", width=120, funds="S"),
        Dialect(funds="V", text_apart=True, last_line_end=False),
        Dialect(funds="D", balances_apart=True, mark=True),
        Dialect(line_end="\n\n", funds="0", balances_apart=True, text_apart=True),
        Dialect(line_end="", funds=""),
    )


def sample_files() -> list[bytes]:
    """Return small files in varied dialects."""
    statements = list(_samples())
    return [write(statements, dialect) for dialect in sample_dialects()]


def _samples() -> Iterator[Statement]:
    for number, currency in enumerate(("USD", "RWF", "USD")):
        day = dt.date(2026, 1, 5 + number // 2)
        lines = tuple(
            StatementLine(
                line=number * 2 + index,
                date=day,
                amount_minor=amount_minor,
                currency=currency,
                value_date=day,
                reference=f"INV2026{number}{index}",
                transaction_id=f"FT26{number}{index}",
                description="PAYMENT, OF INVOICE 7 / KEZA",
            )
            for index, amount_minor in enumerate((150_000, -2_500), 1)
        )
        yield Statement(
            f"0004{number}", currency, lines, 100_000, 247_500, period_start=day, period_end=day
        )

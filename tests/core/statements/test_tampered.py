"""Statements in which one transaction was changed, left out or doubled: what they state says so.

The balances stay as the bank stated them. A reader may mend the change by them, or must tell it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pytest

from core.errors import UnreadableFileError
from core.statements.reading import read_statement
from core.statements.statement import Statement, StatementLine
from tests.core.statements.samples import amounts
from tests.core.statements.writers import (
    bai2,
    camt,
    delimited,
    grid,
    mt940,
    ofx,
    pdf,
    sms,
    xls,
    xlsx,
)
from tests.core.statements.writers.pdf_layouts import LAYOUTS

AMOUNTS = (120_000, -4_300, 56_000, -9_870, 7_000, -23_100, 4_450)
FIRST = dt.datetime(2026, 1, 14, 8, 30, 7, tzinfo=dt.UTC)


def shop() -> Statement:
    lines, balance = [], 500_000
    for number, amount in enumerate(AMOUNTS, start=1):
        balance += amount
        time = FIRST + dt.timedelta(days=number, minutes=number)
        lines.append(
            StatementLine(
                line=number,
                date=time.date(),
                amount_minor=amount,
                currency="RWF",
                value_date=time.date(),
                balance_minor=balance,
                reference=f"INV26{number:03}",
                transaction_id=f"2330{number}",
                description=f"PAYMENT OF INVOICE {number}",
                counterparty="ALINE UWASE",
                counterparty_account="250788123456",
                time=time,
            )
        )
    return Statement(
        "00040012345678", "RWF", tuple(lines), 500_000, balance, FIRST.date(), lines[-1].date
    )


def web_page(statements: Sequence[Statement]) -> bytes:
    rows = "".join(
        "<tr>" + "".join(f"<td>{'' if cell is None else cell}</td>" for cell in row) + "</tr>"
        for row in grid.grid(statements[0])
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Written:
    """A dialect of a format; ``ends`` says that opening and closing balance are stated."""

    name: str
    write: Callable[[Sequence[Statement]], bytes]
    statement: Statement
    ends: bool = True

    def __str__(self) -> str:
        return self.name

    def places(self) -> Sequence[int]:
        """Return the transactions whose change the stated balances show."""
        count = len(self.statement.lines)
        return (0, count // 2, count - 1) if self.ends else (1, count // 2, count - 2)


def written() -> Iterator[Written]:
    one = shop()
    yield Written("mt940", mt940.write, one)
    german = mt940.Dialect("german", page_lines=3, blocks=True)
    yield Written("mt940 in pages", partial(mt940.write, dialect=german), one)
    yield Written("camt.053", camt.write, one)
    yield Written("camt.052", partial(camt.write, dialect=camt.Dialect("052", 10)), one)
    yield Written("bai2", bai2.write, one)
    yield Written("bai2 bare", partial(bai2.write, dialect=bai2.Dialect(trailers=False)), one)
    for signs in ("columns", "signed", "words"):
        dialect = delimited.Dialect(signs=signs)
        yield Written(f"csv {signs}", partial(delimited.write, dialect=dialect), one)
    newest = delimited.Dialect(newest_first=True, preamble=False)
    yield Written("csv newest first", partial(delimited.write, dialect=newest), one, ends=False)
    unbalanced = delimited.Dialect(with_balance=False)
    yield Written("csv with its ends alone", partial(delimited.write, dialect=unbalanced), one)
    yield Written("xlsx", xlsx.write, one)
    yield Written("xls", xls.write, one)
    yield Written("html", web_page, one)
    yield Written("sms", sms.write, one, ends=False)
    yield Written("sms airtel", partial(sms.write, airtel=True), one, ends=False)
    for name, layout in LAYOUTS.items():
        statement = pdf.sample(layout, count=7)
        look = pdf.Look(landscape=len(layout.columns) > 8)
        yield Written(f"pdf {name}", partial(pdf.write, layout=layout, look=look), statement, False)


def _amount_changed(lines: list[StatementLine], at: int) -> None:
    """Change one digit: 1 for 4, 4 for 7, 7 for 1 (and so on, never to nothing)."""
    digits = str(abs(lines[at].amount_minor))
    place = at % len(digits)
    digit = int(digits[place]) % 9 + 1
    size = int(f"{digits[:place]}{digit}{digits[place + 1 :]}")
    lines[at] = lines[at]._replace(amount_minor=size if lines[at].amount_minor > 0 else -size)


def _left_out(lines: list[StatementLine], at: int) -> None:
    del lines[at]


def _doubled(lines: list[StatementLine], at: int) -> None:
    lines.insert(at, lines[at])


def _sign_swapped(lines: list[StatementLine], at: int) -> None:
    lines[at] = lines[at]._replace(amount_minor=-lines[at].amount_minor)


@pytest.fixture
def read(tmp_path):
    """Return the amounts of a file and what is told of it; None if it is refused."""

    def of(content: bytes) -> tuple[list[int], set[str]] | None:
        path = tmp_path / "statement.dat"
        path.write_bytes(content)
        try:
            file = read_statement(path)
        except UnreadableFileError:
            return None
        return amounts(file), {problem.message for problem in file.problems}

    return of


@pytest.mark.parametrize("tamper", [_amount_changed, _left_out, _doubled, _sign_swapped])
@pytest.mark.parametrize("form", tuple(written()), ids=str)
def test_what_no_balance_bears_out_is_told(read, form, tamper):
    right, told_before = read(form.write([form.statement]))
    assert sorted(right) == sorted(line.amount_minor for line in form.statement.lines)
    for at in form.places():
        lines = list(form.statement.lines)
        tamper(lines, at)
        found = read(form.write([replace(form.statement, lines=tuple(lines))]))
        if found is not None:
            amounts_read, told = found
            assert told - told_before or amounts_read == right, f"transaction {at + 1}"


def test_a_transaction_that_ofx_numbers_twice_is_told(read):
    """OFX states one balance, so nothing but the number of a transaction shows a double."""
    statement = shop()
    lines = list(statement.lines)
    _doubled(lines, 2)
    _amounts, told = read(ofx.write([replace(statement, lines=tuple(lines))]))
    assert told - read(ofx.write([statement]))[1]

"""A whole workbook read as a statement, beside openpyxl's bare read-only loop over its values."""

from __future__ import annotations

import datetime as dt
import io
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from core.statements.reading import read_statement
from core.statements.statement import Statement, StatementLine
from tests.benchmarks.conftest import ratio_line
from tests.core.statements.writers import xlsx

TRANSACTIONS = 50_000
ROUNDS = 3


def _statement() -> Statement:
    balance = 5_000_000
    lines = []
    for n in range(TRANSACTIONS):
        amount = (1_000 + n * 37 % 90_000) * (1 if n % 3 else -1)
        balance += amount
        moment = dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC) + dt.timedelta(minutes=7 * n)
        lines.append(
            StatementLine(
                line=n,
                date=moment.date(),
                amount_minor=amount,
                currency="RWF",
                value_date=moment.date(),
                balance_minor=balance,
                reference=f"FT26{n:08}",
                description=f"Payment {n % 700} | KEZA TRADERS",
                time=moment,
            )
        )
    return Statement("00040-0123456-78", "RWF", tuple(lines), 5_000_000, balance)


def _openpyxl(content: bytes) -> int:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor's seconds, which other work on the machine does not stretch."""
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("dialect", [xlsx.Dialect(), xlsx.Dialect(inline=True)])
def test_fifty_thousand_rows_against_openpyxl(tmp_path: Path, dialect: xlsx.Dialect) -> None:
    written = _statement()
    path = tmp_path / "statement.xlsx"
    path.write_bytes(xlsx.write([written], dialect))
    content = path.read_bytes()
    ours, floors = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: read_statement(path)))
        floors.append(_seconds(lambda: _openpyxl(content)))
    file = read_statement(path)
    assert len(file.lines) == TRANSACTIONS
    assert not file.problems
    tracemalloc.start()
    read_statement(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kind = "texts in cells" if dialect.inline else "shared texts"
    print("\n" + ratio_line(f"50 000 rows of XLSX, {kind}", ours, floors, "openpyxl read-only"))
    best = max(floor / own for own, floor in zip(ours, floors, strict=True))
    print(f"  up to {best:.2f} times as fast as openpyxl; peak memory {peak / 1e6:.0f} MB")

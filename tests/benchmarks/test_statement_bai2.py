"""Reading 50 000 BAI2 transactions, beside the bare csv module over the same lines."""

from __future__ import annotations

import csv
import datetime as dt
import time
import tracemalloc
from pathlib import Path

from core.statements.reading import read_statement
from core.statements.statement import Statement, StatementLine
from tests.benchmarks.conftest import ratio_line
from tests.core.statements.writers.bai2 import write

TRANSACTIONS = 50_000
ROUNDS = 5


def make_file(path: Path) -> Path:
    day = dt.date(2026, 1, 31)
    lines = tuple(
        StatementLine(
            line=number,
            date=day,
            amount_minor=(number % 9_000 + 1) * 7 * (1 if number % 3 else -1),
            currency="USD",
            reference=f"INV2026{number:06}",
            transaction_id=f"FT26{number:08}",
            description=f"PAYMENT OF INVOICE {number:06} BY CUSTOMER {number % 5_000}",
        )
        for number in range(1, TRANSACTIONS + 1)
    )
    total = sum(line.amount_minor for line in lines)
    statement = Statement("000123", "USD", lines, 0, total, period_start=day, period_end=day)
    path.write_bytes(write([statement]))
    return path


def _bare(path: Path) -> float:
    started = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - started


def _ours(path: Path) -> float:
    started = time.perf_counter()
    file = read_statement(path)
    elapsed = time.perf_counter() - started
    assert len(file.lines) == TRANSACTIONS
    assert not file.problems
    return elapsed


def test_fifty_thousand_transactions_beside_the_csv_module(tmp_path: Path) -> None:
    path = make_file(tmp_path / "large.bai")
    pairs = [(_ours(path), _bare(path)) for _ in range(ROUNDS)]
    ours, bare = [first for first, _ in pairs], [second for _, second in pairs]
    print("\n" + ratio_line(f"{TRANSACTIONS:,} BAI2 transactions", ours, bare, "csv module"))
    print(f"speed: {TRANSACTIONS / min(ours):,.0f} tx/s")
    tracemalloc.start()
    file = read_statement(path)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = path.stat().st_size
    print(
        f"{size / 2**20:.0f} MB of text read, +{peak / 2**20:.1f} MB at the peak, of which the"
        f" {len(file.lines):,} lines returned are {held / 2**20:.1f} MB"
    )

"""Delimited statements of 50 000 transactions, beside the bare csv module on the same file.

Both only compute, so the processor's time is taken: it does not depend on what else runs.
"""

from __future__ import annotations

import csv
import gc
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.statements.reading import read_statement
from tests.benchmarks.conftest import ratio_line

ROUNDS = 5
ROWS = 50_000
_OWN = "FRI:250788000111/USER"


def _wallet(chance: random.Random) -> Iterator[list[str]]:
    """An MTN MoMo export: 13 columns, fees beside the amount, one payment in fifty failed."""
    names = "Id,External id,Date,Status,Type,From,From name,To,To name,Amount,Currency,Fee,Balance"
    yield names.split(",")
    balance, moment = 100_000, datetime(2026, 1, 1, 8)  # noqa: DTZ001 - as the file writes it
    for number in range(ROWS):
        moment += timedelta(seconds=chance.randint(1, 300))
        amount = chance.randint(100, 90_000)
        paid = chance.random() < 0.3
        amount = -min(amount, balance // 2) if paid else amount
        fee = 100 if paid else 0
        failed = chance.random() < 0.02
        balance += 0 if failed else amount - fee
        other = f"FRI:2507{chance.randint(80_000_000, 99_999_999)}/MSISDN"
        sides = [_OWN, "UMUCYO SHOP", other, f"CUSTOMER {number % 900}"]
        yield [
            str(23_300_000 + number),
            f"PAY-{number}",
            moment.strftime("%Y-%m-%d %H:%M:%S"),
            "FAILED" if failed else "SUCCESSFUL",
            "Transfer" if paid else "Payment",
            *(sides if paid else [*sides[2:], *sides[:2]]),
            str(amount),
            "RWF",
            str(fee),
            str(balance),
        ]


def _bank(chance: random.Random) -> Iterator[list[str]]:
    """A Bank of Kigali account statement: 7 columns, commas between thousands."""
    yield from (["Account No:", "00040-0123456-78"], ["Currency :", "RWF"])
    yield ["Book Date", "Value Date", "Reference", "Narration", "Debit", "Credit", "Balance"]
    balance, day = 50_000_000, date(2020, 1, 1)
    for number in range(ROWS):
        day += timedelta(days=number % 25 == 0)
        amount = chance.randint(500, 2_000_000)
        paid = chance.random() < 0.45
        amount = min(amount, balance // 2) if paid else amount
        balance += -amount if paid else amount
        sides = [f"{amount:,}", ""] if paid else ["", f"{amount:,}"]
        text = f"Incoming Trsf frm local banks | KEZA TRADERS {number % 700}"
        yield [day.isoformat()] * 2 + [f"FT26{number:06d}ABC", text, *sides, f"{balance:,}"]


def _generic(chance: random.Random) -> Iterator[list[str]]:
    """A table known by its header words: 5 columns, day first, two decimals."""
    yield ["Date", "Description", "Reference", "Amount (USD)", "Balance"]
    balance, day = 500_000_000, date(2020, 1, 1)
    for number in range(ROWS):
        day += timedelta(days=number % 25 == 0)
        amount = chance.randint(500, 2_000_000) * (-1 if chance.random() < 0.45 else 1)
        balance += amount
        figures = [f"{amount / 100:.2f}", f"{balance / 100:.2f}"]
        text = f"Payment from customer {number % 700}"
        yield [day.strftime("%d/%m/%Y"), text, f"TX{number:07d}", *figures]


def _bare(path: Path) -> float:
    gc.collect()  # neither pays for what the other left behind
    started = time.process_time()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    elapsed = time.process_time() - started
    assert len(rows) > ROWS
    return elapsed


def _ours(path: Path) -> float:
    gc.collect()
    started = time.process_time()
    file = read_statement(path)
    elapsed = time.process_time() - started
    assert len(file.lines) > 0.9 * ROWS
    return elapsed


def _peak_mb(read: Callable[[Path], float], path: Path) -> float:
    tracemalloc.start()
    read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


@pytest.mark.parametrize(
    "rows", [_wallet, _bank, _generic], ids=["MTN", "Bank of Kigali", "generic"]
)
def test_reading_a_table_beside_the_bare_csv_module(
    tmp_path: Path, rows: Callable[[random.Random], Iterator[list[str]]]
) -> None:
    path = tmp_path / "statement.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(random.Random(7)))
    _ours(path)
    pairs = [(_ours(path), _bare(path)) for _ in range(ROUNDS)]
    name = (rows.__doc__ or "").partition(":")[0]
    print()
    print(ratio_line(f"{name}: bare csv", [b for _, b in pairs], [a for a, _ in pairs], "ours"))
    print(
        f"  peak {_peak_mb(_ours, path):.0f} MB, the bare csv module {_peak_mb(_bare, path):.0f} MB"
    )

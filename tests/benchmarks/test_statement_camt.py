"""Reading 50 000 CAMT entries, beside lxml walking over the same file and doing nothing."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path

from core.statements.reading import read_statement
from core.statements.statement import Statement, StatementLine
from tests.benchmarks.conftest import ratio_line
from tests.core.statements.writers.camt import Dialect, write

ENTRIES = 50_000
ROUNDS = 5

_MEASURE = """
import json, sys, threading, time
from pathlib import Path
import psutil
from core.statements.reading import read_statement
from core.statements.sources import Source

def watch():
    while not done.is_set():
        seen.append(process.memory_info().rss)
        time.sleep(0.002)

path, warm = Path(sys.argv[1]), Path(sys.argv[2])
read_statement(warm)
process, seen, done = psutil.Process(), [], threading.Event()
before = process.memory_info().rss
watcher = threading.Thread(target=watch)
watcher.start()
file = read_statement(path)
done.set()
watcher.join()
after = process.memory_info().rss
peak = max(seen) - before - path.stat().st_size
print(json.dumps([peak / 2**20, (after - before) / 2**20]))
"""
"""Prints what reading adds at its peak, and what the lines that it returns hold, in MB."""


def make_file(path: Path, entries: int) -> Path:
    lines = tuple(
        StatementLine(
            line=number,
            date=dt.date(2026, 1, 1) + dt.timedelta(days=number % 360),
            amount_minor=(number % 9_000 + 1) * 7 * (1 if number % 3 else -1),
            currency="EUR",
            value_date=dt.date(2026, 1, 2) + dt.timedelta(days=number % 360),
            reference=f"INV-2026-{number:06}",
            transaction_id=f"FT26{number:08}",
            description=f"Payment of invoice {number:06}, thank you",
            counterparty=f"Customer number {number % 5_000}",
            counterparty_account=f"BE68{number % 5_000:012}",
        )
        for number in range(1, entries + 1)
    )
    total = sum(line.amount_minor for line in lines)
    path.write_bytes(
        write([Statement("BE68539007547034", "EUR", lines, 0, total)], Dialect(indent=True))
    )
    return path


def _bare(path: Path) -> float:
    from lxml import etree  # noqa: PLC0415 - not owed where no benchmark runs

    started = time.perf_counter()
    for _, element in etree.iterparse(str(path)):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return time.perf_counter() - started


def _ours(path: Path) -> float:
    started = time.perf_counter()
    file = read_statement(path)
    elapsed = time.perf_counter() - started
    assert len(file.lines) == ENTRIES
    assert not file.problems
    return elapsed


def _memory_mb(path: Path, warm: Path) -> tuple[float, float]:
    """Return peak and result of a reading in a process of its own, the file's bytes apart."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path), str(warm)],
        capture_output=True,
        text=True,
        check=True,
    )
    peak_mb, held_mb = json.loads(done.stdout)
    return peak_mb, held_mb


def test_fifty_thousand_entries_beside_a_bare_iterparse(tmp_path: Path) -> None:
    path = make_file(tmp_path / "large.xml", ENTRIES)
    _ours(path)
    pairs = [(_ours(path), _bare(path)) for _ in range(ROUNDS)]
    ours, bare = [first for first, _ in pairs], [second for _, second in pairs]
    print("\n" + ratio_line(f"{ENTRIES:,} CAMT entries", ours, bare, "bare iterparse"))
    speeds = sorted(floor / mine for mine, floor in pairs)
    print(f"speed: {speeds[ROUNDS // 2]:.2f}x a bare iterparse, {ENTRIES / min(ours):,.0f} tx/s")
    small = make_file(tmp_path / "small.xml", ENTRIES // 10)
    warm = make_file(tmp_path / "warm.xml", 10)
    for each in (small, path):
        size_mb = each.stat().st_size / 2**20
        peak_mb, held_mb = _memory_mb(each, warm)
        print(
            f"{each.name}: {size_mb:.0f} MB of XML read, +{peak_mb:.1f} MB at the peak, of which"
            f" the lines returned are {held_mb:.1f} MB"
        )

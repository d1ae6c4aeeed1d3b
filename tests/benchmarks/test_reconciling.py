"""From a dropped file to stored proposals, beside the bare work it stands on."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.app import App, Configuration, open_shop
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.statements.desk import ImportStatement
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.large_statement import fill
from tests.journeys.thousand_lines import LabelledFile, make_shop

ROUNDS = 5
LINES = int(os.environ.get("SANDUKU_BENCHMARK_LINES", "10000"))
"""Statement lines of the large case, with ten open payments for each: 100000 is the full size."""
MADE = os.environ.get("SANDUKU_BENCHMARK_SHOP", "")
"""A folder in which shops once made are kept, one for each size: a full one takes minutes."""
LARGE_ROUNDS = 3 if LINES <= 10_000 else 1
CLERK = Actor(2, "claude", Role.CLERK)


def _ours(folder: Path) -> tuple[float, LabelledFile]:
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
        labelled = make_shop(shop.database, folder)
        started = time.perf_counter()
        _take_in(shop, labelled)
        return time.perf_counter() - started, labelled


def _take_in(shop: App, labelled: LabelledFile) -> None:
    (imported,) = shop.statements.import_file(
        CLERK, ImportStatement(labelled.path, StatementProvider.BANK)
    )
    shop.matches.propose(CLERK, imported.reconciliation.reconciliation_id)


def _floor(folder: Path, labelled: LabelledFile) -> float:
    """Read the rows, join them on their reference, write as many rows: sqlite3 alone."""
    connection = sqlite3.connect(folder / "shop" / "sanduku.db")
    connection.execute("CREATE TABLE floor (reference TEXT, amount TEXT, payment TEXT)")
    connection.commit()
    started = time.perf_counter()
    with labelled.path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    found = [
        (
            row[2],
            row[5],
            connection.execute(
                "SELECT payment_id FROM payment WHERE transaction_id = ?", (row[2],)
            ).fetchone(),
        )
        for row in rows
    ]
    connection.executemany(
        "INSERT INTO floor VALUES (?, ?, ?)",
        [(reference, amount, match[0] if match else None) for reference, amount, match in found],
    )
    connection.commit()
    elapsed = time.perf_counter() - started
    connection.close()
    return elapsed


def test_a_thousand_lines_against_five_thousand_payments(tmp_path: Path) -> None:
    ours, floors = [], []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        elapsed, labelled = _ours(folder)
        ours.append(elapsed)
        floors.append(_floor(folder, labelled))
    print("\n" + ratio_line("1 000 lines x 5 000 payments", ours, floors, "sqlite3 join"))


def _costs(made: Path, copy: Path) -> list[dict[str, float]]:
    """Take a statement in, each time in a copy of the shop and a process of its own."""
    found = []
    for _ in range(LARGE_ROUNDS):
        shutil.copytree(made, copy)
        run = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.large_statement", str(copy)],
            check=True,
            capture_output=True,
            text=True,
        )
        shutil.rmtree(copy)
        found.append(json.loads(run.stdout))
    return found


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[dict[str, float]]]:
    """What the large statement cost, and one of half the lines and payments."""
    found = {}
    for lines in (LINES // 2, LINES):
        kept = Path(MADE or tmp_path_factory.mktemp("large"))
        made = kept / str(lines)
        if not made.exists():
            made.mkdir(parents=True)
            fill(made, lines, 10 * lines)
        found[lines] = _costs(made, tmp_path_factory.mktemp("run") / "copy")
        if not MADE:
            shutil.rmtree(made)
    return found


def test_a_large_statement_beside_its_floor(costs: dict[int, list[dict[str, float]]]) -> None:
    for lines, each in costs.items():
        ours, floors = [cost["work_s"] for cost in each], [cost["floor_work_s"] for cost in each]
        name = f"{lines} lines x {10 * lines} open payments, processor time"
        print("\n" + ratio_line(name, ours, floors, "csv + join + executemany"))
        waited = statistics.median(cost["elapsed_s"] / cost["floor_s"] for cost in each)
        reading = statistics.median(cost["import_s"] for cost in each)
        print(
            f"  waiting included ratio {waited:.2f}; of it reading and keeping the file"
            f" {reading:.2f} s; certain {each[0]['certain']:.0f} of {each[0]['lines']:.0f}"
        )
        peak_mb, apart_mb, silent_ms, busy_ms = (
            max(cost[name] for cost in each)
            for name in ("peak_mb", "peak_apart_mb", "silent_ms", "busy_ms")
        )
        print(
            f"  peak {peak_mb:.0f} MB with the window, {apart_mb:.0f} MB in a process of its own;"
            f" the window waited {silent_ms:.0f} ms at most, {busy_ms:.0f} ms for its own process"
        )


def test_twice_the_lines_and_payments(costs: dict[int, list[dict[str, float]]]) -> None:
    half, whole = (
        statistics.median(cost["work_s"] for cost in costs[lines]) for lines in (LINES // 2, LINES)
    )
    print(f"\n  twice the lines and payments: {whole / half:.2f} x the time")

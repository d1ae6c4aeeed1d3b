"""From a dropped file to stored proposals, beside the bare work it stands on."""

from __future__ import annotations

import csv
import sqlite3
import time
from pathlib import Path

from core.app import App, Configuration, open_shop
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.statement_desk import ImportStatement
from tests.benchmarks.conftest import ratio_line
from tests.journeys.thousand_lines import LabelledFile, make_shop

ROUNDS = 5
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

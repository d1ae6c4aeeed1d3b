"""What approving and taking back a whole statement costs: it grows with the matches, no faster."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.app import App, Configuration, open_shop
from core.database.consistency import check
from core.model.reconciliations import StatementProvider
from core.services.rows import MatchDecision
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import CLERK, fill

LINES = int(os.environ.get("SANDUKU_BENCHMARK_LINES", "5000"))
MOST_FOR_TWICE = 2.3


@pytest.mark.benchmark
def test_twice_as_many_matches_take_twice_as_long(tmp_path: Path) -> None:
    half, whole = _costs(tmp_path / "half", LINES // 2), _costs(tmp_path / "whole", LINES)
    for verb, (work_s, matches) in whole.items():
        ratio = work_s / half[verb][0]
        print(f"{verb}: {matches} matches in {work_s:.2f} s of work, twice takes {ratio:.2f}x")
        assert ratio <= MOST_FOR_TWICE


def _costs(folder: Path, lines: int) -> dict[str, tuple[float, int]]:
    """Return seconds of work and matches of each verb."""
    folder.mkdir()
    fill(folder, lines, 2 * lines)
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
        reconciliation_id = _proposed(shop, folder)
        costs = {
            "approve_automatic": _cost(
                lambda: shop.matches.approve_automatic(CLERK, reconciliation_id)
            ),
            "undo_all": _cost(lambda: shop.matches.undo_all(CLERK, reconciliation_id)),
        }
        assert check(shop.database.engine) == ()
        return costs


def _proposed(shop: App, folder: Path) -> str:
    (imported,) = shop.statements.import_file(
        CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
    )
    reconciliation_id = imported.reconciliation.reconciliation_id
    shop.matches.look_for(CLERK, reconciliation_id)
    return reconciliation_id


def _cost(act: Callable[[], MatchDecision]) -> tuple[float, int]:
    worked = time.process_time()
    decided = act()
    return time.process_time() - worked, decided.matches

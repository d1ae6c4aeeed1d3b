"""A matching process that has stored what it found: what it still owes keeps nobody waiting."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.app import App, Configuration, open_shop
from core.model.reconciliations import StatementProvider
from core.services.proposing import apart
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import CLERK, fill

LINES, PAYMENTS = 60, 600
PATIENCE_S = 20.0

HELD_UP = """
import pathlib, time
from core.database import engine
def checkpoint(_):
    pathlib.Path({begun!r}).touch()
    time.sleep(600)
engine.checkpoint = checkpoint
"""
"""Found by the process when it starts, as ``sitecustomize``: it never comes to an end."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setattr(apart, "MANY_LINES", 1)
    fill(tmp_path, LINES, PAYMENTS)
    before = set(psutil.Process().children())
    with open_shop(Configuration(tmp_path / "shop", use_keyring=False)) as opened:
        opened.statements.import_file(
            CLERK, ImportStatement(tmp_path / "statement.csv", StatementProvider.BANK)
        )
        yield opened
    assert set(psutil.Process().children()) <= before


def look_for_matches(shop: App) -> None:
    (row,) = shop.reconciliations.page(CLERK).rows
    shop.matches.look_for(CLERK, row.reconciliation_id)


def wait_until_alone() -> None:
    end = time.monotonic() + PATIENCE_S
    while psutil.Process().children():
        assert time.monotonic() < end
        time.sleep(0.01)


def matches_in(file: Path, options: str = "") -> int:
    connection = sqlite3.connect(f"file:{file}{options}", uri=True)
    (count,) = connection.execute('SELECT count(*) FROM "match"').fetchone()
    connection.close()
    assert isinstance(count, int)
    return count


@pytest.mark.sqlite
def test_the_log_is_carried_over_into_the_shops_file(shop: App, tmp_path: Path) -> None:
    look_for_matches(shop)
    wait_until_alone()
    file = tmp_path / "shop" / "sanduku.db"
    # An immutable file is read as if it had no log beside it.
    assert matches_in(file, "?immutable=1") == matches_in(file) > LINES // 2


@pytest.mark.sqlite
def test_the_shop_closes_without_waiting_for_it_and_nothing_is_lost(
    shop: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, planted = tmp_path / "begun", tmp_path / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(HELD_UP.format(begun=str(begun)), encoding="utf-8")
    monkeypatch.syspath_prepend(str(planted))
    look_for_matches(shop)
    end = time.monotonic() + PATIENCE_S
    while not begun.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    shop.close()
    assert matches_in(tmp_path / "shop" / "sanduku.db", "?immutable=1") > LINES // 2

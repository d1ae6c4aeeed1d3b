"""One small demo for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.demo.build import DemoShop, build_demo

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
PAYMENTS = 300
_opened: list[Database] = []


@dataclass(frozen=True, slots=True)
class Demo:
    """A built demo and where it lies."""

    database: Database
    folder: Path
    shop: DemoShop


def build(folder: Path, *, payments: int = PAYMENTS, seed: int = 1, today: datetime = NOW) -> Demo:
    """Build a demo in a folder."""
    database = Database(sqlite_url(folder / "shop.db"), clock=lambda: today)
    _opened.append(database)
    schema.upgrade(database.engine)
    shop = build_demo(
        database,
        folder,
        payments=payments,
        seed=seed,
        today=today,
        password_hash=lambda: "hash of demo",
    )
    return Demo(database, folder, shop)


@pytest.fixture(scope="session", autouse=True)
def _close_what_was_opened() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo of 300 payments that no test changes."""
    return build(tmp_path_factory.mktemp("demo"))

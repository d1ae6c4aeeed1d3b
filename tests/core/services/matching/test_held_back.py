"""Lines are written after the payments are read, where there are few processors for both."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import App, Configuration, open_shop
from core.model.reconciliations import StatementProvider
from core.services.proposing import standby
from core.services.proposing.ahead import Frame
from core.services.proposing.standby import Standby
from core.services.statements.desk import ImportStatement
from core.services.statements.importing import guessed_frame
from tests.benchmarks.large_statement import FIRST_DAY
from tests.core.services.matching.small_statement import LINES

PATIENCE_S = 20.0
NOT_AT_ONCE_S = 0.3
FRAME = Frame(StatementProvider.BANK, "RWF", FIRST_DAY, FIRST_DAY)

pytestmark = pytest.mark.sqlite


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setattr(standby, "_MANY_TO_WRITE", LINES)
    monkeypatch.setattr(standby, "_HELD_BACK_S", 60 * PATIENCE_S)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with open_shop(Configuration(tmp_path / "shop", use_keyring=False)) as opened:
        yield opened


@pytest.fixture
def reading(shop: App) -> Iterator[Standby]:
    """A process that has begun to read payments and waits to hear of which days."""
    reading = Standby(shop.database)
    reading.start()
    command = ImportStatement(Path("statement.csv"), StatementProvider.BANK)
    reading.read_ahead(guessed_frame(command))
    yield reading
    reading.close()


def held_back(reading: Standby, lines: int = LINES) -> threading.Thread:
    thread = threading.Thread(target=reading.wait_until_read, args=(lines,))
    thread.start()
    return thread


def test_writing_waits_until_the_payments_are_read(reading: Standby) -> None:
    writing = held_back(reading)
    writing.join(NOT_AT_ONCE_S)
    assert writing.is_alive()
    reading.frame_known(FRAME)
    writing.join(PATIENCE_S)
    assert not writing.is_alive()


def test_it_waits_no_longer_than_a_while(reading: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "_HELD_BACK_S", NOT_AT_ONCE_S)
    writing = held_back(reading)
    writing.join(PATIENCE_S)
    assert not writing.is_alive()


def test_it_waits_for_no_process_that_died(reading: Standby) -> None:
    writing = held_back(reading)
    child = reading._child
    assert child is not None
    child.process.kill()
    writing.join(PATIENCE_S)
    assert not writing.is_alive()


def test_few_lines_are_written_at_once(reading: Standby) -> None:
    reading.wait_until_read(LINES - 1)


def test_many_processors_write_at_once(reading: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    reading.wait_until_read(LINES)


def test_whoever_takes_the_process_hears_only_of_its_task(reading: Standby) -> None:
    reading.frame_known(FRAME)
    reading.wait_until_read(LINES)
    child = reading.take()
    try:
        assert child.next(NOT_AT_ONCE_S) is None
    finally:
        child.end()

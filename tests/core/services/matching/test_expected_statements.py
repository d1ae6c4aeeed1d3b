"""A matching process that is ready before a statement is brought, where somebody may bring one."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.app import App, Configuration, open_shop
from core.errors import NotAllowedError, UnreadableFileError
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.proposing import apart, standby
from core.services.statements import desk, importing
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import CLERK
from tests.core.services.matching.small_statement import LINES, PAYMENTS
from tests.matching_processes import processes

PATIENCE_S = 20.0
SOON_S, NEVER_S = 0.3, 600.0

pytestmark = pytest.mark.sqlite


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A shop whose payments and statements count as many."""
    for room in (apart, importing):
        monkeypatch.setattr(room, "MANY_LINES", 1)
    monkeypatch.setattr(standby, "MANY_PAYMENTS", PAYMENTS)
    monkeypatch.setattr(desk, "_LARGE_FILE_BYTES", 1)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with open_shop(Configuration(tmp_path / "shop", use_keyring=False)) as opened:
        yield opened
    assert processes() == set()


def wait_until(fulfilled: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.01)


def expect(shop: App) -> psutil.Process:
    shop.statements.expect_files(CLERK)
    (process,) = processes()
    return process


def take_in(shop: App, folder: Path) -> str:
    (taken,) = shop.statements.import_file(
        CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
    )
    return taken.reconciliation.reconciliation_id


def count_of_matches(folder: Path) -> int:
    connection = sqlite3.connect(folder / "shop" / "sanduku.db")
    (count,) = connection.execute('SELECT count(*) FROM "match"').fetchone()
    connection.close()
    assert isinstance(count, int)
    return count


def test_what_a_search_needs_is_loaded_before_anything_is_asked(shop: App) -> None:
    process = expect(shop)
    wait_until(lambda: any("numpy" in each.path for each in process.memory_maps()))


def test_the_process_that_is_ready_matches_the_statement(shop: App, tmp_path: Path) -> None:
    process = expect(shop)
    reconciliation_id = take_in(shop, tmp_path)
    assert processes() == {process}
    shop.matches.look_for(CLERK, reconciliation_id)
    assert count_of_matches(tmp_path) > LINES // 2


def test_a_search_without_an_import_is_done_by_it_too(shop: App, tmp_path: Path) -> None:
    reconciliation_id = take_in(shop, tmp_path)
    shop.matching_standby.end()
    process = expect(shop)
    shop.statements.expect_no_files()
    shop.matches.look_for(CLERK, reconciliation_id)
    wait_until(lambda: process not in processes())
    assert processes() == set()
    assert count_of_matches(tmp_path) > LINES // 2


def test_a_second_word_starts_no_second_process(shop: App) -> None:
    assert expect(shop) == expect(shop)


def test_one_that_died_is_replaced(shop: App, tmp_path: Path) -> None:
    dead = expect(shop)
    dead.kill()
    wait_until(lambda: dead.status() == psutil.STATUS_ZOMBIE)
    assert expect(shop) != dead

    (process,) = processes()
    process.kill()
    wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE)
    shop.matches.look_for(CLERK, take_in(shop, tmp_path))
    assert count_of_matches(tmp_path) > LINES // 2


def test_another_is_ready_after_it_was_used_while_files_are_expected(
    shop: App, tmp_path: Path
) -> None:
    used = expect(shop)
    shop.matches.look_for(CLERK, take_in(shop, tmp_path))
    wait_until(lambda: used not in processes() and len(processes()) == 1)


def test_none_is_ready_after_it_was_used_where_nobody_is_any_more(
    shop: App, tmp_path: Path
) -> None:
    used = expect(shop)
    reconciliation_id = take_in(shop, tmp_path)
    shop.statements.expect_no_files()
    shop.matches.look_for(CLERK, reconciliation_id)
    wait_until(lambda: used not in processes())
    assert processes() == set()


def test_it_is_let_go_some_time_after_nobody_is_there(
    shop: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "_LEFT_S", SOON_S)
    expect(shop)
    shop.statements.expect_no_files()
    wait_until(lambda: processes() == set())


def test_who_comes_back_in_time_finds_it_ready(shop: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "_LEFT_S", SOON_S)
    process = expect(shop)
    shop.statements.expect_no_files()
    assert expect(shop) == process
    time.sleep(2 * SOON_S)
    assert processes() == {process}


def test_it_is_let_go_where_nobody_does_anything_until_somebody_does(
    shop: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "_UNUSED_S", SOON_S)
    expect(shop)
    wait_until(lambda: processes() == set())
    time.sleep(SOON_S)
    assert processes() == set()
    monkeypatch.setattr(standby, "_UNUSED_S", NEVER_S)
    expect(shop)


def test_a_refused_file_leaves_another_ready(shop: App, tmp_path: Path) -> None:
    expect(shop)
    (tmp_path / "statement.csv").write_bytes(b"\x00" * 300)
    with pytest.raises(UnreadableFileError):
        take_in(shop, tmp_path)
    assert len(processes()) == 1


def test_a_small_shop_holds_no_process_ready(shop: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "MANY_PAYMENTS", PAYMENTS + 1)
    shop.statements.expect_files(CLERK)
    assert processes() == set()


def test_only_who_may_bring_statements_has_one_made_ready(shop: App) -> None:
    with pytest.raises(NotAllowedError):
        shop.statements.expect_files(Actor(1, "aline", Role.CASHIER))
    assert processes() == set()

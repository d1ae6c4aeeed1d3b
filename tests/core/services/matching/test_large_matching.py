"""Large statements, matched in a process of their own: the same acts, told and stopped alike."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from core.app import App, Configuration, open_shop
from core.errors import NotFoundError, StorageError
from core.matching.work import MatchingCancelledError
from core.model.journal import Topic
from core.model.reconciliations import StatementProvider
from core.services.matching.line_offers import settle_offers
from core.services.proposing import MATCHING_ARGUMENT, apart, standby
from core.services.proposing.messages import MatchingTask, Progress, Stored
from core.services.proposing.search import Watch, search
from core.services.reconciliations.service import find_reconciliation
from core.services.statements import desk
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import CLERK, fill

ROOT = Path(__file__).resolve().parents[4]
LINES, PAYMENTS = 60, 600
PATIENCE_S = 20.0

MISBEHAVING = """
import os, sys, time
from core.services.matching import candidates as match_candidates
def read(*_, **__):
    {deed}
match_candidates.open_payments = read
"""
"""Found by the process when it starts, as ``sitecustomize`` on its path."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that has taken a statement in and not matched it yet."""
    folder = tmp_path_factory.mktemp("made")
    fill(folder, LINES, PAYMENTS)
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
        shop.statements.import_file(
            CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
        )
    return folder / "shop"


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A copy of it in which every statement counts as large."""
    monkeypatch.setattr(apart, "MANY_LINES", 1)
    before = set(psutil.Process().children())
    shutil.copytree(made, tmp_path / "shop")
    with open_shop(Configuration(tmp_path / "shop", use_keyring=False)) as opened:
        yield opened
    assert set(psutil.Process().children()) <= before


@pytest.fixture
def misbehave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def plant(deed: str) -> None:
        folder = tmp_path / "planted"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(MISBEHAVING.format(deed=deed), encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))

    return plant


def the_id(shop: App) -> str:
    (row,) = shop.reconciliations.page(CLERK).rows
    return row.reconciliation_id


def asked(shop: App, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(shop.database.url.removeprefix("sqlite:///")) as connection:
        rows = connection.execute(question).fetchall()
    connection.close()
    return rows


def stored(shop: App) -> list[tuple[object, ...]]:
    return asked(
        shop,
        "SELECT m.id, kind, automatic, ambiguous, confidence, reasons, difference_minor,"
        " (SELECT group_concat(line_id) FROM match_line WHERE match_id = m.id),"
        " (SELECT group_concat(payment_id) FROM match_payment WHERE match_id = m.id)"
        ' FROM "match" m ORDER BY m.id',
    )


def task_of(shop: App) -> MatchingTask:
    return MatchingTask(shop.database.url, shop.database.initiator, CLERK, the_id(shop))


@pytest.mark.sqlite
def test_a_search_in_its_own_process_stores_what_one_here_does(shop: App) -> None:
    shop.matches.look_for(CLERK, the_id(shop))
    apart_ = stored(shop)
    assert len(apart_) > LINES // 2

    search(shop.database, CLERK, the_id(shop), Watch())
    here = stored(shop)[len(apart_) :]
    assert [row[1:] for row in here] == [row[1:] for row in apart_]


def test_lines_wait_for_what_settling_them_anew_finds(shop: App) -> None:
    shop.matches.look_for(CLERK, the_id(shop))
    offers = asked(shop, "SELECT id, offer FROM statement_line ORDER BY id")
    assert {offer for _, offer in offers} >= {"certain", "suggested", "ambiguous"}

    with shop.database.write(CLERK) as unit:
        unit.session.execute(text("UPDATE statement_line SET offer = NULL"))
        settle_offers(unit.session, find_reconciliation(unit.session, the_id(shop)))
        unit.commit()
    assert asked(shop, "SELECT id, offer FROM statement_line ORDER BY id") == offers


@pytest.mark.sqlite
def test_the_process_acts_in_the_persons_and_the_windows_name(shop: App) -> None:
    shop.matches.look_for(CLERK, the_id(shop))
    assert asked(shop, "SELECT user_name, action FROM audit_entry ORDER BY id DESC LIMIT 1") == [
        (CLERK.name, "matches:proposed")
    ]
    assert asked(
        shop, "SELECT initiator, topic, subject_id FROM change ORDER BY id DESC LIMIT 1"
    ) == [(shop.database.initiator, "reconciliations", the_id(shop))]


def test_progress_comes_over_and_no_address_stands_on_the_command_line(shop: App) -> None:
    told: list[tuple[int, int]] = []
    words: list[str] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        words.extend(word for child in psutil.Process().children() for word in child.cmdline())

    shop.matches.look_for(CLERK, the_id(shop), progress=progress)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0
    assert words
    assert not any("sanduku.db" in word or CLERK.name in word for word in words)


@pytest.mark.sqlite
def test_a_search_that_is_stopped_stores_nothing(shop: App) -> None:
    with pytest.raises(MatchingCancelledError) as caught:
        shop.matches.look_for(CLERK, the_id(shop), cancelled=lambda: True)
    assert caught.value.message == "Nothing was changed. The matching was stopped."
    assert stored(shop) == []


def test_a_refusal_comes_over_word_for_word(shop: App) -> None:
    task = MatchingTask(shop.database.url, "", CLERK, "no such one")
    with pytest.raises(NotFoundError) as caught:
        apart.search_apart(task, Watch(), standby.Standby(shop.database))
    assert caught.value.message == "Nothing was changed. There is no reconciliation no such one."


@pytest.mark.sqlite
def test_a_process_that_dies_leaves_nothing_and_is_told(
    shop: App, misbehave: Callable[[str], None], expect_log: Callable[[str], None]
) -> None:
    misbehave("os._exit(3)")
    expect_log("its process ended with 3")
    with pytest.raises(StorageError) as caught:
        shop.matches.look_for(CLERK, the_id(shop))
    assert caught.value.message.startswith("Nothing was matched.")
    assert stored(shop) == []


@pytest.mark.sqlite
def test_no_matching_survives_a_program_that_went_away(
    shop: App, misbehave: Callable[[str], None]
) -> None:
    misbehave("time.sleep(600)")
    places = os.pathsep.join([*sys.path, str(ROOT)])
    with subprocess.Popen(
        [sys.executable, "-c", standby.ENTRY],
        env={**os.environ, "PYTHONPATH": places},
        stdin=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(task_of(shop)))
        process.stdin.close()
        process.wait(PATIENCE_S)
    assert stored(shop) == []


@pytest.mark.sqlite
def test_a_program_without_python_is_its_own_matching_process(shop: App) -> None:
    """The front door becomes the matching process when that is its one argument."""
    with subprocess.Popen(
        [sys.executable, "-m", "desktop", MATCHING_ARGUMENT],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(pickle.dumps(task_of(shop)))
        process.stdin.flush()
        while isinstance(answer := pickle.load(process.stdout), Progress):
            pass
        process.stdin.close()
    assert answer == Stored()
    assert stored(shop)


def take_in(
    folder: Path, between: Callable[[App], None] = lambda _: None
) -> list[tuple[object, ...]]:
    """Take a large file in and match it; return what is stored."""
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as opened:
        opened.statements.import_file(
            CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
        )
        between(opened)
        opened.matches.look_for(CLERK, the_id(opened))
        return stored(opened)


@pytest.fixture
def unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop with a large file that it has not taken in yet."""
    monkeypatch.setattr(apart, "MANY_LINES", 1)
    monkeypatch.setattr(desk, "_LARGE_FILE_BYTES", 1)
    fill(tmp_path, LINES, PAYMENTS)
    return tmp_path


def test_what_is_read_while_a_file_is_taken_in_is_matched_as_what_is_read_afterwards(
    unread: Path, made: Path, tmp_path: Path
) -> None:
    before = set(psutil.Process().children())
    ahead = take_in(unread)
    shutil.copytree(made, tmp_path / "other")
    with open_shop(Configuration(tmp_path / "other", use_keyring=False)) as opened:
        search(opened.database, CLERK, the_id(opened), Watch())
        assert ahead == stored(opened)
    assert set(psutil.Process().children()) <= before


def test_a_payment_changed_after_the_payments_were_read_ahead_is_matched_as_it_is_now(
    unread: Path,
) -> None:
    def rename(opened: App) -> None:
        with opened.database.write(CLERK) as unit:
            unit.session.execute(text("UPDATE payment SET customer_name = 'Somebody Else'"))
            unit.changed(Topic.PAYMENTS)
            unit.commit()

    assert any("Somebody Else" in str(row[5]) for row in take_in(unread, rename))


def test_a_process_that_waits_in_vain_ends(unread: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "_IDLE_S", 0.01)
    before = set(psutil.Process().children())
    assert len(take_in(unread, lambda _: _until_gone(before))) > LINES // 2


def _until_gone(before: set[psutil.Process]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not set(psutil.Process().children()) <= before:
        assert time.monotonic() < end
        time.sleep(0.01)

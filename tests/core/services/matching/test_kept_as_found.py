"""Matches stored while the search for the others goes on: nothing of a search that ends too soon.

The process is held up after most is settled, as in a large statement the search for the rest is.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from core.app import App, Configuration, open_shop
from core.errors import StorageError
from core.matching.work import MatchingCancelledError
from core.model.journal import Topic
from core.model.payments import PaymentMethod
from core.model.reconciliations import UNFINISHED_SEARCH, StatementProvider
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.proposing import apart
from core.services.proposing.search import Watch, search
from core.services.statements import desk, importing
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import CLERK
from tests.core.services.matching.small_statement import LINES
from tests.postgresql import PostgresqlServer
from tests.served_shop import PASSWORD, served_shop

PATIENCE_S = 20.0
SOLD = 20

HELD_UP = """
import pathlib, time
from core.matching import engine
from core.services.proposing import as_found
as_found._LEAST, as_found._MOST = 3, 10
_settle = engine.match_settlements
def settle(board, check):
    while not pathlib.Path({go!r}).exists():
        check()
        if pathlib.Path({broken!r}).exists():
            raise RuntimeError("a mistake")
        time.sleep(0.01)
    _settle(board, check)
engine.match_settlements = settle
from core.services.proposing import search
_open_lines = search.open_lines
def open_lines(*given, **named):
    pathlib.Path({again!r}).touch()
    return _open_lines(*given, **named)
search.open_lines = open_lines
"""
"""Found by the process when it starts, as ``sitecustomize``."""


class HeldUp:
    """A shop whose matching process waits, after most was settled, until it may go on."""

    def __init__(
        self,
        folder: Path,
        opened: App,
        before: set[psutil.Process],
        clerk: Actor = CLERK,
        lines: int = LINES,
    ) -> None:
        self.app, self._clerk, self._lines = opened, clerk, lines
        self.again = folder / "again"
        self._go, self._before = folder / "go", before
        self._asking = ThreadPoolExecutor(max_workers=1)
        (taken,) = opened.statements.import_file(
            clerk, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
        )
        self.reconciliation_id = taken.reconciliation.reconciliation_id

    def look(self, cancelled: Callable[[], bool] | None = None) -> Future[None]:
        """Ask for the search; come back when some matches are stored and others are not."""
        asked = self._asking.submit(
            self.app.matches.look_for, self._clerk, self.reconciliation_id, cancelled=cancelled
        )
        wait_until(lambda: len(self.proposals()) > self._lines // 2)
        assert not asked.done()
        return asked

    def go_on(self) -> None:
        self._go.touch()

    def processes(self) -> set[psutil.Process]:
        return set(psutil.Process().children()) - self._before

    def asked(self, question: str) -> list[tuple[object, ...]]:
        with self.app.database.read() as session:
            return [tuple(row) for row in session.execute(text(question))]

    def proposals(self) -> list[tuple[object, ...]]:
        return sorted(
            self.asked(
                "SELECT (SELECT sum(line_id) FROM match_line WHERE match_id = m.id),"
                " (SELECT sum(payment_id) FROM match_payment WHERE match_id = m.id),"
                " kind, automatic, ambiguous, confidence, CAST(reasons AS TEXT), difference_minor"
                " FROM \"match\" m WHERE state = 'proposed'"
            )
        )

    def lines(self) -> list[tuple[object, ...]]:
        return self.asked("SELECT id, state, offer FROM statement_line ORDER BY id")

    def not_searched(self) -> tuple[str, ...]:
        summary = self.app.reconciliation_lists.summary(self._clerk, self.reconciliation_id)
        return summary.not_searched

    def found_now(self) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """What a search in this process stores in place of it, and what lines wait for then."""
        search(self.app.database, self._clerk, self.reconciliation_id, Watch())
        return self.proposals(), self.lines()

    def close(self) -> None:
        self._asking.shutdown()


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where every statement counts as large and its matching is held up."""
    monkeypatch.setattr(apart, "MANY_LINES", 1)
    monkeypatch.setattr(importing, "MANY_LINES", 1)
    monkeypatch.setattr(desk, "_LARGE_FILE_BYTES", 1)
    before = set(psutil.Process().children())
    folder = tmp_path / "held up"
    (folder / "planted").mkdir(parents=True)
    named = {word: str(folder / word) for word in ("go", "again", "broken")}
    word = HELD_UP.format(**named)
    (folder / "planted" / "sitecustomize.py").write_text(word, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder / "planted"))
    yield folder
    assert set(psutil.Process().children()) <= before


@pytest.fixture
def shop(made: Path, folder: Path) -> Iterator[HeldUp]:
    before = set(psutil.Process().children())
    shutil.copytree(made, folder, dirs_exist_ok=True)
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as opened:
        held_up = HeldUp(folder, opened, before)
        yield held_up
        held_up.close()


def test_what_was_stored_meanwhile_and_the_rest_are_what_a_search_stores_at_once(
    shop: HeldUp,
) -> None:
    asked = shop.look()
    meanwhile = shop.proposals()
    assert shop.not_searched() == (UNFINISHED_SEARCH,)
    shop.go_on()
    asked.result(PATIENCE_S)
    assert not shop.again.exists()
    assert set(meanwhile) < set(shop.proposals())
    assert shop.not_searched() == ()
    assert (shop.proposals(), shop.lines()) == shop.found_now()


def test_one_that_is_stopped_leaves_every_line_as_it_was(shop: HeldUp) -> None:
    before = shop.lines()
    is_over: list[bool] = []
    asked = shop.look(cancelled=lambda: bool(is_over))
    assert shop.lines() != before
    is_over.append(True)
    with pytest.raises(MatchingCancelledError, match="Nothing was changed"):
        asked.result(PATIENCE_S)
    assert (shop.proposals(), shop.lines()) == ([], before)
    assert shop.not_searched() == ()


def test_one_whose_process_dies_leaves_every_line_as_it_was(
    shop: HeldUp, expect_log: Callable[[str], None]
) -> None:
    expect_log("its process ended with")
    before = shop.lines()
    asked = shop.look()
    (process,) = shop.processes()
    process.kill()
    with pytest.raises(StorageError, match="Nothing was matched"):
        asked.result(PATIENCE_S)
    assert (shop.proposals(), shop.lines()) == ([], before)
    assert shop.not_searched() == ()


def test_a_mistake_of_the_search_is_told_at_once_and_leaves_every_line_as_it_was(
    shop: HeldUp, folder: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("its process ended with")
    before = shop.lines()
    asked = shop.look()
    (folder / "broken").touch()
    with pytest.raises(StorageError, match="Nothing was matched"):
        asked.result(PATIENCE_S)
    assert (shop.proposals(), shop.lines()) == ([], before)


def test_where_nobody_is_left_to_take_it_back_the_statement_says_so_until_the_next_search(
    shop: HeldUp, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("its process ended with")
    with monkeypatch.context() as gone:
        gone.setattr(apart, "take_back_unfinished", lambda *_: None)
        asked = shop.look()
        (process,) = shop.processes()
        process.kill()
        with pytest.raises(StorageError):
            asked.result(PATIENCE_S)
    left = shop.proposals()
    assert left
    with pytest.raises(MatchingCancelledError, match="Nothing was changed"):
        shop.app.matches.look_for(CLERK, shop.reconciliation_id, cancelled=lambda: True)
    assert shop.proposals() == left
    assert shop.not_searched() == (UNFINISHED_SEARCH,)
    found, _ = shop.found_now()
    assert set(left) < set(found)
    assert shop.not_searched() == ()


def test_what_changes_meanwhile_is_matched_as_it_is_then(shop: HeldUp) -> None:
    asked = shop.look()
    with shop.app.database.write(CLERK) as unit:
        unit.session.execute(text("UPDATE payment SET customer_name = 'Somebody Else'"))
        unit.changed(Topic.PAYMENTS)
        unit.commit()
    shop.go_on()
    asked.result(PATIENCE_S)
    assert shop.again.exists()
    assert "Somebody Else" in str(shop.proposals())
    assert (shop.proposals(), shop.lines()) == shop.found_now()


def test_what_a_clerk_decides_meanwhile_stays(shop: HeldUp) -> None:
    asked = shop.look()
    (declined,), (approved,) = shop.asked(
        "SELECT id FROM \"match\" WHERE kind = 'one_to_one' ORDER BY id LIMIT 2"
    )
    assert isinstance(declined, int)
    assert isinstance(approved, int)
    shop.app.matches.decline(CLERK, declined)
    shop.app.matches.approve(CLERK, [approved])
    shop.go_on()
    asked.result(PATIENCE_S)
    states = dict(shop.asked('SELECT id, state FROM "match"'))
    assert (states[declined], states[approved]) == ("declined", "approved")
    assert (shop.proposals(), shop.lines()) == shop.found_now()


def _sold(till: App, cashier: Actor, number: int) -> str:
    """Take money by bank transfer; return the row that a statement has of it."""
    sold = till.payments.record(
        cashier,
        RecordPayment(
            key=f"sold-{number}",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=5_000 + 500 * number,
            customer_name="Keza Aline",
            transaction_id=f"FT26{number:06}",
            complete_now=True,
        ),
    )
    day = f"{till.database.clock():%Y-%m-%d}"
    return f"{day},FT26{number:06},TRANSFER FT26{number:06},Keza Aline,,{sold.amount_minor}"


def test_on_a_server_matches_are_stored_meanwhile_in_the_name_of_whoever_asked(
    postgresql_server: PostgresqlServer, folder: Path
) -> None:
    before = set(psutil.Process().children())
    with served_shop(postgresql_server) as served:
        with served.opened(folder, "till") as till:
            cashier = till.users.sign_in("aline", PASSWORD, "till")
            rows = [_sold(till, cashier, number) for number in range(SOLD)]
        told = ["Date,Reference,Narration,Payer,Debit,Credit", *rows]
        (folder / "statement.csv").write_text("\n".join(told), encoding="utf-8")
        with served.opened(folder, "back office") as opened:
            clerk = opened.users.sign_in("claude", PASSWORD, "back office")
            held_up = HeldUp(folder, opened, before, clerk, SOLD)
            asked = held_up.look()
            assert held_up.not_searched() == (UNFINISHED_SEARCH,)
            held_up.go_on()
            asked.result(PATIENCE_S)
            assert not held_up.again.exists()
            assert held_up.not_searched() == ()
            assert len(held_up.proposals()) == SOLD
            assert (held_up.proposals(), held_up.lines()) == held_up.found_now()
            held_up.close()

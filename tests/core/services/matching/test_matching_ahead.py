"""A search that begins before its statement is stored: it counts only where one now finds the same.

The process thinks while the file is taken in. What it thought is stored for no other statement,
shop or moment than a search asked for now would be about.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select, text

from core.app import App, Configuration, open_shop
from core.errors import ConflictError
from core.matching.records import OpenLine
from core.matching.work import MatchingCancelledError
from core.model.journal import Topic
from core.model.payments import PaymentMethod
from core.model.reconciliations import PaymentReconciliation, StatementLine, StatementProvider
from core.permissions import Actor, Role
from core.services.matching.candidates import open_lines
from core.services.payments.rules import RecordPayment
from core.services.proposing import apart, standby
from core.services.proposing.ahead import Frame
from core.services.proposing.search import Watch, search
from core.services.statements import desk, importing
from core.services.statements.desk import ImportStatement
from core.services.statements.stored_lines import add_lines, as_open_lines
from core.statements.statement import StatementLine as Line
from tests.benchmarks.large_statement import CLERK
from tests.core.services.matching.small_statement import LINES

PATIENCE_S = 20.0
CASHIER = Actor(3, "aline", Role.CASHIER)

WATCHED = """
import pathlib
from core.services.proposing import process, search
_think, _read = process.think_ahead, search.open_lines
def think(*given, **named):
    thought = _think(*given, **named)
    pathlib.Path({thought!r}).touch()
    return thought
def read(*given, **named):
    pathlib.Path({again!r}).touch()
    return _read(*given, **named)
process.think_ahead, search.open_lines = think, read
"""
"""Found by the process when it starts, as ``sitecustomize``: leaves word of what it does."""


class Thinking:
    """A shop in which every statement counts as large, and what its matching process did."""

    def __init__(self, folder: Path, opened: App, before: set[psutil.Process]) -> None:
        self.app = opened
        self.file = folder / "statement.csv"
        self.thought, self.again = folder / "thought", folder / "again"
        self._before = before

    def take_in(self) -> str:
        (taken,) = self.app.statements.import_file(
            CLERK, ImportStatement(self.file, StatementProvider.BANK)
        )
        return taken.reconciliation.reconciliation_id

    def wait_for_thought(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while not self.thought.exists():
            assert time.monotonic() < end
            time.sleep(0.01)

    def processes(self) -> set[psutil.Process]:
        return set(psutil.Process().children()) - self._before

    def asked(self, question: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.app.database.url.removeprefix("sqlite:///")) as connection:
            rows = connection.execute(question).fetchall()
        connection.close()
        return rows

    def proposals(self) -> list[tuple[object, ...]]:
        return self.asked(
            "SELECT kind, automatic, ambiguous, confidence, reasons, difference_minor,"
            " (SELECT group_concat(line_id) FROM match_line WHERE match_id = m.id),"
            " (SELECT group_concat(payment_id) FROM match_payment WHERE match_id = m.id)"
            " FROM \"match\" m WHERE state = 'proposed' ORDER BY m.id"
        )

    def found_now(self, reconciliation_id: str) -> list[tuple[object, ...]]:
        """What a search in this process, which knows of no thought, stores in their place."""
        search(self.app.database, CLERK, reconciliation_id, Watch())
        return self.proposals()


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Thinking]:
    monkeypatch.setattr(apart, "MANY_LINES", 1)
    monkeypatch.setattr(importing, "MANY_LINES", 1)
    monkeypatch.setattr(desk, "_LARGE_FILE_BYTES", 1)
    before = set(psutil.Process().children())
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    planted = folder / "planted"
    planted.mkdir()
    word = WATCHED.format(thought=str(folder / "thought"), again=str(folder / "again"))
    (planted / "sitecustomize.py").write_text(word, encoding="utf-8")
    monkeypatch.syspath_prepend(str(planted))
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as opened:
        yield Thinking(folder, opened, before)
    assert set(psutil.Process().children()) <= before


def test_what_was_thought_before_the_statement_was_stored_is_what_a_search_now_finds(
    shop: Thinking,
) -> None:
    told: list[tuple[int, int]] = []
    reconciliation_id = shop.take_in()
    shop.app.matches.look_for(
        CLERK, reconciliation_id, progress=lambda done, total: told.append((done, total))
    )
    assert shop.thought.exists()
    assert not shop.again.exists()
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0
    ahead = shop.proposals()
    assert len(ahead) > LINES // 2
    assert ahead == shop.found_now(reconciliation_id)


def test_lines_are_thought_of_as_a_search_reads_them(shop: Thinking) -> None:
    reconciliation_id = shop.take_in()
    with shop.app.database.write(CLERK) as unit:
        stored = unit.session.scalars(
            select(PaymentReconciliation).where(
                PaymentReconciliation.reconciliation_id == reconciliation_id
            )
        ).one()
        lines = unit.session.scalars(select(StatementLine).order_by(StatementLine.id)).all()
        odd = Line(
            7_777, lines[0].line_date, 500, "RWF", fee_minor=20, reference="R" * 250,
            transaction_id="T" * 250, description='A "quoted" \\ text\nin two',
            counterparty="N" * 350, counterparty_account="0788" * 60,
        )  # fmt: skip
        first = lines[-1].id + 1
        add_lines(unit.session, stored.id, first, [(odd, "mark")])
        read = open_lines(unit.session, stored)
    assert read[-1:] == list(map(OpenLine, *as_open_lines(first, [odd])))


def _rename(shop: Thinking) -> None:
    with shop.app.database.write(CLERK) as unit:
        unit.session.execute(text("UPDATE payment SET customer_name = 'Somebody Else'"))
        unit.changed(Topic.PAYMENTS)
        unit.commit()


def _set_aside(shop: Thinking) -> None:
    ((line_id,),) = shop.asked("SELECT min(id) FROM statement_line")
    assert isinstance(line_id, int)
    shop.app.reconciliations.ignore(CLERK, line_id, reason="asked the bank")


def _rename_one(shop: Thinking) -> None:
    ((payment_id,),) = shop.asked("SELECT payment_id FROM payment LIMIT 1")
    with shop.app.database.write(CLERK) as unit:
        unit.session.execute(
            text("UPDATE payment SET customer_name = 'Somebody Else' WHERE payment_id = :one"),
            {"one": payment_id},
        )
        unit.changed(Topic.PAYMENTS, str(payment_id))
        unit.commit()


def _sell(shop: Thinking, paid_at: str | None = None) -> None:
    sold = shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key="sold-meanwhile",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=5_000,
            customer_name="Somebody New",
            transaction_id="FT26033112",
            complete_now=True,
        ),
    )
    if paid_at is not None:
        with sqlite3.connect(shop.app.database.url.removeprefix("sqlite:///")) as connection:
            connection.execute("DROP TRIGGER guard_payment_facts")
            connection.execute(
                "UPDATE payment SET created_at = ?, paid_at = ? WHERE payment_id = ?",
                (paid_at, paid_at, sold.payment_id),
            )
        connection.close()


def _sell_in_its_days(shop: Thinking) -> None:
    _sell(shop, "2026-03-04 09:00:00.000000")


@pytest.mark.parametrize("meanwhile", [_rename, _rename_one, _set_aside, _sell_in_its_days])
def test_what_changed_after_it_was_thought_is_matched_as_it_is_now(
    shop: Thinking, meanwhile: Callable[[Thinking], None]
) -> None:
    reconciliation_id = shop.take_in()
    shop.wait_for_thought()
    meanwhile(shop)
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert shop.again.exists()
    assert shop.proposals()
    assert shop.proposals() == shop.found_now(reconciliation_id)


def test_what_is_sold_long_after_the_statement_leaves_the_thought_as_it_is(
    shop: Thinking,
) -> None:
    reconciliation_id = shop.take_in()
    shop.wait_for_thought()
    _sell(shop)
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert not shop.again.exists()
    assert shop.proposals()
    assert shop.proposals() == shop.found_now(reconciliation_id)


def test_a_refused_import_throws_the_thought_away(shop: Thinking) -> None:
    database = Path(shop.app.database.url.removeprefix("sqlite:///"))
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON statement_answer BEGIN"
            " SELECT RAISE(ABORT, 'sanduku: Not today.'); END"
        )
    with pytest.raises(ConflictError, match="Not today"):
        shop.take_in()
    assert shop.processes() == set()
    assert shop.asked("SELECT count(*) FROM statement_line") == [(0,)]

    connection.execute("DROP TRIGGER refuse")
    connection.commit()
    connection.close()
    reconciliation_id = shop.take_in()
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert shop.proposals()
    assert shop.proposals() == shop.found_now(reconciliation_id)


def test_an_import_that_is_broken_off_leaves_no_thought_and_no_line(
    shop: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(importing, "add_lines", break_off)
        with pytest.raises(KeyboardInterrupt):
            shop.take_in()
    assert shop.processes() == set()
    assert shop.asked("SELECT count(*) FROM payment_reconciliation") == [(0,)]
    shop.app.matches.look_for(CLERK, shop.take_in())
    assert shop.proposals()


def test_a_process_killed_while_it_thinks_is_replaced(shop: Thinking) -> None:
    reconciliation_id = shop.take_in()
    (process,) = shop.processes()
    process.kill()
    process.wait(PATIENCE_S)
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert shop.proposals()
    assert shop.proposals() == shop.found_now(reconciliation_id)


def test_a_search_stopped_after_it_was_thought_stores_nothing(shop: Thinking) -> None:
    reconciliation_id = shop.take_in()
    shop.wait_for_thought()
    with pytest.raises(MatchingCancelledError) as caught:
        shop.app.matches.look_for(CLERK, reconciliation_id, cancelled=lambda: True)
    assert caught.value.message == "Nothing was changed. The matching was stopped."
    assert shop.proposals() == []


def test_another_statement_is_matched_as_itself(shop: Thinking) -> None:
    first = shop.take_in()
    rows = shop.file.read_text(encoding="utf-8").replace("90000", "80000").splitlines()
    shop.file.write_text("\n".join(rows[: LINES // 2]) + "\n", encoding="utf-8")
    second = shop.take_in()
    shop.app.matches.look_for(CLERK, first)
    assert shop.again.exists()
    lines_of_first = shop.asked(
        "SELECT count(*) FROM match_line l JOIN statement_line s ON s.id = l.line_id"
        " WHERE s.reconciliation_id = 1"
    )
    assert lines_of_first == shop.asked("SELECT count(*) FROM match_line")
    ahead = shop.proposals()
    assert ahead == shop.found_now(first)
    assert second != first


def test_a_search_asked_for_while_another_file_is_read_does_not_wait_for_that(
    shop: Thinking,
) -> None:
    reconciliation_id = shop.take_in()
    standing_by = shop.app.matching_standby
    standing_by.start()
    standing_by.read_ahead(Frame(StatementProvider.BANK, "RWF", None, None))
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert shop.again.exists()
    assert shop.proposals()
    assert shop.proposals() == shop.found_now(reconciliation_id)


def test_a_process_that_waits_in_vain_after_thinking_ends(
    shop: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "_IDLE_S", 0.5)
    reconciliation_id = shop.take_in()
    end = time.monotonic() + PATIENCE_S
    while shop.processes():
        assert time.monotonic() < end
        time.sleep(0.01)
    shop.app.matches.look_for(CLERK, reconciliation_id)
    assert shop.proposals()


def test_a_process_that_is_told_more_waits_on_however_long_the_statement_takes(
    shop: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "_IDLE_S", 2.0)
    standing_by = shop.app.matching_standby
    standing_by.start()
    (process,) = shop.processes()
    begun = told = time.monotonic()
    while told - begun < 2.5:
        standing_by.read_ahead(Frame(StatementProvider.BANK, "RWF", None, None))
        told = time.monotonic()
        time.sleep(0.5)
    assert process.is_running()
    standing_by.end()

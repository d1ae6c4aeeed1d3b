"""Payments read before their statement is: in the end they are what that statement could prove."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import pytest

from core.app import Configuration, open_shop
from core.database.unit_of_work import Database
from core.matching.books import Books
from core.matching.identifiers import IdentifierKind, fold_all
from core.matching.records import PaymentColumns
from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.services.matching import candidates, payment_reading
from core.services.matching.candidates import open_payments, open_payments_ahead
from core.services.proposing.ahead import Frame
from tests.benchmarks.large_statement import fill

PAYMENTS, STRETCH = 400, 30
GUESS = Frame(StatementProvider.BANK, "RWF", None, None)
FRAMES = {
    "all of it": Frame(StatementProvider.BANK, "RWF", date(2026, 3, 1), date(2026, 3, 31)),
    "an early day": Frame(StatementProvider.BANK, "RWF", date(2026, 3, 5), date(2026, 3, 5)),
    "late days": Frame(StatementProvider.BANK, "RWF", date(2026, 5, 5), date(2026, 5, 9)),
    "days of nothing": Frame(StatementProvider.BANK, "RWF", date(2020, 3, 5), date(2020, 3, 5)),
    "no days": GUESS,
    "another's": Frame(StatementProvider.MTN, "RWF", date(2026, 3, 1), date(2026, 3, 9)),
    "another currency": Frame(StatementProvider.BANK, "USD", date(2026, 3, 1), date(2026, 3, 9)),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Payments of one month, whose first half was recorded in the order of days, some proven."""
    folder = tmp_path_factory.mktemp("shop")
    fill(folder, 20, PAYMENTS)
    with sqlite3.connect(folder / "shop" / "sanduku.db") as connection:
        connection.execute(
            "UPDATE payment SET created_at = '2026-03-' || substr('0' || (1 + id / 10), -2)"
            f" || ' 09:00:00.000000' WHERE id <= {PAYMENTS // 2}"
        )
        connection.execute("UPDATE payment SET reconciled = 1 WHERE id % 7 = 0 OR id > 380")
    connection.close()
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as opened:
        yield opened.database


@pytest.fixture(autouse=True)
def many_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payment_reading, "_STRETCH_IDS", STRETCH)


def rows_of(columns: PaymentColumns) -> list[tuple[object, ...]]:
    lists = [getattr(columns, each.name) for each in fields(columns) if each.compare]
    return sorted(zip(*(each for each in lists if isinstance(each, list)), strict=True))


class Asking:
    """Reads ahead, and is told the frame after so many stretches, at the latest when waited for."""

    def __init__(self, database: Database, frame: Frame | None, told_after: int) -> None:
        self._frame, self._told_after, self._now = frame, told_after, database.clock()
        self.asked = 0
        with database.read() as session:
            columns = open_payments_ahead(
                session, GUESS.as_statement(self._now), self._is_told, self._told
            )
        self.rows = None if columns is None else rows_of(columns)
        self.columns = columns

    def _is_told(self) -> bool:
        self.asked += 1
        return self.asked > self._told_after

    def _told(self) -> PaymentReconciliation | None:
        return None if self._frame is None else self._frame.as_statement(self._now)


def rows_now(database: Database, frame: Frame) -> list[tuple[object, ...]]:
    with database.read() as session:
        return rows_of(open_payments(session, frame.as_statement(database.clock())))


@pytest.mark.parametrize("told_after", [0, 3, 1_000])
@pytest.mark.parametrize("name", FRAMES)
def test_they_are_those_of_the_statement(shop: Database, name: str, told_after: int) -> None:
    wanted = rows_now(shop, FRAMES[name])
    assert len(wanted) < PAYMENTS
    assert Asking(shop, FRAMES[name], told_after).rows == wanted


def test_no_more_than_a_bound_are_read_before_the_statement_is_known(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "_MOST_AHEAD", 60)
    reading = Asking(shop, FRAMES["all of it"], 1_000)
    assert reading.rows == rows_now(shop, FRAMES["all of it"])
    assert reading.asked < PAYMENTS // STRETCH


def test_a_statement_that_never_comes_needs_no_payments(shop: Database) -> None:
    assert Asking(shop, None, 2).rows is None


@pytest.mark.parametrize("told_after", [0, 3, 1000])
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_their_identifiers_were_read_in_the_same_order(
    shop: Database, frame: Frame, told_after: int
) -> None:
    columns = Asking(shop, frame, told_after).columns
    assert columns is not None
    read = [
        tuple(each.column(kind).folded[place] for kind in IdentifierKind)
        for each in columns.read_identifiers
        for place in range(each.number)
    ]
    assert read == list(zip(*map(fold_all, columns.identifiers), strict=True))
    assert len(Books(columns).identifiers.sizes) == sum(
        map(bool, map(any, columns.identifiers))
    ) * len(columns)
    assert columns.read_identifiers == []

"""Rows by the ten thousand, written while those that follow are made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database.bulk import beside, insert_rows
from core.database.engine import open_engine, sqlite_url

Row = tuple[int, str]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(sqlite_url(tmp_path / "rows.db"))
    with Session(engine) as session:
        session.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        session.execute(text("CREATE TABLE named (kept_id INTEGER NOT NULL REFERENCES kept (id))"))
        session.commit()
        yield session
    engine.dispose()


def _rows(count: int) -> list[Row]:
    return [(key, f"word {key}") for key in range(1, count + 1)]


def _kept(session: Session) -> list[Row]:
    return [(row.id, row.word) for row in session.execute(text("SELECT * FROM kept ORDER BY id"))]


@pytest.mark.parametrize("count", [0, 1, 50, 999, 1_000, 1_051, 5_000, 6_057])
def test_any_number_of_rows_is_written_whole_and_once(session: Session, count: int) -> None:
    insert_rows(session, "kept", ("id", "word"), iter(_rows(count)))
    assert _kept(session) == _rows(count)
    session.rollback()

    with beside(session) as asked:
        asked.insert_rows("kept", ("id", "word"), iter(_rows(count)))
    assert _kept(session) == _rows(count)


def test_what_is_asked_later_finds_what_was_asked_before(session: Session) -> None:
    with beside(session) as asked:
        asked.insert_rows("kept", ("id", "word"), _rows(7_000))
        counted = asked.ask(session.scalar, text("SELECT count(*) FROM kept"))
        asked.insert_rows("named", ("kept_id",), ((key,) for key in range(1, 7_001)))

    assert counted.result() == 7_000
    assert session.scalar(text("SELECT count(*) FROM named")) == 7_000


def test_a_row_refused_meanwhile_is_told_at_the_end(session: Session) -> None:
    with (
        pytest.raises(IntegrityError, match="FOREIGN KEY"),
        beside(session) as asked,
    ):
        asked.insert_rows("named", ("kept_id",), [(5,)])
        asked.insert_rows("kept", ("id", "word"), _rows(5))


def test_an_error_while_rows_are_made_leaves_no_thread_at_work(session: Session) -> None:
    def broken() -> Iterator[Row]:
        yield from _rows(5_000)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), beside(session) as asked:
        asked.insert_rows("kept", ("id", "word"), broken())

    session.rollback()
    assert _kept(session) == []

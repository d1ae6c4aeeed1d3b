"""A shop of the revision before keeps its statements, and begins to remember answers."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from core.app import App, Configuration
from core.database import schema
from core.database.consistency import check
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.reconciliations import StatementProvider
from core.model.statement_memory import StatementAnswer
from core.permissions import Actor, Role
from core.services.statements.desk import ImportStatement
from tests.core.database.earlier import taken_back

CLERK = Actor(3, "claude", Role.CLERK, desk="office")
JUNE = ("Date,Reference,Description,Amount", "2026-06-29,A1,Sale one,500", "2026-06-30,A2,Two,700")


def test_an_older_shops_statements_are_known_again_and_its_answers_remembered(
    tmp_path: Path,
) -> None:
    database = Database(sqlite_url(tmp_path / "shop.db"))
    schema.upgrade(database.engine)
    shop = App(Configuration(tmp_path / "shop"), database)
    june = tmp_path / "june.csv"
    june.write_text("\n".join(JUNE) + "\n", encoding="utf-8")
    shop.statements.import_file(CLERK, ImportStatement(june, StatementProvider.BANK))
    database.close()
    database = taken_back(tmp_path / "shop.db", "0009", tmp_path / "older.db")
    shop = App(Configuration(tmp_path / "shop"), database)

    schema.upgrade(database.engine)

    assert schema.current_revision(database.engine) == schema.NEWEST_REVISION
    look = shop.statements.look(june)
    assert look.answers == ()
    assert look.accounts[0].earlier is not None
    july = tmp_path / "july.csv"
    july.write_text("\n".join([*JUNE, "2026-07-01,A3,Sale three,900"]) + "\n", encoding="utf-8")
    (imported,) = shop.statements.import_file(CLERK, ImportStatement(july, StatementProvider.BANK))
    assert (imported.new_lines, imported.known_lines) == (1, 2)
    with database.read() as session:
        assert [each.answered_by for each in session.scalars(select(StatementAnswer))] == ["claude"]
    assert check(database.engine) == ()
    database.close()

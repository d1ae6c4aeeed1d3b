from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import NotAllowedError
from core.permissions import Actor
from core.services.audit.trail import AuditService
from tests.core.services.conftest import SettableClock
from tests.empty_file import lay_empty_shop


def write(database: Database, actor: Actor, *subjects: str) -> None:
    with database.write(actor) as unit:
        for subject in subjects:
            unit.audit("test:done", "thing", subject, amount="5")
        unit.commit()


def test_the_trail_is_read_page_by_page_newest_first(
    database: Database, clerk: Actor, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    write(database, clerk, "a", "b")
    clock.advance(seconds=1)
    write(database, cashier, "a")
    audit = AuditService(database)

    first = audit.page(manager, limit=2)
    assert [(row.user_name, row.subject_id) for row in first.rows] == [
        (cashier.name, "a"),
        (clerk.name, "b"),
    ]
    assert first.total == 3
    assert [row.subject_id for row in audit.page(manager, offset=2).rows] == ["a"]
    assert audit.page(manager, subject_id="a").total == 2
    assert audit.page(manager, subject_id="a", user_name=clerk.name).total == 1


def test_only_managers_and_admins_read_the_trail(database: Database, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        AuditService(database).page(cashier)


def test_untouched_chains_hold(database: Database, clerk: Actor, cashier: Actor) -> None:
    write(database, clerk, "a", "b")
    write(database, cashier, "a")
    report = AuditService(database).verify()
    assert report.checked == 3
    assert report.is_intact


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE audit_entry SET details = '{}' WHERE sequence = 2", "was changed"),
        ("DELETE FROM audit_entry WHERE sequence = 2", "entry 2 is missing"),
        ("UPDATE audit_entry SET user_name = 'x' WHERE sequence = 3", "is missing"),
    ],
)
def test_a_hand_in_the_file_shows(statement: str, what: str, tmp_path: Path, clerk: Actor) -> None:
    database = Database(sqlite_url(lay_empty_shop(tmp_path / "tampered")))
    write(database, clerk, "a", "b", "c")
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER guard_audit_entry_delete"))
        connection.execute(text("DROP TRIGGER guard_audit_entry_facts"))
        connection.execute(text(statement))
    report = AuditService(database).verify()
    database.close()
    assert not report.is_intact
    assert any(what in one.what for one in report.breaks)

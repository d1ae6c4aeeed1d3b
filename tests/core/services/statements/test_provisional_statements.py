"""What a bank only announces is shown, and never taken into the books."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.reconciliations import StatementLine, StatementProvider
from core.permissions import Actor, Role
from core.services.statements.desk import ImportStatement, StatementDesk
from tests.core.statements.test_camt import entry, message

CLERK = Actor(3, "claire", Role.CLERK)


def _imported_lines(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(StatementLine)) or 0


def test_a_report_of_pending_entries_is_not_imported(database: Database, tmp_path: Path) -> None:
    desk = StatementDesk(database, tmp_path)
    path = tmp_path / "pending.xml"
    path.write_text(message(entry(status="PDNG"), kind="052"), encoding="utf-8")
    assert len(desk.read(path).lines) == 1
    with pytest.raises(ConflictError, match="booked none of them"):
        desk.import_file(CLERK, ImportStatement(path, StatementProvider.BANK))
    assert _imported_lines(database) == 0


def test_beside_it_a_booked_account_is_imported(database: Database, tmp_path: Path) -> None:
    desk = StatementDesk(database, tmp_path)
    path = tmp_path / "two.xml"
    path.write_text(message(entry(status="INFO"), entry("700")), encoding="utf-8")
    (imported,) = desk.import_file(CLERK, ImportStatement(path, StatementProvider.BANK))
    assert imported.new_lines == 1
    assert _imported_lines(database) == 1

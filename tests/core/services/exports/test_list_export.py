"""Any list becomes a file: all its rows in its order, of one moment, and written down."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from core.database.unit_of_work import Database
from core.model.journal import AuditEntry
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.refunds import RefundRequest
from core.permissions import Actor
from core.services.exports.lists import ExportRows, ListExport
from core.services.exports.table import ExportColumn
from core.services.lists.listings import ListOrder
from core.services.refunds.pages import (
    ListedRefund,
    RefundColumn,
    RefundListFilter,
    RefundLists,
)
from core.services.reports.contract import ColumnKind, ExportFormat

COUNT = 2_345
FIRST = datetime(2026, 6, 1, 6, tzinfo=UTC)
REASON: ExportColumn[ListedRefund] = ExportColumn("Reason", ColumnKind.TEXT, lambda row: row.reason)
AMOUNT: ExportColumn[ListedRefund] = ExportColumn(
    "Amount", ColumnKind.AMOUNT, lambda row: row.refund_amount_minor, lambda row: row.currency
)
COLUMNS = (REASON, AMOUNT)


@pytest.fixture
def refunds(database: Database, bent_books: None) -> None:
    with database.write(None) as unit:
        payment = {
            "payment_id": "00000000-0000-4000-8000-000000000001", "amount_minor": 10_000_000,
            "payment_method": PaymentMethod.CASH, "status": PaymentStatus.COMPLETED,
            "created_by": "aline", "created_at": FIRST, "updated_at": FIRST, "paid_at": FIRST,
        }  # fmt: skip
        unit.session.execute(insert(Payment), [payment])
        key = unit.session.scalars(select(Payment.id)).one()
        unit.session.execute(
            insert(RefundRequest), [_asked(key, number) for number in range(COUNT)]
        )
        unit.commit()


def _asked(payment: int, number: int) -> dict[str, object]:
    return {
        "refund_id": f"00000000-0000-4000-9000-{number:012d}", "payment_id": payment,
        "refund_amount_minor": 1 + number, "currency": "RWF", "reason": f"reason-{number:05d}",
        "requested_by": "aline", "requested_at": FIRST + timedelta(minutes=number % 7),
        "updated_at": FIRST,
    }  # fmt: skip


def command(
    database: Database, actor: Actor, path: Path, search: str = ""
) -> ExportRows[ListedRefund]:
    order = ListOrder(RefundColumn.AMOUNT, descending=False)
    question = RefundLists(database).ask(actor, RefundListFilter(search=search), order)
    return ExportRows(
        "refunds", "Refunds", question, COUNT, COLUMNS, ExportFormat.CSV, path, f"search: {search}"
    )


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def while_writing(act: Callable[[], None]) -> Callable[[int, int], None]:
    """Return a report that acts once, when the first rows are written."""
    acts = [act]

    def report(done: int, _total: int) -> None:
        if done and acts:
            acts.pop()()

    return report


@pytest.mark.usefixtures("refunds")
def test_every_row_of_the_list_is_written_in_its_order(
    database: Database, manager: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "refunds.csv"
    exported = ListExport(database).export(manager, command(database, manager, path))
    rows = read(path)
    assert exported.rows == COUNT
    assert rows[0] == ["Reason", "Amount"]
    assert rows[1:] == [[f"reason-{number:05d}", str(1 + number)] for number in range(COUNT)]


@pytest.mark.usefixtures("refunds")
def test_only_what_is_searched_for_is_written_and_the_trail_says_so(
    database: Database, manager: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "refunds.csv"
    ListExport(database).export(manager, command(database, manager, path, "reason-0007"))
    assert [row[0] for row in read(path)[1:]] == [
        f"reason-{number:05d}" for number in range(70, 80)
    ]
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.user_name) == ("refunds:exported", manager.name)
    assert json.loads(entry.details)["count"] == 10
    assert json.loads(entry.details)["filter"] == "search: reason-0007"


@pytest.mark.usefixtures("refunds")
def test_what_others_add_meanwhile_is_not_of_the_moment_written(
    database: Database, manager: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "refunds.csv"

    def ask_for_more() -> None:
        with database.write(None) as unit:
            key = unit.session.scalars(select(Payment.id)).one()
            more = [
                _asked(key, COUNT + number) | {"refund_amount_minor": 2_000} for number in range(50)
            ]
            unit.session.execute(insert(RefundRequest), more)
            unit.commit()

    wanted = command(database, manager, path)
    assert ListExport(database).export(manager, wanted, while_writing(ask_for_more)).rows == COUNT
    assert [row[1] for row in read(path)[1:]] == [str(1 + number) for number in range(COUNT)]


@pytest.mark.usefixtures("refunds")
def test_an_ended_writing_leaves_the_earlier_file_and_no_entry(
    database: Database, manager: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "refunds.csv"
    path.write_text("earlier")

    class EndedError(Exception):
        pass

    def end() -> None:
        raise EndedError

    with suppress(EndedError):
        ListExport(database).export(manager, command(database, manager, path), while_writing(end))
    assert path.read_text() == "earlier"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".writing")] == []
    with database.read() as session:
        assert session.scalars(select(AuditEntry.action)).all() == []

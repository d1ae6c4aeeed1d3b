"""Payments handed out as a file are exactly those selected, safe to open, and written down."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from core.clock import shop_time
from core.database.unit_of_work import Database
from core.errors import NotAllowedError, StorageError
from core.model.journal import AuditEntry
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.exports import table
from core.services.exports.payments import (
    ALL_COLUMNS,
    ExportedColumn,
    ExportPayments,
    PaymentExport,
)
from core.services.payments.choices import PaymentSelection
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.reports.contract import ExportFormat

LIVE = '=HYPERLINK("http://x")'
FEW = (
    ExportedColumn(PaymentColumn.CUSTOMER, "Customer"),
    ExportedColumn(PaymentColumn.AMOUNT, "Amount"),
    ExportedColumn(PaymentColumn.CREATED_AT, "Created"),
    ExportedColumn(PaymentColumn.ID, "Id"),
)


@pytest.fixture
def ids(database: Database, cashier: Actor) -> list[str]:
    payments = PaymentService(database)
    return [
        payments.record(
            cashier,
            RecordPayment(
                key=f"k{number}",
                method=PaymentMethod.CASH,
                amount_minor=number * 1_000 + 5,
                currency="USD" if number % 2 else "RWF",
                customer_name=LIVE if number == 3 else f"Customer {number}",
                phone_number="+250788123456",
                transaction_reference=f"0012{number}",
            ),
        ).payment_id
        for number in range(1, 6)
    ]


def export(
    database: Database, actor: Actor, path: Path, selection: PaymentSelection, **more: object
) -> int:
    ending = ExportFormat(path.suffix.removeprefix("."))
    command = ExportPayments(selection, FEW, ending, path, words="cash", currency_title="Currency")
    return PaymentExport(database).export(actor, command, **more).rows  # type: ignore[arg-type]


def read_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_a_file_of_text_has_the_shown_columns_with_clean_numbers(
    database: Database, cashier: Actor, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    assert export(database, cashier, path, PaymentSelection()) == 5
    head, *rows = read_csv(path)
    assert head == ["Customer", "Amount", "Currency", "Created", "Id"]
    assert rows[0] == ["Customer 5", "50.05", "USD", "2026-07-01 10:00:00", ids[4]]
    assert rows[1][1:3] == ["4005", "RWF"]
    assert rows[2][0] == f"'{LIVE}"


def test_a_workbook_has_numbers_dates_and_no_formula(
    database: Database, cashier: Actor, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    assert export(database, cashier, path, PaymentSelection()) == 5
    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows(min_row=2))
    assert [cell.value for cell in rows[0][:3]] == ["Customer 5", 50.05, "USD"]
    assert rows[0][3].value == shop_time(database.clock()).replace(tzinfo=None)
    assert isinstance(rows[0][3].value, datetime)
    assert (rows[2][0].value, rows[2][0].data_type) == (LIVE, "s")
    assert [row[4].value for row in rows] == list(reversed(ids))


def test_only_what_is_selected_is_handed_out_in_the_tables_order(
    database: Database, cashier: Actor, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    export(database, cashier, path, PaymentSelection(payment_ids=(ids[1], ids[3])))
    assert [row[4] for row in read_csv(path)[1:]] == [ids[1], ids[3]]
    export(database, cashier, path, PaymentSelection(PaymentFilter(currency="RWF")))
    assert [row[4] for row in read_csv(path)[1:]] == [ids[3], ids[1]]


def test_who_took_which_payments_out_is_written_down(
    database: Database, cashier: Actor, ids: list[str], tmp_path: Path
) -> None:
    export(database, cashier, tmp_path / "out.csv", PaymentSelection())
    with database.read() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "payments:exported")
        ).one()
    details = json.loads(entry.details) if isinstance(entry.details, str) else entry.details
    assert (details["filter"], details["count"], details["format"]) == ("cash", len(ids), "csv")
    assert entry.user_name == cashier.name


def test_who_may_not_see_payments_gets_no_file(
    database: Database, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import permissions  # noqa: PLC0415

    monkeypatch.setitem(permissions.GRANTS, permissions.Role.CLERK, frozenset())
    nobody = Actor(2, "claude", permissions.Role.CLERK)
    with pytest.raises(NotAllowedError):
        export(database, nobody, tmp_path / "out.csv", PaymentSelection())
    assert not (tmp_path / "out.csv").exists()
    assert len(ids) == 5


class Stopped(Exception):  # noqa: N818
    """What a person's Cancel raises."""


@pytest.mark.parametrize(
    ("ending", "steps"), [("csv", 0), ("csv", 2), ("xlsx", 0), ("xlsx", 2), ("xlsx", 9)]
)
def test_an_export_that_is_cancelled_leaves_the_old_file_and_nothing_else(
    database: Database,
    cashier: Actor,
    ids: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    steps: int,
) -> None:
    folder, temporary = tmp_path / "out", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(table, "_ROWS_BETWEEN_REPORTS", 2)
    path = folder / f"out.{ending}"
    path.write_text("old")
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) > steps:
            raise Stopped

    with pytest.raises(Stopped):
        export(database, cashier, path, PaymentSelection(), report=report)
    assert path.read_text() == "old"
    assert list(folder.iterdir()) == [path]
    assert list(temporary.iterdir()) == []
    assert told[0] == (0, len(ids))


def test_a_folder_that_cannot_be_written_is_said(
    database: Database, cashier: Actor, ids: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        export(database, cashier, tmp_path / "file" / "out.csv", PaymentSelection())
    assert len(ids) == 5


def test_rows_beyond_a_sheets_end_go_on_in_the_next(
    database: Database,
    cashier: Actor,
    ids: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "MOST_SHEET_ROWS", 3)
    export(database, cashier, tmp_path / "out.xlsx", PaymentSelection())
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    found = [[row[4].value for row in sheet.iter_rows(min_row=2)] for sheet in book.worksheets]
    newest = list(reversed(ids))
    assert found == [newest[:2], newest[2:4], newest[4:]]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["Customer"] * 3


def test_what_changes_while_a_file_is_written_is_not_in_it(
    database: Database,
    cashier: Actor,
    ids: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "_ROWS_BETWEEN_REPORTS", 1)
    monkeypatch.setattr("core.services.payments.choices._ROWS_AT_ONCE", 1)
    columns = (*FEW, ExportedColumn(PaymentColumn.STATUS, "Status"))
    path = tmp_path / "out.csv"
    command = ExportPayments(PaymentSelection(), columns, ExportFormat.CSV, path)

    def report(done: int, _total: int) -> None:
        if done == 1:
            PaymentService(database).cancel(cashier, ids[0], note="gone")

    PaymentExport(database).export(cashier, command, report)
    assert {row[5] for row in read_csv(path)[1:]} == {"pending"}


def test_every_column_of_the_list_can_be_handed_out() -> None:
    assert {each.column for each in ALL_COLUMNS} == set(PaymentColumn)

"""Writing the report of a large reconciliation, beside one bare join and the file's bare writer."""

from __future__ import annotations

import csv
import io
import resource
import sqlite3
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import insert, select

from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
)
from core.permissions import Actor, Role
from core.services.reconciliation_report.service import ReconciliationReports
from core.services.reports.contract import ExportFormat
from tests.benchmarks.conftest import ratio_line

LINES = 100_000
MATCHED = LINES * 8 // 10
CLERK = Actor(2, "claude", Role.CLERK)
AT = datetime(2026, 6, 30, 10, tzinfo=UTC)
JOIN = """
SELECT m.id, l.line_number, l.line_date, l.description, l.transaction_id, l.amount_minor,
       p.invoice_number, p.customer_name, p.amount_minor, m.kind, m.reasons, m.decided_by
FROM match m JOIN match_line ml ON ml.match_id = m.id JOIN statement_line l ON l.id = ml.line_id
JOIN match_payment mp ON mp.match_id = m.id JOIN payment p ON p.id = mp.payment_id
WHERE m.state = 'approved' ORDER BY l.line_number
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path]]:
    """A reconciliation of 100 000 lines, of which four in five are matched."""
    path = tmp_path_factory.mktemp("books") / "sanduku.db"
    database = Database(sqlite_url(path))
    schema.upgrade(database.engine)
    with database.write(None) as unit:
        statement = PaymentReconciliation(
            file_name="mtn.csv",
            file_sha256="0" * 64,
            provider=StatementProvider.MTN,
            statement_period_start=date(2026, 6, 1),
            statement_period_end=date(2026, 6, 30),
            total_transactions=LINES,
            total_amount_minor=LINES * 1_000,
            imported_by="claude",
            imported_at=AT,
        )
        unit.session.add(statement)
        unit.session.flush()
        run = unit.session.execute
        run(insert(StatementLine), [_line(statement.id, number) for number in range(LINES)])
        run(insert(Payment), [_payment(number) for number in range(MATCHED)])
        run(insert(Match), [_match(statement.id, number) for number in range(MATCHED)])
        keys = range(1, MATCHED + 1)
        run(insert(MatchLine), [{"match_id": key, "line_id": key, "active": True} for key in keys])
        run(
            insert(MatchPayment),
            [{"match_id": key, "payment_id": key, "active": True} for key in keys],
        )
        unit.commit()
    yield database, path
    database.close()


def _line(reconciliation: int, number: int) -> dict[str, object]:
    return {
        "reconciliation_id": reconciliation,
        "line_number": number + 2,
        "fingerprint": f"f{number}",
        "line_date": date(2026, 6, 1 + number % 30),
        "amount_minor": 1_000,
        "currency": "RWF",
        "transaction_id": f"FT{number:09}",
        "description": f"Payment from 250788{number:06} Mukamana Solange for INV-{number:06}",
        "state": LineState.MATCHED if number < MATCHED else LineState.UNMATCHED,
    }


def _payment(number: int) -> dict[str, object]:
    return {
        "payment_id": str(uuid.uuid4()),
        "payment_method": PaymentMethod.MTN_MOBILE_MONEY,
        "amount_minor": 1_000,
        "status": PaymentStatus.COMPLETED,
        "customer_name": "Mukamana Solange",
        "invoice_number": f"INV-{number:06}",
        "reconciled": True,
        "reconciled_at": AT,
        "created_at": AT,
        "paid_at": AT,
        "updated_at": AT,
    }


def _match(reconciliation: int, number: int) -> dict[str, object]:
    return {
        "reconciliation_id": reconciliation,
        "kind": "one_to_one",
        "automatic": number % 5 != 0,
        "confidence": 100,
        "reasons": [f"transaction id FT{number:09} stands in the text", "amount equal: 1 000 RWF"],
        "state": MatchState.APPROVED,
        "proposed_at": AT,
        "decided_by": "claude",
        "decided_at": AT,
    }


def _bare_csv(rows: Iterator[tuple[object, ...]]) -> None:
    csv.writer(io.StringIO()).writerows(rows)


def _bare_workbook(rows: Iterator[tuple[object, ...]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(io.BytesIO())


@pytest.mark.parametrize(
    ("format_", "bare"), [(ExportFormat.CSV, _bare_csv), (ExportFormat.XLSX, _bare_workbook)]
)
def test_a_report_is_written_near_the_speed_of_its_file(books, tmp_path, format_, bare) -> None:
    database, path = books
    reports = ReconciliationReports(database)
    with database.read() as session:
        number = session.scalars(select(PaymentReconciliation.reconciliation_id)).one()
    ours_s, floor_s = [], []
    for _ in range(2):
        begun = time.process_time()
        reports.save(CLERK, number, format_, tmp_path / f"report.{format_}")
        ours_s.append(time.process_time() - begun)
        begun = time.process_time()
        with sqlite3.connect(path) as bare_books:
            bare(bare_books.execute(JOIN))
        bare_books.close()
        floor_s.append(time.process_time() - begun)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = f"{format_} of {LINES} lines"
    print(ratio_line(name, ours_s, floor_s, "one join and the bare writer"))
    print(
        f"  {(tmp_path / f'report.{format_}').stat().st_size / 1e6:.1f} MB; peak {peak_mb:.0f} MB"
    )

from __future__ import annotations

import hashlib
import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.database.unit_of_work import Database
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.permissions import Actor
from core.services.payments.lists import PaymentLists
from core.services.reconciliations.detail import unmatched_payment_ids
from core.services.reports.contract import Report, ReportName, ReportQuery
from core.services.reports.service import ReportsService

pytestmark = pytest.mark.usefixtures("bent_books")

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
_number = itertools.count()


def statement(**fields: object) -> PaymentReconciliation:
    defaults: dict[str, object] = {
        "file_name": "statement.csv",
        "file_sha256": hashlib.sha256(str(next(_number)).encode()).hexdigest(),
        "provider": StatementProvider.MTN,
        "statement_date": date(2026, 6, 15),
        "statement_period_start": date(2026, 6, 9),
        "statement_period_end": date(2026, 6, 15),
        "status": ReconciliationStatus.COMPLETE,
        "imported_by": "claude",
        "imported_at": datetime(2026, 6, 16, tzinfo=UTC),
    }
    return PaymentReconciliation(**(defaults | fields))


def keep(database: Database, *rows: object) -> None:
    with database.write(None) as unit:
        unit.session.add_all(rows)
        unit.commit()


def run(database: Database, actor: Actor, first: date = FIRST, last: date = LAST) -> Report:
    query = ReportQuery(ReportName.DISCREPANCIES, first, last)
    return ReportsService(database).run(actor, query)


def test_statements_that_differ_are_shown_and_the_rest_are_counted(
    database: Database, clerk: Actor
) -> None:
    keep(
        database,
        statement(file_name="agrees.csv"),
        statement(file_name="lines.csv", unmatched_count=2, discrepancy_amount_minor=700),
        statement(file_name="gap.csv", balance_gap_minor=-50, currency="USD"),
        statement(file_name="settled.csv", status=ReconciliationStatus.RESOLVED),
        statement(file_name="july.csv", statement_period_end=date(2026, 7, 1), unmatched_count=1),
        statement(
            file_name="undated.csv",
            statement_date=None,
            statement_period_start=None,
            statement_period_end=None,
            unmatched_count=1,
        ),
    )

    report = run(database, clerk)

    assert {row.cells[3] for row in report.rows} == {
        "lines.csv",
        "gap.csv",
        "settled.csv",
        "undated.csv",
    }
    assert report.notes[0].startswith("5 statements in these days, of which 1 agree")
    assert [(row.currency, row.cells[6], row.cells[8], row.cells[9]) for row in report.totals] == [
        ("RWF", 3, 700, 0),
        ("USD", 0, 0, -50),
    ]


def test_payments_not_on_a_statement_are_those_the_reconcile_page_names(
    database: Database, clerk: Actor
) -> None:
    rng = random.Random(7)
    border = datetime(2026, 6, 8, 22, tzinfo=UTC)
    moments = [
        border + timedelta(days=day, microseconds=offset)
        for day in range(-1, 10)
        for offset in (-1, 0, 1)
    ]
    keep(
        database,
        *(
            Payment(
                payment_method=rng.choice(list(PaymentMethod)),
                amount_minor=rng.randint(1, 9_000),
                currency=rng.choice(("RWF", "USD")),
                status=rng.choice(list(PaymentStatus)),
                reconciled=rng.random() < 0.3,
                created_at=moment,
                paid_at=moment,
                updated_at=moment,
            )
            for moment in moments
            for _ in range(12)
        ),
        *(statement(provider=provider) for provider in StatementProvider),
        statement(statement_period_start=None, provider=StatementProvider.BANK),
        statement(statement_period_end=None, currency="USD"),
    )

    report = run(database, clerk)

    with database.read() as session:
        expected = {
            (row.provider.value, row.statement_period_start, row.statement_period_end): len(
                unmatched_payment_ids(session, row)
            )
            for row in session.scalars(select(PaymentReconciliation))
        }
    assert sorted(row.cells[10] for row in report.rows) == sorted(expected.values())  # type: ignore[type-var]
    lists = PaymentLists(database)
    for row in report.rows:
        assert row.drill is not None
        (behind,) = lists.totals(clerk, row.drill)
        assert (behind.count, behind.amount_minor) == row.cells[10:12]

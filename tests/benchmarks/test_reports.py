"""Opening each report over a million payments, beside the bare GROUP BY that would answer it."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import time
from datetime import date
from pathlib import Path

import pytest

from core.app import open_shop
from core.clock import day_end, day_start
from core.configuration import Configuration, PasswordCost
from core.database import schema
from core.database.day_sums import sum_triggers
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.reports.contract import ReportName, ReportQuery
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.large_shop import FIRST_DAY, LAST_DAY, fill

PAYMENTS = 1_000_000
ROUNDS = 5
MANAGER = Actor(3, "manager", Role.MANAGER)
CASHIER = Actor(1, "aline", Role.CASHIER)
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)

_IN_DAYS = "{0} >= :start AND {0} < :end"
BARE = {
    ReportName.PAYMENT_SUMMARY: "SELECT payment_method, status, currency, COUNT(*),"
    f" SUM(amount_minor) FROM payment WHERE {_IN_DAYS.format('created_at')} GROUP BY 1, 2, 3",
    ReportName.GATEWAY_PERFORMANCE: "SELECT gateway_name, request_type, error_code, COUNT(*),"
    " SUM(success), AVG(processing_time_ms) FROM payment_transaction"
    f" WHERE {_IN_DAYS.format('request_at')} GROUP BY 1, 2, 3",
    ReportName.REVENUE: "SELECT date(paid_at, '+2 hours'), payment_method, currency,"
    " SUM(amount_minor) FROM payment WHERE status IN ('completed', 'refunded')"
    f" AND {_IN_DAYS.format('paid_at')} GROUP BY 1, 2, 3",
    ReportName.DISCREPANCIES: "SELECT r.id, COUNT(*), SUM(p.amount_minor)"
    " FROM payment_reconciliation r JOIN payment p ON NOT p.reconciled AND p.currency = r.currency"
    " AND p.created_at >= datetime(r.statement_period_start, '-2 hours')"
    " AND p.created_at < datetime(r.statement_period_end, '+2 days', '-2 hours')"
    " AND p.status = 'completed' AND p.payment_method <> 'cash'"
    f" WHERE {_IN_DAYS.format('r.imported_at')} GROUP BY 1",
    ReportName.REFUNDS: "SELECT currency, reason, requested_by, COUNT(*),"
    " SUM(refund_amount_minor) FROM refund_request"
    f" WHERE {_IN_DAYS.format('requested_at')} GROUP BY 1, 2, 3",
    ReportName.CUSTOMERS: "SELECT customer_id, currency, COUNT(*), SUM(amount_minor), MAX(paid_at)"
    " FROM payment WHERE status IN ('completed', 'refunded')"
    f" AND {_IN_DAYS.format('paid_at')} GROUP BY 1, 2",
    ReportName.DAY_CLOSE: "SELECT created_by, payment_method, COUNT(*), SUM(amount_minor)"
    " FROM payment WHERE status IN ('completed', 'refunded')"
    f" AND {_IN_DAYS.format('paid_at')} GROUP BY 1, 2",
}
"""What the naive program asks, on the tables as they are, with the planner's own choice."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    with open_shop(Configuration(folder, password_cost=CHEAP, use_keyring=False)) as app:
        started = time.perf_counter()
        fill(app.database, PAYMENTS)
        print(f"\n{PAYMENTS} payments made in {time.perf_counter() - started:.0f} s")
    return folder


def _bare_s(path: Path, name: ReportName, first: date, last: date) -> float:
    connection = sqlite3.connect(path)
    started = time.perf_counter()
    bounds = {
        "start": f"{day_start(first):%Y-%m-%d %H:%M:%S}.000000",
        "end": f"{day_end(last):%Y-%m-%d %H:%M:%S}.000000",
    }
    connection.execute(BARE[name], bounds).fetchall()
    elapsed = time.perf_counter() - started
    connection.close()
    return elapsed


@pytest.mark.parametrize("name", ReportName)
def test_opening_each_report(shop: Path, name: ReportName) -> None:
    month = LAST_DAY.replace(day=1)
    ranges = [(LAST_DAY, LAST_DAY)] if name is ReportName.DAY_CLOSE else [
        (month, LAST_DAY), (FIRST_DAY, LAST_DAY),
    ]  # fmt: skip
    for first, last in ranges:
        with open_shop(Configuration(shop, use_keyring=False)) as app:
            opened_s = []
            for _ in range(ROUNDS + 1):
                started = time.perf_counter()
                app.reports.run(MANAGER, ReportQuery(name, first, last))
                opened_s.append(time.perf_counter() - started)
        bare_s = [_bare_s(shop / "sanduku.db", name, first, last) for _ in range(ROUNDS)]
        days = (last - first).days + 1
        print(f"\n{name}, {days} days: first {opened_s[0] * 1000:.0f} ms")
        print(ratio_line("  again", opened_s[1:], bare_s, "bare GROUP BY"))


def _record_s(database: Database, batch: int) -> float:
    service = PaymentService(database)
    started = time.perf_counter()
    for number in range(40):
        service.record(
            CASHIER,
            RecordPayment(
                key=f"{batch}-{number}",
                method=PaymentMethod.CASH,
                amount_minor=1_500,
                tendered_minor=2_000,
                customer_name=f"Customer {number + 1}",
                complete_now=True,
            ),
        )
    return time.perf_counter() - started


def test_recording_a_payment_with_and_without_the_sums(tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    database = Database(sqlite_url(kept))
    schema.upgrade(database.engine)
    fill(database, 20_000)
    database.close()
    shutil.copyfile(kept, tmp_path / "bare.db")
    with sqlite3.connect(tmp_path / "bare.db") as connection:
        for trigger in sum_triggers():
            connection.execute(f"DROP TRIGGER {trigger}")
        for index in (
            "ix_payment_paid_at", "ix_payment_customer_paid", "ix_payment_transaction_timing",
            "ix_refund_request_requested", "ix_refund_request_completed", "ix_audit_entry_user_at",
        ):  # fmt: skip
            connection.execute(f"DROP INDEX {index}")
        connection.execute("CREATE INDEX ix_payment_customer_id ON payment (customer_id)")
    connection.close()
    desks = [Database(sqlite_url(tmp_path / name)) for name in ("kept.db", "bare.db")]
    with_sums, without = [], []
    for batch in range(16):
        with_sums.append(_record_s(desks[0], batch))
        without.append(_record_s(desks[1], batch))
    for desk in desks:
        desk.close()
    print("\n" + ratio_line("40 payments recorded and completed", with_sums, without, "without"))
    assert statistics.median(with_sums) > 0

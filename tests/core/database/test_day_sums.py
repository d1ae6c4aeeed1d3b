"""The days' sums of a shop that is older than they are."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

from alembic import command

from core.clock import day_end, day_start
from core.database import schema
from core.database.consistency import check
from core.database.day_sums import local_day
from core.database.engine import open_engine, sqlite_url

_PAYMENT = """
INSERT INTO payment (payment_id, payment_method, payment_type, amount_minor, currency, status,
    transaction_reference, customer_name, phone_number, account_number, card_approval_code,
    card_last4, invoice_generated, reconciled, reconciled_by, customer_notes, error_message,
    refund_reason, gateway_name, payment_link, created_by, created_at, paid_at, updated_at, version)
VALUES (?, 'cash', 'order_payment', ?, 'RWF', 'completed', '', '', '', '', '', '', 0, 0, '', '',
    '', '', '', '', 'aline', ?, ?, ?, 1)
"""


def test_an_upgrade_sums_what_the_shop_already_holds(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    engine = open_engine(sqlite_url(path))
    command.upgrade(schema.migration_config(engine), "0008")
    with sqlite3.connect(path) as connection:
        for number, moment in enumerate(
            ("2026-06-30 21:59:59.999999", "2026-06-30 22:00:00.000000")
        ):
            connection.execute(_PAYMENT, (str(number), 100 + number, moment, moment, moment))
    connection.close()

    schema.upgrade(engine)

    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT basis, day, payments, amount_minor FROM payment_day ORDER BY 1, 2"
        ).fetchall()
    connection.close()
    assert rows == [
        ("created", "2026-06-30", 1, 100),
        ("created", "2026-07-01", 1, 101),
        ("paid", "2026-06-30", 1, 100),
        ("paid", "2026-07-01", 1, 101),
    ]
    assert [told for told in check(engine) if "sums" in told] == []
    engine.dispose()


def test_the_day_of_a_moment_is_the_one_python_says() -> None:
    with sqlite3.connect(":memory:") as connection:
        for moment in (
            datetime(2026, 6, 30, 21, 59, 59, 999_600, tzinfo=UTC),
            datetime(2026, 6, 30, 22, 0, 0, 0, tzinfo=UTC),
            datetime(2024, 2, 28, 22, 0, 0, 1, tzinfo=UTC),
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 0, tzinfo=UTC),
        ):
            stored = moment.replace(tzinfo=None).isoformat(" ", "microseconds")
            (day,) = connection.execute(f"SELECT {local_day('?1')}", (stored,)).fetchone()
            found = date.fromisoformat(day)
            assert day_start(found) <= moment < day_end(found)
    connection.close()

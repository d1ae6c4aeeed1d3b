"""The database refuses by itself what no program and no hand-written SQL may do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from core.database.guards import sqlite_guards
from core.database.unit_of_work import Database
from core.model.payments import PAYMENT_TRANSITIONS, PaymentMethod, PaymentStatus
from core.permissions import Actor
from core.services.payments.rules import RecordPayment, SaleLine
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund

pytestmark = pytest.mark.usefixtures("bent_books")


@pytest.fixture
def raw(database: Database, cashier: Actor) -> Iterator[sqlite3.Connection]:
    """A shop with one completed sale of 12 000 and one refund of 5 000 asked, opened by hand."""
    sale = PaymentService(database).record(
        cashier,
        RecordPayment(
            key="s",
            method=PaymentMethod.CASH,
            amount_minor=12_000,
            tendered_minor=12_000,
            complete_now=True,
        ),
    )
    RefundService(database).request(cashier, RequestRefund("r", sale.payment_id, 5_000, "broken"))
    connection = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment SET amount_minor = 1",
        "UPDATE payment SET currency = 'USD'",
        "UPDATE payment SET payment_method = 'card'",
        "UPDATE payment SET status = 'pending'",
        "UPDATE payment SET status = 'failed'",
        "DELETE FROM payment",
        "DELETE FROM invoice",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET details = ''",
        "UPDATE audit_entry SET user_name = 'somebody'",
        "UPDATE refund_request SET refund_amount_minor = 1",
        "UPDATE refund_request SET requested_by = 'somebody'",
        "UPDATE refund_request SET status = 'completed'",
        "UPDATE refund_request SET status = 'approved', approved_by = requested_by",
        (
            "INSERT INTO refund_request (refund_id, payment_id, refund_amount_minor, currency,"
            " reason,"
            " status, refund_transaction_id, requested_by, requested_at, rejected_by, processed_by,"
            " response_notes, updated_at, version)"
            " VALUES ('x', 1, 7001, 'RWF', 'r', 'requested', '', 'me', '2026-07-01', '', '', '',"
            " '2026-07-01', 1)"
        ),
        (
            "INSERT INTO payment (payment_id, payment_method, payment_type, amount_minor, currency,"
            " status, created_at, updated_at) VALUES ('y', 'cash', 'order_payment', -5, 'RWF',"
            " 'completed', '2026-07-01', '2026-07-01')"
        ),
    ],
)
def test_hand_written_sql_is_refused(raw: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def test_every_allowed_step_is_allowed_and_no_other(raw: sqlite3.Connection) -> None:
    raw.execute("DROP TRIGGER guard_payment_status")
    for start in PaymentStatus:
        for end in PaymentStatus:
            if start is end:
                continue
            raw.execute("UPDATE payment SET status = ?", (start.value,))
            raw.execute(sqlite_guards()["guard_payment_status"])
            allowed = end in PAYMENT_TRANSITIONS[start]
            if allowed:
                raw.execute("UPDATE payment SET status = ?", (end.value,))
            else:
                with pytest.raises(sqlite3.IntegrityError):
                    raw.execute("UPDATE payment SET status = ?", (end.value,))
            raw.execute("DROP TRIGGER guard_payment_status")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_line SET unit_price_minor = 1",
        "DELETE FROM order_line",
        (
            "INSERT INTO order_line (order_id, description, quantity, unit_price_minor, tax_class)"
            " VALUES (1, 'more', 1, 1, 'B')"
        ),
        'UPDATE "order" SET total_minor = 1',
        "UPDATE \"order\" SET order_number = 'other'",
        'DELETE FROM "order"',
        "DELETE FROM customer",
    ],
)
def test_what_an_invoice_was_made_from_stays(
    database: Database, cashier: Actor, statement: str
) -> None:
    command = RecordPayment(
        key="s",
        method=PaymentMethod.CASH,
        amount_minor=12_000,
        tendered_minor=12_000,
        complete_now=True,
        order_number="A-1",
        customer_name="Jean",
        lines=(SaleLine("Igitenge", 2, 6_000),),
    )
    PaymentService(database).record(cashier, command)
    connection = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="sanduku:"):
        connection.execute(statement)
    connection.close()

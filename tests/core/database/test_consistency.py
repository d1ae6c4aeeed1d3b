"""The check of the books names the row in which something cannot be, for amounts and states."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.database.consistency import check
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund

pytestmark = pytest.mark.usefixtures("bent_books")

PLANTED = {
    "UPDATE payment SET amount_minor = 0": "The amount of payment {payment} is 0, which is not",
    "UPDATE refund_request SET refund_amount_minor = -5": "The amount of refund {refund} is -5",
    "UPDATE payment SET status = 'paid'": "Payment {payment} is “paid”, which is no state",
    "UPDATE refund_request SET status = 'done'": "Refund {refund} is “done”, which is no state",
    "UPDATE refund_request SET approved_by = requested_by": (
        "Refund {refund} was approved by aline, who asked for it"
    ),
    "UPDATE refund_request SET status = 'approved'": (
        "Refund {refund} is approved, but nobody approved it"
    ),
    "UPDATE refund_request SET currency = 'USD'": (
        "Refund {refund} is in USD, but payment {payment} in RWF"
    ),
    "UPDATE refund_request SET refund_completed_at = requested_at": (
        "Refund {refund} is requested, but when the money was back"
    ),
    "UPDATE audit_entry SET details = '{}' WHERE sequence = 2": (
        "The chain of aline is broken at entry 2: the entry was changed."
    ),
    "DELETE FROM audit_entry WHERE sequence = 2": (
        "The chain of aline is broken at entry 3: entry 2 is missing."
    ),
}


@pytest.mark.parametrize("statement", PLANTED)
def test_what_cannot_be_is_told_with_its_row(
    statement: str, database: Database, cashier: Actor
) -> None:
    payment = PaymentService(database).record(
        cashier,
        RecordPayment(
            key="a",
            method=PaymentMethod.CASH,
            amount_minor=5_000,
            tendered_minor=5_000,
            complete_now=True,
        ),
    )
    refund = RefundService(database).request(
        cashier,
        RequestRefund(
            key="r", payment_id=payment.payment_id, amount_minor=2_000, reason="It was broken"
        ),
    )
    assert check(database.engine) == ()
    with database.engine.begin() as connection:
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for (name,) in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text(statement))
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))

    told = PLANTED[statement].replace("{payment}", payment.payment_id)
    told = told.replace("{refund}", refund.refund_id)
    found = check(database.engine)
    assert any(each.startswith(told) for each in found), found

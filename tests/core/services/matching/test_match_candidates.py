"""What the matcher is given of a shop, read as rows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from core.database.unit_of_work import Database
from core.matching.records import OpenPayment, OpenRefund, PaymentColumns
from core.model.customers import Order
from core.model.payments import Payment
from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.model.refunds import RefundRequest
from core.services.matching.candidates import open_payments

LATE = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
"""Half past midnight in the shop."""


def row(key: int, **more: object) -> dict[str, object]:
    return {
        "id": key,
        "payment_id": f"p{key}",
        "payment_method": "bank_transfer",
        "amount_minor": 5_000,
        "currency": "RWF",
        "status": "completed",
        "created_at": LATE,
        "paid_at": LATE,
        "updated_at": LATE,
    } | more


def given(database: Database, *rows: dict[str, object]) -> list[OpenPayment]:
    """Return the payments the matcher gets when these are all."""
    refund = {
        "payment_id": 1,
        "refund_id": "r1",
        "refund_amount_minor": 700,
        "currency": "RWF",
        "reason": "Broken",
        "status": "completed",
        "requested_by": "aline",
        "requested_at": LATE,
        "refund_completed_at": LATE,
        "refund_transaction_id": "77001",
        "updated_at": LATE,
    }
    with database.write(None) as unit:
        order = {"id": 4, "order_number": "ORD-9", "total_minor": 1, "created_at": LATE}
        unit.session.execute(insert(Order), [order])
        for each in rows:
            unit.session.execute(insert(Payment), [each])
        unit.session.execute(insert(RefundRequest), [refund])
        unit.session.add(
            PaymentReconciliation(
                file_name="s.csv",
                file_sha256="0",
                provider=StatementProvider.BANK,
                statement_period_start=date(2026, 7, 1),
                statement_period_end=date(2026, 7, 3),
                imported_by="claude",
                imported_at=LATE,
            )
        )
        unit.commit()
    with database.read() as session:
        reconciliation = session.scalars(select(PaymentReconciliation)).one()
        columns: PaymentColumns = open_payments(session, reconciliation)
    return [columns.payment(place) for place in range(len(columns))]


@pytest.mark.usefixtures("bent_books")
def test_a_payment_comes_with_all_that_can_name_it_on_the_shops_own_day(database: Database):
    whole = row(
        1,
        transaction_id="FT1",
        claimed_transaction_id="CLAIMED",
        transaction_reference="REF 1",
        invoice_number="INV-1",
        order_id=4,
        phone_number="+250788000001",
        customer_name="Uwase Aline",
        account_number="400 123",
    )
    assert given(database, whole) == [
        OpenPayment(
            payment_id="p1",
            day=date(2026, 7, 2),
            amount_minor=5_000,
            method="bank_transfer",
            transaction_id="FT1",
            reference="REF 1",
            invoice_number="INV-1",
            order_number="ORD-9",
            phone="+250788000001",
            customer_name="Uwase Aline",
            account_number="400 123",
            refunded=(OpenRefund("r1", 700, date(2026, 7, 2), "77001"),),
        )
    ]


@pytest.mark.usefixtures("bent_books")
def test_a_customers_own_message_stands_in_for_the_networks_id(database: Database):
    found = given(
        database, row(1, transaction_id="", claimed_transaction_id="C1"), row(2, paid_at=None)
    )
    assert [each.transaction_id for each in found] == ["C1", ""]
    assert found[1].day == date(2026, 7, 2)


@pytest.mark.usefixtures("bent_books")
def test_only_what_the_statement_could_prove_and_proved_ones_lately_refunded(database: Database):
    found = given(
        database,
        row(1, reconciled=True, reconciled_at=LATE, reconciled_by="claude"),
        row(2, reconciled=True, reconciled_at=LATE, reconciled_by="claude"),
        row(3, payment_method="cash"),
        row(4, currency="USD"),
        row(5, status="failed"),
        row(6, created_at=datetime(2026, 1, 1, tzinfo=UTC)),
        row(7, status="pending", paid_at=None),
    )
    assert [(each.payment_id, each.reconciled) for each in found] == [("p7", False), ("p1", True)]

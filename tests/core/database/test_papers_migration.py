"""A shop of the version before papers kept their own lines is brought over whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from core.app import App, Configuration
from core.database import schema
from core.database.consistency import check
from core.database.engine import open_engine, sqlite_url
from core.database.unit_of_work import Database
from core.permissions import Actor
from core.services.refunds.service import CarryOutRefund, RequestRefund
from tests.core.documents.reading import pages

BOOKS = (
    "INSERT INTO setting (name, value) VALUES ('shop_name', 'Isoko Ryiza'), ('tin', '102938475')",
    (
        "INSERT INTO customer (id, name, phone_number, email, tin, language, created_at, version)"
        " VALUES (1, 'Uwase Marie', '+250788123456', '', '119876543', 'rw', '2026-01-01', 1)"
    ),
    (
        'INSERT INTO "order" (id, order_number, total_minor, currency, created_at, version)'
        " VALUES (1, 'O-1', 15700, 'RWF', '2026-01-01', 1),"
        " (2, 'O-2', 9000, 'RWF', '2026-01-01', 1)"
    ),
    (
        "INSERT INTO order_line (order_id, description, quantity, unit_price_minor, tax_class)"
        " VALUES (1, 'Umuceri', 2, 6000, 'B'), (1, 'Amavuta', 1, 2500, 'B'),"
        " (1, 'Amata', 1, 1200, 'A'), (2, 'Isabune', 1, 9000, 'B')"
    ),
)
PAYMENTS = (
    # id, order, amount, tax: all of an order, part of one, no order
    (1, 1, 15_700, 1_831 + 381),
    (2, 2, 4_000, 610),
    (3, None, 7_000, 1_068),
)


@pytest.fixture
def old_shop(tmp_path: Path) -> Iterator[Engine]:
    """A shop at revision 0003 with three paid sales, one given back whole and one in part."""
    engine = open_engine(sqlite_url(tmp_path / "sanduku.db"))
    command.upgrade(schema.migration_config(engine), "0003")
    with engine.begin() as connection:
        for statement in BOOKS:
            connection.execute(text(statement))
        for key, order, amount, tax in PAYMENTS:
            _write_sale(connection.exec_driver_sql, key, order, amount, tax)
        for key, amount, tax in ((1, 15_700, 2_212), (3, 3_000, 457)):
            _write_refund(connection.exec_driver_sql, key, amount, tax)
        connection.execute(
            text(
                "INSERT INTO number_series (name, last_number)"
                " VALUES ('INV-20260116', 3), ('CN-20260117', 3)"
            )
        )
        connection.execute(text("UPDATE number_series SET last_number = 2 WHERE name LIKE 'CN%'"))
    yield engine
    engine.dispose()


def _write_sale(execute, key: int, order: int | None, amount: int, tax: int) -> None:
    execute(
        "INSERT INTO payment (id, payment_id, order_id, customer_id, payment_method, payment_type,"
        " amount_minor, currency, status, transaction_id, transaction_reference, customer_name,"
        " phone_number, account_number, card_approval_code, card_last4, invoice_number,"
        " invoice_generated, reconciled, reconciled_by, customer_notes, error_message,"
        " refund_reason, gateway_name, payment_link, created_by, created_at, paid_at, updated_at,"
        " version)"
        " VALUES (?, ?, ?, 1, 'cash', 'order_payment', ?, 'RWF', ?, NULL, 'Two goats',"
        " 'Uwase Marie', '+250788123456', '', '', '', ?, 1, 0, '', '', '', '', '', '', 'aline',"
        " '2026-01-16', '2026-01-16 10:00:00', '2026-01-16', 1)",
        (
            key, f"p-{key}", order, amount, "refunded" if key == 1 else "completed",
            f"INV-20260116-0000{key}",
        ),
    )  # fmt: skip
    execute(
        "INSERT INTO invoice (id, invoice_number, payment_id, subtotal_minor, tax_minor,"
        " total_minor, currency, issued_date, due_date, is_paid, paid_date, sent_to_customer,"
        " pdf_file, pdf_sha256, notes, version)"
        " VALUES (?, ?, ?, ?, ?, ?, 'RWF', '2026-01-16', '2026-01-16', 1, '2026-01-16', 0, '', '',"
        " '', 1)",
        (key, f"INV-20260116-0000{key}", key, amount - tax, tax, amount),
    )


def _write_refund(execute, key: int, amount: int, tax: int) -> None:
    execute(
        "INSERT INTO refund_request (id, refund_id, payment_id, refund_amount_minor, currency,"
        " reason, status, refund_transaction_id, requested_by, requested_at, approved_by,"
        " rejected_by, processed_by, response_notes, refund_completed_at, updated_at, version)"
        " VALUES (?, ?, ?, ?, 'RWF', 'broken', 'completed', '', 'aline', '2026-01-17', 'marie', '',"
        " 'marie', '', '2026-01-17 10:00:00', '2026-01-17', 1)",
        (key, f"r-{key}", key, amount),
    )
    execute(
        "INSERT INTO credit_note (credit_note_number, refund_id, invoice_id, amount_minor,"
        " tax_minor, currency, issued_date, pdf_file, pdf_sha256)"
        " VALUES (?, ?, ?, ?, ?, 'RWF', '2026-01-17', '', '')",
        (f"CN-20260117-0000{1 if key == 1 else 2}", key, key, amount, tax),
    )


def test_old_papers_get_the_lines_they_were_drawn_with(old_shop: Engine) -> None:
    schema.upgrade(old_shop)
    with old_shop.connect() as connection:
        lines = connection.exec_driver_sql(
            "SELECT invoice_id, position, description, quantity, total_minor, tax_class, tax_minor"
            " FROM invoice_line ORDER BY invoice_id, position"
        ).all()
        notes = connection.exec_driver_sql(
            "SELECT credit_note_id, description, total_minor, tax_class, tax_minor"
            " FROM credit_note_line ORDER BY credit_note_id, position"
        ).all()
        kept = connection.exec_driver_sql(
            "SELECT customer_name, customer_phone, customer_tin, language, payment_reference"
            " FROM invoice WHERE id = 2"
        ).one()
    assert [tuple(line) for line in lines] == [
        (1, 1, "Umuceri", 2, 12_000, "B", 1_831),
        (1, 2, "Amavuta", 1, 2_500, "B", 381),
        (1, 3, "Amata", 1, 1_200, "A", 0),
        (2, 1, "Order O-2", 1, 4_000, "B", 610),
        (3, 1, "Two goats", 1, 7_000, "B", 1_068),
    ]
    assert [tuple(line) for line in notes] == [
        (1, "Umuceri", 12_000, "B", 1_831),
        (1, "Amavuta", 2_500, "B", 381),
        (1, "Amata", 1_200, "A", 0),
        (2, "Refund of part of the price", 3_000, "B", 457),
    ]
    assert tuple(kept) == ("Uwase Marie", "+250788123456", "119876543", "en", "Two goats")
    assert [told for told in check(old_shop) if "audit" not in told] == []


def test_old_papers_are_drawn_and_what_is_left_of_them_given_back(
    old_shop: Engine, tmp_path: Path, cashier: Actor, manager: Actor
) -> None:
    schema.upgrade(old_shop)
    database = Database(str(old_shop.url))
    shop = App(Configuration(tmp_path), database)
    text_of_first = pages(shop.invoices.pdf(cashier, "p-1").read_bytes())[0]
    assert "Isoko Ryiza TIN 102938475" in text_of_first
    assert "Umuceri 2 6 000 B 12 000" in text_of_first
    assert (
        "CREDIT NOTE"
        in pages(shop.invoices.credit_note_pdf(cashier, "CN-20260117-00002").read_bytes())[0]
    )

    asked = shop.refunds.request(cashier, RequestRefund("r", "p-3", 4_000, "the rest"))
    shop.refunds.approve(manager, asked.refund_id)
    shop.refunds.carry_out(cashier, CarryOutRefund("c", asked.refund_id))
    assert check(database.engine) == ()
    with database.read() as session:
        back = session.execute(text("SELECT SUM(tax_minor) FROM credit_note WHERE invoice_id = 3"))
        assert back.scalar() == 1_068
    shop.close()

"""A refund is found by what it and its payment say now, and by nothing they said before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database.driver_questions import DriverQuestion
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.invoices import CreditNote
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.refunds import RefundRequest
from core.permissions import Actor, Role
from core.services.refunds.pages import RefundListFilter, RefundLists
from tests.empty_file import lay_empty_shop

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
MANAGER = Actor(1, "marie", Role.MANAGER)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(lay_empty_shop(tmp_path)))
    with database.write(None) as unit:
        for name in ("Uwase Aline", "Mugisha Jean"):
            payment = Payment(
                amount_minor=15_000,
                payment_method=PaymentMethod.CASH,
                status=PaymentStatus.COMPLETED,
                customer_name=name,
                created_by="aline",
                created_at=NOW,
                updated_at=NOW,
            )
            refund = RefundRequest(
                payment=payment,
                refund_amount_minor=500,
                reason="Wrong size",
                requested_by="bosco",
                requested_at=NOW,
                updated_at=NOW,
            )
            unit.session.add(refund)
        unit.commit()
    yield database
    database.close()


def found(shop: Database, typed: str) -> list[str]:
    rows = RefundLists(shop).ask(MANAGER, RefundListFilter(search=typed)).rows(0, 9)
    return [row.customer_name for row in rows]


def indexed(shop: Database, letters: str) -> int:
    """Return how many entries of the index have three letters."""
    sql = "SELECT count(*) FROM refund_search WHERE refund_search MATCH ?"
    count: int = shop.rows(DriverQuestion(sql, ("term",), {}), {"term": f'"{letters}"'})[0][0]
    return count


def test_a_refund_is_found_by_its_own_words_and_its_payments(shop: Database) -> None:
    assert found(shop, "uwase") == ["Uwase Aline"]
    assert found(shop, "wrong jean") == ["Mugisha Jean"]
    assert found(shop, "nobody") == []


def test_what_a_refund_says_anew_takes_the_place_of_what_it_said(shop: Database) -> None:
    with shop.write(None) as unit:
        refund = unit.session.get_one(RefundRequest, 1)
        refund.refund_transaction_id = "ZQX777"
        refund.rejected_by = "keza"
        unit.commit()
    assert found(shop, "zqx7") == ["Uwase Aline"]
    assert found(shop, "keza") == ["Uwase Aline"]
    assert (indexed(shop, "siz"), indexed(shop, "zqx"), indexed(shop, "uwa")) == (2, 1, 1)


def test_what_its_payment_says_anew_does_too(shop: Database) -> None:
    with shop.write(None) as unit:
        unit.session.get_one(Payment, 1).customer_name = "Habimana Eric"
        unit.session.get_one(Payment, 2).invoice_number = "INV-2026-77"
        unit.commit()
    assert found(shop, "habim") == ["Habimana Eric"]
    assert found(shop, "inv-2026") == ["Mugisha Jean"]
    assert (indexed(shop, "uwa"), indexed(shop, "hab"), indexed(shop, "siz")) == (0, 1, 2)


def test_its_credit_note_is_known_from_then_on(shop: Database) -> None:
    with shop.write(None) as unit:
        note = CreditNote(
            credit_note_number="CN-00042",
            refund=unit.session.get_one(RefundRequest, 2),
            amount_minor=500,
            tax_minor=0,
            issued_date=NOW.date(),
            customer_name="Mugisha Jean",
        )
        unit.session.add(note)
        unit.commit()
    assert found(shop, "cn-0004") == ["Mugisha Jean"]
    with shop.write(None) as unit:
        unit.session.get_one(RefundRequest, 2).reason = "Paid twice"
        unit.commit()
    assert found(shop, "cn-0004 twice") == ["Mugisha Jean"]
    assert (indexed(shop, "siz"), indexed(shop, "cn-"), indexed(shop, "twi")) == (1, 1, 1)

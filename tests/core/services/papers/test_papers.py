from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pypdfium2
import pytest

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import ConflictError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.outbox import MAX_ATTEMPTS, Outbox
from core.services.payments.rules import RecordPayment, SaleLine
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path), database)


def _sale(shop: App, cashier: Actor) -> PaymentRow:
    return shop.payments.record(
        cashier,
        RecordPayment(
            key="s",
            method=PaymentMethod.CASH,
            amount_minor=14_500,
            tendered_minor=20_000,
            complete_now=True,
            customer_name="Claudine Umutoni",
            lines=(SaleLine("Umuceri 5 kg", 2, 6_000), SaleLine("Amavuta 1 L", 1, 2_500)),
        ),
    )


def _text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_owed_invoice_is_drawn_after_the_commit(shop: App, cashier: Actor) -> None:
    sale = _sale(shop, cashier)

    assert shop.outbox.run_waiting() == 1
    path = shop.invoices.pdf(cashier, sale.payment_id)

    text = _text(path)
    assert sale.invoice_number in text
    assert "Umuceri 5 kg" in text
    assert "Claudine Umutoni" in text
    assert "not a fiscal receipt" in text.lower()
    assert shop.outbox.run_waiting() == 0


def test_a_lost_pdf_is_drawn_again_byte_for_byte(shop: App, cashier: Actor) -> None:
    sale = _sale(shop, cashier)
    path = shop.invoices.pdf(cashier, sale.payment_id)
    first = hashlib.sha256(path.read_bytes()).hexdigest()
    path.unlink()

    again = shop.invoices.pdf(cashier, sale.payment_id)

    assert hashlib.sha256(again.read_bytes()).hexdigest() == first


def test_a_waiting_payment_has_no_invoice(shop: App, cashier: Actor) -> None:
    waiting = shop.payments.record(
        cashier, RecordPayment(key="w", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=5_000)
    )
    with pytest.raises(ConflictError, match="no invoice"):
        shop.invoices.pdf(cashier, waiting.payment_id)


@pytest.mark.parametrize("amount", [14_500, 4_000])
def test_a_refund_leaves_a_credit_note_that_points_at_the_invoice(
    shop: App, cashier: Actor, manager: Actor, tmp_path: Path, amount: int
) -> None:
    sale = _sale(shop, cashier)
    asked = shop.refunds.request(
        cashier, RequestRefund("r", sale.payment_id, amount, "wrong article")
    )
    shop.refunds.approve(manager, asked.refund_id)
    done = shop.refunds.carry_out(cashier, CarryOutRefund("c", asked.refund_id))

    assert shop.outbox.run_waiting() == 2
    (path,) = tmp_path.glob("documents/credit-notes/*/*/*.pdf")
    text = _text(path)
    assert done.credit_note_number in text
    assert sale.invoice_number in text


def test_a_job_that_fails_stays_and_stops_no_other(
    shop: App, cashier: Actor, tmp_path: Path
) -> None:
    blocker = tmp_path / "documents"
    blocker.write_text("a file where a folder must be", encoding="utf-8")
    _sale(shop, cashier)
    assert shop.outbox.run_waiting() == 0

    blocker.unlink()
    assert shop.outbox.run_waiting() == 1


def test_a_changed_pdf_is_never_handed_out(shop: App, cashier: Actor) -> None:
    sale = _sale(shop, cashier)
    path = shop.invoices.pdf(cashier, sale.payment_id)
    drawn = path.read_bytes()
    path.write_bytes(drawn + b"%changed")

    assert shop.invoices.pdf(cashier, sale.payment_id).read_bytes() == drawn


def test_a_paper_the_disk_refuses_stays_owed_however_long_that_takes(
    shop: App, cashier: Actor
) -> None:
    sale = _sale(shop, cashier)
    folder = shop.configuration.data_dir / "documents"
    folder.write_text("in the way", encoding="utf-8")
    for _ in range(MAX_ATTEMPTS + 1):
        assert shop.outbox.run_waiting() == 0
    folder.unlink()

    assert shop.outbox.run_waiting(["another number"]) == 0
    assert shop.outbox.run_waiting([sale.invoice_number]) == 1


def test_the_thread_lets_a_job_rest_that_failed(database: Database, cashier: Actor) -> None:
    tries: list[str] = []

    def refuse(subject_id: str) -> None:
        tries.append(subject_id)
        raise StorageError("The disk refuses.")

    with database.write(cashier) as unit:
        unit.enqueue("refused", "x")
        unit.commit()
    outbox = Outbox(database, {"refused": refuse})
    outbox.start()
    time.sleep(1.3)
    outbox.stop()
    assert tries == ["x"]


def test_an_invoice_paid_with_points_says_so_and_keeps_its_tax(shop: App, cashier: Actor) -> None:
    who = {"customer_name": "Claudine Umutoni", "phone_number": "+250788123456"}
    shop.payments.record(
        cashier,
        RecordPayment(
            key="earns",
            method=PaymentMethod.CASH,
            amount_minor=1_200_000,
            tendered_minor=1_200_000,
            complete_now=True,
            **who,
        ),
    )
    paid = shop.payments.record(
        cashier,
        RecordPayment(
            key="points", method=PaymentMethod.LOYALTY_POINTS, amount_minor=11_800, **who
        ),
    )

    text = _text(shop.invoices.pdf(cashier, paid.payment_id))

    assert "Paid with 118 points" in text
    assert "1 800" in text.replace("\u202f", " ")

"""Receipts for a printer on the network: recorded before they leave, and the drawer under it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import ConflictError, KnownError, NotAllowedError
from core.model.papers import HandoutChannel, PaperKind
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.papers.network_printer import NetworkPrinter
from core.services.payments.rules import RecordPayment, SaleLine
from core.services.rows import PaymentRow
from tests.receipt_printer import PrinterServer, read_paper

PRINTER = NetworkPrinter("127.0.0.1", 9100, 80)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path), database)


def sale(shop: App, cashier: Actor, method=PaymentMethod.CASH, *, complete=True) -> PaymentRow:
    return shop.payments.record(
        cashier,
        RecordPayment(
            key=f"s-{method}",
            method=method,
            amount_minor=14_500,
            tendered_minor=20_000 if method is PaymentMethod.CASH and complete else None,
            card_approval_code="A1" if method is PaymentMethod.CARD else "",
            complete_now=complete,
            lines=(SaleLine("Umuceri 5 kg", 2, 6_000), SaleLine("Amavuta 1 L", 1, 2_500)),
        ),
    )


def history(shop: App, actor: Actor, row: PaymentRow) -> list[tuple[HandoutChannel, bool]]:
    pieces = shop.handouts.history(actor, PaperKind.RECEIPT, row.invoice_number)
    return [(piece.channel, piece.is_copy) for piece in pieces]


def test_every_amount_on_the_receipt_is_the_books(shop: App, cashier: Actor) -> None:
    row = sale(shop, cashier)
    job = shop.receipt_printing.receipt(cashier, row.invoice_number, PRINTER)
    told = " ".join(read_paper(job.content).text.split())
    invoice = shop.invoices.page(cashier).rows[0]
    assert f"Total {grouped(invoice.total_minor)} RWF" in told
    assert f"{grouped(invoice.tax_minor)} RWF" in told
    assert f"{grouped(invoice.subtotal_minor)} RWF" in told
    assert "2 x 6 000 B 12 000" in told
    assert "Change 5 500 RWF" in told


def grouped(amount_minor: int) -> str:
    return f"{amount_minor:,}".replace(",", " ")


def test_the_second_receipt_is_a_copy_whatever_printer_it_goes_to(
    shop: App, cashier: Actor
) -> None:
    row = sale(shop, cashier)
    first = shop.receipt_printing.receipt(cashier, row.invoice_number, PRINTER)
    second = shop.receipt_printing.receipt_pdf(
        cashier, row.invoice_number, "58", HandoutChannel.PRINT
    )
    third = shop.receipt_printing.receipt(cashier, row.invoice_number, PRINTER)
    assert (first.is_copy, third.is_copy) == (False, True)
    assert "COPY" in read_paper(third.content).text
    assert second.startswith(b"%PDF-")
    assert history(shop, cashier, row) == [
        (HandoutChannel.ESCPOS, False),
        (HandoutChannel.PRINT, True),
        (HandoutChannel.ESCPOS, True),
    ]


def test_looking_at_a_receipt_hands_out_none(shop: App, cashier: Actor) -> None:
    row = sale(shop, cashier)
    for width in ("80", "58", "a4"):
        draft = shop.receipt_printing.receipt_draft(cashier, row.payment_id, width)
        assert draft.startswith(b"%PDF-")
    assert history(shop, cashier, row) == []


def test_what_is_not_paid_has_no_receipt(shop: App, cashier: Actor) -> None:
    row = sale(shop, cashier, PaymentMethod.BANK_TRANSFER, complete=False)
    invoice = shop.invoices.generate(cashier, row.payment_id)
    with pytest.raises(ConflictError):
        shop.receipt_printing.receipt(cashier, invoice.invoice_number, PRINTER)


def test_without_the_extra_nothing_is_recorded(
    shop: App, cashier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sale(shop, cashier)
    for name in [name for name in sys.modules if name.split(".")[0] == "escpos"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "escpos", None)
    with pytest.raises(KnownError, match="printers"):
        shop.receipt_printing.receipt(cashier, row.invoice_number, PRINTER)
    assert history(shop, cashier, row) == []


def test_the_drawer_opens_for_cash_that_came_and_is_journalled(
    shop: App, cashier: Actor, manager: Actor
) -> None:
    row = sale(shop, cashier)
    with PrinterServer() as server:
        printer = NetworkPrinter("127.0.0.1", server.port)
        shop.receipt_printing.drawer(cashier, row.payment_id, printer).send()
    [paper] = server.papers
    assert (paper.kicks, paper.lines) == (1, [])
    detail = shop.payment_lists.detail(manager, row.payment_id)
    assert "drawer:opened" in [entry.action for entry in detail.history]


@pytest.mark.parametrize(
    ("method", "complete"), [(PaymentMethod.CARD, True), (PaymentMethod.CASH, False)]
)
def test_the_drawer_stays_shut_where_no_cash_came(
    shop: App, cashier: Actor, method, complete
) -> None:
    row = sale(shop, cashier, method, complete=complete)
    with pytest.raises(ConflictError, match="stays shut"):
        shop.receipt_printing.drawer(cashier, row.payment_id, PRINTER)


def test_who_takes_no_payments_opens_no_drawer(shop: App, cashier: Actor, clerk: Actor) -> None:
    row = sale(shop, cashier)
    with pytest.raises(NotAllowedError):
        shop.receipt_printing.drawer(clerk, row.payment_id, PRINTER)


def test_a_test_page_sells_nothing(shop: App, admin: Actor) -> None:
    job = shop.receipt_printing.test_page(admin, PRINTER)
    assert "nothing was sold" in " ".join(read_paper(job.content).text.split())
    assert shop.receipt_printing.test_pdf(admin, "58").startswith(b"%PDF-")
    assert shop.invoices.page(admin).total == 0

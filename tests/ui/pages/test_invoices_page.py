"""The invoices page through its own widgets, on a real shop."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod
from core.services.payment_rules import RecordPayment
from ui.gallery_shop import CASHIER, CLERK, open_sample_shop
from ui.models.roles import DISPLAY
from ui.pages.invoices.page import InvoicesPage


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def take(shop, number, name):
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=PaymentMethod.CASH,
            amount_minor=11_800,
            customer_name=name,
            tendered_minor=11_800,
            complete_now=True,
        ),
    )


def open_page(qtbot, shop, opener=lambda _url: True):
    page = InvoicesPage(shop.context(CLERK), opener=opener)
    qtbot.addWidget(page)
    page.resize(1200, 760)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.model.is_answered and not shop.tasks.is_busy)
    return page


def row(page, number):
    return [page.model.index(number, c).data(DISPLAY) for c in range(page.model.columnCount())]


def test_an_invoice_shows_its_sums(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    assert row(page, 0)[0] == payment.invoice_number
    assert row(page, 0)[2:] == [
        "Jean", "Cash", "10\u202f000", "1\u202f800", "11\u202f800", "Paid", "made when opened",
    ]  # fmt: skip


def test_enter_opens_the_pdf(qtbot, shop):
    take(shop, 1, "Jean")
    opened = []
    page = open_page(qtbot, shop, lambda url: opened.append(url) or True)
    page.table.setFocus()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(opened), timeout=10_000)
    assert Path(opened[0].toLocalFile()).read_bytes().startswith(b"%PDF-")


def test_a_desk_without_a_pdf_program_is_told_where_the_file_lies(qtbot, shop):
    take(shop, 1, "Jean")
    page = open_page(qtbot, shop, lambda _url: False)
    page.table.selectRow(0)
    page.open_button.click()
    qtbot.waitUntil(lambda: "The invoice lies at" in page.bar.text, timeout=10_000)


def test_the_search_finds_by_customer_and_can_be_cleared(qtbot, shop):
    take(shop, 1, "Jean")
    take(shop, 2, "Claire")
    page = open_page(qtbot, shop)
    qtbot.keyClicks(page.search, "jea")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1 and row(page, 0)[2] == "Jean")
    qtbot.keyClicks(page.search, "xx")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_results)
    page.no_results.button.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert page.stack.currentWidget() is page.table


def test_an_empty_shop_says_where_invoices_come_from(qtbot, shop):
    page = open_page(qtbot, shop)
    assert page.stack.currentWidget() is page.none_at_all


def test_show_payment_asks_for_the_invoices_payment(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    page.table.selectRow(0)
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(page, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [payment.payment_id]

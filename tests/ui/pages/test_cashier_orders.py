"""Orders at the cashier's desk: picked, paid in parts, never beyond what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod
from core.services.customers.order_balances import OrderState
from core.services.payments.rules import RecordPayment
from ui.gallery_orders import add_orders
from ui.gallery_shop import CASHIER, SampleShop, open_sample_shop
from ui.pages.cashier.drafts import DraftFile, PaymentDraft
from ui.pages.cashier.order_picker import OrderPicker
from ui.pages.cashier.page import CashierPage


@pytest.fixture
def shop(qapp) -> Iterator[SampleShop]:
    opened = open_sample_shop(payments=0)
    add_orders(opened)
    yield opened
    opened.close()


@pytest.fixture
def open_page(qtbot, shop) -> Iterator[Callable[[], CashierPage]]:
    pages = []

    def make() -> CashierPage:
        page = CashierPage(shop.context(CASHIER))
        qtbot.addWidget(page)
        page.resize(1200, 760)
        page.show()
        qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
        page.activateWindow()
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.hide()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


@pytest.fixture
def page(open_page) -> CashierPage:
    return open_page()


def confirm(qtbot, shop: SampleShop, page: CashierPage) -> None:
    page.form.confirm.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def state(shop: SampleShop, number: str):
    return shop.app.orders.one(CASHIER, number).order


def test_an_open_order_is_picked_by_key_with_what_is_left(qtbot, shop, page):
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F3)
    picker = page.findChild(OrderPicker)
    qtbot.waitUntil(lambda: picker.model.rowCount() == 2)
    qtbot.keyClicks(picker.search, "00001")
    qtbot.waitUntil(lambda: picker.model.rowCount() == 1 and picker.model.is_answered)
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    qtbot.waitUntil(page.order_desk.strip.isVisible)
    assert page.form.reference.text() == "ORD-2026-00001"
    assert page.form.customer.text() == "Café Inzozi & Frères"
    assert page.form.amount.amount_minor == 57_500
    assert "57\u202f500" in page.order_desk.strip.left.text()
    assert not page.form.lines.isVisible()


def test_money_under_way_is_not_asked_for_again(qtbot, shop, page):
    page.open_item("ORD-2026-00002")
    qtbot.waitUntil(page.order_desk.strip.isVisible)
    assert page.form.amount.amount_minor == 27_500
    assert "under way 10\u202f000" in page.order_desk.strip.figures.text()


def test_after_a_part_the_rest_is_offered_by_another_method(qtbot, shop, page):
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 57_500)
    page.form.amount.edit.setText("17500")
    page.form.cash.tendered.edit.setText("20000")
    confirm(qtbot, shop, page)
    qtbot.waitUntil(page.order_desk.rest_bar.isVisible)
    assert "40\u202f000\u00a0RWF of order ORD-2026-00001" in page.order_desk.rest_bar.text
    assert page.strip.change.text() == "2\u202f500\u00a0RWF"
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 40_000)
    assert not page.order_desk.rest_bar.isVisible()
    page.form.methods.buttons[PaymentMethod.CARD].click()
    for name, edit in page.form.panels[PaymentMethod.CARD].edits().items():
        edit.setText("4242" if name == "card_last4" else "A12345")
    confirm(qtbot, shop, page)
    qtbot.waitUntil(lambda: state(shop, "ORD-2026-00001").state is OrderState.PAID)
    assert not page.order_desk.rest_bar.isVisible()
    assert not page.order_desk.strip.isVisible()


def test_too_much_is_warned_of_while_typed_and_refused(qtbot, shop, page):
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 57_500)
    page.form.amount.edit.setText("60000")
    assert "has 57\u202f500\u00a0RWF left" in page.order_desk.strip.warning.text()
    page.form.cash.tendered.edit.setText("60000")
    confirm(qtbot, shop, page)
    assert "57\u202f500\u00a0RWF left to pay" in page.form.message.text
    assert page.form.amount.amount_minor == 60_000
    page.form.amount.edit.setText("57500")
    assert page.order_desk.strip.warning.text() == ""


def test_another_desk_that_was_first_leaves_a_clear_refusal(qtbot, shop, page):
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 57_500)
    shop.app.payments.record(
        CASHIER,
        RecordPayment(
            "other", PaymentMethod.CASH, 50_000, order_number="ORD-2026-00001",
            tendered_minor=50_000, complete_now=True,
        ),
    )  # fmt: skip
    page.form.cash.tendered.edit.setText("57500")
    confirm(qtbot, shop, page)
    assert "has 7\u202f500\u00a0RWF left to pay" in page.form.message.text


def test_a_number_typed_or_scanned_shows_its_order(qtbot, shop, page):
    qtbot.keyClicks(page.form.reference, "ORD-2026-00003")
    qtbot.waitUntil(page.order_desk.strip.isVisible)
    assert "Nothing is left" in page.order_desk.strip.warning.text()
    assert page.form.amount.edit.text() == ""
    page.form.reference.setText("ORD-2026-00003x")
    assert not page.order_desk.strip.isVisible()
    assert not page.form.lines.isHidden()
    qtbot.waitUntil(lambda: not page.order_desk._timer.isActive() and not shop.tasks.is_busy)
    assert page.order_desk.order is None


def test_a_payment_half_typed_is_never_replaced_by_an_order(qtbot, shop, page):
    page.form.amount.edit.setText("900")
    page.open_item("ORD-2026-00001")
    assert "holds another payment" in page.form.message.text
    assert page.form.amount.amount_minor == 900
    page.new_button.click()
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 57_500)


def test_an_order_half_paid_in_the_form_survives_the_window(qtbot, shop, open_page):
    page = open_page()
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 57_500)
    page.hide()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    again = open_page()
    qtbot.waitUntil(lambda: again.form.reference.text() == "ORD-2026-00001")
    qtbot.waitUntil(again.order_desk.strip.isVisible)


def test_an_unfinished_payment_that_comes_back_is_not_lost_to_an_order(qtbot, shop):
    kept = DraftFile(shop.app.configuration.data_dir, CASHIER.name)
    kept.save(PaymentDraft(key="k", method="cash", amount="900"))
    page = CashierPage(shop.context(CASHIER))
    qtbot.addWidget(page)
    page.show()
    page.open_item("ORD-2026-00001")
    qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
    assert page.form.amount.amount_minor == 900
    assert "holds another payment" in page.form.message.text
    page.hide()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)

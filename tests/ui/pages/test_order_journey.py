"""A customer's first order, from the page where it is written down to the last franc."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.clock import shop_date
from core.model.payments import PaymentMethod
from core.services.customers.order_balances import OrderState
from tests.core.documents.reading import squeezed
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.main_window import MainWindow
from ui.pages.cashier.page import CashierPage
from ui.pages.customers.customer_dialog import CustomerDialog
from ui.pages.customers.order_dialog import OrderDialog
from ui.pages.customers.page import CustomersPage
from ui.relay import ChangeRelay

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, shop: Shop) -> Iterator[MainWindow]:
    shop.app.changes.start()
    relay = ChangeRelay(shop.app.changes)
    made = MainWindow(shop.context("marie"), relay)
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    idle(qtbot, shop)
    made.activateWindow()
    yield made
    made.hide()
    idle(qtbot, shop)
    relay.close()


def idle(qtbot: QtBot, shop: Shop) -> None:
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def add_customer(qtbot: QtBot, shop: Shop, page: CustomersPage) -> None:
    qtbot.keyClick(page, Qt.Key.Key_N, CONTROL)
    qtbot.waitUntil(lambda: page.findChild(CustomerDialog) is not None)
    dialog = page.findChild(CustomerDialog)
    qtbot.waitUntil(dialog.isVisible)
    qtbot.keyClicks(dialog.name, "Inzozi Bakery")
    qtbot.keyClicks(dialog.phone.edit, "0788123456")
    qtbot.keyClick(dialog.name, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.card.isVisible() and not shop.tasks.is_busy)


def activate(qtbot: QtBot, window: QWidget) -> None:
    """Do what a desktop does once a dialog has closed: keys go to the window again."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def add_order(qtbot: QtBot, shop: Shop, page: CustomersPage) -> None:
    activate(qtbot, page.window())
    qtbot.keyClick(page, Qt.Key.Key_O, CONTROL)
    qtbot.waitUntil(lambda: page.findChild(OrderDialog) is not None)
    dialog = page.findChild(OrderDialog)
    qtbot.waitUntil(dialog.isVisible)
    sold = (("Igitenge", 2, "6000"), ("Umuceri", 1, "7000"), ("Isabune", 3, "1000"))
    for _ in sold[1:]:
        dialog.lines.add_button.click()
    for made, (what, count, price) in zip(dialog.lines._rows, sold, strict=True):
        qtbot.keyClicks(made.what, what)
        made.count.setValue(count)
        qtbot.keyClicks(made.price.edit, price)
    qtbot.keyClick(dialog.notes, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.card.orders.current_row() is not None)
    idle(qtbot, shop)


def pay(qtbot: QtBot, shop: Shop, page: CashierPage) -> str:
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    idle(qtbot, shop)
    row = page.strip.row
    assert row is not None
    return row.payment_id


def test_a_new_customers_order_is_paid_part_in_cash_and_the_rest_by_transfer(
    qtbot: QtBot, shop: Shop, window: MainWindow
) -> None:
    customers = window.show_page("customers")
    assert isinstance(customers, CustomersPage)
    idle(qtbot, shop)
    add_customer(qtbot, shop, customers)
    add_order(qtbot, shop, customers)
    assert customers.card.balance.text() == "Owes 22\u202f000\u00a0RWF"

    activate(qtbot, window)
    qtbot.keyClick(customers, Qt.Key.Key_T, CONTROL)
    cashier = window.pages["cashier"]
    assert isinstance(cashier, CashierPage)
    qtbot.waitUntil(lambda: cashier.form.amount.amount_minor == 22_000)
    assert window.current == "cashier"
    cashier.form.amount.edit.setText("10000")
    cashier.form.cash.tendered.edit.setText("10000")
    first = pay(qtbot, shop, cashier)

    qtbot.waitUntil(cashier.order_desk.rest_bar.isVisible)
    qtbot.keyClick(cashier.form.amount.edit, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: cashier.form.amount.amount_minor == 12_000)
    cashier.form.methods.buttons[PaymentMethod.BANK_TRANSFER].click()
    cashier.form.bank.reference.setText("FT26182ABC")
    second = pay(qtbot, shop, cashier)

    manager = shop.actor("marie")
    (order,) = shop.app.orders.page(manager).rows
    assert (order.state, order.left_minor) == (OrderState.PAID, 0)
    invoices = [shop.app.payment_lists.detail(manager, each).invoice for each in (first, second)]
    assert [invoice.total_minor for invoice in invoices if invoice] == [10_000, 12_000]
    assert len({invoice.invoice_number for invoice in invoices if invoice}) == 2

    window.show_page("customers")
    qtbot.waitUntil(lambda: customers.card.balance.text() == "Nothing is open")
    (customer,) = shop.app.customers.page(manager).rows
    today = shop_date(shop.app.configuration.clock())
    paper = shop.app.account_statements.statement_of_account(
        manager, customer.customer_id, today - timedelta(days=1), today + timedelta(days=1)
    )
    shown = squeezed(paper.read_bytes())
    for figure in ("22000", "10000", "12000", order.order_number):
        assert figure in shown
    idle(qtbot, shop)

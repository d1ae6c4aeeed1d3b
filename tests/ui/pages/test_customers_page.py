"""The customers page through its own widgets, on a real shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt

from core.model.customers import TaxClass
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import AddOrder
from core.services.customers.service import AddCustomer, CustomerForm, CustomerShow
from core.services.payments.rules import SaleLine
from ui.gallery_orders import add_orders
from ui.gallery_shop import CASHIER, CLERK, SampleShop, open_sample_shop
from ui.models.roles import DISPLAY
from ui.pages.customers.customer_dialog import CustomerDialog
from ui.pages.customers.detail import Tab
from ui.pages.customers.merge_dialog import MergeDialog
from ui.pages.customers.order_dialog import CancelOrderDialog, OrderDialog
from ui.pages.customers.page import CustomersPage
from ui.pages.customers.statement_dialog import StatementDialog
from ui.widgets.form_dialog import FormDialog

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp) -> Iterator[SampleShop]:
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


@pytest.fixture
def open_page(qtbot, shop) -> Iterator[Callable[..., CustomersPage]]:
    pages = []

    def make(opener=lambda _url: True, actor=CASHIER) -> CustomersPage:
        page = CustomersPage(shop.context(actor), opener=opener)
        qtbot.addWidget(page)
        page.resize(1300, 800)
        with qtbot.waitExposed(page):
            page.show()
        qtbot.waitUntil(lambda: page.model.is_answered and not shop.tasks.is_busy)
        page.activateWindow()
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.hide()


def customer(shop: SampleShop, name: str = "Jean Bosco", phone: str = "0788123456"):
    return shop.app.customers.add(CASHIER, AddCustomer(f"c-{name}", CustomerForm(name, phone)))


def names(page: CustomersPage) -> list[str]:
    return [page.model.index(row, 0).data(DISPLAY) for row in range(page.model.rowCount())]


def dialog_of(qtbot, page: CustomersPage, kind: type[FormDialog]):
    def found():
        return [each for each in page.findChildren(kind) if each.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def show_customer(qtbot, shop: SampleShop, page: CustomersPage, customer_id: int) -> None:
    page.open_item(str(customer_id))
    qtbot.waitUntil(lambda: page.card.isVisible() and not shop.tasks.is_busy)
    qtbot.waitUntil(
        lambda: page.card.orders_model.is_answered or page.card.history_model.is_answered
    )


def submitted(qtbot, shop: SampleShop, dialog: FormDialog) -> None:
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def test_a_new_customer_stands_in_the_list_with_their_card(qtbot, shop, open_page):
    page = open_page()
    assert page.stack.currentWidget() is page.none_at_all
    qtbot.keyClick(page, Qt.Key.Key_N, CONTROL)
    dialog = dialog_of(qtbot, page, CustomerDialog)
    qtbot.keyClicks(dialog.name, "Claire Uwase")
    qtbot.keyClicks(dialog.phone.edit, "0788123456")
    qtbot.keyClicks(dialog.tin, "101234567")
    dialog.language.setCurrentIndex(2)
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: names(page) == ["Claire Uwase"] and page.card.isVisible())
    (row,) = shop.app.customers.page(CASHIER).rows
    assert (row.phone_number, row.tin, row.language) == ("+250788123456", "101234567", "rw")
    assert page.card.name.text() == "Claire Uwase"


def test_a_field_that_cannot_be_keeps_the_form_with_the_reason(qtbot, shop, open_page):
    page = open_page()
    page.new_button.click()
    dialog = dialog_of(qtbot, page, CustomerDialog)
    dialog.name.setText("Claire")
    dialog.tin.setText("12")
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: "nine digits" in dialog.message.text)
    assert dialog.isVisible()
    assert dialog.name.text() == "Claire"
    assert shop.app.customers.page(CASHIER).total == 0


def test_the_same_telephone_is_hinted_at_while_it_is_typed(qtbot, shop, open_page):
    customer(shop)
    page = open_page()
    page.new_button.click()
    dialog = dialog_of(qtbot, page, CustomerDialog)
    qtbot.keyClicks(dialog.phone.edit, "0788 123 456")
    qtbot.waitUntil(lambda: "Jean Bosco already" in dialog.hint.text)
    dialog.phone.edit.clear()
    qtbot.waitUntil(lambda: not dialog.hint.text)


def test_typing_searches_and_the_only_one_found_is_shown(qtbot, shop, open_page):
    customer(shop)
    customer(shop, "Célestin Ndayisaba", "0733222111")
    page = open_page()
    qtbot.keyClicks(page.search, "celes")
    qtbot.waitUntil(lambda: names(page) == ["Célestin Ndayisaba"])
    qtbot.waitUntil(page.card.isVisible)
    assert page.card.name.text() == "Célestin Ndayisaba"
    page.search.clear()
    qtbot.keyClicks(page.search, "0788 12")
    qtbot.waitUntil(lambda: names(page) == ["Jean Bosco"])
    qtbot.keyClicks(page.search, "99")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_results)
    page.no_results.button.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)


def test_an_edit_that_came_second_is_refused_and_kept(qtbot, shop, open_page):
    row = customer(shop)
    page = open_page()
    show_customer(qtbot, shop, page, row.customer_id)
    qtbot.keyClick(page, Qt.Key.Key_E, CONTROL)
    dialog = dialog_of(qtbot, page, CustomerDialog)
    add_orders(shop)  # another customer; this one stays
    shop.app.customers.retire(CASHIER, row.customer_id)
    dialog.name.setText("Jean B.")
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: "changed since you opened it" in dialog.message.text)
    assert dialog.name.text() == "Jean B."


def test_an_order_of_three_lines_is_written_down(qtbot, shop, open_page):
    row = customer(shop)
    page = open_page()
    show_customer(qtbot, shop, page, row.customer_id)
    qtbot.keyClick(page, Qt.Key.Key_O, CONTROL)
    dialog = dialog_of(qtbot, page, OrderDialog)
    sold = (("Igitenge", 2, "6000"), ("Umuceri", 1, "7 000"), ("Isabune", 3, "1.000"))
    while len(dialog.lines.drafts()) < len(sold):
        dialog.lines.add_button.click()
    for made, (what, count, price) in zip(dialog.lines._rows, sold, strict=True):
        qtbot.keyClicks(made.what, what)
        made.count.setValue(count)
        qtbot.keyClicks(made.price.edit, price)
    dialog.lines._rows[1].tax.setCurrentIndex(1)
    assert dialog.total.text() == "22\u202f000\u00a0RWF"
    dialog.due.setDate(QDate(2026, 12, 24))
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: page.card.balance.text() == "Owes 22\u202f000\u00a0RWF")
    detail = shop.app.orders.one(CASHIER, "ORD-2026-00001")
    assert detail.lines[1].tax_class is TaxClass.EXEMPT
    assert detail.order.due_on == date(2026, 12, 24)
    assert page.card.tabs.tabText(Tab.OPEN) == "Open (1)"


def test_an_unfinished_line_is_no_order(qtbot, shop, open_page):
    row = customer(shop)
    page = open_page()
    show_customer(qtbot, shop, page, row.customer_id)
    page.card.buttons["order"].click()
    dialog = dialog_of(qtbot, page, OrderDialog)
    submitted(qtbot, shop, dialog)
    assert "Give every line a name and a price" in dialog.message.text
    assert shop.app.orders.page(CASHIER).total == 0


def test_the_tabs_hold_what_is_open_all_orders_and_the_time_line(qtbot, shop, open_page):
    customer_id = add_orders(shop)
    page = open_page()
    show_customer(qtbot, shop, page, customer_id)
    card = page.card
    assert card.balance.text() == "Owes 95\u202f000\u00a0RWF"
    assert card.orders_model.rowCount() == 2
    card.go_to_tab(Tab.ORDERS)
    qtbot.waitUntil(lambda: card.orders_model.rowCount() == 4)
    card.go_to_tab(Tab.HISTORY)
    qtbot.waitUntil(lambda: card.history_model.rowCount() == 9)
    facts = dict(card.facts[0].facts + card.facts[1].facts)
    assert facts["Under way"] == "10\u202f000\u00a0RWF"
    assert facts["Paid so far"] == "77\u202f500\u00a0RWF"


def test_take_payment_asks_the_cashier_for_the_order_chosen(qtbot, shop, open_page):
    customer_id = add_orders(shop)
    page = open_page()
    show_customer(qtbot, shop, page, customer_id)
    qtbot.waitUntil(lambda: page.card.orders.current_row() is not None)
    with qtbot.waitSignal(page.item_requested) as asked:
        qtbot.keyClick(page, Qt.Key.Key_T, CONTROL)
    assert asked.args == ["cashier", "ORD-2026-00002"]


def test_a_row_of_the_time_line_opens_what_it_is_about(qtbot, shop, open_page):
    customer_id = add_orders(shop)
    page = open_page()
    show_customer(qtbot, shop, page, customer_id)
    page.card.go_to_tab(Tab.HISTORY)
    qtbot.waitUntil(lambda: page.card.history_model.rowCount() == 9)
    kinds = [page.card.history_model.row_at(row).kind for row in range(9)]
    page.card.history.selectRow(kinds.index("payment"))
    with qtbot.waitSignal(page.payment_requested):
        qtbot.keyClick(page, Qt.Key.Key_J, CONTROL)
    page.card.history.selectRow(kinds.index("order"))
    page.card.history.setFocus()
    qtbot.keyClick(page.card.history, Qt.Key.Key_Return)
    dialog = dialog_of(qtbot, page, OrderDialog)
    assert "Order ORD-2026-0000" in dialog.windowTitle()
    dialog.reject()


def test_lines_of_an_order_partly_paid_are_shown_but_stay(qtbot, shop, open_page):
    customer_id = add_orders(shop)
    page = open_page()
    show_customer(qtbot, shop, page, customer_id)
    page.card.orders.setFocus()
    qtbot.keyClick(page.card.orders, Qt.Key.Key_Return)
    dialog = dialog_of(qtbot, page, OrderDialog)
    assert not dialog.lines.isEnabled()
    dialog.notes.setPlainText("comes on Friday")
    submitted(qtbot, shop, dialog)
    detail = shop.app.orders.one(CASHIER, "ORD-2026-00002")
    assert detail.order.notes == "comes on Friday"
    assert len(detail.lines) == 3


def test_an_order_nobody_paid_is_cancelled_with_its_reason(qtbot, shop, open_page):
    row = customer(shop)
    line = (SaleLine("Radio", 1, 23_600),)
    shop.app.orders.add(CASHIER, AddOrder("o", row.customer_id, line, "A-1"))
    page = open_page()
    show_customer(qtbot, shop, page, row.customer_id)
    qtbot.waitUntil(page.card.buttons["cancel_order"].isEnabled)
    qtbot.keyClick(page, Qt.Key.Key_X, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    dialog = dialog_of(qtbot, page, CancelOrderDialog)
    dialog.reason.setText("bought elsewhere")
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: page.card.balance.text() == "Nothing is open")
    order = shop.app.orders.one(CASHIER, "A-1").order
    assert (order.state, order.cancel_reason) == (OrderState.CANCELLED, "bought elsewhere")


def test_the_statement_is_opened_or_saved(qtbot, shop, open_page, tmp_path):
    customer_id = add_orders(shop)
    opened = []
    page = open_page(opener=lambda url: opened.append(url) or True)
    show_customer(qtbot, shop, page, customer_id)
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    dialog = dialog_of(qtbot, page, StatementDialog)
    assert dialog.days == (date(2026, 6, 1), date(2026, 6, 26))
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: bool(opened))
    assert Path(opened[0].toLocalFile()).read_bytes().startswith(b"%PDF-")
    page.card.buttons["statement"].click()
    again = dialog_of(qtbot, page, StatementDialog)
    target = tmp_path / "account.pdf"
    again.save_wanted.emit(target)
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert target.read_bytes() == Path(opened[0].toLocalFile()).read_bytes()


def test_two_who_are_one_are_merged_but_never_by_enter(qtbot, shop, open_page):
    first, second = customer(shop), customer(shop, "J. B. Habimana")
    page = open_page()
    show_customer(qtbot, shop, page, first.customer_id)
    page.card.buttons["merge"].click()
    dialog = dialog_of(qtbot, page, MergeDialog)
    assert dialog.found.count() == 1
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.is_busy
    submitted(qtbot, shop, dialog)
    qtbot.waitUntil(lambda: page.card.name.text() == "J. B. Habimana")
    assert shop.app.customers.one(CASHIER, first.customer_id).merged_into_id == second.customer_id


def test_a_retired_customer_is_found_on_their_tab_and_brought_back(qtbot, shop, open_page):
    row = customer(shop)
    page = open_page()
    show_customer(qtbot, shop, page, row.customer_id)
    page.card.buttons["retire"].click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0 and not shop.tasks.is_busy)
    page.shown.setCurrentIndex(list(CustomerShow).index(CustomerShow.RETIRED))
    qtbot.waitUntil(lambda: names(page) == ["Jean Bosco"])
    qtbot.waitUntil(lambda: page.card.buttons["retire"].text() == "Bring back")
    page.card.buttons["retire"].click()
    qtbot.waitUntil(lambda: shop.app.customers.page(CASHIER).total == 1)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def test_a_clerk_changes_customers_but_takes_no_money(qtbot, shop, open_page):
    customer_id = add_orders(shop)
    page = open_page(actor=CLERK)
    show_customer(qtbot, shop, page, customer_id)
    assert page.card.buttons["pay"].isHidden()
    assert page.card.buttons["order"].isVisible()

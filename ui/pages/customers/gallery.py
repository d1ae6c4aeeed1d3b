"""Pictures of the customers page and its forms, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from ui.gallery import SCREENS, Screen
from ui.gallery_orders import add_orders
from ui.gallery_shop import CASHIER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.customers.customer_dialog import CustomerDialog
from ui.pages.customers.detail import Tab
from ui.pages.customers.merge_dialog import MergeDialog
from ui.pages.customers.order_dialog import OrderDialog
from ui.pages.customers.page import CustomersPage
from ui.pages.customers.statement_dialog import StatementDialog
from ui.theme import Theme


def _page(tab: Tab) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        customer_id = add_orders(shop)
        page = CustomersPage(shop.context(CASHIER))
        page.card.go_to_tab(tab)
        page.open_item(str(customer_id))
        return page

    return make


def _no_results(shop: SampleShop) -> QWidget:
    page = CustomersPage(shop.context(CASHIER))
    page.search.setText("nobody")
    page.search.returnPressed.emit()
    return page


def _over_page(
    make_dialog: Callable[[SampleShop, CustomersPage, int], QDialog],
) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        customer_id = add_orders(shop)
        dialog = make_dialog(shop, shop.keep(CustomersPage(shop.context(CASHIER))), customer_id)
        dialog.setModal(False)
        return dialog

    return make


def _new_customer(shop: SampleShop, page: CustomersPage, _customer_id: int) -> QDialog:
    dialog = CustomerDialog(shop.context(CASHIER), parent=page, name="Claire Uwase")
    same = shop.app.customers.page(CASHIER, search="café").rows[0]
    dialog.phone.set_phone(same.phone_number)
    return dialog


def _order(number: str) -> Callable[[SampleShop, CustomersPage, int], QDialog]:
    def make(shop: SampleShop, page: CustomersPage, customer_id: int) -> QDialog:
        row = shop.app.customers.one(CASHIER, customer_id)
        order = shop.app.orders.one(CASHIER, number) if number else None
        return OrderDialog(shop.context(CASHIER), row, shop.clock.now.date(), order, page)

    return make


def _statement(shop: SampleShop, page: CustomersPage, customer_id: int) -> QDialog:
    row = shop.app.customers.one(CASHIER, customer_id)
    return StatementDialog(row, shop.clock.now.date(), page)


def _merge(shop: SampleShop, page: CustomersPage, customer_id: int) -> QDialog:
    return MergeDialog(shop.context(CASHIER), shop.app.customers.detail(CASHIER, customer_id), page)


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    payments: int = 48,
    columns: int = 168,
    lines: int = 46,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("customers-open", _page(Tab.OPEN)),
    _screen("customers-orders", _page(Tab.ORDERS)),
    _screen("customers-history", _page(Tab.HISTORY)),
    _screen("customers-narrow", _page(Tab.OPEN), columns=120, lines=40),
    _screen("customers-empty", lambda shop: CustomersPage(shop.context(CASHIER)), payments=0),
    _screen("customers-no-results", _no_results),
    _screen("customers-new", _over_page(_new_customer), columns=80, lines=36),
    _screen("customers-new-order", _over_page(_order("")), columns=105, lines=30),
    _screen("customers-order", _over_page(_order("ORD-2026-00001")), columns=105, lines=40),
    _screen("customers-order-paid", _over_page(_order("ORD-2026-00003")), columns=105, lines=40),
    _screen("customers-statement", _over_page(_statement), columns=80, lines=24),
    _screen("customers-merge", _over_page(_merge), columns=80, lines=30),
]

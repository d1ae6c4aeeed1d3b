"""Pictures of the transactions page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.services.calls.filters import CallFilter
from ui.gallery import SCREENS, Screen
from ui.gallery_calls import fill_calls
from ui.gallery_shop import SampleShop, close_shop, in_sample_shop, is_settled
from ui.lists.filter_values import FilterValues
from ui.pages.transactions.page import TransactionsPage
from ui.theme import Theme


def _listed(shop: SampleShop) -> TransactionsPage:
    fill_calls(shop)
    return TransactionsPage(shop.context())


def _chosen(shop: SampleShop) -> QWidget:
    page = _listed(shop)
    page.list.model.dataChanged.connect(lambda: page.list.table.selectRow(3))
    return page


def _behind(shop: SampleShop) -> QWidget:
    page = _listed(shop)
    page.show_calls(CallFilter(gateway_name="MTN Mobile Money"))
    return page


def _nothing_found(shop: SampleShop) -> QWidget:
    page = _listed(shop)
    page.list.show_values(FilterValues(search="nobody"))
    return page


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    payments: int = 96,
    columns: int = 164,
    lines: int = 44,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("transactions", _listed),
    _screen("transactions-detail", _chosen),
    _screen("transactions-narrow", _chosen, columns=126, lines=40),
    _screen("transactions-behind", _behind),
    _screen("transactions-no-results", _nothing_found),
    _screen("transactions-empty", lambda shop: TransactionsPage(shop.context()), payments=0),
]

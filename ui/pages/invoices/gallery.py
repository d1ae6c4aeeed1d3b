"""Pictures of the invoices page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.gallery import SCREENS, Screen
from ui.gallery_shop import SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.invoices.page import InvoicesPage
from ui.theme import Theme


def _filled(shop: SampleShop) -> QWidget:
    page = InvoicesPage(shop.context())
    pane = page.invoices
    pane.model.dataChanged.connect(lambda: pane.table.selectRow(1))
    return page


def _no_results(shop: SampleShop) -> QWidget:
    page = InvoicesPage(shop.context())
    page.open_item("INV-1999")
    return page


def _screen(name: str, make: Callable[[SampleShop], QWidget], *, payments: int = 48) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, 154, 42)


SCREENS += [
    _screen("invoices", _filled),
    _screen("invoices-empty", lambda shop: InvoicesPage(shop.context()), payments=0),
    _screen("invoices-no-results", _no_results),
]

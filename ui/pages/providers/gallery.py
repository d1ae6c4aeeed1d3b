"""Pictures of the providers page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.gallery import SCREENS, Screen
from ui.gallery_calls import fill_calls, fill_providers
from ui.gallery_shop import ADMIN, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.providers.page import ProvidersPage
from ui.theme import Theme


def _at(row: int) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        fill_providers(shop)
        fill_calls(shop)
        page = ProvidersPage(shop.context(ADMIN))
        for arrived in (page.model.dataChanged, page.model.rowsInserted):
            arrived.connect(lambda: page.table.selectRow(row))
        return page

    return make


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, columns: int = 164, lines: int = 40
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=48)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("providers", _at(0)),
    _screen("providers-bank", _at(3), columns=140),
    _screen("providers-empty", lambda shop: ProvidersPage(shop.context())),
]

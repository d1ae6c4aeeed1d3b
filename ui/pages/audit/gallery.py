"""Pictures of the audit trail, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.gallery import SCREENS, Screen
from ui.gallery_shop import SampleShop, close_shop, in_sample_shop, is_settled
from ui.lists.filter_values import FilterValues
from ui.pages.audit.page import AuditPage
from ui.theme import Theme


def _listed(shop: SampleShop) -> AuditPage:
    return AuditPage(shop.context())


def _chosen(shop: SampleShop) -> QWidget:
    page = _listed(shop)
    page.list.model.dataChanged.connect(lambda: page.list.table.selectRow(3))
    return page


def _nothing_found(shop: SampleShop) -> QWidget:
    page = _listed(shop)
    page.show_values(FilterValues(search="nobody"))
    return page


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, columns: int = 164, lines: int = 44
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=96)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("audit", _listed),
    _screen("audit-detail", _chosen),
    _screen("audit-narrow", _chosen, columns=126, lines=40),
    _screen("audit-no-results", _nothing_found),
]

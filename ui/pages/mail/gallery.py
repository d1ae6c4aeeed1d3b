"""Pictures of the mail page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.gallery import SCREENS, Screen
from ui.gallery_mail import fill_mail, hold_mail
from ui.gallery_shop import SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.mail.page import MailPage
from ui.theme import Theme


def _at(tab: int, row: int) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        fill_mail(shop)
        page = MailPage(shop.context())
        page.tabs.setCurrentIndex(tab)
        for arrived in (page.model.dataChanged, page.model.replaced):
            arrived.connect(lambda: page.table.selectRow(row))
        return page

    return make


def _held(shop: SampleShop) -> QWidget:
    hold_mail(shop)
    return _at(1, 0)(shop)


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    payments: int = 48,
    columns: int = 164,
    lines: int = 44,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("mail", _at(0, 1)),
    _screen("mail-narrow", _at(0, 1), columns=126, lines=40),
    _screen("mail-refused", _at(2, 0)),
    _screen("mail-held", _held),
    _screen("mail-empty", lambda shop: MailPage(shop.context()), payments=0),
]

"""Pictures of the page "Today", for the gallery."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.permissions import Actor
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import CLERK, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.main_window import MainWindow
from ui.relay import ChangeRelay
from ui.theme import Theme


def _window(shop: SampleShop, actor: Actor) -> QWidget:
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(actor), relay)
    relay.setParent(window)
    window.show_page("dashboard")
    return window


def _screen(
    name: str, actor: Actor, *, payments: int = 48, size: tuple[int, int] = (160, 45)
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(lambda shop: _window(shop, actor), payments=payments)

    return Screen(name, build, is_settled, close_shop, *size)


SCREENS += [
    _screen("dashboard", MANAGER),
    _screen("dashboard-wide", CLERK, size=(224, 60)),
    _screen("dashboard-empty", MANAGER, payments=0),
]

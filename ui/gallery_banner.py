"""Pictures of the line under the top bar: a network in trouble, a wrong clock, play money."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.app import App, UnknownAct
from core.model.providers import Environment
from core.services.gateways.rows import Trouble
from ui.connection_banner import ConnectionBanner
from ui.gallery import SCREENS, Screen
from ui.gallery_networks import set_health, use_mtn
from ui.gallery_shop import CASHIER, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.main_window import MainWindow
from ui.relay import ChangeRelay
from ui.theme import Theme


def _window(shop: SampleShop, page: str) -> QWidget:
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(CASHIER if page == "cashier" else MANAGER), relay)
    relay.setParent(window)
    window.show_page(page)
    return window


def _no_internet(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    told = "There is no way to proxy.momoapi.mtn.co.rw: check this computer's connection."
    set_health(shop, Trouble.NO_ROUTE, told)
    return _window(shop, "cashier")


def _sandbox(shop: SampleShop) -> QWidget:
    use_mtn(shop, Environment.SANDBOX)
    return _window(shop, "payments")


def _everything(shop: SampleShop) -> QWidget:
    use_mtn(shop, Environment.SANDBOX)
    sandbox = Environment.SANDBOX
    set_health(shop, Trouble.CERTIFICATE, environment=sandbox, clock_ahead_s=-420)
    return _window(shop, "refunds")


class _AwayServer:
    """Stands for an open shop whose server has been silent, with one act not known."""

    silent_s = 130.0

    def __init__(self, shop: SampleShop) -> None:
        self.configuration = shop.app.configuration
        self.changes = self
        at = self.configuration.clock()
        self.unknown_acts = (UnknownAct("payment:recorded", "", "aline", at, mark=None),)


def _server_away(shop: SampleShop) -> QWidget:
    away = cast("App", _AwayServer(shop))
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    banner = ConnectionBanner(away, shop.context(CASHIER).tasks)
    column.addWidget(banner)
    column.addWidget(_window(shop, "cashier"), 1)
    banner.look()
    return body


def _screen(name: str, make: Callable[[SampleShop], QWidget]) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make)

    def close(widget: QWidget) -> None:
        widget.hide()  # a page that is hidden still wants to keep what was typed
        close_shop(widget)

    return Screen(name, build, is_settled, close, 160, 46)


SCREENS += [
    _screen("banner-no-internet", _no_internet),
    _screen("banner-sandbox", _sandbox),
    _screen("banner-everything", _everything),
    _screen("banner-server-away", _server_away),
]

"""Pictures of the page "Today", for the gallery."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from core.model.payments import TransactionStatus
from core.permissions import Actor, Role
from core.services.gateways.rows import Trouble
from ui.gallery import SCREENS, Screen
from ui.gallery_networks import ask_customer, set_health, use_mtn
from ui.gallery_shop import CLERK, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.main_window import MainWindow
from ui.relay import ChangeRelay
from ui.theme import Theme

_NARROW, _WIDE = (160, 45), (224, 60)
"""About 1280 × 720 and 1800 × 960 pixels at the usual text size."""


def _window(shop: SampleShop, actor: Actor) -> QWidget:
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(actor), relay)
    relay.setParent(window)
    window.show_page("dashboard")
    return window


def _busy_day(shop: SampleShop, actor: Actor) -> QWidget:
    """Show a day with two tills, of which one is short, and a network in trouble."""
    app = shop.app
    app.users.add(None, "ange", Role.ADMIN, "sesame")
    admin = app.users.sign_in("ange", "sesame", "office")
    for name in ("aline", "jean-bosco"):
        app.users.add(admin, name, Role.CASHIER, "sesame")
    short = app.users.sign_in("jean-bosco", "sesame", "desk 2")
    app.tills.open(short, 30_000)
    app.tills.open(app.users.sign_in("aline", "sesame", "desk 1"), 20_000)
    shop.clock.now += timedelta(hours=3)
    app.tills.close(short, 28_500, "A customer was given too much change.")
    use_mtn(shop)
    ask_customer(shop, 1, TransactionStatus.SUCCEEDED)
    ask_customer(shop, 2, TransactionStatus.UNRESOLVED)
    set_health(shop, Trouble.NO_ROUTE, "Check the cable and the router.")
    shop.clock.now += timedelta(minutes=25)
    return _window(shop, actor)


def _screen(
    name: str,
    actor: Actor,
    *,
    payments: int = 48,
    size: tuple[int, int] = _NARROW,
    busy: bool = False,
) -> Screen:
    make = _busy_day if busy else _window

    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(lambda shop: make(shop, actor), payments=payments)

    return Screen(name, build, is_settled, close_shop, *size)


SCREENS += [
    _screen("dashboard", MANAGER, busy=True),
    _screen("dashboard-wide", CLERK, size=_WIDE, busy=True),
    _screen("dashboard-empty", MANAGER, payments=0),
]

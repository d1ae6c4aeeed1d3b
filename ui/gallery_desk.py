"""Pictures of the window itself, of signing in, of the cashier's desk and of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from core.errors import SignInError
from core.permissions import Actor, Role
from core.services.papers.network_printer import PrinterError
from core.services.papers.templates import SaveTemplate
from core.services.providers.forms import BankProviderForm
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import (
    ADMIN,
    CASHIER,
    MANAGER,
    SampleShop,
    close_shop,
    in_sample_shop,
    is_settled,
)
from ui.keys_sheet import KeysSheet
from ui.main_window import MainWindow
from ui.pages.cashier.dialogs import CompleteDialog
from ui.pages.cashier.page import CashierPage
from ui.pages.first_run.page import FirstRunPage
from ui.pages.settings.page import SettingsPage
from ui.pages.sign_in.page import SignInPage
from ui.program_window import OpeningScreen
from ui.relay import ChangeRelay
from ui.theme import Theme
from ui.widgets.sale_lines import LineDraft

_NOW = datetime(2026, 7, 1, 8, 55, tzinfo=UTC)
_SMALL, _LARGE = QSize(1280, 720), QSize(1600, 1000)


class _Frame(QWidget):
    """Holds a screen at a size in pixels, whatever the text size."""

    def __init__(self, screen: QWidget, size: QSize) -> None:
        super().__init__()
        self.content = screen
        screen.setParent(self)
        self.setFixedSize(size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the screen fill the frame."""
        super().resizeEvent(event)
        self.content.setGeometry(self.rect())


_SETTINGS = (
    *("shop", "channels", "mail", "people", "loyalty", "papers", "printing", "appearance"),
    *("write-offs", "refunds"),
)
"""The tabs of the settings, in their order."""


def _add(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    size: QSize = _SMALL,
    payments: int = 48,
    after: Callable[[QWidget], object] = lambda _screen: None,
) -> None:
    """Register a screen; ``after`` types into it once its data is there."""
    done: set[int] = set()

    def settled(widget: QWidget) -> bool:
        if not is_settled(widget) or not isinstance(widget, _Frame):
            return False
        if id(widget) not in done:
            done.add(id(widget))
            after(widget.content)
            return False
        return True

    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(lambda shop: _Frame(make(shop), size), payments=payments)

    def close(widget: QWidget) -> None:
        done.discard(id(widget))
        widget.hide()  # a page that is hidden still wants to keep what was typed
        close_shop(widget)

    SCREENS.append(Screen(name, build, settled=settled, close=close))


def _people(shop: SampleShop) -> Actor:
    """Add people to the sample shop and return its admin."""
    app = shop.app
    app.users.add(None, "ange", Role.ADMIN, "sesame")
    admin = app.users.sign_in("ange", "sesame", "office")
    for name, role in (
        ("aline", Role.CASHIER),
        ("marie", Role.MANAGER),
        ("claude", Role.CLERK),
        ("jean-bosco", Role.CASHIER),
    ):
        app.users.add(admin, name, role, "sesame")
    app.users.disable(admin, "jean-bosco")
    settings = replace(
        app.settings.load(),
        shop_name="Inzozi Boutique",
        tin="102345678",
        phone="0788 123 456",
        address="KN 4 Ave, Kigali",
    )
    app.settings.save(admin, settings)
    app.providers.save_bank(
        admin,
        BankProviderForm(
            bank_name="Bank of Kigali", account_name="Inzozi Ltd", account_number="00040-0123456-78"
        ),
    )
    return admin


def _window(shop: SampleShop, actor: Actor) -> QWidget:
    _people(shop)
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(actor), relay)
    relay.setParent(window)
    return window


def _sign_in(shop: SampleShop) -> SignInPage:
    _people(shop)
    page = SignInPage(shop.app.configuration, shop.tasks, lambda: shop.app)
    page.shop_opened()
    return page


def _sign_in_wrong(screen: QWidget) -> None:
    if isinstance(screen, SignInPage):
        screen.show_sign_in("aline")
        screen.message.show_error(
            SignInError("You are not signed in. The name or the password is wrong.")
        )
        screen.caps_hint.show()


def _locked(screen: QWidget) -> None:
    if isinstance(screen, SignInPage):
        screen.show_locked(CASHIER, _NOW)


def _first_run_team(screen: QWidget) -> None:
    if isinstance(screen, FirstRunPage):
        screen.show_step(2)
        screen.team.rows[Role.CASHIER][0].setText("aline")


def _settings_tab(name: str) -> Callable[[QWidget], None]:
    def show(screen: QWidget) -> None:
        if isinstance(screen, SettingsPage):
            screen.tabs.setCurrentIndex(_SETTINGS.index(name))

    return show


def _cashier_of(screen: QWidget) -> CashierPage:
    page = screen.pages["cashier"] if isinstance(screen, MainWindow) else screen
    if not isinstance(page, CashierPage):
        raise TypeError("this picture needs the cashier's page")
    return page


def _cash(screen: QWidget) -> None:
    form = _cashier_of(screen).form
    form.reference.setText("ORD-2026-07-049")
    form.customer.setText("Claire Uwase")
    form.amount.edit.setText("15000")
    form.cash.tendered.edit.setText("20000")


def _too_little(screen: QWidget) -> None:
    form = _cashier_of(screen).form
    form.amount.edit.setText("15000")
    form.cash.tendered.edit.setText("10000")


def _mobile(screen: QWidget) -> None:
    form = _cashier_of(screen).form
    form.lines.set_drafts((LineDraft("Igitenge, 6 yards", "2", "6 000"),))
    form.lines.changed.emit()
    form.phone.edit.setText("0788 123 456")


def _card(screen: QWidget) -> None:
    form = _cashier_of(screen).form
    form.methods.buttons[list(form.methods.buttons)[4]].click()
    form.amount.edit.setText("12,5")
    form.amount.edit.editingFinished.emit()


def _receipt(screen: QWidget) -> None:
    page = _cashier_of(screen)
    app, actor = page.context.app, page.context.actor
    _cash(screen)
    page.strip.show_payment_row(app.payments.record(actor, page.form.command()))
    page.form.start_new()


def _receipt_printed(screen: QWidget) -> None:
    _receipt(screen)
    _cashier_of(screen).strip.tell_printed("Receipt printed.")


def _receipt_not_printed(screen: QWidget) -> None:
    _receipt(screen)
    _cashier_of(screen).strip.tell_not_printed(
        PrinterError(
            "Nothing was printed. The receipt printer at 192.168.1.50:9100 does not answer: see"
            " that it is switched on and in the network, then try again.",
            nothing_printed=True,
            details="[Errno 113] No route to host",
        )
    )


def _papers(page: QWidget) -> None:
    """Show a shop with two ways to write papers, the second being typed."""
    if not isinstance(page, SettingsPage):
        return
    _settings_tab("papers")(page)
    app = page.context.app
    for name, language, colour in (("Shop", "en", ""), ("Gros / wholesale", "fr", "#8a1c4a")):
        app.paper_templates.save(
            ADMIN,
            SaveTemplate(
                key=name,
                name=name,
                language=language,
                due_days=30,
                accent_colour=colour,
                bank_details="Bank of Kigali 00040 06945678 22",
                footer="Murakoze cyane!",
            ),
        )
    tab = page.templates
    tab.form.preview_wanted.connect(lambda: tab.list.setCurrentRow(1))
    tab.refresh()


def _network_printer(page: QWidget) -> None:
    if not isinstance(page, SettingsPage):
        return
    _settings_tab("printing")(page)
    form = page.printing.form
    form.way.setCurrentIndex(1)
    form.host.setText("192.168.1.50")
    form.kicks_drawer.setChecked(True)


def _dialog(shop: SampleShop) -> QWidget:
    waiting = shop.app.payment_lists.waiting(MANAGER)
    mobile = next(row for row in waiting if row.payment_method.is_mobile_money)
    dialog = CompleteDialog(mobile)
    dialog.setModal(False)
    return dialog


def _failed_opening(screen: QWidget) -> None:
    if isinstance(screen, OpeningScreen):
        screen.show_failure(
            "The folder /media/usb/shop cannot be used for a shop: choose another.",
            "[Errno 13] Permission denied",
        )


def _register() -> None:
    small: dict[str, Callable[[QWidget], object]] = {
        "cashier-empty": lambda _screen: None,
        "cashier-cash": _cash,
        "cashier-too-little": _too_little,
        "cashier-mobile": _mobile,
        "cashier-card": _card,
        "cashier-receipt": _receipt,
        "cashier-receipt-printed": _receipt_printed,
        "cashier-receipt-not-printed": _receipt_not_printed,
    }
    for name, after in small.items():
        payments = 0 if name == "cashier-empty" else 48
        _add(name, lambda shop: _window(shop, CASHIER), after=after, payments=payments)
    _add("cashier-large", lambda shop: _window(shop, MANAGER), after=_cash, size=_LARGE)
    _add("cashier-confirm", _dialog, size=QSize(640, 480))
    for name in _SETTINGS:
        _add(
            f"settings-{name}",
            lambda shop: _window(shop, ADMIN),
            after=_in_settings(_settings_tab(name)),
            size=_LARGE if name in {"channels", "mail"} else _SMALL,
        )
    for name, show, size in (
        ("settings-papers-filled", _papers, _LARGE),
        ("settings-printing-network", _network_printer, _SMALL),
    ):
        _add(name, lambda shop: _window(shop, ADMIN), after=_in_settings(show), size=size)
    _add("sign-in", _sign_in)
    _add("sign-in-wrong", _sign_in, after=_sign_in_wrong)
    _add("sign-in-locked", _sign_in, after=_locked)
    _add("first-run", lambda shop: FirstRunPage(shop.app, shop.tasks), payments=0)
    _add(
        "first-run-team",
        lambda shop: FirstRunPage(shop.app, shop.tasks),
        after=_first_run_team,
        payments=0,
    )
    _add("opening", lambda _shop: OpeningScreen(), payments=0)
    _add("opening-failed", lambda _shop: OpeningScreen(), after=_failed_opening, payments=0)
    _add("keys", lambda _shop: KeysSheet(), payments=0, size=QSize(1260, 620))


def _in_settings(after: Callable[[QWidget], object]) -> Callable[[QWidget], object]:
    def show(screen: QWidget) -> None:
        if isinstance(screen, MainWindow):
            after(screen.show_page("settings"))

    return show


_register()

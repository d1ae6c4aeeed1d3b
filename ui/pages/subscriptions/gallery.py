"""Pictures of the subscriptions page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtWidgets import QDialog, QWidget

from core.clock import shop_date
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.subscriptions import Plan
from core.permissions import Actor, Role
from core.services.payments.rules import CompletePayment
from core.services.subscriptions.commands import (
    CancelSubscription,
    PauseSubscription,
    SavePlan,
    StartSubscription,
)
from core.services.subscriptions.lists import SubscriptionFilter
from core.services.subscriptions.rows import SubscriptionRow
from ui.gallery import SCREENS, Screen
from ui.gallery_networks import use_mtn
from ui.gallery_shop import (
    ADMIN,
    CLERK,
    MANAGER,
    SampleShop,
    close_shop,
    in_sample_shop,
    is_settled,
)
from ui.pages.subscriptions.catalogue import PlansDialog, RulesDialog
from ui.pages.subscriptions.dialogs import CancelDialog, ChangeDialog, PauseDialog, WaiveDialog
from ui.pages.subscriptions.page import SubscriptionsPage
from ui.pages.subscriptions.renew_sheet import RenewSheet
from ui.pages.subscriptions.start_dialog import StartDialog
from ui.theme import Theme

_PLANS = (
    ("Breakfast", Plan.DAILY, 8_000),
    ("Lunch for two", Plan.WEEKLY, 65_000),
    ("Coffee and water for an office", Plan.MONTHLY, 275_000),
)
_WHO = (
    ("Jean Bosco Habimana", "0788 123 456", PaymentMethod.MTN_MOBILE_MONEY),
    ("Claire Uwase", "0733 444 555", PaymentMethod.AIRTEL_MONEY),
    ("Café Inzozi & Frères, Kimironko branch", "0788 100 200", PaymentMethod.BANK_TRANSFER),
    ("Eric Niyonzima", "0788 777 111", PaymentMethod.CASH),
    ("Divine Mukamana", "0789 222 333", PaymentMethod.MTN_MOBILE_MONEY),
)


def fill(shop: SampleShop, count: int = 14) -> None:
    """Give a shop plans and subscriptions in every state."""
    app = shop.app
    today = shop_date(shop.clock())
    for number, (name, plan, price) in enumerate(_PLANS):
        app.subscriptions.save_plan(MANAGER, SavePlan(f"plan-{number}", name, plan, price))
    made = []
    for number in range(count):
        who, phone, method = _WHO[number % len(_WHO)]
        name, plan, price = _PLANS[number * 2 % len(_PLANS)]
        made.append(
            app.subscriptions.start(
                CLERK,
                StartSubscription(
                    f"sub-{number}", plan, price, method, today + timedelta(days=number // 7),
                    customer_name=f"{who}{' ' * (number > 4)}{number if number > 4 else ''}",
                    phone_number=phone, plan_name=name,
                ),
            )
        )  # fmt: skip
    app.renewals.renew(MANAGER)
    _settle(shop)
    shop.clock.now += timedelta(days=2)
    app.renewals.renew(MANAGER)
    _settle(shop, every=2)
    _end_some(shop, made)
    shop.clock.now += timedelta(days=1, hours=-4)


def _settle(shop: SampleShop, every: int = 1) -> None:
    """Let some of the charges that wait come in, and call others off."""
    rows = shop.app.subscription_lists.page(CLERK, SubscriptionFilter()).rows
    for number, row in enumerate(rows[::every]):
        detail = shop.app.subscription_lists.detail(CLERK, row.subscription_number)
        for charge in detail.charges:
            if charge.payment_status is not PaymentStatus.PENDING:
                continue
            if number % 5 == 3:
                shop.app.payments.cancel(MANAGER, charge.payment_id, note="Nobody was there")
            else:
                seen = CompletePayment(
                    f"seen-{charge.payment_id[:8]}", charge.payment_id,
                    tendered_minor=charge.amount_minor, note="Seen in the network's books",
                )  # fmt: skip
                shop.app.payments.complete(MANAGER, seen)


def _end_some(shop: SampleShop, made: list[SubscriptionRow]) -> None:
    service, today = shop.app.subscriptions, shop_date(shop.clock())
    numbers = [row.subscription_number for row in made]
    service.pause(CLERK, PauseSubscription("pause-1", numbers[5], today))
    service.cancel(CLERK, CancelSubscription("end-1", numbers[6], at_once=True))
    service.cancel(CLERK, CancelSubscription("end-2", numbers[2], at_once=False))


def _page(number: str = "", actor: Actor = MANAGER) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        fill(shop)
        page = SubscriptionsPage(shop.context(actor))
        if number:
            page.open_item(number)
        return page

    return make


def _needs_a_look(shop: SampleShop) -> QWidget:
    fill(shop)
    page = SubscriptionsPage(shop.context())
    page.needed_button.setChecked(True)
    found = shop.app.subscription_lists.page(CLERK, SubscriptionFilter(needs_look=True)).rows
    page.open_item(found[0].subscription_number)
    return page


def _renew(shop: SampleShop) -> RenewSheet:
    fill(shop)
    use_mtn(shop)
    parent = shop.keep(SubscriptionsPage(shop.context()))
    return RenewSheet(shop.context(), shop.app.renewals.preview(MANAGER), print, parent)


def _renewed(shop: SampleShop) -> QWidget:
    sheet = _renew(shop)
    sheet.submit_button.click()
    return sheet


def _start(shop: SampleShop) -> QWidget:
    fill(shop)
    parent = shop.keep(SubscriptionsPage(shop.context()))
    plans = shop.app.subscription_lists.plans(MANAGER)
    today = shop_date(shop.clock())
    dialog = StartDialog(shop.context(), plans, today, print, parent)
    dialog.picker.edit.setText("uwa")
    dialog.picker.edit.textEdited.emit("uwa")
    return dialog


def _dialog(
    make: Callable[[SampleShop, SubscriptionRow, QWidget], QDialog], number: str
) -> Callable[[SampleShop], QWidget]:
    def build(shop: SampleShop) -> QWidget:
        fill(shop)
        parent = shop.keep(SubscriptionsPage(shop.context()))
        return make(shop, shop.app.subscription_lists.one(MANAGER, number), parent)

    return build


def _pause(shop: SampleShop, row: SubscriptionRow, parent: QWidget) -> QDialog:
    return PauseDialog(shop.context(), row, shop_date(shop.clock()), print, parent)


def _cancel(shop: SampleShop, row: SubscriptionRow, parent: QWidget) -> QDialog:
    return CancelDialog(shop.context(), row, print, parent)


def _change(shop: SampleShop, row: SubscriptionRow, parent: QWidget) -> QDialog:
    plans = shop.app.subscription_lists.plans(MANAGER)
    return ChangeDialog(shop.context(), row, plans, print, parent)


def _waive(shop: SampleShop, row: SubscriptionRow, parent: QWidget) -> QDialog:
    charge = shop.app.subscription_lists.detail(MANAGER, row.subscription_number).charges[-1]
    return WaiveDialog(shop.context(), row, charge, print, parent)


def _plans(shop: SampleShop, _row: SubscriptionRow, parent: QWidget) -> QDialog:
    plans = shop.app.subscription_lists.plans(MANAGER)
    return PlansDialog(shop.context(), plans, print, parent)


def _rules(shop: SampleShop, _row: SubscriptionRow, parent: QWidget) -> QDialog:
    return RulesDialog(shop.context(ADMIN), shop.app.renewal_settings.load(), print, parent)


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, columns: int = 168, lines: int = 44
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=0)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("subscriptions", _page()),
    _screen("subscriptions-one", _page("SUB-00001")),
    _screen("subscriptions-narrow", _page("SUB-00001"), columns=110, lines=50),
    _screen("subscriptions-look", _needs_a_look),
    _screen("subscriptions-cashier", _page("SUB-00006", Actor(1, "aline", Role.CASHIER))),
    _screen("subscriptions-empty", lambda shop: SubscriptionsPage(shop.context())),
    _screen("subscriptions-renew", _renew),
    _screen("subscriptions-renewed", _renewed),
    _screen("subscriptions-start", _start),
    _screen("subscriptions-pause", _dialog(_pause, "SUB-00001")),
    _screen("subscriptions-cancel", _dialog(_cancel, "SUB-00001")),
    _screen("subscriptions-change", _dialog(_change, "SUB-00001")),
    _screen("subscriptions-waive", _dialog(_waive, "SUB-00004")),
    _screen("subscriptions-plans", _dialog(_plans, "SUB-00001")),
    _screen("subscriptions-rules", _dialog(_rules, "SUB-00001")),
]

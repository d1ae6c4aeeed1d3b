"""The subscriptions page through its own widgets, on a real shop."""

from datetime import timedelta

import pytest
import shiboken6
from PySide6.QtCore import QDate, Qt

from core.clock import shop_date
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.subscriptions import Plan, SubscriptionStatus
from core.permissions import Actor, Role
from core.services.payments.lists import PaymentFilter
from core.services.subscriptions.commands import SavePlan, StartSubscription
from core.services.subscriptions.lists import SubscriptionFilter
from core.services.subscriptions.renewal_settings import RenewalSettings
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.models.roles import DISPLAY
from ui.pages.subscriptions.catalogue import PlansDialog, RulesDialog
from ui.pages.subscriptions.detail import SubscriptionAct
from ui.pages.subscriptions.dialogs import (
    CancelDialog,
    ChangeDialog,
    PauseDialog,
    ResumeDialog,
    WaiveDialog,
)
from ui.pages.subscriptions.page import SubscriptionsPage
from ui.pages.subscriptions.renew_sheet import RenewSheet
from ui.pages.subscriptions.start_dialog import StartDialog

ADMIN = Actor(4, "ange", Role.ADMIN, desk="office")


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def start(shop, number=1, *, method=PaymentMethod.CASH, plan=Plan.WEEKLY, price=50_000):
    return shop.app.subscriptions.start(
        CLERK,
        StartSubscription(
            f"start-{number}",
            plan,
            price,
            method,
            shop_date(shop.clock()),
            customer_name=f"Customer {number}",
            phone_number="0788123456",
        ),
    )


def open_page(qtbot, shop, actor=MANAGER):
    page = SubscriptionsPage(shop.context(actor))
    qtbot.addWidget(page)
    page.resize(1400, 800)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(lambda: page.list.model.is_answered and not shop.tasks.is_busy)


def choose(qtbot, shop, page, row=0):
    model = page.list.table.selectionModel()
    flag = model.SelectionFlag
    model.setCurrentIndex(page.list.model.index(row, 0), flag.ClearAndSelect | flag.Rows)
    qtbot.waitUntil(page.detail.isVisible)
    settle(qtbot, shop, page)


def is_gone(dialog):
    return not shiboken6.isValid(dialog) or not dialog.isVisible()


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def press(qtbot, page, key, modifier=Qt.KeyboardModifier.NoModifier):
    # A dialog that closed leaves no window active on a platform without a window manager.
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.list.table.setFocus()
    qtbot.keyClick(page.list.table, key, modifier)


def submit(qtbot, shop, page, dialog):
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)


def one(shop, row):
    return shop.app.subscription_lists.one(MANAGER, row.subscription_number)


def column(page, key):
    place = [c.key for c in page.list.model.columns].index(key)
    model = page.list.model
    return [model.index(row, place).data(DISPLAY) for row in range(model.rowCount())]


def qday(day):
    return QDate(day.year, day.month, day.day)


def test_the_first_subscription_is_started_from_the_empty_page(qtbot, shop):
    shop.app.subscriptions.save_plan(
        MANAGER, SavePlan("plan", "Lunch for two", Plan.WEEKLY, 65_000)
    )
    page = open_page(qtbot, shop)
    assert page.list.stack.currentWidget() is page.list.none_at_all
    page.list.none_at_all.button.click()
    dialog = dialog_of(qtbot, page, StartDialog)
    assert dialog.terms.price.amount_minor == 65_000
    qtbot.keyClicks(dialog.picker.edit, "Jean Bosco")
    qtbot.waitUntil(lambda: dialog.picker.list.count() == 1)
    qtbot.keyClick(dialog.picker.edit, Qt.Key.Key_Return)
    assert dialog.picker.new_name == "Jean Bosco"
    qtbot.keyClicks(dialog.terms.phone.edit, "0788123456")
    assert "Fri 2026-06-26, Fri 2026-07-03, Fri 2026-07-10" in dialog.preview.text
    assert "asked for the PIN" in dialog.preview.text
    submit(qtbot, shop, page, dialog)
    [row] = shop.app.subscription_lists.page(MANAGER, SubscriptionFilter()).rows
    assert (row.plan_name, row.method, row.phone_number) == (
        "Lunch for two",
        PaymentMethod.MTN_MOBILE_MONEY,
        "+250788123456",
    )
    assert column(page, "customer_name") == ["Jean Bosco"]
    assert page.detail.customer.text() == "Jean Bosco"


def test_a_known_customer_is_found_by_telephone(qtbot, shop):
    known = start(shop)
    page = open_page(qtbot, shop)
    press(qtbot, page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, page, StartDialog)
    qtbot.keyClicks(dialog.picker.edit, "0788123")
    qtbot.waitUntil(lambda: dialog.picker.list.count() == 2)
    qtbot.keyClick(dialog.picker.edit, Qt.Key.Key_Return)
    assert dialog.picker.customer.customer_id == known.customer_id
    assert dialog.terms.plan.hasFocus()
    assert dialog.terms.phone.phone == "+250788123456"
    dialog.terms.price.edit.setText("10000")
    submit(qtbot, shop, page, dialog)
    assert shop.app.subscription_lists.page(MANAGER, SubscriptionFilter()).total == 2


def test_without_a_customer_nothing_is_started_and_the_form_stays(qtbot, shop):
    page = open_page(qtbot, shop)
    press(qtbot, page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, page, StartDialog)
    dialog.terms.price.edit.setText("10000")
    dialog.submit_button.click()
    assert "Choose the customer" in dialog.message.text
    assert not dialog.is_busy
    dialog.done(0)


def test_what_is_due_is_reviewed_then_charged_once(qtbot, shop):
    start(shop, 1)
    start(shop, 2, price=60_000)
    page = open_page(qtbot, shop)
    press(qtbot, page, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    sheet = dialog_of(qtbot, page, RenewSheet)
    assert sheet.amount.text() == "110\u202f000\u00a0RWF"
    assert sheet.submit_button.text() == "Charge 2 periods (F12)"
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: sheet.message.text == "Charged: 2.")
    assert not sheet.submit_button.isVisible()
    assert "waits for its money" in sheet.list.item(0).text()
    assert shop.app.payment_lists.page(MANAGER, PaymentFilter()).total == 2
    sheet.cancel_button.click()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert column(page, "next_due_on") == ["2026-07-03", "2026-07-03"]


def test_a_renewal_that_another_window_did_meanwhile_charges_nothing(qtbot, shop):
    start(shop)
    page = open_page(qtbot, shop)
    page.renew_button.click()
    sheet = dialog_of(qtbot, page, RenewSheet)
    shop.app.renewals.renew(None)
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: sheet.message.text == "Charged: 0.")
    assert shop.app.payment_lists.page(MANAGER, PaymentFilter()).total == 1
    sheet.reject()
    settle(qtbot, shop, page)


def test_enter_on_a_charge_goes_to_its_payment(qtbot, shop):
    start(shop)
    shop.app.renewals.renew(MANAGER)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    qtbot.keyClick(page.list.table, Qt.Key.Key_F6)
    assert page.detail.table.hasFocus()
    page.detail.table.setCurrentIndex(page.detail.model.index(0, 0))
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(page.detail.table, Qt.Key.Key_Return)
    [payment] = shop.app.payment_lists.page(MANAGER, PaymentFilter()).rows
    assert asked.args == [payment.payment_id]


def test_p_pauses_and_r_resumes(qtbot, shop):
    row = start(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_P)
    submit(qtbot, shop, page, dialog_of(qtbot, page, PauseDialog))
    assert one(shop, row).status is SubscriptionStatus.PAUSED
    assert "Paused since Fri 2026-06-26" in page.detail.sentence.text()
    assert not page.detail.buttons[SubscriptionAct.PAUSE].isVisible()
    shop.clock.now += timedelta(days=3)
    press(qtbot, page, Qt.Key.Key_R)
    submit(qtbot, shop, page, dialog_of(qtbot, page, ResumeDialog))
    assert one(shop, row).next_due_on == shop_date(shop.clock())


def test_x_ends_with_the_period_and_k_keeps(qtbot, shop):
    row = start(shop)
    shop.app.renewals.renew(MANAGER)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_X)
    dialog = dialog_of(qtbot, page, CancelDialog)
    assert dialog.at_end.isChecked()
    submit(qtbot, shop, page, dialog)
    assert str(one(shop, row).ends_on) == "2026-07-03"
    assert column(page, "next_due_on") == ["ends 2026-07-03"]
    press(qtbot, page, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: one(shop, row).ends_on is None)
    settle(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_X)
    dialog = dialog_of(qtbot, page, CancelDialog)
    dialog.at_once.click()
    submit(qtbot, shop, page, dialog)
    assert one(shop, row).status is SubscriptionStatus.CANCELLED
    with qtbot.waitSignal(page.notice_raised) as told:
        press(qtbot, page, Qt.Key.Key_P)
    assert told.args == ["It is cancelled."]


def test_e_changes_the_price_from_the_next_period(qtbot, shop):
    row = start(shop)
    shop.app.renewals.renew(MANAGER)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_E)
    dialog = dialog_of(qtbot, page, ChangeDialog)
    dialog.terms.price.edit.setText("55000")
    with qtbot.waitSignal(page.notice_raised) as told:
        dialog.submit_button.click()
    assert "hold from Fri 2026-07-03" in told.args[0]
    settle(qtbot, shop, page)
    assert (one(shop, row).price_minor, one(shop, row).next_price_minor) == (50_000, 55_000)
    assert ("From Fri 2026-07-03", "55\u202f000\u00a0RWF · Weekly") in page.detail.facts.facts


def test_a_change_made_elsewhere_meanwhile_is_not_overwritten(qtbot, shop):
    row = start(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_E)
    dialog = dialog_of(qtbot, page, ChangeDialog)
    shop.app.renewals.renew(None)
    dialog.terms.price.edit.setText("55000")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "changed since you opened it" in dialog.message.text)
    assert one(shop, row).next_price_minor is None
    dialog.done(0)
    settle(qtbot, shop, page)


def past_due(shop):
    row = start(shop)
    [charged] = shop.app.renewals.renew(MANAGER).charged
    shop.app.payments.cancel(MANAGER, charged.payment_id)
    return row


def test_past_due_is_told_and_charged_again(qtbot, shop):
    row = past_due(shop)
    start(shop, 2)
    page = open_page(qtbot, shop)
    assert page.needed_button.text() == "Needs a look (1)"
    press(qtbot, page, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, shop, page)
    assert column(page, "trouble") == ["Past due"]
    choose(qtbot, shop, page)
    assert "Past due: 1 unpaid (50\u202f000\u00a0RWF)" in page.detail.trouble.text
    press(qtbot, page, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: not one(shop, row).is_past_due)
    settle(qtbot, shop, page)
    assert [each.try_number for each in page.detail.detail.charges] == [2, 1]


def test_w_waives_with_a_reason(qtbot, shop):
    row = past_due(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    press(qtbot, page, Qt.Key.Key_W)
    dialog = dialog_of(qtbot, page, WaiveDialog)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "Write why" in dialog.message.text)
    qtbot.keyClicks(dialog.reason, "was away")
    submit(qtbot, shop, page, dialog)
    assert not one(shop, row).is_past_due
    assert not page.needed_button.isVisible()


def test_a_payment_that_ends_elsewhere_shows_at_once(qtbot, shop):
    start(shop)
    [charged] = shop.app.renewals.renew(MANAGER).charged
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    shop.app.payments.fail(MANAGER, charged.payment_id, note="nobody there")
    page.changes_arrived(frozenset({"subscriptions"}))
    settle(qtbot, shop, page)
    assert page.detail.detail.charges[0].payment_status is PaymentStatus.FAILED
    assert column(page, "trouble") == ["Past due"]


def test_plans_are_added_and_changed(qtbot, shop):
    page = open_page(qtbot, shop)
    press(qtbot, page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, page, PlansDialog)
    qtbot.keyClicks(dialog.name, "Breakfast")
    dialog.price.edit.setText("8000")
    submit(qtbot, shop, page, dialog)
    page.plans_button.click()
    dialog = dialog_of(qtbot, page, PlansDialog)
    dialog.list.setCurrentRow(0)
    dialog.offered.setChecked(False)
    submit(qtbot, shop, page, dialog)
    [plan] = shop.app.subscription_lists.plans(MANAGER)
    assert (plan.name, plan.price_minor, plan.is_offered) == ("Breakfast", 8_000, False)


def test_an_admin_sets_the_rules(qtbot, shop):
    page = open_page(qtbot, shop, ADMIN)
    assert not page.start_button.isVisible()
    press(qtbot, page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, page, RulesDialog)
    dialog.ladder.setText("soon")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "is not a wait" in dialog.message.text)
    dialog.ladder.setText("2h, 2d")
    dialog.hour.setValue(9)
    submit(qtbot, shop, page, dialog)
    assert shop.app.renewal_settings.load() == RenewalSettings(renewal_hour=9, retry_ladder="2h 2d")


def test_a_cashier_looks_and_changes_nothing(qtbot, shop):
    start(shop)
    page = open_page(qtbot, shop, CASHIER)
    assert not page.start_button.isVisible()
    assert not page.renew_button.isVisible()
    choose(qtbot, shop, page)
    assert not any(made.isEnabled() for made in page.detail.buttons.values())
    assert "may look" in page.detail.reasons.text()


def test_a_search_that_finds_nobody_can_be_cleared(qtbot, shop):
    start(shop)
    page = open_page(qtbot, shop)
    page.search.setText("nobody")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(qtbot, shop, page)
    assert page.list.stack.currentWidget() is page.list.no_results
    page.list.no_results.button.click()
    settle(qtbot, shop, page)
    assert column(page, "customer_name") == ["Customer 1"]

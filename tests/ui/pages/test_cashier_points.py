"""Points at the cashier's desk: seen beside the form, earned, and paid with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.services.loyalty.settings import LoyaltySettings
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import RecordPayment
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.pages.cashier.page import CashierPage

POINTS, CASH = PaymentMethod.LOYALTY_POINTS, PaymentMethod.CASH
NAME, PHONE = "Alice Uwase", "0788123456"


@pytest.fixture
def shop(qapp, tmp_path: Path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    sell(made, 640_000)
    yield made
    made.close()


def sell(shop: Shop, amount_minor: int, key: str = "earned") -> None:
    shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key=key,
            method=CASH,
            amount_minor=amount_minor,
            tendered_minor=amount_minor,
            customer_name=NAME,
            phone_number=PHONE,
            complete_now=True,
        ),
    )


@pytest.fixture
def page(qtbot, shop) -> Iterator[CashierPage]:
    page = CashierPage(shop.context("aline"))
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
    page.activateWindow()
    yield page
    page.hide()


def type_customer(qtbot, page: CashierPage, name: str = NAME, phone: str = PHONE) -> None:
    page.form.customer.setText(name)
    page.form.phone.edit.setText(phone)
    qtbot.waitUntil(page.form.member_line.isVisible)


def key_seven(qtbot, page: CashierPage) -> None:
    qtbot.keyClick(page.form.amount.edit, "7", Qt.KeyboardModifier.ControlModifier)


def test_a_known_customers_points_and_tier_stand_beside_the_form(qtbot, page) -> None:
    assert not page.form.member_line.isVisible()
    type_customer(qtbot, page)
    line = page.form.member_line
    assert "64 points, worth 6\u202f400\u00a0RWF" in line.points.text()
    assert line.tier.accessibleName() == "Silver"
    assert "860\u202f000\u00a0RWF more to Gold" in line.next_tier.text()

    page.form.customer.setText("Somebody Else")
    assert not line.isVisible()


def test_a_telephone_alone_is_enough_to_know_somebody(qtbot, page) -> None:
    type_customer(qtbot, page, name="")
    assert page.form.methods.buttons[POINTS].isEnabled()


def test_points_pay_by_key_seven_and_the_strip_tells_what_is_left(qtbot, shop, page) -> None:
    type_customer(qtbot, page)
    qtbot.keyClicks(page.form.amount.edit, "1500")
    key_seven(qtbot, page)
    panel = page.form.points
    assert page.form.methods.method is POINTS
    figures = (panel.needed, panel.before, panel.after)
    assert [label.text() for label in figures] == ["15", "64", "49"]

    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "49 now" in page.strip.detail.text())
    assert "15 points spent" in page.strip.detail.text()
    assert "paid · Points" in page.strip.text.text()
    (payment, _) = shop.app.payment_lists.page(shop.actor("aline"), PaymentFilter()).rows
    assert (payment.status, payment.payment_type) == (PaymentStatus.COMPLETED, PaymentType.LOYALTY)
    assert (payment.amount_minor, payment.payment_method) == (1_500, POINTS)
    assert page.form.methods.method is CASH
    assert not page.form.methods.buttons[POINTS].isEnabled()


@pytest.mark.parametrize(
    ("amount", "why"), [("80000", "800 points needed, 64 there"), ("1550", "steps of 100")]
)
def test_points_cannot_be_chosen_where_they_cannot_pay(qtbot, page, amount, why) -> None:
    type_customer(qtbot, page)
    qtbot.keyClicks(page.form.amount.edit, amount)
    tile = page.form.methods.buttons[POINTS]
    assert not tile.isEnabled()
    assert why in tile.toolTip().replace("\u00a0", " ")
    key_seven(qtbot, page)
    assert page.form.methods.method is not POINTS


def test_an_amount_that_grew_too_large_is_told_and_not_confirmed(qtbot, page) -> None:
    type_customer(qtbot, page)
    qtbot.keyClicks(page.form.amount.edit, "1500")
    key_seven(qtbot, page)
    qtbot.keyClicks(page.form.amount.edit, "00")
    assert not page.form.confirm.isEnabled()
    assert "1\u202f500 points needed" in page.form.hint.text()


def test_points_spent_at_another_desk_meanwhile_are_refused_and_the_form_stays(
    qtbot, shop, page
) -> None:
    type_customer(qtbot, page)
    qtbot.keyClicks(page.form.amount.edit, "6400")
    key_seven(qtbot, page)
    shop.app.payments.record(
        shop.actor("marie"),
        RecordPayment(
            key="other desk",
            method=POINTS,
            amount_minor=5_000,
            customer_name=NAME,
            phone_number=PHONE,
        ),
    )
    page.form.confirm.click()
    qtbot.waitUntil(lambda: "Nothing was paid" in page.form.message.text)
    assert page.form.amount.edit.text()
    assert not page.strip.isVisible()

    page.changes_arrived({"loyalty"})
    qtbot.waitUntil(lambda: "14 points" in page.form.member_line.points.text())


def test_a_cash_sale_tells_the_points_it_earned(qtbot, page) -> None:
    type_customer(qtbot, page)
    page.form.methods.buttons[CASH].click()
    qtbot.keyClicks(page.form.amount.edit, "25000")
    qtbot.keyClicks(page.form.cash.tendered.edit, "25000")
    page.form.confirm.click()
    qtbot.waitUntil(lambda: "2 points earned, 66 now" in page.strip.detail.text())


def test_a_programme_switched_off_shows_no_points(qtbot, shop, page) -> None:
    shop.app.loyalty.save_settings(shop.actor("ange"), LoyaltySettings(loyalty_enabled=False))
    page.form.customer.setText(NAME)
    page.form.phone.edit.setText(PHONE)
    page.member.look_up()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert not page.form.member_line.isVisible()
    assert not page.form.methods.buttons[POINTS].isEnabled()

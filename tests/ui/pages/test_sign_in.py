from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from core.permissions import Role
from tests.ui.pages.small_shop import PASSWORD, Shop, open_small_shop
from ui.pages.sign_in.page import MOST_TILES, SignInPage


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, shop) -> SignInPage:
    made = SignInPage(shop.app.configuration, shop.tasks, lambda: shop.app)
    made.shop_opened()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return made


def tiles(page: SignInPage) -> dict[str, object]:
    return dict(page._tiles)


def test_a_tile_and_a_password_sign_in(qtbot, page):
    tiles(page)["marie"].click()
    qtbot.keyClicks(page.password, PASSWORD)
    with qtbot.waitSignal(page.signed_in) as signed:
        qtbot.keyClick(page.password, Qt.Key.Key_Return)
    assert (signed.args[0].name, signed.args[0].role) == ("marie", Role.MANAGER)
    assert page.password.text() == ""


def test_a_wrong_password_is_told_in_the_form_and_in_the_end_makes_wait(qtbot, shop, page):
    qtbot.keyClicks(page.name, "aline")
    for _ in range(5):
        page.password.setText("wrong")
        page.submit.click()
        qtbot.waitUntil(lambda: not shop.tasks.is_busy)
        assert "wrong" in page.message.text
        assert page.name.text() == "aline"
    assert "30 seconds" in page.message.text
    page.password.setText(PASSWORD)
    page.submit.click()
    qtbot.waitUntil(lambda: "waits another" in page.message.text)
    assert page.submit.isEnabled()


def test_without_a_name_nothing_is_tried(qtbot, shop, page):
    page.submit.click()
    assert not shop.tasks.is_busy
    assert "name" in page.message.text
    assert not page.submit.is_busy


def test_only_those_who_may_sign_in_have_a_tile(qtbot, shop, page):
    assert set(tiles(page)) == {"aline", "ange", "claude", "marie"}
    admin = shop.actor("ange")
    shop.app.users.disable(admin, "claude")
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: set(tiles(page)) == {"aline", "ange", "marie"})
    for number in range(MOST_TILES):
        shop.app.users.add(admin, f"person {number}", Role.CASHIER, PASSWORD)
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: not tiles(page))


def test_capital_letters_without_shift_are_pointed_out(qtbot, page):
    qtbot.keyClicks(page.password, "A", Qt.KeyboardModifier.ShiftModifier)
    assert not page.caps_hint.isVisible()
    qtbot.keyClicks(page.password, "A")
    assert page.caps_hint.isVisible()
    qtbot.keyClicks(page.password, "a")
    assert not page.caps_hint.isVisible()


def test_a_locked_screen_names_the_person_and_the_hour_in_the_shop(shop, page):
    page.show_locked(shop.actor("aline"), datetime(2026, 7, 1, 8, 55, tzinfo=UTC))
    assert page.title.text() == "Locked by aline at 10:55"
    assert page.name.text() == "aline"


def test_only_a_demonstration_shop_tells_its_password(qtbot, shop, page):
    assert not page.demo_hint.isVisible()
    (shop.folder / "demo.txt").write_text("", encoding="utf-8")
    page.hide()
    page.show()
    qtbot.waitUntil(page.demo_hint.isVisible)

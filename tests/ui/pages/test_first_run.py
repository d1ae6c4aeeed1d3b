from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from core.app import App, open_shop
from core.permissions import Role
from tests.empty_file import lay_empty_shop
from tests.ui.pages.small_shop import PASSWORD, configuration_in
from ui.pages.first_run.page import FirstRunPage
from ui.pages.first_run.set_up import NewShop, Person, set_up
from ui.tasks import TaskRunner


@pytest.fixture
def nothing_there() -> None:
    """Say that a test begins where there is no file yet; others are given an empty shop's."""


@pytest.fixture
def app(qapp, tmp_path, request) -> Iterator[App]:
    if "nothing_there" not in request.fixturenames:
        lay_empty_shop(tmp_path)
    made = open_shop(configuration_in(tmp_path))
    yield made
    made.close()


@pytest.fixture
def page(qtbot, app) -> Iterator[FirstRunPage]:
    tasks = TaskRunner()
    made = FirstRunPage(app, tasks)
    qtbot.addWidget(made)
    made.show()
    yield made
    tasks.shutdown()


def fill(page: FirstRunPage) -> None:
    page.shop.name.setText("Inzozi Boutique")
    page.next.click()
    page.owner.name.setText("ange")
    page.owner.password.setText(PASSWORD)
    page.owner.again.setText(PASSWORD)
    page.next.click()


def test_four_steps_make_a_shop_and_sign_the_owner_in(nothing_there, qtbot, app, page):
    page.shop.tin.setText("102345678")
    page.shop.phone.edit.setText("0788123456")
    fill(page)
    name, password = page.team.rows[Role.CASHIER]
    name.setText("aline")
    password.setText(PASSWORD)
    page.next.click()
    assert ("People", "aline (Cashier)") in page.review.facts.facts
    assert not app.users.has_users()
    with qtbot.waitSignal(page.finished) as done:
        page.next.click()
    actor = done.args[0]
    assert (actor.name, actor.role) == ("ange", Role.ADMIN)
    assert app.settings.load().shop_name == "Inzozi Boutique"
    assert [(p.name, p.role) for p in app.users.everyone(actor)] == [
        ("aline", Role.CASHIER),
        ("ange", Role.ADMIN),
    ]


def test_the_team_may_stay_empty(qtbot, app, page):
    fill(page)
    page.next.click()
    with qtbot.waitSignal(page.finished):
        page.next.click()
    assert app.users.names() == ("ange",)


def test_back_keeps_what_was_typed_and_nothing_is_written(qtbot, app, page):
    fill(page)
    page.back.click()
    page.back.click()
    assert page.step is page.shop
    assert page.shop.name.text() == "Inzozi Boutique"
    assert not page.back.isEnabled()
    assert not app.users.has_users()
    assert app.settings.load().shop_name == ""


@pytest.mark.parametrize(
    ("field", "text", "part"),
    [
        ("name", "", "name of the shop"),
        ("tin", "12345678", "nine digits"),
        ("tin", "١٢٣٤٥٦٧٨٩", "nine"),
    ],
)
def test_a_wrong_shop_is_told_before_the_next_step(page, field, text, part):
    page.shop.name.setText("Inzozi")
    getattr(page.shop, field).setText(text)
    page.next.click()
    assert part in page.message.text
    assert page.step is page.shop


def test_two_different_passwords_stop_the_owner_s_step(page):
    page.shop.name.setText("Inzozi")
    page.next.click()
    page.owner.name.setText("ange")
    page.owner.password.setText("short")
    page.next.click()
    assert "at least 6" in page.message.text
    page.owner.password.setText(PASSWORD)
    page.owner.again.setText(f"{PASSWORD}x")
    page.next.click()
    assert "differ" in page.message.text
    assert page.step is page.owner


def test_nobody_has_the_owner_s_name(page):
    fill(page)
    name, password = page.team.rows[Role.MANAGER]
    name.setText("ANGE ")
    password.setText(PASSWORD)
    page.next.click()
    assert "taken" in page.message.text


def test_enter_walks_through_the_fields_to_the_next_step(qtbot, page):
    page.shop.name.setFocus()
    qtbot.keyClicks(page.shop.name, "Inzozi")
    for field in (page.shop.name, page.shop.tin, page.shop.phone.edit, page.shop.address):
        assert field.hasFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.step is page.owner


def test_a_set_up_that_stopped_half_way_is_finished_by_the_next_try(app):
    app.users.add(None, "ange", Role.ADMIN, PASSWORD)
    shop = NewShop(
        "Inzozi",
        "",
        "",
        "",
        Person("ange", Role.ADMIN, PASSWORD),
        (Person("aline", Role.CASHIER, PASSWORD),),
    )
    set_up(app, shop)
    set_up(app, shop)
    assert app.users.names() == ("aline", "ange")

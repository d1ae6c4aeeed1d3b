"""The line under the top bar: what it says of the networks, and that it disturbs nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from core.model.payments import PaymentMethod
from core.services.gateways.rows import ConnectionRow, Environment, HealthRow, Trouble
from ui.gallery_networks import set_health, use_mtn
from ui.gallery_shop import CASHIER, open_sample_shop
from ui.main_window import MainWindow
from ui.network_banner import notices
from ui.relay import ChangeRelay

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot, shop):
    use_mtn(shop)
    relay = ChangeRelay(shop.app.changes)
    made = MainWindow(shop.context(CASHIER), relay)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    shop.app.changes.start()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    yield made
    relay.close()


def health(name="MTN Mobile Money", trouble=None, *, ahead=0, environment=Environment.LIVE):
    since = NOW - timedelta(minutes=19) if trouble else None
    return HealthRow(name, environment, trouble, "details" if trouble else "", since, NOW, ahead)


def connection(name="MTN Mobile Money", environment=Environment.LIVE, *, is_ready=True):
    method = PaymentMethod.MTN_MOBILE_MONEY
    return ConnectionRow(method, name, environment, is_ready, (), "RWF")


def test_nothing_is_told_while_all_is_well(qapp):
    assert notices([health()], [connection()], NOW) == ()
    assert notices([], [], NOW) == ()


def test_trouble_says_whose_since_when_what_to_do_and_that_nothing_is_lost(qapp):
    (told,) = notices([health(trouble=Trouble.NO_ROUTE)], [connection()], NOW)
    assert told.level == "error"
    assert told.text.startswith("MTN Mobile Money, since 10:41: ")
    assert "check the cable or the Wi-Fi" in told.text
    assert "Nothing is lost" in told.text
    assert told.more == "MTN Mobile Money: details"


def test_networks_kept_away_by_the_same_thing_share_one_notice(qapp):
    rows = [health(trouble=Trouble.NO_ROUTE), health("Airtel Money", Trouble.NO_ROUTE)]
    (told,) = notices(rows, [connection()], NOW)
    assert told.text.startswith("MTN Mobile Money + Airtel Money, since")
    assert len(notices([rows[0], health("Airtel Money", Trouble.SERVICE)], [], NOW)) == 2


@pytest.mark.parametrize(("ahead", "words"), [(420, "7 min ahead"), (-7200, "2 h behind")])
def test_a_wrong_clock_is_told_with_its_direction(qapp, ahead, words):
    (told,) = notices([health(ahead=ahead)], [connection()], NOW)
    assert words in told.text
    assert told.level == "warning"


def test_play_money_is_told_and_whose_where_other_money_is_real(qapp):
    sandbox = connection(environment=Environment.SANDBOX)
    (told,) = notices([], [sandbox], NOW)
    assert (told.word, told.text) == ("Sandbox", "No real money moves.")
    (told,) = notices([], [sandbox, connection("Airtel Money")], NOW)
    assert told.text == "No real money moves at MTN Mobile Money; elsewhere it does."
    assert notices([], [connection(environment=Environment.SANDBOX, is_ready=False)], NOW) == ()


def test_every_trouble_has_its_words(qapp):
    for trouble in Trouble:
        (told,) = notices([health(trouble=trouble)], [], NOW)
        assert "%" not in told.text


def test_trouble_comes_and_goes_by_itself_and_takes_no_key_from_who_is_typing(qtbot, shop, window):
    page = window.pages["cashier"]
    field = page.form.reference
    field.setFocus()
    qtbot.keyClicks(field, "ORD")
    assert not window.banner.isVisible()
    set_health(shop, Trouble.NO_ROUTE, "no way")
    qtbot.waitUntil(window.banner.isVisible)
    assert window.focusWidget() is field
    qtbot.keyClicks(window.focusWidget(), "-17")
    assert field.text() == "ORD-17"
    assert window.banner.accessibleName().startswith("Trouble: MTN Mobile Money")
    assert all(
        child.focusPolicy() == Qt.FocusPolicy.NoFocus
        for child in window.banner.findChildren(QWidget)
    )
    set_health(shop)
    qtbot.waitUntil(lambda: not window.banner.isVisible())
    assert window.focusWidget() is field


def test_the_line_waits_while_the_pointer_moves(qtbot, shop, window, monkeypatch):
    places = iter(range(100_000))
    moving = [True]
    monkeypatch.setattr(
        "ui.network_banner.QCursor.pos",
        lambda: QPoint(next(places), 0) if moving[0] else QPoint(0, 0),
    )
    set_health(shop, Trouble.NO_ROUTE, "no way")
    qtbot.waitUntil(window.banner._still.isActive)
    qtbot.wait(700)
    assert not window.banner.isVisible()
    moving[0] = False
    qtbot.waitUntil(window.banner.isVisible)


def test_a_pointer_that_never_rests_does_not_hide_the_trouble_for_ever(
    qtbot, shop, window, monkeypatch
):
    places = iter(range(100_000))
    monkeypatch.setattr("ui.network_banner._LONGEST_WAIT_MS", 500)
    monkeypatch.setattr("ui.network_banner.QCursor.pos", lambda: QPoint(next(places), 0))
    set_health(shop, Trouble.NO_ROUTE, "no way")
    qtbot.waitUntil(window.banner.isVisible)

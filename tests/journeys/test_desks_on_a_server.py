"""Real windows as people on one PostgreSQL: each over the login of who sits there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.app import open_shop
from core.database.consistency import check
from core.database.postgresql.service_seat import ServiceSeat
from core.model.payments import PaymentMethod
from core.model.reconciliations import LineCategory
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import RequestRefund
from desktop.shop import ServerConfiguration
from desktop.window import Desk
from tests.journeys.test_a_refund_between_two_people import (
    badge,
    closed,
    dialog_of,
    press,
    refunds_page,
    settle,
    signed_in,
    told,
)
from tests.served_shop import PASSWORD, served_shop
from tests.ui.conftest import theme
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.test_reconcile_page import ROWS, drop, until_settled, write_statement
from ui.pages.payments.dialogs import RefundRequestDialog
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.decision import DecisionSheet
from ui.preferences import Preferences
from ui.widgets.messages import InfoBar, InlineMessage

__all__ = ["theme"]

WAIT_MS = 30_000


@pytest.fixture(scope="module")
def shop(postgresql_server):
    with served_shop(postgresql_server) as made:
        yield made


@pytest.fixture
def make_desk(qtbot, theme, shop, tmp_path):
    desks = []

    def make(name="desk 1"):
        desk = Desk(shop.configuration(tmp_path / name, name), theme, Preferences())
        desks.append(desk)
        desk.start()
        qtbot.waitUntil(lambda: desk.app is not None and not desk.tasks.is_busy, timeout=WAIT_MS)
        return desk

    yield make
    for desk in desks:
        desk.close()
        desk.deleteLater()


@pytest.fixture
def agreeing_books(shop):
    yield
    with shop.owned() as database:
        assert not check(database.engine)


def sit_down(qtbot, desk, name, password=PASSWORD):
    """Sign in as a person does: the name, Enter, the password, Enter."""
    page = desk.sign_in_page
    qtbot.waitUntil(page.isVisible, timeout=WAIT_MS)
    page.name.clear()
    qtbot.keyClicks(page.name, name)
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    page.password.clear()
    qtbot.keyClicks(page.password, password)
    qtbot.keyClick(page.password, Qt.Key.Key_Return)


def seated(qtbot, desk, name):
    sit_down(qtbot, desk, name)
    window = signed_in(qtbot, desk)
    assert window.context.actor.name == name
    return window


def refused(qtbot, desk, words):
    page = desk.sign_in_page
    qtbot.waitUntil(lambda: words in page.message.text and not desk.tasks.is_busy, timeout=WAIT_MS)


def toggle(qtbot, desk, page, name):
    """Press the button that lets a person in or keeps them out, and wait for its answer."""
    button = page.people.buttons[name, "toggle"]
    button.click()
    qtbot.waitUntil(
        lambda: page.people.buttons[name, "toggle"] is not button and not desk.tasks.is_busy,
        timeout=WAIT_MS,
    )


def sold(desk, key, amount_minor):
    command = RecordPayment(
        key=key,
        method=PaymentMethod.CARD,
        amount_minor=amount_minor,
        card_approval_code="A1",
        customer_name=f"Customer {key}",
        complete_now=True,
    )
    return desk.app.payments.record(desk.main_window.context.actor, command)


def test_the_window_knows_nobody_until_a_password_opens_it(qtbot, make_desk, shop):
    desk = make_desk()
    page = desk.sign_in_page
    assert page.isVisible()
    assert page._tiles == {}
    assert shop.logins_of_connections() == set()
    sit_down(qtbot, desk, "aline", "not this one")
    refused(qtbot, desk, "The name or the password is wrong.")
    assert desk.main_window is None
    seated(qtbot, desk, "aline")
    assert shop.logins_of_connections() == {"aline"}
    desk.main_window.top_bar.sign_out.click()
    qtbot.waitUntil(lambda: page.isVisible() and not desk.tasks.is_busy, timeout=WAIT_MS)
    assert shop.logins_of_connections() == set()
    assert set(page._tiles) == {"aline"}
    page._tiles["aline"].click()
    qtbot.keyClicks(page.password, PASSWORD)
    page.submit.click()
    assert signed_in(qtbot, desk).context.actor.name == "aline"


def test_a_server_that_is_away_is_told_and_what_was_typed_stays(qtbot, theme, tmp_path):
    away = ServerConfiguration(data_dir=tmp_path, url=f"postgresql:///shop?host={tmp_path}")
    desk = Desk(away, theme, Preferences())
    desk.start()
    qtbot.waitUntil(lambda: desk.app is not None and not desk.tasks.is_busy, timeout=WAIT_MS)
    sit_down(qtbot, desk, "aline")
    refused(qtbot, desk, "The shop's server cannot be reached")
    assert desk.sign_in_page.name.text() == "aline"
    assert desk.sign_in_page.submit.isEnabled()
    desk.close()
    desk.deleteLater()


def test_a_disabled_person_is_kept_out_of_the_window_they_locked(qtbot, make_desk, shop):
    desk, office = make_desk(), make_desk("office")
    seated(qtbot, desk, "kofi")
    admin = seated(qtbot, office, "ange")
    press(qtbot, desk.main_window, Qt.Key.Key_F8)
    page = admin.show_page("settings")
    qtbot.waitUntil(lambda: page.is_settled and not office.tasks.is_busy, timeout=WAIT_MS)
    toggle(qtbot, office, page, "kofi")
    sit_down(qtbot, desk, "kofi")
    refused(qtbot, desk, "This name is disabled; ask an admin.")
    toggle(qtbot, office, page, "kofi")
    seated(qtbot, desk, "kofi")


def test_a_desk_is_locked_taken_over_and_given_back(qtbot, make_desk, shop, agreeing_books):
    desk = make_desk()
    aline = seated(qtbot, desk, "aline")
    page = aline.pages["cashier"]
    qtbot.waitUntil(lambda: page.is_settled and not desk.tasks.is_busy, timeout=WAIT_MS)
    qtbot.keyClicks(page.form.amount.edit, "15000")
    press(qtbot, page.form.amount.edit, Qt.Key.Key_F8)
    assert desk.main_window is None
    assert desk.sign_in_page.title.text().startswith("Locked by aline")
    sit_down(qtbot, desk, "marie", "not this one")
    refused(qtbot, desk, "The name or the password is wrong.")
    marie = seated(qtbot, desk, "marie")
    assert shop.logins_of_connections() == {"marie"}
    theirs = marie.pages["cashier"]
    qtbot.waitUntil(lambda: theirs.is_settled and not desk.tasks.is_busy, timeout=WAIT_MS)
    assert theirs.form.amount.edit.text() == ""
    here = desk.app.presence.everyone()
    assert [(row.user_name, row.desk) for row in here] == [("marie", "desk 1")]
    sold(desk, "over-taken", 4_000)
    press(qtbot, theirs.form.amount.edit, Qt.Key.Key_F8)

    assert seated(qtbot, desk, "aline") is aline
    assert shop.logins_of_connections() == {"aline"}
    assert page.form.amount.amount_minor == 15_000
    qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=WAIT_MS)
    assert [row.user_name for row in desk.app.presence.everyone()] == ["aline"]


def test_asked_at_one_desk_approved_at_another_and_paid_with_both_told(
    qtbot, make_desk, shop, agreeing_books
):
    cashier, manager = make_desk(), make_desk("office")
    seated(qtbot, cashier, "aline")
    seated(qtbot, manager, "marie")
    assert shop.logins_of_connections() == {"aline", "marie"}
    sale = sold(cashier, "to-refund", 12_000)
    payments = cashier.main_window.show_page("payments")
    payments.open_item(sale.payment_id)
    qtbot.waitUntil(
        lambda: payments.detail.isVisible() and not cashier.tasks.is_busy, timeout=WAIT_MS
    )
    press(qtbot, payments, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    form = dialog_of(qtbot, payments, RefundRequestDialog)
    qtbot.waitUntil(
        lambda: form.reason.choice.findText("Wrong item or amount") >= 0, timeout=WAIT_MS
    )
    form.reason.choose("Wrong item or amount")
    press(qtbot, form, Qt.Key.Key_F12)
    closed(qtbot, payments, RefundRequestDialog)

    told(qtbot, manager, "aline asks for a refund of 12\u202f000\u00a0RWF")
    qtbot.waitUntil(lambda: badge(manager) == 1, timeout=WAIT_MS)
    page = refunds_page(qtbot, manager)
    page.table.selectRow(0)
    settle(qtbot, manager, page)
    press(qtbot, page.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    sheet.submit_button.click()
    closed(qtbot, page, DecisionSheet)
    told(qtbot, cashier, "marie approved your refund of 12\u202f000\u00a0RWF")

    mine = refunds_page(qtbot, cashier)
    mine.tabs.setCurrentIndex(1)
    settle(qtbot, cashier, mine)
    mine.table.selectRow(0)
    settle(qtbot, cashier, mine)
    press(qtbot, mine.table, Qt.Key.Key_P)
    pay = dialog_of(qtbot, mine, CarryOutSheet)
    pay.transaction_id.setText("SLIP-77")
    pay.submit_button.click()
    closed(qtbot, mine, CarryOutSheet)
    page.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=WAIT_MS)


@pytest.mark.parametrize("name", ["ange", "aline", "claude", "Paul Ngabo"])
def test_every_page_of_a_role_opens_over_its_own_login(qtbot, make_desk, shop, name):
    desk = make_desk()
    window = seated(qtbot, desk, name)
    told = []
    desk.tasks.known_error_raised.connect(told.append)
    desk.tasks.bug_raised.connect(told.append)
    for key in window._entries:
        page = window.show_page(key)
        qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=WAIT_MS)
        told += [
            message.text
            for message in page.findChildren(InlineMessage)
            if message.isVisible() and message.text.startswith("Nothing")
        ]
        told += [bar.text for bar in page.findChildren(InfoBar) if bar.isVisible()]
    window.show_people()
    qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=WAIT_MS)
    assert not [each for each in told if "server does not allow" in str(each)]
    assert told == []


def test_a_desk_says_that_the_service_is_not_there_until_it_is(qtbot, make_desk, shop, tmp_path):
    desk = make_desk()
    window = seated(qtbot, desk, "aline")

    def told():
        return [notice.word for notice in window.banner.notices]

    qtbot.waitUntil(lambda: told() == ["No service"], timeout=WAIT_MS)
    assert "was never started" in window.banner.notices[0].text
    configuration = shop.service_configuration(tmp_path / "server")
    with open_shop(configuration) as service, ServiceSeat(service.database.engine) as seat:
        assert seat.take()
        service.serve()
        qtbot.waitUntil(lambda: told() == [], timeout=WAIT_MS)
    window.banner.refresh()
    qtbot.waitUntil(lambda: told() == ["No service"], timeout=WAIT_MS)
    assert "has not been there since" in window.banner.notices[0].text


def test_a_manager_decides_at_the_cashiers_window(qtbot, make_desk, shop, agreeing_books):
    cashier = make_desk()
    seated(qtbot, cashier, "aline")
    sale = sold(cashier, "spot", 9_000)
    actor = cashier.main_window.context.actor
    refund = cashier.app.refunds.request(
        actor, RequestRefund("spot-r", sale.payment_id, 9_000, "Wrong item or amount", "too small")
    )
    page = refunds_page(qtbot, cashier, refund)
    press(qtbot, page.table, Qt.Key.Key_S)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    qtbot.waitUntil(lambda: sheet.step_up.name.findText("marie") >= 0, timeout=WAIT_MS)
    sheet.step_up.name.setEditText("marie")
    qtbot.keyClicks(sheet.step_up.password, "not this one")
    press(qtbot, sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(
        lambda: sheet.message.text.startswith("Nothing was approved. The name or"), timeout=WAIT_MS
    )
    sheet.step_up.password.clear()
    qtbot.keyClicks(sheet.step_up.password, PASSWORD)
    press(qtbot, sheet, Qt.Key.Key_F12)
    closed(qtbot, page, DecisionSheet)
    assert cashier.main_window.context.actor.name == "aline"
    qtbot.waitUntil(lambda: not cashier.tasks.is_busy, timeout=WAIT_MS)
    assert shop.logins_of_connections() == {"aline"}
    approved = cashier.app.refunds.facts(actor, refund.refund_id).refund
    assert (str(approved.status), approved.approved_by) == ("approved", "marie")


def test_a_clerk_reconciles_and_approves_while_a_cashier_sells(
    qtbot, make_desk, shop, tmp_path, agreeing_books
):
    till, office = make_desk(), make_desk("office")
    cashier, clerk = seated(qtbot, till, "aline"), seated(qtbot, office, "claude")
    transfer = RecordPayment(
        key="transfer",
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=240_000,
        transaction_id="FT26182A1B2C",
        customer_name="Eric Niyonzima",
        complete_now=True,
    )
    proven = till.app.payments.record(cashier.context.actor, transfer)
    page = clerk.show_page("reconcile")
    drop(page, write_statement(tmp_path, *ROWS))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview, timeout=WAIT_MS)
    press(qtbot, page.preview.import_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.work, timeout=WAIT_MS)

    form = cashier.pages["cashier"].form
    form.methods.buttons[PaymentMethod.CASH_ON_DELIVERY].click()
    qtbot.keyClicks(form.amount.edit, "7000")
    press(qtbot, form, Qt.Key.Key_F12)
    qtbot.waitUntil(cashier.pages["cashier"].strip.isVisible, timeout=WAIT_MS)

    until_settled(qtbot, page)
    press(qtbot, page.work.table, Qt.Key.Key_A)
    until_settled(qtbot, page)
    matched = next(each for each in rows(page) if each.line.line_number == 2)
    assert matched.category is LineCategory.MATCHED
    payments = cashier.show_page("payments")
    payments.open_item(proven.payment_id)

    def is_proven():
        shown = payments.detail.detail
        return shown is not None and shown.payment.reconciled

    qtbot.waitUntil(is_proven, timeout=WAIT_MS)

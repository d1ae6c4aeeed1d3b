"""A refund between two windows on one shop: asked here, decided there, and both are told."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from core.database.consistency import check
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import RequestRefund
from tests.ui.conftest import theme
from tests.ui.pages.small_shop import PASSWORD, open_small_shop
from tests.ui.pages.test_window import make_desk
from ui.pages.payments.dialogs import RefundRequestDialog
from ui.pages.refunds.bulk import RefundBulkSheet
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.decision import DecisionSheet
from ui.pages.refunds.dialogs import ReasonsDialog, RejectDialog, WithdrawDialog
from ui.widgets.messages import Toast

__all__ = ["make_desk", "theme"]

WAIT_MS = 20_000


@pytest.fixture
def folder(qapp, tmp_path):
    shop = open_small_shop(tmp_path / "shop")
    shop.close()
    return tmp_path / "shop"


def signed_in(qtbot, desk):
    qtbot.waitUntil(
        lambda: desk.main_window is not None and not desk.tasks.is_busy, timeout=WAIT_MS
    )
    return desk.main_window


def sold(desk, number, amount_minor, method=PaymentMethod.CASH):
    app, aline = desk.app, desk.app.users.sign_in("aline", PASSWORD, "desk 1")
    command = RecordPayment(
        key=f"sale-{number}",
        method=method,
        amount_minor=amount_minor,
        tendered_minor=amount_minor,
        customer_name=f"Customer {number}",
        complete_now=True,
    )
    return app.payments.record(aline, command)


def asked(desk, number, amount_minor, by="aline"):
    actor = desk.app.users.sign_in(by, PASSWORD, "desk 1")
    sale = sold(desk, number, amount_minor)
    command = RequestRefund(
        f"ask-{number}", sale.payment_id, amount_minor, "Wrong item or amount", "too small"
    )
    return desk.app.refunds.request(actor, command)


def refunds_page(qtbot, desk, refund=None):
    page = signed_in(qtbot, desk).show_page("refunds")
    settle(qtbot, desk, page)
    if refund is not None:
        page.open_item(refund.refund_id)
        qtbot.waitUntil(lambda: shown_id(page) == refund.refund_id, timeout=WAIT_MS)
        settle(qtbot, desk, page)
    return page


def press(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key in the window of a widget: two windows share one keyboard."""
    window = widget.window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    widget.setFocus()
    qtbot.keyClick(widget, key, modifier)


def settle(qtbot, desk, page):
    qtbot.waitUntil(lambda: page.model.is_answered and not desk.tasks.is_busy, timeout=WAIT_MS)


def shown_id(page):
    return page.detail.refund.refund_id if page.detail.refund is not None else ""


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)), timeout=WAIT_MS)
    return next(d for d in page.findChildren(kind) if d.isVisible())


def told(qtbot, desk, words):
    window = desk.main_window.window()
    qtbot.waitUntil(lambda: words in Toast.of(window).text, timeout=WAIT_MS)


def closed(qtbot, page, kind):
    qtbot.waitUntil(
        lambda: not any(d.isVisible() for d in page.findChildren(kind)), timeout=WAIT_MS
    )


def badge(desk):
    """Return what the navigation counts beside its page of refunds."""
    name = desk.main_window.navigation._buttons["refunds"].accessibleName()
    return int(name.partition(", ")[2].split()[0]) if ", " in name else 0


def status(desk, refund):
    actor = desk.app.users.sign_in("marie", PASSWORD, "test")
    return desk.app.refunds.facts(actor, refund.refund_id).refund.status


def test_asked_at_one_desk_approved_at_another_and_paid_with_both_told(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    signed_in(qtbot, cashier)
    signed_in(qtbot, manager)
    sale = sold(cashier, 1, 12_000)
    payments = cashier.main_window.show_page("payments")
    payments.open_item(sale.payment_id)
    qtbot.waitUntil(lambda: payments.detail.isVisible() and not cashier.tasks.is_busy)
    press(qtbot, payments, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    form = dialog_of(qtbot, payments, RefundRequestDialog)
    form.submit_button.click()
    qtbot.waitUntil(lambda: "Choose a reason" in form.message.text)
    form.reason.choose("Wrong item or amount")
    qtbot.keyClicks(form.reason.note, "too small")
    press(qtbot, form, Qt.Key.Key_F12)
    closed(qtbot, payments, RefundRequestDialog)

    told(qtbot, manager, "aline asks for a refund of 12\u202f000\u00a0RWF")
    qtbot.waitUntil(lambda: badge(manager) == 1, timeout=WAIT_MS)
    page = refunds_page(qtbot, manager)
    page.table.selectRow(0)
    settle(qtbot, manager, page)
    press(qtbot, page.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    assert ("Reason", "Wrong item or amount – too small") in sheet.facts.facts
    qtbot.keyClicks(sheet.note, "looked at it")
    sheet.submit_button.click()
    sheet.submit_button.click()
    closed(qtbot, page, DecisionSheet)
    told(qtbot, cashier, "marie approved your refund of 12\u202f000\u00a0RWF")
    qtbot.waitUntil(lambda: badge(manager) == 0, timeout=WAIT_MS)

    mine = refunds_page(qtbot, cashier)
    mine.tabs.setCurrentIndex(1)
    settle(qtbot, cashier, mine)
    mine.table.selectRow(0)
    settle(qtbot, cashier, mine)
    press(qtbot, mine.table, Qt.Key.Key_P)
    pay = dialog_of(qtbot, mine, CarryOutSheet)
    pay.submit_button.click()
    closed(qtbot, mine, CarryOutSheet)
    page.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=WAIT_MS)
    assert not check(cashier.app.database.engine)


def test_a_manager_steps_up_at_the_cashiers_window(qtbot, make_desk, folder):
    cashier = make_desk(folder, "aline")
    signed_in(qtbot, cashier)
    refund = asked(cashier, 1, 9_000)
    page = refunds_page(qtbot, cashier, refund)
    press(qtbot, page.table, Qt.Key.Key_S)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    qtbot.waitUntil(lambda: sheet.step_up.name.count() == 3)
    assert sheet.step_up.name.findText("aline") < 0
    qtbot.keyClicks(sheet.note, "article is back")
    sheet.step_up.name.setEditText("marie")
    qtbot.keyClicks(sheet.step_up.password, "wrong")
    press(qtbot, sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "The name or the password is wrong" in sheet.message.text)
    assert sheet.message.text.startswith("Nothing was approved.")
    assert (sheet.note.toPlainText(), sheet.step_up.password.text()) == ("article is back", "")
    qtbot.keyClicks(sheet.step_up.password, PASSWORD)
    press(qtbot, sheet, Qt.Key.Key_F12)
    closed(qtbot, page, DecisionSheet)

    assert cashier.main_window.context.actor.name == "aline"
    assert status(cashier, refund) is RefundStatus.APPROVED
    marie = cashier.app.users.sign_in("marie", PASSWORD, "test")
    rows = cashier.app.audit.page(marie, subject_id=refund.refund_id).rows
    (entry,) = [row for row in rows if row.action == "refund:approved"]
    assert (entry.user_name, entry.desk) == ("marie", "desk 1")
    assert json.loads(entry.details)["at_desk_of"] == "aline"


def test_above_the_limit_it_goes_to_the_owner_and_back(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    owner = make_desk(folder, "ange", "home")
    for desk in (cashier, manager, owner):
        signed_in(qtbot, desk)
    refund = asked(cashier, 1, 250_000)
    page = refunds_page(qtbot, manager, refund)
    assert not page.detail.buttons["approve"].isEnabled()
    assert "pass it on to the owner (O)" in page.detail.reasons.text()
    press(qtbot, page.table, Qt.Key.Key_O)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    assert sheet.submit_button.text().startswith("Pass 250")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: "Write a word" in sheet.message.text)
    qtbot.keyClicks(sheet.note, "I saw the slip")
    press(qtbot, sheet, Qt.Key.Key_F12)
    closed(qtbot, page, DecisionSheet)

    told(qtbot, owner, "marie leaves a refund of 250\u202f000\u00a0RWF to you: I saw the slip")
    told(qtbot, cashier, "passed your refund of 250\u202f000\u00a0RWF on to the owner")
    qtbot.waitUntil(lambda: (badge(manager), badge(owner)) == (0, 1), timeout=WAIT_MS)
    theirs = refunds_page(qtbot, owner, refund)
    assert "I saw the slip" in theirs.detail.sentence.text()
    assert not theirs.detail.buttons["carry_out"].isEnabled()
    press(qtbot, theirs.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, theirs, DecisionSheet)
    press(qtbot, sheet, Qt.Key.Key_F12)
    closed(qtbot, theirs, DecisionSheet)
    told(qtbot, cashier, "ange approved your refund")
    assert status(cashier, refund) is RefundStatus.APPROVED


def test_what_changed_meanwhile_is_shown_anew_and_typed_words_stay(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    signed_in(qtbot, cashier)
    signed_in(qtbot, manager)
    refund = asked(cashier, 1, 8_000)
    page = refunds_page(qtbot, manager, refund)
    press(qtbot, page.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    qtbot.keyClicks(sheet.note, "all checked")
    mine = refunds_page(qtbot, cashier, refund)
    press(qtbot, mine.table, Qt.Key.Key_W)
    withdraw = dialog_of(qtbot, mine, WithdrawDialog)
    qtbot.keyClicks(withdraw.note, "customer keeps it")
    press(qtbot, withdraw, Qt.Key.Key_F12)
    closed(qtbot, mine, WithdrawDialog)
    told(qtbot, manager, "aline withdrew the request to refund 8\u202f000\u00a0RWF")

    sheet.submit_button.click()
    qtbot.waitUntil(lambda: "changed since you opened it" in sheet.message.text)
    qtbot.waitUntil(lambda: not sheet.submit_button.isEnabled(), timeout=WAIT_MS)
    assert "withdrawn by aline" in sheet.refusal.text().lower()
    assert sheet.note.toPlainText() == "all checked"
    sheet.note.clear()
    sheet.reject()
    again = asked(cashier, 2, 8_000)
    assert again.status is RefundStatus.REQUESTED


def test_a_rejection_reaches_whoever_asked_with_its_reason(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    signed_in(qtbot, cashier)
    signed_in(qtbot, manager)
    refund = asked(cashier, 1, 8_000)
    mine = refunds_page(qtbot, cashier, refund)
    page = refunds_page(qtbot, manager, refund)
    press(qtbot, page.table, Qt.Key.Key_J)
    dialog = dialog_of(qtbot, page, RejectDialog)
    qtbot.keyClicks(dialog.reason, "the seal is broken")
    press(qtbot, dialog, Qt.Key.Key_F12)
    closed(qtbot, page, RejectDialog)

    told(qtbot, cashier, "marie rejected your refund of 8\u202f000\u00a0RWF: the seal is broken")
    mine.tabs.setCurrentIndex(3)
    qtbot.waitUntil(lambda: mine.model.total == 1, timeout=WAIT_MS)


def test_a_manager_keeps_the_reasons_that_cashiers_choose_from(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    signed_in(qtbot, cashier)
    page = refunds_page(qtbot, manager)
    press(qtbot, page.table, Qt.Key.Key_L)
    dialog = dialog_of(qtbot, page, ReasonsDialog)
    dialog.reasons.setPlainText("Tyre is flat\nBread is stale")
    press(qtbot, dialog, Qt.Key.Key_F12)
    closed(qtbot, page, ReasonsDialog)

    sale = sold(cashier, 1, 5_000)
    payments = cashier.main_window.show_page("payments")
    payments.open_item(sale.payment_id)
    qtbot.waitUntil(lambda: payments.detail.isVisible() and not cashier.tasks.is_busy)
    press(qtbot, payments, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    form = dialog_of(qtbot, payments, RefundRequestDialog)
    choice = form.reason.choice
    qtbot.waitUntil(lambda: choice.findText("Bread is stale") >= 0, timeout=WAIT_MS)
    assert [choice.itemText(row) for row in range(choice.count())] == [
        "Tyre is flat",
        "Bread is stale",
        "Another reason",
    ]
    assert choice.currentIndex() == -1
    form.reject()


def test_many_are_approved_and_each_asker_is_told(qtbot, make_desk, folder):
    cashier, manager = make_desk(folder, "aline"), make_desk(folder, "marie", "office")
    signed_in(qtbot, cashier)
    for number, amount_minor in enumerate((3_000, 4_000, 150_000)):
        asked(cashier, number, amount_minor)
    asked(cashier, 9, 5_000, by="marie")
    page = refunds_page(qtbot, manager)
    qtbot.waitUntil(lambda: page.model.total == 4, timeout=WAIT_MS)
    page.table.setFocus()
    press(qtbot, page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, page.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, page, RefundBulkSheet)
    assert sheet.submit_button.text() == "Approve 7\u202f000\u00a0RWF (F12)"
    press(qtbot, sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: sheet.message.text == "Done: 2 of 2.", timeout=WAIT_MS)
    sheet.reject()
    told(qtbot, cashier, "marie approved your refund of 4\u202f000\u00a0RWF")
    told(qtbot, cashier, "marie approved your refund of 3\u202f000\u00a0RWF")

"""Refunds that a network sends back: both ways, the way of the money, the manager's decision."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from core.model.payments import TransactionStatus
from core.model.refunds import RefundStatus
from core.services.refunds.network_refunds import RefundWays, SettleRefund
from tests.ui.pages.test_refunds_page import (
    ask,
    choose,
    dialog_of,
    is_gone,
    open_page,
    settle,
    status,
)
from ui.gallery_networks import approved_refund, sent_refund, use_mtn
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.detail import RefundAct
from ui.pages.refunds.network_words import network_sentence, network_steps, went_back_twice
from ui.pages.refunds.settle import SettleSheet
from ui.widgets.facts import StepState

AMOUNT = "12\u202f000\u00a0RWF"


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    use_mtn(opened)
    yield opened
    opened.close()


def open_to_pay(qtbot, shop, actor=MANAGER):
    page = open_page(qtbot, shop, actor)
    page.tabs.setCurrentIndex(1)
    settle(qtbot, shop, page)
    choose(qtbot, shop, page)
    return page


def path(shop, refund):
    return shop.app.gateways.path(MANAGER, refund.payment_id)


def attempt_of(shop, refund):
    return path(shop, refund).refunds[-1]


def test_two_equal_ways_stand_on_one_sheet_and_none_is_taken_beforehand(qtbot, shop):
    refund = approved_refund(shop, 1)
    page = open_to_pay(qtbot, shop, CASHIER)
    qtbot.keyClick(page.table, Qt.Key.Key_P)
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    assert sheet.choices.current is None
    assert not sheet.submit_button.isEnabled()
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    assert [made.text() for made in sheet.choices.buttons] == [
        "Send back through MTN Mobile Money  (Ctrl+1)",
        "Sent by hand  (Ctrl+2)",
    ]
    assert ("Goes to", "0788 123 901") in sheet.facts.facts
    assert status(shop, refund) is RefundStatus.APPROVED
    sheet.reject()


def test_the_network_is_sent_the_refund_once_and_the_page_shows_its_way(qtbot, shop):
    refund = approved_refund(shop, 1)
    page = open_to_pay(qtbot, shop, CASHIER)
    qtbot.keyClick(page.table, Qt.Key.Key_P)
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert sheet.submit_button.text() == f"Send {AMOUNT} back (F12)"
    assert "cannot be called back" in sheet.warning.text
    assert not sheet.transaction_id.isVisible()
    sheet.submitted.emit()
    sheet.submitted.emit()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.PROCESSING
    assert len(path(shop, refund).refunds) == 1
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    assert page.detail.sentence.text().startswith("Nothing has left yet")
    assert [step.title for step in page.detail.path.steps] == [
        "Handed to the network",
        "Sent",
        "Accepted",
        "Gone back",
    ]
    assert page.detail.path.isVisible()


def test_enter_never_sends_money(qtbot, shop):
    refund = approved_refund(shop, 1)
    page = open_to_pay(qtbot, shop)
    page.detail.buttons[RefundAct.CARRY_OUT].click()
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    sheet.choices.buttons[0].click()
    qtbot.keyClick(sheet.choices.buttons[0], Qt.Key.Key_Return)
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_gone(sheet))
    assert status(shop, refund) is RefundStatus.APPROVED


def test_by_hand_asks_for_the_networks_id(qtbot, shop):
    refund = approved_refund(shop, 1)
    page = open_to_pay(qtbot, shop, CASHIER)
    qtbot.keyClick(page.table, Qt.Key.Key_P)
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert sheet.transaction_id.hasFocus()
    assert sheet.submit_button.text() == f"Record {AMOUNT} as paid back (F12)"
    sheet.submit_button.click()
    assert "transaction id" in sheet.message.text
    qtbot.keyClicks(sheet.transaction_id, "RF0001")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.COMPLETED
    assert path(shop, refund).refunds == ()


def test_a_way_that_is_closed_says_why_and_the_other_is_taken(qtbot, shop):
    approved_refund(shop, 1)
    page = open_to_pay(qtbot, shop)
    sheet = CarryOutSheet(
        page.context,
        shop.app.refunds.facts(MANAGER, page.detail.refund.refund_id),
        RefundWays("Airtel Money", "Airtel sends back whole payments only."),
        print,
        page,
    )
    qtbot.addWidget(sheet)
    assert not sheet.choices.buttons[0].isEnabled()
    assert sheet.choices.sentences[0].text() == "Airtel sends back whole payments only."
    assert sheet.choices.current == 1
    qtbot.keyClick(sheet, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert sheet.choices.current == 1


def test_what_is_awaited_counts_down_and_can_be_asked_for_now(qtbot, shop):
    refund = sent_refund(shop, 1, TransactionStatus.PENDING)
    page = open_to_pay(qtbot, shop)
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    assert not page.detail.buttons[RefundAct.SETTLE].isEnabled()
    assert "may still tell its end" in page.detail.reasons.text()
    assert page.detail.sentence.text().endswith("Asks again in 12 s.")
    shop.clock.now += timedelta(seconds=5)
    qtbot.waitUntil(lambda: page.detail.sentence.text().endswith("Asks again in 7 s."))
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(page, Qt.Key.Key_F9)
    assert told.args == ["The network is asked now"]
    assert attempt_of(shop, refund).next_check_at == shop.clock.now


def test_an_unknown_refund_says_first_not_to_send_it_again(qtbot, shop):
    sent_refund(shop, 1, TransactionStatus.UNRESOLVED)
    page = open_to_pay(qtbot, shop, CASHIER)
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    said = page.detail.sentence.text()
    assert said.startswith("We do not know whether the money went back. Do not send it again.")
    assert not page.detail.buttons[RefundAct.CARRY_OUT].isVisible()
    assert not page.detail.buttons[RefundAct.SETTLE].isEnabled()
    assert "Only a manager" in page.detail.reasons.text()


def test_a_manager_decides_that_it_went_back(qtbot, shop):
    refund = sent_refund(shop, 1, TransactionStatus.UNRESOLVED)
    page = open_to_pay(qtbot, shop)
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    qtbot.keyClick(page.table, Qt.Key.Key_D)
    sheet = dialog_of(qtbot, page, SettleSheet)
    assert sheet.unknown.text.startswith("We do not know whether the money went back. Do not send")
    assert not sheet.submit_button.isEnabled()
    qtbot.keyClick(sheet, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    sheet.submit_button.click()
    assert "transaction id" in sheet.message.text
    qtbot.keyClicks(sheet.transaction_id, "1738492099")
    sheet.submit_button.click()
    assert "Write where you saw it" in sheet.message.text
    qtbot.keyClicks(sheet.note, "MTN portal, 26 June")
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.COMPLETED


def test_a_manager_decides_that_nothing_went_back_and_it_can_be_sent_again(qtbot, shop):
    refund = sent_refund(shop, 1, TransactionStatus.UNRESOLVED)
    page = open_to_pay(qtbot, shop)
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = dialog_of(qtbot, page, SettleSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert not sheet.transaction_id.isVisible()
    qtbot.keyClicks(sheet.note, "Not in MTN's books")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.FAILED
    qtbot.waitUntil(page.detail.buttons[RefundAct.CARRY_OUT].isEnabled)
    assert "may be sent again" in page.detail.sentence.text()


def test_a_refund_decided_elsewhere_meanwhile_is_not_decided_again(qtbot, shop):
    refund = sent_refund(shop, 1, TransactionStatus.UNRESOLVED)
    page = open_to_pay(qtbot, shop)
    qtbot.waitUntil(lambda: page.detail.attempt is not None)
    page.detail.buttons[RefundAct.SETTLE].click()
    sheet = dialog_of(qtbot, page, SettleSheet)
    sheet.choices.buttons[1].click()
    qtbot.keyClicks(sheet.note, "Not in MTN's books")
    shop.app.network_refunds.settle(
        MANAGER, SettleRefund("other", refund.refund_id, True, "1738492099", "seen")
    )
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: "only one whose end is unknown" in sheet.message.text)
    assert status(shop, refund) is RefundStatus.COMPLETED
    sheet.reject()


def test_another_refund_does_not_inherit_the_way_of_the_one_before(qtbot, shop):
    cash = ask(shop)
    shop.app.refunds.approve(MANAGER, cash.refund_id)
    shop.clock.now += timedelta(minutes=1)
    sent_refund(shop, 1, TransactionStatus.PENDING)
    page = open_to_pay(qtbot, shop)
    qtbot.waitUntil(page.detail.path.isVisible)
    choose(qtbot, shop, page, 1)
    assert page.detail.refund.refund_id == cash.refund_id
    assert not page.detail.path.isVisible()
    assert "has not gone back yet" in page.detail.sentence.text()


@pytest.mark.parametrize(
    ("state", "current"),
    [
        (TransactionStatus.CREATED, "Sent"),
        (TransactionStatus.UNKNOWN, "Accepted"),
        (TransactionStatus.PENDING, "Gone back"),
        (TransactionStatus.UNRESOLVED, "Accepted"),
    ],
)
def test_exactly_one_step_of_an_open_refund_is_the_present_one(shop, state, current):
    row = attempt_of(shop, sent_refund(shop, 1, state))
    steps = network_steps(row, shop.clock.now)
    assert [step.title for step in steps if step.state is StepState.CURRENT] == [current]


def test_money_that_the_network_sent_after_all_is_told(shop):
    refund = sent_refund(shop, 1, TransactionStatus.FAILED)
    row = attempt_of(shop, refund)
    shop.app.refunds.reject(MANAGER, refund.refund_id, reason="cash instead")
    rejected = shop.app.refunds.facts(MANAGER, refund.refund_id).refund
    assert not went_back_twice(rejected, row)
    late = replace(row, status=TransactionStatus.SUCCEEDED)
    assert "may have it twice" in network_sentence(rejected, late, shop.clock.now)

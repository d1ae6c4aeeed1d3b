"""Mobile money on the payments page: the way of the money, asking now, what needs a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from core.model.payments import PaymentStatus, RequestType, TransactionStatus
from core.services.payments.service import find_payment
from core.services.rows import AuditRow, TransactionRow
from tests.ui.pages.payments_steps import (
    choose,
    dialog_of,
    entries,
    is_gone,
    open_page,
    settle,
    status,
    take,
)
from ui.audit.history import history_line
from ui.gallery_networks import ask_customer, come_late, sent_refund, use_mtn
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.main_window import MainWindow
from ui.pages.payments.acts import Act, why_not_all
from ui.pages.payments.calls import CallList, call_line
from ui.pages.payments.dialogs import CompleteDialog, EndDialog
from ui.relay import ChangeRelay
from ui.widgets.basics import SelectableLabel
from ui.widgets.facts import StepState

NOW = datetime(2026, 6, 26, 8, 41, 5, tzinfo=UTC)


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    use_mtn(opened)
    yield opened
    opened.close()


def shown(qtbot, shop, status_, actor=MANAGER):
    payment = ask_customer(shop, 1, status_)
    page = open_page(qtbot, shop, actor)
    choose(qtbot, shop, page, 0)
    qtbot.waitUntil(page.detail.isVisible)
    return payment, page


def test_an_asked_payment_says_what_is_awaited_and_when_it_is_asked_again(qtbot, shop):
    _, page = shown(qtbot, shop, TransactionStatus.PENDING, CASHIER)
    assert "PIN" in page.detail.sentence.text()
    assert page.detail.sentence.text().endswith("Asks again in 12 s.")
    current = [s.title for s in page.detail.steps.steps if s.state is StepState.CURRENT]
    assert current == ["Customer's PIN"]
    shop.clock.now += timedelta(seconds=5)
    qtbot.waitUntil(lambda: page.detail.sentence.text().endswith("Asks again in 7 s."))


def test_f9_has_the_network_asked_now(qtbot, shop):
    payment, page = shown(qtbot, shop, TransactionStatus.PENDING, CASHIER)
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(page, Qt.Key.Key_F9)
    assert told.args == ["The network is asked now"]
    path = shop.app.gateways.path(CASHIER, payment.payment_id)
    assert path.attempt.next_check_at == shop.clock.now


def test_a_payment_no_network_was_asked_about_offers_no_question(qtbot, shop):
    take(shop, 1, seen=True)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0)
    assert not page.detail.buttons[Act.ASK_NOW].isVisible()
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(page, Qt.Key.Key_F9)
    assert "No network was asked" in told.args[0]


def test_a_check_that_is_over_is_read_again(qtbot, shop):
    payment, page = shown(qtbot, shop, TransactionStatus.PENDING)
    with shop.app.database.write(None) as unit:
        attempt = find_payment(unit.session, payment.payment_id).attempts[0]
        attempt.due_at = unit.now + timedelta(seconds=90)
        unit.commit()
    shop.clock.now += timedelta(seconds=15)
    qtbot.waitUntil(lambda: page.detail.sentence.text().endswith("Asks again in 75 s."))


def test_a_manager_says_with_a_reason_that_no_money_came(qtbot, shop):
    payment, page = shown(qtbot, shop, TransactionStatus.UNRESOLVED)
    assert page.detail.buttons[Act.FAIL].text() == "No money came…"
    page.detail.buttons[Act.FAIL].click()
    dialog = dialog_of(qtbot, page, EndDialog)
    dialog.submit_button.click()
    assert dialog.message.text
    qtbot.keyClicks(dialog.note, "Not in MTN's books")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    assert status(shop, payment) is PaymentStatus.FAILED
    assert len(entries(shop, "payment:failed")) == 1


def test_a_manager_says_with_a_reason_that_the_money_came(qtbot, shop):
    payment, page = shown(qtbot, shop, TransactionStatus.UNRESOLVED)
    assert page.detail.buttons[Act.COMPLETE].text() == "Money came…"
    qtbot.keyClick(page, Qt.Key.Key_F12)
    dialog = dialog_of(qtbot, page, CompleteDialog)
    qtbot.keyClicks(dialog.transaction_id, "1738492055")
    qtbot.keyClicks(dialog.note, "MTN portal")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)
    assert status(shop, payment) is PaymentStatus.COMPLETED
    assert page.detail.buttons[Act.COMPLETE].text() == "Complete…"


def test_a_cashier_decides_nothing_the_network_left_open(qtbot, shop):
    _, page = shown(qtbot, shop, TransactionStatus.UNRESOLVED, CASHIER)
    assert not page.detail.buttons[Act.COMPLETE].isEnabled()
    assert not page.detail.buttons[Act.FAIL].isEnabled()
    assert "Only a manager decides" in page.detail.reasons.text()


def test_what_the_network_left_open_is_never_decided_for_many_at_once(shop):
    rows = [ask_customer(shop, number, TransactionStatus.UNRESOLVED) for number in (1, 2)]
    for act in (Act.COMPLETE, Act.FAIL):
        assert "decide it by itself" in why_not_all(act, MANAGER, rows)


def test_the_worklist_shows_payments_and_refunds_that_need_a_person(qtbot, shop):
    payment = ask_customer(shop, 1, TransactionStatus.UNRESOLVED)
    shop.clock.now += timedelta(minutes=5)
    refund = sent_refund(shop, 2, TransactionStatus.UNRESOLVED)
    page = open_page(qtbot, shop)
    assert page.needed.button.isVisible()
    assert page.needed.button.text().endswith("(2)")
    qtbot.keyClick(page, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert page.needed.is_shown
    assert not page.list.bar.isVisible()
    asked = [page.needed.list.model.index(row, 0).data() for row in range(2)]
    assert asked == ["Did the money come?", "Did the refund go back?"]
    page.needed.list.table.selectRow(0)
    qtbot.waitUntil(page.detail.isVisible)
    assert page.detail.detail.payment.payment_id == payment.payment_id
    page.needed.list.table.selectRow(1)
    qtbot.waitUntil(
        lambda: page.detail.sentence.text().startswith(
            "We do not know whether its refund went back. Do not send it again"
        )
    )
    with qtbot.waitSignal(page.refund_requested) as wanted:
        qtbot.keyClick(page.needed.list.table, Qt.Key.Key_Return)
    assert wanted.args == [refund.refund_id]
    settle(qtbot, shop, page)
    qtbot.keyClick(page.needed.list.table, Qt.Key.Key_Escape)
    qtbot.keyClick(page.needed.list.table, Qt.Key.Key_Escape)
    assert page.list.lists.currentWidget() is page.list.pane
    assert page.list.bar.isVisible()


def test_the_last_decision_empties_the_worklist(qtbot, shop):
    payment = ask_customer(shop, 1, TransactionStatus.UNRESOLVED)
    page = open_page(qtbot, shop)
    page.needed.button.click()
    shop.app.payments.fail(MANAGER, payment.payment_id, note="Not in MTN's books")
    page.refresh()
    settle(qtbot, shop, page)
    assert page.needed.list.stack.currentWidget() is page.needed.list.empty
    page.needed.button.click()
    assert not page.needed.button.isVisible()


def test_a_shop_without_open_ends_shows_no_worklist(qtbot, shop):
    take(shop, 1, seen=True)
    page = open_page(qtbot, shop)
    assert not page.needed.button.isVisible()
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(page, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["Nothing waits for a person"]


def call(number=0, **more):
    values = {
        "payment_id": "p",
        "transaction_id": "t",
        "gateway_name": "MTN Mobile Money",
        "request_type": RequestType.QUERY,
        "request_data": "",
        "response_data": "",
        "response_code": "200",
        "response_message": "",
        "status": TransactionStatus.PENDING,
        "success": True,
        "processing_time_ms": 842,
        "error_code": "",
        "error_message": "",
        "request_at": NOW + timedelta(seconds=number),
        "response_at": NOW,
    }
    return TransactionRow(**{**values, **more})


def test_a_call_tells_its_time_code_milliseconds_and_message(qtbot):
    assert call_line(call()) == "10:41:05 · Asked how it stands · 200 · 842 ms · MTN Mobile Money"
    slow = call(
        response_code="",
        processing_time_ms=25_004,
        error_code="timeout",
        error_message="No answer.",
    )
    assert "25\u202f004 ms" in call_line(slow)
    listed = CallList([slow])
    qtbot.addWidget(listed)
    assert next(label.text() for label in listed.findChildren(SelectableLabel)) == (
        "No answer. (timeout)"
    )


def test_the_many_calls_of_a_long_wait_are_folded(qtbot):
    listed = CallList([call(number) for number in range(30)])
    qtbot.addWidget(listed)
    assert listed.layout().count() == 9
    listed.layout().itemAt(8).widget().click()
    assert listed.layout().count() == 31


@pytest.mark.parametrize(
    ("action", "details", "said"),
    [
        ("payment:sent", {"network": "mtn"}, "The program sent the request to MTN."),
        (
            "payment:came_late",
            {"network": "airtel"},
            ("The program heard from Airtel that the money came after all, after it had said it"
            " would not."),
        ),
        (
            "payment:unresolved",
            {"network": "mtn", "note": "5 is not 6"},
            "The program got no clear answer from MTN: a manager must find out: 5 is not 6",
        ),
        ("refund:failed", {"note": "No money."}, ("The program noted that the refund did not go"
         " back: No money.")),
    ],
)  # fmt: skip
def test_what_the_program_did_is_history_in_words(qapp, action, details, said):
    entry = AuditRow(NOW, "sanduku", "", action, "payment", "p", json.dumps(details))
    assert history_line(entry)[1] == said


def test_money_that_came_late_is_told_in_words(qtbot, shop):
    come_late(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    said = page.detail.sentence.text()
    assert "late" in said
    assert "paid again" in said
    assert page.detail.sentence.property("look") == "wrong"
    assert any("came after all" in deed for _, deed in page.detail._history.facts)


def test_the_navigation_tells_a_manager_how_many_wait_and_no_cashier(qtbot, shop):
    ask_customer(shop, 1, TransactionStatus.UNRESOLVED)
    for actor, text in ((MANAGER, " Payments  (1)"), (CASHIER, " Payments")):
        relay = ChangeRelay(shop.app.changes)
        window = MainWindow(shop.context(actor), relay)
        qtbot.addWidget(window)
        qtbot.waitUntil(lambda: not shop.tasks.is_busy)
        assert text in [made.text() for made in window.navigation.findChildren(QToolButton)]
        relay.close()

"""The refunds page through its own widgets, on a real shop."""

import pytest
import shiboken6
from PySide6.QtCore import Qt

from core.app import Configuration, open_shop
from core.configuration import PasswordCost
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.refunds.service import RequestRefund
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.models.roles import DISPLAY
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.decision import DecisionSheet
from ui.pages.refunds.detail import RefundAct
from ui.pages.refunds.dialogs import RejectDialog
from ui.pages.refunds.page import RefundsPage
from ui.relay import ChangeRelay


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def ask(shop, number=1, *, by=CASHIER, method=PaymentMethod.CASH, amount=12_000):
    payment = shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=method,
            amount_minor=amount,
            customer_name=f"Customer {number}",
            phone_number="+250788123456",
        ),
    )
    shop.app.payments.complete(
        MANAGER,
        CompletePayment(
            key=f"done-{number}", payment_id=payment.payment_id, tendered_minor=amount, note="seen"
        ),
    )
    return shop.app.refunds.request(
        by, RequestRefund(f"ask-{number}", payment.payment_id, amount, "Wrong article")
    )


def open_page(qtbot, shop, actor=MANAGER):
    page = RefundsPage(shop.context(actor))
    qtbot.addWidget(page)
    page.resize(1200, 760)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(lambda: page.model.is_answered and not shop.tasks.is_busy)


def choose(qtbot, shop, page, row=0):
    page.table.setFocus()
    page.table.selectRow(row)
    settle(qtbot, shop, page)


def is_gone(dialog):
    return not shiboken6.isValid(dialog) or not dialog.isVisible()


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def titles(page):
    return [page.tabs.tabText(number) for number in range(page.tabs.count())]


def status(shop, refund):
    return shop.app.refunds.facts(MANAGER, refund.refund_id).refund.status


def test_a_manager_approves_with_a_and_sees_all_facts_first(qtbot, shop):
    refund = ask(shop)
    page = open_page(qtbot, shop)
    assert titles(page)[0] == "To approve (1)"
    choose(qtbot, shop, page)
    qtbot.keyClick(page.table, Qt.Key.Key_A)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    facts = dict(sheet.facts.facts)
    assert sheet.amount.text() == "12\u202f000\u00a0RWF"
    assert facts["Asked by"].endswith("(1 this day)")
    assert facts["Left after this"] == "0\u00a0RWF"
    assert "Asked by aline, not by you." in [label.text() for label in sheet.checks.sentences]
    assert sheet.submit_button.text() == "Approve 12\u202f000\u00a0RWF (F12)"
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.APPROVED
    qtbot.waitUntil(lambda: titles(page)[1] == "Approved – to pay (1)")
    assert page.list.stack.currentWidget() is page.list.none_at_all


def test_enter_never_approves(qtbot, shop):
    refund = ask(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_gone(sheet))
    assert status(shop, refund) is RefundStatus.REQUESTED


def test_ones_own_request_shows_approve_disabled_with_the_reason(qtbot, shop):
    ask(shop, by=MANAGER)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    assert not page.detail.buttons[RefundAct.APPROVE].isEnabled()
    assert "You asked for it yourself" in page.detail.reasons.text()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = dialog_of(qtbot, page, DecisionSheet)
    assert not sheet.submit_button.isEnabled()
    assert "You asked for this refund yourself" in sheet.submit_button.toolTip()
    sheet.reject()


def test_a_cashier_sees_the_state_but_decides_nothing(qtbot, shop):
    ask(shop)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page)
    assert "a manager decides" in page.detail.sentence.text()
    assert not page.detail.buttons[RefundAct.APPROVE].isEnabled()
    assert not page.detail.buttons[RefundAct.REJECT].isEnabled()


def test_a_refund_changed_meanwhile_is_not_approved(qtbot, shop):
    refund = ask(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    page.detail.buttons[RefundAct.APPROVE].click()
    sheet = dialog_of(qtbot, page, DecisionSheet)
    shop.app.refunds.reject(MANAGER, refund.refund_id, reason="used")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: "changed since you opened it" in sheet.message.text)
    assert status(shop, refund) is RefundStatus.REJECTED
    sheet.reject()


def test_j_rejects_with_a_reason_that_the_asker_reads(qtbot, shop):
    refund = ask(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    qtbot.keyClick(page.table, Qt.Key.Key_J)
    dialog = dialog_of(qtbot, page, RejectDialog)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "Write why" in dialog.message.text)
    qtbot.keyClicks(dialog.reason, "The article was used")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    assert status(shop, refund) is RefundStatus.REJECTED
    page.tabs.setCurrentIndex(3)
    settle(qtbot, shop, page)
    choose(qtbot, shop, page)
    assert ("Answer", "The article was used") in page.detail.facts.facts


def test_mobile_money_goes_back_with_the_networks_id_once(qtbot, shop):
    refund = ask(shop, method=PaymentMethod.MTN_MOBILE_MONEY)
    shop.app.refunds.approve(MANAGER, refund.refund_id)
    page = open_page(qtbot, shop, CASHIER)
    page.tabs.setCurrentIndex(1)
    settle(qtbot, shop, page)
    choose(qtbot, shop, page)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    assert "12\u202f000" in sheet.submit_button.text()
    sheet.submit_button.click()
    assert "transaction id" in sheet.message.text
    assert not sheet.is_busy
    qtbot.keyClicks(sheet.transaction_id, "RF0001")
    sheet.submitted.emit()
    sheet.submitted.emit()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.COMPLETED
    done = [e for e in shop.app.audit.page(MANAGER).rows if e.action == "refund:completed"]
    assert len(done) == 1


def test_a_refund_is_shown_on_the_tab_it_belongs_to(qtbot, shop):
    refund = ask(shop)
    shop.app.refunds.reject(MANAGER, refund.refund_id, reason="used")
    page = open_page(qtbot, shop)
    page.open_item(refund.refund_id)
    qtbot.waitUntil(lambda: page.tabs.currentIndex() == 3 and page.detail.isVisible())
    with qtbot.waitSignal(page.payment_requested) as asked:
        page.detail.buttons[RefundAct.SHOW_PAYMENT].click()
    assert asked.args == [refund.payment_id]


def test_the_cashier_sees_an_approval_of_another_desk_within_a_second(qtbot, shop):
    ask(shop, 1)
    refund = ask(shop, 2)
    page = open_page(qtbot, shop, CASHIER)
    relay = ChangeRelay(shop.app.changes)
    relay.changed.connect(page.changes_arrived)
    shop.app.changes.start()
    choose(qtbot, shop, page, 1)
    office = open_shop(
        Configuration(
            shop.app.configuration.data_dir,
            clock=shop.clock,
            password_cost=PasswordCost(1, 8, 1),
        )
    )
    try:
        office.refunds.approve(MANAGER, refund.refund_id)
        qtbot.waitUntil(lambda: titles(page)[:2] == ["To approve (1)", "Approved – to pay (1)"],
                        timeout=1000)  # fmt: skip
        qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=1000)
    finally:
        office.close()
        relay.close()
    settle(qtbot, shop, page)
    assert page.table.current_row().customer_name == "Customer 1"
    assert page.model.index(0, 3).data(DISPLAY) == "Customer 1"


def test_an_empty_tab_says_what_is_missing(qtbot, shop):
    page = open_page(qtbot, shop)
    assert page.list.stack.currentWidget() is page.list.none_at_all
    assert page.list.none_at_all.sentence.text() == "Nothing waits for a decision."


def test_a_refund_of_points_gives_points_back_and_asks_for_no_reference(qtbot, shop):
    who = {"customer_name": "Alice", "phone_number": "+250788123456"}
    cash = PaymentMethod.CASH
    shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key="earn", method=cash, amount_minor=200_000, tendered_minor=200_000,
            complete_now=True, **who,
        ),
    )  # fmt: skip
    paid = shop.app.payments.record(
        CASHIER,
        RecordPayment(key="spend", method=PaymentMethod.LOYALTY_POINTS, amount_minor=1_200, **who),
    )
    refund = shop.app.refunds.request(
        CASHIER, RequestRefund("ask", paid.payment_id, 1_200, "Wrong article")
    )
    shop.app.refunds.approve(MANAGER, refund.refund_id)
    page = open_page(qtbot, shop)
    page.tabs.setCurrentIndex(1)
    settle(qtbot, shop, page)
    choose(qtbot, shop, page)
    page.detail.buttons[RefundAct.CARRY_OUT].click()
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    assert "Give points for 1\u202f200" in sheet.submit_button.text()
    assert "no money" in sheet.warning.text
    assert not sheet.transaction_id.isVisible()
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(sheet))
    settle(qtbot, shop, page)
    assert status(shop, refund) is RefundStatus.COMPLETED
    assert shop.app.loyalty.find(MANAGER, "Alice").points == 20

"""Finding payments and acting on one, through the page's own widgets on a real shop."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.model.payments import (
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.services.payments.lists import PaymentFilter
from tests.ui.pages.payments_steps import (
    choose,
    column,
    dialog_of,
    entries,
    is_gone,
    open_page,
    settle,
    status,
    take,
)
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.pages.payments.acts import Act
from ui.pages.payments.dialogs import CompleteDialog, EndDialog, RefundRequestDialog
from ui.widgets.json_view import JsonView

ALL = PaymentFilter()


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


# Finding


def test_f6_goes_from_the_list_to_the_payment_and_back(qtbot, shop):
    take(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0)
    page.list.table.setFocus()
    qtbot.keyClick(page.list.table, Qt.Key.Key_F6)
    assert page.detail.area.hasFocus()
    qtbot.keyClick(page.detail.area, Qt.Key.Key_F6)
    assert page.list.table.hasFocus()


def test_the_newest_payment_stands_first_and_the_sum_below(qtbot, shop):
    take(shop, 1, amount=15_000)
    take(shop, 2, amount=5_000)
    page = open_page(qtbot, shop)
    assert column(page, "customer_name") == ["Customer 2", "Customer 1"]
    assert page.list.totals.total.text() == "Rows: 2 · Σ 20\u202f000\u00a0RWF"


def test_typing_in_the_search_narrows_the_table_and_tells_of_how_many(qtbot, shop):
    take(shop, 1)
    take(shop, 2, customer_name="Jean Bosco")
    page = open_page(qtbot, shop)
    qtbot.keyClicks(page.list.bar.search, "ord-002")
    qtbot.keyClick(page.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Jean Bosco"])
    qtbot.waitUntil(lambda: page.list.totals.total.text().startswith("Shown 1 of 2"))


def test_a_search_without_result_offers_to_clear_the_filters(qtbot, shop):
    take(shop, 1)
    page = open_page(qtbot, shop)
    page.list.show_values(FilterValues.choosing(statuses=frozenset({"failed"})))
    qtbot.keyClicks(page.list.bar.search, "nobody")
    qtbot.keyClick(page.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.no_results)
    qtbot.mouseClick(page.list.no_results.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 1"])
    assert (page.list.bar.search.text(), page.source.wanted(page.list.values)) == ("", ALL)


def test_chips_filter_by_status_method_and_day(qtbot, shop):
    take(shop, 1, seen=True)
    take(shop, 2, method=PaymentMethod.MTN_MOBILE_MONEY)
    shop.clock.now = shop.clock.now.replace(day=28)
    take(shop, 3)
    page = open_page(qtbot, shop)
    page.list.show_values(FilterValues.choosing(statuses=frozenset({"completed"})))
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 1"])
    page.list.show_values(FilterValues.choosing(methods=frozenset({"mtn_mobile_money"})))
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 2"])
    page.list.show_values(FilterValues.choosing(date=frozenset({"today"})))
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 3"])
    page.list.bar.clear_button.click()
    qtbot.waitUntil(lambda: len(column(page, "customer_name")) == 3)
    assert page.list.values == FilterValues()


def test_today_is_another_day_after_midnight(qtbot, shop):
    take(shop, 1)
    page = open_page(qtbot, shop)
    page.list.show_values(FilterValues.choosing(date=frozenset({"today"})))
    settle(qtbot, shop, page)
    assert column(page, "customer_name") == ["Customer 1"]
    shop.clock.now = shop.clock.now.replace(day=27)
    page.refresh()
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.no_results)


def test_an_empty_shop_offers_the_import_to_those_who_may(qtbot, shop):
    page = open_page(qtbot, shop, CLERK)
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.none_at_all)
    assert page.list.none_at_all.button.isVisible()
    qtbot.waitUntil(lambda: not page.list.bar.search.isEnabled())
    cashier = open_page(qtbot, shop, CASHIER)
    qtbot.waitUntil(lambda: cashier.list.stack.currentWidget() is cashier.list.none_at_all)
    assert not cashier.list.none_at_all.button.isVisible()
    assert not cashier.import_button.isVisible()
    assert not cashier.acceptDrops()


# One payment


def test_a_waiting_payment_says_since_when_and_for_what(qtbot, shop):
    take(shop, 1, method=PaymentMethod.BANK_TRANSFER)
    shop.clock.now = shop.clock.now.replace(minute=4)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0)
    assert page.detail.isVisible()
    said = page.detail.sentence.text()
    assert said == "Waiting since 18:01 (3 min) for the transfer to reach the bank."
    assert [step.title for step in page.detail.steps.steps] == [
        "Recorded",
        "Money received",
        "On statement",
    ]
    assert "Ask for refund – Only a completed payment" in page.detail.reasons.text()


def test_a_customers_markup_is_shown_as_typed(qtbot, shop):
    take(shop, 1, customer_name="<b>Jean</b>")
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0)
    labels = [w.text() for w in page.detail.findChildren(type(page.detail.sentence))]
    assert "<b>Jean</b>" in labels


def test_f12_completes_cash_with_what_the_customer_gave(qtbot, shop):
    payment = take(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    notices = []
    page.notice_raised.connect(notices.append)
    choose(qtbot, shop, page, 0)
    qtbot.keyClick(page, Qt.Key.Key_F12)
    dialog = dialog_of(qtbot, page, CompleteDialog)
    qtbot.keyClicks(dialog.tendered.edit, "20000")
    assert dialog.change.text() == "Change: 5\u202f000\u00a0RWF"
    qtbot.mouseClick(dialog.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)
    assert status(shop, payment) is PaymentStatus.COMPLETED
    assert column(page, "status") == ["Completed"]
    assert page.detail.sentence.text() == "Completed 18:01; not found on a statement yet."
    assert "invoice INV-" in notices[0]


def test_too_little_cash_keeps_the_form_open_with_the_reason(qtbot, shop):
    payment = take(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    qtbot.mouseClick(page.detail.buttons[Act.COMPLETE], Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, page, CompleteDialog)
    qtbot.keyClicks(dialog.tendered.edit, "1000")
    qtbot.mouseClick(dialog.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "too little" in dialog.message.text)
    assert dialog.tendered.amount_minor == 1_000
    assert status(shop, payment) is PaymentStatus.PENDING


def test_the_same_form_submitted_twice_completes_once(qtbot, shop):
    take(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    page.detail.buttons[Act.COMPLETE].click()
    dialog = dialog_of(qtbot, page, CompleteDialog)
    dialog.tendered.set_amount(15_000)
    dialog.submitted.emit()
    dialog.submitted.emit()
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)
    assert len(entries(shop, "payment:completed")) == 1


def test_mobile_money_is_completed_by_hand_by_a_manager_with_a_reason_only(qtbot, shop):
    payment = take(shop, 1, method=PaymentMethod.MTN_MOBILE_MONEY)
    cashier = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, cashier, 0)
    assert not cashier.detail.buttons[Act.COMPLETE].isEnabled()
    assert "only a manager" in cashier.detail.buttons[Act.COMPLETE].toolTip()
    page = open_page(qtbot, shop, MANAGER)
    choose(qtbot, shop, page, 0)
    page.detail.buttons[Act.COMPLETE].click()
    dialog = dialog_of(qtbot, page, CompleteDialog)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "Write why" in dialog.message.text)
    qtbot.keyClicks(dialog.note, "Seen in the network's own list")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    assert status(shop, payment) is PaymentStatus.COMPLETED


def test_a_failure_needs_a_reason_and_is_told_in_the_history(qtbot, shop):
    payment = take(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    page.detail.buttons[Act.FAIL].click()
    dialog = dialog_of(qtbot, page, EndDialog)
    dialog.submit_button.click()
    assert "Write the reason" in dialog.message.text
    qtbot.keyClicks(dialog.note, "He left")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)
    assert status(shop, payment) is PaymentStatus.FAILED
    told = [sentence for _, sentence in page.detail._history.facts]
    assert told[0] == (
        "aline (desk 1) noted that the money did not come: He left (Waiting → Failed)"
    )
    assert told[-1].startswith("aline (desk 1) recorded it: 15\u202f000\u00a0RWF, Cash.")


def test_a_refund_is_asked_for_with_what_is_left_filled_in(qtbot, shop):
    payment = take(shop, 1, seen=True)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    qtbot.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, page, RefundRequestDialog)
    assert dialog.amount.amount_minor == 15_000
    dialog.amount.set_amount(20_000)
    assert dict(dialog.review.facts)["Left after this"].endswith("more than can be refunded")
    dialog.reason.choose("Wrong item or amount")
    qtbot.keyClicks(dialog.reason.note, "Wrong article")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "can still be refunded" in dialog.message.text)
    dialog.amount.set_amount(5_000)
    assert "5\u202f000" in dialog.submit_button.text()
    dialog.submitted.emit()
    dialog.submitted.emit()
    qtbot.waitUntil(lambda: is_gone(dialog))
    settle(qtbot, shop, page)
    refunds = shop.app.payment_lists.detail(MANAGER, payment.payment_id).refunds
    assert [r.refund_amount_minor for r in refunds] == [5_000]
    assert page.detail._refunds.isVisible()


def test_ctrl_p_opens_the_invoice_as_a_file(qtbot, shop):
    take(shop, 1, seen=True)
    opened = []
    page = open_page(qtbot, shop, opener=lambda url: opened.append(url) or True)
    choose(qtbot, shop, page, 0)
    qtbot.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(opened), timeout=10_000)
    assert Path(opened[0].toLocalFile()).read_bytes().startswith(b"%PDF-")


def test_calls_to_a_gateway_are_shown_with_their_folded_json(qtbot, shop):
    payment = take(shop, 1, method=PaymentMethod.MTN_MOBILE_MONEY)
    with shop.app.database.write(CASHIER) as unit:
        unit.session.add(
            PaymentTransaction(
                payment_id=1,
                gateway_name="MTN Mobile Money",
                request_type=RequestType.INITIATE,
                request_data={"amount": "15000"},
                response_data={"status": "<i>PENDING</i>"},
                response_code="202",
                status=TransactionStatus.PENDING,
                processing_time_ms=340,
                request_at=unit.now,
            )
        )
        unit.commit()
    page = open_page(qtbot, shop)
    page.open_item(payment.payment_id)
    settle(qtbot, shop, page)
    views = page.detail.findChildren(JsonView)
    assert [view.fold.isChecked() for view in views] == [False, False]
    views[1].fold.click()
    tree = views[1].tree
    assert tree.model().index(0, 0).data() == 'status: "<i>PENDING</i>"'


def test_open_item_finds_a_payment_that_is_filtered_out(qtbot, shop):
    payment = take(shop, 1, seen=True)
    take(shop, 2)
    page = open_page(qtbot, shop)
    page.list.show_values(FilterValues.choosing(statuses=frozenset({"pending"})))
    settle(qtbot, shop, page)
    page.open_item(payment.payment_id)
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 1"])
    qtbot.waitUntil(page.detail.isVisible)
    assert page.list.table.current_row().payment_id == payment.payment_id
    qtbot.keyClick(page.list.table, Qt.Key.Key_Escape)
    assert not page.detail.isVisible()

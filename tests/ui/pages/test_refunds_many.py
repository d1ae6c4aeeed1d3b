"""Deciding on many refunds at once, on a real shop."""

import pytest
from PySide6.QtCore import Qt

from core.model.refunds import RefundStatus
from tests.ui.pages.test_refunds_page import ask, open_page, settle
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.pages.refunds.bulk import RefundBulkSheet
from ui.pages.refunds.detail import RefundAct
from ui.widgets.messages import InlineMessage


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def select_all(qtbot, page):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def sheet_of(qtbot, page):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(RefundBulkSheet)))
    return next(d for d in page.findChildren(RefundBulkSheet) if d.isVisible())


def finished(qtbot, sheet):
    qtbot.waitUntil(lambda: sheet.message.text.startswith("Done:"), timeout=20_000)


def states(shop):
    return {row.customer_name: row.status for row in shop.app.refunds.page(MANAGER).rows}


def test_many_are_approved_from_one_sheet_with_count_and_sum(qtbot, shop):
    for number in (1, 2, 3):
        ask(shop, number)
    page = open_page(qtbot, shop)
    assert page.bulk.isHidden()
    select_all(qtbot, page)
    assert page.bulk.isVisible()
    assert page.list.totals.selection.text() == "Selected 3 · 36\u202f000\u00a0RWF"
    qtbot.keyClick(page, Qt.Key.Key_A)
    sheet = sheet_of(qtbot, page)
    assert sheet.amount.text() == "36\u202f000\u00a0RWF"
    assert ("Asked by", f"{CASHIER.name} (3)") in sheet.facts.facts
    sheet.submit_button.click()
    sheet.submitted.emit()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 3 of 3."
    assert set(states(shop).values()) == {RefundStatus.APPROVED}
    assert all(row.approved_by == MANAGER.name for row in shop.app.refunds.page(MANAGER).rows)


def test_ones_own_and_what_is_above_the_limit_are_named_and_left_out(qtbot, shop):
    ask(shop, 1)
    ask(shop, 2, by=MANAGER)
    ask(shop, 3, amount=250_000)
    page = open_page(qtbot, shop)
    select_all(qtbot, page)
    approve = page.bulk.buttons[RefundAct.APPROVE]
    assert approve.isEnabled()
    assert approve.toolTip().startswith("2 of 3 left out: ")
    qtbot.keyClick(page, Qt.Key.Key_A)
    sheet = sheet_of(qtbot, page)
    assert sheet.amount.text() == "12\u202f000\u00a0RWF"
    told = " ".join(each.text for each in sheet.findChildren(InlineMessage))
    assert "250\u202f000\u00a0RWF Customer 3): A manager approves up to 100" in told
    assert "12\u202f000\u00a0RWF Customer 2): You asked for it yourself" in told
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 1 of 1."
    waiting = RefundStatus.REQUESTED
    assert [states(shop)[f"Customer {number}"] for number in (2, 3)] == [waiting, waiting]


def test_where_all_are_ones_own_the_reason_is_told(qtbot, shop):
    for number in (1, 2):
        ask(shop, number, by=MANAGER)
    page = open_page(qtbot, shop)
    told = []
    page.notice_raised.connect(told.append)
    select_all(qtbot, page)
    approve = page.bulk.buttons[RefundAct.APPROVE]
    assert not approve.isEnabled()
    assert page.bulk.buttons[RefundAct.REJECT].isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_A)
    assert (
        told == [approve.toolTip()] == ["You asked for it yourself; somebody else must approve it."]
    )


def test_one_that_changed_meanwhile_is_left_alone_and_told(qtbot, shop):
    refunds = [ask(shop, number) for number in (1, 2, 3)]
    page = open_page(qtbot, shop)
    select_all(qtbot, page)
    page.bulk.buttons[RefundAct.APPROVE].click()
    sheet = sheet_of(qtbot, page)
    shop.app.refunds.reject(MANAGER, refunds[1].refund_id, reason="no")
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 2 of 3."
    assert sum(" – Nothing was" in text for text in sheet.outcomes.texts) == 1
    assert states(shop)["Customer 2"] is RefundStatus.REJECTED


def test_a_rejection_of_many_needs_its_reason(qtbot, shop):
    for number in (1, 2):
        ask(shop, number)
    page = open_page(qtbot, shop)
    select_all(qtbot, page)
    qtbot.keyClick(page, Qt.Key.Key_J)
    sheet = sheet_of(qtbot, page)
    sheet.submit_button.click()
    assert "Write the reason" in sheet.message.text
    qtbot.keyClicks(sheet.note, "Bought elsewhere")
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    finished(qtbot, sheet)
    rows = shop.app.refunds.page(MANAGER).rows
    assert {row.status for row in rows} == {RefundStatus.REJECTED}
    assert {row.response_notes for row in rows} == {"Bought elsewhere"}
    sheet.reject()
    settle(qtbot, shop, page)
    assert page.bulk.isHidden()


def test_rows_that_were_never_loaded_are_read_for_the_sheet(qtbot, shop):
    for number in range(1, 8):
        ask(shop, number)
    page = open_page(qtbot, shop)
    page.model.page_size = 3
    page.model.ask_again()
    settle(qtbot, shop, page)
    qtbot.waitUntil(lambda: page.model.total == 7)
    page.table.selectAll()
    page.bulk.open(RefundAct.APPROVE)
    sheet = sheet_of(qtbot, page)
    assert sheet.amount.text() == "84\u202f000\u00a0RWF"


def test_who_may_not_decide_is_offered_nothing(qtbot, shop):
    for number in (1, 2):
        ask(shop, number)
    page = open_page(qtbot, shop, CASHIER)
    select_all(qtbot, page)
    assert not any(made.isEnabled() for made in page.bulk.buttons.values())

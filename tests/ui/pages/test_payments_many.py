"""Acting on many payments, taking in files, and other desks, on a real shop."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QPushButton

from core.app import Configuration, open_shop
from core.configuration import PasswordCost
from core.model.payments import (
    PaymentMethod,
    PaymentStatus,
)
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from tests.ui.pages.payments_steps import (
    choose,
    column,
    dialog_of,
    entries,
    open_page,
    settle,
    status,
    take,
)
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import BulkSheet
from ui.pages.payments.dialogs import EndDialog
from ui.pages.payments.importing import ImportReportDialog
from ui.pages.payments.reminders import ReminderSheet
from ui.relay import ChangeRelay


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


# Many payments


def test_only_what_all_selected_allow_is_offered_and_the_rest_says_why(qtbot, shop):
    take(shop, 1, seen=True)
    take(shop, 2)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1)
    acts = page.bulk.actions_by_act
    assert not acts[Act.COMPLETE].isEnabled()
    assert "1 of 2: It is completed already." in acts[Act.COMPLETE].text()
    assert not acts[Act.GENERATE_INVOICE].isEnabled()
    assert page.list.totals.selection.text() == "Selected 2 · 30\u202f000\u00a0RWF"
    choose(qtbot, shop, page, 0)
    assert acts[Act.COMPLETE].isEnabled()
    assert acts[Act.REMIND].isEnabled()


def test_a_card_payment_without_its_code_is_not_completed_in_a_crowd(qtbot, shop):
    take(shop, 1, method=PaymentMethod.CARD)
    take(shop, 2)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1)
    assert "approval code" in page.bulk.actions_by_act[Act.COMPLETE].text()


def test_many_are_completed_once_however_often_it_is_pressed(qtbot, shop):
    payments = [take(shop, number) for number in (1, 2, 3)]
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1, 2)
    qtbot.keyClick(page, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    sheet = dialog_of(qtbot, page, BulkSheet)
    assert sheet.amount.text() == "45\u202f000\u00a0RWF"
    sheet.submitted.emit()
    sheet.submitted.emit()
    qtbot.waitUntil(lambda: sheet.message.text == "Done: 3 of 3.")
    settle(qtbot, shop, page)
    sheet.submitted.emit()
    settle(qtbot, shop, page)
    assert {status(shop, p) for p in payments} == {PaymentStatus.COMPLETED}
    assert len(entries(shop, "payment:completed")) == 3
    qtbot.mouseClick(sheet.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: column(page, "status") == ["Completed"] * 3)


def test_one_refused_row_stops_no_other_and_says_why(qtbot, shop):
    first, second = take(shop, 1), take(shop, 2)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1)
    page.bulk.actions_by_act[Act.FAIL].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    shop.app.payments.cancel(CASHIER, first.payment_id, note="gone")
    sheet.submit_button.click()
    assert "Write the reason" in sheet.message.text
    qtbot.keyClicks(sheet.note, "Never came")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: sheet.message.text == "Done: 1 of 2.")
    lines = sheet.outcomes.texts
    assert len(lines) == 2
    assert sum("cancelled" in line for line in lines) == 1
    assert status(shop, second) is PaymentStatus.FAILED
    assert status(shop, first) is PaymentStatus.CANCELLED


def test_completed_payments_are_marked_as_reconciled_with_a_reason(qtbot, shop):
    take(shop, 1, seen=True)
    page = open_page(qtbot, shop, CLERK)
    choose(qtbot, shop, page, 0)
    page.bulk.actions_by_act[Act.RECONCILE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    qtbot.keyClicks(sheet.note, "Line 4 of June")
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: sheet.message.text == "Done: 1 of 1.")
    sheet.reject()
    qtbot.waitUntil(lambda: column(page, "reconciled") == ["On statement"])


def test_reminders_are_texts_and_nothing_is_recorded_as_sent(qtbot, shop):
    take(shop, 1)
    take(shop, 2, phone_number="")
    opened = []
    page = open_page(qtbot, shop, opener=lambda url: opened.append(url) or True)
    before = len(shop.app.audit.page(MANAGER, limit=500).rows)
    choose(qtbot, shop, page, 0, 1)
    page.bulk.actions_by_act[Act.REMIND].trigger()
    sheet = dialog_of(qtbot, page, ReminderSheet)
    assert sheet.notice.text.startswith("Nothing was sent.")
    assert "15\u202f000 RWF for ORD-002 is still open" in sheet.cards[0].text.toPlainText()
    links = [b for b in sheet.findChildren(QPushButton) if b.text() == "Open as SMS"]
    assert [b.isEnabled() for b in links] == [False, True]
    links[1].click()
    assert opened[0].scheme() == "sms"
    assert opened[0].toString().startswith("sms:+250788123456?body=Hello")
    sheet.copy_all.click()
    sheet.accept()
    assert len(shop.app.audit.page(MANAGER, limit=500).rows) == before


# Taking in files

CSV = """payment_id,payment_method,amount,currency,status,customer_name,created_at
,cash,15000,RWF,pending,Imported One,2026-06-20T08:00:00Z
,cash,1.234.5,RWF,pending,Imported Two,2026-06-20T08:00:00Z
"""


def test_a_dropped_file_is_taken_in_and_refused_rows_can_be_copied(qtbot, shop, tmp_path):
    file = tmp_path / "june.csv"
    file.write_text(CSV, encoding="utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text("[{", encoding="utf-8")
    page = open_page(qtbot, shop, CLERK)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (file, broken)])
    drop = QDropEvent(
        QPointF(QPoint(50, 50)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(drop)
    report = dialog_of(qtbot, page, ImportReportDialog)
    assert report.messages[0].text == "june.csv: 1 new, 0 known already, 1 refused."
    assert report.messages[1].text.startswith("Nothing was imported.")
    report.copy_button.click()
    assert "june.csv\t3\t" in QGuiApplication.clipboard().text()
    report.accept()
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Imported One"])
    page.import_payments([file])
    qtbot.waitUntil(
        lambda: any("0 new, 1 known" in d.messages[0].text
                    for d in page.findChildren(ImportReportDialog))
    )  # fmt: skip


# Other desks


def test_another_desks_change_is_seen_within_a_second_without_moving_the_selection(qtbot, shop):
    payments = [take(shop, number) for number in (1, 2, 3)]
    page = open_page(qtbot, shop)
    relay = ChangeRelay(shop.app.changes)
    relay.changed.connect(page.changes_arrived)
    shop.app.changes.start()
    choose(qtbot, shop, page, 1)
    other_desk = open_shop(
        Configuration(
            shop.app.configuration.data_dir,
            desk="desk 2",
            clock=shop.clock,
            password_cost=PasswordCost(1, 8, 1),
        )
    )
    try:
        colleague = Actor(7, "bea", Role.CASHIER, desk="desk 2")
        other_desk.payments.fail(colleague, payments[0].payment_id, note="He left")
        qtbot.waitUntil(
            lambda: column(page, "status") == ["Waiting", "Waiting", "Failed"], timeout=1000
        )
        other_desk.payments.record(
            colleague, RecordPayment(key="o", method=PaymentMethod.CASH, amount_minor=700)
        )
        qtbot.waitUntil(lambda: page.list.model.rowCount() == 4, timeout=1000)
        chosen = [row.payment_id for row in page.list.table.selected_rows()]
        assert chosen == [payments[1].payment_id]
        assert page.detail.detail.payment.payment_id == payments[1].payment_id
        other_desk.payments.cancel(colleague, payments[1].payment_id, note="Called off")
        qtbot.waitUntil(lambda: "Called off" in page.detail.sentence.text(), timeout=1000)
    finally:
        other_desk.close()
        relay.close()
    settle(qtbot, shop, page)


def test_an_open_form_is_left_alone_until_it_closes(qtbot, shop):
    payment = take(shop, 1)
    page = open_page(qtbot, shop, CASHIER)
    choose(qtbot, shop, page, 0)
    page.detail.buttons[Act.CANCEL].click()
    dialog = dialog_of(qtbot, page, EndDialog)
    shop.app.payments.fail(CASHIER, payment.payment_id, note="gone")
    page.changes_arrived(frozenset({"payments"}))
    assert not shop.tasks.is_busy
    dialog.reject()
    qtbot.waitUntil(lambda: column(page, "status") == ["Failed"])

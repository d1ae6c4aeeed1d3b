"""The mail page and the form that sends, through their own widgets, on a real shop."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind, MailStatus
from core.services.mail.settings import MailForm
from core.services.payments.rules import RecordPayment
from tests.mail_host import MailHost
from ui.gallery_mail import fill_mail, hold_mail, set_up_mail
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.mail.send_dialog import SendMailDialog
from ui.main_window import MainWindow
from ui.models.roles import DISPLAY
from ui.pages.invoices.details import PaperAct
from ui.pages.invoices.page import InvoicesPage
from ui.pages.mail.page import MailPage
from ui.pages.payments.page import PaymentsPage
from ui.pages.payments.reminders import ReminderSheet
from ui.relay import ChangeRelay

ADMIN = Actor(4, "ange", Role.ADMIN, desk="office")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def take(shop, number, name="Claire Uwase", *, paid=True):
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=PaymentMethod.CASH,
            amount_minor=11_800,
            customer_name=name,
            phone_number="0788123456",
            transaction_reference=f"ORD-{number:03d}",
            tendered_minor=11_800,
            complete_now=paid,
        ),
    )


def queue(shop, payment, kind=MailKind.INVOICE, address="claire@example.rw"):
    command = QueueMail(f"q-{payment.payment_id[:8]}-{kind}", kind, payment.payment_id, address)
    return shop.app.mail_queue.queue(CASHIER, command)


def show(qtbot, shop, page):
    qtbot.addWidget(page)
    page.resize(1280, 760)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return page


def open_page(qtbot, shop, actor=CASHIER):
    page = show(qtbot, shop, MailPage(shop.context(actor)))
    qtbot.waitUntil(lambda: page.model.is_answered and not shop.tasks.is_busy)
    return page


def states(page):
    return [page.model.index(row, 0).data(DISPLAY) for row in range(page.model.rowCount())]


def settle(qtbot, shop):
    for _ in range(3):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def test_the_list_counts_by_state_and_its_tabs_filter(qtbot, shop):
    for number in range(16):
        take(shop, number, f"Customer {number}")
    fill_mail(shop)
    page = open_page(qtbot, shop)
    assert page.tabs.tabText(0) == "All (16)"
    assert set(states(page)) == {"Waiting", "Sent", "Refused", "Called off", "Sending"}
    page.tabs.setCurrentIndex(2)
    settle(qtbot, shop)
    assert set(states(page)) == {"Refused"}
    assert page.tabs.tabText(2) == f"Refused ({page.model.rowCount()})"


def test_a_mail_shows_its_text_its_paper_and_what_follows(qtbot, shop):
    set_up_mail(shop)
    sale = take(shop, 1)
    queue(shop, sale)
    page = open_page(qtbot, shop)
    page.table.selectRow(0)
    settle(qtbot, shop)
    assert page.pane.subject.text() == f"Invoice {sale.invoice_number} from Inzozi Shop"
    assert page.pane.text.toPlainText().startswith("Hello Claire Uwase,")
    assert dict(page.pane.facts.facts)["Attachment"] == f"{sale.invoice_number}.pdf"
    assert page.pane.sentence.text() == "It goes as soon as the mail server takes it."
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(page, Qt.Key.Key_J, CONTROL)
    assert asked.args == [sale.payment_id]


def test_f6_and_enter_lead_into_the_mail_and_f6_and_esc_back(qtbot, shop):
    set_up_mail(shop)
    queue(shop, take(shop, 1))
    page = open_page(qtbot, shop)
    page.table.selectRow(0)
    page.table.setFocus()
    qtbot.waitUntil(lambda: page.pane.isVisible() and not shop.tasks.is_busy)
    for there, back in ((Qt.Key.Key_F6, Qt.Key.Key_F6), (Qt.Key.Key_Return, Qt.Key.Key_Escape)):
        qtbot.keyClick(page.table, there)
        assert page.pane.area.hasFocus()
        qtbot.keyClick(page.pane.area, back)
        assert page.table.hasFocus()


def test_a_waiting_mail_is_called_off_by_key_and_then_offers_nothing(qtbot, shop):
    set_up_mail(shop)
    mail = queue(shop, take(shop, 1))
    page = open_page(qtbot, shop)
    page.table.selectRow(0)
    settle(qtbot, shop)
    qtbot.keyClick(page, Qt.Key.Key_X, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: states(page) == ["Called off"])
    settle(qtbot, shop)
    assert shop.app.mail_queue.one(CASHIER, mail.mail_id).row.status is MailStatus.CANCELLED
    buttons = list(page.pane.buttons.values())
    assert [made.isEnabled() for made in buttons] == [False, False, True]
    assert "called off" in buttons[0].toolTip()


def test_a_refused_mail_is_tried_again_from_its_button(qtbot, shop):
    for number in range(3):
        take(shop, number, f"Customer {number}")
    fill_mail(shop)
    page = open_page(qtbot, shop)
    page.tabs.setCurrentIndex(2)
    settle(qtbot, shop)
    page.table.selectRow(0)
    settle(qtbot, shop)
    assert "user unknown" in page.pane.sentence.text()
    page.pane.buttons[next(iter(page.pane.buttons))].click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0 and not shop.tasks.is_busy)
    assert page.empty.sentence.text() == "No mail was refused."
    assert page.tabs.tabText(1) == "Waiting (2)"


def test_what_holds_all_mails_back_is_told_once_with_a_way_out(qtbot, shop):
    hold_mail(shop)
    set_up_mail(shop)
    queue(shop, take(shop, 1))
    page = open_page(qtbot, shop)
    assert "refuses the user or the password" in page.bar.text
    assert "Waiting: 1. Nothing is lost." in page.bar.text
    shop.clock.now += timedelta(minutes=1)
    page.bar.action_triggered.emit()
    settle(qtbot, shop)
    assert shop.app.mail_queue.channel(CASHIER).next_try_at == shop.clock.now


def test_an_empty_shop_says_where_mail_comes_from(qtbot, shop):
    page = open_page(qtbot, shop)
    assert page.stack.currentWidget() is page.empty
    assert "from their payment" in page.empty.sentence.text()
    assert not page.hasten_button.isEnabled()


# Sending


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def test_an_invoice_is_sent_from_its_payment_in_another_language(qtbot, shop):
    take(shop, 1)
    set_up_mail(shop)
    page = show(qtbot, shop, PaymentsPage(shop.context(CASHIER)))
    qtbot.waitUntil(lambda: page.list.table.rows.total > 0)
    page.list.table.selectRow(0)
    qtbot.waitUntil(lambda: page.detail.isVisible() and not shop.tasks.is_busy)
    qtbot.keyClick(page, Qt.Key.Key_M, CONTROL)
    form = dialog_of(qtbot, page, SendMailDialog)
    assert form.address.text() == "claire.uwase@example.rw"
    form.language.setCurrentIndex(form.language.findData("rw"))
    qtbot.waitUntil(lambda: form.text.toPlainText().startswith("Muraho Claire"))
    form.kind.setCurrentIndex(1)
    qtbot.waitUntil(lambda: form.attachment.text().startswith("receipt-"))
    settle(qtbot, shop)
    with qtbot.waitSignal(form.finished):
        qtbot.keyClick(form, Qt.Key.Key_F12)
    (mail,) = shop.app.mail_queue.page(CASHIER).rows
    assert (mail.kind, mail.language) == (MailKind.RECEIPT, "rw")
    settle(qtbot, shop)


def test_a_wrong_address_keeps_the_form_and_everything_typed(qtbot, shop):
    set_up_mail(shop)
    take(shop, 1, "Divine Mukamana")
    page = show(qtbot, shop, InvoicesPage(shop.context(CASHIER)))
    qtbot.waitUntil(lambda: page.table.rows.total > 0)
    page.table.selectRow(0)
    settle(qtbot, shop)
    page.invoices.detail.buttons[PaperAct.MAIL].click()
    form = dialog_of(qtbot, page, SendMailDialog)
    assert form.address.text() == ""
    qtbot.keyClicks(form.address, "divine@")
    qtbot.keyClick(form, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: form.message.text.startswith("Nothing was sent. “divine@”"))
    assert form.address.property("invalid") == "true"
    qtbot.keyClicks(form.address, "example.rw")
    with qtbot.waitSignal(form.finished):
        qtbot.keyClick(form, Qt.Key.Key_F12)
    settle(qtbot, shop)
    (mail,) = shop.app.mail_queue.page(CASHIER).rows
    assert mail.recipient_address == "divine@example.rw"


def test_without_a_mail_account_the_form_says_who_sets_it_up(qtbot, shop):
    take(shop, 1)
    page = show(qtbot, shop, InvoicesPage(shop.context(CASHIER)))
    qtbot.waitUntil(lambda: page.table.rows.total > 0)
    page.table.selectRow(0)
    settle(qtbot, shop)
    qtbot.keyClick(page, Qt.Key.Key_M, CONTROL)
    form = dialog_of(qtbot, page, SendMailDialog)
    assert "an admin does it under Settings, Mail" in form.message.text
    assert not form.submit_button.isEnabled()
    form.reject()
    settle(qtbot, shop)


def test_reminders_go_by_mail_where_they_can_and_say_why_not_elsewhere(qtbot, shop):
    set_up_mail(shop)
    reminded = take(shop, 1, "Claire Uwase", paid=False)
    take(shop, 2, "Divine Mukamana", paid=False)
    fresh = take(shop, 3, "Eric Niyonzima", paid=False)
    set_up_mail(shop)  # now that the customers are kept
    queue(shop, reminded, MailKind.PAYMENT_REMINDER)
    page = show(qtbot, shop, PaymentsPage(shop.context(MANAGER)))
    qtbot.waitUntil(lambda: page.list.table.rows.total > 0)
    page.list.table.selectAll()
    qtbot.waitUntil(lambda: page.list.selection_count == 3 and not shop.tasks.is_busy)
    page.bulk.actions_by_act[next(a for a in page.bulk.actions_by_act if a == "remind")].trigger()
    sheet = dialog_of(qtbot, page, ReminderSheet)
    by_name = {card.payment.customer_name: card for card in sheet.cards}
    assert "already waits to be sent" in by_name["Claire Uwase"].outcome.text()
    assert not by_name["Claire Uwase"].by_mail.isEnabled()
    assert "est toujours en attente" in by_name["Claire Uwase"].text.toPlainText()
    assert sheet.send_button.text() == "Send 1 mail (F12)"
    qtbot.keyClicks(by_name["Divine Mukamana"].address, "divine@")
    assert sheet.send_button.text() == "Send 2 mails (F12)"
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: sheet.notice.text.startswith("On their way: 1 of 2."))
    assert "is not an e-mail address" in by_name["Divine Mukamana"].outcome.text()
    qtbot.keyClicks(by_name["Divine Mukamana"].address, "example.rw")
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: sheet.notice.text.startswith("On their way: 1 of 1."))
    assert not sheet.send_button.isEnabled()
    mails = shop.app.mail_queue.page(CASHIER).rows
    assert {m.recipient_address for m in mails} == {
        "claire@example.rw",
        "divine@example.rw",
        "eric@example.rw",
    }
    assert fresh.payment_id in {m.payment_id for m in mails}
    sheet.reject()
    settle(qtbot, shop)


def test_a_mail_goes_from_the_form_to_the_customer_and_the_books_say_so(qtbot, shop):
    sale = take(shop, 1)
    set_up_mail(shop)
    with MailHost() as host:
        settings = replace(
            shop.app.mail_settings.load(),
            mail_host="127.0.0.1",
            mail_port=host.port,
            mail_security="none",
            mail_user="",
        )
        shop.app.mail_settings.save(ADMIN, MailForm(settings))
        relay = ChangeRelay(shop.app.changes)
        window = show(qtbot, shop, MainWindow(shop.context(CASHIER), relay))
        shop.app.start_background()
        invoices = window.show_page("invoices")
        settle(qtbot, shop)
        invoices.table.selectRow(0)
        settle(qtbot, shop)
        qtbot.keyClick(invoices, Qt.Key.Key_M, CONTROL)
        form = dialog_of(qtbot, invoices, SendMailDialog)
        with qtbot.waitSignal(form.finished):
            qtbot.keyClick(form, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: len(host.received) == 1, timeout=15_000)
        mails = window.show_page("mail")
        qtbot.waitUntil(lambda: states(mails) == ["Sent"], timeout=15_000)
        (invoice,) = shop.app.invoices.page(CASHIER).rows
        assert invoice.sent_to_customer
        assert host.received[0].papers[0][0] == f"{sale.invoice_number}.pdf"
        window.show_page("invoices")
        qtbot.waitUntil(
            lambda: "Sent to the customer" in dict(invoices.invoices.detail.facts.facts),
            timeout=15_000,
        )
        settle(qtbot, shop)
        relay.close()

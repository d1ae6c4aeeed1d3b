from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QApplication

from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import RecordPayment
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.pages.cashier.dialogs import CompleteDialog, EndDialog, RefundDialog
from ui.pages.cashier.drafts import DraftFile, PaymentDraft
from ui.pages.cashier.notes import change_in_notes, change_text
from ui.pages.cashier.page import CashierPage
from ui.pages.cashier.payment_form import PaymentForm

CASH, MTN = PaymentMethod.CASH, PaymentMethod.MTN_MOBILE_MONEY


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def open_page(qtbot, shop) -> Iterator[Callable[[str], CashierPage]]:
    pages = []

    def make(name: str = "aline") -> CashierPage:
        page = CashierPage(shop.context(name))
        qtbot.addWidget(page)
        page.resize(1100, 680)
        page.show()
        qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
        page.activateWindow()
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.hide()


@pytest.fixture
def page(open_page) -> CashierPage:
    return open_page()


def payments_of(shop: Shop):
    return shop.app.payment_lists.page(shop.actor("marie"), PaymentFilter()).rows


def idle(qtbot, shop: Shop) -> None:
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def type_cash_sale(qtbot, form: PaymentForm, amount: str = "15000", gave: str = "20000") -> None:
    qtbot.keyClicks(form.amount.edit, amount)
    qtbot.keyClicks(form.cash.tendered.edit, gave)


def test_a_cash_sale_shows_its_change_as_notes_and_is_completed_by_f12(qtbot, shop, page):
    type_cash_sale(qtbot, page.form, "12500", "20000")
    assert page.form.cash.change.text() == "7\u202f500\u00a0RWF"
    assert page.form.cash.pieces.text() == "1 × 5\u202f000 + 1 × 2\u202f000 + 1 × 500"
    assert "12\u202f500" in page.form.confirm.text()
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(page.strip.isVisible)
    (payment,) = payments_of(shop)
    assert (payment.status, payment.amount_minor) == (PaymentStatus.COMPLETED, 12_500)
    assert payment.tendered_minor == 20_000
    assert payment.invoice_number in page.strip.detail.text()
    assert page.strip.change.text() == "7\u202f500\u00a0RWF"
    assert page.form.amount.edit.text() == ""


def test_open_invoice_hands_the_pdf_to_the_system(qtbot, shop, page):
    opened = []

    class Viewer(QObject):
        @Slot(QUrl)
        def show(self, url: QUrl) -> None:
            opened.append(Path(url.toLocalFile()))

    viewer = Viewer()
    QDesktopServices.setUrlHandler("file", viewer, "show")
    try:
        type_cash_sale(qtbot, page.form)
        page.form.confirm.click()
        qtbot.waitUntil(page.strip.isVisible)
        page.strip.open_invoice.click()
        qtbot.waitUntil(lambda: bool(opened))
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opened[0].read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "amount_minor"), [("1.500", 1500), ("1,500", 1500), ("1 500", 1500), ("15+", 15_000)]
)
def test_separators_are_only_groups_of_three(qtbot, page, typed, amount_minor):
    qtbot.keyClicks(page.form.amount.edit, typed)
    assert page.form.amount.amount_minor == amount_minor


@pytest.mark.parametrize("typed", ["-5", "1e9", "12,5", "1.5", "0", "abc", "99999999999999999"])
def test_what_is_no_whole_amount_is_refused_under_the_field(qtbot, page, typed):
    form = page.form
    form.amount.setFocus()
    qtbot.waitUntil(form.amount.edit.hasFocus)
    qtbot.keyClicks(form.amount.edit, typed)
    form.customer.setFocus()
    assert form.amount.amount_minor is None
    assert form.amount.edit.property("invalid") == "true"
    assert form.amount.echo.text()
    assert not form.confirm.isEnabled()


def test_confirm_waits_for_enough_cash(qtbot, page):
    type_cash_sale(qtbot, page.form, "15000", "10000")
    assert not page.form.confirm.isEnabled()
    assert "5\u202f000" in page.form.hint.text()
    qtbot.keyClick(page.form.cash.tendered.edit, "=")
    assert page.form.cash.tendered.amount_minor == 15_000
    assert page.form.confirm.isEnabled()


def test_quick_notes_add_up(qtbot, page):
    qtbot.keyClicks(page.form.amount.edit, "11500")
    for note in (5000, 5000, 2000):
        page.form.cash.note_buttons[note].click()
    assert page.form.cash.tendered.amount_minor == 12_000


def test_enter_leads_from_amount_over_tendered_to_confirm(qtbot, shop, page):
    form = page.form
    form.amount.setFocus()
    qtbot.keyClicks(form.amount.edit, "1000")
    qtbot.keyClick(form.amount.edit, Qt.Key.Key_Return)
    assert form.cash.tendered.edit.hasFocus()
    qtbot.keyClicks(form.cash.tendered.edit, "1000")
    qtbot.keyClick(form.cash.tendered.edit, Qt.Key.Key_Return)
    assert form.confirm.hasFocus()
    qtbot.keyClick(form.confirm, Qt.Key.Key_Return)
    qtbot.waitUntil(page.strip.isVisible)
    assert len(payments_of(shop)) == 1


def test_the_second_press_records_nothing_more(qtbot, shop, page):
    type_cash_sale(qtbot, page.form)
    page.form.confirm.click()
    page.form.confirm.click()
    qtbot.keyClick(page.form, Qt.Key.Key_F12)
    idle(qtbot, shop)
    assert len(payments_of(shop)) == 1


def test_the_key_is_kept_until_success_and_renewed_after(qtbot, shop, page):
    key = page.form.key
    page.form.methods.buttons[PaymentMethod.BANK_TRANSFER].click()
    qtbot.keyClicks(page.form.amount.edit, "9000")
    page.form.bank.reference.setText("FT1")
    shop.app.payments.record(
        shop.actor("marie"),
        RecordPayment(
            key="other",
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=1,
            transaction_id="FT1",
            complete_now=True,
        ),
    )
    page.form.confirm.click()
    qtbot.waitUntil(lambda: bool(page.form.message.text))
    assert "FT1" in page.form.message.text
    assert page.form.amount.amount_minor == 9000
    assert page.form.key == key
    page.form.bank.reference.setText("FT2")
    page.form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    assert page.form.key != key


def test_the_number_hints_at_the_network_and_a_person_overrides(qtbot, page):
    form = page.form
    qtbot.keyClicks(form.phone.edit, "0788123456")
    assert form.methods.method is MTN
    form.phone.edit.clear()
    qtbot.keyClicks(form.phone.edit, "0730123456")
    assert form.methods.method is PaymentMethod.AIRTEL_MONEY
    form.methods.buttons[CASH].click()
    form.phone.edit.clear()
    qtbot.keyClicks(form.phone.edit, "0788123456")
    assert form.methods.method is CASH


def test_mobile_money_is_kept_waiting_and_says_so(qtbot, shop, page):
    form = page.form
    qtbot.keyClicks(form.phone.edit, "0788123456")
    qtbot.keyClicks(form.amount.edit, "3000")
    assert "Record" in form.confirm.text()
    form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    assert "waits" in page.strip.text.text()
    assert not page.strip.open_invoice.isVisible()
    qtbot.waitUntil(lambda: page.waiting.model.rowCount() == 1)
    assert "Only the network or a manager" in page.waiting.reason.text()
    assert not page.waiting.confirm.isEnabled()


def test_control_and_a_digit_choose_the_way_to_pay(qtbot, page):
    by_money = [method for method in page.form.methods.buttons if method.is_money]
    for number, method in enumerate(by_money, start=1):
        qtbot.keyClick(page.form.amount.edit, str(number), Qt.KeyboardModifier.ControlModifier)
        assert page.form.methods.method is method


def test_sale_lines_make_the_amount_and_stand_in_the_order(qtbot, shop, page):
    form = page.form
    form.lines.add_button.click()
    row = form.lines.fields()
    qtbot.keyClicks(row[0], "Igitenge")
    qtbot.keyClicks(row[1], "6000")
    assert form.amount.amount_minor == 6000
    assert form.amount.edit.isReadOnly()
    form.lines.add_button.click()
    assert form.problem() == "Give every sale line a name and a price."
    qtbot.keyClicks(form.lines.fields()[2], "Thread")
    qtbot.keyClicks(form.lines.fields()[3], "500")
    assert form.amount.amount_minor == 6500
    form.cash.exact.click()
    form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    (payment,) = payments_of(shop)
    assert payment.amount_minor == 6500
    assert payment.order_number
    assert not form.amount.edit.isReadOnly()


def test_a_sale_line_takes_the_very_next_key(qtbot, page):
    page.form.amount.setFocus()
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert page.focusWidget() is page.form.lines.fields()[0]


def test_what_confirms_stays_in_sight_on_a_low_screen(qtbot, shop, page):
    type_cash_sale(qtbot, page.form)
    page.form.confirm.click()
    idle(qtbot, shop)
    page.resize(900, 420)
    view = page.form_area.viewport()

    def in_sight(widget) -> bool:
        corner = widget.mapTo(view, widget.rect().bottomLeft())
        return corner.y() - widget.height() + 1 >= 0 and corner.y() <= view.height()

    qtbot.waitUntil(lambda: page.form_area.verticalScrollBar().maximum() > 0)
    assert in_sight(page.strip.change)
    page.form.set_draft(PaymentDraft(reference="ORD-1", amount="5000"))
    page.form.amount.edit.setText("6000")
    assert in_sight(page.form.confirm)
    page.new_button.click()
    assert in_sight(page.form.amount)
    type_cash_sale(qtbot, page.form)
    page.form.confirm.click()
    idle(qtbot, shop)
    qtbot.waitUntil(lambda: in_sight(page.strip.change))


@pytest.mark.parametrize("width", [860, 960, 1060, 1120, 1300])
def test_every_way_to_pay_fits_beside_what_waits(qtbot, shop, page, width):
    type_cash_sale(qtbot, page.form)
    page.form.confirm.click()
    idle(qtbot, shop)
    page.resize(width, 650)
    qtbot.wait(20)
    assert page.form_area.horizontalScrollBar().maximum() == 0


def test_a_card_needs_its_approval_code(qtbot, shop, page):
    form = page.form
    form.methods.buttons[PaymentMethod.CARD].click()
    qtbot.keyClicks(form.amount.edit, "4000")
    assert not form.confirm.isEnabled()
    code, last4 = form.panels[PaymentMethod.CARD].edits().values()
    qtbot.keyClicks(code, "A12")
    qtbot.keyClicks(last4, "4x2")
    assert last4.text() == "42"
    assert not form.confirm.isEnabled()
    qtbot.keyClicks(last4, "24")
    assert form.confirm.isEnabled()
    last4.setText("4242")
    form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    (payment,) = payments_of(shop)
    assert (payment.card_last4, payment.card_approval_code) == ("4242", "A12")


def test_a_waiting_payment_is_confirmed_with_its_evidence(qtbot, shop, open_page):
    for key, method in (("d", PaymentMethod.CASH_ON_DELIVERY), ("m", MTN)):
        shop.app.payments.record(
            shop.actor("aline"),
            RecordPayment(key=key, method=method, amount_minor=7000, phone_number="0788123456"),
        )
    page = open_page("marie")
    assert page.waiting.model.rowCount() == 2
    page.waiting.list.setCurrentIndex(page.waiting.model.index(1, 0))
    qtbot.keyClick(page.waiting.list, Qt.Key.Key_Return)
    dialog = page.findChild(CompleteDialog)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "by hand" in dialog.message.text)
    dialog.fields["note"].setText("Seen on the shop's phone")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: page.waiting.model.rowCount() == 1)
    assert {row.status for row in payments_of(shop)} == {
        PaymentStatus.COMPLETED,
        PaymentStatus.PENDING,
    }
    assert page.strip.isVisible()


def test_a_waiting_payment_fails_or_is_called_off_only_with_a_reason(qtbot, shop, open_page):
    for key in ("a", "b"):
        shop.app.payments.record(
            shop.actor("aline"),
            RecordPayment(key=key, method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=7000),
        )
    page = open_page("aline")
    for key, left in (("f", 1), ("c", 0)):
        qtbot.keyClick(page.waiting.list, key)
        dialog = next(d for d in page.findChildren(EndDialog) if d.isVisible())
        dialog.submit_button.click()
        assert dialog.message.text
        qtbot.keyClicks(dialog.reason, "The courier came back")
        qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda left=left: page.waiting.model.rowCount() == left)
    assert {row.status for row in payments_of(shop)} == {
        PaymentStatus.FAILED,
        PaymentStatus.CANCELLED,
    }


def test_a_completed_payment_leads_to_a_refund_request(qtbot, shop, page):
    type_cash_sale(qtbot, page.form)
    page.form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    page.strip.ask_refund.click()
    dialog = page.findChild(RefundDialog)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "Choose a reason" in dialog.message.text)
    dialog.reason.choose("Wrong item or amount")
    qtbot.keyClicks(dialog.reason.note, "Wrong article")
    with qtbot.waitSignal(page.notice_raised) as told:
        dialog.submit_button.click()
    assert "manager decides" in told.args[0]
    assert sum(shop.app.refunds.counts(shop.actor("marie")).values()) == 1


def test_an_unfinished_payment_survives_a_restart_with_its_key(qtbot, shop, open_page):
    first = open_page()
    first.form.customer.setText("Jean <b>B</b>")
    type_cash_sale(qtbot, first.form)
    key = first.form.key
    first.hide()
    idle(qtbot, shop)
    second = open_page()
    assert second.form.amount.amount_minor == 15_000
    assert second.form.cash.tendered.amount_minor == 20_000
    assert second.form.customer.text() == "Jean <b>B</b>"
    assert second.form.key == key
    assert second.kept_bar.isVisible()
    second.form.confirm.click()
    qtbot.waitUntil(second.strip.isVisible)
    idle(qtbot, shop)
    assert not DraftFile(shop.folder, "aline").path.exists()
    assert not second.kept_bar.isVisible()


def test_a_draft_is_written_while_typing_goes_on(qtbot, shop, page):
    path = DraftFile(shop.folder, "aline").path
    qtbot.keyClicks(page.form.amount.edit, "15000")
    qtbot.waitUntil(path.exists)
    assert json.loads(path.read_text(encoding="utf-8"))["amount"] == "15000"
    qtbot.keyClick(page, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: not path.exists())
    assert page.form.amount.edit.text() == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"lines": [3]}', '{"method": "x", "evidence": 3}', "[" * 9000]
)
def test_a_damaged_draft_is_no_draft(tmp_path, text):
    file = DraftFile(tmp_path, "aline")
    file.path.parent.mkdir()
    file.path.write_text(text, encoding="utf-8")
    kept = file.load()
    assert kept is None or kept.is_empty


def test_no_name_leads_a_draft_out_of_its_folder(tmp_path):
    file = DraftFile(tmp_path, "../../x/Ü")
    file.save(PaymentDraft(amount="1"))
    assert file.path.parent == tmp_path / "drafts"
    assert file.load() == PaymentDraft(amount="1")


def _press(edit, text: str, at_ms: int, key: Qt.Key = Qt.Key.Key_A) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    event.setTimestamp(at_ms)
    QApplication.sendEvent(edit, event)


@pytest.mark.parametrize(("gap_ms", "is_scan"), [(8, True), (120, False)])
def test_a_scanned_code_never_ends_up_as_an_amount(page, gap_ms, is_scan):
    form = page.form
    qtbot_amount = form.amount.edit
    qtbot_amount.setText("500")
    for place, digit in enumerate("61234567890"):
        _press(qtbot_amount, digit, 1000 + place * gap_ms)
    _press(qtbot_amount, "\r", 1000 + 11 * gap_ms, Qt.Key.Key_Return)
    assert (form.reference.text() == "61234567890") is is_scan
    assert (form.amount.amount_minor == 500) is is_scan


@pytest.mark.parametrize("change", [0, 5, 1500, 3000, 4999, 88_885])
def test_change_is_handed_out_to_the_last_franc(change):
    assert sum(count * value for count, value in change_in_notes(change)) == change
    assert bool(change_text(change)) is bool(change)

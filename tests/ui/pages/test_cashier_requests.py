"""Mobile money at the cashier's desk: asked, followed, received, failed, asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import event

from core.model.payments import PaymentMethod, PaymentStatus, TransactionStatus
from core.model.providers import Environment
from core.services.gateways.rows import Reason, Trouble
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import RecordPayment
from core.services.payments.service import find_payment
from core.services.providers.forms import MTNProviderForm
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.gallery_requests import SAMPLES, RequestSample, ask_in_shop, move_request
from ui.keys_sheet import KeysSheet
from ui.mobile_money.charge_again import ChargeAgainSheet
from ui.mobile_money.message_dialog import MessageDialog
from ui.pages.cashier.dialogs import CompleteDialog, EndDialog
from ui.pages.cashier.page import CashierPage
from ui.pages.cashier.waiting_model import ENTRY_ROLE
from ui.widgets.basics import PlainLabel

Status = TransactionStatus
MTN = PaymentMethod.MTN_MOBILE_MONEY
PAYMENTS = frozenset({"payments"})
READY = MTNProviderForm(
    environment=Environment.SANDBOX,
    base_url="https://sandbox.momodeveloper.mtn.com",
    target_environment="sandbox",
    currency="RWF",
    collection_subscription_key="a" * 32,
    disbursement_subscription_key="b" * 32,
    api_user="5f0c8e1a-0000-4000-8000-000000000001",
    api_key="c" * 32,
)
SMS = "TxId: 73214484437. Your payment of 15,000 RWF to INZOZI 12845 has been completed."


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
        page.resize(1100, 900)
        page.show()
        qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
        page.activateWindow()
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.hide()


@pytest.fixture
def connected(shop) -> Shop:
    connect(shop, READY)
    return shop


def connect(shop: Shop, form: MTNProviderForm) -> None:
    shop.app.providers.save_mtn(shop.actor("ange"), form)
    shop.app.providers.use(shop.actor("ange"), "mtn", Environment.SANDBOX)


def idle(qtbot, shop: Shop) -> None:
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def ask(shop: Shop, name: str, key: str = "001", **changes: object) -> str:
    sample = replace(SAMPLES[name], **changes)  # type: ignore[arg-type]  # names are checked
    return ask_in_shop(shop.app, shop.actor("aline"), sample, key).payment_id


def news(qtbot, shop: Shop, page: CashierPage) -> None:
    page.changes_arrived(PAYMENTS)
    # News on the heels of others are followed a moment later.
    qtbot.waitUntil(lambda: not page._is_stale)
    idle(qtbot, shop)


def type_request(qtbot, page: CashierPage, reference: str = "ORD-1") -> None:
    form = page.form
    form.reference.setText(reference)
    qtbot.keyClicks(form.phone.edit, "0788123456")
    qtbot.keyClicks(form.amount.edit, "15000")


def request(qtbot, shop: Shop, page: CashierPage, reference: str = "ORD-1") -> str:
    """Ask a customer by the form and return the payment's id."""
    type_request(qtbot, page, reference)
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(page.watch.panel.isVisible)
    idle(qtbot, shop)
    return page.watch.panel.payment_id


def payments_of(shop: Shop):
    return shop.app.payment_lists.page(shop.actor("marie"), PaymentFilter()).rows


# The form.


def test_with_a_connection_the_form_says_that_the_phone_will_ask(qtbot, connected, open_page):
    page = open_page()
    type_request(qtbot, page)
    panel = page.form.panels[MTN]
    assert "will ask for the PIN" in panel.text.text()
    assert panel.sandbox.badge.text == "Sandbox: no real money moves."
    assert page.form.confirm.text() == "Ask for 15\u202f000\u00a0RWF (F12)"


def test_without_a_connection_the_payment_is_recorded_only(qtbot, open_page):
    page = open_page()
    type_request(qtbot, page)
    panel = page.form.panels[MTN]
    assert "No network connection is set up yet" in panel.text.text()
    assert panel.sandbox.isHidden()
    assert page.form.confirm.text().startswith("Record")


def test_an_incomplete_connection_names_what_is_missing(qtbot, shop, open_page):
    connect(shop, replace(READY, api_user=""))
    page = open_page()
    type_request(qtbot, page)
    assert "api user" in page.form.panels[MTN].text.text()
    assert page.form.confirm.text().startswith("Record")


def test_an_account_in_another_currency_is_told_before_anybody_is_asked(qtbot, shop, open_page):
    connect(shop, replace(READY, currency="EUR"))
    page = open_page()
    type_request(qtbot, page)
    assert "takes EUR only" in page.form.hint.text()
    assert not page.form.confirm.isEnabled()


def test_a_connection_made_meanwhile_reaches_the_open_form(qtbot, shop, open_page):
    page = open_page()
    type_request(qtbot, page)
    connect(shop, READY)
    page.changes_arrived(frozenset({"providers"}))
    idle(qtbot, shop)
    assert page.form.confirm.text().startswith("Ask for")
    assert page.form.amount.amount_minor == 15_000


# Asked and followed.


def test_asking_shows_the_way_of_the_money_at_once(qtbot, connected, open_page):
    older = RecordPayment(key="c", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=500)
    connected.app.payments.record(connected.actor("aline"), older)
    page = open_page()
    payment_id = request(qtbot, connected, page)
    panel = page.watch.panel
    assert [step.title for step in panel.money_path.steps][:3] == [
        "Sent",
        "Accepted",
        "Customer's PIN",
    ]
    assert "not charged yet" in panel.charged.text()
    assert panel.sandbox.isVisible()
    assert page.form.draft().is_empty
    assert page.waiting.chosen().payment_id == payment_id
    assert not page.strip.isVisible()


def test_the_way_follows_the_change_feed_to_the_invoice(qtbot, connected, open_page):
    page = open_page()
    payment_id = request(qtbot, connected, page)
    move_request(connected.app, payment_id, SAMPLES["pin"])
    news(qtbot, connected, page)
    assert "must type the PIN" in page.watch.panel.charged.text()
    move_request(connected.app, payment_id, SAMPLES["received"])
    news(qtbot, connected, page)
    assert page.watch.panel.isHidden()
    assert "received" in page.strip.text.text()
    (payment,) = payments_of(connected)
    assert payment.invoice_number in page.strip.detail.text()
    assert page.strip.open_invoice.isVisible()


def test_money_that_comes_never_takes_the_change_of_another_sale_away(qtbot, connected, open_page):
    page = open_page()
    payment_id = request(qtbot, connected, page)
    qtbot.keyClicks(page.form.amount.edit, "12500")
    qtbot.keyClicks(page.form.cash.tendered.edit, "20000")
    page.form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    idle(qtbot, connected)
    move_request(connected.app, payment_id, SAMPLES["received"])
    news(qtbot, connected, page)
    assert page.strip.change.text() == "7\u202f500\u00a0RWF"
    assert page.watch.panel.isVisible()
    assert page.watch.panel.charged.text() == "15\u202f000\u00a0RWF received."


def test_the_end_of_a_request_that_is_not_shown_is_told_in_passing(qtbot, connected, open_page):
    page = open_page()
    first = request(qtbot, connected, page, "ORD-1")
    second = request(qtbot, connected, page, "ORD-2")
    move_request(connected.app, first, SAMPLES["refused"])
    with qtbot.waitSignal(page.notice_raised) as told:
        page.changes_arrived(PAYMENTS)
    assert "did not come" in told.args[0]
    assert "refused on the phone" in told.args[0]
    assert page.watch.panel.payment_id == second
    with qtbot.assertNotEmitted(page.notice_raised):
        news(qtbot, connected, page)


def test_every_open_state_of_the_payment_chosen_is_told(qtbot, shop, open_page):
    words = {
        "created": "nothing has left",
        "not-sent": "no internet",
        "submitting": "on its way",
        "pin": "Asks again in",
        "pin-trouble": "sign in to the Wi-Fi",
        "unknown": "Do not charge again",
        "unresolved": "a manager must look",
    }
    ids = [ask(shop, name, f"{number:03d}") for number, name in enumerate(words)]
    page = open_page()
    page.waiting.list.setFocus()
    for payment_id, word in zip(ids, words.values(), strict=True):
        qtbot.waitUntil(lambda payment_id=payment_id: page.watch.panel.payment_id == payment_id)
        assert word in page.watch.panel.accessibleName()
        qtbot.keyClick(page.waiting.list, Qt.Key.Key_Down)


def test_opening_the_desk_shows_no_payment_that_nobody_chose(shop, open_page):
    ask(shop, "unknown")
    assert open_page().watch.panel.isHidden()


def test_another_way_of_paying_has_no_network_to_show(qtbot, shop, open_page):
    ask(shop, "pin")
    shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(key="c", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=500),
    )
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    qtbot.keyClick(page.waiting.list, Qt.Key.Key_Down)
    assert page.watch.panel.isHidden()


# Failed, and asked again.


def test_a_failure_says_why_and_asking_again_is_a_new_payment(qtbot, connected, open_page):
    page = open_page()
    payment_id = request(qtbot, connected, page)
    key = page.form.key
    move_request(connected.app, payment_id, SAMPLES["no-money"])
    news(qtbot, connected, page)
    panel = page.watch.panel
    assert panel.charged.text() == "The customer was not charged."
    assert "not enough money" in panel.reason.text()
    qtbot.keyClick(page, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert page.form.reference.text() == "ORD-1"
    assert page.form.phone.phone == "+250788123456"
    assert page.form.amount.amount_minor == 15_000
    assert page.form.key != key
    qtbot.keyClick(page.form.confirm, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: panel.payment_id != payment_id)
    idle(qtbot, connected)
    assert sorted(row.status for row in payments_of(connected)) == [
        PaymentStatus.FAILED,
        PaymentStatus.PENDING,
    ]


def test_asking_again_while_the_sale_is_being_paid_shows_the_refusal(qtbot, connected, open_page):
    page = open_page()
    payment_id = request(qtbot, connected, page)
    move_request(connected.app, payment_id, SAMPLES["refused"])
    news(qtbot, connected, page)
    other = RecordPayment(
        key="other desk",
        method=MTN,
        amount_minor=15_000,
        transaction_reference="ORD-1",
        order_number="ORD-1",
        phone_number="0788123456",
    )
    connected.app.payments.record(connected.actor("marie"), other)
    page.watch.panel.again.click()
    page.form.confirm.click()
    qtbot.waitUntil(lambda: bool(page.form.message.text))
    assert "Nothing was charged a second time" in page.form.message.text
    assert page.form.amount.amount_minor == 15_000
    assert len(payments_of(connected)) == 2


def test_a_sale_that_was_paid_is_charged_again_only_after_a_second_look(
    qtbot, connected, open_page
):
    shop, page = connected, open_page()
    first = request(qtbot, shop, page)
    move_request(shop.app, first, SAMPLES["received"])
    news(qtbot, shop, page)
    type_request(qtbot, page)
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(page.findChildren(ChargeAgainSheet)))
    sheet = page.findChildren(ChargeAgainSheet)[0]
    assert "was already paid: 15" in page.form.message.text
    assert "Charge 15" in sheet.submit_button.text()
    assert sheet.cancel_button.hasFocus()
    idle(qtbot, shop)
    assert len(payments_of(shop)) == 1

    sheet.submit_button.click()
    qtbot.waitUntil(lambda: len(payments_of(shop)) == 2)
    qtbot.waitUntil(lambda: page.watch.panel.payment_id not in {"", first})
    idle(qtbot, shop)
    assert page.form.draft().is_empty


def test_asking_again_never_empties_a_form_in_use(qtbot, connected, open_page):
    page = open_page()
    payment_id = request(qtbot, connected, page)
    move_request(connected.app, payment_id, SAMPLES["expired"])
    news(qtbot, connected, page)
    qtbot.keyClicks(page.form.amount.edit, "700")
    page.watch.panel.again.click()
    assert page.form.amount.amount_minor == 700
    assert "holds another payment" in page.form.message.text


# Asking the network, and a customer's message.


def test_f9_asks_the_network_now(qtbot, shop, open_page):
    payment_id = ask(shop, "unknown")
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    before = shop.app.gateways.path(shop.actor("aline"), payment_id).attempt
    qtbot.keyClick(page, Qt.Key.Key_F9)
    idle(qtbot, shop)
    asked = shop.app.gateways.path(shop.actor("aline"), payment_id).attempt
    assert asked.next_check_at < before.next_check_at
    assert "Asking the network now" in page.watch.panel.awaited.text()
    assert page.watch.panel.ask.isEnabled()


def test_where_nothing_can_be_asked_the_button_is_dead(qtbot, shop, open_page):
    payment_id = ask(shop, "created")
    with shop.app.database.write(None) as unit:
        find_payment(unit.session, payment_id).attempts[0].due_at = None
        unit.commit()
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    assert page.watch.panel.ask.isVisible()
    assert not page.watch.panel.ask.isEnabled()


def test_a_pasted_message_is_looked_up_and_confirms_nothing(qtbot, shop, open_page):
    payment_id = ask(shop, "unknown")
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    qtbot.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    dialog = page.findChild(MessageDialog)
    dialog.message_edit.setText(SMS)
    assert "73214484437" in dialog.found.text()
    qtbot.keyClick(dialog.message_edit, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(page.watch.panel.note.text))
    assert "alone confirms nothing" in page.watch.panel.note.text
    with shop.app.database.read() as session:
        payment = find_payment(session, payment_id)
        assert payment.claimed_transaction_id == "73214484437"
        assert payment.status is PaymentStatus.PROCESSING


def test_one_message_cannot_be_shown_for_two_sales(qtbot, shop, open_page):
    for key in ("001", "002"):
        ask(shop, "unknown", key)
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    page.watch.panel.message.click()
    first = page.findChild(MessageDialog)
    first.message_edit.setText(SMS)
    first.submit_button.click()
    qtbot.waitUntil(lambda: bool(page.watch.panel.note.text))
    shown = page.watch.panel.payment_id
    qtbot.keyClick(page.waiting.list, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.watch.panel.payment_id != shown)
    page.watch.panel.message.click()
    second = next(d for d in page.findChildren(MessageDialog) if d.isVisible())
    second.message_edit.setText("73214484437")
    second.submit_button.click()
    qtbot.waitUntil(lambda: "already shown" in second.message.text)
    assert second.message_edit.text() == "73214484437"


def test_a_text_without_an_id_is_refused_in_the_form(qtbot, shop, open_page):
    ask(shop, "unknown")
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    page.watch.panel.message.click()
    dialog = page.findChild(MessageDialog)
    dialog.message_edit.setText("I paid you this morning")
    dialog.submit_button.click()
    assert "type the id alone" in dialog.message.text
    assert dialog.isVisible()


# The list.


def test_the_list_says_what_each_payment_waits_for_and_since_when(shop, open_page):
    names = ("created", "not-sent", "pin", "unknown", "unresolved")
    for number, name in enumerate(names):
        ask(shop, name, f"{number:03d}")
    page = open_page()
    model = page.waiting.model
    texts = [model.index(place, 0).data() for place in range(model.rowCount())]
    for text, words in zip(
        texts,
        ("Being sent", "no connection", "customer's PIN", "No clear answer", "Needs a manager"),
        strict=True,
    ):
        assert words in text
        assert "since " in text
    urgent = [model.index(place, 0).data(ENTRY_ROLE).is_urgent for place in range(5)]
    assert urgent == [False] * 4 + [True]
    assert page.waiting.heading.text() == "Waiting (5) · for a manager: 1"


def test_what_the_network_may_still_charge_cannot_be_ended_by_a_cashier(qtbot, shop, open_page):
    names = ("submitting", "pin", "unknown", "unresolved")
    for number, name in enumerate(names):
        ask(shop, name, f"{number:03d}")
    page = open_page()
    for place in range(len(names)):
        page.waiting.list.setCurrentIndex(page.waiting.model.index(place, 0))
        assert not page.waiting.fail.isEnabled()
        assert not page.waiting.cancel.isEnabled()
        assert page.waiting.fail.toolTip()
    idle(qtbot, shop)


def test_a_manager_may_fail_what_the_network_left_open(shop, open_page):
    ask(shop, "unresolved")
    page = open_page("marie")
    assert page.waiting.fail.isEnabled()
    assert not page.waiting.cancel.isEnabled()


def test_who_decides_in_the_networks_place_is_told_to_look_there_first(qtbot, shop, open_page):
    ask(shop, "unresolved")
    page = open_page("marie")
    for key, kind in (("f", EndDialog), (Qt.Key.Key_Return, CompleteDialog)):
        qtbot.keyClick(page.waiting.list, key)
        dialog = next(d for d in page.findChildren(kind) if d.isVisible())
        texts = " ".join(label.text() for label in dialog.findChildren(PlainLabel))
        assert "Look at the shop's own account" in texts
        dialog.reject()


def test_a_payment_looked_at_and_left_again_does_not_come_back(qtbot, shop, open_page):
    ask(shop, "pin")
    cash = RecordPayment(key="c", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=500)
    shop.app.payments.record(shop.actor("aline"), cash)
    page = open_page()
    page.waiting.list.setFocus()
    page.waiting.list.setCurrentIndex(page.waiting.model.index(1, 0))
    idle(qtbot, shop)
    assert page.watch.panel.isHidden()


def ask_many(shop: Shop, count: int) -> list[str]:
    pin = RequestSample(Status.PENDING, trouble=Trouble.TIMEOUT)
    actor = shop.actor("aline")
    return [
        ask_in_shop(shop.app, actor, pin, f"{number:03d}").payment_id for number in range(count)
    ]


def test_one_change_among_many_rebuilds_nothing(qtbot, shop, open_page):
    ids = ask_many(shop, 12)
    page = open_page()
    model = page.waiting.model
    page.waiting.choose(ids[7])
    resets, changed, removed = [], [], []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    model.rowsRemoved.connect(lambda _parent, first, _last: removed.append(first))
    move_request(shop.app, ids[3], SAMPLES["unresolved"])
    news(qtbot, shop, page)
    assert (resets, changed, removed) == ([], [3], [])
    move_request(shop.app, ids[3], RequestSample(Status.FAILED, reason=Reason.WRONG_PIN))
    news(qtbot, shop, page)
    ask(shop, "pin", "900")
    news(qtbot, shop, page)
    assert (resets, removed) == ([], [3])
    assert model.rowCount() == 12
    assert page.waiting.chosen().payment_id == ids[7]
    assert page.watch.panel.isHidden()


def test_a_refresh_asks_the_database_no_oftener_for_many_than_for_few(qtbot, shop, open_page):
    counts = []
    asked: list[str] = []
    event.listen(
        shop.app.database.engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, *_rest: asked.append(statement),
    )
    page = open_page()
    for number in (2, 9):
        for key in range(number):
            ask(shop, "pin", f"{number}{key:02d}")
        asked.clear()
        news(qtbot, shop, page)
        counts.append(len([one for one in asked if one.startswith("SELECT")]))
    assert counts[0] == counts[1] > 0


# Timers, keys.


def test_the_clocks_stand_still_while_nobody_looks(qtbot, shop, open_page):
    ask(shop, "pin")
    page = open_page()
    page.waiting.list.setFocus()
    qtbot.waitUntil(page.watch.panel.isVisible)
    clocks = [page.watch.panel._ticks, page.waiting._ages]
    assert [clock.isActive() for clock in clocks] == [True, True]
    page.hide()
    assert [clock.isActive() for clock in clocks] == [False, False]
    page.show()
    assert [clock.isActive() for clock in clocks] == [True, True]
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.watch.panel.isHidden()
    assert not clocks[0].isActive()


def test_every_key_stands_on_the_sheet(qtbot):
    sheet = KeysSheet()
    qtbot.addWidget(sheet)
    texts = {label.text() for label in sheet.findChildren(PlainLabel)}
    assert {"F9", "Ctrl+M", "Ctrl+G"} <= texts

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentStatus, TransactionStatus
from core.services.gateways.desk import MessageShown
from core.services.gateways.rows import Environment, PaymentPath, Reason
from tests.ui.mobile_money.rows import NOW, attempt, payment
from ui.mobile_money.message_dialog import shown_sentence
from ui.mobile_money.request_panel import RequestPanel

Status = TransactionStatus


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def panel(qtbot, clock) -> Iterator[RequestPanel]:
    made = RequestPanel(clock)
    qtbot.addWidget(made)
    yield made
    made.hide()


def tick(panel: RequestPanel, clock: Clock, seconds: int) -> None:
    clock.now += timedelta(seconds=seconds)
    panel._ticks.timeout.emit()


def test_the_next_question_is_counted_down(panel, clock):
    panel.show_path(PaymentPath(payment(), attempt()))
    assert "Asks again in 12 s." in panel.awaited.text()
    tick(panel, clock, 5)
    assert "Asks again in 7 s." in panel.awaited.text()
    tick(panel, clock, 7)
    assert "Asking the network now" in panel.awaited.text()


def test_an_answer_that_is_late_is_looked_for_and_not_every_second(qtbot, panel, clock):
    wanted = []
    panel.news_wanted.connect(wanted.append)
    panel.show_path(PaymentPath(payment(), attempt()))
    tick(panel, clock, 12)
    assert wanted == []
    for _ in range(5):
        tick(panel, clock, 1)
    assert len(wanted) == 3


def test_the_clock_ticks_only_while_there_is_something_to_wait_for(panel):
    panel.show_path(PaymentPath(payment(), attempt()))
    assert panel._ticks.isActive()
    done = payment(status=PaymentStatus.COMPLETED, paid_at=NOW)
    panel.show_path(PaymentPath(done, attempt(Status.SUCCEEDED)))
    assert not panel._ticks.isActive()
    panel.show_path(PaymentPath(payment(), attempt()))
    panel.hide()
    assert not panel._ticks.isActive()
    panel.show()
    assert panel._ticks.isActive()
    panel.clear()
    assert not panel._ticks.isActive()
    assert panel.isHidden()


def test_only_what_helps_is_offered(panel):
    panel.show_path(PaymentPath(payment(), attempt(Status.UNKNOWN)))
    assert panel.ask.isVisible()
    assert panel.message.isVisible()
    assert not panel.again.isVisible()
    failed = attempt(Status.FAILED, reason=Reason.WRONG_PIN)
    panel.show_path(PaymentPath(payment(status=PaymentStatus.FAILED), failed))
    assert panel.again.isVisible()
    assert not panel.message.isVisible()
    panel.show_path(PaymentPath(payment(), None))
    assert not panel.ask.isVisible()
    assert panel.message.isVisible()


def test_keys_press_only_what_is_offered(qtbot, panel):
    again, asked = [], []
    panel.again_requested.connect(again.append)
    panel.ask_requested.connect(asked.append)
    panel.show_path(PaymentPath(payment(), attempt()))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    qtbot.keyClick(panel, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert again == []
    qtbot.keyClick(panel, Qt.Key.Key_F9)
    qtbot.keyClick(panel, Qt.Key.Key_F9)
    assert asked == [payment().payment_id]


def test_another_payment_takes_the_words_of_the_last_one_away(panel):
    panel.show_path(PaymentPath(payment(), attempt(environment=Environment.SANDBOX)))
    panel.note.show_message("Noted.")
    panel.ask.click()
    assert panel.sandbox.badge is not None
    panel.show_path(PaymentPath(payment(payment_id="other"), attempt(Status.UNKNOWN)))
    assert panel.note.text == ""
    assert panel.sandbox.badge is None
    assert not panel.ask.is_busy


def test_the_whole_state_is_one_text_for_a_screen_reader(panel):
    panel.show_path(PaymentPath(payment(customer_name="Jean <b>B</b>"), attempt(Status.UNKNOWN)))
    told = panel.accessibleName()
    assert "Do not charge again" in told
    assert "Jean <b>B</b>" in told
    assert "since" in told


def test_a_message_on_a_statement_says_where_to_go():
    shown = MessageShown(PaymentPath(payment(), attempt(Status.UNKNOWN)), on_statement=True)
    assert "Reconcile" in shown_sentence(shown)
    noted = MessageShown(PaymentPath(payment(), None), on_statement=False)
    assert "alone confirms nothing" in shown_sentence(noted)

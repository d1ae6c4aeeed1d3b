"""Where the money of one payment is: the money fact, its way, what is awaited, what may be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.clock import Clock
from core.model.payments import PaymentStatus
from core.money import display
from core.phones import phone_display
from core.services.gateways.rows import PaymentPath
from core.services.rows import PaymentRow
from ui.badges import BLUE, Badge, badge_for
from ui.mobile_money.words import (
    awaited_sentence,
    charged_level,
    charged_sentence,
    failure_sentence,
    is_waiting,
    path_steps,
    sandbox_sentence,
    trouble_sentence,
)
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, IconLabel, PlainLabel
from ui.widgets.buttons import BusyButton, IconButton, button
from ui.widgets.facts import MoneyPath
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import InlineMessage, announce

TICK_MS = 1000
_READ_AGAIN_AFTER = timedelta(seconds=1)
_READ_AGAIN_EVERY = timedelta(seconds=2)
_ICONS = {"info": "info", "warning": "alert", "error": "error", "success": "check"}


class RequestPanel(QFrame):
    """Follows one payment; takes no room without one. Its clock ticks only while it is seen.

    Signals:
        ask_requested(payment_id): ask the network now.
        message_requested(row): the customer shows a message.
        again_requested(row): a failed payment is to be asked for again.
        payment_requested(row): show everything about the payment.
        news_wanted(payment_id): the network should have been asked by now; read the payment again.
        closed: the person needs it no longer.
    """

    ask_requested = Signal(str)
    message_requested = Signal(object)
    again_requested = Signal(object)
    payment_requested = Signal(object)
    news_wanted = Signal(str)
    closed = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._path: PaymentPath | None = None
        self._read_at: datetime | None = None
        self.charged = PlainLabel(look="heading", wrap=True)
        self.whose = PlainLabel(look="muted", wrap=True)
        self.money_path = MoneyPath()
        self.awaited = PlainLabel(wrap=True)
        self.trouble = PlainLabel(wrap=True)
        self.reason = PlainLabel(wrap=True)
        self.sandbox = BadgeLabel()
        self.note = InlineMessage(self)
        self.ask = BusyButton(
            self.tr("Ask the network now (F9)"), busy_text=self.tr("Asking…"), kind=""
        )
        self.message = button(self.tr("Customer shows an SMS… (Ctrl+M)"), icon_name="phone")
        self.again = button(self.tr("Ask again (Ctrl+G)"), kind="primary", icon_name="send")
        self.show_payment = button(self.tr("Show payment"), kind="link")
        self.close_button = IconButton("cross", self.tr("Close (Esc)"))
        self._lay_out()
        self._connect()
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._on_tick)
        self.hide()

    @property
    def path(self) -> PaymentPath | None:
        """The payment followed, as last read."""
        return self._path

    @property
    def payment_id(self) -> str:
        """The id of the payment followed; empty where there is none."""
        return self._path.payment.payment_id if self._path is not None else ""

    def show_path(self, path: PaymentPath) -> None:
        """Follow a payment, or show what is new about the one followed."""
        is_other = self.payment_id != path.payment.payment_id
        before = self.charged.text()
        self._path = path
        self._read_at = self._clock()
        if is_other:
            self.note.clear()
            self.ask.finish()
        self._tell_facts(path)
        self._tell_time(self._read_at)
        self._offer(path)
        self.show()
        self._follow_clock()
        if is_other or self.charged.text() != before:
            announce(self, self.accessibleName())

    def clear(self) -> None:
        """Follow nothing, and take no room."""
        self._path = None
        self._ticks.stop()
        self.note.clear()
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock tick."""
        super().showEvent(event)
        self._follow_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the clock: nobody looks."""
        super().hideEvent(event)
        self._ticks.stop()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        margin = gap(self, 1.4)
        column.setContentsMargins(margin + gap(self, 0.6), margin, margin, margin)
        column.setSpacing(gap(self, 0.8))
        head = QHBoxLayout()
        head.setSpacing(gap(self))
        self._icon = IconLabel("info", "info", self, scale=1.5)
        head.addWidget(self._icon)
        head.addWidget(self.charged, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        facts = QHBoxLayout()
        facts.setSpacing(gap(self))
        facts.addWidget(self.whose, 1)
        facts.addWidget(self.sandbox, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(facts)
        column.addWidget(self.money_path)
        for label in (self.awaited, self.trouble, self.reason):
            column.addWidget(label)
        column.addWidget(self.note)
        self._acts = QWidget()
        acts = FlowLayout(self._acts, spacing=gap(self))
        for made in (self.again, self.ask, self.message, self.show_payment):
            acts.addWidget(made)
        column.addWidget(self._acts)

    def _connect(self) -> None:
        self.ask.clicked.connect(lambda: self.ask_requested.emit(self.payment_id))
        self.message.clicked.connect(lambda: self.message_requested.emit(self._row()))
        self.again.clicked.connect(lambda: self.again_requested.emit(self._row()))
        self.show_payment.clicked.connect(lambda: self.payment_requested.emit(self._row()))
        self.close_button.clicked.connect(self.closed)
        for key, made in (
            ("F9", self.ask),
            ("Ctrl+M", self.message),
            ("Ctrl+G", self.again),
            ("Esc", self.close_button),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(partial(_press, made))

    def _row(self) -> PaymentRow | None:
        return self._path.payment if self._path is not None else None

    def _tell_facts(self, path: PaymentPath) -> None:
        row, attempt = path.payment, path.attempt
        level = charged_level(attempt, row)
        set_look(self, look=level)
        self._icon.set_icon(_ICONS[level], "danger" if level == "error" else level)
        self.charged.setText(charged_sentence(attempt, row))
        facts = (
            display(row.amount_minor, row.currency),
            badge_for("method", row.payment_method).text,
            phone_display(row.phone_number),
            row.customer_name,
            row.order_number or row.transaction_reference,
            row.invoice_number,
        )
        self.whose.setText(" · ".join(filter(None, facts)))
        environment = attempt.environment if attempt is not None else None
        trial = sandbox_sentence(environment)
        self.sandbox.set_badge(Badge(trial, "info", BLUE) if trial else None)
        self.sandbox.setVisible(bool(trial))
        open_trouble = attempt.trouble if attempt is not None and is_waiting(row) else None
        _tell(self.trouble, trouble_sentence(open_trouble))
        _tell(self.reason, failure_sentence(attempt, row))

    def _tell_time(self, now: datetime) -> None:
        path = self._path
        if path is None:
            return
        steps = path_steps(path, now)
        if steps != self.money_path.steps:
            self.money_path.set_steps(steps)
        awaited = awaited_sentence(path.attempt, now) if is_waiting(path.payment) else ""
        _tell(self.awaited, awaited)
        told = (self.charged, self.whose, self.awaited, self.trouble, self.reason)
        self.setAccessibleName(" ".join(label.text() for label in told if label.text()))

    def _offer(self, path: PaymentPath) -> None:
        row, attempt = path.payment, path.attempt
        ended_badly = row.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}
        can_ask = attempt is not None and attempt.can_ask
        self.ask.setVisible(attempt is not None and (is_waiting(row) or can_ask))
        if not self.ask.is_busy:
            self.ask.setEnabled(can_ask)
        self.message.setVisible(is_waiting(row))
        self.again.setVisible(ended_badly)

    def _follow_clock(self) -> None:
        path = self._path
        if path is not None and is_waiting(path.payment) and self.isVisible():
            if not self._ticks.isActive():
                self._ticks.start()
        else:
            self._ticks.stop()

    def _on_tick(self) -> None:
        path, now = self._path, self._clock()
        if path is None:
            return
        self._tell_time(now)
        due = path.attempt.next_check_at if path.attempt is not None else None
        read_at = self._read_at or now
        # An answer that changes nothing is no news to other windows, but the next check moves on.
        if (
            due is not None
            and now - due >= _READ_AGAIN_AFTER
            and now - read_at >= (_READ_AGAIN_EVERY)
        ):
            self._read_at = now
            self.news_wanted.emit(path.payment.payment_id)


def _press(made: QAbstractButton) -> None:
    if made.isVisible():
        made.click()


def _tell(label: PlainLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))

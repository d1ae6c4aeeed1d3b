"""One refund beside the list: where it stands, its way through a network, what may be done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.model.refunds import RefundStatus
from core.permissions import Actor
from core.services.gateways.rows import AttemptRow, PaymentPath
from core.services.refunds.rules import RefundRules
from core.services.rows import RefundRow
from ui.badges import badge_for
from ui.pages.refunds.network_words import (
    last_attempt,
    network_sentence,
    network_steps,
    went_back_twice,
    why_not_asked,
    why_not_settled,
)
from ui.pages.refunds.words import (
    amount_text,
    refund_facts,
    state_sentence,
    why_no_approval,
    why_no_rejection,
    why_not_carried_out,
    why_not_on_the_spot,
    why_not_passed_on,
    why_not_withdrawn,
)
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList, MoneyPath


class RefundAct(StrEnum):
    """One thing a person may do with a refund."""

    APPROVE = "approve"
    ON_THE_SPOT = "on_the_spot"
    TO_OWNER = "to_owner"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    CARRY_OUT = "carry_out"
    SHOW_PAYMENT = "show_payment"
    ASK_NOW = "ask_now"
    SETTLE = "settle"
    CREDIT_NOTE = "credit_note"


KEYS = {
    RefundAct.APPROVE: "A",
    RefundAct.ON_THE_SPOT: "S",
    RefundAct.TO_OWNER: "O",
    RefundAct.WITHDRAW: "W",
    RefundAct.REJECT: "J",
    RefundAct.CARRY_OUT: "P",
    RefundAct.SHOW_PAYMENT: "Ctrl+J",
    RefundAct.ASK_NOW: "F9",
    RefundAct.SETTLE: "D",
    RefundAct.CREDIT_NOTE: "Ctrl+P",
}
"""The key of each act on the refund shown."""

_DURING = frozenset({RefundAct.SHOW_PAYMENT, RefundAct.ASK_NOW, RefundAct.SETTLE})
_BEFORE = frozenset(RefundAct) - {RefundAct.ASK_NOW, RefundAct.SETTLE, RefundAct.CREDIT_NOTE}
_AFTER = _BEFORE | {RefundAct.CREDIT_NOTE}
_WHERE_POSSIBLE = frozenset({RefundAct.ON_THE_SPOT, RefundAct.TO_OWNER, RefundAct.WITHDRAW})
"""Acts of some people at some moments, which nobody misses where they are not theirs."""

_PRIMARY = (RefundAct.APPROVE, RefundAct.CARRY_OUT, RefundAct.SETTLE, RefundAct.CREDIT_NOTE)
UNDER_WAY = frozenset({RefundStatus.PROCESSING, RefundStatus.UNKNOWN})
"""States in which the money may be on its way back."""


class RefundDetail(Card):
    """Shows one refund and offers what may be done with it.

    Signals:
        act_wanted(act): a button was pressed.
    """

    act_wanted = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._actor = actor
        self._refund: RefundRow | None = None
        self._attempt: AttemptRow | None = None
        self._rules = RefundRules()
        head = QHBoxLayout()
        self.amount = PlainLabel(look="amount")
        self.status = BadgeLabel()
        head.addWidget(self.amount, 1)
        head.addWidget(self.status)
        self.body.addLayout(head)
        self.sentence = SelectableLabel()
        self.body.addWidget(self.sentence)
        self.path = MoneyPath()
        self.body.addWidget(self.path)
        self.facts = KeyValueList()
        self.body.addWidget(self._make_area(self.facts), 1)
        self.buttons: dict[RefundAct, QPushButton] = {}
        self._add_buttons()
        self.reasons = PlainLabel(look="small", wrap=True)
        self.body.addWidget(self.reasons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 62)

    @property
    def refund(self) -> RefundRow | None:
        """The refund shown."""
        return self._refund

    @property
    def attempt(self) -> AttemptRow | None:
        """The newest request to a network to send it, if there was one."""
        return self._attempt

    @property
    def rules(self) -> RefundRules:
        """What the shop lays down about refunds, as last read."""
        return self._rules

    def set_rules(self, rules: RefundRules) -> None:
        """Judge by these rules from now on."""
        self._rules = rules
        if self._refund is not None:
            self._show_acts()

    def show_refund(self, refund: RefundRow, now: datetime) -> None:
        """Show a refund, or the same one as it is now."""
        if self._refund is None or self._refund.refund_id != refund.refund_id:
            self._attempt = None
        self._refund = refund
        self.amount.setText(amount_text(refund))
        self.status.set_badge(badge_for("refund", refund.status))
        self.facts.set_facts(refund_facts(refund))
        self.show_age(now)
        self._show_acts()

    def show_path(self, path: PaymentPath, now: datetime) -> None:
        """Show the way of the refund's money through a network."""
        if self._refund is not None and path.payment.payment_id == self._refund.payment_id:
            self._attempt = last_attempt(path, self._refund)
            self.show_age(now)
            self._show_acts()

    def show_age(self, now: datetime) -> None:
        """Say anew since when the refund stands where it does, and when the network is asked."""
        refund, attempt = self._refund, self._attempt
        if refund is None:
            return
        told = network_sentence(refund, attempt, now) if attempt else ""
        wrong = attempt is not None and (
            refund.status is RefundStatus.UNKNOWN or went_back_twice(refund, attempt)
        )
        told = told or state_sentence(refund, now)
        if told != self.sentence.text():  # a text marked for copying stays marked
            self.sentence.setText(told)
        set_look(self.sentence, look="wrong" if wrong else "")
        self.path.setVisible(attempt is not None)
        if attempt is not None:
            self.path.set_steps(network_steps(attempt, now))

    def reason_against(self, act: RefundAct) -> str:
        """Return why something may not be done with the refund shown; empty when it may."""
        refund = self._refund
        if refund is None:
            return self.tr("Choose a refund first.")
        if act is RefundAct.APPROVE:
            return why_no_approval(self._actor, refund, self._rules)
        if act is RefundAct.ON_THE_SPOT:
            return why_not_on_the_spot(self._actor, refund, self._rules)
        if act is RefundAct.TO_OWNER:
            return why_not_passed_on(self._actor, refund)
        if act is RefundAct.WITHDRAW:
            return why_not_withdrawn(self._actor, refund)
        if act is RefundAct.REJECT:
            return why_no_rejection(self._actor, refund)
        if act is RefundAct.CARRY_OUT:
            return why_not_carried_out(self._actor, refund)
        if act is RefundAct.ASK_NOW:
            return why_not_asked(self._attempt)
        if act is RefundAct.SETTLE:
            return why_not_settled(self._actor, refund)
        if act is RefundAct.CREDIT_NOTE and not refund.credit_note_number:
            return self.tr("There is a credit note once the money went back.")
        return ""

    def _make_area(self, content: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setAccessibleName(self.tr("Facts of the refund"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget()
        set_look(page, look="page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)
        column.addStretch(1)
        area.setWidget(page)
        area.setMinimumHeight(self.fontMetrics().height() * 4)
        return area

    def _add_buttons(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(gap(self))
        texts = {
            RefundAct.APPROVE: self.tr("Approve… (A)"),
            RefundAct.REJECT: self.tr("Reject… (J)"),
            RefundAct.ON_THE_SPOT: self.tr("A manager decides here… (S)"),
            RefundAct.TO_OWNER: self.tr("Pass on to the owner… (O)"),
            RefundAct.WITHDRAW: self.tr("Withdraw… (W)"),
            RefundAct.CARRY_OUT: self.tr("Carry out… (P)"),
            RefundAct.SHOW_PAYMENT: self.tr("Show payment"),
            RefundAct.ASK_NOW: self.tr("Ask the network now (F9)"),
            RefundAct.SETTLE: self.tr("Did the money go back?… (D)"),
            RefundAct.CREDIT_NOTE: self.tr("Credit note… (Ctrl+P)"),
        }
        for act, text in texts.items():
            made = button(text)
            made.clicked.connect(lambda _=False, act=act: self.act_wanted.emit(act))
            self.buttons[act] = made
        grid.addWidget(self.buttons[RefundAct.APPROVE], 0, 0)
        grid.addWidget(self.buttons[RefundAct.REJECT], 0, 1)
        grid.addWidget(self.buttons[RefundAct.ON_THE_SPOT], 1, 0)
        grid.addWidget(self.buttons[RefundAct.WITHDRAW], 1, 1)
        grid.addWidget(self.buttons[RefundAct.TO_OWNER], 2, 0, 1, 2)
        grid.addWidget(self.buttons[RefundAct.CARRY_OUT], 3, 0, 1, 2)
        grid.addWidget(self.buttons[RefundAct.ASK_NOW], 4, 0)
        grid.addWidget(self.buttons[RefundAct.SETTLE], 4, 1)
        grid.addWidget(self.buttons[RefundAct.CREDIT_NOTE], 5, 0, 1, 2)
        grid.addWidget(self.buttons[RefundAct.SHOW_PAYMENT], 6, 0, 1, 2)
        self.body.addLayout(grid)

    def _show_acts(self) -> None:
        refund = self._refund
        under_way = refund is not None and refund.status in UNDER_WAY
        has_note = refund is not None and bool(refund.credit_note_number)
        offered = _DURING if under_way else _AFTER if has_note else _BEFORE
        told: dict[str, list[str]] = {}
        for act, made in self.buttons.items():
            reason = self.reason_against(act)
            shown = act in offered and (act not in _WHERE_POSSIBLE or not reason)
            if act is RefundAct.TO_OWNER:  # whoever may approve it passes it on by its key alone
                shown = shown and bool(self.reason_against(RefundAct.APPROVE))
            made.setVisible(shown)
            made.setEnabled(not reason)
            made.setToolTip(reason or KEYS[act])
            made.setAccessibleDescription(reason)
            if reason and shown:
                told.setdefault(reason, []).append(made.text().partition("…")[0])
        self.reasons.setText(
            "\n".join(f"{', '.join(names)} – {reason}" for reason, names in told.items())
        )
        for act in _PRIMARY:
            made = self.buttons[act]
            set_look(made, kind="primary" if made.isEnabled() else "")

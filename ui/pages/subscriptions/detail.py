"""One subscription beside the list: where it stands, its charges, what may be done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from core.clock import shop_date
from core.model.payments import PaymentStatus
from core.model.subscriptions import PeriodStatus, SubscriptionStatus
from core.permissions import Actor
from core.services.subscriptions.rows import ChargeRow, SubscriptionDetail
from ui.badges import badge_for
from ui.models.rows import RowsModel
from ui.pages.subscriptions.columns import charge_columns
from ui.pages.subscriptions.words import (
    facts_of,
    price_text,
    state_sentence,
    trouble_sentence,
    why_no_change,
)
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import KeyValueList
from ui.widgets.messages import InlineMessage


class SubscriptionAct(StrEnum):
    """One thing a person may do with a subscription."""

    PAUSE = "pause"
    RESUME = "resume"
    CHANGE = "change"
    CANCEL = "cancel"
    KEEP = "keep"
    CHARGE = "charge"
    WAIVE = "waive"


KEYS = {
    SubscriptionAct.PAUSE: "P",
    SubscriptionAct.RESUME: "R",
    SubscriptionAct.CHANGE: "E",
    SubscriptionAct.CANCEL: "X",
    SubscriptionAct.KEEP: "K",
    SubscriptionAct.CHARGE: "C",
    SubscriptionAct.WAIVE: "W",
}
"""The key of each act on the subscription shown."""

_UNPAID = frozenset({PeriodStatus.UNPAID, PeriodStatus.RETRYING})
_UNDER_WAY = frozenset({PaymentStatus.PENDING, PaymentStatus.PROCESSING})


class SubscriptionDetailPane(Card):
    """Shows one subscription and offers what may be done with it.

    Signals:
        act_wanted(act): a button was pressed.
        charge_opened(charge): Enter or a double click on a charge.
    """

    act_wanted = Signal(object)
    charge_opened = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._actor = actor
        self._detail: SubscriptionDetail | None = None
        self._now: datetime | None = None
        head = QHBoxLayout()
        self.customer = PlainLabel(look="heading", wrap=True)
        self.status = BadgeLabel()
        self.price = PlainLabel(look="amount")
        head.addWidget(self.customer, 1)
        head.addWidget(self.status)
        self.body.addLayout(head)
        self.body.addWidget(self.price)
        self.sentence = SelectableLabel()
        self.body.addWidget(self.sentence)
        self.trouble = InlineMessage()
        self.body.addWidget(self.trouble)
        self.facts = KeyValueList()
        self.body.addWidget(self.facts)
        self.model: RowsModel[ChargeRow] = RowsModel(
            charge_columns(), row_id=lambda row: row.payment_id, parent=self
        )
        self.table = DataTable(self.model, self.tr("Charges"))
        self.table.row_opened.connect(self.charge_opened)
        self.table.setMinimumHeight(self.fontMetrics().height() * 6)
        self.none_yet = PlainLabel(self.tr("Nothing was charged yet."), look="muted")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.none_yet)
        self.buttons: dict[SubscriptionAct, QPushButton] = {}
        self._add_buttons()
        self.reasons = PlainLabel(look="small", wrap=True)
        self.body.addWidget(self.reasons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 62)

    @property
    def detail(self) -> SubscriptionDetail | None:
        """What is shown."""
        return self._detail

    @property
    def unpaid_charge(self) -> ChargeRow | None:
        """The newest charge of the oldest period that is unpaid or tried again."""
        found = (
            [c for c in self._detail.charges if c.period_status in _UNPAID] if self._detail else []
        )
        oldest = min((charge.starts_on for charge in found), default=None)
        return next((charge for charge in found if charge.starts_on == oldest), None)

    def show_detail(self, detail: SubscriptionDetail, now: datetime) -> None:
        """Show a subscription, or the same one as it is now."""
        row = detail.subscription
        self._detail = detail
        self._now = now
        self.customer.setText(row.customer_name)
        self.price.setText(price_text(row))
        self.status.set_badge(badge_for("subscription", row.status))
        self.sentence.setText(state_sentence(row, shop_date(now)))
        trouble = trouble_sentence(row, now)
        if trouble:
            level = "error" if row.is_past_due else "warning"
            self.trouble.show_message(trouble, level=level)
        else:
            self.trouble.clear()
        self.facts.set_facts(facts_of(detail))
        self.model.show_rows(detail.charges)
        self.table.setVisible(bool(detail.charges))
        self.none_yet.setVisible(not detail.charges)
        self._show_acts()

    def reason_against(self, act: SubscriptionAct) -> str:
        """Return why something may not be done with the subscription shown; empty when it may."""
        if self._detail is None:
            return self.tr("Choose a subscription first.")
        row = self._detail.subscription
        refusal = why_no_change(self._actor)
        if refusal:
            return refusal
        is_over = row.status is SubscriptionStatus.CANCELLED
        if act is SubscriptionAct.WAIVE:
            return "" if self.unpaid_charge else self.tr("No period is unpaid.")
        if act is SubscriptionAct.CHARGE:
            return self._why_not_charged()
        if is_over:
            return self.tr("It is cancelled.")
        if act is SubscriptionAct.PAUSE and row.paused_from is not None:
            return self.tr("A pause is agreed already.")
        if act is SubscriptionAct.RESUME and row.paused_from is None:
            return self.tr("It is not paused.")
        if act is SubscriptionAct.KEEP and row.ends_on is None:
            return self.tr("No end is agreed.")
        if act is SubscriptionAct.CANCEL and row.ends_on is not None:
            return self.tr("An end is agreed already.")
        return ""

    def _why_not_charged(self) -> str:
        if self._detail is None or self._now is None:
            return ""
        row = self._detail.subscription
        is_due = row.next_due_on is not None and row.next_due_on <= shop_date(self._now)
        if self.unpaid_charge is None and not is_due:
            return self.tr("Nothing is due or unpaid.")
        was_asked = any(
            each.payment_method.is_mobile_money and each.payment_status in _UNDER_WAY
            for each in self._detail.charges
        )
        if was_asked and row.method.is_mobile_money:
            return self.tr("The customer was asked already; wait for the end of that payment.")
        return ""

    def _add_buttons(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(gap(self))
        texts = {
            SubscriptionAct.CHARGE: self.tr("Charge now (C)"),
            SubscriptionAct.WAIVE: self.tr("Waive… (W)"),
            SubscriptionAct.PAUSE: self.tr("Pause… (P)"),
            SubscriptionAct.RESUME: self.tr("Resume… (R)"),
            SubscriptionAct.CHANGE: self.tr("Change… (E)"),
            SubscriptionAct.CANCEL: self.tr("Cancel… (X)"),
            SubscriptionAct.KEEP: self.tr("Keep it after all (K)"),
        }
        for act, text in texts.items():
            made = button(text)
            made.clicked.connect(lambda _=False, act=act: self.act_wanted.emit(act))
            self.buttons[act] = made
        places = (
            (SubscriptionAct.CHARGE, 0, 0),
            (SubscriptionAct.WAIVE, 0, 1),
            (SubscriptionAct.CHANGE, 0, 2),
            (SubscriptionAct.PAUSE, 1, 0),
            (SubscriptionAct.RESUME, 1, 0),
            (SubscriptionAct.CANCEL, 1, 1),
            (SubscriptionAct.KEEP, 1, 1),
        )
        for act, line, column in places:
            grid.addWidget(self.buttons[act], line, column)
        self.body.addLayout(grid)

    def _show_acts(self) -> None:
        row = self._detail.subscription if self._detail else None
        is_paused = row is not None and row.paused_from is not None
        is_ending = (
            row is not None
            and row.ends_on is not None
            and row.status is not SubscriptionStatus.CANCELLED
        )
        hidden = {
            SubscriptionAct.PAUSE: is_paused,
            SubscriptionAct.RESUME: not is_paused,
            SubscriptionAct.CANCEL: is_ending,
            SubscriptionAct.KEEP: not is_ending,
        }
        told: dict[str, list[str]] = {}
        for act, made in self.buttons.items():
            reason = self.reason_against(act)
            made.setVisible(not hidden.get(act, False))
            made.setEnabled(not reason)
            made.setToolTip(reason or KEYS[act])
            made.setAccessibleDescription(reason)
            if reason and not hidden.get(act, False):
                told.setdefault(reason, []).append(made.text().partition("…")[0].partition(" (")[0])
        self.reasons.setText(
            "\n".join(f"{', '.join(names)} – {reason}" for reason, names in told.items())
        )
        charge = self.buttons[SubscriptionAct.CHARGE]
        set_look(charge, kind="primary" if charge.isEnabled() else "")

"""What is asked before a subscription pauses, goes on, changes or ends, or a period is let go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from core.errors import InvalidInputError
from core.money import display
from core.services.subscriptions.commands import (
    CancelSubscription,
    ChangeSubscription,
    PauseSubscription,
    ResumeSubscription,
    WaivePeriod,
)
from core.services.subscriptions.rows import ChargeRow, PlanRow, SubscriptionRow
from ui.context import PageContext
from ui.pages.subscriptions.terms import TermsFields, day_field
from ui.pages.subscriptions.words import day_text, plan_text, price_text, to_day
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.messages import InlineMessage

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


class _SubscriptionDialog(FormDialog):
    """A form about one subscription: who and what on top, its key made when it opens."""

    def __init__(
        self,
        context: PageContext,
        row: SubscriptionRow,
        title: str,
        submit_text: str,
        on_done: Done,
        parent: QWidget,
        *,
        explanation: str = "",
        kind: str = "primary",
    ) -> None:
        super().__init__(title, submit_text, parent, explanation=explanation, kind=kind)
        self.context = context
        self.row = row
        self.on_done = on_done
        self.key = str(uuid.uuid4())
        facts = [
            (self.tr("Customer"), row.customer_name),
            (self.tr("Plan"), f"{plan_text(row.plan, row.plan_name)} · {price_text(row)}"),
        ]
        self.form.addRow(KeyValueList(facts))


class PauseDialog(_SubscriptionDialog):
    """Asks from which day on no days are charged."""

    def __init__(
        self, context: PageContext, row: SubscriptionRow, today: date, on_done: Done,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            context, row, self.tr("Pause a subscription"), self.tr("Pause (F12)"), on_done, parent,
            explanation=self.tr(
                "Paused days are not charged. Days that were paid ahead count after the pause."
            ),
        )  # fmt: skip
        earliest = min(today, row.next_due_on or today)
        self.day = day_field(max(today, earliest), earliest=earliest)
        self.add_field(self.tr("First day not charged"), self.day)
        self.day.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        day = to_day(self.day.date())
        app, actor, row = self.context.app, self.context.actor, self.row
        command = PauseSubscription(self.key, row.subscription_number, day, row.version)
        told = self.tr("%1 pauses from %2").replace("%1", row.customer_name)
        self.run(
            self.context.tasks,
            lambda: app.subscriptions.pause(actor, command),
            lambda _row: self.on_done(told.replace("%2", day_text(day))),
        )


class ResumeDialog(_SubscriptionDialog):
    """Asks from which day on days are charged again."""

    def __init__(
        self, context: PageContext, row: SubscriptionRow, today: date, on_done: Done,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            context, row, self.tr("Resume a subscription"), self.tr("Resume (F12)"), on_done,
            parent,
            explanation=self.tr("It goes on where it stopped, later by the days of the pause."),
        )  # fmt: skip
        self.day = day_field(today, earliest=min(today, row.paused_from or today), latest=today)
        self.add_field(self.tr("First day charged again"), self.day)
        self.day.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        day = to_day(self.day.date())
        app, actor, row = self.context.app, self.context.actor, self.row
        command = ResumeSubscription(self.key, row.subscription_number, day, row.version)
        self.run(
            self.context.tasks, lambda: app.subscriptions.resume(actor, command), self._on_resumed
        )

    def _on_resumed(self, row: SubscriptionRow) -> None:
        told = self.tr("%1 goes on; next due %2").replace("%1", row.customer_name)
        self.on_done(told.replace("%2", day_text(row.next_due_on)))


class CancelDialog(_SubscriptionDialog):
    """Asks when a subscription ends, and why."""

    def __init__(
        self, context: PageContext, row: SubscriptionRow, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            context, row, self.tr("Cancel a subscription"), self.tr("Cancel it (F12)"), on_done,
            parent,
            explanation=self.tr("Nothing that was paid goes back by itself."),
            kind="danger",
        )  # fmt: skip
        self.cancel_button.setText(self.tr("Back"))
        at_end = self.tr("When the period that runs is over (%1)")
        self.at_end = QRadioButton(at_end.replace("%1", day_text(row.next_due_on) or "–"))
        self.at_once = QRadioButton(self.tr("At once; a failed charge is not tried again"))
        self._ways = QButtonGroup(self)
        for way in (self.at_end, self.at_once):
            self._ways.addButton(way)
            self.form.addRow(way)
        self.at_end.setEnabled(row.next_due_on is not None)
        (self.at_end if self.at_end.isEnabled() else self.at_once).setChecked(True)
        self.reason = QLineEdit()
        self.add_field(self.tr("Reason (may stay empty)"), self.reason)
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor, row = self.context.app, self.context.actor, self.row
        command = CancelSubscription(
            self.key,
            row.subscription_number,
            at_once=self.at_once.isChecked(),
            reason=self.reason.text(),
            version=row.version,
        )
        self.run(
            self.context.tasks, lambda: app.subscriptions.cancel(actor, command), self._on_cancelled
        )

    def _on_cancelled(self, row: SubscriptionRow) -> None:
        told = self.tr("%1 ends on %2").replace("%1", row.customer_name)
        self.on_done(told.replace("%2", day_text(row.ends_on)))


class ChangeDialog(_SubscriptionDialog):
    """Asks for other terms: plan and price from the next period on, the rest at once."""

    def __init__(
        self,
        context: PageContext,
        row: SubscriptionRow,
        plans: Sequence[PlanRow],
        on_done: Done,
        parent: QWidget,
    ) -> None:
        super().__init__(
            context, row, self.tr("Change a subscription"), self.tr("Save (F12)"), on_done, parent,
            explanation=self.tr(
                "Plan and price hold from the next period on; what is owed keeps its price."
            ),
        )  # fmt: skip
        self.terms = TermsFields(self, plans)
        self.terms.show_terms(
            row.next_plan or row.plan,
            row.next_plan_name if row.next_plan else row.plan_name,
            row.next_price_minor or row.price_minor,
            row.method,
        )
        self.terms.phone.set_phone(row.phone_number)
        self.terms.auto.setChecked(row.auto_renewal)
        self.form.addRow("", self.terms.auto)
        self.terms.notes.setText(row.notes)
        self.add_field(self.tr("Notes (may stay empty)"), self.terms.notes)
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        row, choice = self.row, self.terms.choice
        try:
            price_minor = self.terms.price.require_amount()
        except InvalidInputError as error:
            self.fail(error)
            return
        command = ChangeSubscription(
            key=self.key,
            subscription_number=row.subscription_number,
            plan=choice.plan,
            plan_name=choice.name,
            price_minor=price_minor,
            method=self.terms.chosen_method,
            phone_number=self.terms.phone.edit.text(),
            auto_renewal=self.terms.auto.isChecked(),
            notes=self.terms.notes.text(),
            version=row.version,
        )
        app, actor = self.context.app, self.context.actor
        self.run(
            self.context.tasks, lambda: app.subscriptions.change(actor, command), self._on_changed
        )

    def _on_changed(self, row: SubscriptionRow) -> None:
        if row.changes_on is None:
            self.on_done(self.tr("%1 changed").replace("%1", row.customer_name))
            return
        told = self.tr("%1: the new terms hold from %2").replace("%1", row.customer_name)
        self.on_done(told.replace("%2", day_text(row.changes_on)))


class WaiveDialog(_SubscriptionDialog):
    """Asks why the money of an unpaid period is not wanted."""

    def __init__(
        self,
        context: PageContext,
        row: SubscriptionRow,
        charge: ChargeRow,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        amount = display(charge.amount_minor, charge.currency)
        super().__init__(
            context, row, self.tr("Waive a period"),
            self.tr("Waive %1 (F12)").replace("%1", amount), on_done, parent, kind="danger",
        )  # fmt: skip
        self._charge = charge
        note = InlineMessage(self.body)
        self.form.addRow(note)
        told = self.tr("%1: nobody is asked for its money any more, and later periods go on.")
        note.show_message(told.replace("%1", charge.reference), level="warning")
        self.reason = QLineEdit()
        self.add_field(self.tr("Reason"), self.reason)
        self.reason.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor = self.context.app, self.context.actor
        command = WaivePeriod(
            self.key, self.row.subscription_number, self._charge.reference, self.reason.text()
        )
        told = self.tr("%1 is waived").replace("%1", self._charge.reference)
        self.run(
            self.context.tasks,
            lambda: app.period_acts.waive(actor, command),
            lambda _none: self.on_done(told),
        )

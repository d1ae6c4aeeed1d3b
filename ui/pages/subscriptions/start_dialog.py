"""The form that begins a subscription, and says beforehand what will be charged when."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from itertools import islice

from PySide6.QtWidgets import QWidget

from core.errors import InvalidInputError
from core.money import display
from core.services.subscriptions.calendar import Schedule, Terms
from core.services.subscriptions.commands import StartSubscription
from core.services.subscriptions.rows import CustomerChoice, PlanRow, SubscriptionRow
from ui.context import PageContext
from ui.pages.subscriptions.customer_picker import CustomerPicker
from ui.pages.subscriptions.terms import TermsFields, day_field
from ui.pages.subscriptions.words import day_text, to_day
from ui.widgets.form_dialog import FormDialog
from ui.widgets.messages import InlineMessage

Done = Callable[[SubscriptionRow], object]
"""Called with the subscription once it is there."""

_PREVIEWED = 3


class StartDialog(FormDialog):
    """Asks who pays what how often from when; the first period is charged on its first day."""

    def __init__(
        self,
        context: PageContext,
        plans: Sequence[PlanRow],
        today: date,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        super().__init__(
            self.tr("Start a subscription"), self.tr("Start (F12)"), parent,
            explanation=self.tr("Each period is charged once, on its first day."),
        )  # fmt: skip
        self._context = context
        self._today = today
        self._on_done = on_done
        # Made when the form opens: a second press starts nothing a second time.
        self._key = str(uuid.uuid4())
        self.picker = CustomerPicker(context)
        self.add_field(self.tr("Customer"), self.picker)
        self.terms = TermsFields(self, plans)
        self.first_day = day_field(today, earliest=today)
        self.add_field(self.tr("First day"), self.first_day)
        self.form.addRow("", self.terms.auto)
        self.add_field(self.tr("Notes (may stay empty)"), self.terms.notes)
        self.preview = InlineMessage(self.body)
        self.form.addRow(self.preview)
        self.picker.chosen.connect(self._on_customer_chosen)
        for signal in (
            self.terms.plan.currentIndexChanged,
            self.terms.method.currentIndexChanged,
            self.terms.price.amount_changed,
            self.first_day.dateChanged,
            self.terms.auto.toggled,
        ):
            signal.connect(self._show_preview)
        self._show_preview()
        self.picker.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_customer_chosen(self, customer: CustomerChoice | None) -> None:
        if customer is not None and customer.phone_number:
            self.terms.phone.set_phone(customer.phone_number)
        self.terms.plan.setFocus()

    def _show_preview(self) -> None:
        price_minor = self.terms.price.amount_minor
        if price_minor is None:
            self.preview.show_message(self.tr("Type the price to see what will be charged when."))
            return
        start = to_day(self.first_day.date())
        choice = self.terms.choice
        schedule = Schedule(Terms(choice.plan, choice.name, price_minor), start, start.day)
        days = [day_text(each.starts_on) for each in islice(schedule.upcoming(), _PREVIEWED)]
        told = self.tr("%1 on %2 …").replace("%1", display(price_minor))
        self.preview.show_message(f"{told.replace('%2', ', '.join(days))} {self._what_happens()}")

    def _what_happens(self) -> str:
        if not self.terms.auto.isChecked():
            return self.tr("A person charges each period by hand.")
        if self.terms.chosen_method.is_mobile_money:
            return self.tr(
                "Each time the phone is asked for the PIN, from 8 to 20 o'clock; a failure is tried"
                " again by the shop's rules."
            )
        return self.tr("Each time a payment is made that waits until its money is seen.")

    def _on_submitted(self) -> None:
        if not self.picker.is_chosen:
            message = self.tr("Nothing was started. Choose the customer, or name a new one.")
            self.fail(InvalidInputError(message))
            self.picker.setFocus()
            return
        try:
            command = self._command()
        except InvalidInputError as error:
            self.fail(error)
            self.terms.price.setFocus()
            return
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks, lambda: app.subscriptions.start(actor, command), self._on_done
        )

    def _command(self) -> StartSubscription:
        customer = self.picker.customer
        choice = self.terms.choice
        return StartSubscription(
            key=self._key,
            plan=choice.plan,
            plan_name=choice.name,
            price_minor=self.terms.price.require_amount(),
            method=self.terms.chosen_method,
            starts_on=to_day(self.first_day.date()),
            customer_id=customer.customer_id if customer else None,
            customer_name=self.picker.new_name,
            phone_number=self.terms.phone.edit.text(),
            auto_renewal=self.terms.auto.isChecked(),
            notes=self.terms.notes.text(),
        )

"""The shop's catalogue of plans, and the rules of renewal: two forms of the subscriptions page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from core.errors import InvalidInputError
from core.model.subscriptions import Plan
from core.money import display
from core.services.subscriptions.commands import SavePlan
from core.services.subscriptions.renewal_settings import MAX_PROMPTS_A_DAY, RenewalSettings
from core.services.subscriptions.rows import PlanRow
from ui.context import PageContext
from ui.pages.subscriptions.words import plan_text, plan_word
from ui.theme import gap
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import AmountEdit, CountEdit

_SHOWN_PLANS = 9

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


class PlansDialog(FormDialog):
    """Lists the plans; adds one, or changes the one whose name is typed or chosen."""

    def __init__(
        self, context: PageContext, plans: Sequence[PlanRow], on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Plans"), self.tr("Save the plan (F12)"), parent,
            explanation=self.tr("Running subscriptions keep what was agreed with them."),
        )  # fmt: skip
        self._context = context
        self._on_done = on_done
        self._key = str(uuid.uuid4())
        self._plans = {row.name: row for row in plans}
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Plans"))
        self.list.setSpacing(2)
        for row in plans:
            self.list.addItem(QListWidgetItem(_line(row)))
        lines = min(len(plans), _SHOWN_PLANS)
        self.list.setFixedHeight((self.list.sizeHintForRow(0) + 4) * lines + gap(self, 1.2))
        self.form.addRow(self.list)
        self.form.setRowVisible(self.list, bool(plans))
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("A new name adds a plan"))
        self.add_field(self.tr("Name"), self.name)
        self.plan = QComboBox()
        for plan in Plan:
            self.plan.addItem(plan_word(plan), plan)
        self.add_field(self.tr("Renews"), self.plan)
        self.price = AmountEdit(self.tr("Price of a period"))
        self.add_field(self.tr("Price of a period"), self.price)
        self.offered = QCheckBox(self.tr("Offered for new subscriptions"))
        self.offered.setChecked(True)
        self.form.addRow("", self.offered)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.name.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_row_chosen(self, place: int) -> None:
        if place < 0:
            return
        row = list(self._plans.values())[place]
        self.name.setText(row.name)
        self.plan.setCurrentIndex(list(Plan).index(row.plan))
        self.price.set_amount(row.price_minor)
        self.offered.setChecked(row.is_offered)

    def _on_submitted(self) -> None:
        try:
            command = SavePlan(
                key=self._key,
                name=self.name.text(),
                plan=Plan(self.plan.currentData()),
                price_minor=self.price.require_amount(),
                is_offered=self.offered.isChecked(),
            )
        except InvalidInputError as error:
            self.fail(error)
            self.price.setFocus()
            return
        app, actor = self._context.app, self._context.actor
        self.run(
            self._context.tasks,
            lambda: app.subscriptions.save_plan(actor, command),
            lambda row: self._on_done(self.tr("Plan %1 saved").replace("%1", row.name)),
        )


class RulesDialog(FormDialog):
    """Asks whether and when the shop renews by itself, and how a failed charge is tried again."""

    def __init__(
        self, context: PageContext, rules: RenewalSettings, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Rules of renewal"), self.tr("Save (F12)"), parent,
            explanation=self.tr("They hold for every subscription of the shop."),
        )  # fmt: skip
        self._context = context
        self._rules = rules
        self._on_done = on_done
        self.by_itself = QCheckBox(self.tr("Renew by itself while Sanduku runs"))
        self.by_itself.setChecked(rules.renews_by_itself)
        self.form.addRow(self.by_itself)
        self.hour = CountEdit(self.tr("From which hour of the day"), most=23)
        self.hour.setValue(rules.renewal_hour)
        self.add_field(self.tr("From which hour of the day"), self.hour)
        self.ladder = QLineEdit(rules.retry_ladder)
        self.ladder.setPlaceholderText("1h 1d 3d 7d")
        self.ladder.setToolTip(
            self.tr("Hours and days after each failure; left empty, nothing is tried again")
        )
        self.add_field(self.tr("A failed charge is tried again after"), self.ladder)
        prompts = self.tr("Most prompts to one phone a day")
        self.prompts = CountEdit(prompts, least=1, most=MAX_PROMPTS_A_DAY)
        self.prompts.setValue(rules.prompts_a_day)
        self.add_field(prompts, self.prompts)
        self.by_itself.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor = self._context.app, self._context.actor
        rules = replace(
            self._rules,
            renews_by_itself=self.by_itself.isChecked(),
            renewal_hour=self.hour.value(),
            retry_ladder=self.ladder.text(),
            prompts_a_day=self.prompts.value(),
        )
        self.run(
            self._context.tasks,
            lambda: app.renewal_settings.save(actor, rules),
            lambda _rules: self._on_done(self.tr("The rules of renewal are saved")),
        )


def _line(row: PlanRow) -> str:
    price = display(row.price_minor, row.currency)
    told = f"{plan_text(row.plan, row.name)} · {price}"
    return told if row.is_offered else f"({told})"

"""The fields for what is agreed: the plan, its price, how it is paid, on which telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QCoreApplication, QDate
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QLineEdit

from core.model.payments import PaymentMethod
from core.model.subscriptions import SUBSCRIPTION_METHODS, Plan
from core.money import display
from core.services.subscriptions.rows import PlanRow
from ui.badges import badge_for
from ui.pages.subscriptions.words import plan_text, plan_word
from ui.widgets.form_dialog import FormDialog
from ui.widgets.inputs import AmountEdit, PhoneEdit

translate = QCoreApplication.translate
_PLAN_CHARACTERS = 30


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """One entry of the plans' list; without a name it is terms of this subscription's own."""

    plan: Plan
    name: str = ""


def day_field(day: date, *, earliest: date | None = None, latest: date | None = None) -> QDateEdit:
    """Return a field for a day, with a calendar."""
    field = QDateEdit(_shown(day))
    field.setDisplayFormat("yyyy-MM-dd")
    field.setCalendarPopup(True)
    if earliest is not None:
        field.setMinimumDate(_shown(earliest))
    if latest is not None:
        field.setMaximumDate(_shown(latest))
    return field


class TermsFields:
    """The rows for terms in a form; choosing a plan of the catalogue fills in its price."""

    def __init__(self, form: FormDialog, plans: Sequence[PlanRow]) -> None:
        self._prices = {row.name: row.price_minor for row in plans}
        self.plan = QComboBox()
        # A long name must not push the field below its label.
        self.plan.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.plan.setMinimumContentsLength(_PLAN_CHARACTERS)
        for row in plans:
            text = f"{plan_text(row.plan, row.name)} · {display(row.price_minor, row.currency)}"
            self.plan.addItem(text, PlanChoice(row.plan, row.name))
        for plan in Plan:
            own = translate("TermsFields", "%1, own price").replace("%1", plan_word(plan))
            self.plan.addItem(own, PlanChoice(plan))
        form.add_field(translate("TermsFields", "Plan"), self.plan)
        self.price = AmountEdit(translate("TermsFields", "Price of a period"))
        form.add_field(translate("TermsFields", "Price of a period"), self.price)
        self.method = QComboBox()
        for method in SUBSCRIPTION_METHODS:
            self.method.addItem(badge_for("method", method).text, method)
        form.add_field(translate("TermsFields", "Paid by"), self.method)
        self.phone = PhoneEdit(translate("TermsFields", "Telephone that is asked"))
        form.add_field(translate("TermsFields", "Telephone that is asked"), self.phone)
        self.auto = QCheckBox(
            translate("TermsFields", "Charge each period by itself when it begins")
        )
        self.auto.setChecked(True)
        self.notes = QLineEdit()
        self.plan.currentIndexChanged.connect(self._on_plan_chosen)
        self._on_plan_chosen()

    @property
    def choice(self) -> PlanChoice:
        """The plan chosen."""
        chosen: PlanChoice = self.plan.currentData()
        return chosen

    @property
    def chosen_method(self) -> PaymentMethod:
        """The way to pay chosen."""
        return PaymentMethod(self.method.currentData())

    def show_terms(self, plan: Plan, name: str, price_minor: int, method: PaymentMethod) -> None:
        """Put what is agreed now into the fields."""
        wanted = PlanChoice(plan, name)
        if wanted not in [self.plan.itemData(place) for place in range(self.plan.count())]:
            self.plan.insertItem(0, plan_text(plan, name), wanted)
        self.plan.setCurrentIndex(
            next(n for n in range(self.plan.count()) if self.plan.itemData(n) == wanted)
        )
        self.price.set_amount(price_minor)
        self.method.setCurrentIndex(SUBSCRIPTION_METHODS.index(method))

    def _on_plan_chosen(self) -> None:
        price_minor = self._prices.get(self.choice.name)
        if price_minor is not None:
            self.price.set_amount(price_minor)


def _shown(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)

"""The rules of the loyalty programme, with what they mean for an example."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from core.errors import InvalidInputError
from core.money import display
from core.services.loyalty.settings import LoyaltySettings
from ui.loyalty.words import points_text
from ui.pages.settings.shop_form import SavingForm
from ui.widgets.basics import PlainLabel
from ui.widgets.inputs import AmountEdit

_EXAMPLE_MINOR = 50_000


class LoyaltyForm(SavingForm):
    """What earns points, what they are worth, and where each tier begins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.add_explanation(
            self.tr(
                "Customers earn points by what they pay with money, and pay with points later."
                " Another rate counts from now on; points already there stay."
            )
        )
        self.is_enabled = self._add_switch("loyalty_enabled", self.tr("Customers earn points"))
        self._amounts = {
            name: self._add_amount(name, label)
            for name, label in (
                ("loyalty_francs_per_point", self.tr("Paid for one point")),
                ("loyalty_point_worth", self.tr("Worth of a point")),
            )
        }
        self.example = self._add_note("")
        self.part_payments = self._add_switch(
            "loyalty_part_payments", self.tr("Points may pay a part of an order")
        )
        self._amounts |= {
            name: self._add_amount(name, label)
            for name, label in (
                ("loyalty_silver_from", self.tr("Silver from")),
                ("loyalty_gold_from", self.tr("Gold from")),
                ("loyalty_platinum_from", self.tr("Platinum from")),
            )
        }
        self._add_note(self.tr("Tiers follow what was spent in the last 12 months, less refunds."))

    def show_rules(self, rules: LoyaltySettings) -> None:
        """Fill the fields."""

        def put() -> None:
            self.is_enabled.setChecked(rules.loyalty_enabled)
            self.part_payments.setChecked(rules.loyalty_part_payments)
            for name, field in self._amounts.items():
                field.set_amount(getattr(rules, name))

        self.fill(put)
        self._show_example()

    def typed(self) -> LoyaltySettings:
        """Return the rules as typed.

        Raises:
            InvalidInputError: an amount is missing; its field is on the error.

        """
        amounts: dict[str, int] = {}
        for name, field in self._amounts.items():
            if field.amount_minor is None:
                raise InvalidInputError(self.tr("Nothing was changed. Type an amount."), field=name)
            amounts[name] = field.amount_minor
        return LoyaltySettings(
            loyalty_enabled=self.is_enabled.isChecked(),
            loyalty_part_payments=self.part_payments.isChecked(),
            **amounts,
        )

    def _add_switch(self, name: str, label: str) -> QCheckBox:
        switch = QCheckBox(label)
        switch.toggled.connect(self.note_edit)
        switch.setAccessibleName(label)
        self.form.addRow("", switch)
        self.keep_field(name, switch)
        return switch

    def _add_amount(self, name: str, label: str) -> AmountEdit:
        field = AmountEdit(label)
        field.edit.textChanged.connect(self._on_amount)
        self.add_field(name, label, field)
        return field

    def _add_note(self, text: str) -> PlainLabel:
        note = PlainLabel(text, look="muted", wrap=True)
        note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.form.addRow("", note)
        return note

    def _on_amount(self) -> None:
        self.note_edit()
        self._show_example()

    def _show_example(self) -> None:
        rate = self._amounts["loyalty_francs_per_point"].amount_minor
        worth = self._amounts["loyalty_point_worth"].amount_minor
        if not rate or not worth or not hasattr(self, "example"):
            return
        points = _EXAMPLE_MINOR // rate
        self.example.setText(
            self.tr("Whoever pays %1 earns %2, worth %3.")
            .replace("%1", display(_EXAMPLE_MINOR))
            .replace("%2", points_text(points))
            .replace("%3", display(points * worth))
        )

"""How much of one match a clerk may write off without a manager."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.errors import InvalidInputError
from core.services.matching.write_off_limits import MAX_PERCENT, WriteOffLimits
from ui.pages.settings.shop_form import SavingForm
from ui.widgets.inputs import AmountEdit, CountEdit


class WriteOffForm(SavingForm):
    """An amount in the shop's currency, and a share for every other currency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.add_explanation(
            self.tr(
                "Where a statement shows a little more or less than was recorded, a clerk may"
                " write the difference off, with a reason, up to this much of one match. Above it,"
                " a manager does. An empty amount lets a clerk write off nothing."
            )
        )
        self.amount = AmountEdit(self.tr("At most"))
        self.amount.edit.textChanged.connect(self.note_edit)
        self.add_field("write_off_limit_minor", self.tr("At most"), self.amount)
        self.share = CountEdit(self.tr("Other currencies"), most=MAX_PERCENT)
        self.share.setSuffix(self.tr(" % of the payments"))
        self.share.valueChanged.connect(self.note_edit)
        self.add_field("write_off_limit_percent", self.tr("Other currencies"), self.share)

    def show_limits(self, limits: WriteOffLimits) -> None:
        """Fill the fields."""

        def put() -> None:
            self.amount.set_amount(limits.write_off_limit_minor or None)
            self.share.setValue(limits.write_off_limit_percent)

        self.fill(put)

    def typed(self) -> WriteOffLimits:
        """Return the limits as typed.

        Raises:
            InvalidInputError: what stands in the amount's field is none.

        """
        amount_minor = self.amount.amount_minor
        if amount_minor is None and self.amount.edit.text().strip() not in {"", "0"}:
            raise InvalidInputError(
                self.tr("Nothing was changed. Type an amount."), field="write_off_limit_minor"
            )
        return WriteOffLimits(amount_minor or 0, self.share.value())

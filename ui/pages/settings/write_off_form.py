"""How much a clerk may write off without a manager: of one match, and in one day."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.errors import InvalidInputError
from core.services.matching.write_off_limits import MAX_PERCENT, WriteOffLimits
from ui.pages.settings.shop_form import SavingForm
from ui.widgets.inputs import AmountEdit, CountEdit


class WriteOffForm(SavingForm):
    """An amount in the shop's currency, a share for every other currency, an amount for a day."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.add_explanation(
            self.tr(
                "Where a statement shows a little more or less than was recorded, a clerk may"
                " write the difference off, with a reason, up to this much of one match. Above it,"
                " a manager does. An empty amount lets a clerk write off nothing. All that one"
                " clerk writes off in one day may be limited too; left empty, it is not."
            )
        )
        self.amount = AmountEdit(self.tr("Of one match"))
        self.amount.edit.textChanged.connect(self.note_edit)
        self.add_field("write_off_limit_minor", self.tr("Of one match"), self.amount)
        self.day = AmountEdit(self.tr("Of one day"))
        self.day.edit.textChanged.connect(self.note_edit)
        self.day.edit.setPlaceholderText(self.tr("no limit"))
        self.add_field("write_off_day_limit_minor", self.tr("Of one day"), self.day)
        self.share = CountEdit(self.tr("Other currencies"), most=MAX_PERCENT)
        self.share.setSuffix(self.tr(" % of the payments"))
        self.share.valueChanged.connect(self.note_edit)
        self.add_field("write_off_limit_percent", self.tr("Other currencies"), self.share)

    def show_limits(self, limits: WriteOffLimits) -> None:
        """Fill the fields."""

        def put() -> None:
            self.amount.set_amount(limits.write_off_limit_minor or None)
            self.share.setValue(limits.write_off_limit_percent)
            self.day.set_amount(limits.write_off_day_limit_minor or None)

        self.fill(put)

    def typed(self) -> WriteOffLimits:
        """Return the limits as typed.

        Raises:
            InvalidInputError: what stands in the amount's field is none.

        """
        return WriteOffLimits(
            self._amount("write_off_limit_minor", self.amount),
            self.share.value(),
            self._amount("write_off_day_limit_minor", self.day),
        )

    def _amount(self, name: str, field: AmountEdit) -> int:
        if field.amount_minor is None and field.edit.text().strip() not in {"", "0"}:
            raise InvalidInputError(self.tr("Nothing was changed. Type an amount."), field=name)
        return field.amount_minor or 0

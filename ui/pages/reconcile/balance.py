"""What lines bring and payments ask, and what is left between them: in figures, words, colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from core.money import display, grouped
from core.services.rows import PaymentRow, StatementLineRow
from ui.pages.reconcile.words import filled
from ui.theme import set_look
from ui.widgets.basics import PlainLabel


@dataclass(frozen=True, slots=True)
class Balance:
    """Lines against payments, in minor units."""

    received_minor: int
    chosen_minor: int
    currency: str

    @property
    def left_minor(self) -> int:
        """What the lines bring beyond the payments; negative where they bring less."""
        return self.received_minor - self.chosen_minor

    @property
    def difference_minor(self) -> int:
        """What is recorded beyond what the lines bring, as a match keeps it."""
        return -self.left_minor


def balance_of(
    lines: Sequence[StatementLineRow], payments: Sequence[PaymentRow], currency: str
) -> Balance:
    """Return what some lines bring against what some payments ask."""
    return Balance(
        sum(line.amount_minor for line in lines),
        sum(payment.amount_minor for payment in payments),
        currency,
    )


class BalanceLabel(PlainLabel):
    """Says "15 000 received · 12 000 chosen · 3 000 RWF left", or short, or that it sums up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, wrap=True)

    def show_hint(self, text: str) -> None:
        """Show a hint instead, while there is nothing to weigh."""
        set_look(self, look="small")
        self.setText(text)

    def show_balance(self, balance: Balance) -> None:
        """Show a balance."""
        left = balance.left_minor
        set_look(self, look="wrong" if left else "good")
        if left > 0:
            told = self.tr("%1 received · %2 chosen · %3 left")
        elif left < 0:
            told = self.tr("%1 received · %2 chosen · %3 short")
        else:
            told = self.tr("%1 received · %2 chosen · ✓ sums up")
        self.setText(
            filled(
                told,
                grouped(balance.received_minor, balance.currency),
                grouped(balance.chosen_minor, balance.currency),
                display(abs(left), balance.currency),
            )
        )

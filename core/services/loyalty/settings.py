"""The rules of the loyalty programme: what earns points, what they are worth, where tiers begin."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInputError
from core.money import MAX_MINOR

MAX_POINTS = 10**9
"""No account moves by more at once; it keeps sums well inside the database's integers."""


@dataclass(frozen=True, slots=True)
class LoyaltySettings:
    """The programme. Amounts are francs: only payments in RWF earn points or are paid with them.

    One point is earned for each ``loyalty_francs_per_point`` paid, and is worth
    ``loyalty_point_worth`` when spent (seed.md: RWF 100). ``loyalty_part_payments`` says whether
    points may pay a part of an order. A tier begins at what was spent in the last twelve months.
    """

    loyalty_enabled: bool = True
    loyalty_francs_per_point: int = 10_000
    loyalty_point_worth: int = 100
    loyalty_part_payments: bool = True
    loyalty_silver_from: int = 400_000
    loyalty_gold_from: int = 1_500_000
    loyalty_platinum_from: int = 5_000_000

    def points_for(self, amount_minor: int) -> int:
        """Return the points that a paid amount earns."""
        return amount_minor // self.loyalty_francs_per_point if self.loyalty_enabled else 0

    def points_needed(self, amount_minor: int) -> int | None:
        """Return the points that pay an amount; None where whole points cannot."""
        points, rest = divmod(amount_minor, self.loyalty_point_worth)
        return None if rest else points


def check_loyalty_settings(settings: LoyaltySettings) -> None:
    """Refuse rules that give nothing for money, everything for nothing, or tiers out of order.

    Raises:
        InvalidInputError: a value cannot be used; its field is on the error.

    """
    for field in ("loyalty_francs_per_point", "loyalty_point_worth"):
        if not 1 <= getattr(settings, field) <= MAX_MINOR:
            raise InvalidInputError("Nothing was changed. Type one franc or more.", field=field)
    tiers = ("loyalty_silver_from", "loyalty_gold_from", "loyalty_platinum_from")
    least = 0
    for field in tiers:
        if not least < getattr(settings, field) <= MAX_MINOR:
            raise InvalidInputError(
                "Nothing was changed. Each tier begins higher than the one before it.", field=field
            )
        least = getattr(settings, field)

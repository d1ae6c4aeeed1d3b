"""What a channel keeps of a payment, so that gross and net make an exact pair."""

from __future__ import annotations

from dataclasses import dataclass, replace

_PERCENT_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class FeeTier:
    """A fee for payments up to an amount: hundredths of a percent plus a fixed part, bounded.

    ``up_to_minor`` None means no upper limit; ``basis_points`` 100 is 1 %.
    """

    basis_points: int = 0
    fixed_minor: int = 0
    minimum_minor: int = 0
    maximum_minor: int | None = None
    up_to_minor: int | None = None

    def fee_minor(self, gross_minor: int) -> int:
        """Return the fee, its percentage rounded half up to the minor unit."""
        share = (gross_minor * self.basis_points * 2 + _PERCENT_SCALE) // (_PERCENT_SCALE * 2)
        fee = max(share + self.fixed_minor, self.minimum_minor)
        return fee if self.maximum_minor is None else min(fee, self.maximum_minor)


@dataclass(frozen=True, slots=True)
class FeeRule:
    """The tiers of one payment method, lowest limit first."""

    method: str
    tiers: tuple[FeeTier, ...]

    def fee_minor(self, gross_minor: int) -> int:
        """Return what the channel keeps of a gross amount; 0 above the last tier."""
        for tier in self.tiers:
            if tier.up_to_minor is None or gross_minor <= tier.up_to_minor:
                return tier.fee_minor(gross_minor)
        return 0


@dataclass(frozen=True, slots=True)
class FeeModel:
    """The shop's agreed fees by method, and what may pass for an unknown fee.

    Where no rule is known, a difference of at most ``small_basis_points`` of the payment, or
    ``small_minor`` if that is more, is taken for a fee, with an exact reference only.
    """

    rules: tuple[FeeRule, ...] = ()
    small_basis_points: int = 350
    small_minor: int = 20

    def fee_minor(self, method: str, gross_minor: int) -> int:
        """Return the agreed fee of a payment; 0 where no rule is known."""
        for rule in self.rules:
            if rule.method == method:
                return rule.fee_minor(gross_minor)
        return 0

    def completed_by(self, learned: tuple[FeeRule, ...]) -> FeeModel:
        """Return the model with learned rules for the methods that no agreed one covers."""
        return replace(self, rules=(*self.rules, *learned)) if learned else self

    def is_small(self, gross_minor: int, difference_minor: int) -> bool:
        """Tell whether a shortfall is small enough to be an unknown fee."""
        limit = max(gross_minor * self.small_basis_points // _PERCENT_SCALE, self.small_minor)
        return 0 < difference_minor <= min(limit, gross_minor // 10)


DEFAULT_FEES = FeeModel()

"""What screens and commands show of the loyalty programme: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.model.customers import LoyaltyTier
from core.model.loyalty import LoyaltyEntryKind
from core.services.loyalty.settings import LoyaltySettings


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's tier, from what was spent since ``since`` (twelve months, the shop's days).

    ``spent_minor`` is money that came and did not go back. ``next_tier`` is None at the top;
    ``missing_minor`` is what is still to be spent for it.
    """

    tier: LoyaltyTier
    spent_minor: int
    since: date
    next_tier: LoyaltyTier | None
    next_from_minor: int
    missing_minor: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A customer's points and tier. ``owed_points`` is what refunds could not take back yet."""

    customer_id: int
    customer_name: str
    phone_number: str
    points: int
    owed_points: int
    standing: Standing
    settings: LoyaltySettings

    @property
    def worth_minor(self) -> int:
        """What the points are worth when spent."""
        return self.points * self.settings.loyalty_point_worth


@dataclass(frozen=True, slots=True)
class LoyaltyEntryRow:
    """One movement of points; ``payment_id`` and ``refund_id`` are public ids or empty."""

    sequence: int
    at: datetime
    kind: LoyaltyEntryKind
    points: int
    balance_after: int
    owed: int
    payment_id: str
    refund_id: str
    invoice_number: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class PaymentPoints:
    """What one payment did to its customer's points; ``balance_after`` is the account's now."""

    earned: int
    settled: int
    spent: int
    balance_after: int


@dataclass(frozen=True, slots=True)
class CreditReport:
    """What crediting past payments brought: how many of them earned points, and how many."""

    payments: int
    points: int

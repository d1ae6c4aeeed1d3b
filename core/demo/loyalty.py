"""Points of the loyalty programme: one for every RWF 10 000 spent, worth RWF 100."""

from __future__ import annotations

from core.demo.people import Customer
from core.demo.sales import Row
from core.model.customers import LoyaltyTier

_SPENT_PER_POINT_MINOR = 10_000
_TIERS = (
    (LoyaltyTier.PLATINUM, 5_000_000),
    (LoyaltyTier.GOLD, 1_500_000),
    (LoyaltyTier.SILVER, 400_000),
    (LoyaltyTier.BRONZE, 0),
)
"""Tiers and the spending, in minor units, from which each begins."""


def loyalty_row(customer: Customer) -> Row:
    """Return a customer's account after all they spent."""
    tier = next(tier for tier, least in _TIERS if customer.spent_minor >= least)
    return {
        "customer_id": customer.key,
        "points": customer.spent_minor // _SPENT_PER_POINT_MINOR,
        "tier": tier,
        "version": 1,
    }

"""Which tier a customer has: computed from the books whenever it is asked for.

A tier falls when an old purchase leaves the last twelve months, which no event tells; a kept tier
would be wrong until somebody refreshed it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import day_end, day_start
from core.model.customers import LoyaltyTier
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.model.refunds import RefundRequest, RefundStatus
from core.money import DEFAULT_CURRENCY
from core.services.loyalty.rows import Standing
from core.services.loyalty.settings import LoyaltySettings

MONEY_METHODS = frozenset(method for method in PaymentMethod if method.is_money)


def year_before(day: date) -> date:
    """Return the first day of the twelve months that end with a day."""
    try:
        same_day = day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        same_day = day.replace(year=day.year - 1, day=28)
    return same_day + timedelta(days=1)


def spending_of(session: Session, customer_ids: Collection[int], today: date) -> dict[int, int]:
    """Return what customers spent in the last twelve months, in francs.

    Money only: completed payments, less what of them went back, whenever it did.
    """
    returned = (
        select(func.coalesce(func.sum(RefundRequest.refund_amount_minor), 0))
        .where(
            RefundRequest.payment_id == Payment.id,
            RefundRequest.status == RefundStatus.COMPLETED,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Payment.customer_id, func.sum(Payment.amount_minor - returned))
        .where(
            Payment.customer_id.in_(customer_ids),
            Payment.status == PaymentStatus.COMPLETED,
            Payment.payment_method.in_(MONEY_METHODS),
            Payment.payment_type != PaymentType.REFUND,
            Payment.currency == DEFAULT_CURRENCY,
            Payment.paid_at >= day_start(year_before(today)),
            Payment.paid_at < day_end(today),
        )
        .group_by(Payment.customer_id)
    )
    return {customer_id: int(spent) for customer_id, spent in rows if customer_id is not None}


def standing_of(spent_minor: int, settings: LoyaltySettings, today: date) -> Standing:
    """Return the tier of what was spent, and what is missing to the next."""
    steps = (
        (LoyaltyTier.BRONZE, 0),
        (LoyaltyTier.SILVER, settings.loyalty_silver_from),
        (LoyaltyTier.GOLD, settings.loyalty_gold_from),
        (LoyaltyTier.PLATINUM, settings.loyalty_platinum_from),
    )
    reached = max(place for place, (_, least) in enumerate(steps) if spent_minor >= least)
    above = steps[reached + 1] if reached + 1 < len(steps) else None
    return Standing(
        tier=steps[reached][0],
        spent_minor=spent_minor,
        since=year_before(today),
        next_tier=above[0] if above else None,
        next_from_minor=above[1] if above else 0,
        missing_minor=above[1] - spent_minor if above else 0,
    )

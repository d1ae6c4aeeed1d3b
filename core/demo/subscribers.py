"""Subscriptions: who pays daily, weekly or monthly, and what falls due on a day."""

from __future__ import annotations

import random
from datetime import date, timedelta

from core.demo.people import Clientele
from core.demo.sales import Row, Subscription
from core.model.payments import PaymentMethod
from core.model.subscriptions import Plan
from core.money import DEFAULT_CURRENCY

_PRICES = {
    Plan.DAILY: (8_000, 15_000, 1_000),
    Plan.WEEKLY: (50_000, 90_000, 5_000),
    Plan.MONTHLY: (200_000, 400_000, 25_000),
}
"""Lowest, highest and step of a plan's price, in RWF."""

_SHARES = ((Plan.DAILY, 3), (Plan.WEEKLY, 7), (Plan.MONTHLY, 20))
_PAYMENTS_A_DAY_SERVED = 40
_SUNDAY = 6


def subscriptions_of(
    clientele: Clientele, rng: random.Random, *, first_day: date, payments_a_day: int
) -> tuple[Subscription, ...]:
    """Return the shop's subscriptions, about a tenth of its payments."""
    found: list[Subscription] = []
    for plan, usual in _SHARES:
        for _ in range(max(1, usual * payments_a_day // _PAYMENTS_A_DAY_SERVED)):
            key = len(found) + 1
            airtel = rng.random() < 0.25
            by_bank = plan is Plan.MONTHLY and rng.random() < 0.5
            customer = clientele.pick(clientele.airtel if airtel else clientele.mtn)
            mobile = PaymentMethod.AIRTEL_MONEY if airtel else PaymentMethod.MTN_MOBILE_MONEY
            low, high, step = _PRICES[plan]
            found.append(
                Subscription(
                    key=key,
                    number=f"SUB-{key:05d}",
                    customer=customer,
                    plan=plan,
                    price_minor=rng.randrange(low, high + step, step),
                    method=PaymentMethod.BANK_TRANSFER if by_bank else mobile,
                    starts_on=first_day + timedelta(days=rng.randrange(28)),
                )
            )
    return tuple(found)


def is_due(subscription: Subscription, day: date) -> bool:
    """Tell whether a payment falls due on a day; on Sundays nobody is asked for a daily one."""
    since = (day - subscription.starts_on).days
    if since < 0:
        return False
    if subscription.plan is Plan.DAILY:
        return day.weekday() != _SUNDAY
    if subscription.plan is Plan.WEEKLY:
        return since % 7 == 0
    return day.day == min(subscription.starts_on.day, 28)


def subscription_row(subscription: Subscription) -> Row:
    """Return the row with the day on which the next payment falls due."""
    due = subscription.starts_on
    if subscription.paid_on is not None:
        due = subscription.paid_on + timedelta(days=1)
        while not is_due(subscription, due):
            due += timedelta(days=1)
    return {
        "id": subscription.key,
        "subscription_number": subscription.number,
        "customer_id": subscription.customer.key,
        "plan": subscription.plan,
        "price_minor": subscription.price_minor,
        "currency": DEFAULT_CURRENCY,
        "starts_on": subscription.starts_on,
        "next_due_on": due,
        "auto_renewal": True,
        "is_active": True,
        "notes": "",
        "version": 1,
    }

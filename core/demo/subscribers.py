"""Subscriptions: the plans, who pays them, and what was charged for each period."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from core.clock import day_start, shop_date
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.journal import Journal
from core.demo.people import Clientele
from core.demo.sales import Row, Sale, Subscription
from core.model.customers import Subscription as SubscriptionModel
from core.model.invoices import NumberSeries
from core.model.journal import Setting
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.subscriptions import (
    PeriodStatus,
    Plan,
    SubscriptionCharge,
    SubscriptionPause,
    SubscriptionPeriod,
    SubscriptionPlan,
    SubscriptionStatus,
)
from core.money import DEFAULT_CURRENCY, major
from core.services.subscriptions.calendar import next_start
from core.services.subscriptions.steps import NUMBER_SERIES

_CATALOGUE = (
    ("Breakfast box", Plan.DAILY, 8_000),
    ("Lunch box", Plan.DAILY, 12_000),
    ("Family lunch", Plan.DAILY, 15_000),
    ("Fruit and vegetables", Plan.WEEKLY, 50_000),
    ("Household basket", Plan.WEEKLY, 70_000),
    ("Family basket", Plan.WEEKLY, 90_000),
    ("Office coffee", Plan.MONTHLY, 200_000),
    ("Office supplies", Plan.MONTHLY, 300_000),
    ("Canteen supply", Plan.MONTHLY, 400_000),
)
"""The shop's plans with their prices, in RWF."""

_SHARES = ((Plan.DAILY, 3), (Plan.WEEKLY, 7), (Plan.MONTHLY, 20))
_PAYMENTS_A_DAY_SERVED = 40
_PAUSED_DAYS, _CANCELLED_DAYS = 6, 15
_MOST_DAYS_OWED = 2
_UNPAID_DAYS = 9
"""A charge that failed longer ago was let go; a younger one is unpaid."""


def subscriptions_of(
    clientele: Clientele, rng: random.Random, calendar: Calendar, *, payments_a_day: int
) -> tuple[Subscription, ...]:
    """Return the shop's subscriptions, about a tenth of its payments."""
    found: list[Subscription] = []
    for plan, usual in _SHARES:
        offered = [(name, price) for name, of, price in _CATALOGUE if of is plan]
        for _ in range(max(1, usual * payments_a_day // _PAYMENTS_A_DAY_SERVED)):
            key = len(found) + 1
            airtel = rng.random() < 0.25
            by_bank = plan is Plan.MONTHLY and rng.random() < 0.5
            customer = clientele.pick(clientele.airtel if airtel else clientele.mtn)
            mobile = PaymentMethod.AIRTEL_MONEY if airtel else PaymentMethod.MTN_MOBILE_MONEY
            name, price_minor = rng.choice(offered)
            made = Subscription(
                key=key,
                number=f"{NUMBER_SERIES}-{key:05d}",
                customer=customer,
                plan=plan,
                plan_name=name,
                price_minor=price_minor,
                method=PaymentMethod.BANK_TRANSFER if by_bank else mobile,
                starts_on=calendar.first_day + timedelta(days=rng.randrange(28)),
            )
            _stop_some(made, calendar.today)
            found.append(made)
    return tuple(found)


def _stop_some(subscription: Subscription, today: date) -> None:
    """Let every ninth be paused, and every ninth cancelled."""
    days = {4: _PAUSED_DAYS, 3: _CANCELLED_DAYS}.get(subscription.key % 9)
    if days is not None:
        is_paused = days == _PAUSED_DAYS
        subscription.status = (
            SubscriptionStatus.PAUSED if is_paused else SubscriptionStatus.CANCELLED
        )
        subscription.stopped_on = max(
            today - timedelta(days=days), subscription.starts_on + timedelta(days=1)
        )


def is_due(subscription: Subscription, day: date) -> bool:
    """Tell whether a period begins on a day."""
    since = (day - subscription.starts_on).days
    stopped_on = subscription.stopped_on
    if since < 0 or (stopped_on is not None and day >= stopped_on):
        return False
    if subscription.plan is Plan.DAILY:
        return True
    if subscription.plan is Plan.WEEKLY:
        return since % 7 == 0
    return day.day == min(subscription.starts_on.day, monthrange(day.year, day.month)[1])


def write_subscribers(
    writer: BulkWriter,
    journal: Journal,
    calendar: Calendar,
    subscriptions: Sequence[Subscription],
) -> None:
    """Write the catalogue and the subscriptions, before anything was charged.

    The demo renews when somebody presses the button: a program that is only being tried charges
    nobody by itself.
    """
    writer.add(Setting, {"name": "renews_by_itself", "value": "False"})
    writer.add(NumberSeries, {"name": NUMBER_SERIES, "last_number": len(subscriptions)})
    for name, plan, price_minor in _CATALOGUE:
        row = {"name": name, "plan": plan, "price_minor": price_minor, "version": 1}
        writer.add(SubscriptionPlan, {**row, "currency": DEFAULT_CURRENCY, "is_offered": True})
    for subscription in subscriptions:
        writer.add(SubscriptionModel, _row(subscription, calendar))
        if subscription.status is SubscriptionStatus.PAUSED:
            writer.add(
                SubscriptionPause,
                {
                    "subscription_id": subscription.key,
                    "paused_from": subscription.stopped_on,
                    "resumed_on": None,
                },
            )
        _note(journal, calendar, subscription)


def due_row(subscription: Subscription, calendar: Calendar) -> date:
    """Return the day of the first period not charged yet, at most some days ago."""
    last = subscription.charged_on
    if last is None:
        due = subscription.starts_on
    else:
        due = next_start(subscription.plan, last, subscription.starts_on.day)
    if subscription.status is not SubscriptionStatus.ACTIVE:
        return max(due, subscription.stopped_on or due)
    while (calendar.today - due).days > _MOST_DAYS_OWED:
        due = next_start(subscription.plan, due, subscription.starts_on.day)
    return due


class SubscriberBook:
    """Writes the period and the charge behind each payment of a subscription."""

    def __init__(self, calendar: Calendar, writer: BulkWriter) -> None:
        self._calendar = calendar
        self._writer = writer
        self._keys = count(1)

    def charge(self, subscription: Subscription, sale: Sale) -> None:
        """Write what was charged on the day a sale was begun."""
        day = shop_date(sale.created_at)
        subscription.charged_on = max(day, subscription.charged_on or day)
        status = self._status(sale, day)
        ended_at = sale.paid_at or sale.ended_at
        is_settled = status in {PeriodStatus.PAID, PeriodStatus.WAIVED}
        key = next(self._keys)
        following = next_start(subscription.plan, day, subscription.starts_on.day)
        self._writer.add(
            SubscriptionPeriod,
            {
                "id": key,
                "subscription_id": subscription.key,
                "starts_on": day,
                "ends_on": following - timedelta(days=1),
                "reference": sale.reference,
                "amount_minor": sale.amount_minor,
                "currency": DEFAULT_CURRENCY,
                "status": status,
                "tries": 1,
                "next_try_at": None,
                "settled_at": ended_at if is_settled else None,
                "created_at": sale.created_at,
                "version": 1,
            },
        )
        self._writer.add(
            SubscriptionCharge,
            {
                "id": key,
                "period_id": key,
                "try_number": 1,
                "payment_id": sale.key,
                "created_at": sale.created_at,
                "ended_at": ended_at,
                "is_surplus": False,
            },
        )

    def _status(self, sale: Sale, day: date) -> PeriodStatus:
        if sale.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}:
            return PeriodStatus.PAID
        if sale.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}:
            return PeriodStatus.OPEN
        is_recent = (self._calendar.today - day).days <= _UNPAID_DAYS
        return PeriodStatus.UNPAID if is_recent else PeriodStatus.WAIVED


def _row(subscription: Subscription, calendar: Calendar) -> Row:
    is_cancelled = subscription.status is SubscriptionStatus.CANCELLED
    return {
        "id": subscription.key,
        "subscription_number": subscription.number,
        "customer_id": subscription.customer.key,
        "plan": subscription.plan,
        "plan_name": subscription.plan_name,
        "price_minor": subscription.price_minor,
        "currency": DEFAULT_CURRENCY,
        "starts_on": subscription.starts_on,
        "next_due_on": due_row(subscription, calendar),
        "anchor_day": subscription.starts_on.day,
        "ends_on": subscription.stopped_on if is_cancelled else None,
        "payment_method": subscription.method,
        "phone_number": subscription.customer.phone,
        "auto_renewal": True,
        "status": subscription.status,
        "notes": "",
        "version": 1,
    }


def _note(journal: Journal, calendar: Calendar, subscription: Subscription) -> None:
    """Put into the journal what was done since the shop uses the program."""
    subject = ("subscription", subscription.number)
    if calendar.is_live(subscription.starts_on):
        terms: Row = {
            "customer": subscription.customer.name,
            "plan": subscription.plan.value,
            "price": major(subscription.price_minor),
            "currency": DEFAULT_CURRENCY,
            "method": subscription.method.value,
            "starts_on": str(subscription.starts_on),
        }
        at = _morning(subscription.starts_on)
        journal.note(at, "clerk", "subscription:started", subject, terms)
    if subscription.stopped_on is not None and calendar.is_live(subscription.stopped_on):
        is_paused = subscription.status is SubscriptionStatus.PAUSED
        day = {"paused_from" if is_paused else "ends_on": str(subscription.stopped_on)}
        action = f"subscription:{subscription.status.value}"
        journal.note(_morning(subscription.stopped_on), "clerk", action, subject, {**day})


def _morning(day: date) -> datetime:
    return day_start(day) + timedelta(hours=7, minutes=30)

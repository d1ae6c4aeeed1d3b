"""The steps behind the verbs of a subscription: its number, its terms, its pauses, its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import UnitOfWork
from core.model.customers import Customer, Subscription
from core.model.invoices import NumberSeries
from core.model.subscriptions import PeriodStatus, SubscriptionPause
from core.money import major
from core.services.subscriptions.calendar import Pause, Terms, first_start_after
from core.services.subscriptions.commands import ChangeSubscription, StartSubscription
from core.services.subscriptions.facts import drop_change, keep_schedule, schedule_of
from core.services.subscriptions.period_endings import journal_period

NUMBER_SERIES = "SUB"


def new_subscription(command: StartSubscription, customer: Customer, number: str) -> Subscription:
    """Return the row of a subscription that begins."""
    return Subscription(
        subscription_number=number,
        customer=customer,
        plan=command.plan,
        plan_name=command.plan_name,
        price_minor=command.price_minor,
        currency=command.currency,
        starts_on=command.starts_on,
        next_due_on=command.starts_on,
        anchor_day=command.starts_on.day,
        auto_renewal=command.auto_renewal,
        payment_method=command.method,
        phone_number=command.phone_number,
        notes=command.notes,
    )


def agree(unit: UnitOfWork, subscription: Subscription, command: ChangeSubscription) -> None:
    """Note the terms of later periods; periods that began already keep theirs."""
    wanted = Terms(command.plan, command.plan_name, command.price_minor)
    drop_change(subscription)
    present = Terms(subscription.plan, subscription.plan_name, subscription.price_minor)
    if wanted == present:
        return
    today = shop_date(unit.now)
    # What was never charged, not even today, has the new terms from its start.
    is_new = not subscription.periods
    subscription.changes_on = _first_start_after(
        subscription, today - timedelta(days=1) if is_new else today
    )
    subscription.next_plan = wanted.plan
    subscription.next_plan_name = wanted.plan_name
    subscription.next_price_minor = wanted.price_minor


def _first_start_after(subscription: Subscription, day: date) -> date:
    """Return the first day after ``day`` on which a period would begin, pauses and end apart."""
    schedule = replace(schedule_of(subscription, ()), ends_on=None)
    return first_start_after(schedule, day) or day


def end_of_period(subscription: Subscription, today: date) -> date:
    """Return the first day that is not covered by a period begun before today, or charged."""
    return _first_start_after(subscription, today - timedelta(days=1))


def next_number(session: Session) -> str:
    """Return the next subscription's number; the write lock makes it the only one."""
    row = session.get(NumberSeries, NUMBER_SERIES)
    if row is None:
        known = session.scalar(select(func.max(Subscription.id))) or 0
        row = NumberSeries(name=NUMBER_SERIES, last_number=known)
        session.add(row)
    row.last_number += 1
    session.flush()
    return f"{NUMBER_SERIES}-{row.last_number:05d}"


def open_pause(subscription: Subscription) -> SubscriptionPause | None:
    """Return the pause that is agreed and not over; None without one."""
    return next((each for each in subscription.pauses if each.resumed_on is None), None)


def close_pause(subscription: Subscription, pause: SubscriptionPause, resumed_on: date) -> None:
    """End a pause and move what it held back by its days."""
    over = Pause(pause.paused_from, resumed_on)
    pause.resumed_on = resumed_on
    keep_schedule(subscription, schedule_of(subscription, ()).after_pause(over))
    if subscription.ends_on is not None and subscription.ends_on > pause.paused_from:
        subscription.ends_on += resumed_on - pause.paused_from


def stop_retrying(unit: UnitOfWork, subscription: Subscription, status: PeriodStatus) -> None:
    """Let no failed charge of a subscription be tried again by itself."""
    for period in subscription.periods:
        if period.status is PeriodStatus.RETRYING:
            period.move_to(status)
            period.next_try_at = None
            period.settled_at = unit.now if status is PeriodStatus.WAIVED else None
            journal_period(unit, period, str(status))


def told_terms(subscription: Subscription) -> dict[str, str]:
    """Return what is agreed, as the audit trail keeps it."""
    currency = subscription.currency
    next_price = subscription.next_price_minor
    told = {
        "plan": str(subscription.plan),
        "name": subscription.plan_name,
        "price": major(subscription.price_minor, currency),
        "method": str(subscription.payment_method),
        "phone": subscription.phone_number,
        "auto_renewal": str(subscription.auto_renewal),
        "changes_on": str(subscription.changes_on or ""),
        "next_plan": str(subscription.next_plan or ""),
        "next_price": major(next_price, currency) if next_price else "",
    }
    return {name: value for name, value in told.items() if value}

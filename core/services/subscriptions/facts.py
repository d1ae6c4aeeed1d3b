"""Reads of a subscription what decides about its renewal, for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.clock import day_start, shop_date
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.customers import Subscription
from core.model.payments import Payment, PaymentMethod, TransactionStatus
from core.model.subscriptions import (
    UNSETTLED_PERIODS,
    SubscriptionCharge,
    SubscriptionPause,
    SubscriptionPeriod,
)
from core.services.subscriptions.calendar import Change, Pause, Schedule, Terms
from core.services.subscriptions.renewal_rules import RenewalFacts, Unsettled

_PROMPTING = [method for method in PaymentMethod if method.is_mobile_money]


def schedule_of(subscription: Subscription, pauses: Sequence[SubscriptionPause]) -> Schedule:
    """Return a subscription's days; ``pauses`` are those that may still shift a period."""
    change = None
    if subscription.changes_on is not None:
        terms = Terms(
            subscription.next_plan or subscription.plan,
            subscription.next_plan_name,
            subscription.next_price_minor or subscription.price_minor,
        )
        change = Change(subscription.changes_on, terms)
    return Schedule(
        terms=Terms(subscription.plan, subscription.plan_name, subscription.price_minor),
        next_start=subscription.next_due_on,
        anchor_day=subscription.anchor_day,
        ends_on=subscription.ends_on,
        pauses=tuple(Pause(each.paused_from, each.resumed_on) for each in pauses),
        change=change,
    )


def keep_schedule(subscription: Subscription, schedule: Schedule) -> None:
    """Write a schedule that has moved on back to its subscription."""
    subscription.next_due_on = schedule.next_start
    subscription.anchor_day = schedule.anchor_day
    if subscription.changes_on is not None and schedule.change is None:
        subscription.plan = schedule.terms.plan
        subscription.plan_name = schedule.terms.plan_name
        subscription.price_minor = schedule.terms.price_minor
        drop_change(subscription)


def drop_change(subscription: Subscription) -> None:
    """Forget what was agreed for later periods."""
    subscription.changes_on = None
    subscription.next_plan = None
    subscription.next_plan_name = ""
    subscription.next_price_minor = None


def pauses_to_come(
    session: Session, subscriptions: Sequence[Subscription]
) -> dict[int, list[SubscriptionPause]]:
    """Return by subscription the pauses that may still shift or hold back a period."""
    found: defaultdict[int, list[SubscriptionPause]] = defaultdict(list)
    rows = session.scalars(
        select(SubscriptionPause)
        .join(Subscription, Subscription.id == SubscriptionPause.subscription_id)
        .where(
            Subscription.id.in_([each.id for each in subscriptions]),
            or_(
                SubscriptionPause.resumed_on.is_(None),
                SubscriptionPause.paused_from > Subscription.next_due_on,
            ),
        )
        .order_by(SubscriptionPause.paused_from)
    )
    for pause in rows:
        found[pause.subscription_id].append(pause)
    return found


def facts_of(
    session: Session, subscriptions: Sequence[Subscription], now: datetime
) -> list[RenewalFacts]:
    """Return what decides about each subscription; their customers are expected to be loaded."""
    ids = [each.id for each in subscriptions]
    pauses = pauses_to_come(session, subscriptions)
    open_prompts = _open_prompts(session, ids)
    unsettled = _unsettled(session, ids, open_prompts)
    prompted = _prompts_of_the_day(
        session, [each.id for each in subscriptions if each.payment_method.is_mobile_money], now
    )
    return [
        RenewalFacts(
            subscription_id=each.id,
            subscription_number=each.subscription_number,
            customer_name=each.customer.name,
            currency=each.currency,
            method=each.payment_method,
            schedule=schedule_of(each, pauses.get(each.id, ())),
            unsettled=tuple(unsettled.get(each.id, ())),
            prompt_is_open=bool(open_prompts.get(each.id)),
            prompts_today=prompted.get(each.id, 0),
        )
        for each in subscriptions
    ]


def _open_prompts(session: Session, ids: list[int]) -> dict[int, set[int]]:
    """Return by subscription the periods for which a network may still take the money.

    That is an open payment, and one called failed whose end came into doubt again.
    """
    found: defaultdict[int, set[int]] = defaultdict(set)
    charges = (
        select(SubscriptionPeriod.subscription_id, SubscriptionPeriod.id)
        .join(SubscriptionCharge, SubscriptionCharge.period_id == SubscriptionPeriod.id)
        .join(Payment, Payment.id == SubscriptionCharge.payment_id)
        .where(SubscriptionPeriod.subscription_id.in_(ids), Payment.payment_method.in_(_PROMPTING))
    )
    is_doubted = (
        select(GatewayAttempt.payment_id)
        .where(
            GatewayAttempt.status == TransactionStatus.UNRESOLVED,
            GatewayAttempt.kind == AttemptKind.COLLECT,
        )
        .scalar_subquery()
    )
    for query in (
        charges.where(SubscriptionCharge.ended_at.is_(None)),
        charges.where(SubscriptionCharge.payment_id.in_(is_doubted)),
    ):
        for subscription_id, period_id in session.execute(query):
            found[subscription_id].add(period_id)
    return found


def _unsettled(
    session: Session, ids: list[int], open_prompts: dict[int, set[int]]
) -> dict[int, list[Unsettled]]:
    found: defaultdict[int, list[Unsettled]] = defaultdict(list)
    rows = session.scalars(
        select(SubscriptionPeriod)
        .where(
            SubscriptionPeriod.subscription_id.in_(ids),
            SubscriptionPeriod.status.in_(UNSETTLED_PERIODS),
        )
        .order_by(SubscriptionPeriod.starts_on)
    )
    for period in rows:
        found[period.subscription_id].append(
            Unsettled(
                period_id=period.id,
                starts_on=period.starts_on,
                reference=period.reference,
                status=period.status,
                amount_minor=period.amount_minor,
                tries=period.tries,
                next_try_at=period.next_try_at,
                prompt_is_open=period.id in open_prompts.get(period.subscription_id, ()),
            )
        )
    return found


def _prompts_of_the_day(session: Session, ids: list[int], now: datetime) -> dict[int, int]:
    if not ids:
        return {}
    rows = session.execute(
        select(Payment.subscription_id, func.count())
        .where(
            Payment.subscription_id.in_(ids),
            Payment.payment_method.in_(_PROMPTING),
            Payment.created_at >= day_start(shop_date(now)),
        )
        .group_by(Payment.subscription_id)
    )
    return {subscription_id: count for subscription_id, count in rows if subscription_id}

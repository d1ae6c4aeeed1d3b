"""What the end of a subscription's payment makes of its period, however the payment ended.

Called in the unit of work that ends the payment: by a network's answer, at the till, by a matched
statement line, or by a manager.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.model.customers import Subscription
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.model.subscriptions import (
    PeriodStatus,
    SubscriptionCharge,
    SubscriptionPeriod,
    SubscriptionStatus,
)
from core.services.setting_values import load_values
from core.services.subscriptions.renewal_settings import RenewalSettings


def charge_completed(unit: UnitOfWork, payment: Payment) -> None:
    """Mark the period of a payment whose money came as paid.

    Money that comes for a period already paid, as when an earlier charge succeeds late, is marked
    as surplus: it is to go back, and the subscriptions page says so.
    """
    charge = _charge_of(unit, payment)
    if charge is None:
        return
    charge.ended_at = charge.ended_at or unit.now
    period = charge.period
    if period.status is PeriodStatus.PAID:
        charge.is_surplus = True
        journal_period(unit, period, "paid_twice", payment=payment.payment_id)
        return
    period.move_to(PeriodStatus.PAID)
    period.next_try_at = None
    period.settled_at = unit.now
    journal_period(unit, period, "paid", payment=payment.payment_id)


def charge_ended(unit: UnitOfWork, payment: Payment) -> None:
    """Decide what follows for the period of a payment that brought no money."""
    charge = _charge_of(unit, payment)
    if charge is None:
        return
    charge.ended_at = charge.ended_at or unit.now
    period = charge.period
    if period.status is not PeriodStatus.OPEN or _other_is_open(period, charge):
        return
    subscription = period.subscription
    period.next_try_at = None
    if subscription.status is SubscriptionStatus.CANCELLED:
        period.move_to(PeriodStatus.WAIVED)
        period.settled_at = unit.now
        journal_period(unit, period, "waived", payment=payment.payment_id)
        return
    if _is_retried(payment, subscription):
        settings = load_values(unit.session, RenewalSettings)
        period.next_try_at = settings.next_try_at(period.tries, unit.now)
    period.move_to(PeriodStatus.RETRYING if period.next_try_at else PeriodStatus.UNPAID)
    journal_period(
        unit,
        period,
        "charge_failed" if period.next_try_at else "unpaid",
        payment=payment.payment_id,
        **({"next_try": period.next_try_at.isoformat()} if period.next_try_at else {}),
    )


def journal_period(
    unit: UnitOfWork, period: SubscriptionPeriod, event: str, **details: object
) -> None:
    """Write in the subscription's trail what became of a period, and tell other windows."""
    number = period.subscription.subscription_number
    unit.audit(f"subscription:{event}", "subscription", number, period=period.reference, **details)
    unit.changed(Topic.SUBSCRIPTIONS, number)


def _charge_of(unit: UnitOfWork, payment: Payment) -> SubscriptionCharge | None:
    if payment.subscription_id is None:
        return None
    unit.lock(Lock.SUBSCRIPTION, str(payment.subscription_id))
    return unit.session.scalar(
        select(SubscriptionCharge)
        .where(SubscriptionCharge.payment_id == payment.id)
        .options(joinedload(SubscriptionCharge.period).joinedload(SubscriptionPeriod.subscription))
    )


def _other_is_open(period: SubscriptionPeriod, ended: SubscriptionCharge) -> bool:
    return any(charge.ended_at is None for charge in period.charges if charge is not ended)


def _is_retried(payment: Payment, subscription: Subscription) -> bool:
    """Only a push that failed is sent again by itself; what a person called off is not."""
    return (
        payment.payment_method.is_mobile_money
        and payment.status is PaymentStatus.FAILED
        and subscription.auto_renewal
    )

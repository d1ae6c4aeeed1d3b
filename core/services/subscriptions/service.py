"""Subscriptions: start, pause, resume, change, cancel; and the catalogue they are chosen from."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.customers import Customer, Subscription
from core.model.journal import Topic
from core.model.subscriptions import (
    PeriodStatus,
    SubscriptionPause,
    SubscriptionPlan,
    SubscriptionStatus,
)
from core.money import major
from core.permissions import Actor, Permission
from core.services.customers.identity import survivor
from core.services.customers.payers import find_or_add_customer
from core.services.session import KeyedCommand, once
from core.services.subscriptions.commands import (
    CancelSubscription,
    ChangeSubscription,
    KeepSubscription,
    PauseSubscription,
    ResumeSubscription,
    SavePlan,
    StartSubscription,
    checked_change,
    checked_plan,
    checked_start,
)
from core.services.subscriptions.lists import subscription_row
from core.services.subscriptions.rows import PlanRow, SubscriptionRow
from core.services.subscriptions.steps import (
    agree,
    close_pause,
    end_of_period,
    new_subscription,
    next_number,
    open_pause,
    stop_retrying,
    told_terms,
)


class SubscriptionService:
    """The verbs of a subscription; each method is one unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_plan(self, actor: Actor, command: SavePlan) -> PlanRow:
        """Add a plan to the catalogue, or change it; running subscriptions keep their terms.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.

        """
        self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        checked = checked_plan(command)
        with self._database.write(actor) as unit:

            def act() -> str:
                plan = unit.session.scalar(
                    select(SubscriptionPlan).where(SubscriptionPlan.name == checked.name)
                )
                if plan is None:
                    plan = SubscriptionPlan(name=checked.name)
                    unit.session.add(plan)
                plan.plan = checked.plan
                plan.price_minor = checked.price_minor
                plan.currency = checked.currency
                plan.is_offered = checked.is_offered
                unit.audit(
                    "plan:saved",
                    "plan",
                    checked.name[:64],
                    plan=checked.plan,
                    price=major(checked.price_minor, checked.currency),
                    currency=checked.currency,
                    offered=checked.is_offered,
                )
                unit.changed(Topic.SUBSCRIPTIONS)
                return checked.name[:64]

            once(unit, "plan:save", checked, act)
            unit.commit()
        return PlanRow(
            checked.name, checked.plan, checked.price_minor, checked.currency, checked.is_offered
        )

    def start(self, actor: Actor, command: StartSubscription) -> SubscriptionRow:
        """Begin a subscription; its first period is charged by the renewal of its first day.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            NotFoundError: there is no such customer.

        """
        self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        checked = checked_start(command)
        with self._database.write(actor) as unit:

            def act() -> str:
                if checked.starts_on < shop_date(unit.now):
                    raise InvalidInputError(
                        "Nothing was started. The first day is today or later: days gone by are"
                        " not charged.",
                        field="starts_on",
                    )
                customer = _customer_of(unit, checked)
                number = next_number(unit.session)
                unit.session.add(new_subscription(checked, customer, number))
                unit.audit(
                    "subscription:started",
                    "subscription",
                    number,
                    customer=customer.name,
                    plan=checked.plan,
                    price=major(checked.price_minor, checked.currency),
                    currency=checked.currency,
                    method=checked.method,
                    starts_on=str(checked.starts_on),
                )
                return number

            return self._done(unit, "subscription:start", checked, act)

    def change(self, actor: Actor, command: ChangeSubscription) -> SubscriptionRow:
        """Agree on other terms from the next period on, or on another way to pay at once.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: it is cancelled, or changed since it was on the screen.

        """
        checked = checked_change(command)

        def act(unit: UnitOfWork, subscription: Subscription) -> None:
            before = told_terms(subscription)
            agree(unit, subscription, checked)
            subscription.payment_method = checked.method
            subscription.phone_number = checked.phone_number
            subscription.notes = checked.notes
            if subscription.auto_renewal and not checked.auto_renewal:
                stop_retrying(unit, subscription, PeriodStatus.UNPAID)
            subscription.auto_renewal = checked.auto_renewal
            _journal(unit, subscription, "changed", before=before, after=told_terms(subscription))

        return self._act(actor, "subscription:change", checked, checked.version, act)

    def pause(self, actor: Actor, command: PauseSubscription) -> SubscriptionRow:
        """Charge no days from a day on; what was paid ahead counts after the pause.

        A day gone by may be named as long as no period has begun on it or later.

        Raises:
            InvalidInputError: a period has begun since that day.
            ConflictError: it is paused already or cancelled, or changed meanwhile.

        """

        def act(unit: UnitOfWork, subscription: Subscription) -> None:
            today = shop_date(unit.now)
            if open_pause(subscription) is not None:
                raise ConflictError("Nothing was changed. A pause is agreed already.")
            earliest = min(today, subscription.next_due_on)
            if command.paused_from < earliest:
                raise InvalidInputError(
                    f"Nothing was changed. It can be paused from {earliest} on: the days before"
                    " are charged.",
                    field="paused_from",
                )
            subscription.pauses.append(SubscriptionPause(paused_from=command.paused_from))
            if command.paused_from <= today:
                subscription.move_to(SubscriptionStatus.PAUSED)
            _journal(unit, subscription, "paused", paused_from=str(command.paused_from))

        return self._act(actor, "subscription:pause", command, command.version, act)

    def resume(self, actor: Actor, command: ResumeSubscription) -> SubscriptionRow:
        """Charge days again from a day on, or call off a pause that has not begun.

        Raises:
            InvalidInputError: the day is before the pause began, or still to come.
            ConflictError: no pause is agreed, or it changed meanwhile.

        """

        def act(unit: UnitOfWork, subscription: Subscription) -> None:
            pause = open_pause(subscription)
            if pause is None:
                raise ConflictError("Nothing was changed. This subscription is not paused.")
            today = shop_date(unit.now)
            resumed_on = command.resumed_on if pause.paused_from <= today else pause.paused_from
            if not pause.paused_from <= resumed_on <= max(today, pause.paused_from):
                raise InvalidInputError(
                    f"Nothing was changed. It can be resumed on a day from {pause.paused_from} to"
                    " today.",
                    field="resumed_on",
                )
            close_pause(subscription, pause, resumed_on)
            if subscription.status is SubscriptionStatus.PAUSED:
                subscription.move_to(SubscriptionStatus.ACTIVE)
            _journal(
                unit,
                subscription,
                "resumed",
                resumed_on=str(resumed_on),
                next_due_on=str(subscription.next_due_on),
            )

        return self._act(actor, "subscription:resume", command, command.version, act)

    def cancel(self, actor: Actor, command: CancelSubscription) -> SubscriptionRow:
        """End it at once, or when the period that runs is over.

        At once nothing more is charged and no failed charge is tried again; a payment that waits
        stays, and a prompt on a phone can still be answered.

        Raises:
            ConflictError: it is cancelled already, or changed meanwhile.

        """

        def act(unit: UnitOfWork, subscription: Subscription) -> None:
            today = shop_date(unit.now)
            ends_on = end_of_period(subscription, today)
            at_once = (
                command.at_once
                or subscription.status is SubscriptionStatus.PAUSED
                or subscription.next_due_on >= ends_on <= today
            )
            subscription.ends_on = today if at_once else ends_on
            if at_once:
                subscription.move_to(SubscriptionStatus.CANCELLED)
                stop_retrying(unit, subscription, PeriodStatus.WAIVED)
            _journal(
                unit,
                subscription,
                "cancelled" if at_once else "to_end",
                ends_on=str(subscription.ends_on),
                reason=command.reason.strip(),
            )

        return self._act(actor, "subscription:cancel", command, command.version, act)

    def keep(self, actor: Actor, command: KeepSubscription) -> SubscriptionRow:
        """Call off a cancellation at the end of the period, while it has not come.

        Raises:
            ConflictError: no end is agreed, or it changed meanwhile.

        """

        def act(unit: UnitOfWork, subscription: Subscription) -> None:
            if subscription.ends_on is None:
                raise ConflictError("Nothing was changed. No end is agreed.")
            subscription.ends_on = None
            _journal(unit, subscription, "kept")

        return self._act(actor, "subscription:keep", command, command.version, act)

    def _act(
        self,
        actor: Actor,
        action: str,
        command: ChangeSubscription
        | PauseSubscription
        | ResumeSubscription
        | CancelSubscription
        | KeepSubscription,
        version: int | None,
        change: Callable[[UnitOfWork, Subscription], None],
    ) -> SubscriptionRow:
        self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        with self._database.write(actor) as unit:

            def act() -> str:
                subscription = find_subscription(unit.session, command.subscription_number)
                require_version(subscription, version)
                if subscription.status is SubscriptionStatus.CANCELLED:
                    raise ConflictError("Nothing was changed. This subscription is cancelled.")
                change(unit, subscription)
                return subscription.subscription_number

            return self._done(unit, action, command, act)

    def _done(
        self, unit: UnitOfWork, action: str, command: KeyedCommand, act: Callable[[], str]
    ) -> SubscriptionRow:
        number, _ = once(unit, action, command, act)
        unit.changed(Topic.SUBSCRIPTIONS, number)
        unit.session.flush()
        row = subscription_row(unit.session, find_subscription(unit.session, number))
        unit.commit()
        return row


def find_subscription(session: Session, number: str) -> Subscription:
    """Return a subscription by its number.

    Raises:
        NotFoundError: there is none in this shop.

    """
    found = session.scalar(select(Subscription).where(Subscription.subscription_number == number))
    if found is None:
        raise NotFoundError(f"Nothing was changed. There is no subscription {number} in this shop.")
    return found


def require_version(subscription: Subscription, version: int | None) -> None:
    """Refuse an act on what is no longer as it was on the screen.

    Raises:
        ConflictError: it changed meanwhile.

    """
    if version is not None and subscription.version != version:
        raise ConflictError(
            "Nothing was changed. This subscription was changed since you opened it; look again."
        )


def _customer_of(unit: UnitOfWork, command: StartSubscription) -> Customer:
    if command.customer_id is not None:
        customer = unit.session.get(Customer, command.customer_id)
    else:
        customer = find_or_add_customer(unit, command.customer_name, command.phone_number)
    if customer is None:
        raise NotFoundError("Nothing was started. There is no such customer in this shop.")
    return survivor(unit.session, customer)


def _journal(unit: UnitOfWork, subscription: Subscription, event: str, **details: object) -> None:
    number = subscription.subscription_number
    unit.audit(f"subscription:{event}", "subscription", number, **details)

"""Renewal: every period that is due is charged once, however often and wherever this runs.

Each subscription is one short transaction, and others are let to the file in between. What is due
is looked up first without holding anything, and decided anew under the write lock, so that a second
run beside this one finds it done; were both to miss each other, the database itself refuses the
second period, try or open charge.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from core.clock import shop_date, shop_time
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import InvalidInputError
from core.model.customers import Subscription
from core.model.journal import Topic
from core.model.subscriptions import SubscriptionPause, SubscriptionPeriod, SubscriptionStatus
from core.permissions import Actor, Permission
from core.services.gateways.accounts import GatewayAccounts
from core.services.setting_values import load_values
from core.services.subscriptions.charges import (
    Accounts,
    accounts_in_use,
    begin_period,
    charge_again,
)
from core.services.subscriptions.facts import facts_of
from core.services.subscriptions.renewal_rows import ChargedPeriod, RenewalReport
from core.services.subscriptions.renewal_rules import Decision, RenewalFacts
from core.services.subscriptions.renewal_run import RenewalRun, is_renewed, planned_charges
from core.services.subscriptions.renewal_settings import RenewalSettings

Stop = Callable[[], bool]

_REST_SHARE = 0.5
"""How long to leave the file to others after each transaction, as a share of the time it took.

SQLite lets those who wait look every 0.1 s at most, in no order: without gaps a cashier could wait
as long as the whole renewal.
"""


class RenewalService:
    """Charges what is due; without ``accounts`` no network is ever asked."""

    def __init__(self, database: Database, accounts: GatewayAccounts | None = None) -> None:
        self._database = database
        self._accounts = accounts

    def preview(self, actor: Actor, up_to_day: date | None = None) -> RenewalReport:
        """Return what :meth:`renew` would do now; changes nothing.

        Raises:
            InvalidInputError: the day is still to come.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        run = self._begin(up_to_day)
        for facts, decision in run.decisions():
            run.note_charged(planned_charges(facts, decision, run.accounts))
            run.note_held(facts, decision)
        return run.report()

    def renew(
        self,
        actor: Actor | None,
        up_to_day: date | None = None,
        *,
        stop: Stop = lambda: False,
        on_charged: Callable[[int], object] = lambda _count: None,
    ) -> RenewalReport:
        """Charge every period that began by a day and was not charged, and retry what is due.

        The day is today unless given. ``actor`` is None where the program itself renews. Told to
        ``stop`` it ends between two subscriptions; the next run goes on. ``on_charged`` hears how
        many were charged so far.

        Raises:
            NotAllowedError: the person may not change subscriptions.
            InvalidInputError: the day is still to come.
            StorageError: the shop's file cannot be written; what was charged before stays.

        """
        if actor is not None:
            self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        run = self._begin(up_to_day)
        for facts, decision in run.decisions():
            if stop():
                break
            run.note_held(facts, decision)
            if decision.acts:
                began_s = time.monotonic()
                with run.noting_refusal(facts):
                    run.note_charged(self._renew_one(actor, run, facts.subscription_id))
                on_charged(len(run.charged))
                time.sleep((time.monotonic() - began_s) * _REST_SHARE)
        self._carry_out_plans(actor, run.up_to)
        return run.report()

    def renew_by_itself(self, *, stop: Stop = lambda: False) -> RenewalReport:
        """Renew as the shop's rules say: nothing where they say no, today only from its hour on.

        Raises:
            StorageError: the shop's file cannot be read or written.

        """
        with self._database.read() as session:
            settings = load_values(session, RenewalSettings)
        now = shop_time(self._database.clock())
        has_begun = now.hour >= settings.renewal_hour
        up_to = now.date() if has_begun else now.date() - timedelta(days=1)
        if not settings.renews_by_itself:
            return RenewalReport(up_to)
        return self.renew(None, up_to, stop=stop)

    def _begin(self, up_to_day: date | None) -> RenewalRun:
        today = shop_date(self._database.clock())
        up_to = up_to_day or today
        if up_to > today:
            raise InvalidInputError(
                f"Nothing was charged. {up_to} is still to come; a period is charged when it"
                " begins.",
                field="until",
            )
        return RenewalRun(self._database, accounts_in_use(self._accounts), up_to)

    def _renew_one(
        self, actor: Actor | None, run: RenewalRun, subscription_id: int
    ) -> list[ChargedPeriod]:
        """Decide anew about one subscription under the write lock, and do it."""
        charged: list[ChargedPeriod] = []
        while True:
            with self._database.write(actor) as unit:
                subscription = unit.session.get_one(
                    Subscription, subscription_id, options=[joinedload(Subscription.customer)]
                )
                if not is_renewed(subscription):
                    return charged
                [facts] = facts_of(unit.session, [subscription], unit.now)
                decision = run.decide(facts, unit.now)
                if not decision.acts:
                    return charged
                charged += _carry_out(unit, subscription, facts, decision, run.accounts)
                unit.commit()
            if facts.method.is_mobile_money:
                return charged

    def _carry_out_plans(self, actor: Actor | None, today: date) -> None:
        """End and pause what was to end or pause by today, once nothing before that is owed."""
        with self._database.read() as session:
            ids = session.scalars(select(Subscription.id).where(_plan_is_due(today))).all()
        for subscription_id in ids:
            with self._database.write(actor) as unit:
                subscription = unit.session.scalar(
                    select(Subscription).where(
                        Subscription.id == subscription_id, _plan_is_due(today)
                    )
                )
                if subscription is None:
                    continue
                ends = subscription.ends_on is not None and subscription.ends_on <= today
                status = SubscriptionStatus.CANCELLED if ends else SubscriptionStatus.PAUSED
                subscription.move_to(status)
                number = subscription.subscription_number
                unit.audit(f"subscription:{status}", "subscription", number, as_planned=True)
                unit.changed(Topic.SUBSCRIPTIONS, number)
                unit.commit()


def _carry_out(
    unit: UnitOfWork,
    subscription: Subscription,
    facts: RenewalFacts,
    decision: Decision,
    accounts: Accounts,
) -> list[ChargedPeriod]:
    payments = []
    if decision.retry is not None:
        period = unit.session.get_one(SubscriptionPeriod, decision.retry.period_id)
        payments.append(charge_again(unit, subscription, period, accounts))
    schedule = facts.schedule
    for _ in decision.begin:
        payment, schedule = begin_period(unit, subscription, schedule, accounts)
        payments.append(payment)
    rows = planned_charges(facts, decision, accounts)
    return [
        replace(row, payment_id=payment.payment_id)
        for row, payment in zip(rows, payments, strict=True)
    ]


def _plan_is_due(today: date) -> ColumnElement[bool]:
    """Return the condition of subscriptions whose state does not show yet what was agreed."""
    pause_began = (
        select(SubscriptionPause.id)
        .where(
            SubscriptionPause.subscription_id == Subscription.id,
            SubscriptionPause.resumed_on.is_(None),
            SubscriptionPause.paused_from <= today,
        )
        .exists()
    )
    return or_(
        and_(
            Subscription.status != SubscriptionStatus.CANCELLED,
            Subscription.ends_on <= today,
            Subscription.next_due_on >= Subscription.ends_on,
        ),
        and_(Subscription.status == SubscriptionStatus.ACTIVE, pause_began),
    )

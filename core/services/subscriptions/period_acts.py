"""What a person does about one period: charge it now, or say that its money is not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.customers import Subscription
from core.model.payments import Payment
from core.model.subscriptions import PeriodStatus, SubscriptionPeriod, SubscriptionStatus
from core.permissions import Actor, Permission
from core.services.gateways.accounts import GatewayAccounts
from core.services.mapping import payment_row
from core.services.payments.service import find_payment
from core.services.rows import PaymentRow
from core.services.session import once
from core.services.subscriptions.charges import (
    Accounts,
    accounts_in_use,
    begin_period,
    charge_again,
)
from core.services.subscriptions.commands import ChargePeriod, WaivePeriod
from core.services.subscriptions.facts import facts_of
from core.services.subscriptions.period_endings import journal_period
from core.services.subscriptions.renewal_rules import RenewalFacts
from core.services.subscriptions.service import find_subscription

_CHARGEABLE = frozenset({PeriodStatus.RETRYING, PeriodStatus.UNPAID})


class PeriodActs:
    """A person's acts on periods; each method is one unit of work."""

    def __init__(self, database: Database, accounts: GatewayAccounts | None = None) -> None:
        self._database = database
        self._accounts = accounts

    def charge(self, actor: Actor, command: ChargePeriod) -> PaymentRow:
        """Charge an unpaid period again, or else the next one that is due; hours do not count.

        Raises:
            ConflictError: nothing is due, or a prompt is not settled, or it was paid.
            NotFoundError: there is no such subscription or period.

        """
        self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        accounts = accounts_in_use(self._accounts)
        with self._database.write(actor) as unit:

            def act() -> str:
                subscription = find_subscription(unit.session, command.subscription_number)
                return _charge(unit, subscription, command.reference, accounts).payment_id

            payment_id, _ = once(unit, "subscription:charge", command, act)
            row = payment_row(find_payment(unit.session, payment_id))
            unit.commit()
            return row

    def waive(self, actor: Actor, command: WaivePeriod) -> None:
        """Say that the money of an unpaid period is no longer wanted.

        Raises:
            InvalidInputError: the reason is missing.
            ConflictError: it is paid, or a charge of it is still open.
            NotFoundError: there is no such period.

        """
        self._database.require(actor, Permission.MANAGE_SUBSCRIPTIONS)
        if not command.reason.strip():
            raise InvalidInputError(
                "Nothing was changed. Write why the money is not wanted.", field="reason"
            )
        with self._database.write(actor) as unit:

            def act() -> str:
                subscription = find_subscription(unit.session, command.subscription_number)
                period = _period(unit.session, subscription, command.reference)
                if period.status is PeriodStatus.OPEN:
                    raise ConflictError(
                        "Nothing was changed. A charge of this period is not settled yet; end its"
                        " payment first."
                    )
                period.move_to(PeriodStatus.WAIVED)
                period.next_try_at = None
                period.settled_at = unit.now
                journal_period(unit, period, "waived", reason=command.reason.strip())
                return subscription.subscription_number

            once(unit, "subscription:waive", command, act)
            unit.commit()


def _charge(
    unit: UnitOfWork, subscription: Subscription, reference: str, accounts: Accounts
) -> Payment:
    [facts] = facts_of(unit.session, [subscription], unit.now)
    if subscription.payment_method.is_mobile_money and facts.prompt_is_open:
        raise ConflictError(
            "Nothing was charged. The customer was asked already and the end is not known yet;"
            " wait for it."
        )
    period = (
        _period(unit.session, subscription, reference)
        if reference
        else _oldest_unpaid(unit.session, facts)
    )
    if period is not None:
        _refuse_in_doubt(facts, period)
        return charge_again(unit, subscription, period, accounts)
    _require_due(subscription, facts, shop_date(unit.now))
    payment, _ = begin_period(unit, subscription, facts.schedule, accounts)
    return payment


def _oldest_unpaid(session: Session, facts: RenewalFacts) -> SubscriptionPeriod | None:
    found: Sequence[int] = [
        each.period_id for each in facts.unsettled if each.status in _CHARGEABLE
    ]
    return session.get(SubscriptionPeriod, found[0]) if found else None


def _refuse_in_doubt(facts: RenewalFacts, period: SubscriptionPeriod) -> None:
    if any(each.period_id == period.id and each.prompt_is_open for each in facts.unsettled):
        raise ConflictError(
            "Nothing was charged. It is not known yet whether the network took the money of an"
            " earlier try."
        )


def _require_due(subscription: Subscription, facts: RenewalFacts, today: date) -> None:
    found = facts.schedule.first()
    is_over = subscription.status is SubscriptionStatus.CANCELLED
    if found is None or is_over or found[0].starts_on > today:
        raise ConflictError(
            "Nothing was charged. No period of this subscription is due or unpaid today."
        )


def _period(session: Session, subscription: Subscription, reference: str) -> SubscriptionPeriod:
    period = session.scalar(
        select(SubscriptionPeriod).where(
            SubscriptionPeriod.subscription_id == subscription.id,
            SubscriptionPeriod.reference == reference,
        )
    )
    if period is None:
        raise NotFoundError(f"Nothing was changed. There is no period {reference} in this shop.")
    return period

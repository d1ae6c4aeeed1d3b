"""One pass of renewal: what is due, the oldest first, and what became of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from core.database.unit_of_work import Database
from core.errors import KnownError, StorageError
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.customers import Subscription
from core.model.payments import TransactionStatus
from core.model.subscriptions import SubscriptionPause, SubscriptionPeriod, SubscriptionStatus
from core.services.setting_values import load_values
from core.services.subscriptions.calendar import period_reference
from core.services.subscriptions.charges import Accounts, is_pushed
from core.services.subscriptions.facts import facts_of
from core.services.subscriptions.renewal_rows import (
    ChargedPeriod,
    HeldPeriod,
    RefusedRenewal,
    RenewalReport,
)
from core.services.subscriptions.renewal_rules import Decision, RenewalFacts, decide
from core.services.subscriptions.renewal_settings import RenewalSettings

logger = logging.getLogger(__name__)

MOST_UNSENT = 50
"""So many requests may wait to leave: one that cannot leave in time is given up, and a cashier's
customer stands behind them."""

_READ_AHEAD = 500


@dataclass(slots=True)
class RenewalRun:
    """A pass up to and including a day; ``room`` is how many more phones may be asked now."""

    database: Database
    accounts: Accounts
    up_to: date
    settings: RenewalSettings = field(default_factory=RenewalSettings)
    room: int = 0
    charged: list[ChargedPeriod] = field(default_factory=list)
    held: list[HeldPeriod] = field(default_factory=list)
    refused: list[RefusedRenewal] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.database.read() as session:
            self.settings = load_values(session, RenewalSettings)
            self.room = MOST_UNSENT - _unsent(session)

    def decisions(self) -> Iterator[tuple[RenewalFacts, Decision]]:
        """Yield each subscription with something due, and what is to be done about it now."""
        after: tuple[date, int] | None = None
        while True:
            with self.database.read() as session:
                now = self.database.clock()
                due = _due(session, self.up_to, now, after)
                found = facts_of(session, due, now)
            if not due:
                return
            after = (due[-1].next_due_on, due[-1].id)
            for facts in found:
                yield facts, self.decide(facts, now)

    def decide(self, facts: RenewalFacts, now: datetime) -> Decision:
        """Decide about one subscription by the rules and room of this pass."""
        has_room = self.room > 0 or not is_pushed(facts.method, self.accounts)
        return decide(facts, self.up_to, now, self.settings, has_room=has_room)

    def note_charged(self, charged: list[ChargedPeriod]) -> None:
        """Keep what was charged."""
        self.charged += charged
        self.room -= sum(each.is_pushed for each in charged)

    def note_held(self, facts: RenewalFacts, decision: Decision) -> None:
        """Keep what is not charged now, and why."""
        if decision.hold is not None and decision.held_from is not None:
            self.held.append(
                HeldPeriod(
                    facts.subscription_number,
                    facts.customer_name,
                    decision.held_from,
                    decision.held_minor,
                    facts.currency,
                    facts.method,
                    decision.hold,
                )
            )

    @contextmanager
    def noting_refusal(self, facts: RenewalFacts) -> Iterator[None]:
        """Let a refusal of one subscription stop no other; a file that cannot be written does."""
        try:
            yield
        except StorageError:
            raise
        except KnownError as error:
            logger.info("%s is not renewed: %s", facts.subscription_number, error.message)
            self.refused.append(
                RefusedRenewal(facts.subscription_number, facts.customer_name, error.message)
            )

    def report(self) -> RenewalReport:
        """Return what was noted."""
        return RenewalReport(self.up_to, tuple(self.charged), tuple(self.held), tuple(self.refused))


def planned_charges(
    facts: RenewalFacts, decision: Decision, accounts: Accounts
) -> list[ChargedPeriod]:
    """Return what a decision charges, as rows without a payment yet."""
    told = (
        facts.subscription_number,
        facts.customer_name,
    )
    pushed = is_pushed(facts.method, accounts)
    rows = []
    if decision.retry is not None:
        retry = decision.retry
        rows.append(
            ChargedPeriod(
                *told,
                retry.starts_on,
                retry.reference,
                retry.amount_minor,
                facts.currency,
                facts.method,
                retry.tries + 1,
                pushed,
            )
        )
    for period in decision.begin:
        reference = period_reference(facts.subscription_number, period.terms.plan, period.starts_on)
        rows.append(
            ChargedPeriod(
                *told,
                period.starts_on,
                reference,
                period.terms.price_minor,
                facts.currency,
                facts.method,
                1,
                pushed,
            )
        )
    return rows


def is_renewed(subscription: Subscription) -> bool:
    """Tell whether a subscription's periods are charged by themselves."""
    return subscription.auto_renewal and subscription.status is not SubscriptionStatus.CANCELLED


def begins_period(up_to: date) -> ColumnElement[bool]:
    """Return the condition of subscriptions that owe a period begun by a day and not charged."""
    is_held_back = (
        select(SubscriptionPause.id)
        .where(
            SubscriptionPause.subscription_id == Subscription.id,
            SubscriptionPause.resumed_on.is_(None),
            SubscriptionPause.paused_from <= Subscription.next_due_on,
        )
        .exists()
    )
    return and_(
        Subscription.status != SubscriptionStatus.CANCELLED,
        Subscription.next_due_on <= up_to,
        or_(Subscription.ends_on.is_(None), Subscription.next_due_on < Subscription.ends_on),
        ~is_held_back,
    )


def _due(
    session: Session, up_to: date, now: datetime, after: tuple[date, int] | None
) -> list[Subscription]:
    retried = select(SubscriptionPeriod.subscription_id).where(
        SubscriptionPeriod.next_try_at <= now,
        # Named so that the index serves.
        SubscriptionPeriod.next_try_at.is_not(None),
    )
    query = (
        select(Subscription)
        .where(
            Subscription.auto_renewal,
            Subscription.status != SubscriptionStatus.CANCELLED,
            or_(begins_period(up_to), Subscription.id.in_(retried)),
        )
        .options(joinedload(Subscription.customer))
        .order_by(Subscription.next_due_on, Subscription.id)
        .limit(_READ_AHEAD)
    )
    if after is not None:
        query = query.where(tuple_(Subscription.next_due_on, Subscription.id) > after)
    return list(session.scalars(query))


def _unsent(session: Session) -> int:
    """Count the requests to pay that have not left yet."""
    found = session.scalar(
        select(func.count())
        .select_from(GatewayAttempt)
        .where(
            GatewayAttempt.status.in_([TransactionStatus.CREATED, TransactionStatus.NOT_SENT]),
            GatewayAttempt.kind == AttemptKind.COLLECT,
            GatewayAttempt.closed_at.is_(None),
        )
    )
    return found or 0

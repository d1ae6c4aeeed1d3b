"""What is weighed before a refund is decided, read at one moment."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import day_start, shop_date
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.model.payments import Payment, PaymentStatus
from core.model.people import TillSession, User
from core.model.refunds import HELD_REFUND_STATUSES, RefundRequest, RefundStatus
from core.money import display
from core.permissions import Actor
from core.services.mapping import payment_row
from core.services.refunds.approval import (
    Obstacle,
    approval_obstacle,
    is_for_owner,
    obstacle_sentence,
)
from core.services.refunds.rows import Check, DrawerFact, RefundFacts
from core.services.refunds.rules import RefundRules, load_rules
from core.services.refunds.steps import requested_refund_row
from core.services.tills import DRAWER_METHODS, expected_in_drawer

MANY_REQUESTS = 3
"""So many requests of one person on one day are pointed out."""


def refund_facts(
    session: Session, actor: Actor, refund: RefundRequest, *, on_the_spot: bool = False
) -> RefundFacts:
    """Return what the person weighs; the checks are about them.

    ``on_the_spot``: about whoever will step up at their window, who is not known yet.
    """
    payment = refund.payment
    others = [other for other in payment.refund_requests if other.id != refund.id]
    before = sum(r.refund_amount_minor for r in others if r.status is RefundStatus.COMPLETED)
    waiting = sum(
        r.refund_amount_minor
        for r in others
        if r.status in HELD_REFUND_STATUSES - {RefundStatus.COMPLETED}
    )
    own = refund.refund_amount_minor if refund.status in HELD_REFUND_STATUSES else 0
    left = payment.amount_minor - before - waiting - own
    today = _requests_on_day(session, refund)
    drawer = _drawer(session, refund)
    rules = load_rules(session)
    return RefundFacts(
        refund=requested_refund_row(refund),
        payment=payment_row(payment),
        refunded_before_minor=before,
        also_waiting_minor=waiting,
        left_after_minor=left,
        requests_today=today,
        drawer=drawer,
        is_for_owner=is_for_owner(refund, rules),
        points_earned=_points_earned(session, payment),
        checks=(
            *_standing_checks(refund, payment, left),
            *(_spot_checks(refund, rules) if on_the_spot else _person_checks(actor, refund, rules)),
            *_warnings(refund, today, drawer),
        ),
    )


def _standing_checks(refund: RefundRequest, payment: Payment, left: int) -> tuple[Check, ...]:
    paid = payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
    return (
        Check(paid, "The payment was completed." if paid else "The payment is not completed."),
        Check(
            left >= 0,
            "All refunds together stay within what was paid."
            if left >= 0
            else f"All refunds together are {display(-left, refund.currency)} more than was paid.",
        ),
    )


def _person_checks(actor: Actor, refund: RefundRequest, rules: RefundRules) -> tuple[Check, ...]:
    obstacle = approval_obstacle(actor, refund, rules)
    asked = Check(True, f"Asked by {refund.requested_by}, not by you.")
    if obstacle is Obstacle.OWN:
        return (Check(False, obstacle_sentence(obstacle, actor, rules)),)
    if obstacle is not None:
        return (asked, Check(False, obstacle_sentence(obstacle, actor, rules)))
    if refund.passed_on_by:
        return (asked, Check(True, f"{refund.passed_on_by} left the decision to the owner."))
    limit = display(rules.limit_minor, rules.currency)
    return (asked, Check(True, f"Within your limit of {limit}."))


def _spot_checks(refund: RefundRequest, rules: RefundRules) -> tuple[Check, ...]:
    asked = Check(True, f"Asked by {refund.requested_by}; somebody else must decide.")
    if refund.passed_on_by:
        return (asked, Check(True, f"{refund.passed_on_by} left the decision to the owner."))
    limit = display(rules.limit_minor, rules.currency)
    within = not is_for_owner(refund, rules)
    sentence = (
        f"Within a manager's limit of {limit}."
        if within
        else (f"Above a manager's limit of {limit}: it is passed on to the owner.")
    )
    return (asked, Check(within, sentence, forbids=False))


def _warnings(refund: RefundRequest, today: int, drawer: DrawerFact | None) -> tuple[Check, ...]:
    told = []
    if today >= MANY_REQUESTS:
        sentence = f"{refund.requested_by} asked for {today} refunds this day."
        told.append(Check(False, sentence, forbids=False))
    if drawer is None:
        if refund.payment.payment_method in DRAWER_METHODS:
            sentence = f"{refund.requested_by} has no open till to pay it from."
            told.append(Check(False, sentence, forbids=False))
    else:
        enough = drawer.expected_minor >= refund.refund_amount_minor
        there = display(drawer.expected_minor, drawer.currency)
        told.append(
            Check(
                enough,
                f"The drawer of {drawer.user_name} has enough cash."
                if enough
                else f"The drawer of {drawer.user_name} has only {there}.",
                forbids=False,
            )
        )
    return tuple(told)


def _requests_on_day(session: Session, refund: RefundRequest) -> int:
    start = day_start(shop_date(refund.requested_at))
    return (
        session.scalar(
            select(func.count())
            .select_from(RefundRequest)
            .where(
                RefundRequest.requested_by == refund.requested_by,
                RefundRequest.requested_at >= start,
                RefundRequest.requested_at < start + timedelta(days=1),
            )
        )
        or 0
    )


def _drawer(session: Session, refund: RefundRequest) -> DrawerFact | None:
    """Return the drawer the customer stands at: that of whoever asked, if its till is open."""
    if refund.payment.payment_method not in DRAWER_METHODS:
        return None
    till = session.scalar(
        select(TillSession)
        .join(User, User.id == TillSession.user_id)
        .where(
            User.name == refund.requested_by,
            TillSession.closed_at.is_(None),
            TillSession.currency == refund.currency,
        )
    )
    if till is None:
        return None
    expected = expected_in_drawer(session, till, refund.requested_by)
    return DrawerFact(refund.requested_by, till.desk, expected, till.currency)


def _points_earned(session: Session, payment: Payment) -> int:
    return (
        session.scalar(
            select(func.sum(LoyaltyEntry.points)).where(
                LoyaltyEntry.payment_id == payment.id, LoyaltyEntry.kind == LoyaltyEntryKind.EARNED
            )
        )
        or 0
    )

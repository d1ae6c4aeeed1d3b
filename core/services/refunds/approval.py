"""Who may approve a refund: the one place that decides it, for services and windows alike."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from core.money import display
from core.permissions import Actor, Permission
from core.services.refunds.rules import RefundRules


class Asked(Protocol):
    """What is known of a refund, mapped or as a row."""

    @property
    def requested_by(self) -> str:
        """Who asked for it."""

    @property
    def passed_on_by(self) -> str:
        """Who left the decision to the owner, or nobody."""

    @property
    def refund_amount_minor(self) -> int:
        """How much goes back."""

    @property
    def currency(self) -> str:
        """Of what."""


class Obstacle(StrEnum):
    """Why a person may not approve a refund that waits for it."""

    OWN = "own"
    ROLE = "role"
    NOT_PASSED_ON = "not_passed_on"
    PASSED_ON = "passed_on"
    ABOVE_LIMIT = "above_limit"


def approval_obstacle(actor: Actor, refund: Asked, rules: RefundRules) -> Obstacle | None:
    """Return what keeps a person from approving a refund, or None.

    Four eyes come first: the asker hears the true reason whatever their role. An admin handles no
    money, and so decides nothing but what a manager left to them; what was left to the owner is no
    longer a manager's, or the second word would be the first one's again.
    """
    if refund.requested_by == actor.name:
        return Obstacle.OWN
    if actor.may(Permission.DECIDE_REFUND):
        if refund.passed_on_by:
            return Obstacle.PASSED_ON
        above = rules.is_above(refund.refund_amount_minor, refund.currency)
        return Obstacle.ABOVE_LIMIT if above else None
    if actor.may(Permission.DECIDE_PASSED_ON_REFUND):
        return None if refund.passed_on_by else Obstacle.NOT_PASSED_ON
    return Obstacle.ROLE


def is_for_owner(refund: Asked, rules: RefundRules) -> bool:
    """Tell whether a refund is above what a manager approves, and nobody passed it on yet."""
    above = rules.is_above(refund.refund_amount_minor, refund.currency)
    return above and not refund.passed_on_by


def rejection_obstacle(actor: Actor, refund: Asked) -> Obstacle | None:
    """Return what keeps a person from rejecting a refund: no money leaves, so no limit holds."""
    if actor.may(Permission.DECIDE_REFUND):
        return None
    if actor.may(Permission.DECIDE_PASSED_ON_REFUND):
        return None if refund.passed_on_by else Obstacle.NOT_PASSED_ON
    return Obstacle.ROLE


def obstacle_sentence(obstacle: Obstacle, actor: Actor, rules: RefundRules) -> str:
    """Return an obstacle as the person hears it."""
    limit = display(rules.limit_minor, rules.currency)
    return {
        Obstacle.OWN: "You asked for this refund yourself; somebody else must approve it.",
        Obstacle.ROLE: f"{actor.role.with_article.capitalize()} may not decide refunds.",
        Obstacle.NOT_PASSED_ON: (
            "An admin decides only what a manager passed on; a manager decides this one."
        ),
        Obstacle.PASSED_ON: "It was passed on to the owner: an admin decides it.",
        Obstacle.ABOVE_LIMIT: (
            f"A manager approves up to {limit}; pass it on to the owner, who decides above that."
        ),
    }[obstacle]

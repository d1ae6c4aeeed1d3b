"""Deciding at the asker's window: a manager proves who they are, and the asker stays signed in."""

from __future__ import annotations

from dataclasses import dataclass

from core.database.unit_of_work import Database
from core.permissions import Actor, Permission
from core.services.refunds.service import RefundService
from core.services.rows import RefundRow, Seen
from core.services.users import UserService


@dataclass(frozen=True, slots=True)
class SpotDecision:
    """Who decides at somebody else's window, on what they saw there, and their word about it."""

    refund_id: str
    seen: Seen
    name: str
    password: str
    note: str = ""

    def __repr__(self) -> str:
        """Leave the password out of every log."""
        return f"SpotDecision({self.refund_id!r}, {self.seen!r}, {self.name!r})"


class SpotDecisions:
    """Each act proves the person first, then does what they could do at their own desk."""

    def __init__(self, database: Database, users: UserService, refunds: RefundService) -> None:
        self._database = database
        self._users = users
        self._refunds = refunds

    def approve(self, actor: Actor, decision: SpotDecision) -> RefundRow:
        """Approve a refund as the one who steps up; the audit trail names both.

        Raises:
            SignInError: the name or password is wrong, or must wait.
            NotAllowedError: the one who steps up may not approve it.
            ConflictError: it was decided or changed meanwhile.

        """
        approver = self._step_up(actor, decision, "Nothing was approved.")
        return self._refunds.approve(
            approver,
            decision.refund_id,
            seen=decision.seen,
            note=decision.note,
            at_desk_of=actor.name,
        )

    def pass_on(self, actor: Actor, decision: SpotDecision) -> RefundRow:
        """Leave the decision to the owner as the one who steps up.

        Raises:
            SignInError: the name or password is wrong, or must wait.
            NotAllowedError: the one who steps up decides no refunds.
            ConflictError: it was decided, changed or passed on meanwhile.

        """
        passing = self._step_up(actor, decision, "Nothing was passed on.")
        return self._refunds.pass_on(
            passing,
            decision.refund_id,
            seen=decision.seen,
            note=decision.note,
            at_desk_of=actor.name,
        )

    def _step_up(self, actor: Actor, decision: SpotDecision, money_fact: str) -> Actor:
        self._database.require(actor, Permission.VIEW_REFUNDS)
        return self._users.step_up(actor, decision.name, decision.password, money_fact=money_fact)

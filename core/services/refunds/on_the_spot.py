"""Deciding at the asker's window: a manager proves who they are, and the asker stays signed in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from core.database.unit_of_work import Database
from core.permissions import Actor, Permission
from core.services.people import People, SteppedUp
from core.services.refunds.service import RefundService
from core.services.rows import RefundRow, Seen


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

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def approve(self, actor: Actor, decision: SpotDecision) -> RefundRow:
        """Approve a refund as the one who steps up; the audit trail names both.

        Raises:
            SignInError: the name or password is wrong, or must wait.
            NotAllowedError: the one who steps up may not approve it.
            ConflictError: it was decided or changed meanwhile.

        """
        with self._stepped_up(actor, decision, "Nothing was approved.") as approver:
            return RefundService(approver.database).approve(
                approver.actor,
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
        with self._stepped_up(actor, decision, "Nothing was passed on.") as passing:
            return RefundService(passing.database).pass_on(
                passing.actor,
                decision.refund_id,
                seen=decision.seen,
                note=decision.note,
                at_desk_of=actor.name,
            )

    def _stepped_up(
        self, actor: Actor, decision: SpotDecision, money_fact: str
    ) -> AbstractContextManager[SteppedUp]:
        self._database.require(actor, Permission.VIEW_REFUNDS)
        return self._people.stepped_up(
            actor, decision.name, decision.password, money_fact=money_fact
        )

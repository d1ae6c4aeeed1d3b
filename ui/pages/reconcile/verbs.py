"""What may be done with a statement's lines, and what the page reads after it.

Every method touches the database: call it off the GUI thread.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from core.services.matching.by_hand import ExplainDifference, MatchByHand
from core.services.matching.line_candidates import Candidate, LineDetail
from core.services.reconciliations.detail import UnmatchedPayments
from core.services.reconciliations.lists import LineFilter, ReconciliationSummary
from core.services.rows import ReconciliationRow, StatementLineRow
from ui.context import PageContext
from ui.tasks import Progress


class Go(Enum):
    """Which line the clerk is at after a look: the same, the next open one, the first open one."""

    STAY = auto()
    NEXT_OPEN = auto()
    FIRST_OPEN = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """A reconciliation as it is, and the line the clerk is at with its place in the list."""

    summary: ReconciliationSummary
    place: int
    line: LineDetail | None


class Verbs:
    """The services for one reconciliation and one person."""

    def __init__(self, context: PageContext, reconciliation_id: str) -> None:
        self._app = context.app
        self._actor = context.actor
        self._id = reconciliation_id

    def look(self, wanted: LineFilter, line_id: int | None, go: Go = Go.STAY) -> Look:
        """Return where it stands; a line no longer in the list gives way to its neighbour."""
        lists, actor = self._app.reconciliation_lists, self._actor
        summary = lists.summary(actor, self._id)
        target = line_id
        if go is not Go.STAY:
            after = line_id if go is Go.NEXT_OPEN else None
            target = lists.next_open(actor, self._id, wanted, after) or line_id
        found = lists.place(actor, self._id, wanted, target)
        if found is None:
            return Look(summary, 0, None)
        place, shown_id = found
        return Look(summary, place, lists.line(actor, shown_id))

    def summary(self) -> ReconciliationSummary:
        """Return counts and sums."""
        return self._app.reconciliation_lists.summary(self._actor, self._id)

    def open_lines(self, limit: int) -> tuple[StatementLineRow, ...]:
        """Return the first lines that want a decision."""
        return self._app.reconciliation_lists.open_lines(self._actor, self._id, limit=limit)

    def unmatched_payments(self, limit: int) -> UnmatchedPayments:
        """Return the oldest payments the statement should show and does not, and how many are."""
        lists = self._app.reconciliation_lists
        return lists.unmatched_payments(self._actor, self._id, limit=limit)

    def propose(self, progress: Progress) -> None:
        """Look for matches of every open line."""
        self._app.matches.look_for(
            self._actor,
            self._id,
            cancelled=lambda: progress.is_cancelled,
            progress=progress.report,
        )

    def approve(self, line_id: int, candidate: Candidate) -> None:
        """Approve a candidate of a line; a choice among equals is matched by hand."""
        if candidate.is_choice:
            chosen = tuple(payment.payment_id for payment in candidate.payments)
            self.match_by_hand(MatchByHand(str(uuid.uuid4()), self._id, (line_id,), chosen))
        else:
            self.approve_all([candidate.match.match_id])

    def approve_all(self, match_ids: Sequence[int]) -> None:
        """Approve proposals, all or none."""
        self._app.matches.approve(self._actor, match_ids)

    def approve_certain(self, progress: Progress) -> None:
        """Approve every certain match, all or none."""
        self._app.matches.approve_automatic(
            self._actor,
            self._id,
            cancelled=lambda: progress.is_cancelled,
            progress=progress.report,
        )

    def match_by_hand(self, command: MatchByHand) -> None:
        """Match lines with payments a person put together."""
        self._app.hand_matches.match(self._actor, command)

    def explain(self, command: ExplainDifference) -> None:
        """Say what became of a match's difference."""
        self._app.hand_matches.explain(self._actor, command)

    def decline(self, candidate: Candidate) -> None:
        """Refuse a proposal for good; of a choice among several, only this one payment."""
        match, ids = candidate.match, [each.payment_id for each in candidate.payments]
        if candidate.is_choice and len(match.payments) > len(ids):
            self._app.learning.decline_some(self._actor, match.match_id, ids)
        else:
            self.decline_all(match.match_id)

    def decline_all(self, match_id: int) -> None:
        """Refuse a proposal for good, with all it names."""
        self._app.matches.decline(self._actor, match_id)

    def undo(self, match_ids: Sequence[int]) -> None:
        """Take approved matches back, all or none."""
        self._app.matches.undo(self._actor, match_ids)

    def undo_last(self, progress: Progress | None = None) -> None:
        """Take back what this person approved last, all of it by one key as it was approved."""
        last = self._app.reconciliation_lists.last_matches(self._actor, self._id)
        if last and progress is not None:
            self._app.matches.undo(
                self._actor,
                last,
                cancelled=lambda: progress.is_cancelled,
                progress=progress.report,
            )
        elif last:
            self.undo(last)

    def undo_all(self, progress: Progress) -> None:
        """Take back every match of the statement, whoever made it."""
        self._app.matches.undo_all(
            self._actor,
            self._id,
            cancelled=lambda: progress.is_cancelled,
            progress=progress.report,
        )

    def ignore(self, line_ids: Sequence[int], reason: str) -> None:
        """Set lines aside for one reason, all or none."""
        self._app.reconciliations.ignore_all(self._actor, line_ids, reason=reason)

    def ignore_as_before(self, line_ids: Sequence[int]) -> None:
        """Set lines aside, each for the reason that a line worded so was."""
        self._app.learning.set_aside_as_before(self._actor, line_ids)

    def take_back(self, line_ids: Sequence[int]) -> None:
        """Put lines that were set aside back, all or none."""
        self._app.reconciliations.take_back_all(self._actor, line_ids)

    def close(self, notes: str) -> ReconciliationRow:
        """Lock the reconciliation."""
        return self._app.reconciliations.close(self._actor, self._id, notes=notes)

    def resolve(self, notes: str) -> ReconciliationRow:
        """Say how a closed discrepancy was settled."""
        return self._app.reconciliations.resolve(self._actor, self._id, notes=notes)

    def reopen(self, reason: str) -> ReconciliationRow:
        """Unlock the reconciliation."""
        return self._app.reconciliations.reopen(self._actor, self._id, reason=reason)

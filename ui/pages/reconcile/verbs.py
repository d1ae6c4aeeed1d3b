"""What may be done with a statement's lines; each verb returns the board it leaves.

Every method touches the database: call it off the GUI thread.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from core.services.hand_matches import ExplainDifference, MatchByHand
from core.services.rows import ReconciliationRow
from ui.context import PageContext
from ui.pages.reconcile.board import Board, Candidate


class Verbs:
    """The services for one reconciliation and one person."""

    def __init__(self, context: PageContext, reconciliation_id: str) -> None:
        self._app = context.app
        self._actor = context.actor
        self._id = reconciliation_id

    def read(self, shown: Board | None = None) -> Board:
        """Return the reconciliation as it is: the very board ``shown`` where nothing changed."""
        detail = self._app.reconciliations.detail(self._actor, self._id)
        return shown if shown is not None and shown.detail == detail else Board(detail)

    def propose(self, *, cancelled: Callable[[], bool] | None = None) -> Board:
        """Look for matches of every open line."""
        return Board(self._app.matches.propose(self._actor, self._id, cancelled=cancelled))

    def approve(self, line_id: int, candidate: Candidate) -> Board:
        """Approve a candidate of a line; a choice among equals is matched by hand."""
        if candidate.is_choice:
            chosen = tuple(payment.payment_id for payment in candidate.payments)
            return self.match_by_hand(MatchByHand(str(uuid.uuid4()), self._id, (line_id,), chosen))
        return self.approve_all([candidate.match.match_id])

    def approve_all(self, match_ids: Sequence[int]) -> Board:
        """Approve proposals, all or none."""
        self._app.matches.approve(self._actor, match_ids)
        return self.read()

    def match_by_hand(self, command: MatchByHand) -> Board:
        """Match lines with payments a person put together."""
        return Board(self._app.hand_matches.match(self._actor, command))

    def explain(self, command: ExplainDifference) -> Board:
        """Say what became of a match's difference."""
        return Board(self._app.hand_matches.explain(self._actor, command))

    def decline(self, match_id: int) -> Board:
        """Refuse a proposal for good."""
        self._app.matches.decline(self._actor, match_id)
        return self.read()

    def undo(self, match_ids: Sequence[int]) -> Board:
        """Take approved matches back, all or none, and look again so they can be decided anew."""
        self._app.matches.undo(self._actor, match_ids)
        return self.propose()

    def ignore(self, line_id: int, reason: str) -> Board:
        """Set a line aside."""
        self._app.reconciliations.ignore(self._actor, line_id, reason=reason)
        return self.read()

    def take_back(self, line_id: int) -> Board:
        """Put a line that was set aside back."""
        self._app.reconciliations.take_back_ignored(self._actor, line_id)
        return self.read()

    def close(self, notes: str) -> ReconciliationRow:
        """Lock the reconciliation."""
        return self._app.reconciliations.close(self._actor, self._id, notes=notes)

    def resolve(self, notes: str) -> ReconciliationRow:
        """Say how a closed discrepancy was settled."""
        return self._app.reconciliations.resolve(self._actor, self._id, notes=notes)

    def reopen(self, reason: str) -> ReconciliationRow:
        """Unlock the reconciliation."""
        return self._app.reconciliations.reopen(self._actor, self._id, reason=reason)

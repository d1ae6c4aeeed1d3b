"""Matching statement lines with payments: propose, approve, undo, match by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.collector import collector_held
from core.database.unit_of_work import Database, UnitOfWork
from core.matching.work import Work
from core.model.reconciliations import (
    PaymentReconciliation,
)
from core.permissions import Actor, Permission
from core.services.matching.approval import approve_matches, certain_matches
from core.services.matching.declining import decline_match
from core.services.matching.facts import statement_of
from core.services.matching.undoing import standing_matches, undo_matches
from core.services.proposing.apart import look_for
from core.services.proposing.search import Watch
from core.services.proposing.standby import Standby
from core.services.reconciliations.detail import load_detail
from core.services.reconciliations.service import find_reconciliation
from core.services.rows import MatchDecision, ReconciliationDetail


class MatchService:
    """The verbs of a match. Until a reconciliation is closed every match can be undone."""

    def __init__(self, database: Database, standby: Standby | None = None) -> None:
        self._database = database
        self._standby = standby or Standby(database)

    def propose(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> ReconciliationDetail:
        """Look for matches of every open line and store them as proposals with their reasons.

        The search holds no lock; what was decided meanwhile stays as it is. ``progress`` is told
        how much is done of how much; MatchingCancelledError says that ``cancelled`` answered yes.
        """
        self.look_for(actor, reconciliation_id, cancelled=cancelled, progress=progress)
        with self._database.read() as session:
            return load_detail(session, find_reconciliation(session, reconciliation_id))

    def look_for(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Do as :meth:`propose`, for who does not need to see all of it."""
        self._database.require(actor, Permission.RECONCILE)
        watch = Watch(cancelled, progress)
        look_for(self._database, actor, reconciliation_id, watch, self._standby)

    def approve(
        self,
        actor: Actor,
        match_ids: Sequence[int],
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> MatchDecision:
        """Approve proposals: their payments become reconciled, all of them or none.

        Raises:
            ConflictError: a line or payment is matched already; the message says by whom.
            MatchingCancelledError: ``cancelled`` answered yes; none was approved.

        """
        self._database.require(actor, Permission.RECONCILE)
        with collector_held(), self._database.write(actor) as unit:
            reconciliation = statement_of(unit.session, match_ids)
            work = Work(len(set(match_ids)), cancelled, progress)
            return _approved(unit, reconciliation, match_ids, work)

    def approve_automatic(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> MatchDecision:
        """Approve every certain proposal of a reconciliation that still holds, all or none.

        Raises:
            MatchingCancelledError: ``cancelled`` answered yes; none was approved.

        """
        self._database.require(actor, Permission.RECONCILE)
        with collector_held(), self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            match_ids = certain_matches(unit.session, reconciliation)
            work = Work(len(match_ids), cancelled, progress)
            return _approved(unit, reconciliation, match_ids, work)

    def decline(self, actor: Actor, match_id: int) -> None:
        """Refuse a proposal; it is not shown again for this statement.

        Raises:
            ConflictError: it was decided already; the message says by whom.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            reconciliation = statement_of(unit.session, [match_id])
            decline_match(unit, reconciliation, match_id)
            unit.commit()

    def undo(
        self,
        actor: Actor,
        match_ids: Sequence[int],
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> MatchDecision:
        """Take approved matches back: their payments are no longer reconciled, all or none.

        A payment that a match completed stays completed: the money was seen on the statement.

        Raises:
            ConflictError: a match does not stand; none of them was taken back.
            MatchingCancelledError: ``cancelled`` answered yes; none was taken back.

        """
        self._database.require(actor, Permission.RECONCILE)
        with collector_held(), self._database.write(actor) as unit:
            reconciliation = statement_of(unit.session, match_ids)
            work = Work(len(set(match_ids)), cancelled, progress)
            return _undone(unit, reconciliation, match_ids, work)

    def undo_all(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> MatchDecision:
        """Take every match of a reconciliation back that stands; see :meth:`undo`."""
        self._database.require(actor, Permission.RECONCILE)
        with collector_held(), self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            match_ids = standing_matches(unit.session, reconciliation)
            work = Work(len(match_ids), cancelled, progress)
            return _undone(unit, reconciliation, match_ids, work)


def _approved(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    match_ids: Sequence[int],
    work: Work,
) -> MatchDecision:
    invoice_numbers = approve_matches(unit, reconciliation, match_ids, work)
    unit.commit()
    return MatchDecision(len(set(match_ids)), reconciliation.unmatched_count, invoice_numbers)


def _undone(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    match_ids: Sequence[int],
    work: Work,
) -> MatchDecision:
    undo_matches(unit, reconciliation, match_ids, work)
    unit.commit()
    return MatchDecision(len(set(match_ids)), reconciliation.unmatched_count)

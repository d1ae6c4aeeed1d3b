"""Refusing a proposal: it is not offered again for its statement."""

from __future__ import annotations

from core.database.unit_of_work import UnitOfWork
from core.model.journal import Topic
from core.model.reconciliations import Match, MatchState, PaymentReconciliation
from core.services.matching.facts import read_facts
from core.services.matching.journal import journal_decisions
from core.services.matching.line_states import settle_lines
from core.services.matching.refusals import decided_already
from core.services.reconciliations.service import refresh_counts


def decline_match(unit: UnitOfWork, reconciliation: PaymentReconciliation, match_id: int) -> None:
    """Decline a proposal of an open statement.

    Raises:
        ConflictError: it was decided already; the message says by whom.

    """
    session = unit.session
    proposal = session.get_one(Match, match_id)
    if proposal.state is not MatchState.PROPOSED:
        raise decided_already(session, match_id)
    proposal.state = MatchState.DECLINED
    proposal.decided_by = unit.actor_name
    proposal.decided_at = unit.now
    session.flush()
    facts = read_facts(session, [match_id])
    settle_lines(session, [line.key for match in facts for line in match.lines])
    journal_decisions(unit, reconciliation, facts, "match:declined")
    refresh_counts(session, reconciliation)
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)

"""Taking approved matches back, one or a hundred thousand: the books are as before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.matching.records import MatchKind
from core.matching.work import Work
from core.model.base import UtcDateTime
from core.model.journal import Topic
from core.model.payments import Payment
from core.model.reconciliations import (
    DifferenceKind,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    WithdrawnProof,
)
from core.services.learning.payers import unlearn
from core.services.matching.facts import MatchFacts, read_facts, stretches
from core.services.matching.journal import journal_decisions
from core.services.matching.line_states import settle_lines
from core.services.matching.refusals import stands_no_more
from core.services.reconciliations.service import refresh_counts

_PROPOSED_KINDS = frozenset(MatchKind)
_ROWS_ONLY = {"synchronize_session": False}


def undo_matches(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    match_ids: Sequence[int],
    work: Work | None = None,
) -> None:
    """Take approved matches of an open statement back, all or none.

    What the matcher proposed is a proposal again; what a person put together is gone. A payment
    that a match completed stays completed: the money was seen on the statement.

    Raises:
        ConflictError: a match does not stand; the message says what became of it.
        MatchingCancelledError: the person stopped it.

    """
    session = unit.session
    session.flush()
    line_ids: list[int] = []
    for stretch in stretches(list(dict.fromkeys(match_ids))):
        facts = read_facts(session, stretch)
        for match in facts:
            if match.state is not MatchState.APPROVED:
                raise stands_no_more(session, match.match_id)
        _release_payments(unit, facts)
        _take_down(unit, facts)
        line_ids += (line.key for match in facts for line in match.lines)
        journal_decisions(unit, reconciliation, facts, "match:undone")
        session.expire_all()
        if work is not None:
            work.done(len(stretch))
    settle_lines(session, line_ids)
    unlearn(unit, match_ids)
    refresh_counts(session, reconciliation)
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)


def standing_matches(session: Session, reconciliation: PaymentReconciliation) -> list[int]:
    """Return every match of the statement that stands approved."""
    return list(
        session.scalars(
            select(Match.id)
            .where(
                Match.reconciliation_id == reconciliation.id,
                Match.state == MatchState.APPROVED,
            )
            .order_by(Match.id)
        )
    )


def _release_payments(unit: UnitOfWork, facts: Sequence[MatchFacts]) -> None:
    released = [payment for match in facts for payment in match.payments if payment.active]
    keys = [payment.key for payment in released]
    proved = select(Payment.id, Payment.reconciled_at, literal(unit.now, UtcDateTime))
    unit.session.execute(
        insert(WithdrawnProof).from_select(
            ["payment_id", "proved_at", "withdrawn_at"],
            proved.where(Payment.id.in_(keys), Payment.reconciled_at.is_not(None)),
        )
    )
    unit.session.execute(
        update(Payment)
        .where(Payment.id.in_(keys))
        .values(
            reconciled=False,
            reconciled_at=None,
            reconciled_by="",
            updated_at=unit.now,
            version=Payment.version + 1,
        ),
        execution_options=_ROWS_ONLY,
    )
    for payment in released:
        unit.changed(Topic.PAYMENTS, payment.payment_id)


def _take_down(unit: UnitOfWork, facts: Sequence[MatchFacts]) -> None:
    for link in (MatchPayment, MatchLine):
        unit.session.execute(
            update(link)
            .where(link.match_id.in_([match.match_id for match in facts]))
            .values(active=False),
            execution_options=_ROWS_ONLY,
        )
    proposed = [match.match_id for match in facts if match.kind in _PROPOSED_KINDS]
    by_hand = [match.match_id for match in facts if match.kind not in _PROPOSED_KINDS]
    unit.session.execute(
        update(Match)
        .where(Match.id.in_(proposed))
        .values(
            state=MatchState.PROPOSED,
            decided_by="",
            decided_at=None,
            difference_kind=DifferenceKind.OPEN,
            difference_reason="",
            difference_note="",
            difference_by="",
            difference_at=None,
            version=Match.version + 1,
        ),
        execution_options=_ROWS_ONLY,
    )
    unit.session.execute(
        update(Match)
        .where(Match.id.in_(by_hand))
        .values(
            state=MatchState.UNDONE,
            decided_by=unit.actor_name,
            decided_at=unit.now,
            version=Match.version + 1,
        ),
        execution_options=_ROWS_ONLY,
    )

"""What was learned: given to the matcher, shown to the clerk, forgotten and put back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.database.audit import Deed
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, NotFoundError
from core.matching.learned import Learned
from core.model.journal import Topic
from core.model.reconciliations import LineState, Match, PaymentReconciliation, StatementLine
from core.money import major
from core.permissions import Actor, Permission
from core.services.learning.declines import decline_some, declined_of
from core.services.learning.fees import learned_fees
from core.services.learning.forgetting import forget, restore
from core.services.learning.keys import these
from core.services.learning.lists import list_lessons
from core.services.learning.payers import learned_payers
from core.services.learning.rows import Forgotten, LessonRef, LessonRow, SuggestedReason
from core.services.learning.wordings import (
    learn_wording,
    reason_for,
    reasons_for,
    suggested_reasons,
)
from core.services.reconciliations.service import begin_work, find_reconciliation, refresh_counts

_OPEN = (LineState.UNMATCHED, LineState.SUGGESTED)


def learned_for(session: Session, reconciliation: PaymentReconciliation) -> Learned:
    """Return all that the matcher is told of earlier decisions, for one statement."""
    return Learned(
        payers=learned_payers(session, reconciliation.provider),
        fees=learned_fees(session, reconciliation),
        declined=declined_of(session, reconciliation),
    )


class LearningService:
    """The verbs of what was learned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lessons(self, actor: Actor, *, search: str = "") -> tuple[LessonRow, ...]:
        """Return what was learned and still counts; only what holds ``search``, if given."""
        self._database.require(actor, Permission.RECONCILE)
        with self._database.read() as session:
            return list_lessons(session, search)

    def forget(self, actor: Actor, refs: Sequence[LessonRef]) -> Forgotten:
        """Forget lessons; later decisions teach anew. What is returned puts them back.

        Raises:
            NotFoundError: there is no such lesson.
            ConflictError: a declined match belongs to a statement that is closed.

        """
        self._database.require(actor, Permission.RECONCILE)
        if not refs:
            raise InvalidInputError("Nothing was forgotten. Choose at least one lesson.")
        with self._database.write(actor) as unit:
            forgotten = forget(unit, refs)
            unit.commit()
            return forgotten

    def restore(self, actor: Actor, forgotten: Forgotten) -> None:
        """Put back what one removal took out.

        Raises:
            ConflictError: it was put back already.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            restore(unit, forgotten)
            unit.commit()

    def decline_some(
        self, actor: Actor, match_id: int, payment_ids: Sequence[str]
    ) -> tuple[int, ...]:
        """Decline some payments of a choice for good; returns the proposals that are left.

        Raises:
            ConflictError: the match is no proposal, or no choice.
            InvalidInputError: none of its payments was named, or all of them.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            proposal = unit.session.get(Match, match_id)
            if proposal is None:
                raise NotFoundError("Nothing was changed. There is no such match.")
            rest = decline_some(unit, proposal, payment_ids)
            refresh_counts(unit.session, proposal.reconciliation)
            unit.changed(Topic.RECONCILIATIONS, proposal.reconciliation.reconciliation_id)
            unit.commit()
            return tuple(each.id for each in rest)

    def reason_for(self, actor: Actor, line_id: int) -> SuggestedReason | None:
        """Return why a line may be set aside; None where no line worded so ever was.

        Raises:
            NotFoundError: there is no such line.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.read() as session:
            return reason_for(session, _line(session, line_id))

    def suggested_reasons(
        self, actor: Actor, reconciliation_id: str
    ) -> tuple[SuggestedReason, ...]:
        """Return why open lines of a statement may be set aside, for those worded so before.

        Raises:
            NotFoundError: there is no such reconciliation.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            return suggested_reasons(session, reconciliation.id, reconciliation.provider)

    def set_aside_as_before(self, actor: Actor, line_ids: Sequence[int]) -> int:
        """Set open lines aside, each for the reason a line worded so was; returns how many.

        Lines that are no longer open, or of which nothing was learned, are left as they are.

        Raises:
            NotFoundError: there is no such line.
            ConflictError: the reconciliation is closed.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            lines = _lines(unit.session, line_ids)
            for reconciliation in {line.reconciliation for line in lines}:
                reconciliation.require_open()
            reasons = reasons_for(unit.session, lines)
            aside = [line for line in lines if line.id in reasons and line.state in _OPEN]
            for line in aside:
                line.state, line.ignored_reason = LineState.IGNORED, reasons[line.id].reason
            unit.session.flush()
            unit.audit_all(map(_set_aside, aside))
            learn_wording(unit, aside)
            for reconciliation in {line.reconciliation for line in aside}:
                begin_work(reconciliation)
                refresh_counts(unit.session, reconciliation)
                unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
            unit.commit()
            return len(aside)


def _set_aside(line: StatementLine) -> Deed:
    return Deed(
        "line:ignored",
        "reconciliation",
        line.reconciliation.reconciliation_id,
        {
            "line": line.line_number,
            "amount": major(line.amount_minor, line.currency),
            "reason": line.ignored_reason,
        },
    )


def _lines(session: Session, line_ids: Sequence[int]) -> Sequence[StatementLine]:
    """Return lines in the order of their keys."""
    lines = session.scalars(
        select(StatementLine)
        .where(StatementLine.id.in_(these(line_ids)))
        .options(joinedload(StatementLine.reconciliation))
        .order_by(StatementLine.id)
    ).all()
    if len(lines) != len(set(line_ids)):
        raise NotFoundError("Nothing was changed. The statement has no such line.")
    return lines


def _line(session: Session, line_id: int) -> StatementLine:
    line = session.get(StatementLine, line_id)
    if line is None:
        raise NotFoundError("Nothing was changed. The statement has no such line.")
    return line

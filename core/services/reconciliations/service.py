"""The life of a reconciliation: its list, its lines and matches, its closing and reopening."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.reconciliations import (
    DifferenceKind,
    LineCategory,
    LineState,
    Match,
    MatchState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
)
from core.money import display, major
from core.permissions import Actor, Permission
from core.services.mapping import line_row, reconciliation_row
from core.services.matching.line_offers import settle_offers
from core.services.matching.line_states import settle_lines
from core.services.matching.refusals import (
    NOTHING_CHANGED,
    line_taken,
    not_set_aside,
    still_open,
)
from core.services.reconciliations.detail import load_detail, unmatched_payment_ids
from core.services.rows import (
    DIFFERING_KINDS,
    Page,
    ReconciliationDetail,
    ReconciliationRow,
    StatementLineRow,
)

FEE_KINDS = frozenset({"fee_net", "settlement"})
"""Matches whose difference is what the channel kept: it is explained."""


class ReconciliationService:
    """Looking at reconciliations and ending them; matching itself is in ``matches``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, *, offset: int = 0, limit: int = 100) -> Page[ReconciliationRow]:
        """Return a stretch of the reconciliations, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(PaymentReconciliation)) or 0
            rows = session.scalars(
                select(PaymentReconciliation)
                .order_by(PaymentReconciliation.imported_at.desc(), PaymentReconciliation.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(tuple(reconciliation_row(row) for row in rows), offset, total)

    def detail(self, actor: Actor, reconciliation_id: str) -> ReconciliationDetail:
        """Return a reconciliation with its lines, matches and the payments it does not show.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return load_detail(session, find_reconciliation(session, reconciliation_id))

    def unmatched_payment_ids(self, actor: Actor, reconciliation_id: str) -> tuple[str, ...]:
        """Return every completed payment the statement should show and no match proves, by id.

        Raises:
            NotFoundError: there is no reconciliation with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return unmatched_payment_ids(session, find_reconciliation(session, reconciliation_id))

    def ignore(self, actor: Actor, line_id: int, *, reason: str) -> StatementLineRow:
        """Set a line aside that no payment stands for, such as a bank's charge, with the reason.

        Raises:
            InvalidInputError: the reason is missing.
            ConflictError: the line is matched, or the reconciliation is closed.

        """
        return self._set_lines(actor, [line_id], LineState.IGNORED, reason)[0]

    def ignore_all(
        self, actor: Actor, line_ids: Sequence[int], *, reason: str
    ) -> tuple[StatementLineRow, ...]:
        """Do as :meth:`ignore` with several lines for one reason, all of them or none."""
        return self._set_lines(actor, line_ids, LineState.IGNORED, reason)

    def take_back_ignored(self, actor: Actor, line_id: int) -> StatementLineRow:
        """Put a line that was set aside back among those to be explained.

        Raises:
            ConflictError: the line was not set aside, or the reconciliation is closed.

        """
        return self._set_lines(actor, [line_id], LineState.UNMATCHED, "")[0]

    def take_back_all(self, actor: Actor, line_ids: Sequence[int]) -> tuple[StatementLineRow, ...]:
        """Do as :meth:`take_back_ignored` with several lines, all of them or none."""
        return self._set_lines(actor, line_ids, LineState.UNMATCHED, "")

    def close(self, actor: Actor, reconciliation_id: str, *, notes: str = "") -> ReconciliationRow:
        """Lock a reconciliation: COMPLETE when everything is explained, else DISCREPANCY."""
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            refresh_counts(unit.session, reconciliation)
            explained = is_explained(unit.session, reconciliation)
            reconciliation.move_to(
                ReconciliationStatus.COMPLETE if explained else ReconciliationStatus.DISCREPANCY
            )
            reconciliation.reconciled_by = actor.name
            reconciliation.reconciled_at = unit.now
            reconciliation.notes = notes.strip() or reconciliation.notes
            return _ended(unit, reconciliation, "reconciliation:closed", notes)

    def resolve(self, actor: Actor, reconciliation_id: str, *, notes: str) -> ReconciliationRow:
        """Say how a closed discrepancy was settled."""
        self._database.require(actor, Permission.RECONCILE)
        return self._step(
            actor,
            reconciliation_id,
            ReconciliationStatus.RESOLVED,
            notes,
            "reconciliation:resolved",
        )

    def reopen(self, actor: Actor, reconciliation_id: str, *, reason: str) -> ReconciliationRow:
        """Unlock a closed reconciliation; a manager's act, with a reason."""
        self._database.require(actor, Permission.REOPEN_RECONCILIATION)
        return self._step(
            actor,
            reconciliation_id,
            ReconciliationStatus.IN_PROGRESS,
            reason,
            "reconciliation:reopened",
        )

    def _step(
        self,
        actor: Actor,
        reconciliation_id: str,
        status: ReconciliationStatus,
        reason: str,
        action: str,
    ) -> ReconciliationRow:
        if not reason.strip():
            raise InvalidInputError("Write the reason.", field="notes")
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            if not reconciliation.status.is_closed:
                raise still_open(unit.session, reconciliation)
            reconciliation.move_to(status)
            if not status.is_closed:
                reconciliation.reconciled_by, reconciliation.reconciled_at = "", None
            reconciliation.notes = reason.strip()
            return _ended(unit, reconciliation, action, reason)

    def _set_lines(
        self, actor: Actor, line_ids: Sequence[int], state: LineState, reason: str
    ) -> tuple[StatementLineRow, ...]:
        self._database.require(actor, Permission.RECONCILE)
        if not line_ids:
            raise InvalidInputError("Nothing was changed. Choose at least one line.")
        if state is LineState.IGNORED and not reason.strip():
            raise InvalidInputError("Write why the line is set aside.", field="reason")
        with self._database.write(actor) as unit:
            lines = [_open_line(unit.session, each, state) for each in dict.fromkeys(line_ids)]
            _settle_aside(unit, lines, state, reason.strip())
            for statement in dict.fromkeys(line.reconciliation for line in lines):
                begin_work(statement)
                refresh_counts(unit.session, statement)
                unit.changed(Topic.RECONCILIATIONS, statement.reconciliation_id)
            unit.session.flush()
            rows = tuple(line_row(line) for line in lines)
            unit.commit()
            return rows


def _open_line(session: Session, line_id: int, state: LineState) -> StatementLine:
    """Return a line that may be set aside, or taken back from there."""
    line = session.get(StatementLine, line_id)
    if line is None:
        raise NotFoundError("Nothing was changed. The statement has no such line.")
    line.reconciliation.require_open()
    aside = line.state is LineState.IGNORED
    if line.state is LineState.MATCHED or (aside and state is LineState.IGNORED):
        raise line_taken(session, line_id, nothing=NOTHING_CHANGED)
    if state is LineState.UNMATCHED and not aside:
        raise not_set_aside(session, line)
    return line


def _settle_aside(
    unit: UnitOfWork, lines: Sequence[StatementLine], state: LineState, reason: str
) -> None:
    """Set lines aside or take them back; each has its own entry in the audit trail."""
    from core.services.learning import wordings  # noqa: PLC0415 - not owed at start

    for line in lines:
        line.state, line.ignored_reason = state, reason
    if state is LineState.UNMATCHED:
        settle_lines(unit.session, [line.id for line in lines])
        wordings.unlearn_wording(unit, lines)
    else:
        wordings.learn_wording(unit, lines)
    for line in lines:
        unit.audit(
            "line:ignored" if state is LineState.IGNORED else "line:taken_back",
            "reconciliation",
            line.reconciliation.reconciliation_id,
            line=line.line_number,
            amount=major(line.amount_minor, line.currency),
            reason=reason,
        )


def find_reconciliation(session: Session, reconciliation_id: str) -> PaymentReconciliation:
    """Return a reconciliation by its public id.

    Raises:
        NotFoundError: there is none with this id.

    """
    found = session.scalar(
        select(PaymentReconciliation).where(
            PaymentReconciliation.reconciliation_id == reconciliation_id
        )
    )
    if found is None:
        raise NotFoundError(f"Nothing was changed. There is no reconciliation {reconciliation_id}.")
    return found


def begin_work(reconciliation: PaymentReconciliation) -> None:
    """Move a reconciliation nobody worked on yet to IN_PROGRESS."""
    if reconciliation.status is ReconciliationStatus.PENDING:
        reconciliation.move_to(ReconciliationStatus.IN_PROGRESS)


def refresh_counts(session: Session, reconciliation: PaymentReconciliation) -> None:
    """Bring the counts and the discrepancy in line with the lines and approved matches.

    The discrepancy is what the statement shows beyond what was explained: the lines nobody
    explained, and what matched lines bring above (or, negative, below) their payments. A fee that
    the channel kept is explained, and so is what somebody wrote off. What open lines wait for is
    settled anew where it changed.
    """
    settle_offers(session, reconciliation)
    # By category, whose index holds the amounts as well.
    lines = {
        LineCategory(str(category)): (count, int(amount))
        for category, count, amount in session.execute(
            select(StatementLine.category, func.count(), func.sum(StatementLine.amount_minor))
            .where(StatementLine.reconciliation_id == reconciliation.id)
            .group_by(StatementLine.category)
        )
    }
    open_lines = [lines[category] for category in lines if category.is_open]
    reconciliation.matched_count = lines.get(LineCategory.MATCHED, (0, 0))[0]
    reconciliation.unmatched_count = sum(count for count, _ in open_lines)
    reconciliation.discrepancy_amount_minor = sum(amount for _, amount in open_lines) - sum(
        _differences(session, reconciliation)
    )


def is_explained(session: Session, reconciliation: PaymentReconciliation) -> bool:
    """Tell whether closing now would find everything explained.

    Two differences that cancel each other out are still two differences.
    """
    return (
        reconciliation.unmatched_count == 0
        and not _differences(session, reconciliation)
        and not reconciliation.balance_gap_minor
    )


def _differences(session: Session, reconciliation: PaymentReconciliation) -> list[int]:
    """Return what approved matches differ by, recorded less received, where nobody explained it."""
    return list(
        session.scalars(
            select(Match.difference_minor).where(
                Match.reconciliation_id == reconciliation.id,
                Match.state == MatchState.APPROVED,
                Match.kind.in_(DIFFERING_KINDS),
                Match.difference_minor != 0,
                Match.difference_kind == DifferenceKind.OPEN,
            )
        )
    )


def _ended(
    unit: UnitOfWork, reconciliation: PaymentReconciliation, action: str, notes: str
) -> ReconciliationRow:
    unit.audit(
        action,
        "reconciliation",
        reconciliation.reconciliation_id,
        status=reconciliation.status,
        unmatched=reconciliation.unmatched_count,
        discrepancy=display(reconciliation.discrepancy_amount_minor, reconciliation.currency),
        notes=notes.strip(),
    )
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
    unit.session.flush()
    row = reconciliation_row(reconciliation)
    unit.commit()
    return row

"""The life of a reconciliation: its list, its lines and matches, its closing and reopening."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import day_end, day_start
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
    StatementProvider,
)
from core.money import display, major
from core.permissions import Actor, Permission
from core.services.mapping import line_row, payment_row, reconciliation_row
from core.services.rows import (
    MatchRow,
    Page,
    PaymentRow,
    ReconciliationDetail,
    ReconciliationRow,
    StatementLineRow,
)

PROVEN_METHODS: dict[StatementProvider, frozenset[PaymentMethod]] = {
    StatementProvider.MTN: frozenset(
        {PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.CASH_ON_DELIVERY}
    ),
    StatementProvider.AIRTEL: frozenset(
        {PaymentMethod.AIRTEL_MONEY, PaymentMethod.CASH_ON_DELIVERY}
    ),
    StatementProvider.BANK: frozenset(PaymentMethod) - {PaymentMethod.CASH},
}
"""Which payments a provider's statement can prove; a bank also receives the networks' payouts."""

_SHOWN_UNMATCHED_PAYMENTS = 500


class ReconciliationService:
    """Looking at reconciliations and ending them; matching itself is in ``matches``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, *, offset: int = 0, limit: int = 100) -> Page[ReconciliationRow]:
        """Return a stretch of the reconciliations, newest first."""
        actor.require(Permission.VIEW_PAYMENTS)
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
        actor.require(Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return load_detail(session, find_reconciliation(session, reconciliation_id))

    def ignore(self, actor: Actor, line_id: int, *, reason: str) -> StatementLineRow:
        """Set a line aside that no payment stands for, such as a bank's charge, with the reason.

        Raises:
            InvalidInputError: the reason is missing.
            ConflictError: the line is matched, or the reconciliation is closed.

        """
        actor.require(Permission.RECONCILE)
        if not reason.strip():
            raise InvalidInputError("Write why the line is set aside.", field="reason")
        return self._set_line(actor, line_id, LineState.IGNORED, reason.strip())

    def take_back_ignored(self, actor: Actor, line_id: int) -> StatementLineRow:
        """Put a line that was set aside back among the unmatched ones."""
        actor.require(Permission.RECONCILE)
        return self._set_line(actor, line_id, LineState.UNMATCHED, "")

    def close(self, actor: Actor, reconciliation_id: str, *, notes: str = "") -> ReconciliationRow:
        """Lock a reconciliation: COMPLETE when everything is explained, else DISCREPANCY."""
        actor.require(Permission.RECONCILE)
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            refresh_counts(unit.session, reconciliation)
            explained = (
                reconciliation.unmatched_count == 0
                and reconciliation.discrepancy_amount_minor == 0
                and not reconciliation.balance_gap_minor
            )
            reconciliation.move_to(
                ReconciliationStatus.COMPLETE if explained else ReconciliationStatus.DISCREPANCY
            )
            reconciliation.reconciled_by = actor.name
            reconciliation.reconciled_at = unit.now
            reconciliation.notes = notes.strip() or reconciliation.notes
            return _ended(unit, reconciliation, "reconciliation:closed", notes)

    def resolve(self, actor: Actor, reconciliation_id: str, *, notes: str) -> ReconciliationRow:
        """Say how a closed discrepancy was settled."""
        actor.require(Permission.RECONCILE)
        return self._step(
            actor,
            reconciliation_id,
            ReconciliationStatus.RESOLVED,
            notes,
            "reconciliation:resolved",
        )

    def reopen(self, actor: Actor, reconciliation_id: str, *, reason: str) -> ReconciliationRow:
        """Unlock a closed reconciliation; a manager's act, with a reason."""
        actor.require(Permission.REOPEN_RECONCILIATION)
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
                raise ConflictError("Nothing was changed. This reconciliation is still open.")
            reconciliation.move_to(status)
            reconciliation.notes = reason.strip()
            return _ended(unit, reconciliation, action, reason)

    def _set_line(
        self, actor: Actor, line_id: int, state: LineState, reason: str
    ) -> StatementLineRow:
        with self._database.write(actor) as unit:
            line = unit.session.get(StatementLine, line_id)
            if line is None:
                raise NotFoundError("Nothing was changed. The statement has no such line.")
            line.reconciliation.require_open()
            if line.state is LineState.MATCHED:
                raise ConflictError("Nothing was changed. Undo the line's match first.")
            line.state = state
            line.ignored_reason = reason
            action = "line:ignored" if state is LineState.IGNORED else "line:taken_back"
            begin_work(line.reconciliation)
            refresh_counts(unit.session, line.reconciliation)
            unit.audit(
                action,
                "reconciliation",
                line.reconciliation.reconciliation_id,
                line=line.line_number,
                amount=major(line.amount_minor, line.currency),
                reason=reason,
            )
            unit.changed(Topic.RECONCILIATIONS, line.reconciliation.reconciliation_id)
            unit.session.flush()
            row = line_row(line)
            unit.commit()
            return row


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

    The discrepancy is the sum of the lines nobody explained and of what approved matches differ
    by; a fee that the channel kept is explained.
    """
    session.flush()
    states = {
        state: (count, int(amount))
        for state, count, amount in session.execute(
            select(StatementLine.state, func.count(), func.sum(StatementLine.amount_minor))
            .where(StatementLine.reconciliation_id == reconciliation.id)
            .group_by(StatementLine.state)
        )
    }
    open_lines = [states.get(state, (0, 0)) for state in (LineState.UNMATCHED, LineState.SUGGESTED)]
    differences = session.scalar(
        select(func.coalesce(func.sum(Match.difference_minor), 0)).where(
            Match.reconciliation_id == reconciliation.id,
            Match.state == MatchState.APPROVED,
            Match.kind.notin_(["fee_net", "settlement"]),
        )
    )
    reconciliation.matched_count = states.get(LineState.MATCHED, (0, 0))[0]
    reconciliation.unmatched_count = sum(count for count, _ in open_lines)
    reconciliation.discrepancy_amount_minor = sum(amount for _, amount in open_lines) + int(
        differences or 0
    )


def load_detail(session: Session, reconciliation: PaymentReconciliation) -> ReconciliationDetail:
    """Return everything the reconcile page shows."""
    lines = session.scalars(
        select(StatementLine)
        .where(StatementLine.reconciliation_id == reconciliation.id)
        .order_by(StatementLine.line_number, StatementLine.id)
    ).all()
    rows = {line.id: line_row(line) for line in lines}
    return ReconciliationDetail(
        reconciliation=reconciliation_row(reconciliation),
        lines=tuple(rows.values()),
        matches=_match_rows(session, reconciliation, rows),
        unmatched_payments=_unmatched_payments(session, reconciliation),
        problems=tuple(reconciliation.problems),
    )


def _match_rows(
    session: Session, reconciliation: PaymentReconciliation, rows: dict[int, StatementLineRow]
) -> tuple[MatchRow, ...]:
    shown = [MatchState.PROPOSED, MatchState.APPROVED]
    matches = session.scalars(
        select(Match)
        .where(Match.reconciliation_id == reconciliation.id, Match.state.in_(shown))
        .options(selectinload(Match.line_links), selectinload(Match.payment_links))
        .order_by(Match.confidence.desc(), Match.id)
    ).all()
    wanted = {link.payment_id for match in matches for link in match.payment_links}
    payments = _payments_by_id(session, sorted(wanted))
    return tuple(
        MatchRow(
            match_id=match.id,
            kind=match.kind,
            automatic=match.automatic,
            ambiguous=match.ambiguous,
            confidence=match.confidence,
            reasons=tuple(match.reasons),
            difference_minor=match.difference_minor,
            state=match.state,
            decided_by=match.decided_by,
            decided_at=match.decided_at,
            lines=tuple(rows[link.line_id] for link in _in_order(match.line_links)),
            payments=tuple(
                payments[link.payment_id]
                for link in sorted(match.payment_links, key=lambda link: link.payment_id)
            ),
        )
        for match in matches
    )


def _in_order(links: list[MatchLine]) -> list[MatchLine]:
    return sorted(links, key=lambda link: link.line_id)


def _payments_by_id(session: Session, ids: list[int]) -> dict[int, PaymentRow]:
    found: dict[int, PaymentRow] = {}
    for start in range(0, len(ids), 500):
        payments = session.scalars(
            select(Payment)
            .where(Payment.id.in_(ids[start : start + 500]))
            .options(joinedload(Payment.order))
        )
        found.update({payment.id: payment_row(payment) for payment in payments})
    return found


def first_moment(reconciliation: PaymentReconciliation) -> datetime:
    """Return when the statement's period begins; the day of its import where it names none."""
    start = reconciliation.statement_period_start
    return reconciliation.imported_at if start is None else day_start(start)


def open_payment_conditions(
    reconciliation: PaymentReconciliation, *, before: timedelta
) -> list[ColumnElement[bool]]:
    """Return which payments the statement could prove, from ``before`` its first day on."""
    conditions: list[ColumnElement[bool]] = [
        Payment.reconciled.is_(False),
        Payment.currency == reconciliation.currency,
        Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
    ]
    if reconciliation.statement_period_start is not None:
        first = day_start(reconciliation.statement_period_start) - before
        conditions.append(Payment.created_at >= first)
    if reconciliation.statement_period_end is not None:
        last = day_end(reconciliation.statement_period_end) + timedelta(days=1)
        conditions.append(Payment.created_at < last)
    return conditions


def _unmatched_payments(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[PaymentRow, ...]:
    payments = session.scalars(
        select(Payment)
        .where(
            *open_payment_conditions(reconciliation, before=timedelta(0)),
            Payment.status == PaymentStatus.COMPLETED,
        )
        .options(joinedload(Payment.order))
        .order_by(Payment.created_at, Payment.id)
        .limit(_SHOWN_UNMATCHED_PAYMENTS)
    )
    return tuple(payment_row(payment) for payment in payments)


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

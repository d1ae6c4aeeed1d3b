"""Everything one reconciliation shows: its lines, its matches, and the payments it should show."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import day_end, day_start
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
)
from core.services.mapping import line_row, payment_row, reconciliation_row
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail, StatementLineRow

SHOWN_UNMATCHED_PAYMENTS = 500
"""A detail carries no more of them, the oldest; how many there are is told beside them."""

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

DAYS_AFTER_STATEMENT = 1
"""A payment recorded so long after a statement's last day may be the one its last line shows."""


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
        unmatched_payments_total=_count_unmatched_payments(session, reconciliation),
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
        last = day_end(reconciliation.statement_period_end) + timedelta(days=DAYS_AFTER_STATEMENT)
        conditions.append(Payment.created_at < last)
    return conditions


def _unmatched_conditions(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        *open_payment_conditions(reconciliation, before=timedelta(0)),
        Payment.status == PaymentStatus.COMPLETED,
    ]


def unmatched_payment_ids(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[str, ...]:
    """Return the completed payments the statement should show and no match proves, all of them."""
    ids = session.scalars(
        select(Payment.payment_id)
        .where(*_unmatched_conditions(reconciliation))
        .order_by(Payment.created_at, Payment.id)
    )
    return tuple(ids)


def _unmatched_payments(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[PaymentRow, ...]:
    payments = session.scalars(
        select(Payment)
        .where(*_unmatched_conditions(reconciliation))
        .options(joinedload(Payment.order))
        .order_by(Payment.created_at, Payment.id)
        .limit(SHOWN_UNMATCHED_PAYMENTS)
    )
    return tuple(payment_row(payment) for payment in payments)


def _count_unmatched_payments(session: Session, reconciliation: PaymentReconciliation) -> int:
    count = select(func.count()).select_from(Payment)
    return session.scalar(count.where(*_unmatched_conditions(reconciliation))) or 0

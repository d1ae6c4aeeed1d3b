"""A reconciliation read: its lines, its matches, and the payments it should show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from core.clock import day_end, day_start
from core.database.spelling import Spelt
from core.model.customers import Order
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
    WithdrawnProof,
)
from core.model.refunds import RefundRequest
from core.services.mapping import payment_row, reconciliation_row
from core.services.rows import (
    MatchRow,
    PaymentRow,
    ReconciliationDetail,
    StatementLineRow,
)

SHOWN_UNMATCHED_PAYMENTS = 500
"""A detail carries no more of them, the oldest; how many there are is told beside them."""

PROVEN_METHODS: dict[StatementProvider, frozenset[PaymentMethod]] = {
    StatementProvider.MTN: frozenset(
        {PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.CASH_ON_DELIVERY}
    ),
    StatementProvider.AIRTEL: frozenset(
        {PaymentMethod.AIRTEL_MONEY, PaymentMethod.CASH_ON_DELIVERY}
    ),
    StatementProvider.BANK: frozenset(
        method for method in PaymentMethod if method.is_money and method is not PaymentMethod.CASH
    ),
}
"""Which payments a provider's statement can prove; a bank also receives the networks' payouts."""

_LINE_COLUMNS = {"line_id": "id"}
_PAYMENT_COLUMNS = {
    "transaction_id": func.coalesce(Payment.transaction_id, ""),
    "invoice_number": func.coalesce(Payment.invoice_number, ""),
    "order_number": func.coalesce(Order.order_number, ""),
}
"""The fields of a row that are not simply the column of their name."""

DAYS_AFTER_STATEMENT = 1
"""A payment recorded so long after a statement's last day may be the one its last line shows."""


@dataclass(frozen=True, slots=True)
class UnmatchedPayments:
    """A stretch of the payments a statement should show and no match proves.

    ``total`` and ``amount_minor`` count and add up all of them, not the stretch alone.
    """

    rows: tuple[PaymentRow, ...]
    offset: int
    total: int
    amount_minor: int


def load_detail(session: Session, reconciliation: PaymentReconciliation) -> ReconciliationDetail:
    """Return a reconciliation whole, for who wants all of it at once."""
    own = StatementLine.reconciliation_id == reconciliation.id
    rows = {row.line_id: row for row in line_rows(session, own)}
    shown = (
        Match.reconciliation_id == reconciliation.id,
        Match.state.in_([MatchState.PROPOSED, MatchState.APPROVED]),
    )
    unmatched = unmatched_payments(session, reconciliation, limit=SHOWN_UNMATCHED_PAYMENTS)
    return ReconciliationDetail(
        reconciliation=reconciliation_row(reconciliation),
        lines=tuple(rows.values()),
        matches=match_rows(session, shown, rows),
        unmatched_payments=unmatched.rows,
        unmatched_payments_total=unmatched.total,
        problems=tuple(reconciliation.problems),
        not_searched=tuple(reconciliation.not_searched),
    )


def line_rows(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None
) -> Iterator[StatementLineRow]:
    """Return lines in the order of their statement, read column by column."""
    columns = [_LINE_COLUMNS.get(each.name, each.name) for each in fields(StatementLineRow)]
    found = session.execute(
        select(*(getattr(StatementLine, name) for name in columns))
        .where(*conditions)
        .order_by(StatementLine.line_number, StatementLine.id)
        .limit(limit)
    )
    return (StatementLineRow(*row) for row in found)


def match_rows(
    session: Session,
    shown: Sequence[ColumnElement[bool]],
    rows: Mapping[int, StatementLineRow],
) -> tuple[MatchRow, ...]:
    """Return matches, the surest first, with their payments, the likeliest first.

    ``rows`` holds every line of theirs by its id.
    """
    ids = select(Match.id).where(*shown)
    lines = _linked(session, MatchLine.match_id, MatchLine.line_id, ids, MatchLine.line_id)
    links = _linked(
        session, MatchPayment.match_id, MatchPayment.payment_id, ids, MatchPayment.position
    )
    wanted = select(MatchPayment.payment_id).where(MatchPayment.match_id.in_(ids))
    payments = payments_by_key(session, wanted)
    matches = session.execute(
        select(
            Match.id,
            Match.kind,
            Match.automatic,
            Match.ambiguous,
            Match.confidence,
            Match.reasons,
            Match.difference_minor,
            Match.state,
            Match.decided_by,
            Match.decided_at,
            Match.difference_kind,
            Match.difference_reason,
            Match.difference_note,
            Match.difference_by,
            Match.difference_at,
        )
        .where(*shown)
        .order_by(Match.confidence.desc(), Match.id)
    )
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
            lines=tuple(rows[line_id] for line_id in lines[match.id]),
            payments=tuple(payments[payment_id] for payment_id in links[match.id]),
            difference_kind=match.difference_kind,
            difference_reason=match.difference_reason,
            difference_note=match.difference_note,
            difference_by=match.difference_by,
            difference_at=match.difference_at,
        )
        for match in matches
    )


def _linked(
    session: Session,
    match_id: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    matches: Select[int],
    order: InstrumentedAttribute[int],
) -> dict[int, list[int]]:
    """Return the keys linked with each match in an order."""
    linked: dict[int, list[int]] = defaultdict(list)
    for match, key in session.execute(
        select(match_id, other).where(match_id.in_(matches)).order_by(match_id, order, other)
    ):
        linked[match].append(key)
    return linked


def payments_by_key(session: Session, wanted: Select[int] | Sequence[int]) -> dict[int, PaymentRow]:
    """Return payments by their internal keys, as rows read column by column."""
    columns = [
        _PAYMENT_COLUMNS.get(each.name, getattr(Payment, each.name, None))
        for each in fields(PaymentRow)
    ]
    found = session.execute(
        select(Payment.id, *columns)
        .outerjoin(Order, Order.id == Payment.order_id)
        .where(Payment.id.in_(wanted))
    )
    rows: Iterator[tuple[Any, ...]] = map(tuple, found)
    return {key: PaymentRow(*row) for key, *row in rows}


def first_moment(reconciliation: PaymentReconciliation) -> datetime:
    """Return when the statement's period begins; the day of its import where it names none."""
    start = reconciliation.statement_period_start
    return reconciliation.imported_at if start is None else day_start(start)


def open_payment_conditions(
    reconciliation: PaymentReconciliation, *, before: timedelta
) -> list[ColumnElement[bool]]:
    """Return which payments the statement could prove, from ``before`` its first day on."""
    return [
        Payment.reconciled.is_(False),
        *period_payment_conditions(reconciliation, before=before),
    ]


def period_payment_conditions(
    reconciliation: PaymentReconciliation, *, before: timedelta
) -> list[ColumnElement[bool]]:
    """Return which payments a statement of these days can show, proved already or not."""
    return [
        *in_days_of(reconciliation, before),
        Payment.currency == reconciliation.currency,
        Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
    ]


def unproven_conditions(
    reconciliation: PaymentReconciliation, *, before: timedelta
) -> list[ColumnElement[bool]]:
    """Return which payments of a statement's time are unproven: what one index tells by itself."""
    return [Payment.reconciled.is_(False), *in_days_of(reconciliation, before)]


def in_days_of(
    reconciliation: PaymentReconciliation, before: timedelta
) -> list[ColumnElement[bool]]:
    """Return which payments were recorded in a statement's time, from ``before`` it on."""
    conditions: list[ColumnElement[bool]] = []
    if reconciliation.statement_period_start is not None:
        first = day_start(reconciliation.statement_period_start) - before
        conditions.append(Payment.created_at >= first)
    if reconciliation.statement_period_end is not None:
        last = day_end(reconciliation.statement_period_end) + timedelta(days=DAYS_AFTER_STATEMENT)
        conditions.append(Payment.created_at < last)
    return conditions


def not_shown_conditions(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    """Return which completed payments the statement should show and no line proves.

    Of a closed reconciliation those of its closing: what was paid, proved, given back or undone
    since does not change what it found.
    """
    conditions = period_payment_conditions(reconciliation, before=timedelta(0))
    closed_at = reconciliation.reconciled_at
    if closed_at is None:
        return [*conditions, *_unproven()]
    given_back_since = exists().where(
        RefundRequest.payment_id == Payment.id, RefundRequest.refund_completed_at > closed_at
    )
    proof_withdrawn_since = exists().where(
        WithdrawnProof.payment_id == Payment.id,
        WithdrawnProof.proved_at <= closed_at,
        WithdrawnProof.withdrawn_at > closed_at,
    )
    return [
        *conditions,
        or_(Payment.reconciled.is_(False), Payment.reconciled_at > closed_at),
        ~proof_withdrawn_since,
        or_(Payment.paid_at.is_(None), Payment.paid_at <= closed_at),
        or_(
            Payment.status == PaymentStatus.COMPLETED,
            and_(Payment.status == PaymentStatus.REFUNDED, given_back_since),
        ),
    ]


def _unproven() -> list[ColumnElement[bool]]:
    """Return which payments are completed and unproven."""
    return [
        # As literals, for it is by them that the planner knows the index of unproven payments.
        Payment.reconciled == Spelt("0", "false"),
        Payment.status == literal_column("'completed'"),
    ]


def unmatched_payment_ids(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[str, ...]:
    """Return the completed payments the statement should show and no match proves, all of them.

    Of a closed reconciliation those of its closing, as its report has them.
    """
    ids = session.scalars(
        select(Payment.payment_id)
        .where(*not_shown_conditions(reconciliation))
        .order_by(Payment.created_at, Payment.id)
    )
    return tuple(ids)


def unmatched_payments(
    session: Session,
    reconciliation: PaymentReconciliation,
    *found_by: ColumnElement[bool],
    offset: int = 0,
    limit: int = 100,
) -> UnmatchedPayments:
    """Return a stretch of the completed payments no match proves, the oldest first.

    Of a closed reconciliation those of its closing, as its report has them.
    """
    conditions = (*not_shown_conditions(reconciliation), *found_by)
    total, amount_minor = session.execute(
        select(func.count(), func.coalesce(func.sum(Payment.amount_minor), 0)).where(*conditions)
    ).one()
    # The inner query walks an index alone, so that a far offset touches no row.
    ids = (
        select(Payment.id)
        .where(*conditions)
        .order_by(Payment.created_at, Payment.id)
        .offset(offset)
        .limit(limit)
    )
    payments = session.scalars(
        select(Payment)
        .where(Payment.id.in_(ids))
        .options(joinedload(Payment.order))
        .order_by(Payment.created_at, Payment.id)
    )
    rows = tuple(payment_row(payment) for payment in payments)
    return UnmatchedPayments(rows, offset, total, int(amount_minor))

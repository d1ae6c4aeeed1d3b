"""The head of a reconciliation's report and its sums, each asked of the database once."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.model.journal import AuditEntry
from core.model.payments import Payment
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
)
from core.services.mapping import reconciliation_row
from core.services.reconciliation_report.contract import (
    DifferenceGroup,
    Figures,
    HistoryEntry,
    ReportHead,
    Tally,
)
from core.services.reconciliation_report.differences import (
    DIFFERENCE_COLUMNS,
    difference_of,
    may_differ,
)
from core.services.reconciliation_report.words import STATUS_WORDS
from core.services.reconciliations.detail import not_shown_conditions

_ACTS = {
    "reconciliation:closed": "Closed",
    "reconciliation:resolved": "Resolved",
    "reconciliation:reopened": "Reopened",
}
_OPEN = (LineState.UNMATCHED, LineState.SUGGESTED)


def load_head(session: Session, reconciliation: PaymentReconciliation, now: datetime) -> ReportHead:
    """Return everything of the report but its rows."""
    return ReportHead(
        reconciliation=reconciliation_row(reconciliation),
        status=STATUS_WORDS[reconciliation.status],
        made_at=now,
        problems=tuple(reconciliation.problems),
        not_searched=tuple(reconciliation.not_searched),
        history=_history(session, reconciliation),
        figures=_figures(session, reconciliation),
    )


def _history(session: Session, reconciliation: PaymentReconciliation) -> tuple[HistoryEntry, ...]:
    entries = session.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.user_name, AuditEntry.details)
        .where(
            AuditEntry.subject_type == "reconciliation",
            AuditEntry.subject_id == reconciliation.reconciliation_id,
            AuditEntry.action.in_(_ACTS),
        )
        .order_by(AuditEntry.id)
    )
    return tuple(
        HistoryEntry(at, _ACTS[action], user_name, str(entry_details(details).get("notes") or ""))
        for at, action, user_name, details in entries
    )


def entry_details(text: str) -> dict[str, object]:
    """Return what an audit entry says beside its act."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _figures(session: Session, reconciliation: PaymentReconciliation) -> Figures:
    by_state, moved = _lines(session, reconciliation)
    certain, by_person = _matched(session, reconciliation)
    stored_minor = sum(tally.amount_minor for tally in moved)
    gap, closing = reconciliation.balance_gap_minor, reconciliation.closing_balance_minor
    return Figures(
        opening_minor=reconciliation.opening_balance_minor,
        closing_stated_minor=closing,
        closing_computed_minor=None if closing is None or gap is None else closing - gap,
        balance_gap_minor=gap,
        money_in=moved[0],
        money_out=moved[1],
        earlier=Tally(
            reconciliation.known_transactions, reconciliation.total_amount_minor - stored_minor
        ),
        matched_certain=certain,
        matched_by_person=by_person,
        set_aside=by_state[(LineState.IGNORED, True)] + by_state[(LineState.IGNORED, False)],
        missing_in_books=sum((by_state[(state, True)] for state in _OPEN), Tally()),
        unexplained_out=sum((by_state[(state, False)] for state in _OPEN), Tally()),
        missing_in_statement=_not_shown(session, reconciliation),
        proved=_proved(session, reconciliation),
        differences=_differences(session, reconciliation),
    )


def _lines(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[dict[tuple[LineState, bool], Tally], tuple[Tally, Tally]]:
    """Return the lines by state and whether money came in, and all that came in and went out."""
    came_in = StatementLine.amount_minor > 0
    by_state: dict[tuple[LineState, bool], Tally] = defaultdict(Tally)
    moved = {True: Tally(), False: Tally()}
    for state, is_in, count, amount_minor in session.execute(
        select(StatementLine.state, came_in, func.count(), func.sum(StatementLine.amount_minor))
        .where(StatementLine.reconciliation_id == reconciliation.id)
        .group_by(StatementLine.state, came_in)
    ):
        tally = Tally(count, int(amount_minor))
        by_state[(state, bool(is_in))] = tally
        moved[bool(is_in)] += tally
    return by_state, (moved[True], moved[False])


def _matched(session: Session, reconciliation: PaymentReconciliation) -> tuple[Tally, Tally]:
    """Return the lines that certain evidence matched, and those that a person did."""
    found = {
        bool(automatic): Tally(count, int(amount_minor))
        for automatic, count, amount_minor in session.execute(
            select(Match.automatic, func.count(), func.sum(StatementLine.amount_minor))
            .join(MatchLine, MatchLine.match_id == Match.id)
            .join(StatementLine, StatementLine.id == MatchLine.line_id)
            .where(*standing(reconciliation))
            .group_by(Match.automatic)
        )
    }
    return found.get(True, Tally()), found.get(False, Tally())


def standing(reconciliation: PaymentReconciliation) -> tuple[ColumnElement[bool], ...]:
    """Return which matches the report tells of."""
    return (
        Match.reconciliation_id == reconciliation.id,
        Match.state == MatchState.APPROVED,
    )


def _proved(session: Session, reconciliation: PaymentReconciliation) -> Tally:
    count, amount_minor = session.execute(
        select(func.count(), func.coalesce(func.sum(Payment.amount_minor), 0))
        .select_from(Match)
        .join(MatchPayment, MatchPayment.match_id == Match.id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(*standing(reconciliation), MatchPayment.active)
    ).one()
    return Tally(count, int(amount_minor))


def _not_shown(session: Session, reconciliation: PaymentReconciliation) -> Tally:
    count, amount_minor = session.execute(
        select(func.count(), func.coalesce(func.sum(Payment.amount_minor), 0)).where(
            *not_shown_conditions(reconciliation)
        )
    ).one()
    return Tally(count, int(amount_minor))


def _differences(
    session: Session, reconciliation: PaymentReconciliation
) -> tuple[tuple[DifferenceGroup, Tally], ...]:
    found: dict[DifferenceGroup, Tally] = {group: Tally() for group in DifferenceGroup}
    for told in session.execute(
        select(*DIFFERENCE_COLUMNS).where(*standing(reconciliation), *may_differ())
    ):
        difference = difference_of(*told)
        if difference is not None:
            found[difference.group] += Tally(1, difference.amount_minor)
    return tuple(found.items())

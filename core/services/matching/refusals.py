"""Who was first: the sentences that a second person hears about lines, payments and matches.

Whoever holds the write lock first wins; the other reads here what was decided, by whom and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import shop_time
from core.database.spelling import json_field
from core.errors import ConflictError
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
from core.money import display

NOTHING_MATCHED = "Nothing was matched."
NOTHING_CHANGED = "Nothing was changed."

_DONE = {
    MatchState.APPROVED: "approved",
    MatchState.DECLINED: "declined",
    MatchState.UNDONE: "taken back",
    MatchState.SUPERSEDED: "replaced by a new search",
    MatchState.PROPOSED: "taken back",
}


def line_taken(session: Session, line_id: int, *, nothing: str = NOTHING_MATCHED) -> ConflictError:
    """Return the refusal of a line that a match stands for or a person set aside."""
    line = session.get_one(StatementLine, line_id, populate_existing=True)
    if line.state is LineState.IGNORED:
        by = _last_deed(session, line.reconciliation, "line:ignored", line=line.line_number)
        return ConflictError(
            f"{nothing} Line {line.line_number} was set aside{by}; take it back first."
        )
    first = session.scalar(
        select(Match)
        .join(MatchLine, MatchLine.match_id == Match.id)
        .where(MatchLine.line_id == line_id, MatchLine.active)
    )
    by = _by(first.decided_by, first.decided_at) if first is not None else ""
    return ConflictError(
        f"{nothing} Line {line.line_number} was matched already{by}; undo that match first."
    )


def not_set_aside(session: Session, line: StatementLine) -> ConflictError:
    """Return the refusal to take a line back that is not set aside, or no longer."""
    by = _last_deed(session, line.reconciliation, "line:taken_back", line=line.line_number)
    again = f", or no longer: it was taken back{by}" if by else ""
    return ConflictError(f"{NOTHING_CHANGED} Line {line.line_number} was not set aside{again}.")


def payment_taken(
    session: Session, payment_key: int, *, nothing: str = NOTHING_MATCHED
) -> ConflictError:
    """Return the refusal of a payment that is reconciled: by whom, when and with which lines."""
    payment = session.get_one(Payment, payment_key, populate_existing=True)
    first = session.scalar(
        select(Match)
        .join(MatchPayment, MatchPayment.match_id == Match.id)
        .where(MatchPayment.payment_id == payment_key, MatchPayment.active)
    )
    told = f"{nothing} The payment of {display(payment.amount_minor, payment.currency)}"
    if first is None:
        by = _by(payment.reconciled_by, payment.reconciled_at)
        return ConflictError(f"{told} was already reconciled{by}.")
    by = _by(first.decided_by, first.decided_at)
    numbers = session.scalars(
        select(StatementLine.line_number)
        .join(MatchLine, MatchLine.line_id == StatementLine.id)
        .where(MatchLine.match_id == first.id)
        .order_by(StatementLine.line_number)
    ).all()
    lines = f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    return ConflictError(
        f"{told} was already reconciled{by}, with {lines} of {first.reconciliation.file_name}."
    )


def still_open(session: Session, reconciliation: PaymentReconciliation) -> ConflictError:
    """Return the refusal to reopen or resolve what is not closed, or no longer."""
    by = _last_deed(session, reconciliation, "reconciliation:reopened")
    again = f": it was reopened{by}" if by else ""
    return ConflictError(f"{NOTHING_CHANGED} This reconciliation is still open{again}.")


def decided_already(session: Session, match_id: int) -> ConflictError:
    """Return the refusal to decide a proposal that was decided before."""
    return ConflictError(
        f"{NOTHING_CHANGED} This match was decided already: {_what_became_of(session, match_id)}."
    )


def stands_no_more(session: Session, match_id: int) -> ConflictError:
    """Return the refusal to take a match back that does not stand approved."""
    return ConflictError(
        f"{NOTHING_CHANGED} This match does not stand: {_what_became_of(session, match_id)}."
    )


def _what_became_of(session: Session, match_id: int) -> str:
    match = session.get_one(Match, match_id, populate_existing=True)
    if match.decided_by:
        return f"it was {_DONE[match.state]}{_by(match.decided_by, match.decided_at)}"
    statement = match.reconciliation
    if match.state is MatchState.SUPERSEDED:
        return f"it was {_DONE[match.state]}{_last_deed(session, statement, 'matches:proposed')}"
    by = _last_deed(session, statement, "match:undone", match=match_id)
    return f"it was {_DONE[match.state]}{by}" if by else "it is only proposed"


@contextmanager
def first_one_named(
    session: Session,
    match_ids: Sequence[int],
    line_ids: Sequence[int],
    payment_keys: Sequence[int],
) -> Iterator[None]:
    """Say who was first where the database refuses ``match_ids`` a line or payment of another."""
    try:
        yield
    except IntegrityError as error:
        line = session.scalar(
            select(MatchLine.line_id)
            .where(
                MatchLine.line_id.in_(line_ids),
                MatchLine.active,
                MatchLine.match_id.not_in(match_ids),
            )
            .limit(1)
        )
        if line is not None:
            raise line_taken(session, line) from error
        payment = session.scalar(
            select(MatchPayment.payment_id)
            .where(
                MatchPayment.payment_id.in_(payment_keys),
                MatchPayment.active,
                MatchPayment.match_id.not_in(match_ids),
            )
            .limit(1)
        )
        if payment is not None:
            raise payment_taken(session, payment) from error
        raise


def _by(who: str, when: datetime | None) -> str:
    """Return " by claude on 2026-07-01 at 10:00", as far as it is known."""
    return (f" by {who}" if who else "") + (
        f" on {shop_time(when):%Y-%m-%d at %H:%M}" if when is not None else ""
    )


def _last_deed(
    session: Session, reconciliation: PaymentReconciliation, action: str, **details: int
) -> str:
    """Return by whom and when something was last done here, as the audit trail has it."""
    found = session.execute(
        select(AuditEntry.user_name, AuditEntry.at)
        .where(
            AuditEntry.subject_type == "reconciliation",
            AuditEntry.subject_id == reconciliation.reconciliation_id,
            AuditEntry.action == action,
            *(
                json_field(AuditEntry.details, name) == str(value)
                for name, value in details.items()
            ),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    ).first()
    return _by(found.user_name, found.at) if found is not None else ""

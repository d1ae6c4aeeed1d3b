"""What is known of the matches of one act, read a stretch at a time as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import InvalidInputError, NotFoundError
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import (
    DifferenceKind,
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
)

_STRETCH = 2_000
"""Matches worked at once: few statements, and Cancel is heard several times a second."""


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """A line of a match, and what became of it."""

    key: int
    number: int
    state: LineState


@dataclass(frozen=True, slots=True)
class MatchedPayment:
    """A payment of a match; ``active`` while the match stands and proves it."""

    key: int
    payment_id: str
    amount_minor: int
    currency: str
    status: PaymentStatus
    reconciled: bool
    active: bool


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """A match with its lines and payments."""

    match_id: int
    kind: str
    state: MatchState
    ambiguous: bool
    difference_minor: int
    difference_kind: DifferenceKind
    reasons: tuple[str, ...]
    lines: tuple[MatchedLine, ...]
    payments: tuple[MatchedPayment, ...]


def statement_of(session: Session, match_ids: Sequence[int]) -> PaymentReconciliation:
    """Return the one open statement that all the matches belong to.

    Raises:
        InvalidInputError: there are none, or they are of two statements.
        NotFoundError: one of them is not there.
        ConflictError: the statement's reconciliation is closed.

    """
    if not match_ids:
        raise InvalidInputError("Choose at least one match.")
    counts: dict[int, int] = defaultdict(int)
    for stretch in stretches(sorted(set(match_ids))):
        for key, count in session.execute(
            select(Match.reconciliation_id, func.count())
            .where(Match.id.in_(stretch))
            .group_by(Match.reconciliation_id)
        ):
            counts[key] += count
    if sum(counts.values()) != len(set(match_ids)):
        raise NotFoundError("Nothing was changed. There is no such match.")
    if len(counts) > 1:
        raise InvalidInputError("Nothing was changed. Choose matches of one statement.")
    (key,) = counts
    reconciliation = session.get_one(PaymentReconciliation, key)
    reconciliation.require_open()
    return reconciliation


def stretches(match_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the matches' keys in the portions one statement takes."""
    for start in range(0, len(match_ids), _STRETCH):
        yield match_ids[start : start + _STRETCH]


def read_facts(session: Session, match_ids: Sequence[int]) -> list[MatchFacts]:
    """Return a stretch of matches, in the order of their keys."""
    lines, payments = _lines_of(session, match_ids), _payments_of(session, match_ids)
    found = session.execute(
        select(
            Match.id,
            Match.kind,
            Match.state,
            Match.ambiguous,
            Match.difference_minor,
            Match.difference_kind,
            Match.reasons,
        )
        .where(Match.id.in_(match_ids))
        .order_by(Match.id)
    )
    return [
        MatchFacts(
            match_id=match.id,
            kind=match.kind,
            state=match.state,
            ambiguous=match.ambiguous,
            difference_minor=match.difference_minor,
            difference_kind=match.difference_kind,
            reasons=tuple(match.reasons),
            lines=tuple(lines[match.id]),
            payments=tuple(payments[match.id]),
        )
        for match in found
    ]


def _lines_of(session: Session, match_ids: Sequence[int]) -> dict[int, list[MatchedLine]]:
    lines: dict[int, list[MatchedLine]] = defaultdict(list)
    for match_id, line_id, number, state in session.execute(
        select(MatchLine.match_id, StatementLine.id, StatementLine.line_number, StatementLine.state)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(MatchLine.match_id.in_(match_ids))
        .order_by(MatchLine.match_id, MatchLine.line_id)
    ):
        lines[match_id].append(MatchedLine(line_id, number, state))
    return lines


def _payments_of(session: Session, match_ids: Sequence[int]) -> dict[int, list[MatchedPayment]]:
    payments: dict[int, list[MatchedPayment]] = defaultdict(list)
    for row in session.execute(
        select(
            MatchPayment.match_id,
            MatchPayment.active,
            Payment.id,
            Payment.payment_id,
            Payment.amount_minor,
            Payment.currency,
            Payment.status,
            Payment.reconciled,
        )
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(MatchPayment.match_id.in_(match_ids))
        .order_by(MatchPayment.match_id, MatchPayment.payment_id)
    ):
        payments[row.match_id].append(
            MatchedPayment(
                key=row.id,
                payment_id=row.payment_id,
                amount_minor=row.amount_minor,
                currency=row.currency,
                status=row.status,
                reconciled=row.reconciled,
                active=row.active,
            )
        )
    return payments

"""One line of a statement with its candidates in order, or what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFoundError
from core.model.reconciliations import (
    LineCategory,
    LineState,
    Match,
    MatchLine,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
)
from core.services.learning.rows import SuggestedReason
from core.services.learning.wordings import reasons_of
from core.services.matching.proposals import PROVING_KINDS
from core.services.reconciliations.detail import line_rows, match_rows
from core.services.rows import MatchRow, PaymentRow, StatementLineRow


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one key approves for a line.

    A *choice* is one payment of a set that nothing tells apart: taking it is the clerk's own
    decision for this line alone, so it is matched by hand. Otherwise the proposal stands whole.
    """

    match: MatchRow
    payments: tuple[PaymentRow, ...]
    is_choice: bool


@dataclass(frozen=True, slots=True)
class LineDetail:
    """One line of the statement with what it waits for."""

    line: StatementLineRow
    category: LineCategory
    candidates: tuple[Candidate, ...]
    approved: MatchRow | None
    suggested: SuggestedReason | None = None
    """Why it may be set aside, where a line worded like it was."""

    @property
    def line_id(self) -> int:
        """The line's identity."""
        return self.line.line_id

    @property
    def best(self) -> Candidate | None:
        """The candidate that Enter approves; none where several are equally good."""
        is_tied = self.category is LineCategory.AMBIGUOUS
        return None if is_tied else next(iter(self.candidates), None)


def line_detail(session: Session, line_id: int) -> LineDetail:
    """Return a line as it is now: no payment is offered that is reconciled meanwhile.

    Raises:
        NotFoundError: there is no such line.

    """
    line = next(line_rows(session, StatementLine.id == line_id), None)
    if line is None:
        raise NotFoundError("The statement has no such line.")
    if line.state is LineState.IGNORED:
        return LineDetail(line, LineCategory.IGNORED, (), None)
    state = MatchState.APPROVED if line.state is LineState.MATCHED else MatchState.PROPOSED
    naming = select(MatchLine.match_id).where(MatchLine.line_id == line_id)
    shown = (Match.id.in_(naming), Match.state == state)
    members = select(MatchLine.line_id).join(Match, Match.id == MatchLine.match_id).where(*shown)
    rows = {row.line_id: row for row in line_rows(session, StatementLine.id.in_(members))}
    matches = match_rows(session, shown, rows)
    if line.state is LineState.MATCHED:
        return LineDetail(line, LineCategory.MATCHED, (), next(iter(matches), None))
    found = [candidate for match in matches for candidate in _candidates(match)]
    ordered = tuple(sorted(found, key=_rank))
    usual = reasons_of(session, _provider(session, line_id), [line])
    return LineDetail(line, _category(ordered), ordered, None, usual.get(line_id))


def _provider(session: Session, line_id: int) -> StatementProvider:
    return session.execute(
        select(PaymentReconciliation.provider)
        .join(StatementLine, StatementLine.reconciliation_id == PaymentReconciliation.id)
        .where(StatementLine.id == line_id)
    ).scalar_one()


def _candidates(match: MatchRow) -> list[Candidate]:
    """Return what is left of a proposal now that other lines and payments may be taken."""
    proves = match.kind in PROVING_KINDS
    if match.ambiguous and proves and match.kind != "settlement":
        free = [payment for payment in match.payments if not payment.reconciled]
        return [Candidate(match, (payment,), is_choice=True) for payment in free]
    if any(not _is_open(line) for line in match.lines):
        return []
    if proves and any(payment.reconciled for payment in match.payments):
        return []
    return [Candidate(match, match.payments, is_choice=False)]


def _category(ordered: tuple[Candidate, ...]) -> LineCategory:
    """Return what :mod:`core.services.matching.line_offers` says of many lines, for this one."""
    if not ordered:
        return LineCategory.UNMATCHED
    best = ordered[0].match
    if best.automatic:
        return LineCategory.CERTAIN
    rivals = sum(_is_open(line) for line in best.lines) > 1 or len(ordered) > 1
    return LineCategory.AMBIGUOUS if best.ambiguous and rivals else LineCategory.SUGGESTED


def _rank(candidate: Candidate) -> tuple[bool, bool, int]:
    match = candidate.match
    return (not match.automatic, match.ambiguous, -match.confidence)


def _is_open(line: StatementLineRow) -> bool:
    return line.state in {LineState.UNMATCHED, LineState.SUGGESTED}

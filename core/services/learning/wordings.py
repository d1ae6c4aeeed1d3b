"""How lines that were set aside are worded, and why: what next month's line may be set aside as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.matching.marks import wording_of
from core.model.lessons import WordingLesson
from core.model.reconciliations import LineState, StatementLine, StatementProvider
from core.services.learning.keys import these
from core.services.learning.rows import SuggestedReason
from core.services.rows import StatementLineRow

_MOST_LESSONS = 50_000


@dataclass(frozen=True, slots=True)
class _Reason:
    reason: str
    times: int
    last_by: str
    last_at: datetime


_Wordings = dict[tuple[bool, str], _Reason]


def learn_wording(unit: UnitOfWork, lines: Sequence[StatementLine]) -> None:
    """Remember how lines just set aside are worded, and why; the reason before counts no more."""
    unlearn_wording(unit, lines)
    lessons = [
        {
            "line_id": line.id,
            "provider": line.reconciliation.provider,
            "is_money_in": line.amount_minor > 0,
            "wording": wording,
            "wording_words": _text(line.description, line.counterparty)[:300],
            "reason": line.ignored_reason,
            "taught_by": unit.actor_name,
            "taught_at": unit.now,
        }
        for line in lines
        if (wording := wording_of(_text(line.description, line.counterparty)))
    ]
    if lessons:
        unit.session.execute(insert(WordingLesson), lessons)


def unlearn_wording(unit: UnitOfWork, lines: Iterable[StatementLine]) -> None:
    """Take back what lines taught that are no longer set aside."""
    unit.session.flush()
    unit.session.execute(
        update(WordingLesson)
        .where(
            WordingLesson.line_id.in_(these(line.id for line in lines)),
            WordingLesson.taken_back_at.is_(None),
        )
        .values(taken_back_at=unit.now),
        execution_options={"synchronize_session": False},
    )


def reason_for(session: Session, line: StatementLine) -> SuggestedReason | None:
    """Return why a line may be set aside; None where no line worded so ever was."""
    wording = wording_of(_text(line.description, line.counterparty))
    if not wording:
        return None
    known = _known(session, line.reconciliation.provider, {wording})
    reason = known.get((line.amount_minor > 0, wording))
    return _suggested(line.id, wording, reason) if reason else None


def reasons_for(session: Session, lines: Iterable[StatementLine]) -> dict[int, SuggestedReason]:
    """Return why each of many lines may be set aside, as :func:`reason_for` does, by their keys."""
    known: dict[StatementProvider, _Wordings] = {}
    found = {}
    for line in lines:
        provider = line.reconciliation.provider
        if provider not in known:
            known[provider] = _known(session, provider)
        wording = wording_of(_text(line.description, line.counterparty))
        reason = known[provider].get((line.amount_minor > 0, wording))
        if reason:
            found[line.id] = _suggested(line.id, wording, reason)
    return found


def reasons_of(
    session: Session, provider: StatementProvider, lines: Iterable[StatementLineRow]
) -> dict[int, SuggestedReason]:
    """Return why some of these lines may be set aside: the open ones, by line id."""
    wordings = {
        line.line_id: (line.amount_minor > 0, wording)
        for line in lines
        if line.state in {LineState.UNMATCHED, LineState.SUGGESTED}
        and (wording := wording_of(_text(line.description, line.counterparty)))
    }
    if not wordings:
        return {}
    known = _known(session, provider, {wording for _, wording in wordings.values()})
    return {
        line_id: _suggested(line_id, key[1], known[key])
        for line_id, key in wordings.items()
        if key in known
    }


def suggested_reasons(
    session: Session, reconciliation_key: int, provider: StatementProvider
) -> tuple[SuggestedReason, ...]:
    """Return why the open lines of a statement may be set aside, for those worded so before."""
    known = _known(session, provider)
    if not known:
        return ()
    rows = session.execute(
        select(
            StatementLine.id,
            StatementLine.amount_minor,
            StatementLine.description,
            StatementLine.counterparty,
        )
        .where(
            StatementLine.reconciliation_id == reconciliation_key,
            StatementLine.state.in_([LineState.UNMATCHED, LineState.SUGGESTED]),
        )
        .order_by(StatementLine.line_number, StatementLine.id)
    )
    found = []
    for line_id, amount_minor, description, counterparty in rows:
        wording = wording_of(_text(description, counterparty))
        reason = known.get((amount_minor > 0, wording))
        if reason:
            found.append(_suggested(line_id, wording, reason))
    return tuple(found)


def _known(
    session: Session, provider: StatementProvider, wordings: Set[str] = frozenset()
) -> _Wordings:
    """Return the newest reason of every wording, or of some, with how often it was given."""
    wanted = select(
        WordingLesson.is_money_in,
        WordingLesson.wording,
        WordingLesson.reason,
        WordingLesson.taught_by,
        WordingLesson.taught_at,
    ).where(
        WordingLesson.provider == provider,
        WordingLesson.taken_back_at.is_(None),
        WordingLesson.forgotten_at.is_(None),
    )
    if wordings:
        wanted = wanted.where(WordingLesson.wording.in_(sorted(wordings)))
    known: _Wordings = {}
    rows = session.execute(wanted.order_by(WordingLesson.id.desc()).limit(_MOST_LESSONS))
    for is_money_in, worded, reason, by, at in rows:
        key = (is_money_in, worded)
        newest = known.setdefault(key, _Reason(reason, 0, by, at))
        if newest.reason == reason:
            known[key] = _Reason(reason, newest.times + 1, newest.last_by, newest.last_at)
    return known


def _suggested(line_id: int, wording: str, reason: _Reason) -> SuggestedReason:
    return SuggestedReason(
        line_id=line_id,
        reason=reason.reason,
        wording=wording,
        times=reason.times,
        last_by=reason.last_by,
        last_at=reason.last_at,
    )


def _text(description: str, counterparty: str) -> str:
    return description.strip() or counterparty.strip()

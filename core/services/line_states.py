"""What a statement line's state follows from: the matches that stand, and those proposed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.model.reconciliations import LineState, Match, MatchLine, MatchState, StatementLine


def settle_lines(session: Session, lines: Sequence[StatementLine]) -> None:
    """Give lines that a decision let go the state that the other matches naming them leave.

    A line a person set aside stays so, whatever becomes of the proposals that name it.
    """
    session.flush()
    named = session.execute(
        select(MatchLine.line_id, MatchLine.active)
        .join(Match, Match.id == MatchLine.match_id)
        .where(
            MatchLine.line_id.in_([line.id for line in lines]),
            or_(MatchLine.active, Match.state == MatchState.PROPOSED),
        )
    ).all()
    matched = {line_id for line_id, active in named if active}
    suggested = {line_id for line_id, _ in named}
    for line in lines:
        if line.id in matched:
            line.state = LineState.MATCHED
        elif line.state is not LineState.IGNORED:
            line.state = LineState.SUGGESTED if line.id in suggested else LineState.UNMATCHED
    session.flush()

"""What a statement line's state follows from: the matches that stand, and those proposed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.model.reconciliations import LineState, Match, MatchLine, MatchState, StatementLine

_AT_ONCE = 10_000


def settle_lines(session: Session, line_ids: Sequence[int]) -> None:
    """Give lines that a decision let go the state that the other matches naming them leave.

    A line a person set aside stays so, whatever becomes of the proposals that name it.
    """
    session.flush()
    matched = select(MatchLine.line_id).where(MatchLine.active)
    # Looked up once for all the lines: most of them are named by some proposal.
    proposed = (
        select(MatchLine.line_id)
        .join(Match, Match.id == MatchLine.match_id)
        .where(Match.state == MatchState.PROPOSED)
    )
    for start in range(0, len(line_ids), _AT_ONCE):
        some = line_ids[start : start + _AT_ONCE]
        statements = select(StatementLine.reconciliation_id).where(StatementLine.id.in_(some))
        session.execute(
            update(StatementLine)
            .where(StatementLine.id.in_(some))
            .values(
                state=case(
                    (StatementLine.id.in_(matched), LineState.MATCHED),
                    (StatementLine.state == LineState.IGNORED, LineState.IGNORED),
                    (
                        StatementLine.id.in_(
                            proposed.where(Match.reconciliation_id.in_(statements))
                        ),
                        LineState.SUGGESTED,
                    ),
                    else_=LineState.UNMATCHED,
                )
            ),
            execution_options={"synchronize_session": False},
        )
    session.expire_all()

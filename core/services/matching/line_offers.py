"""What the proposals that name an open line come to: certain, suggested, ambiguous, or nothing.

A *set to choose from* lists equals of which a person takes one per line: it offers each payment
that is still free. Any other proposal stands whole: it offers itself while all of its lines are
open and, where it proves payments, all of them are free. The likeliest offer gives the line its
category: the certain ones first, then those that something tells apart, then by confidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.orm import Session

from core.database.engine import is_server
from core.matching.records import Proposal
from core.model.reconciliations import UNSETTLED, PaymentReconciliation, StatementLine

EXPLAINING_KINDS = ("reversal", "refund", "bank_charge")
"""Proposals that explain a line without proving a payment."""

_WHOLE_KINDS = (*EXPLAINING_KINDS, "settlement")

_SETTLE = """
    WITH named AS MATERIALIZED (
        SELECT DISTINCT m.id, m.automatic, m.ambiguous, m.confidence,
            m.kind NOT IN :explaining AS proves,
            m.ambiguous AND m.kind NOT IN :whole AS is_choice
        FROM statement_line s {join} match_line l ON l.line_id = s.id
        {join} match m ON m.id = l.match_id
        WHERE s.reconciliation_id = :reconciliation AND s.category = :unsettled
        AND m.state = 'proposed'),
    counted AS MATERIALIZED (
        SELECT named.*,
            (SELECT count(*) FROM match_line l WHERE l.match_id = named.id) AS lines,
            (SELECT count(*) FROM match_line l {join} statement_line s ON s.id = l.line_id
             WHERE l.match_id = named.id AND s.state IN ('unmatched', 'suggested')) AS open,
            (SELECT count(*) FROM match_payment l WHERE l.match_id = named.id) AS payments,
            (SELECT count(*) FROM match_payment l {join} payment p ON p.id = l.payment_id
             WHERE l.match_id = named.id AND NOT p.reconciled) AS free
        FROM named),
    offered AS MATERIALIZED (
        SELECT counted.*, CASE
            WHEN is_choice THEN free
            WHEN open = lines AND (NOT proves OR free = payments) THEN 1
            ELSE 0 END AS candidates
        FROM counted),
    best AS MATERIALIZED (
        {best}
        FROM offered {join} match_line l ON l.match_id = offered.id
        {join} statement_line s ON s.id = l.line_id
        WHERE candidates > 0 AND s.category = :unsettled
        {first})
    UPDATE statement_line SET offer = CASE
        WHEN best.automatic THEN 'certain'
        WHEN best.ambiguous AND (best.open > 1 OR best.candidates > 1) THEN 'ambiguous'
        ELSE 'suggested' END
    FROM best WHERE best.id = statement_line.id
    """
_IN_FILE = {
    # SQLite takes the tables in this order, and the other columns of a group from its least row.
    "join": "CROSS JOIN",
    "best": "SELECT s.id, automatic, ambiguous, open, sum(candidates) AS candidates,"
    " min((NOT automatic) * 1000 + ambiguous * 500 - confidence)",
    "first": "GROUP BY s.id",
}
_ON_SERVER = {
    "join": "JOIN",
    "best": "SELECT DISTINCT ON (s.id) s.id, automatic, ambiguous, open,"
    " sum(candidates) OVER (PARTITION BY s.id) AS candidates",
    "first": "ORDER BY s.id, NOT automatic, ambiguous, confidence DESC",
}


@cache
def _settle(*, on_server: bool) -> TextClause:
    spelt = _ON_SERVER if on_server else _IN_FILE
    return text(_SETTLE.format_map(spelt)).bindparams(
        bindparam("explaining", EXPLAINING_KINDS, expanding=True),
        bindparam("whole", _WHOLE_KINDS, expanding=True),
    )


_SETTLE_REST = text(
    "UPDATE statement_line SET offer = 'unmatched'"
    " WHERE reconciliation_id = :reconciliation AND category = :unsettled"
)


def offers_of(
    proposals: Sequence[Proposal], reconciled: AbstractSet[str]
) -> Mapping[str, Sequence[int]]:
    """Return lines by what new proposals for open lines come to: as :func:`settle_offers` finds.

    ``reconciled`` are those of their payments that are proved already.
    """
    likeliest: dict[int, Proposal] = {}
    candidates: dict[int, int] = {}
    for each in proposals:
        offered = _offered(each, reconciled)
        for line_id in each.line_ids:
            before = candidates.get(line_id, 0)
            candidates[line_id] = before + offered
            if offered and (not before or _rank(each) < _rank(likeliest[line_id])):
                likeliest[line_id] = each
    offers: dict[str, list[int]] = defaultdict(list)
    for line_id, number in candidates.items():
        best = likeliest[line_id] if number else None
        offers[_category(best, number)].append(line_id)
    return offers


def _offered(proposal: Proposal, reconciled: AbstractSet[str]) -> int:
    """Return how many choices a proposal leaves a person."""
    if proposal.ambiguous and proposal.kind not in _WHOLE_KINDS:
        return sum(each not in reconciled for each in proposal.payment_ids)
    return proposal.kind in EXPLAINING_KINDS or reconciled.isdisjoint(proposal.payment_ids)


def _rank(proposal: Proposal) -> tuple[bool, bool, int]:
    return not proposal.automatic, proposal.ambiguous, -proposal.confidence


def _category(best: Proposal | None, candidates: int) -> str:
    if best is None:
        return "unmatched"
    if best.automatic:
        return "certain"
    chooses = best.ambiguous and (len(best.line_ids) > 1 or candidates > 1)
    return "ambiguous" if chooses else "suggested"


def has_unsettled(session: Session, reconciliation: PaymentReconciliation) -> bool:
    """Tell whether a decision elsewhere touched what lines of a statement wait for."""
    marked = select(StatementLine.id).where(
        StatementLine.reconciliation_id == reconciliation.id, StatementLine.category == UNSETTLED
    )
    return session.scalar(marked.limit(1)) is not None


def settle_offers(session: Session, reconciliation: PaymentReconciliation) -> None:
    """Settle the offers of the marked lines of a statement, in two statements however many.

    Whoever calls it holds the unit of work; nothing a person decided changes.
    """
    session.flush()
    marked = {"reconciliation": reconciliation.id, "unsettled": UNSETTLED}
    session.execute(_settle(on_server=is_server(session.connection())), marked)
    session.execute(_SETTLE_REST, marked)

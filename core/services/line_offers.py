"""What the proposals that name an open line come to: certain, suggested, ambiguous, or nothing.

A *set to choose from* lists equals of which a person takes one per line: it offers each payment
that is still free. Any other proposal stands whole: it offers itself while all of its lines are
open and, where it proves payments, all of them are free. The likeliest offer gives the line its
category: the certain ones first, then those that something tells apart, then by confidence.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from core.model.reconciliations import UNSETTLED, PaymentReconciliation, StatementLine

EXPLAINING_KINDS = ("reversal", "refund", "bank_charge")
"""Proposals that explain a line without proving a payment."""

_SETTLE = text(
    """
    WITH marked AS MATERIALIZED (
        SELECT id FROM statement_line
        WHERE reconciliation_id = :reconciliation AND category = :unsettled),
    named AS MATERIALIZED (
        SELECT DISTINCT m.id, m.automatic, m.ambiguous, m.confidence,
            m.kind NOT IN :explaining AS proves,
            m.ambiguous AND m.kind NOT IN :whole AS is_choice
        FROM marked CROSS JOIN match_line l ON l.line_id = marked.id
        CROSS JOIN match m ON m.id = l.match_id
        WHERE m.state = 'proposed'),
    lines AS MATERIALIZED (
        SELECT named.id, count(*) AS members, sum(s.state IN ('unmatched', 'suggested')) AS open
        FROM named CROSS JOIN match_line l ON l.match_id = named.id
        CROSS JOIN statement_line s ON s.id = l.line_id GROUP BY named.id),
    payments AS MATERIALIZED (
        SELECT named.id, count(*) AS members, sum(NOT p.reconciled) AS free
        FROM named CROSS JOIN match_payment l ON l.match_id = named.id
        CROSS JOIN payment p ON p.id = l.payment_id WHERE proves GROUP BY named.id),
    offered AS MATERIALIZED (
        SELECT named.*, lines.open,
            CASE WHEN is_choice THEN coalesce(free, 0)
                 ELSE lines.open = lines.members AND coalesce(free = payments.members, 1)
            END AS candidates
        FROM named JOIN lines ON lines.id = named.id LEFT JOIN payments ON payments.id = named.id),
    best AS MATERIALIZED (
        SELECT marked.id, automatic, ambiguous, open, sum(candidates) AS candidates,
            min((NOT automatic) * 1000 + ambiguous * 500 - confidence)
        FROM marked CROSS JOIN match_line l ON l.line_id = marked.id
        JOIN offered ON offered.id = l.match_id AND candidates > 0
        GROUP BY marked.id)
    UPDATE statement_line SET offer = settled.offer
    FROM (SELECT marked.id, CASE
            WHEN best.id IS NULL THEN 'unmatched'
            WHEN automatic THEN 'certain'
            WHEN ambiguous AND (open > 1 OR candidates > 1) THEN 'ambiguous'
            ELSE 'suggested' END AS offer
        FROM marked LEFT JOIN best ON best.id = marked.id) AS settled
    WHERE settled.id = statement_line.id
    """
).bindparams(
    bindparam("explaining", EXPLAINING_KINDS, expanding=True),
    bindparam("whole", (*EXPLAINING_KINDS, "settlement"), expanding=True),
)


def has_unsettled(session: Session, reconciliation: PaymentReconciliation) -> bool:
    """Tell whether a decision elsewhere touched what lines of a statement wait for."""
    marked = select(StatementLine.id).where(
        StatementLine.reconciliation_id == reconciliation.id, StatementLine.category == UNSETTLED
    )
    return session.scalar(marked.limit(1)) is not None


def settle_offers(session: Session, reconciliation: PaymentReconciliation) -> None:
    """Settle the offers of the marked lines of a statement, in one statement whatever their number.

    Whoever calls it holds the unit of work; nothing a person decided changes.
    """
    session.flush()
    session.execute(_SETTLE, {"reconciliation": reconciliation.id, "unsettled": UNSETTLED})

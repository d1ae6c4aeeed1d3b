"""The triggers that mark a statement line whose offer a decision elsewhere touched.

What a line waits for follows from the proposals that name it, their other lines and their
payments. Whoever changes one of these, by service or raw SQL, leaves the mark (``offer`` NULL) in
the same transaction; :mod:`core.services.matching.line_offers` settles marked lines before they
are read. Only marking happens here, so that approving a hundred thousand matches stays cheap.
"""

from __future__ import annotations

from core.database.guard_statements import Trigger
from core.database.reconciliation_guards import IS_OPEN

_OPEN = "IN ('unmatched', 'suggested')"


def mark_triggers() -> dict[str, Trigger]:
    """Return the triggers by name."""
    return {
        **_mark(
            "mark_offers_of_line",
            "UPDATE OF state",
            "statement_line",
            f"(OLD.state {_OPEN}) <> (NEW.state {_OPEN})",
            "SELECT other.line_id FROM match_line own"
            " JOIN match m ON m.id = own.match_id AND m.state = 'proposed'"
            " JOIN match_line other ON other.match_id = m.id WHERE own.line_id = NEW.id",
        ),
        **_mark(
            "mark_offers_of_match",
            "UPDATE OF state",
            "match",
            "(OLD.state = 'proposed') <> (NEW.state = 'proposed')",
            "SELECT line_id FROM match_line WHERE match_id = NEW.id",
        ),
        **_mark(
            "mark_offers_of_payment",
            "UPDATE OF reconciled",
            "payment",
            "OLD.reconciled <> NEW.reconciled",
            "SELECT l.line_id FROM match_payment p"  # noqa: S608 - our own names
            " JOIN match m ON m.id = p.match_id AND m.state = 'proposed'"
            " JOIN payment_reconciliation r ON r.id = m.reconciliation_id"
            f" AND r.status {IS_OPEN}"
            " JOIN match_line l ON l.match_id = m.id WHERE p.payment_id = NEW.id",
        ),
        # What a closed statement offers stands still; what happened meanwhile is seen from here on.
        **_mark(
            "mark_offers_of_reopened",
            "UPDATE OF status",
            "payment_reconciliation",
            f"OLD.status NOT {IS_OPEN} AND NEW.status {IS_OPEN}",
            "SELECT id FROM statement_line WHERE reconciliation_id = NEW.id",
        ),
    }


def _mark(name: str, event: str, table: str, condition: str, lines: str) -> dict[str, Trigger]:
    marked = f"UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN ({lines})"  # noqa: S608
    return {
        name: Trigger(name, event, table, condition, body=f" {marked}; ", server_body=f"{marked};")
    }

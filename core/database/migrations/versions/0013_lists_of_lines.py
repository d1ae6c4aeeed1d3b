"""What makes the lists of a large reconciliation instant: categories, their marks, indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_CATEGORY = "CASE WHEN state = 'suggested' THEN coalesce(offer, 'unsettled') ELSE state END"

_TRIGGERS = (
    """
CREATE TRIGGER mark_offers_of_line AFTER UPDATE OF state ON "statement_line" FOR EACH ROW
WHEN (OLD.state IN ('unmatched', 'suggested')) <> (NEW.state IN ('unmatched', 'suggested'))
BEGIN UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN (SELECT other.line_id FROM match_line own JOIN match m ON m.id = own.match_id AND m.state = 'proposed' JOIN match_line other ON other.match_id = m.id WHERE own.line_id = NEW.id); END
""",
    """
CREATE TRIGGER mark_offers_of_match AFTER UPDATE OF state ON "match" FOR EACH ROW
WHEN (OLD.state = 'proposed') <> (NEW.state = 'proposed')
BEGIN UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN (SELECT line_id FROM match_line WHERE match_id = NEW.id); END
""",
    """
CREATE TRIGGER mark_offers_of_payment AFTER UPDATE OF reconciled ON "payment" FOR EACH ROW
WHEN OLD.reconciled <> NEW.reconciled
BEGIN UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN (SELECT l.line_id FROM match_payment p JOIN match m ON m.id = p.match_id AND m.state = 'proposed' JOIN payment_reconciliation r ON r.id = m.reconciliation_id AND r.status NOT IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED') JOIN match_line l ON l.match_id = m.id WHERE p.payment_id = NEW.id); END
""",
    """
CREATE TRIGGER mark_offers_of_reopened AFTER UPDATE OF status ON "payment_reconciliation" FOR EACH ROW
WHEN OLD.status IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED') AND NEW.status NOT IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN (SELECT id FROM statement_line WHERE reconciliation_id = NEW.id); END
""",
)


def upgrade() -> None:
    op.add_column("statement_line", sa.Column("offer", sa.String(length=16), nullable=True))
    op.add_column(
        "statement_line",
        sa.Column("category", sa.String(length=16), sa.Computed(_CATEGORY, persisted=False)),
    )
    op.add_column(
        "match_payment", sa.Column("position", sa.Integer(), server_default="0", nullable=False)
    )
    op.drop_index("ix_statement_line_reconciliation_state", "statement_line")
    op.drop_index("ix_match_reconciliation_state", "match")
    for name, table, *columns in (
        (
            "ix_statement_line_reconciliation_state",
            "statement_line",
            *("reconciliation_id", "state", "amount_minor"),
        ),
        (
            "ix_statement_line_category",
            "statement_line",
            *("reconciliation_id", "category", "line_number", "id", "amount_minor"),
        ),
        ("ix_statement_line_number", "statement_line", "reconciliation_id", "line_number"),
        (
            "ix_match_reconciliation_state",
            "match",
            *("reconciliation_id", "state", "difference_minor"),
        ),
        ("ix_match_line_line", "match_line", "line_id"),
        ("ix_match_payment_payment", "match_payment", "payment_id"),
    ):
        op.create_index(name, table, columns)
    op.create_index(
        "ix_match_decided",
        "match",
        ["reconciliation_id", "decided_by", "decided_at"],
        sqlite_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "ix_payment_unproven",
        "payment",
        [
            *("currency", "created_at", "id", "payment_method", "amount_minor"),
            *("reconciled", "status"),
        ],
        sqlite_where=sa.text("reconciled = 0 AND status = 'completed'"),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

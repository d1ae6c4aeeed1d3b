"""Refunds: the asker's own words, withdrawing, and leaving the decision to the owner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_STEPS = """
CREATE TRIGGER guard_refund_request_status BEFORE UPDATE OF status ON "refund_request" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('approved>processing', 'approved>rejected', 'approved>withdrawn', 'failed>processing', 'failed>rejected', 'processing>completed', 'processing>failed', 'processing>unknown', 'requested>approved', 'requested>rejected', 'requested>withdrawn', 'unknown>completed', 'unknown>failed')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
"""


def upgrade() -> None:
    # Plain ADD COLUMN: a table made anew would lose its guards.
    for column in (
        sa.Column("reason_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("passed_on_by", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("passed_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_on_note", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("refund_request", column)
    op.create_index("ix_refund_request_updated", "refund_request", ["updated_at"])
    op.execute("DROP TRIGGER guard_refund_request_status")
    op.execute(_STEPS)


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

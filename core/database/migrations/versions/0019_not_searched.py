"""Which lines the last search for matches left to a person, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN: a table made anew would lose its guards.
    op.add_column(
        "payment_reconciliation",
        sa.Column("not_searched", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

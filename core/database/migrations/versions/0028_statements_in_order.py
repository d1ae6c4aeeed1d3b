"""The list of statements taken in, newest work first, walks an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_payment_reconciliation_worked_on",
        "payment_reconciliation",
        [sa.text("coalesce(reconciled_at, imported_at)"), "id"],
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

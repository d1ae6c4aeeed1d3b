"""From when until when payments were proved by matches undone later; write-offs of a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawn_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_withdrawn_proof_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawn_proof")),
    )
    op.create_index(op.f("ix_withdrawn_proof_payment_id"), "withdrawn_proof", ["payment_id"])
    op.create_index(
        "ix_match_written_off",
        "match",
        ["difference_by", "difference_at"],
        sqlite_where=sa.text("state = 'approved' AND difference_kind = 'write_off'"),
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

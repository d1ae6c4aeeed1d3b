"""Lists of the audit trail by kind and by number, and who sits at which desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_kind_at", "audit_entry", ["subject_type", "at"])
    # Turned round: a number alone finds its entries, and number with kind finds them as before.
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_id", "subject_type"])
    op.create_table(
        "desk_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_presence")),
        sa.UniqueConstraint("window", name=op.f("uq_desk_presence_window")),
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

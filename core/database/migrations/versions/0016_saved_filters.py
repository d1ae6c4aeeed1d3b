"""Filters that people keep by name for a list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(
        "uq_saved_filter_name",
        "saved_filter",
        ["user_name", "page", "name_folded"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_saved_filter_default",
        "saved_filter",
        ["user_name", "page"],
        unique=True,
        sqlite_where=sa.text("is_default AND removed_at IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

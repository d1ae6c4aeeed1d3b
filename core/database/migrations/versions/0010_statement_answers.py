"""What was answered about the statements of an account, so that it is asked once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PROVIDERS = ("AIRTEL", "MTN", "BANK")


def upgrade() -> None:
    op.create_table(
        "statement_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=64), nullable=False),
        sa.Column("layout_words", sa.String(length=300), nullable=False),
        sa.Column(
            "provider",
            sa.Enum(*_PROVIDERS, name="statementprovider", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("profile_name", sa.String(length=80), nullable=False),
        sa.Column("date_order", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_by", sa.String(length=80), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_answer")),
    )
    op.create_index("ix_statement_answer_layout", "statement_answer", ["layout"])
    op.create_index(
        "uq_statement_answer_remembered",
        "statement_answer",
        ["account", "layout"],
        unique=True,
        sqlite_where=sa.text("forgotten_at IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

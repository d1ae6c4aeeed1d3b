"""Attempts at the mobile networks, the networks' health, and live and sandbox accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TRIGGERS = (
    """
CREATE TRIGGER guard_gateway_attempt_status BEFORE UPDATE OF status ON "gateway_attempt" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('created>failed', 'created>not_sent', 'created>submitting', 'created>succeeded', 'expired>failed', 'expired>succeeded', 'expired>unresolved', 'failed>succeeded', 'failed>unresolved', 'not_sent>failed', 'not_sent>submitting', 'not_sent>succeeded', 'pending>expired', 'pending>failed', 'pending>succeeded', 'pending>unresolved', 'submitting>expired', 'submitting>failed', 'submitting>not_sent', 'submitting>pending', 'submitting>succeeded', 'submitting>unknown', 'submitting>unresolved', 'unknown>expired', 'unknown>failed', 'unknown>pending', 'unknown>submitting', 'unknown>succeeded', 'unknown>unresolved', 'unresolved>expired', 'unresolved>failed', 'unresolved>succeeded')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_gateway_attempt_facts BEFORE UPDATE ON "gateway_attempt" FOR EACH ROW
WHEN OLD."kind" IS NOT NEW."kind" OR OLD."payment_id" IS NOT NEW."payment_id" OR OLD."refund_request_id" IS NOT NEW."refund_request_id" OR OLD."provider" IS NOT NEW."provider" OR OLD."environment" IS NOT NEW."environment" OR OLD."reference" IS NOT NEW."reference"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_gateway_attempt_delete BEFORE DELETE ON "gateway_attempt" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)


def upgrade() -> None:
    op.create_table(
        "gateway_health",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=8), nullable=False),
        sa.Column(
            "environment",
            sa.Enum("live", "sandbox", name="environment", native_enum=False, length=8),
            nullable=False,
        ),
        sa.Column("trouble", sa.String(length=40), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_ahead_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_health")),
        sa.UniqueConstraint("provider", "environment", name="one_per_account"),
    )
    op.create_table(
        "gateway_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("collect", "refund", name="attemptkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("refund_request_id", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(length=8), nullable=False),
        sa.Column(
            "environment",
            sa.Enum("live", "sandbox", name="environment", native_enum=False, length=8),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("sale_key", sa.String(length=160), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "created",
                "submitting",
                "pending",
                "succeeded",
                "failed",
                "expired",
                "not_sent",
                "unknown",
                "unresolved",
                name="transactionstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("not_found_count", sa.Integer(), nullable=False),
        sa.Column("not_found_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("reason_code", sa.String(length=80), nullable=False),
        sa.Column("trouble", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_gateway_attempt_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["refund_request_id"],
            ["refund_request.id"],
            name=op.f("fk_gateway_attempt_refund_request_id_refund_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_attempt")),
        sa.UniqueConstraint("provider", "environment", "reference", name="one_reference"),
    )
    op.create_index(
        "ix_gateway_attempt_due",
        "gateway_attempt",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_gateway_attempt_one_open_collect",
        "gateway_attempt",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'collect'"),
    )
    op.create_index(
        "ix_gateway_attempt_one_open_refund",
        "gateway_attempt",
        ["refund_request_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'refund'"),
    )
    op.create_index(
        "ix_gateway_attempt_one_open_sale",
        "gateway_attempt",
        ["sale_key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND sale_key <> ''"),
    )
    op.create_index(
        "ix_gateway_attempt_payment_id", "gateway_attempt", ["payment_id"], unique=False
    )
    op.create_index(
        "ix_gateway_attempt_refund_request_id",
        "gateway_attempt",
        ["refund_request_id"],
        unique=False,
    )
    op.create_index("ix_gateway_attempt_sale", "gateway_attempt", ["sale_key"])
    op.create_index("ix_gateway_attempt_status", "gateway_attempt", ["status", "created_at"])
    # Plain ADD COLUMN: a table made anew would lose its guards.
    op.add_column(
        "payment",
        sa.Column(
            "claimed_transaction_id", sa.String(length=128), nullable=False, server_default=""
        ),
    )
    for index, table, column in (
        ("ix_payment_claimed", "payment", "claimed_transaction_id"),
        ("ix_statement_line_transaction", "statement_line", "transaction_id"),
        ("ix_refund_request_transaction", "refund_request", "refund_transaction_id"),
    ):
        op.create_index(index, table, [column], sqlite_where=sa.text(f"{column} <> ''"))
    for provider in ("airtel_money_provider", "mtn_mobile_money_provider"):
        op.add_column(
            provider,
            sa.Column("environment", sa.String(length=8), nullable=False, server_default="live"),
        )
        op.create_index(f"ix_{provider}_environment", provider, ["environment"], unique=True)
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

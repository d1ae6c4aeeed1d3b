"""The shop: every table of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "airtel_money_provider",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("base_url", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("client_secret_encrypted", sa.Text(), nullable=False),
        sa.Column("callback_key_encrypted", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("webhook_url", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airtel_money_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_airtel_money_provider_name")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("user_name", "sequence", name="one_chain_per_person"),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(
        "ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id"], unique=False
    )
    op.create_table(
        "bank_transfer_provider",
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("account_number", sa.String(length=64), nullable=False),
        sa.Column("swift_code", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=120), nullable=False),
        sa.Column("customer_instructions", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_transfer_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_bank_transfer_provider_name")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "payments",
                "refunds",
                "invoices",
                "reconciliations",
                "providers",
                "users",
                "settings",
                "tills",
                "customers",
                name="topic",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("initiator", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone_number", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("tin", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(op.f("ix_customer_name"), "customer", ["name"], unique=False)
    op.create_index(op.f("ix_customer_phone_number"), "customer", ["phone_number"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "mtn_mobile_money_provider",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("base_url", sa.String(length=300), nullable=False),
        sa.Column("target_environment", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("collection_subscription_key_encrypted", sa.Text(), nullable=False),
        sa.Column("disbursement_subscription_key_encrypted", sa.Text(), nullable=False),
        sa.Column("api_user", sa.String(length=80), nullable=False),
        sa.Column("api_key_encrypted", sa.Text(), nullable=False),
        sa.Column("webhook_url", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mtn_mobile_money_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_mtn_mobile_money_provider_name")),
    )
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "outbox_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "done", "failed", name="outboxstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_job")),
    )
    op.create_index(
        "ix_outbox_job_waiting",
        "outbox_job",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "payment_reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.String(length=36), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("file_upload", sa.String(length=300), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("statement_index", sa.Integer(), nullable=False),
        sa.Column(
            "provider",
            sa.Enum(
                "AIRTEL", "MTN", "BANK", name="statementprovider", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("profile_name", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("statement_date", sa.Date(), nullable=True),
        sa.Column("statement_period_start", sa.Date(), nullable=True),
        sa.Column("statement_period_end", sa.Date(), nullable=True),
        sa.Column("opening_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("balance_gap_minor", sa.BigInteger(), nullable=True),
        sa.Column("total_transactions", sa.Integer(), nullable=False),
        sa.Column("total_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("known_transactions", sa.Integer(), nullable=False),
        sa.Column("matched_count", sa.Integer(), nullable=False),
        sa.Column("unmatched_count", sa.Integer(), nullable=False),
        sa.Column("discrepancy_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING",
                "IN_PROGRESS",
                "COMPLETE",
                "DISCREPANCY",
                "RESOLVED",
                name="reconciliationstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reconciled_by", sa.String(length=80), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_reconciliation")),
        sa.UniqueConstraint("file_sha256", "statement_index", name="one_file_once"),
        sa.UniqueConstraint(
            "reconciliation_id", name=op.f("uq_payment_reconciliation_reconciliation_id")
        ),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "statement_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_profile")),
        sa.UniqueConstraint("name", name=op.f("uq_statement_profile_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "cashier", "clerk", "manager", "admin", name="role", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "loyalty_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "bronze",
                "silver",
                "gold",
                "platinum",
                name="loyaltytier",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_loyalty_account_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_loyalty_account_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_account")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_loyalty_account_customer_id")),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "declined",
                "superseded",
                "undone",
                name="matchstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 100", name=op.f("ck_match_confidence_percent")
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["payment_reconciliation.id"],
            name=op.f("fk_match_reconciliation_id_payment_reconciliation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
    )
    op.create_index(
        "ix_match_reconciliation_state", "match", ["reconciliation_id", "state"], unique=False
    )
    op.create_table(
        "order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_order_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("order_number", name=op.f("uq_order_order_number")),
    )
    op.create_index(op.f("ix_order_customer_id"), "order", ["customer_id"], unique=False)
    op.create_table(
        "statement_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("line_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("transaction_id", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.String(length=300), nullable=False),
        sa.Column("counterparty_account", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unmatched",
                "suggested",
                "matched",
                "ignored",
                name="linestate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ignored_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["payment_reconciliation.id"],
            name=op.f("fk_statement_line_reconciliation_id_payment_reconciliation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_statement_line_fingerprint")),
    )
    op.create_index(
        "ix_statement_line_reconciliation_state",
        "statement_line",
        ["reconciliation_id", "state"],
        unique=False,
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_number", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column(
            "plan",
            sa.Enum("daily", "weekly", "monthly", name="plan", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.Column("auto_renewal", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_subscription_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "subscription_number", name=op.f("uq_subscription_subscription_number")
        ),
    )
    op.create_index(
        op.f("ix_subscription_customer_id"), "subscription", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_subscription_next_due_on"), "subscription", ["next_due_on"], unique=False
    )
    op.create_table(
        "till_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_float_minor", sa.BigInteger(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("difference_reason", sa.String(length=300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_till_session_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_session")),
    )
    op.create_index(op.f("ix_till_session_user_id"), "till_session", ["user_id"], unique=False)
    op.create_index(
        "uq_till_session_open",
        "till_session",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "match_line",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_match_line_line_id_statement_line")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_line_match_id_match")
        ),
        sa.PrimaryKeyConstraint("match_id", "line_id", name=op.f("pk_match_line")),
    )
    op.create_index(
        "uq_match_line_active",
        "match_line",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "tax_class",
            sa.Enum("A", "B", "C", "D", name="taxclass", native_enum=False),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_order_line_order_id_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    op.create_index(op.f("ix_order_line_order_id"), "order_line", ["order_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("bank_provider_id", sa.Integer(), nullable=True),
        sa.Column("till_session_id", sa.Integer(), nullable=True),
        sa.Column(
            "payment_method",
            sa.Enum(
                "cash",
                "cash_on_delivery",
                "card",
                "bank_transfer",
                "mtn_mobile_money",
                "airtel_money",
                name="paymentmethod",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "payment_type",
            sa.Enum(
                "order_payment",
                "subscription",
                "loyalty",
                "refund",
                name="paymenttype",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "processing",
                "completed",
                "failed",
                "cancelled",
                "refunded",
                name="paymentstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("transaction_id", sa.String(length=128), nullable=True),
        sa.Column("transaction_reference", sa.String(length=128), nullable=False),
        sa.Column(
            "transaction_status",
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
            nullable=True,
        ),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("phone_number", sa.String(length=24), nullable=False),
        sa.Column("account_number", sa.String(length=64), nullable=False),
        sa.Column("tendered_minor", sa.BigInteger(), nullable=True),
        sa.Column("card_approval_code", sa.String(length=24), nullable=False),
        sa.Column("card_last4", sa.String(length=4), nullable=False),
        sa.Column("invoice_number", sa.String(length=40), nullable=True),
        sa.Column("invoice_generated", sa.Boolean(), nullable=False),
        sa.Column("reconciled", sa.Boolean(), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_by", sa.String(length=80), nullable=False),
        sa.Column("customer_notes", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column("refund_reason", sa.Text(), nullable=False),
        sa.Column("gateway_name", sa.String(length=80), nullable=False),
        sa.Column("gateway_response", sa.JSON(), nullable=True),
        sa.Column("payment_link", sa.String(length=500), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processing_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint(
            "tendered_minor IS NULL OR tendered_minor >= amount_minor",
            name=op.f("ck_payment_tendered_enough"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_provider_id"],
            ["bank_transfer_provider.id"],
            name=op.f("fk_payment_bank_provider_id_bank_transfer_provider"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_payment_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_payment_order_id_order")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_payment_subscription_id_subscription"),
        ),
        sa.ForeignKeyConstraint(
            ["till_session_id"],
            ["till_session.id"],
            name=op.f("fk_payment_till_session_id_till_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("invoice_number", name=op.f("uq_payment_invoice_number")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payment_payment_id")),
    )
    op.create_index(op.f("ix_payment_customer_id"), "payment", ["customer_id"], unique=False)
    op.create_index(op.f("ix_payment_order_id"), "payment", ["order_id"], unique=False)
    op.create_index(op.f("ix_payment_phone_number"), "payment", ["phone_number"], unique=False)
    op.create_index(
        op.f("ix_payment_subscription_id"), "payment", ["subscription_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_till_session_id"), "payment", ["till_session_id"], unique=False
    )
    op.create_index(op.f("ix_payment_transaction_id"), "payment", ["transaction_id"], unique=False)
    op.create_index(
        op.f("ix_payment_transaction_reference"), "payment", ["transaction_reference"], unique=False
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_number", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("paid_date", sa.Date(), nullable=True),
        sa.Column("sent_to_customer", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf_file", sa.String(length=300), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "subtotal_minor + tax_minor = total_minor", name=op.f("ck_invoice_sums_agree")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_invoice_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("invoice_number", name=op.f("uq_invoice_invoice_number")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_invoice_payment_id")),
    )
    op.create_index(op.f("ix_invoice_issued_date"), "invoice", ["issued_date"], unique=False)
    op.create_table(
        "match_payment",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("completed_here", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_payment_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_match_payment_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("match_id", "payment_id", name=op.f("pk_match_payment")),
    )
    op.create_index(
        "uq_match_payment_active",
        "match_payment",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
    )
    op.create_table(
        "payment_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(length=128), nullable=False),
        sa.Column("gateway_name", sa.String(length=80), nullable=False),
        sa.Column(
            "request_type",
            sa.Enum(
                "INITIATE",
                "QUERY",
                "CONFIRM",
                "CANCEL",
                "REFUND",
                name="requesttype",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("request_data", sa.JSON(), nullable=True),
        sa.Column("response_data", sa.JSON(), nullable=True),
        sa.Column("response_code", sa.String(length=40), nullable=False),
        sa.Column("response_message", sa.Text(), nullable=False),
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
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("processing_time_ms", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column("request_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_transaction_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_transaction")),
    )
    op.create_index(
        "ix_payment_transaction_payment_gateway",
        "payment_transaction",
        ["payment_id", "gateway_name"],
        unique=False,
    )
    op.create_index(
        op.f("ix_payment_transaction_transaction_id"),
        "payment_transaction",
        ["transaction_id"],
        unique=False,
    )
    op.create_table(
        "refund_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("refund_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "approved",
                "processing",
                "completed",
                "rejected",
                "failed",
                "unknown",
                name="refundstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("refund_transaction_id", sa.String(length=128), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_by", sa.String(length=80), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processed_by", sa.String(length=80), nullable=False),
        sa.Column("response_notes", sa.Text(), nullable=False),
        sa.Column("refund_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by",
            name=op.f("ck_refund_request_four_eyes"),
        ),
        sa.CheckConstraint(
            "refund_amount_minor > 0", name=op.f("ck_refund_request_amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_refund_request_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_request")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_refund_request_refund_id")),
    )
    op.create_index(
        op.f("ix_refund_request_payment_id"), "refund_request", ["payment_id"], unique=False
    )
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_note_number", sa.String(length=40), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_date", sa.Date(), nullable=False),
        sa.Column("pdf_file", sa.String(length=300), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"],
            ["refund_request.id"],
            name=op.f("fk_credit_note_refund_id_refund_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("credit_note_number", name=op.f("uq_credit_note_credit_note_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_credit_note_refund_id")),
    )
    op.create_index(op.f("ix_credit_note_invoice_id"), "credit_note", ["invoice_id"], unique=False)
    op.create_index(
        "ix_payment_reconciliation_imported",
        "payment_reconciliation",
        [sa.text("imported_at DESC")],
    )
    op.create_index(
        "ix_payment_created_at_id", "payment", [sa.text("created_at DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_payment_method_status",
        "payment",
        ["payment_method", "status", sa.text("created_at DESC")],
    )
    op.create_index(
        "ix_payment_reconciled_created", "payment", ["reconciled", sa.text("created_at DESC")]
    )
    op.create_index("ix_payment_status_created", "payment", ["status", sa.text("created_at DESC")])
    op.create_index(
        "ix_payment_transaction_request_at", "payment_transaction", [sa.text("request_at DESC")]
    )
    op.create_index(
        "ix_refund_request_status_requested",
        "refund_request",
        ["status", sa.text("requested_at DESC")],
    )


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

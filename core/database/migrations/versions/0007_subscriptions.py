"""The states of a subscription, its periods, and the charges made for each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PLANS = ("daily", "weekly", "monthly")

_TRIGGERS = (
    """
CREATE TRIGGER guard_subscription_status BEFORE UPDATE OF status ON "subscription" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('active>cancelled', 'active>paused', 'paused>active', 'paused>cancelled')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_subscription_period_status BEFORE UPDATE OF status ON "subscription_period" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('open>paid', 'open>retrying', 'open>unpaid', 'open>waived', 'retrying>open', 'retrying>paid', 'retrying>unpaid', 'retrying>waived', 'unpaid>open', 'unpaid>paid', 'unpaid>waived', 'waived>paid')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_subscription_period_facts BEFORE UPDATE ON "subscription_period" FOR EACH ROW
WHEN OLD."subscription_id" IS NOT NEW."subscription_id" OR OLD."starts_on" IS NOT NEW."starts_on" OR OLD."reference" IS NOT NEW."reference" OR OLD."amount_minor" IS NOT NEW."amount_minor" OR OLD."currency" IS NOT NEW."currency"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_subscription_charge_facts BEFORE UPDATE ON "subscription_charge" FOR EACH ROW
WHEN OLD."period_id" IS NOT NEW."period_id" OR OLD."try_number" IS NOT NEW."try_number" OR OLD."payment_id" IS NOT NEW."payment_id"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_subscription_delete BEFORE DELETE ON "subscription" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_subscription_pause_delete BEFORE DELETE ON "subscription_pause" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_subscription_period_delete BEFORE DELETE ON "subscription_period" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_subscription_charge_delete BEFORE DELETE ON "subscription_charge" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)

_TAKE_OVER = (
    "UPDATE subscription SET status = 'cancelled' WHERE NOT is_active",
    # As it was paid last; what cannot be renewed that way waits for cash.
    """UPDATE subscription SET payment_method = COALESCE((
        SELECT p.payment_method FROM payment p
        WHERE p.subscription_id = subscription.id AND p.payment_method IN
            ('cash', 'bank_transfer', 'mtn_mobile_money', 'airtel_money')
        ORDER BY p.id DESC LIMIT 1), 'cash')""",
    """UPDATE subscription SET phone_number = COALESCE((
        SELECT c.phone_number FROM customer c WHERE c.id = subscription.customer_id), '')""",
    "UPDATE subscription SET anchor_day = CAST(strftime('%d', starts_on) AS INTEGER)",
    # Nobody is charged for the days before this version came, unless a person wants it so.
    """INSERT INTO setting (name, value) SELECT 'renews_by_itself', 'False'
        WHERE EXISTS (SELECT 1 FROM subscription)""",
    "ALTER TABLE subscription DROP COLUMN is_active",
)


def _plan_type() -> sa.Enum:
    return sa.Enum(*_PLANS, name="plan", native_enum=False, length=24)


def _extend_subscription() -> None:
    # Plain ADD COLUMN: a table made anew would lose its guards.
    for column in (
        sa.Column("status", sa.String(length=24), nullable=False, server_default="active"),
        sa.Column("payment_method", sa.String(length=24), nullable=False, server_default="cash"),
        sa.Column("phone_number", sa.String(length=24), nullable=False, server_default=""),
        sa.Column("plan_name", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("anchor_day", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("next_plan", _plan_type(), nullable=True),
        sa.Column("next_plan_name", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("next_price_minor", sa.BigInteger(), nullable=True),
    ):
        op.add_column("subscription", column)
    for statement in _TAKE_OVER:
        op.execute(statement)


def _make_catalogue_and_pauses() -> None:
    op.create_table(
        "subscription_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("plan", _plan_type(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_subscription_plan_price_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_plan")),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_plan_name")),
    )
    op.create_table(
        "subscription_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("paused_from", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "resumed_on IS NULL OR resumed_on >= paused_from",
            name=op.f("ck_subscription_pause_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_pause_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_pause")),
    )
    op.create_index(
        "ix_subscription_pause_subscription_id", "subscription_pause", ["subscription_id"]
    )
    op.create_index(
        "ix_subscription_pause_one_open",
        "subscription_pause",
        ["subscription_id"],
        unique=True,
        sqlite_where=sa.text("resumed_on IS NULL"),
    )


def _make_periods() -> None:
    op.create_table(
        "subscription_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "retrying",
                "paid",
                "unpaid",
                "waived",
                name="periodstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_subscription_period_amount_positive")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_period_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_period")),
        sa.UniqueConstraint("reference", name=op.f("uq_subscription_period_reference")),
        sa.UniqueConstraint("subscription_id", "starts_on", name="one_per_start"),
    )
    op.create_index(
        "ix_subscription_period_due",
        "subscription_period",
        ["next_try_at"],
        sqlite_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        "ix_subscription_period_unsettled",
        "subscription_period",
        ["subscription_id"],
        sqlite_where=sa.text("status IN ('open', 'retrying', 'unpaid')"),
    )


def _make_charges() -> None:
    op.create_table(
        "subscription_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_surplus", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["subscription_period.id"],
            name=op.f("fk_subscription_charge_period_id_subscription_period"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_subscription_charge_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_charge")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_subscription_charge_payment_id")),
        sa.UniqueConstraint("period_id", "try_number", name="one_per_try"),
    )
    op.create_index(
        "ix_subscription_charge_one_open",
        "subscription_charge",
        ["period_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_subscription_charge_surplus",
        "subscription_charge",
        ["period_id"],
        sqlite_where=sa.text("is_surplus"),
    )


def upgrade() -> None:
    _extend_subscription()
    _make_catalogue_and_pauses()
    _make_periods()
    _make_charges()
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

"""The ledger of loyalty points; what accounts hold already becomes their opening entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TRIGGERS = (
    """
CREATE TRIGGER guard_loyalty_entry_sum BEFORE INSERT ON "loyalty_entry" FOR EACH ROW
WHEN NEW.sequence <> COALESCE((SELECT e.sequence FROM loyalty_entry e WHERE e.account_id = NEW.account_id ORDER BY e.sequence DESC LIMIT 1), 0) + 1 OR NEW.balance_after <> COALESCE((SELECT e.balance_after FROM loyalty_entry e WHERE e.account_id = NEW.account_id ORDER BY e.sequence DESC LIMIT 1), 0) + NEW.points OR NEW.owed_after <> COALESCE((SELECT e.owed_after FROM loyalty_entry e WHERE e.account_id = NEW.account_id ORDER BY e.sequence DESC LIMIT 1), 0) + NEW.owed
BEGIN SELECT RAISE(ABORT, 'sanduku: The ledger of points would not add up.'); END
""",
    """
CREATE TRIGGER guard_loyalty_entry_facts BEFORE UPDATE ON "loyalty_entry" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_loyalty_account_new BEFORE INSERT ON "loyalty_account" FOR EACH ROW
WHEN NEW.points <> 0
BEGIN SELECT RAISE(ABORT, 'sanduku: An account of points is the sum of its ledger.'); END
""",
    """
CREATE TRIGGER guard_loyalty_account_points BEFORE UPDATE OF points ON "loyalty_account" FOR EACH ROW
WHEN NEW.points <> COALESCE((SELECT e.balance_after FROM loyalty_entry e WHERE e.account_id = NEW.id ORDER BY e.sequence DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'sanduku: An account of points is the sum of its ledger.'); END
""",
    """
CREATE TRIGGER guard_loyalty_account_delete BEFORE DELETE ON "loyalty_account" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_loyalty_entry_delete BEFORE DELETE ON "loyalty_entry" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)


def upgrade() -> None:
    _drop_kept_tiers()
    op.create_table(
        "loyalty_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("balance_after", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("owed_after", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("refund_request_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "balance_after >= 0", name=op.f("ck_loyalty_entry_balance_not_negative")
        ),
        sa.CheckConstraint("owed_after >= 0", name=op.f("ck_loyalty_entry_owed_not_negative")),
        sa.CheckConstraint(
            "(kind IN ('opening', 'earned', 'returned') AND points > 0 AND owed = 0)"
            " OR (kind = 'spent' AND points < 0 AND owed = 0)"
            " OR (kind = 'taken_back' AND points <= 0 AND owed >= 0 AND owed - points > 0)"
            " OR (kind = 'settled' AND points < 0 AND owed = points)"
            " OR (kind = 'corrected' AND (points <> 0 OR owed <> 0))",
            name=op.f("ck_loyalty_entry_kind_and_points_agree"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["loyalty_account.id"],
            name=op.f("fk_loyalty_entry_account_id_loyalty_account"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_loyalty_entry_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["refund_request_id"],
            ["refund_request.id"],
            name=op.f("fk_loyalty_entry_refund_request_id_refund_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_entry")),
        sa.UniqueConstraint("account_id", "sequence", name="one_after_the_other"),
    )
    op.create_index("ix_loyalty_entry_payment", "loyalty_entry", ["payment_id"])
    op.create_index(
        "ix_loyalty_entry_payment_kind",
        "loyalty_entry",
        ["payment_id", "kind"],
        unique=True,
        sqlite_where=sa.text("refund_request_id IS NULL AND payment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_loyalty_entry_refund_kind",
        "loyalty_entry",
        ["refund_request_id", "kind"],
        unique=True,
        sqlite_where=sa.text("refund_request_id IS NOT NULL"),
    )
    op.execute(
        "INSERT INTO loyalty_entry (account_id, sequence, at, kind, points, balance_after, owed,"
        ' owed_after, note, "by")'
        " SELECT id, 1, strftime('%Y-%m-%d %H:%M:%f000', 'now'), 'opening', points, points, 0, 0,"
        " '', 'sanduku' FROM loyalty_account WHERE points > 0"
    )
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def _drop_kept_tiers() -> None:
    """Make the table of accounts anew without its tier, which is reckoned when asked for.

    It has no guards yet and nothing points at it; older SQLite cannot drop a column.
    """
    op.rename_table("loyalty_account", "loyalty_account_before")
    op.create_table(
        "loyalty_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_loyalty_account_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_loyalty_account_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_account")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_loyalty_account_customer_id")),
    )
    op.execute(
        "INSERT INTO loyalty_account (id, customer_id, points, version)"
        " SELECT id, customer_id, points, version FROM loyalty_account_before"
    )
    op.drop_table("loyalty_account_before")


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

"""What decisions taught: payers, wordings set aside, and what of all that no longer counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PROVIDERS = ("AIRTEL", "MTN", "BANK")
_MARKS = ("account", "phone", "name", "wording")
_LIVE = sa.text("taken_back_at IS NULL AND forgotten_at IS NULL")

_GUARDS = (
    """
CREATE TRIGGER guard_payer_lesson_facts BEFORE UPDATE ON "payer_lesson" FOR EACH ROW
WHEN OLD."id" IS NOT NEW."id" OR OLD."provider" IS NOT NEW."provider" OR OLD."taught_by" IS NOT NEW."taught_by" OR OLD."taught_at" IS NOT NEW."taught_at" OR OLD."match_id" IS NOT NEW."match_id" OR OLD."kind" IS NOT NEW."kind" OR OLD."mark" IS NOT NEW."mark" OR OLD."mark_words" IS NOT NEW."mark_words" OR OLD."customer_id" IS NOT NEW."customer_id" OR OLD."payer_key" IS NOT NEW."payer_key" OR OLD."payer_name" IS NOT NEW."payer_name" OR OLD."payer_phone" IS NOT NEW."payer_phone"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_wording_lesson_facts BEFORE UPDATE ON "wording_lesson" FOR EACH ROW
WHEN OLD."id" IS NOT NEW."id" OR OLD."provider" IS NOT NEW."provider" OR OLD."taught_by" IS NOT NEW."taught_by" OR OLD."taught_at" IS NOT NEW."taught_at" OR OLD."line_id" IS NOT NEW."line_id" OR OLD."is_money_in" IS NOT NEW."is_money_in" OR OLD."wording" IS NOT NEW."wording" OR OLD."wording_words" IS NOT NEW."wording_words" OR OLD."reason" IS NOT NEW."reason"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_forgotten_fee_facts BEFORE UPDATE ON "forgotten_fee" FOR EACH ROW
WHEN OLD."id" IS NOT NEW."id" OR OLD."provider" IS NOT NEW."provider" OR OLD."method" IS NOT NEW."method" OR OLD."currency" IS NOT NEW."currency" OR OLD."forgotten_by" IS NOT NEW."forgotten_by" OR OLD."forgotten_at" IS NOT NEW."forgotten_at"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_lifted_decline_facts BEFORE UPDATE ON "lifted_decline" FOR EACH ROW
WHEN OLD."id" IS NOT NEW."id" OR OLD."match_id" IS NOT NEW."match_id" OR OLD."lifted_by" IS NOT NEW."lifted_by" OR OLD."lifted_at" IS NOT NEW."lifted_at"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_payer_lesson_delete BEFORE DELETE ON "payer_lesson" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_wording_lesson_delete BEFORE DELETE ON "wording_lesson" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_forgotten_fee_delete BEFORE DELETE ON "forgotten_fee" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_lifted_decline_delete BEFORE DELETE ON "lifted_decline" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)


def upgrade() -> None:
    op.create_table(
        "payer_lesson",
        *_lesson_columns(),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_MARKS, name="payermark", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("mark", sa.String(length=300), nullable=False),
        sa.Column("mark_words", sa.String(length=300), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("payer_key", sa.String(length=240), nullable=False),
        sa.Column("payer_name", sa.String(length=200), nullable=False),
        sa.Column("payer_phone", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_payer_lesson_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_payer_lesson_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_lesson")),
    )
    op.create_index("ix_payer_lesson_live", "payer_lesson", ["provider", "id"], sqlite_where=_LIVE)
    op.create_index("ix_payer_lesson_match", "payer_lesson", ["match_id"])
    op.create_table(
        "wording_lesson",
        *_lesson_columns(),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("is_money_in", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.String(length=300), nullable=False),
        sa.Column("wording_words", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["statement_line.id"],
            name=op.f("fk_wording_lesson_line_id_statement_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_lesson")),
    )
    op.create_index(
        "ix_wording_lesson_live",
        "wording_lesson",
        ["provider", "wording", "id"],
        sqlite_where=_LIVE,
    )
    op.create_index("ix_wording_lesson_line", "wording_lesson", ["line_id"])
    op.create_table(
        "forgotten_fee",
        sa.Column("id", sa.Integer(), nullable=False),
        _provider(),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("forgotten_by", sa.String(length=80), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten_fee")),
    )
    op.create_index("ix_forgotten_fee_channel", "forgotten_fee", ["provider", "method", "currency"])
    op.create_table(
        "lifted_decline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("lifted_by", sa.String(length=80), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_lifted_decline_match_id_match")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifted_decline")),
    )
    op.create_index(
        "uq_lifted_decline_match",
        "lifted_decline",
        ["match_id"],
        unique=True,
        sqlite_where=sa.text("restored_at IS NULL"),
    )
    op.create_index(
        "ix_match_differing",
        "match",
        ["decided_at"],
        sqlite_where=sa.text("state = 'approved' AND difference_minor <> 0"),
    )
    for guard in _GUARDS:
        op.execute(guard.strip())


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")


def _provider() -> sa.Column[str]:
    kind = sa.Enum(*_PROVIDERS, name="statementprovider", native_enum=False, length=24)
    return sa.Column("provider", kind, nullable=False)


def _lesson_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        _provider(),
        sa.Column("taught_by", sa.String(length=80), nullable=False),
        sa.Column("taught_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_by", sa.String(length=80), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
    )

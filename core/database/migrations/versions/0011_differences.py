"""What became of a match's difference: a fee, written off for a reason, or open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = ("open", "fee", "write_off")

_TRIGGERS = (
    """
CREATE TRIGGER guard_match_difference_new BEFORE INSERT ON "match" FOR EACH ROW
WHEN NEW.difference_kind <> 'open'
BEGIN SELECT RAISE(ABORT, 'sanduku: A match begins with its difference open.'); END
""",
    """
CREATE TRIGGER guard_match_difference_amount BEFORE UPDATE OF difference_minor ON "match" FOR EACH ROW
WHEN OLD.difference_minor <> NEW.difference_minor
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_match_difference BEFORE UPDATE OF difference_kind, difference_reason, difference_note, difference_by, difference_at ON "match" FOR EACH ROW
WHEN NEW.difference_kind NOT IN ('open', 'fee', 'write_off') OR (NEW.difference_kind <> 'open' AND (NEW.difference_minor = 0 OR NEW.difference_by = '' OR NEW.difference_at IS NULL)) OR (NEW.difference_kind = 'fee' AND NEW.difference_minor < 0) OR (NEW.difference_kind = 'write_off') <> (NEW.difference_reason <> '') OR (NEW.difference_reason = 'other' AND NEW.difference_note = '')
BEGIN SELECT RAISE(ABORT, 'sanduku: A difference is explained by somebody, with a reason.'); END
""",
)


def upgrade() -> None:
    # Plain ADD COLUMN: a table made anew would lose its guards.
    for column in (
        sa.Column(
            "difference_kind",
            sa.Enum(*_KINDS, name="differencekind", native_enum=False, length=24),
            nullable=False,
            server_default="open",
        ),
        sa.Column("difference_reason", sa.String(length=24), nullable=False, server_default=""),
        sa.Column("difference_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("difference_by", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("difference_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("match", column)
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

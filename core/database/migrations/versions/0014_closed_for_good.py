"""A closed reconciliation is locked whole: what its matches tie together stays as it is too."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_CHANGED = ("guard_match_closed_update",)

_TRIGGERS = (
    """
CREATE TRIGGER guard_match_closed_update BEFORE UPDATE ON "match" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED') OR (SELECT r.status FROM payment_reconciliation r WHERE r.id = OLD.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_line_closed_insert BEFORE INSERT ON "match_line" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = (SELECT m.reconciliation_id FROM match m WHERE m.id = NEW.match_id)) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_line_closed_update BEFORE UPDATE ON "match_line" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = (SELECT m.reconciliation_id FROM match m WHERE m.id = NEW.match_id)) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_line_facts BEFORE UPDATE ON "match_line" FOR EACH ROW
WHEN OLD."match_id" IS NOT NEW."match_id" OR OLD."line_id" IS NOT NEW."line_id"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_match_payment_closed_insert BEFORE INSERT ON "match_payment" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = (SELECT m.reconciliation_id FROM match m WHERE m.id = NEW.match_id)) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_payment_closed_update BEFORE UPDATE ON "match_payment" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = (SELECT m.reconciliation_id FROM match m WHERE m.id = NEW.match_id)) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_payment_facts BEFORE UPDATE ON "match_payment" FOR EACH ROW
WHEN OLD."match_id" IS NOT NEW."match_id" OR OLD."payment_id" IS NOT NEW."payment_id"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_match_line_delete BEFORE DELETE ON "match_line" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_match_payment_delete BEFORE DELETE ON "match_payment" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)


def upgrade() -> None:
    for name in _CHANGED:
        op.execute(f"DROP TRIGGER {name}")
    for trigger in _TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

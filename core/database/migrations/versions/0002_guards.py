"""The guards: triggers that keep the money rules against any program and any hand-written SQL."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TRIGGERS = (
    """
CREATE TRIGGER guard_payment_status BEFORE UPDATE OF status ON "payment" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('completed>refunded', 'failed>completed', 'pending>cancelled', 'pending>completed', 'pending>failed', 'pending>processing', 'processing>cancelled', 'processing>completed', 'processing>failed')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_refund_request_status BEFORE UPDATE OF status ON "refund_request" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('approved>processing', 'approved>rejected', 'failed>processing', 'failed>rejected', 'processing>completed', 'processing>failed', 'processing>unknown', 'requested>approved', 'requested>rejected', 'unknown>completed', 'unknown>failed')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_payment_reconciliation_status BEFORE UPDATE OF status ON "payment_reconciliation" FOR EACH ROW
WHEN OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ('COMPLETE>IN_PROGRESS', 'DISCREPANCY>IN_PROGRESS', 'DISCREPANCY>RESOLVED', 'IN_PROGRESS>COMPLETE', 'IN_PROGRESS>DISCREPANCY', 'PENDING>COMPLETE', 'PENDING>DISCREPANCY', 'PENDING>IN_PROGRESS', 'RESOLVED>IN_PROGRESS')
BEGIN SELECT RAISE(ABORT, 'sanduku: This step is not allowed from the present state.'); END
""",
    """
CREATE TRIGGER guard_payment_facts BEFORE UPDATE ON "payment" FOR EACH ROW
WHEN OLD."payment_id" IS NOT NEW."payment_id" OR OLD."amount_minor" IS NOT NEW."amount_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."payment_method" IS NOT NEW."payment_method"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_refund_request_facts BEFORE UPDATE ON "refund_request" FOR EACH ROW
WHEN OLD."refund_id" IS NOT NEW."refund_id" OR OLD."payment_id" IS NOT NEW."payment_id" OR OLD."refund_amount_minor" IS NOT NEW."refund_amount_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."requested_by" IS NOT NEW."requested_by"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_statement_line_facts BEFORE UPDATE ON "statement_line" FOR EACH ROW
WHEN OLD."reconciliation_id" IS NOT NEW."reconciliation_id" OR OLD."fingerprint" IS NOT NEW."fingerprint" OR OLD."amount_minor" IS NOT NEW."amount_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."line_date" IS NOT NEW."line_date"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
    """
CREATE TRIGGER guard_refund_request_sum BEFORE INSERT ON "refund_request" FOR EACH ROW
WHEN NEW.refund_amount_minor + (SELECT COALESCE(SUM(r.refund_amount_minor), 0) FROM refund_request r WHERE r.payment_id = NEW.payment_id AND r.status IN ('approved', 'completed', 'failed', 'processing', 'requested', 'unknown')) > (SELECT p.amount_minor FROM payment p WHERE p.id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'sanduku: All refunds together would be more than was paid.'); END
""",
    """
CREATE TRIGGER guard_match_closed_insert BEFORE INSERT ON "match" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_match_closed_update BEFORE UPDATE ON "match" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_statement_line_closed_insert BEFORE INSERT ON "statement_line" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_statement_line_closed_update BEFORE UPDATE ON "statement_line" FOR EACH ROW
WHEN (SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id) IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')
BEGIN SELECT RAISE(ABORT, 'sanduku: This reconciliation is closed.'); END
""",
    """
CREATE TRIGGER guard_audit_entry_delete BEFORE DELETE ON "audit_entry" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_invoice_delete BEFORE DELETE ON "invoice" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_credit_note_delete BEFORE DELETE ON "credit_note" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_payment_delete BEFORE DELETE ON "payment" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_payment_transaction_delete BEFORE DELETE ON "payment_transaction" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_refund_request_delete BEFORE DELETE ON "refund_request" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_payment_reconciliation_delete BEFORE DELETE ON "payment_reconciliation" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_statement_line_delete BEFORE DELETE ON "statement_line" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_match_delete BEFORE DELETE ON "match" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_audit_entry_facts BEFORE UPDATE ON "audit_entry" FOR EACH ROW
WHEN OLD."user_name" IS NOT NEW."user_name" OR OLD."sequence" IS NOT NEW."sequence" OR OLD."at" IS NOT NEW."at" OR OLD."desk" IS NOT NEW."desk" OR OLD."action" IS NOT NEW."action" OR OLD."subject_type" IS NOT NEW."subject_type" OR OLD."subject_id" IS NOT NEW."subject_id" OR OLD."details" IS NOT NEW."details" OR OLD."previous_hash" IS NOT NEW."previous_hash" OR OLD."entry_hash" IS NOT NEW."entry_hash"
BEGIN SELECT RAISE(ABORT, 'sanduku: Facts once written stay as they are.'); END
""",
)


def upgrade() -> None:
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")

"""Refunds are found by parts of words as payments are, and ordered by each of their columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INDEXES: tuple[tuple[str, list[str | sa.TextClause]], ...] = (
    ("ix_refund_request_reason", ["reason"]),
    (
        "ix_refund_request_decided",
        [sa.text("(coalesce(nullif(rejected_by, ''), approved_by, ''))"), "requested_at"],
    ),
    ("ix_refund_request_paid_back", [sa.text("(coalesce(refund_completed_at, ''))")]),
)

_SEARCH_INDEX = "CREATE VIRTUAL TABLE refund_search USING fts5(text, content='', tokenize='trigram', detail='none')"

_FILL = """
INSERT INTO refund_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(refund_request.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | refund_request.id), coalesce(refund_request.refund_id, '') || char(10) || coalesce(refund_request.reason, '') || char(10) || coalesce(refund_request.reason_note, '') || char(10) || coalesce(refund_request.refund_transaction_id, '') || char(10) || coalesce(refund_request.requested_by, '') || char(10) || coalesce(refund_request.approved_by, '') || char(10) || coalesce(refund_request.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = refund_request.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM refund_request JOIN payment ON payment.id = refund_request.payment_id WHERE true ORDER BY refund_request.id
"""

_TRIGGERS = (
    """
CREATE TRIGGER search_refund_insert AFTER INSERT ON "refund_request" FOR EACH ROW
WHEN 1
BEGIN
INSERT INTO refund_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(NEW.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | NEW.id), coalesce(NEW.refund_id, '') || char(10) || coalesce(NEW.reason, '') || char(10) || coalesce(NEW.reason_note, '') || char(10) || coalesce(NEW.refund_transaction_id, '') || char(10) || coalesce(NEW.requested_by, '') || char(10) || coalesce(NEW.approved_by, '') || char(10) || coalesce(NEW.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = NEW.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM payment WHERE payment.id = NEW.payment_id;
END
""",
    """
CREATE TRIGGER search_refund_update AFTER UPDATE OF refund_id, reason, reason_note, refund_transaction_id, requested_by, approved_by, rejected_by, payment_id, requested_at ON "refund_request" FOR EACH ROW
WHEN OLD.refund_id IS NOT NEW.refund_id OR OLD.reason IS NOT NEW.reason OR OLD.reason_note IS NOT NEW.reason_note OR OLD.refund_transaction_id IS NOT NEW.refund_transaction_id OR OLD.requested_by IS NOT NEW.requested_by OR OLD.approved_by IS NOT NEW.approved_by OR OLD.rejected_by IS NOT NEW.rejected_by OR OLD.payment_id IS NOT NEW.payment_id OR OLD.requested_at IS NOT NEW.requested_at
BEGIN
INSERT INTO refund_search(refund_search, rowid, text) SELECT 'delete', ((min(max(CAST(strftime('%s', substr(OLD.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | OLD.id), coalesce(OLD.refund_id, '') || char(10) || coalesce(OLD.reason, '') || char(10) || coalesce(OLD.reason_note, '') || char(10) || coalesce(OLD.refund_transaction_id, '') || char(10) || coalesce(OLD.requested_by, '') || char(10) || coalesce(OLD.approved_by, '') || char(10) || coalesce(OLD.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = OLD.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM payment WHERE payment.id = OLD.payment_id;
INSERT INTO refund_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(NEW.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | NEW.id), coalesce(NEW.refund_id, '') || char(10) || coalesce(NEW.reason, '') || char(10) || coalesce(NEW.reason_note, '') || char(10) || coalesce(NEW.refund_transaction_id, '') || char(10) || coalesce(NEW.requested_by, '') || char(10) || coalesce(NEW.approved_by, '') || char(10) || coalesce(NEW.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = NEW.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM payment WHERE payment.id = NEW.payment_id;
END
""",
    """
CREATE TRIGGER search_refund_credited AFTER INSERT ON "credit_note" FOR EACH ROW
WHEN 1
BEGIN
INSERT INTO refund_search(refund_search, rowid, text) SELECT 'delete', ((min(max(CAST(strftime('%s', substr(refund_request.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | refund_request.id), coalesce(refund_request.refund_id, '') || char(10) || coalesce(refund_request.reason, '') || char(10) || coalesce(refund_request.reason_note, '') || char(10) || coalesce(refund_request.refund_transaction_id, '') || char(10) || coalesce(refund_request.requested_by, '') || char(10) || coalesce(refund_request.approved_by, '') || char(10) || coalesce(refund_request.rejected_by, '') || char(10) || coalesce(NULL, '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM refund_request JOIN payment ON payment.id = refund_request.payment_id WHERE refund_request.id = NEW.refund_id;
INSERT INTO refund_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(refund_request.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | refund_request.id), coalesce(refund_request.refund_id, '') || char(10) || coalesce(refund_request.reason, '') || char(10) || coalesce(refund_request.reason_note, '') || char(10) || coalesce(refund_request.refund_transaction_id, '') || char(10) || coalesce(refund_request.requested_by, '') || char(10) || coalesce(refund_request.approved_by, '') || char(10) || coalesce(refund_request.rejected_by, '') || char(10) || coalesce(NEW.credit_note_number, '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = payment.order_id), '') || char(10) || coalesce(payment.payment_id, '') || char(10) || coalesce(payment.transaction_id, '') || char(10) || coalesce(payment.phone_number, '') || char(10) || coalesce(payment.account_number, '') || char(10) || coalesce(payment.invoice_number, '') || char(10) || coalesce(payment.transaction_reference, '') || char(10) || coalesce(payment.customer_name, '') FROM refund_request JOIN payment ON payment.id = refund_request.payment_id WHERE refund_request.id = NEW.refund_id;
END
""",
    """
CREATE TRIGGER search_refund_of_payment AFTER UPDATE OF payment_id, transaction_id, phone_number, account_number, invoice_number, transaction_reference, customer_name, order_id, created_at ON "payment" FOR EACH ROW
WHEN OLD.payment_id IS NOT NEW.payment_id OR OLD.transaction_id IS NOT NEW.transaction_id OR OLD.phone_number IS NOT NEW.phone_number OR OLD.account_number IS NOT NEW.account_number OR OLD.invoice_number IS NOT NEW.invoice_number OR OLD.transaction_reference IS NOT NEW.transaction_reference OR OLD.customer_name IS NOT NEW.customer_name OR OLD.order_id IS NOT NEW.order_id OR OLD.created_at IS NOT NEW.created_at
BEGIN
INSERT INTO refund_search(refund_search, rowid, text) SELECT 'delete', ((min(max(CAST(strftime('%s', substr(refund_request.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | refund_request.id), coalesce(refund_request.refund_id, '') || char(10) || coalesce(refund_request.reason, '') || char(10) || coalesce(refund_request.reason_note, '') || char(10) || coalesce(refund_request.refund_transaction_id, '') || char(10) || coalesce(refund_request.requested_by, '') || char(10) || coalesce(refund_request.approved_by, '') || char(10) || coalesce(refund_request.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = refund_request.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = OLD.order_id), '') || char(10) || coalesce(OLD.payment_id, '') || char(10) || coalesce(OLD.transaction_id, '') || char(10) || coalesce(OLD.phone_number, '') || char(10) || coalesce(OLD.account_number, '') || char(10) || coalesce(OLD.invoice_number, '') || char(10) || coalesce(OLD.transaction_reference, '') || char(10) || coalesce(OLD.customer_name, '') FROM refund_request WHERE refund_request.payment_id = NEW.id;
INSERT INTO refund_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(refund_request.requested_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | refund_request.id), coalesce(refund_request.refund_id, '') || char(10) || coalesce(refund_request.reason, '') || char(10) || coalesce(refund_request.reason_note, '') || char(10) || coalesce(refund_request.refund_transaction_id, '') || char(10) || coalesce(refund_request.requested_by, '') || char(10) || coalesce(refund_request.approved_by, '') || char(10) || coalesce(refund_request.rejected_by, '') || char(10) || coalesce((SELECT credit_note_number FROM credit_note WHERE refund_id = refund_request.id), '') || char(10) || coalesce((SELECT order_number FROM "order" WHERE "order".id = NEW.order_id), '') || char(10) || coalesce(NEW.payment_id, '') || char(10) || coalesce(NEW.transaction_id, '') || char(10) || coalesce(NEW.phone_number, '') || char(10) || coalesce(NEW.account_number, '') || char(10) || coalesce(NEW.invoice_number, '') || char(10) || coalesce(NEW.transaction_reference, '') || char(10) || coalesce(NEW.customer_name, '') FROM refund_request WHERE refund_request.payment_id = NEW.id;
END
""",
)


def upgrade() -> None:
    for name, columns in _INDEXES:
        op.create_index(name, "refund_request", columns)
    op.execute(_SEARCH_INDEX)
    op.execute(_FILL.strip())
    # Made one piece now: the pieces a fill leaves would be merged in some later row's transaction.
    op.execute("INSERT INTO refund_search(refund_search) VALUES ('optimize')")
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())

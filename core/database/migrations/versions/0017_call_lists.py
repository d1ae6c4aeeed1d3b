"""The list of calls to gateways stays instant: an index for each order, and one for parts of words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLE = "payment_transaction"

_INDEXES: tuple[tuple[str, list[str | sa.TextClause]], ...] = (
    ("request_at", ["request_at"]),
    ("gateway_request", ["gateway_name", "request_at"]),
    ("type_request", ["request_type", "request_at"]),
    ("status_request", ["status", "request_at"]),
    (
        "result_request",
        [
            sa.text("CASE WHEN success THEN 2 WHEN error_code = '' THEN 1 ELSE 0 END"),
            "request_at",
        ],
    ),
    ("answer_request", ["response_code", "request_at"]),
    ("error_request", ["error_code", "request_at"]),
    ("time_request", [sa.text("coalesce(processing_time_ms, -1)"), "request_at"]),
)

_SEARCH_INDEX = "CREATE VIRTUAL TABLE call_search USING fts5(text, content='', tokenize='trigram', detail='none')"

_FILL = """
INSERT INTO call_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(payment_transaction.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | payment_transaction.id), coalesce(payment_transaction.transaction_id, '') || char(10) || coalesce(payment_transaction.response_code, '') || char(10) || coalesce(payment_transaction.response_message, '') || char(10) || coalesce(payment_transaction.error_code, '') || char(10) || coalesce(payment_transaction.error_message, '') || char(10) || coalesce((SELECT payment_id FROM payment WHERE payment.id = payment_transaction.payment_id), '') || char(10) || coalesce((SELECT transaction_reference FROM payment WHERE payment.id = payment_transaction.payment_id), '') FROM payment_transaction ORDER BY id
"""

_TRIGGERS = (
    """
CREATE TRIGGER search_call_insert AFTER INSERT ON "payment_transaction" FOR EACH ROW
WHEN 1
BEGIN
INSERT INTO call_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(NEW.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | NEW.id), coalesce(NEW.transaction_id, '') || char(10) || coalesce(NEW.response_code, '') || char(10) || coalesce(NEW.response_message, '') || char(10) || coalesce(NEW.error_code, '') || char(10) || coalesce(NEW.error_message, '') || char(10) || coalesce((SELECT payment_id FROM payment WHERE payment.id = NEW.payment_id), '') || char(10) || coalesce((SELECT transaction_reference FROM payment WHERE payment.id = NEW.payment_id), '');
END
""",
    """
CREATE TRIGGER search_call_update AFTER UPDATE OF transaction_id, response_code, response_message, error_code, error_message, payment_id, request_at ON "payment_transaction" FOR EACH ROW
WHEN OLD.transaction_id IS NOT NEW.transaction_id OR OLD.response_code IS NOT NEW.response_code OR OLD.response_message IS NOT NEW.response_message OR OLD.error_code IS NOT NEW.error_code OR OLD.error_message IS NOT NEW.error_message OR OLD.payment_id IS NOT NEW.payment_id OR OLD.request_at IS NOT NEW.request_at
BEGIN
INSERT INTO call_search(call_search, rowid, text) SELECT 'delete', ((min(max(CAST(strftime('%s', substr(OLD.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | OLD.id), coalesce(OLD.transaction_id, '') || char(10) || coalesce(OLD.response_code, '') || char(10) || coalesce(OLD.response_message, '') || char(10) || coalesce(OLD.error_code, '') || char(10) || coalesce(OLD.error_message, '') || char(10) || coalesce((SELECT payment_id FROM payment WHERE payment.id = OLD.payment_id), '') || char(10) || coalesce((SELECT transaction_reference FROM payment WHERE payment.id = OLD.payment_id), '');
INSERT INTO call_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(NEW.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | NEW.id), coalesce(NEW.transaction_id, '') || char(10) || coalesce(NEW.response_code, '') || char(10) || coalesce(NEW.response_message, '') || char(10) || coalesce(NEW.error_code, '') || char(10) || coalesce(NEW.error_message, '') || char(10) || coalesce((SELECT payment_id FROM payment WHERE payment.id = NEW.payment_id), '') || char(10) || coalesce((SELECT transaction_reference FROM payment WHERE payment.id = NEW.payment_id), '');
END
""",
    """
CREATE TRIGGER search_call_of_payment AFTER UPDATE OF payment_id, transaction_reference ON "payment" FOR EACH ROW
WHEN OLD.payment_id IS NOT NEW.payment_id OR OLD.transaction_reference IS NOT NEW.transaction_reference
BEGIN
INSERT INTO call_search(call_search, rowid, text) SELECT 'delete', ((min(max(CAST(strftime('%s', substr(payment_transaction.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | payment_transaction.id), coalesce(payment_transaction.transaction_id, '') || char(10) || coalesce(payment_transaction.response_code, '') || char(10) || coalesce(payment_transaction.response_message, '') || char(10) || coalesce(payment_transaction.error_code, '') || char(10) || coalesce(payment_transaction.error_message, '') || char(10) || coalesce(OLD.payment_id, '') || char(10) || coalesce(OLD.transaction_reference, '') FROM payment_transaction WHERE payment_transaction.payment_id = OLD.id;
INSERT INTO call_search(rowid, text) SELECT ((min(max(CAST(strftime('%s', substr(payment_transaction.request_at, 1, 19)) AS INTEGER), 0), 4294967295) << 31) | payment_transaction.id), coalesce(payment_transaction.transaction_id, '') || char(10) || coalesce(payment_transaction.response_code, '') || char(10) || coalesce(payment_transaction.response_message, '') || char(10) || coalesce(payment_transaction.error_code, '') || char(10) || coalesce(payment_transaction.error_message, '') || char(10) || coalesce(NEW.payment_id, '') || char(10) || coalesce(NEW.transaction_reference, '') FROM payment_transaction WHERE payment_transaction.payment_id = NEW.id;
END
""",
)


def upgrade() -> None:
    op.drop_index(f"ix_{_TABLE}_request_at", table_name=_TABLE)
    for name, columns in _INDEXES:
        op.create_index(f"ix_{_TABLE}_{name}", _TABLE, columns)
    op.execute(_SEARCH_INDEX)
    op.execute(_FILL.strip())
    # Made one piece now: the pieces a fill leaves would be merged in some later row's transaction.
    op.execute("INSERT INTO call_search(call_search) VALUES ('optimize')")
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())

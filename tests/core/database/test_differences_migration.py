"""A shop of the revision before keeps its matches, each difference open until it is explained."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import text

import core.model  # noqa: F401 - makes every mapped class known
from core.database import schema
from core.database.consistency import check
from core.database.engine import open_engine, sqlite_url

_STATEMENT = """
INSERT INTO payment_reconciliation (id, reconciliation_id, file_name, file_upload, file_sha256,
    statement_index, provider, profile_name, account, currency, total_transactions,
    total_amount_minor, known_transactions, matched_count, unmatched_count,
    discrepancy_amount_minor, status, problems, imported_by, imported_at, reconciled_by, notes,
    version)
VALUES (1, 'r', 'bk.csv', '', 'x', 0, 'BANK', '', '', 'RWF', 1, 5000, 0, 1, 0, -400,
    'IN_PROGRESS', '[]', 'claude', '2026-07-01 08:00:00.000000', '', '', 1)
"""
_MATCH = """
INSERT INTO match (id, reconciliation_id, kind, automatic, ambiguous, confidence, reasons,
    difference_minor, state, proposed_at, decided_by, version)
VALUES (1, 1, 'by_hand', 0, 0, 100, '[]', 400, 'approved', '2026-07-01 08:00:00.000000',
    'claude', 1)
"""

_LINE = """
INSERT INTO statement_line (id, reconciliation_id, line_number, fingerprint, line_date,
    amount_minor, fee_minor, currency, reference, transaction_id, description, counterparty,
    counterparty_account, state, ignored_reason)
VALUES (1, 1, 2, 'f', '2026-07-01', 5000, 0, 'RWF', '', '', '', '', '', 'matched', '')
"""
_PAYMENT = """
INSERT INTO payment (id, payment_id, payment_method, payment_type, amount_minor, currency, status,
    transaction_reference, customer_name, phone_number, account_number, claimed_transaction_id,
    card_approval_code, card_last4, invoice_number, invoice_generated, reconciled,
    reconciled_by, reconciled_at, customer_notes, error_message, refund_reason, gateway_name,
    payment_link, created_by, created_at, paid_at, updated_at, version)
VALUES (1, 'p', 'bank_transfer', 'order_payment', 5400, 'RWF', 'completed', '', '', '', '', '', '',
    '', 'OLD-1', 0, 1, 'claude', '2026-07-01 08:00:00.000000', '', '', '', '', '', 'aline',
    '2026-07-01 07:00:00.000000', '2026-07-01 07:00:00.000000', '2026-07-01 08:00:00.000000', 1)
"""
_PAID = (
    "INSERT INTO match_payment (match_id, payment_id, active, completed_here) VALUES (1, 1, 1, 0)"
)
_LINK = "INSERT INTO match_line (match_id, line_id, active) VALUES (1, 1, 1)"


def test_the_differences_of_an_older_shop_are_open(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "shop.db"))
    command.upgrade(schema.migration_config(engine), "0010")
    with engine.begin() as connection:
        for row in (_STATEMENT, _MATCH, _LINE, _LINK, _PAYMENT, _PAID):
            connection.execute(text(row))

    schema.upgrade(engine)

    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT difference_minor, difference_kind, difference_reason FROM match")
        ).all()
    assert [tuple(row) for row in found] == [(400, "open", "")]
    assert check(engine) == ()
    engine.dispose()

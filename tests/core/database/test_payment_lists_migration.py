"""A shop of the version before payments were searched by parts of words gets that index whole."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import text

from core.database import schema
from core.database.engine import open_engine, sqlite_url

PAYMENTS = 6_000
"""So many that their words do not fit in what the index keeps in memory before it writes."""

_FACTS = {
    "payment_id": "lower(hex(randomblob(16)))", "payment_method": "'cash'",
    "payment_type": "'order_payment'", "amount_minor": "500", "currency": "'RWF'",
    "status": "'pending'", "transaction_reference": "'ORD-' || n",
    "customer_name": "'Uwase ' || hex(randomblob(100))", "phone_number": "''",
    "account_number": "''",
    "invoice_generated": "0", "reconciled": "0", "reconciled_by": "''", "customer_notes": "''",
    "error_message": "''", "refund_reason": "''", "gateway_name": "''", "payment_link": "''",
    "created_by": "'aline'", "created_at": "'2026-01-01 08:00:00.000000'",
    "updated_at": "'2026-01-01 08:00:00.000000'", "claimed_transaction_id": "''",
    "card_approval_code": "''", "card_last4": "''", "version": "1",
}  # fmt: skip
_PAYMENTS = (
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :payments)"
    f" INSERT INTO payment ({', '.join(_FACTS)}) SELECT {', '.join(_FACTS.values())} FROM number"
)


def test_no_later_payment_waits_for_pieces_of_the_index_to_be_joined(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "sanduku.db"))
    command.upgrade(schema.migration_config(engine), "0014")
    with engine.begin() as connection:
        connection.execute(text(_PAYMENTS), {"payments": PAYMENTS})

    command.upgrade(schema.migration_config(engine), "0015")

    with engine.connect() as connection:
        pieces = connection.execute(text("SELECT count(DISTINCT segid) FROM payment_search_idx"))
        found = connection.execute(
            text("SELECT count(*) FROM payment_search WHERE payment_search MATCH '\"uwa\"'")
        )
        assert (pieces.scalar(), found.scalar()) == (1, PAYMENTS)
    engine.dispose()

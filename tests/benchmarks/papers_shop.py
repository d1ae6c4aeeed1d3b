"""A shop in which every payment has an invoice and a refund, written fast and indexed at last."""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from pathlib import Path

from core.database import schema
from core.database.engine import sqlite_url
from core.database.refund_search import fill_statement
from core.database.unit_of_work import Database
from tests.benchmarks.listed_shop import opened

_TABLES = ("invoice", "refund_request", "credit_note")
_REASONS = ("Wrong size", "Paid twice", "Came too late", "Broken on arrival", "Changed their mind")
_REFUND_STATES = ("completed", "completed", "completed", "rejected", "failed", "approved")
_INVOICES = """
INSERT INTO invoice (id, invoice_number, payment_id, subtotal_minor, tax_minor, total_minor,
    currency, issued_date, due_date, is_paid, paid_date, sent_to_customer, sent_at, pdf_file,
    pdf_sha256, notes, version, customer_name, ebm_receipt_number, void_date)
SELECT id, coalesce(invoice_number, 'INV-open-' || id), id,
    amount_minor - amount_minor * 18 / 118, amount_minor * 18 / 118, amount_minor, currency,
    date(created_at), date(created_at, '+14 days'), status = 'completed', date(paid_at),
    id % 3 = 0, iif(id % 3 = 0, created_at, NULL), '', '', '', 1, customer_name,
    iif(id % 4 = 0, id % 997 || '/' || id || ' NS', ''),
    iif(status = 'cancelled', date(created_at), NULL)
FROM payment
"""
_REFUNDS = """
INSERT INTO refund_request (id, refund_id, payment_id, refund_amount_minor, currency, reason,
    status, refund_transaction_id, requested_by, requested_at, approved_by, approved_at,
    rejected_by, processed_by, response_notes, refund_completed_at, updated_at, version)
SELECT id, refund_uuid(id), id, amount_minor / 2, currency, refund_reason_of(id),
    refund_state_of(id), iif(refund_state_of(id) = 'completed', 'RT' || (id * 7919), ''),
    iif(id % 3, 'aline', 'bosco'), created_at, iif(id % 5, 'keza', NULL), created_at,
    iif(refund_state_of(id) = 'rejected', 'keza', ''), '', '',
    iif(refund_state_of(id) = 'completed', created_at, NULL), created_at, 1
FROM payment
"""
_NOTES = """
INSERT INTO credit_note (id, credit_note_number, refund_id, invoice_id, amount_minor, tax_minor,
    currency, issued_date, pdf_file, pdf_sha256, customer_name)
SELECT refund_request.id, printf('CN-%07d', refund_request.id), refund_request.id, payment.id,
    refund_amount_minor, refund_amount_minor * 18 / 118, refund_request.currency,
    date(requested_at), '', '', customer_name
FROM refund_request JOIN payment ON payment.id = refund_request.payment_id
WHERE refund_request.status = 'completed'
"""


def opened_papers(folder: Path, rows: int) -> Database:
    """Open the shop of so many invoices and refunds kept in a folder; it is made if missing."""
    path = folder / f"papers-{rows}.db"
    if not path.exists():
        _make(path, folder, rows)
    return Database(sqlite_url(path))


def _make(path: Path, folder: Path, rows: int) -> None:
    payments = opened(folder, rows)
    source = Path(str(payments.engine.url.database))
    payments.close()
    shutil.copyfile(source, path)
    database = Database(sqlite_url(path))
    schema.upgrade(database.engine)
    database.close()
    connection = sqlite3.connect(path, isolation_level=None)
    chance = random.Random(5)
    made = {
        "refund_uuid": lambda _id: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "refund_reason_of": lambda key: _REASONS[key % len(_REASONS)],
        "refund_state_of": lambda key: (
            "requested" if key > rows - 500 else _REFUND_STATES[key * 31 % len(_REFUND_STATES)]
        ),
    }
    for name, function in made.items():
        connection.create_function(name, 1, function)
    try:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {setting}")
        names = ", ".join(f"'{name}'" for name in _TABLES)
        parts = connection.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({names})"
            " AND sql NOT NULL AND type IN ('index', 'trigger')"
        ).fetchall()
        connection.execute("BEGIN")
        for kind, name, _ in parts:
            connection.execute(f"DROP {kind} {name}")
        for statement in (_INVOICES, _REFUNDS, _NOTES, fill_statement()):
            connection.execute(statement)
        for _, _, sql in parts:
            connection.execute(sql)
        connection.execute("COMMIT")
    finally:
        connection.close()

"""A shop that has taken in up to a million statements, written straight into its file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from tests.empty_file import lay_empty_shop

_STATEMENTS = """
WITH RECURSIVE numbered(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < :count),
moments AS (
    SELECT n, n * 7919 % 10007 AS chance, strftime('%Y-%m-%d %H:%M:%S', 1640988000 +
        n * (150000000 / :count), 'unixepoch') || printf('.%06d', n % 1000000) AS imported
    FROM numbered
),
statements AS (
    SELECT *, iif(chance % 10 = 0, 'IN_PROGRESS', iif(chance % 10 < 7, 'COMPLETE',
            iif(chance % 10 < 9, 'DISCREPANCY', 'RESOLVED'))) AS state,
        iif(chance % 4 = 0, 'MTN', iif(chance % 4 = 1, 'AIRTEL', 'BANK')) AS sender,
        20 + chance % 180 AS rows
    FROM moments
)
INSERT INTO payment_reconciliation (reconciliation_id, file_name, file_upload, file_sha256,
    statement_index, provider, profile_name, account, currency, statement_date,
    statement_period_start, statement_period_end, opening_balance_minor, closing_balance_minor,
    balance_gap_minor, total_transactions, total_amount_minor, known_transactions, matched_count,
    unmatched_count, discrepancy_amount_minor, status, problems, not_searched, imported_by,
    imported_at, reconciled_by, reconciled_at, notes, version)
SELECT printf('%08x-%04x-7000-8000-%012x', n, chance, n),
    CASE sender WHEN 'MTN' THEN 'momo-export-' || substr(imported, 1, 10) || '.xlsx'
        WHEN 'AIRTEL' THEN 'Airtel_Money_' || n || '.csv'
        ELSE printf('BK statement 00040-0696%02d %s.pdf', chance % 97, substr(imported, 1, 7))
    END,
    '', printf('%064x', n), 0, sender, '',
    iif(sender = 'BANK', printf('00040-0696%02d-12', chance % 97), printf('25078%07d', chance % 9)),
    iif(chance % 53 = 0, 'USD', 'RWF'), date(imported, '-1 day'), date(imported, '-7 days'),
    date(imported, '-1 day'), 1000000, 1000000, 0, rows, rows * 15000, chance % 7,
    rows - chance % 7 - iif(state = 'COMPLETE', 0, 1 + chance % 5),
    iif(state = 'COMPLETE', 0, 1 + chance % 5),
    iif(state = 'COMPLETE', 0, (chance % 900 + 1) * 500 * iif(chance % 3, 1, -1)), state,
    '[]', '[]', iif(chance % 3, 'claude', 'keza'), imported,
    iif(state = 'IN_PROGRESS', '', iif(chance % 5, 'claude', 'marie')),
    iif(state = 'IN_PROGRESS', NULL, strftime('%Y-%m-%d %H:%M:%S', imported, '+90 minutes')
        || '.000000'),
    iif(state = 'RESOLVED', printf('The bank explained line %d', chance % 40), ''), 1
FROM statements
"""


def fill_statements_in(path: Path, count: int) -> None:
    """Write so many statements, open and closed, of every sender, into a shop's file."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        with connection:
            connection.execute(_STATEMENTS, {"count": count})
            connection.execute("ANALYZE payment_reconciliation")
    finally:
        connection.close()


def opened_statements(folder: Path, count: int) -> Database:
    """Open the shop of so many statements kept in a folder; it is made if missing."""
    shop = folder / f"statements-{count}"
    path = shop / "sanduku.db"
    if not path.exists():
        lay_empty_shop(shop)
        fill_statements_in(path, count)
    return Database(sqlite_url(path))

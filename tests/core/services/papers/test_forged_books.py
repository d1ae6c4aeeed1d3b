"""What hand-written SQL does to the books of reconciling, its guards taken out, the check finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.database.consistency import check
from core.database.guards import sqlite_guards
from core.database.unit_of_work import Database
from core.model.reconciliations import ReconciliationStatus
from tests.core.services.statement_shop import StatementShop

pytestmark = pytest.mark.usefixtures("bent_books")

FORGED = {
    "stands, but not for its line 3": (
        "UPDATE match_line SET active = 0 WHERE line_id = 2",
        "UPDATE statement_line SET state = 'ignored', ignored_reason = 'x' WHERE id = 2",
        "UPDATE payment_reconciliation SET matched_count = matched_count - 1",
    ),
    "stands, but not for its payment": (
        "UPDATE match_payment SET active = 0",
        "UPDATE payment SET reconciled = 0",
    ),
    "of another statement": ("UPDATE statement_line SET reconciliation_id = 2 WHERE id = 2",),
    "in another currency": ("UPDATE payment SET currency = 'USD' WHERE id = 1",),
    "says that it differs by 0": (
        "UPDATE match SET difference_minor = 0",
        "UPDATE payment_reconciliation SET discrepancy_amount_minor = discrepancy_amount_minor + 2",
    ),
    "is complete, but 1 of its lines": (
        "UPDATE payment_reconciliation SET status = 'COMPLETE' WHERE id = 1",
        "UPDATE payment_reconciliation SET reconciled_by = 'claude', reconciled_at = imported_at",
    ),
    "but who closed it": ("UPDATE payment_reconciliation SET status = 'DISCREPANCY'",),
    "set aside without a reason": (
        "UPDATE statement_line SET state = 'ignored' WHERE id = 3",
        "UPDATE payment_reconciliation SET unmatched_count = 0, discrepancy_amount_minor = -2",
    ),
    "counts a discrepancy of 0": (
        "UPDATE payment_reconciliation SET discrepancy_amount_minor = 0 WHERE id = 1",
    ),
    "counts as reconciled, but no match": ("UPDATE payment SET reconciled = 1 WHERE id = 2",),
}


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> StatementShop:
    """A payment in two parts that is 2 short, a line nobody explained, and a second statement."""
    shop = StatementShop.of(database, tmp_path)
    payment = shop.paid(5_000)
    shop.paid(7_000)
    shop.take_in([("X1", "Part", 3_000), ("X2", "Part", 1_998), ("X3", "Deposit", 400)])
    shop.match([2, 3], [payment])
    first = shop.reconciliation_id
    shop.take_in([("X4", "Deposit", 100)])
    shop.reconciliation_id = first
    return shop


def test_what_the_program_does_is_found_in_order(shop: StatementShop) -> None:
    assert check(shop.app.database.engine) == ()
    shop.close()
    assert shop.detail.reconciliation.status is ReconciliationStatus.DISCREPANCY
    assert check(shop.app.database.engine) == ()


@pytest.mark.sqlite
@pytest.mark.parametrize("sentence", FORGED)
def test_a_forged_row_is_found(shop: StatementShop, sentence: str) -> None:
    path = shop.app.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for name in sqlite_guards():
            raw.execute(f"DROP TRIGGER {name}")
        for sql in FORGED[sentence]:
            raw.execute(sql)

    found = check(shop.app.database.engine)

    assert any(sentence in each for each in found), found

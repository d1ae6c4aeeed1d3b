"""A check of the books tells where somebody bent the ledger of points with a tool of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.database.consistency import check
from core.database.unit_of_work import Database
from tests.core.services.loyalty_shop import LoyaltyShop

pytestmark = pytest.mark.usefixtures("bent_books")


@pytest.mark.sqlite
def test_books_that_were_bent_all_the_same_are_told(database: Database) -> None:
    shop = LoyaltyShop(database)
    shop.sell(50_000)
    sold = shop.sell(50_000)
    paid = shop.spend(1)
    with database.engine.begin() as connection:
        told = []
        for trigger in ("guard_loyalty_account_points", "guard_loyalty_entry_facts"):
            sql = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": trigger}
            ).scalar_one()
            connection.execute(text(f"DROP TRIGGER {trigger}"))
            told.append(sql)
        connection.execute(text("UPDATE loyalty_account SET points = 99"))
        connection.execute(text("UPDATE loyalty_entry SET balance_after = 77 WHERE sequence = 2"))
        connection.execute(text("UPDATE loyalty_entry SET kind = 'corrected' WHERE kind = 'spent'"))
        for sql in told:
            connection.execute(text(sql))
    found = check(database.engine)
    assert "Customer 1 has 99 points, but their ledger adds up to 9." in found
    assert any("Entry 2 in the points of customer 1" in each for each in found)
    assert f"Payment {paid.payment_id} was made with points, but none were spent for it." in found
    assert sold.payment_id not in " ".join(found)

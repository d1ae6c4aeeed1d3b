"""Points that an older shop's accounts hold become the first entry of their ledger."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import text

from core.database import schema
from core.database.consistency import check
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from tests.core.services.loyalty_shop import CASHIER, LoyaltyShop


def test_an_older_shops_points_become_opening_entries(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "shop.db"))
    command.upgrade(schema.migration_config(database.engine), "0007")
    with database.engine.begin() as connection:
        for number, points in ((1, 42), (2, 0)):
            connection.execute(
                text(
                    "INSERT INTO customer (id, name, phone_number, email, tin, language,"
                    " created_at, version)"
                    f" VALUES ({number}, 'Customer {number}', '+25078800000{number}', '', '', 'en',"
                    " '2026-01-01 00:00:00.000000', 1)"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO loyalty_account (id, customer_id, points, tier, version)"
                    f" VALUES ({number}, {number}, {points}, 'gold', 3)"
                )
            )

    schema.upgrade(database.engine)

    shop = LoyaltyShop(database)
    (entry,) = shop.ledger("Customer 1")
    assert (entry.kind, entry.points, entry.balance_after, entry.by) == (
        "opening", 42, 42, "sanduku",
    )  # fmt: skip
    assert shop.ledger("Customer 2") == []
    assert shop.loyalty.find(CASHIER, "Customer 1").points == 42
    shop.spend(2, "Customer 1", "+250788000001")
    shop.sell(10_000, "Customer 2", "+250788000002")
    assert (shop.points("Customer 1"), shop.points("Customer 2")) == (40, 1)
    assert check(database.engine) == ()
    database.close()

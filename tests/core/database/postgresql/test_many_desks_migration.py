"""A shop on a server from before its desks acted beside each other is brought along."""

from __future__ import annotations

from importlib import import_module

from core.database import schema
from core.database.consistency import check
from core.database.day_sums import sum_triggers
from core.database.engine import open_engine
from core.database.postgresql.guards import create_guard
from core.database.postgresql.many_desks import NEWS_TRIGGER, SUM_TABLES
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.postgresql import PostgresqlServer

_MIGRATION = import_module("core.database.migrations.versions.0025_many_desks")
CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")


def _sale(key: str) -> RecordPayment:
    return RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=5_000,
        tendered_minor=5_000,
        complete_now=True,
    )


def _before() -> list[str]:
    """Return the statements that make a shop of today one of before."""
    made = [
        f"DROP FUNCTION sanduku.{NEWS_TRIGGER}() CASCADE",
        "DROP FUNCTION sanduku.day_sum_slot()",
        "DROP INDEX sanduku.ix_payment_reconciliation_worked_on",
    ]
    for table in SUM_TABLES:
        key = _MIGRATION._KEYS[table]
        made.append(f"ALTER TABLE sanduku.{table} DROP COLUMN slot")
        made.append(f"ALTER TABLE sanduku.{table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
    for name, trigger in sum_triggers().items():
        made.append(f"DROP FUNCTION sanduku.{name}() CASCADE")
        made += [
            statement.replace(", slot)", ")").replace(", sanduku.day_sum_slot()", "")
            for statement in create_guard(trigger)
        ]
    return [*made, f"UPDATE sanduku.alembic_version SET version_num = '{_MIGRATION.down_revision}'"]


def test_an_upgrade_keeps_the_sums_and_spreads_new_ones(
    postgresql_server: PostgresqlServer,
) -> None:
    with postgresql_server.fresh_shop() as url:
        name = url.partition("?")[0].rpartition("/")[2]
        postgresql_server.execute(*_before(), database=name)
        earlier = Database(url)
        PaymentService(earlier).record(CASHIER, _sale("before"))
        earlier.close()

        engine = open_engine(url)
        schema.upgrade(engine)
        assert schema.current_revision(engine) == schema.NEWEST_REVISION
        engine.dispose()

        desk, other = Database(url), Database(url)
        with other.write(Actor(2, "kofi", Role.CASHIER), beside_others=True) as unit:
            unit.session.connection().exec_driver_sql("SELECT sanduku.day_sum_slot()")
            PaymentService(desk).record(CASHIER, _sale("after"))
        with desk.read() as session:
            slots = session.connection().exec_driver_sql("SELECT DISTINCT slot FROM payment_day")
            assert {slot for (slot,) in slots} == {0, 1}
        assert check(desk.engine) == ()
        desk.close()
        other.close()

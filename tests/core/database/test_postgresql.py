"""A shop on a PostgreSQL server: made whole, guarded by itself, read at one moment, let go of."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from core.database import schema
from core.database.engine import open_engine
from core.database.guards import guards
from core.database.postgresql.guards import changed_guards
from core.database.postgresql.many_desks import NEWS_TRIGGER
from core.database.postgresql.roles.changed import role_trigger_names
from core.database.unit_of_work import Database
from core.errors import ConflictError, ReadCancelledError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund
from tests.postgresql import PostgresqlServer

CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")


@pytest.fixture
def url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    with postgresql_server.fresh_shop() as address:
        yield address


@pytest.fixture
def shop(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def raw(shop: Database, url: str) -> Iterator[psycopg.Connection]:
    """A shop with one completed sale of 12 000 and one refund of 5 000 asked, opened by hand."""
    sale = PaymentService(shop).record(
        CASHIER,
        RecordPayment(
            key="s",
            method=PaymentMethod.CASH,
            amount_minor=12_000,
            tendered_minor=12_000,
            complete_now=True,
        ),
    )
    RefundService(shop).request(CASHIER, RequestRefund("r", sale.payment_id, 5_000, "broken"))
    with psycopg.connect(url, autocommit=True, options="-c search_path=sanduku") as connection:
        yield connection


def test_a_shop_on_a_server_begins_at_the_newest_revision(shop: Database) -> None:
    assert schema.current_revision(shop.engine) == schema.NEWEST_REVISION
    schema.upgrade(shop.engine)


def test_every_rule_of_a_shops_own_file_and_every_guard_of_a_person_is_a_trigger_on_the_server(
    raw: psycopg.Connection,
) -> None:
    rows = raw.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    assert {row[0] for row in rows} == {*guards(), *role_trigger_names(), NEWS_TRIGGER}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment SET amount_minor = 1",
        "UPDATE payment SET status = 'pending'",
        "DELETE FROM payment",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET details = ''",
        "UPDATE refund_request SET refund_amount_minor = 1",
        "UPDATE refund_request SET status = 'completed'",
        (
            "INSERT INTO refund_request (refund_id, payment_id, refund_amount_minor, currency,"
            " reason, status, refund_transaction_id, requested_by, requested_at, rejected_by,"
            " processed_by, response_notes, updated_at, version)"
            " SELECT 'x', payment_id, 7001, currency, reason, 'requested', '', requested_by,"
            " requested_at, '', '', '', updated_at, 1 FROM refund_request"
        ),
        "UPDATE invoice_line SET total_minor = 1",
        "DELETE FROM invoice",
    ],
)
def test_the_server_refuses_what_no_hand_written_sql_may_do(
    raw: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="sanduku:"):
        raw.execute(statement.encode())


def test_a_refusal_of_the_servers_guards_is_told_in_its_own_words(shop: Database) -> None:
    with shop.write(None) as unit:
        unit.audit("shop:opened", "shop", "1")
        unit.commit()
    with (
        pytest.raises(ConflictError, match=r"Nothing was changed\. Nothing is ever deleted\.$"),
        shop.write(None) as unit,
    ):
        unit.session.execute(text("DELETE FROM audit_entry"))


def test_a_database_without_a_shop_names_the_command_that_makes_one(
    postgresql_server: PostgresqlServer,
) -> None:
    postgresql_server.execute("CREATE DATABASE nothing_yet")
    engine = open_engine(postgresql_server.url("nothing_yet"))
    with pytest.raises(StorageError, match="sanduku database setup"):
        schema.upgrade(engine)
    together = [threading.Thread(target=schema.set_up, args=(engine,)) for _ in range(2)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert schema.current_revision(engine) == schema.NEWEST_REVISION
    engine.dispose()
    postgresql_server.execute("DROP DATABASE nothing_yet")


def test_an_upgrade_words_the_guards_of_a_server_anew(shop: Database) -> None:
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE sanduku.alembic_version SET version_num = '0025'"))
        connection.execute(text("DROP INDEX sanduku.ix_payment_reconciliation_worked_on"))
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION sanduku.guard_match_closed_insert() RETURNS trigger"
            " LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
        )
        assert dict(changed_guards(connection)) == {"guard_match_closed_insert": "changed"}

    schema.upgrade(shop.engine)

    with shop.engine.connect() as connection:
        assert dict(changed_guards(connection)) == {}


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca"])
def test_another_computer_must_prove_who_it_is(mode: str) -> None:
    with pytest.raises(StorageError, match="verify-full"):
        open_engine(f"postgresql://aline@shop.example/shop?sslmode={mode}")


def test_a_read_is_of_one_moment_and_changes_nothing(shop: Database) -> None:
    count = text("SELECT count(*) FROM audit_entry")
    with shop.read() as session:
        before = session.scalar(count)
        with shop.write(None) as unit:
            unit.audit("shop:opened", "shop", "1")
            unit.commit()
        assert session.scalar(count) == before
    with pytest.raises(StorageError), shop.read() as session:
        session.execute(text("CREATE TABLE sanduku.mine (id int)"))


def test_units_of_work_are_alone_unless_both_may_go_on_beside_others(shop: Database) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second(name: str, *, beside_others: bool) -> threading.Thread:
        def act() -> None:
            with shop.write(None if name == "alone" else CASHIER, beside_others=beside_others):
                order.append(name)

        thread = threading.Thread(target=act)
        thread.start()
        return thread

    with shop.write(None, beside_others=True):
        beside = second("beside", beside_others=True)
        beside.join(timeout=10)
        alone = second("alone", beside_others=False)
        alone.join(timeout=0.3)
        order.append("first")
        inside.set()
    alone.join(timeout=10)
    assert order == ["beside", "first", "alone"]


def test_a_read_that_nobody_waits_for_is_let_go_of(shop: Database) -> None:
    begun = time.monotonic()
    with (
        pytest.raises(ReadCancelledError),
        shop.read(lambda: time.monotonic() > begun + 0.1) as session,
    ):
        session.execute(text("SELECT pg_sleep(30)"))
    assert time.monotonic() < begun + 15
    with shop.read() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_sums_of_money_are_whole_numbers(shop: Database) -> None:
    with shop.read() as session:
        found = session.scalar(text("SELECT sum(amount) FROM (VALUES (5::bigint)) AS a(amount)"))
    assert found == 5
    assert type(found) is int

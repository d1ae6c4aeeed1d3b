from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from core.app import Configuration, open_shop
from core.database.audit_chains import verify_chains
from core.database.engine import open_engine, storage_error
from core.database.unit_of_work import Database
from core.errors import ConflictError, StorageError
from core.model.journal import AuditEntry, Change, OutboxJob, Topic
from core.model.payments import Payment, PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService

SALE = RecordPayment(key="k", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=5_000)


def _count(database: Database, kind: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_without_commit_nothing_is_kept(database: Database, cashier: Actor) -> None:
    with database.write(cashier) as unit:
        unit.audit("test", "payment", "x")
        unit.changed(Topic.PAYMENTS, "x")
        unit.session.flush()
    assert _count(database, AuditEntry) == 0
    assert _count(database, Change) == 0


def test_a_bug_in_the_middle_leaves_nothing(database: Database, cashier: Actor) -> None:
    with pytest.raises(ZeroDivisionError), database.write(cashier) as unit:
        unit.audit("test", "payment", "x")
        unit.session.flush()
        _ = 1 // 0
    assert _count(database, AuditEntry) == 0


def test_every_person_has_a_chain_of_their_own(
    database: Database, cashier: Actor, clerk: Actor
) -> None:
    for actor in (cashier, clerk, cashier):
        with database.write(actor) as unit:
            unit.audit("test", "payment", actor.name)
            unit.commit()
    with database.read() as session:
        rows = session.execute(
            select(AuditEntry.user_name, AuditEntry.sequence).order_by(AuditEntry.id)
        ).all()
        checked, breaks = verify_chains(session)
    assert [tuple(row) for row in rows] == [
        (cashier.name, 1),
        (clerk.name, 1),
        (cashier.name, 2),
    ]
    assert (checked, breaks) == (3, [])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET details = 'other' WHERE sequence = 2",
        "UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE sequence = 2",
        "UPDATE audit_entry SET action = 'other' WHERE sequence = 2",
        "UPDATE audit_entry SET desk = 'other' WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 2",
        "UPDATE audit_entry SET user_name = 'other' WHERE sequence = 2",
        "UPDATE audit_entry SET entry_hash = previous_hash WHERE sequence = 2",
    ],
)
def test_tampering_breaks_the_chain(tmp_path: Path, cashier: Actor, tampering: str) -> None:
    with open_shop(Configuration(tmp_path / "shop")) as shop:
        for number in range(3):
            with shop.database.write(cashier) as unit:
                unit.audit("test", "payment", str(number), amount="5000")
                unit.commit()
        with sqlite3.connect(shop.configuration.database_path) as raw:
            raw.execute("DROP TRIGGER guard_audit_entry_facts")
            raw.execute("DROP TRIGGER guard_audit_entry_delete")
            raw.execute(tampering)
        raw.close()
        with shop.database.read() as session:
            assert verify_chains(session)[1] != []


def test_a_unit_that_commits_twice_writes_each_entry_job_and_news_once(
    database: Database, cashier: Actor
) -> None:
    with database.write(cashier) as unit:
        for number in range(2):
            unit.audit("test", "payment", str(number))
            unit.enqueue("test", str(number))
            unit.changed(Topic.PAYMENTS, str(number))
            unit.commit()
    for kind in (AuditEntry, OutboxJob, Change):
        assert _count(database, kind) == 2
    with database.read() as session:
        assert verify_chains(session) == (2, [])


def test_two_writers_of_one_row_have_one_winner(database: Database, cashier: Actor) -> None:
    row = PaymentService(database).record(cashier, SALE)
    with database.read() as session:
        stale = session.scalar(select(Payment).where(Payment.payment_id == row.payment_id))
        assert stale is not None
        session.expunge(stale)
    PaymentService(database).cancel(cashier, row.payment_id)

    with pytest.raises(ConflictError, match="same moment"), database.write(cashier) as unit:
        unit.session.add(stale)
        stale.customer_notes = "changed elsewhere"
        unit.commit()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_shop_says_so(tmp_path: Path, cashier: Actor) -> None:
    with open_shop(Configuration(tmp_path / "shop")) as shop:
        path = shop.configuration.database_path
    path.chmod(stat.S_IRUSR)
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with (
            pytest.raises(StorageError, match="read-only"),
            open_shop(Configuration(tmp_path / "shop")) as shop,
        ):
            shop.payments.record(cashier, SALE)
    finally:
        path.parent.chmod(stat.S_IRWXU)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def test_a_full_disk_is_an_error_and_never_a_silent_loss(
    database: Database, cashier: Actor
) -> None:
    service = PaymentService(database)
    first = service.record(cashier, SALE)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.engine.dispose()
    limited = Database(database.url, clock=database.clock)

    @event.listens_for(limited.engine, "connect")
    def limit(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall()

    acknowledged = [first.payment_id]
    with pytest.raises(StorageError, match="disk is full"):
        for number in range(2_000):
            command = RecordPayment(
                key=f"n{number}",
                method=PaymentMethod.CASH_ON_DELIVERY,
                amount_minor=5_000,
                customer_notes="x" * 2_000,
            )
            acknowledged.append(PaymentService(limited).record(cashier, command).payment_id)
    limited.close()

    with database.read() as session:
        kept = set(session.scalars(select(Payment.payment_id)))
    assert kept == set(acknowledged)


def test_a_network_folder_is_refused() -> None:
    with pytest.raises(StorageError, match="own disk"):
        open_engine("sqlite:////server/share/shop.db".replace("////", "///\\\\"))


def test_a_disk_without_a_free_byte_is_called_full() -> None:
    refusal = sqlite3.OperationalError("disk I/O error")
    refusal.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    error = storage_error(OperationalError("BEGIN", {}, refusal))
    assert error is not None
    assert "The disk is full" in error.message

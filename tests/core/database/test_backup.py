from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.database import schema
from core.database.backup import backup, check, restore
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import ConflictError, NotFoundError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService


def take_cash(database: Database, cashier: Actor, key: str) -> str:
    command = RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=5_000,
        tendered_minor=5_000,
        complete_now=True,
    )
    return PaymentService(database).record(cashier, command).payment_id


def payments_in(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT COUNT(*) FROM payment").fetchone()[0])
    finally:
        connection.close()


@pytest.fixture
def shop_file(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


@pytest.fixture
def spoil(database: Database, bent_books: None) -> Callable[[str], None]:
    """Run one statement on the shop as somebody would who took the guards away first."""

    def run(statement: str) -> None:
        with database.engine.begin() as connection:
            triggers = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for (name,) in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
            connection.execute(text(statement))
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))

    return run


def test_a_backup_of_an_open_shop_holds_everything_in_one_file(
    database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    take_cash(database, cashier, "a")
    target = tmp_path / "backups" / "monday.db"
    target.parent.mkdir()

    backup(shop_file, target)

    assert payments_in(target) == 1
    assert [path.name for path in target.parent.iterdir()] == ["monday.db"]


def test_an_existing_backup_is_kept_unless_asked(
    database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(ConflictError, match="exists already"):
        backup(shop_file, target)
    assert target.read_text() == "precious"

    backup(shop_file, target, overwrite=True)
    assert payments_in(target) == 0


def test_a_backup_never_writes_over_the_shop_itself(database: Database, shop_file: Path) -> None:
    with pytest.raises(ConflictError, match="the shop itself"):
        backup(shop_file, shop_file, overwrite=True)


def test_a_backup_of_nothing_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        backup(tmp_path / "no.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_shop_gives_no_backup(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError, match="damaged"):
        backup(broken, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.db"]


def test_a_backup_to_a_folder_that_is_not_there_is_a_known_error(
    database: Database, shop_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="cannot be"):
        backup(shop_file, tmp_path / "nowhere" / "copy.db")


def test_restoring_brings_the_backup_back_and_keeps_the_old_shop(
    database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    take_cash(database, cashier, "a")
    saved = tmp_path / "saved.db"
    backup(shop_file, saved)
    take_cash(database, cashier, "b")
    database.close()

    kept = restore(saved, shop_file, clock=database.clock)

    assert kept is not None
    assert kept.name == "sanduku-before-restore-20260701-100000.db"
    assert payments_in(kept) == 2
    assert payments_in(shop_file) == 1


def test_a_shop_that_is_open_is_not_replaced(
    database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.db"
    backup(shop_file, saved)
    take_cash(database, cashier, "a")
    with database.read() as session:
        session.execute(text("SELECT 1 FROM payment"))
        with pytest.raises(StorageError, match="is open"):
            restore(saved, shop_file)
    assert payments_in(shop_file) == 1


def test_a_shop_may_be_restored_where_there_was_none(
    database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    take_cash(database, cashier, "a")
    saved = tmp_path / "saved.db"
    backup(shop_file, saved)
    fresh = tmp_path / "new computer" / "sanduku.db"

    assert restore(saved, fresh) is None

    assert payments_in(fresh) == 1
    again = Database(sqlite_url(fresh))
    schema.upgrade(again.engine)
    assert check(again.engine) == ()
    again.close()


@pytest.mark.parametrize("kind", ["text", "other program", "newer", "cut"])
def test_what_is_no_shop_of_a_known_version_replaces_nothing(
    kind: str, database: Database, cashier: Actor, shop_file: Path, tmp_path: Path
) -> None:
    take_cash(database, cashier, "a")
    source = tmp_path / "source.db"
    if kind == "text":
        source.write_text("hello " * 1000)
    elif kind == "other program":
        with sqlite3.connect(source) as connection:
            connection.execute("CREATE TABLE notes (x)")
        connection.close()
    else:
        backup(shop_file, source)
        if kind == "newer":
            with sqlite3.connect(source) as connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.close()
        else:
            content = source.read_bytes()
            source.write_bytes(content[: len(content) // 2])
    database.close()
    before = sorted(path.name for path in tmp_path.iterdir())

    with pytest.raises(StorageError, match=r"Nothing was changed\."):
        restore(source, shop_file)

    assert payments_in(shop_file) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


TOO_LARGE_A_REFUND = """
    INSERT INTO refund_request (refund_id, payment_id, refund_amount_minor, currency, reason,
        status, refund_transaction_id, requested_by, requested_at, rejected_by, processed_by,
        response_notes, updated_at, version)
    SELECT 'r', id, 5001, 'RWF', '', 'requested', '', 'x', created_at, '', '', '', created_at, 1
    FROM payment"""


def test_a_sound_shop_has_nothing_to_report(database: Database, cashier: Actor) -> None:
    take_cash(database, cashier, "a")
    take_cash(database, cashier, "b")
    assert check(database.engine) == ()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE invoice SET tax_minor = tax_minor + 1", "Subtotal and tax of invoice"),
        ("UPDATE invoice SET subtotal_minor = 1, tax_minor = 0, total_minor = 1", "does not say"),
        ("UPDATE payment SET invoice_number = NULL", "has no invoice number"),
        ("UPDATE payment SET status = 'refunded'", "completed refunds are not its amount"),
        ("UPDATE payment SET status = 'pending', reconciled = 1", "is reconciled but pending"),
        ("UPDATE number_series SET last_number = 3", "00003 was drawn, but no payment bears it"),
        ("UPDATE number_series SET last_number = 0", "stands at 0, behind its number 00001"),
        (TOO_LARGE_A_REFUND, "The refunds of payment"),
    ],
)
def test_each_broken_rule_is_told_in_a_sentence(
    statement: str,
    sentence: str,
    database: Database,
    cashier: Actor,
    spoil: Callable[[str], None],
) -> None:
    take_cash(database, cashier, "a")
    spoil(statement)
    assert any(sentence in told for told in check(database.engine)), check(database.engine)


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (("DROP TRIGGER guard_payment_facts",), "taken out"),
        (
            (
                "DROP TRIGGER guard_payment_facts",
                "CREATE TRIGGER guard_payment_facts BEFORE UPDATE ON payment BEGIN SELECT 1; END",
            ),
            "changed",
        ),
    ],
)
def test_a_guard_somebody_got_around_is_told(
    database: Database, bent_books: None, statements: tuple[str, ...], what: str
) -> None:
    with database.engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
    (sentence,) = check(database.engine)
    assert sentence.startswith(f"The database's guard guard_payment_facts was {what}")

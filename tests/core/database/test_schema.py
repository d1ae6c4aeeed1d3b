"""The migrations and the models are the same schema; a kill leaves the old shop or the new one."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

import core.model  # noqa: F401 - makes every mapped class known
from core.database import schema
from core.database.call_search import CALL_SEARCH_INDEX
from core.database.engine import open_engine, sqlite_url
from core.database.guards import sqlite_guards
from core.database.payment_search import SEARCH_INDEX
from core.database.refund_search import REFUND_SEARCH_INDEX
from core.database.unit_of_work import Database
from core.errors import StorageError
from core.model.base import Base
from core.permissions import Actor, Role
from core.services.customers.service import CustomerService


def _schema_of(path: Path) -> dict[str, list[str]]:
    """Return every object's SQL as a sorted list of its parts: their order carries no meaning."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).fetchall()
    connection.close()
    return {
        name: sorted(re.sub(r"[\s\"]+", " ", part).strip(" ()") for part in sql.split(","))
        for name, sql in rows
        if name != "alembic_version"
    }


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    migrated = open_engine(sqlite_url(tmp_path / "migrated.db"))
    schema.upgrade(migrated)
    migrated.dispose()
    modelled = open_engine(sqlite_url(tmp_path / "modelled.db"))
    with modelled.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text(SEARCH_INDEX))
        connection.execute(text(CALL_SEARCH_INDEX))
        connection.execute(text(REFUND_SEARCH_INDEX))
        for trigger in sqlite_guards().values():
            connection.execute(text(trigger))
    modelled.dispose()

    assert _schema_of(tmp_path / "migrated.db") == _schema_of(tmp_path / "modelled.db")


def test_the_newest_revision_is_the_one_the_program_names() -> None:
    scripts = ScriptDirectory(schema.MIGRATIONS.as_posix())
    assert scripts.get_current_head() == schema.NEWEST_REVISION


def test_a_shop_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "shop.db"))
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StorageError, match="newer version"):
        schema.upgrade(engine)
    engine.dispose()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    engine = open_engine(sqlite_url(path))

    with pytest.raises(StorageError, match="another program"):
        schema.upgrade(engine)
    engine.dispose()


def test_a_file_that_is_no_database_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "photo.db"
    path.write_bytes(b"\x89PNG\r\n" * 4_000)
    engine = open_engine(sqlite_url(path))

    with pytest.raises(StorageError, match="not a shop"):
        schema.upgrade(engine)
    engine.dispose()


def test_an_acknowledged_row_survives_a_power_cut(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "shop.db"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


_UPGRADE_AND_DIE = """
import os, sys
from sqlalchemy import event
from core.database import schema
from core.database.engine import open_engine
engine = open_engine(sys.argv[1])
steps = int(sys.argv[2])
@event.listens_for(engine, "before_cursor_execute")
def count(conn, cursor, statement, parameters, context, executemany):
    global steps
    if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE")):
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), 9)
schema.upgrade(engine)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills a process the POSIX way")
@pytest.mark.parametrize("step", [1, 20, 60, 78])
def test_a_kill_in_the_middle_of_an_upgrade_leaves_old_or_new(tmp_path: Path, step: int) -> None:
    path = tmp_path / "shop.db"
    killed = subprocess.run(
        [sys.executable, "-c", _UPGRADE_AND_DIE, sqlite_url(path), str(step)], check=False
    )
    assert killed.returncode == -signal.SIGKILL

    assert _schema_of(path) == {}
    engine = open_engine(sqlite_url(path))
    schema.upgrade(engine)
    assert schema.current_revision(engine) == schema.NEWEST_REVISION
    engine.dispose()


def test_customers_of_an_older_shop_are_found_and_its_orders_owe_nothing(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "shop.db"))
    command.upgrade(schema.migration_config(engine), "0005")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO customer (id, name, phone_number, email, tin, language, created_at,"
                " version) VALUES (1, 'Célestin Uwase', '+250788123456', 'C@x.rw', '', 'rw',"
                " '2026-01-01', 1)"
            )
        )
        connection.execute(
            text(
                'INSERT INTO "order" (id, order_number, customer_id, total_minor, currency,'
                " created_at, version) VALUES (1, '1001', 1, 5000, 'RWF', '2026-01-01', 1)"
            )
        )
    schema.upgrade(engine)
    admin = Actor(1, "ange", Role.ADMIN)
    shop = Database(sqlite_url(tmp_path / "shop.db"))
    (row,) = CustomerService(shop).page(admin, search="celestin 0788 c@x").rows
    assert (row.name, row.balances) == ("Célestin Uwase", ())
    shop.close()
    engine.dispose()

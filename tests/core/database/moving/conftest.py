"""A demo shop of some weeks in a file, and databases on the tests' server to move it to."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from core.app import App, Configuration
from core.configuration import PasswordCost
from core.database import schema
from core.database.engine import sqlite_url
from core.database.postgresql.roles.names import quoted, roles_of_database
from core.database.unit_of_work import Database
from core.demo.build import build_demo
from core.permissions import Actor, Role
from core.services.moving_up import Moved, move_up
from core.services.papers.drawing import Papers
from tests.postgresql import PostgresqlServer

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
NIGHT = NOW + timedelta(hours=20)
"""When a shop is moved: after the day's close."""
PAYMENTS = 150
LEFT = "Ångström Élise"


def configuration(folder: Path, now: datetime = NOW) -> Configuration:
    return Configuration(
        folder,
        clock=lambda: now,
        password_cost=PasswordCost(time_cost=1, memory_kib=8, parallelism=1),
        use_keyring=False,
        desk="desk 1",
    )


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder, with secrets, papers, originals and a person who was disabled."""
    folder = tmp_path_factory.mktemp("demo") / "shop"
    folder.mkdir()
    database = Database(sqlite_url(folder / "sanduku.db"), clock=lambda: NOW)
    schema.upgrade(database.engine)
    build_demo(database, folder, payments=PAYMENTS, seed=3, today=NOW, password_hash=lambda: "none")
    app = App(configuration(folder), database)
    with app.database.read() as session:
        key = session.connection().exec_driver_sql("SELECT id FROM user WHERE name = 'admin'")
        admin = Actor(int(key.scalar_one()), "admin", Role.ADMIN, desk="desk 1")
    app.users.add(admin, LEFT, Role.CASHIER, "open sesame")
    app.users.disable(admin, LEFT)
    with app.database.read() as session:
        numbers = session.connection().exec_driver_sql(
            "SELECT invoice_number FROM invoice ORDER BY id LIMIT 3"
        )
        invoices = list(numbers.scalars())
    papers = Papers(database, folder)
    for number in invoices:
        papers.render_invoice(number)
    database.close()
    return folder


@pytest.fixture
def shop(built_demo: Path, tmp_path: Path) -> Path:
    """A demo's folder of this test's own."""
    return Path(shutil.copytree(built_demo, tmp_path / "shop"))


@pytest.fixture
def address(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The address of a database that is not there yet."""
    name = f"moved_{uuid.uuid4().hex[:12]}"
    yield postgresql_server.url(name)
    forget(postgresql_server, name)


def forget(server: PostgresqlServer, name: str) -> None:
    """Take a database and all its roles away."""
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    prefix = roles_of_database(name).prefix
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles"
            " WHERE starts_with(rolname, %s) OR starts_with(rolname, %s)",
            (f"{prefix}:", f"{prefix}."),
        ).fetchall()
        if rows:
            names = ", ".join(quoted(row[0]) for row in rows)
            connection.execute(f"DROP ROLE {names}".encode())


@pytest.fixture
def move(shop: Path, address: str, tmp_path: Path) -> Callable[..., Moved]:
    """Move the shop, with what it is given besides."""
    return partial(move_up, configuration(shop, NIGHT), address, tmp_path / "service")

"""A shop of one desk is moved to a server by command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg

from core.database.postgresql.logins import login_address
from core.database.postgresql.roles.names import quoted
from tests.desktop.conftest import Typed
from tests.postgresql import PostgresqlServer


def test_one_command_moves_the_shop_and_the_file_says_where_it_went(
    shop: Path, postgresql_server: PostgresqlServer, type_in: Callable[..., Typed]
) -> None:
    address = postgresql_server.url("moved_by_command")
    try:
        folder = shop.parent / "service"
        words = ("--to", address, "--service-dir", folder, "--json", "--data-dir", shop)
        done = type_in("database", "move", *words)
        assert done.code == 0, done.err
        told = done.document
        assert told["rows"]["user"] == 4
        assert {each["login"] for each in told["people"]} == {
            "admin", "cashier", "clerk", "manager",
        }  # fmt: skip
        for each in (*told["people"], told["service"]):
            psycopg.connect(login_address(address, each["login"], each["password"])).close()

        for words in (("database", "upgrade"), ("payments", "list"), ("database", "check")):
            refused = type_in(*words, "--data-dir", shop)
            assert refused.code == 1
            assert f"it lives at {told['to']}" in refused.err
        again = type_in("database", "move", "--to", address, "--data-dir", shop)
        assert again.code == 1
        assert again.err.startswith("Nothing was moved. This shop was moved")
        checked = type_in("database", "check", "--database", address)
        assert checked.code == 0, checked.err
    finally:
        postgresql_server.execute("DROP DATABASE IF EXISTS moved_by_command WITH (FORCE)")
        with psycopg.connect(postgresql_server.url("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'moved_by_command')"
            )
            names = ", ".join(quoted(row[0]) for row in found.fetchall())
            connection.execute(f"DROP ROLE {names}".encode())


def test_a_person_reads_what_was_moved_and_the_passwords_once(
    shop: Path, postgresql_server: PostgresqlServer, type_in: Callable[..., Typed]
) -> None:
    address = postgresql_server.url("moved_for_eyes")
    try:
        done = type_in(
            "database", "move", "--to", address, "--service-dir", shop.parent, "--data-dir", shop
        )
        assert done.code == 0, done.err
        assert "rows, each compared" in done.out
        assert "looking at the books" in done.err
        password = next(
            row.split()[-1] for row in done.out.splitlines() if row.startswith("cashier")
        )
        psycopg.connect(login_address(address, "cashier", password)).close()
    finally:
        postgresql_server.execute("DROP DATABASE IF EXISTS moved_for_eyes WITH (FORCE)")


def test_a_shop_on_a_server_or_no_server_at_all_is_no_move(
    shop: Path, type_in: Callable[..., Typed]
) -> None:
    for words in (
        ("--to", "sqlite:///other.db", "--data-dir", shop),
        ("--to", "postgresql://here/", "--data-dir", shop),
        ("--to", "postgresql://localhost/b", "--database", "postgresql://localhost/a"),
    ):
        done = type_in("database", "move", *words)
        assert done.code == 1
        assert "Traceback" not in done.err

"""A shop on a server by command line."""

from __future__ import annotations

from collections.abc import Callable

from core.database import schema
from tests.desktop.conftest import Typed
from tests.postgresql import PostgresqlServer


def test_one_command_makes_the_shop_and_a_second_finds_it(
    postgresql_server: PostgresqlServer, type_in: Callable[..., Typed]
) -> None:
    postgresql_server.execute("CREATE DATABASE by_command")
    address = postgresql_server.url("by_command")
    nothing = type_in("database", "upgrade", "--database", address)
    assert (nothing.code, "sanduku database setup" in nothing.err) == (1, True)
    for _ in range(2):
        done = type_in("database", "setup", "--database", address)
        assert (done.code, f"version {schema.NEWEST_REVISION}" in done.out) == (0, True), done.err
    upgraded = type_in("database", "upgrade", "--database", address)
    assert upgraded.code == 0, upgraded.err
    postgresql_server.execute("DROP DATABASE by_command")


def test_a_shop_of_one_desk_needs_no_setup(type_in: Callable[..., Typed]) -> None:
    done = type_in("database", "setup")
    assert done.code == 1
    assert done.err.startswith("Nothing was changed. A shop of one desk needs no setup")

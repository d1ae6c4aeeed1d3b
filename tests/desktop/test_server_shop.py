"""A shop on a server by command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.database import schema
from tests.core.database.postgresql.peopled_shop import peopled_shop
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


@pytest.mark.parametrize("login", ["", "mary", "ann", "service", "aline"])
def test_books_and_trail_are_checked_over_everybody_s_login_who_sees_them_whole(
    postgresql_server: PostgresqlServer, type_in: Callable[..., Typed], login: str
) -> None:
    with peopled_shop(postgresql_server) as shop:
        address = shop.url(login) if login else shop.owner_url
        checked = type_in("database", "check", "--database", address)
        verified = type_in("audit", "verify", "--database", address)
    if login == "aline":
        assert checked.code == verified.code == 1
        assert checked.err.startswith("Nothing was checked."), checked.err
    else:
        assert (checked.code, "all is well" in checked.out) == (0, True), checked.err
        assert (verified.code, "every chain holds" in verified.out) == (0, True), verified.err


def test_a_shop_of_one_desk_needs_no_setup(type_in: Callable[..., Typed]) -> None:
    done = type_in("database", "setup")
    assert done.code == 1
    assert done.err.startswith("Nothing was changed. A shop of one desk needs no setup")


def test_a_shop_is_saved_looked_into_and_brought_back_by_command(
    postgresql_server: PostgresqlServer,
    type_in: Callable[..., Typed],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql_server.tools}{os.pathsep}{os.environ['PATH']}")
    saved = tmp_path / "shop.dump"
    with postgresql_server.fresh_shop() as address:
        done = type_in("database", "backup", str(saved), "--database", address)
        assert done.code == 0, done.err
        told = type_in("database", "look", str(saved), "--database", address)
        assert (told.code, "every audit chain holds" in told.out) == (0, True), told.err
        refused = type_in("database", "restore", str(saved), "--database", address)
        assert (refused.code, "a shop in this database already" in refused.err) == (1, True)
    postgresql_server.execute("CREATE DATABASE brought_back")
    target = postgresql_server.url("brought_back")
    restored = type_in("database", "restore", str(saved), "--database", target)
    assert restored.code == 0, restored.err
    assert type_in("database", "check", "--database", target).code == 0
    postgresql_server.execute("DROP DATABASE brought_back")
    needs_server = type_in("database", "look", str(saved))
    assert "name the server with --database" in needs_server.err

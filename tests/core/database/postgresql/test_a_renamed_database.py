"""A shop whose database was renamed on its server: its logins follow once its owner says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from core.database.consistency import check
from core.database.postgresql.roles.names import roles_of_database
from desktop.__main__ import run
from desktop.cli.common import Invocation
from tests.core.database.postgresql.peopled_shop import PASSWORD, PeopledShop, peopled_shop
from tests.postgresql import PostgresqlServer


@contextmanager
def renamed(shop: PeopledShop) -> Iterator[PeopledShop]:
    """Yield the shop under its database's new name, which it has for that long."""
    shop.close()
    shop.opened.clear()
    name = f"renamed_{uuid.uuid4().hex[:12]}"
    shop.server.execute(f"ALTER DATABASE {shop.database} RENAME TO {name}")
    moved = PeopledShop(shop.server, name, roles_of_database(name), owner=shop.owner)
    try:
        yield moved
    finally:
        moved.close()
        shop.server.execute(f"ALTER DATABASE {name} RENAME TO {shop.database}")


def upgrade(shop: PeopledShop) -> int:
    return run(["database", "upgrade", "--database", shop.owner_url], Invocation())


@pytest.mark.parametrize("is_superuser", [True, False], ids=["superuser", "maker of roles"])
def test_everybody_signs_in_with_their_password_after_an_upgrade_follows_the_name(
    postgresql_server: PostgresqlServer,
    capsys: pytest.CaptureFixture[str],
    *,
    is_superuser: bool,
) -> None:
    keeper = ""
    if not is_superuser:
        keeper = f"keeper_{uuid.uuid4().hex[:8]}"
        postgresql_server.execute(
            f"CREATE ROLE {keeper} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'"
        )
    with peopled_shop(postgresql_server, keeper) as shop:
        with renamed(shop) as moved:
            with pytest.raises(psycopg.OperationalError, match="authentication failed"):
                moved.connect("aline")
            assert upgrade(moved) == 0
            assert "bear the database's new name now" in capsys.readouterr().out
            moved.connect("aline").close()
            moved.connect("service").close()
            with (
                moved.connect("mary") as mary,
                pytest.raises(psycopg.Error, match="permission denied"),
            ):
                mary.execute("UPDATE sanduku.payment SET amount_minor = 1")
            assert check(moved.owned().engine) == ()
            assert upgrade(moved) == 0
            assert "new name" not in capsys.readouterr().out
        assert upgrade(shop) == 0
        shop.connect("aline").close()


def test_a_copy_beside_its_original_leaves_the_original_s_logins_alone(
    postgresql_server: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with peopled_shop(postgresql_server) as shop:
        shop.close()
        shop.opened.clear()
        name = f"copied_{uuid.uuid4().hex[:12]}"
        postgresql_server.execute(f"CREATE DATABASE {name} TEMPLATE {shop.database}")
        copy = PeopledShop(postgresql_server, name, roles_of_database(name))
        assert upgrade(copy) == 0
        assert "new name" not in capsys.readouterr().out
        shop.connect("aline").close()
        postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_name_whose_roles_are_left_of_an_earlier_shop_is_refused(
    postgresql_server: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with peopled_shop(postgresql_server) as shop:
        with renamed(shop) as moved:
            left = moved.roles.login("mole")
            postgresql_server.execute(f'CREATE ROLE "{left}" LOGIN')
            assert upgrade(moved) == 1
            refused = capsys.readouterr().err
            assert "Nothing was changed." in refused
            assert left in refused
            postgresql_server.execute(f'DROP ROLE "{left}"')
        shop.connect("aline").close()

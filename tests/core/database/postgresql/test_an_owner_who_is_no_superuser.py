"""A shop on a server that others run: its owner makes roles and databases, and is no superuser."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from core.database import schema
from core.database.consistency import check
from core.database.engine import open_engine
from core.database.postgresql import dumps
from core.database.postgresql.roles.names import roles_of_database
from core.database.postgresql.roles.protect import protect
from core.errors import StorageError
from tests.core.database.postgresql.attacking import attacked, lay_out
from tests.core.database.postgresql.attacks import ATTACKS, LAWFUL
from tests.core.database.postgresql.peopled_shop import (
    PASSWORD,
    PEOPLE,
    PeopledShop,
    peopled_shop,
)
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def keeper(postgresql_server: PostgresqlServer) -> str:
    """Make the login that a rented server gives, and return its name."""
    name = f"keeper_{uuid.uuid4().hex[:8]}"
    postgresql_server.execute(f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'")
    return name


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer, keeper: str) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server, keeper) as made:
        yield made


def test_a_shop_made_by_who_may_make_roles_lets_nobody_do_what_is_not_theirs(
    shop: PeopledShop,
) -> None:
    names = lay_out(shop)
    # Only a superuser can take the right to make large objects away.
    attacks = [each for each in ATTACKS if "lo_" not in each.statement]
    outcome = attacked(shop, names, attacks)
    assert outcome.through == []
    assert outcome.meaningless == []
    assert len(attacked(shop, names, LAWFUL).through) == len(LAWFUL)


def test_its_owner_protects_it_again_and_finds_nothing_changed(shop: PeopledShop) -> None:
    with shop.owned().engine.begin() as connection:
        protect(connection)
    assert [each for each in check(shop.owned().engine) if "guard" in each] == []


def test_its_owner_saves_it_and_brings_it_back(
    postgresql_server: PostgresqlServer,
    keeper: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql_server.tools}{os.pathsep}{os.environ['PATH']}")
    saved = tmp_path / "shop.dump"
    with peopled_shop(postgresql_server, keeper) as lost:
        dumps.backup(lost.owner_url, saved)
    name = f"returned_{uuid.uuid4().hex[:12]}"
    postgresql_server.execute(f"CREATE DATABASE {name} OWNER {keeper} TEMPLATE template0")
    returned = PeopledShop(postgresql_server, name, roles_of_database(name), owner=keeper)
    assert dumps.look(returned.owner_url, saved).problems == ()
    restored = dumps.restore(returned.owner_url, saved)
    assert sorted(restored.without_password) == sorted([*PEOPLE, "sanduku"])
    assert check(returned.owned().engine) == ()
    returned.close()
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("rights", "is_owner", "words"),
    [("CREATEROLE", False, "does not own the database"), ("CREATEDB", True, "may not make roles")],
)
def test_who_lacks_a_right_is_told_which_and_nothing_is_made(
    postgresql_server: PostgresqlServer, rights: str, words: str, *, is_owner: bool
) -> None:
    login, name = f"poor_{uuid.uuid4().hex[:8]}", f"poor_{uuid.uuid4().hex[:8]}"
    postgresql_server.execute(
        f"CREATE ROLE {login} LOGIN {rights} PASSWORD '{PASSWORD}'",
        f"CREATE DATABASE {name}" + (f" OWNER {login}" if is_owner else ""),
    )
    url = make_url(postgresql_server.url(name)).set(username=login, password=PASSWORD)
    engine = open_engine(url.render_as_string(hide_password=False))
    with pytest.raises(StorageError, match=words) as refused:
        schema.set_up(engine)
    assert refused.value.message.startswith("Nothing was changed.")
    assert schema.current_revision(engine) is None
    engine.dispose()
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")

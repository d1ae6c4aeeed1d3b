"""A shop on a server is saved and brought back whole: books, roles, rights and guards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from core.database.audit_chains import verify_chains
from core.database.backup import is_of_server
from core.database.consistency import check
from core.database.postgresql import dumps
from core.database.postgresql.logins import Logins, connect, login_address
from core.database.postgresql.roles.names import roles_of_database
from core.errors import ConflictError, NotFoundError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.core.database.postgresql.attacking import attacked, lay_out
from tests.core.database.postgresql.attacks import ATTACKS, LAWFUL
from tests.core.database.postgresql.peopled_shop import (
    PASSWORD,
    PEOPLE,
    PeopledShop,
    peopled_shop,
)
from tests.postgresql import PostgresqlServer


@pytest.fixture(autouse=True)
def _tools(postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{postgresql_server.tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


@contextmanager
def an_empty_database(server: PostgresqlServer, name: str = "") -> Iterator[PeopledShop]:
    name = name or f"returned_{uuid.uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    returned = PeopledShop(server, name, roles_of_database(name))
    try:
        yield returned
    finally:
        returned.close()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _let_in(shop: PeopledShop) -> None:
    """Give everybody a password again, as the server's owner and then an admin do."""
    logins = Logins(shop.owned())
    for person in (*PEOPLE, "sanduku"):
        logins.set_password(None, person, PASSWORD)
        logins.enable(None, person)


_DIGEST = (
    "SELECT (SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM sanduku.payment p),"
    " (SELECT md5(string_agg(r::text, '|' ORDER BY id)) FROM sanduku.refund_request r),"
    " (SELECT md5(string_agg(entry_hash, '|' ORDER BY id)) FROM sanduku.audit_entry),"
    " (SELECT md5(string_agg(content, '|' ORDER BY place)) FROM sanduku.sealed_secret)"
)


def _digest(shop: PeopledShop) -> list[object]:
    with shop.owned().engine.connect() as connection:
        return list(connection.exec_driver_sql(_DIGEST).one())


def test_a_shop_comes_back_with_all_its_rows_and_people_work_on(
    shop: PeopledShop, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    dumps.backup(shop.owner_url, saved)
    assert is_of_server(saved)
    assert saved.stat().st_mode & 0o077 == 0
    before = _digest(shop)
    with an_empty_database(shop.server) as returned:
        restored = dumps.restore(returned.owner_url, saved)
        assert sorted(restored.without_password) == sorted([*PEOPLE, "sanduku"])
        assert _digest(returned) == before
        with pytest.raises(psycopg.OperationalError):
            returned.connect("aline")
        _let_in(returned)
        sale = RecordPayment(
            key="after", method=PaymentMethod.CASH, amount_minor=500, tendered_minor=500
        )
        PaymentService(returned.opened_by("aline")).record(returned.actor("aline"), sale)
        assert check(returned.owned().engine) == ()
        with returned.opened_by("mary").read() as session:
            assert verify_chains(session)[1] == []


def test_after_a_restore_nobody_does_what_is_not_theirs(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    with peopled_shop(postgresql_server) as shop:
        names = lay_out(shop)
        dumps.backup(shop.owner_url, saved)
    with an_empty_database(postgresql_server) as returned:
        # What is laid out to be attacked was written without its books.
        dumps.restore(returned.owner_url, saved, accept_problems=True)
        _let_in(returned)
        there = {**names, "prefix": returned.roles.prefix, "database": returned.database}
        outcome = attacked(returned, there, ATTACKS)
        assert outcome.through == []
        assert outcome.meaningless == []
        assert len(attacked(returned, there, LAWFUL).through) == len(LAWFUL)


def test_a_shop_that_stands_beside_the_one_it_is_a_copy_of_shares_no_login_with_it(
    shop: PeopledShop, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    dumps.backup(shop.owner_url, saved)
    with an_empty_database(shop.server) as copy:
        dumps.restore(copy.owner_url, saved)
        theirs = login_address(copy.owner_url, "aline", PASSWORD, shop.roles)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(make_url(theirs))
        shop.connect("aline").close()


def test_logins_that_are_still_there_go_on_but_for_whom_the_shop_sent_away_since(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    with peopled_shop(postgresql_server) as lost:
        dumps.backup(lost.owner_url, saved)
        logins = Logins(lost.owned())
        logins.disable(None, "kofi")
        logins.make(None, "paul", "paul", Role.MANAGER, PASSWORD)
        lost.as_owner(
            f'REVOKE "{lost.roles.prefix}:manager" FROM "{lost.roles.prefix}.musa"',
            f'GRANT "{lost.roles.prefix}:cashier" TO "{lost.roles.prefix}.musa"',
        )
    with an_empty_database(postgresql_server, lost.database) as returned:
        restored = dumps.restore(returned.owner_url, saved)
        assert restored.without_password == ("kofi", "musa")
        for name in ("aline", "mary", "ann", "service"):
            returned.connect(name).close()
        for name in ("kofi", "musa", "paul"):
            with pytest.raises(psycopg.OperationalError):
                returned.connect(name)
        ann = returned.actor("ann")
        admin = Logins(returned.opened_by("ann"))
        admin.set_password(ann, "musa", PASSWORD)
        admin.enable(ann, "musa")
        with returned.connect("musa") as musa:
            assert musa.execute("SELECT acting_group()").fetchone() == ("manager",)


def test_a_backup_whose_books_do_not_agree_is_refused_and_nothing_of_it_stays(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    with peopled_shop(postgresql_server) as forged:
        forged.as_owner(
            "SET session_replication_role = replica;"
            " UPDATE sanduku.audit_entry SET details = '{}' WHERE id = 3"
        )
        dumps.backup(forged.owner_url, saved)
    with an_empty_database(postgresql_server) as target:
        with pytest.raises(StorageError, match="The chain of"):
            dumps.restore(target.owner_url, saved)
        with target.owned().engine.connect() as connection:
            found = connection.execute(text("SELECT to_regnamespace('sanduku')::oid")).scalar()
        assert found is None
        assert dumps.look(target.owner_url, saved).problems
        dumps.restore(target.owner_url, saved, accept_problems=True)
        assert check(target.owned().engine) != ()


def test_a_look_tells_what_a_backup_holds_and_leaves_nothing_on_the_server(
    shop: PeopledShop, tmp_path: Path
) -> None:
    saved = tmp_path / "shop.dump"
    dumps.backup(shop.owner_url, saved)
    left = "SELECT datname FROM pg_database WHERE datname LIKE 'sanduku_look%' UNION ALL"
    left += " SELECT rolname FROM pg_roles WHERE rolname LIKE 'sanduku_look%'"
    found = dumps.look(shop.server.url("postgres"), saved)
    assert found.problems == ()
    assert set(found.people) == set(PEOPLE)
    assert (found.payments, found.refunds) == (2, 1)
    assert found.last_act_at is not None
    with psycopg.connect(shop.owner_url) as connection:
        assert connection.execute(left.encode()).fetchall() == []


def test_a_shop_that_is_there_is_never_written_over(shop: PeopledShop, tmp_path: Path) -> None:
    saved = tmp_path / "shop.dump"
    dumps.backup(shop.owner_url, saved)
    before = _digest(shop)
    with pytest.raises(ConflictError, match="already"):
        dumps.restore(shop.owner_url, saved)
    with pytest.raises(ConflictError, match="exists already"):
        dumps.backup(shop.owner_url, saved)
    assert _digest(shop) == before


def test_a_restore_that_was_killed_begins_anew(
    shop: PeopledShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "shop.dump"
    dumps.backup(shop.owner_url, saved)
    with an_empty_database(shop.server) as target:
        dumps._load(target.owned().engine, saved)  # as far as the kill
        with target.owned().engine.connect() as connection:
            can_come_in = connection.execute(
                text(
                    "SELECT count(*) FROM pg_roles r WHERE rolcanlogin AND NOT rolsuper"
                    " AND has_schema_privilege(r.oid, 'sanduku', 'USAGE')"
                )
            ).scalar()
        assert can_come_in == 0
        dumps.restore(target.owner_url, saved)
        assert _digest(target) == _digest(shop)


def test_what_is_no_backup_of_a_shop_is_named_so(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    (tmp_path / "photo").write_bytes(b"\x89PNG\r\n" * 100)
    (tmp_path / "cut").write_bytes(b"PGDMP" + b"\0" * 100)
    with an_empty_database(postgresql_server) as target:
        for name, words in (("photo", "no backup"), ("cut", "could not do its work")):
            with pytest.raises(StorageError, match=words):
                dumps.restore(target.owner_url, tmp_path / name)
        with pytest.raises(NotFoundError):
            dumps.restore(target.owner_url, tmp_path / "missing")
        with pytest.raises(NotFoundError, match="no shop"):
            dumps.backup(target.owner_url, tmp_path / "empty")


def test_a_tool_that_is_missing_or_older_than_the_server_is_named(
    shop: PeopledShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "shop.dump"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match="pg_dump is missing on this computer"):
        dumps.backup(shop.owner_url, target)
    old = shop.server.tools.parents[1] / "pginstall" / "bin"
    if old == shop.server.tools:
        pytest.skip("the server is of the oldest version there is here")
    monkeypatch.setenv("PATH", str(old))
    with pytest.raises(StorageError, match="of version 16: install"):
        dumps.backup(shop.owner_url, target)
    assert not target.exists()

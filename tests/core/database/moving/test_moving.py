"""A shop of one desk is carried over whole: everything is kept, counted and compared."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

from core.app import App, open_shop
from core.database.audit_chains import ChainHead, verify_chains
from core.database.consistency import check
from core.database.engine import open_engine
from core.database.moving.people import login_names
from core.database.postgresql.login_names import login_of
from core.database.postgresql.logins import login_address
from core.database.unit_of_work import Database
from core.errors import ConflictError, KnownError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.moving_up import Moved, confirm, move_up
from core.services.payments.rules import RecordPayment
from core.services.sealed_secrets import ciphertext
from core.services.secrets import SecretBox
from tests.core.database.moving.conftest import LEFT, NIGHT, NOW, PAYMENTS, configuration, forget
from tests.core.services.test_both_databases_agree import QUESTIONS
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def before_and_after(
    built_demo: Path, postgresql_server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[App, App, Moved]]:
    """The demo in its file, and the shop on the server that another copy of it became."""
    folder = tmp_path_factory.mktemp("moved")
    file, moving = (Path(shutil.copytree(built_demo, folder / name)) for name in ("file", "moving"))
    there = postgresql_server.url("moved_demo")
    moved = move_up(configuration(moving, NIGHT), there, folder / "service")
    opened = [
        App(configuration(own), Database(url, clock=lambda: NOW))
        for own, url in (
            (file, f"sqlite:///{file / 'sanduku.db'}"),
            (folder / "service", there),
        )
    ]
    yield opened[0], opened[1], moved
    for each in opened:
        each.database.close()
    forget(postgresql_server, "moved_demo")


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_list_and_report_answers_as_before(
    before_and_after: tuple[App, App, Moved], name: str
) -> None:
    file, server, _ = before_and_after
    assert QUESTIONS[name](server) == QUESTIONS[name](file)


def test_every_row_is_counted_and_every_chain_goes_on_from_its_own_head(
    before_and_after: tuple[App, App, Moved],
) -> None:
    file, server, moved = before_and_after
    rows = dict(moved.rows)
    assert rows["payment"] == PAYMENTS
    assert sum(rows.values()) > 2_000
    with file.database.read() as session:
        for table, count in moved.rows:
            found = session.connection().exec_driver_sql(f'SELECT COUNT(*) FROM "{table}"')
            assert (table, found.scalar()) == (table, count)
    paid = {each.state: each.sum_minor for each in moved.money if each.table == "payment"}
    assert paid["completed"] > 0
    heads = [ChainHead(each.user_name, each.entries, each.entry_hash) for each in moved.chains]
    assert len(heads) >= 4
    with server.database.read() as session:
        checked, breaks = verify_chains(session, heads)
    assert breaks == []
    # What the move wrote itself: that it was, and a password for each who may sign in.
    assert checked == rows["audit_entry"] + 1 + 4


def test_papers_and_originals_lie_in_the_services_folder(
    before_and_after: tuple[App, App, Moved],
) -> None:
    file, server, moved = before_and_after
    for folder in ("documents", "archive"):
        mine, there = (
            {
                path.relative_to(app.configuration.data_dir): path.read_bytes()
                for path in (app.configuration.data_dir / folder).rglob("*")
                if path.is_file()
            }
            for app in (file, server)
        )
        assert mine == there != {}, folder
    assert moved.files > 3


def test_secrets_are_sealed_for_the_service_with_a_key_of_its_own(
    before_and_after: tuple[App, App, Moved],
) -> None:
    file, server, moved = before_and_after
    question = "SELECT api_key_encrypted FROM mtn_mobile_money_provider ORDER BY id LIMIT 1"
    with file.database.read() as session:
        mine = str(session.connection().exec_driver_sql(question).scalar())
    with server.database.read() as session:
        kept = str(session.connection().exec_driver_sql(question).scalar())
        there = ciphertext(session, kept)
    assert kept.startswith("sealed:")
    assert there != mine
    plain = SecretBox(file.configuration.data_dir, use_keyring=False).decrypt(mine)
    assert plain
    assert SecretBox(server.configuration.data_dir, use_keyring=False).decrypt(there) == plain
    assert moved.secrets >= 2


def test_everybody_signs_in_with_the_password_told_and_who_was_disabled_does_not(
    before_and_after: tuple[App, App, Moved],
) -> None:
    _, server, moved = before_and_after
    url = server.database.url
    people = {each.name: each for each in moved.people}
    assert people[LEFT].login == "angstrom_elise"
    assert (people[LEFT].is_active, people[LEFT].password) == (False, "")
    for login, password in [
        *((each.login, each.password) for each in moved.people if each.is_active),
        (moved.service.login, moved.service.password),
    ]:
        with psycopg.connect(login_address(url, login, password)) as connection:
            assert connection.execute("SELECT count(*) FROM sanduku.payment").fetchone()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(login_address(url, people[LEFT].login, "sesame"))
    with server.database.read() as session:
        kept = session.connection().exec_driver_sql(
            "SELECT DISTINCT password_hash FROM sanduku.user"
        )
        assert list(kept.scalars()) == [""]


def test_a_moved_shop_goes_on_where_the_file_ended(
    move: Callable[..., Moved], address: str
) -> None:
    move()
    database = Database(address, clock=lambda: NOW)
    app = App(configuration(Path("nowhere")), database)
    cashier = Actor(1, "cashier", Role.CASHIER, desk="desk 1")
    for key in ("a", "b"):
        app.payments.record(
            cashier,
            RecordPayment(
                key=key,
                method=PaymentMethod.CASH,
                amount_minor=12_000,
                tendered_minor=12_000,
                complete_now=True,
            ),
        )
    assert check(database.engine) == ()
    database.close()


def test_a_moved_shop_has_every_object_that_a_new_one_has(
    move: Callable[..., Moved], address: str, postgresql_server: PostgresqlServer
) -> None:
    move()
    with postgresql_server.fresh_shop() as fresh:
        assert _objects(address) == _objects(fresh)


_CATALOGUE = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default, collation_name,
  generation_expression FROM information_schema.columns WHERE table_schema = 'sanduku';
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'sanduku';
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'sanduku'::regnamespace;
SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
  WHERE NOT tgisinternal;
SELECT 'right', relname, relacl::text FROM pg_class WHERE relnamespace = 'sanduku'::regnamespace
"""


def _objects(address: str) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    with psycopg.connect(address) as connection:
        found_prefix = connection.execute("SELECT sanduku.role_prefix()").fetchone()
        prefix = str(found_prefix[0]) if found_prefix else ""
        for question in _CATALOGUE.split(";"):
            for row in connection.execute(question.encode()):
                # Every shop's roles are named after its database.
                found.add(tuple(str(value).replace(prefix, "SHOP") for value in row))
    return found


def test_the_file_says_where_the_shop_lives_and_is_none_any_more(
    shop: Path, move: Callable[..., Moved], address: str
) -> None:
    moved = move()
    assert make_url(address).database in moved.place
    with pytest.raises(StorageError, match="the end was not told"):
        open_shop(configuration(shop)).close()
    confirm(shop / "sanduku.db")
    with pytest.raises(
        StorageError, match=f"Nothing was changed.*lives at {re.escape(moved.place)}"
    ):
        open_shop(configuration(shop)).close()
    with pytest.raises(ConflictError, match=r"Nothing was moved.*lives at"):
        move()


def test_what_was_not_told_is_found_out_and_everybody_gets_another_password(
    move: Callable[..., Moved], address: str
) -> None:
    first = move()
    again = move()
    assert again.was_there_already
    assert [each.login for each in again.people] == [each.login for each in first.people]
    for each, before in zip(again.people, first.people, strict=True):
        if each.is_active:
            psycopg.connect(login_address(address, each.login, each.password)).close()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(login_address(address, each.login, before.password))
    engine = open_engine(address)
    assert check(engine) == ()
    engine.dispose()


def test_a_move_that_never_arrived_is_begun_anew(
    move: Callable[..., Moved], address: str, postgresql_server: PostgresqlServer
) -> None:
    first = move()
    # As if the end had come between the file's mark and the server's commit.
    forget(postgresql_server, str(make_url(address).database))
    again = move()
    assert not again.was_there_already
    assert again.rows == first.rows


def test_a_commit_whose_answer_is_lost_is_looked_up_and_the_file_is_the_shop_again(
    shop: Path, move: Callable[..., Moved], address: str, postgresql_server: PostgresqlServer
) -> None:
    name = make_url(address).database
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    def lose_the_server(connection: Connection) -> None:
        # The file's only commit is that of its mark, just before the server's.
        if connection.dialect.name == "sqlite":
            event.remove(Engine, "commit", lose_the_server)
            postgresql_server.execute(ended)

    event.listen(Engine, "commit", lose_the_server)
    with pytest.raises(StorageError, match="Nothing was changed"):
        move()
    open_shop(configuration(shop)).close()
    assert not move().was_there_already


def test_a_shop_whose_chain_was_changed_is_refused(shop: Path, move: Callable[..., Moved]) -> None:
    with sqlite3.connect(shop / "sanduku.db") as connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'guard_audit_entry_facts'"
        ).fetchone()
        connection.execute("DROP TRIGGER guard_audit_entry_facts")
        connection.execute("UPDATE audit_entry SET details = '{}' WHERE id = 40")
        connection.execute(guard)
    connection.close()
    with pytest.raises(StorageError, match=r"Nothing was moved.*the entry was changed"):
        move()
    open_shop(configuration(shop)).close()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("CREATE TABLE public.recipes (id int)", "not empty .public.recipes"),
        ("CREATE SCHEMA sanduku; CREATE TABLE sanduku.payment (id int)", "a shop in this database"),
    ],
)
def test_a_database_that_is_not_empty_is_refused_and_left(
    shop: Path,
    move: Callable[..., Moved],
    address: str,
    postgresql_server: PostgresqlServer,
    found: str,
    words: str,
) -> None:
    name = str(make_url(address).database)
    postgresql_server.execute(f"CREATE DATABASE {name}")
    postgresql_server.execute(*found.split("; "), database=name)
    with pytest.raises(StorageError, match=f"Nothing was moved.*{words}"):
        move()
    open_shop(configuration(shop)).close()


def test_logins_of_an_earlier_shop_of_this_name_are_not_let_in(
    move: Callable[..., Moved], address: str, postgresql_server: PostgresqlServer
) -> None:
    name = str(make_url(address).database)
    postgresql_server.execute(f'CREATE ROLE "{name}.cashier" LOGIN')
    with pytest.raises(StorageError, match=rf"Nothing was moved.*{name}\.cashier"):
        move()


def test_a_shop_that_is_open_elsewhere_is_refused(shop: Path, move: Callable[..., Moved]) -> None:
    with open_shop(configuration(shop)) as app:
        app.settings.load()
        with pytest.raises(StorageError, match=r"Nothing was moved.*close it first"):
            move()


def test_secrets_that_cannot_be_opened_here_are_left_behind_only_when_asked(
    shop: Path, move: Callable[..., Moved], address: str
) -> None:
    (shop / "secrets.key").unlink()
    SecretBox(shop, use_keyring=False).encrypt("another key")
    with pytest.raises(KnownError, match=r"Nothing was moved.*--leave-secrets"):
        move()
    assert move(leave_secrets=True).secrets == 0
    with psycopg.connect(address) as connection:
        kept = connection.execute("SELECT count(*) FROM sanduku.sealed_secret").fetchone()
        assert kept == (0,)


@pytest.mark.parametrize(
    ("bend", "words"),
    [
        ("UPDATE payment SET customer_name = 'a' || char(0) WHERE id = 5", "A row of payment"),
        ("CREATE TABLE recipes (name TEXT)", "not the shop's: recipes"),
        ("UPDATE alembic_version SET version_num = '0019'", "sanduku database upgrade"),
    ],
)
def test_what_a_server_cannot_keep_is_named(
    shop: Path, move: Callable[..., Moved], bend: str, words: str
) -> None:
    with sqlite3.connect(shop / "sanduku.db") as connection:
        connection.execute(bend)
    connection.close()
    with pytest.raises(StorageError, match=f"Nothing was moved.*{words}"):
        move()


def test_logins_are_those_a_sign_in_reckons_and_never_alike() -> None:
    names = ["Aline", "ALINE ", "Uwase Marie-Claire", "2nd till", "明", "service", "x" * 40]
    assert login_names(names) == {
        "Aline": "aline",
        "ALINE ": "aline2",
        "Uwase Marie-Claire": "uwase_marie_claire",
        "2nd till": login_of("2nd till"),
        "明": login_of("明"),
        "service": "service2",
        "x" * 40: login_of("x" * 40),
    }
    assert {login_of(login) for login in ("aline2", "service2")} == {"aline2", "service2"}

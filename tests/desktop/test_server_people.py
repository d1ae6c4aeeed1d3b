"""People of a shop on a server by command line: the first admin, the others, and acting as one."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from core.app import open_shop
from core.database.postgresql.logins import connect, login_address
from desktop.__main__ import run
from desktop.cli.common import Invocation
from desktop.shop import configuration_of, for_a_person
from tests.desktop.conftest import Typed
from tests.postgresql import PostgresqlServer

PASSWORD = "a long password"


@pytest.fixture
def type_now(capsys: pytest.CaptureFixture[str]) -> Callable[..., Typed]:
    """Run a command line by the clock of this computer, which a server compares with its own."""

    def typed(*words: str) -> Typed:
        capsys.readouterr()
        code = run(list(words), Invocation())
        return Typed(code, *capsys.readouterr())

    return typed


@pytest.fixture
def owner_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    name = f"typed_{uuid.uuid4().hex[:12]}"
    postgresql_server.execute(f"CREATE DATABASE {name}")
    yield postgresql_server.url(name)
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_setup_lets_the_first_admin_in_who_lets_in_all_others(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = type_now("database", "setup", "--database", owner_url)
    assert first.code == 0, first.err
    assert "Nobody may sign in yet" in first.out
    assert "The service has no login yet" in first.out
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANDUKU_SERVICE_PASSWORD", PASSWORD)
    done = type_now("database", "setup", "--admin", "Ange", "--database", owner_url)
    assert done.code == 0, done.err
    assert "Ange may sign in now, as admin" in done.out
    again = type_now("database", "setup", "--admin", "Mole", "--database", owner_url)
    assert (again.code, "Mole" in again.out) == (0, False)
    connect(make_url(login_address(owner_url, "service", PASSWORD))).close()

    monkeypatch.setenv("SANDUKU_DATABASE", owner_url)
    refused = type_now("users", "list")
    assert (refused.code, "Set SANDUKU_USER" in refused.err) == (1, True)
    monkeypatch.setenv("SANDUKU_USER", "ange")
    monkeypatch.setenv("SANDUKU_PASSWORD", "not this one")
    assert "name or the password is wrong" in type_now("users", "list").err
    monkeypatch.setenv("SANDUKU_PASSWORD", PASSWORD)
    added = type_now("users", "add", "Aline M.", "--role", "cashier")
    assert (added.code, added.out.strip()) == (0, "Aline M. may sign in now, as cashier"), added.err
    listed = type_now("users", "list", "--json").document
    assert [(row["name"], row["role"], row["active"]) for row in listed] == [
        ("Aline M.", "cashier", True),
        ("Ange", "admin", True),
    ]
    assert type_now("payments", "list", "--json").document == []
    assert type_now("users", "disable", "aline m").code == 1
    disabled = type_now("users", "disable", "aline m.")
    assert disabled.code == 0, disabled.err
    monkeypatch.setenv("SANDUKU_USER", "Aline M.")
    assert "disabled" in type_now("payments", "list", "--json").err
    monkeypatch.setenv("SANDUKU_USER", "ange")
    assert type_now("users", "enable", "aline m.").out.strip() == "Aline M. may sign in again"
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", "another long one")
    assert type_now("users", "password", "aline m.").code == 0
    monkeypatch.setenv("SANDUKU_USER", "Aline M.")
    monkeypatch.setenv("SANDUKU_PASSWORD", "another long one")
    assert type_now("payments", "list", "--json").document == []


def test_the_owner_lets_an_admin_in_whose_password_is_gone(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    type_now("database", "setup", "--admin", "Ange", "--database", owner_url)
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", "another long one")
    given = type_now("users", "password", "ange", "--as-owner", "--database", owner_url)
    assert (given.code, given.out.strip()) == (0, "Ange has a new password"), given.err
    monkeypatch.setenv("SANDUKU_USER", "ange")
    monkeypatch.setenv("SANDUKU_PASSWORD", "another long one")
    assert type_now("users", "list", "--database", owner_url).code == 0
    refused = type_now("users", "password", "ange", "--as-owner")
    assert "Only a shop on a server has an owner" in refused.err


def test_the_owner_lets_the_first_admin_in_by_users_add_too(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    type_now("database", "setup", "--database", owner_url)
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    cashier = type_now("users", "add", "Kofi", "--role", "cashier", "--database", owner_url)
    assert "The first person of a shop is an admin" in cashier.err
    admin = type_now("users", "add", "Kofi", "--role", "admin", "--database", owner_url)
    assert admin.code == 0, admin.err
    second = type_now("users", "add", "Mole", "--role", "admin", "--database", owner_url)
    assert (second.code, "You are not signed in" in second.err) == (1, True)


def test_a_desk_sees_the_service_come_and_go(
    owner_url: str,
    type_now: Callable[..., Typed],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANDUKU_SERVICE_PASSWORD", PASSWORD)
    type_now("database", "setup", "--admin", "Ange", "--database", owner_url)
    opened = configuration_of(tmp_path / "desk", owner_url)
    assert opened is not None
    with open_shop(for_a_person(opened)) as desk:
        desk.users.sign_in("ange", PASSWORD, "office")
        never = desk.service_watch.standing()
        assert (never.is_there, never.last_seen) == (False, None)
        nobodys = make_url(owner_url)._replace(username=None, password=None)
        environment = {
            **os.environ,
            "SANDUKU_DATABASE": nobodys.render_as_string(hide_password=False),
            "SANDUKU_DATA_DIR": str(tmp_path / "server"),
            "SANDUKU_PASSWORD": PASSWORD,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "desktop", "service"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as service:
            assert service.stdout is not None
            try:
                told = service.stdout.readline()
                assert told.startswith("Serving postgresql://")
                assert PASSWORD not in told
                assert desk.service_watch.standing().is_there
            finally:
                service.terminate()
            assert "Stopped" in service.stdout.read()
        assert service.returncode == 0
        gone = desk.service_watch.standing()
        assert (gone.is_there, gone.last_seen is not None) == (False, True)


def test_the_service_needs_its_password(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    type_now("database", "setup", "--database", owner_url)
    nobodys = make_url(owner_url)._replace(username=None, password=None)
    monkeypatch.setenv("SANDUKU_DATABASE", nobodys.render_as_string(hide_password=False))
    told = type_now("service")
    assert (told.code, told.err.startswith("Nothing was done. Set SANDUKU_PASSWORD")) == (1, True)


def test_books_and_trail_are_looked_at_as_the_person_the_environment_names(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANDUKU_SERVICE_PASSWORD", PASSWORD)
    assert type_now("database", "setup", "--admin", "Ange", "--database", owner_url).code == 0
    nobody = make_url(owner_url)._replace(username=None, password=None)
    monkeypatch.setenv("SANDUKU_DATABASE", nobody.render_as_string())
    monkeypatch.setenv("SANDUKU_USER", "Ange")
    monkeypatch.delenv("SANDUKU_PASSWORD", raising=False)
    asked = type_now("database", "check")
    assert (asked.code, "Set SANDUKU_PASSWORD to the password of Ange" in asked.err) == (1, True)
    monkeypatch.setenv("SANDUKU_PASSWORD", PASSWORD)
    checked = type_now("database", "check")
    assert (checked.code, "all is well" in checked.out) == (0, True), checked.err
    verified = type_now("audit", "verify")
    assert (verified.code, "every chain holds" in verified.out) == (0, True), verified.err
    upgraded = type_now("database", "upgrade")
    assert upgraded.code == 0, upgraded.err


def test_without_a_name_the_login_is_that_of_the_computer_s_user(
    owner_url: str, type_now: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type_now("database", "setup", "--database", owner_url).code == 0
    nobody = make_url(owner_url)._replace(username=None, password=None)
    monkeypatch.setenv("SANDUKU_DATABASE", nobody.render_as_string())
    monkeypatch.delenv("SANDUKU_USER", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "stranger")
    refused = type_now("database", "check")
    assert (refused.code, "refuses this name" in refused.err) == (1, True), refused.err
    monkeypatch.setattr("getpass.getuser", lambda: str(make_url(owner_url).username))
    for words in (("database", "check"), ("audit", "verify"), ("database", "upgrade")):
        done = type_now(*words)
        assert done.code == 0, done.err

"""The people of a shop that was carried over, as logins of the server.

What the file keeps of a password (argon2id) proves nothing to a server (SCRAM-SHA-256), and neither
can be made of the other. So everybody begins with a password of one use to them: it is told once to
whoever moves the shop, and each person then changes it. A shop whose people had none could not be
signed in to by anybody, not even by the admin who would give passwords to the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from core.database.moving.contract import MovedPerson, ServiceLogin
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.login_names import login_of
from core.database.postgresql.logins import SERVICE_LOGIN, scram_verifier
from core.database.postgresql.roles.names import LONGEST_LOGIN
from core.database.unit_of_work import SYSTEM_USER
from core.permissions import Role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read as one another on paper."""

_PEOPLE = text('SELECT name, role, is_active FROM "user" ORDER BY id')
_LOGINS = text(
    'SELECT u.name, l.role_name, u.role, u.is_active FROM login l JOIN "user" u'
    " ON u.name = l.user_name ORDER BY u.id"
)
_MAKE = text(f"SELECT {SCHEMA}.make_login(:login, :person, :role, :verifier)")
_MAKE_SERVICE = text(f"SELECT {SCHEMA}.make_service_login(:login, :verifier)")
_DISABLE = text(f"SELECT {SCHEMA}.set_login_active(:person, false)")
_SET_PASSWORD = text(f"SELECT {SCHEMA}.set_login_password(:person, :verifier)")


def one_time_password() -> str:
    """Return a password of 59 random bits that can be read from paper."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def login_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name's login: the one a sign-in reckons from it, numbered where two are alike.

    Whoever got a numbered one signs in by it instead of the name.
    """
    made: dict[str, str] = {}
    taken = {SERVICE_LOGIN}
    for name in names:
        spelt = login_of(name)
        login, number = spelt, 1
        while login in taken:
            number += 1
            login = f"{spelt[: LONGEST_LOGIN - len(str(number))]}{number}"
        taken.add(login)
        made[name] = login
    return made


def give_logins(connection: Connection) -> tuple[MovedPerson, ...]:
    """Make a login for each person of the shop; who was disabled stays out."""
    people = connection.execute(_PEOPLE).all()
    logins = login_names(name for name, _, _ in people)
    made = []
    for name, role, is_active in people:
        password = one_time_password()
        values = {"login": logins[name], "person": name, "role": role}
        connection.execute(_MAKE, {**values, "verifier": _verifier(connection, password)})
        if not is_active:
            connection.execute(_DISABLE, {"person": name})
            password = ""
        made.append(MovedPerson(name, logins[name], Role(role), is_active, password))
    return tuple(made)


def give_service_login(connection: Connection) -> ServiceLogin:
    """Make the login of ``sanduku service``."""
    password = one_time_password()
    verifier = _verifier(connection, password)
    connection.execute(_MAKE_SERVICE, {"login": SERVICE_LOGIN, "verifier": verifier})
    return ServiceLogin(SERVICE_LOGIN, password)


def give_new_passwords(connection: Connection) -> tuple[MovedPerson, ...]:
    """Give everybody who may sign in another password, as nobody was told the one they have."""
    made = []
    for name, role_name, role, is_active in connection.execute(_LOGINS).all():
        password = one_time_password() if is_active else ""
        if is_active:
            _set_password(connection, name, password)
        made.append(
            MovedPerson(name, role_name.rpartition(".")[2], Role(role), is_active, password)
        )
    return tuple(made)


def give_service_password(connection: Connection) -> ServiceLogin:
    """Give the service another password."""
    password = one_time_password()
    _set_password(connection, SYSTEM_USER, password)
    return ServiceLogin(SERVICE_LOGIN, password)


def _set_password(connection: Connection, person: str, password: str) -> None:
    verifier = _verifier(connection, password)
    connection.execute(_SET_PASSWORD, {"person": person, "verifier": verifier})


def _verifier(connection: Connection, password: str) -> str:
    driver: Any = connection.connection.driver_connection
    return scram_verifier(driver, password)

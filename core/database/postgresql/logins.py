"""Makes, disables and re-sets the logins of a shop on a server: the door to its one way of it.

The server decides who may (:mod:`core.database.postgresql.roles.login_functions`). A password
never leaves this computer: what is sent is what proves it (SCRAM-SHA-256, RFC 7677).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import URL, text
from sqlalchemy.engine import make_url

from core.database.postgresql.engine import CONNECT_TIMEOUT_S, SCHEMA
from core.database.postgresql.roles.names import ShopRoles, roles_of_database
from core.database.unit_of_work import SYSTEM_USER, Database, UnitOfWork
from core.errors import InvalidInputError, SignInError
from core.model.journal import Topic
from core.permissions import Actor, Permission, Role

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 200

SERVICE_LOGIN = "service"


def login_address(address: str, login: str, password: str, roles: ShopRoles | None = None) -> str:
    """Return a shop's address as one login uses it.

    Raises:
        InvalidInputError: the name cannot be a login.

    """
    url = make_url(address)
    roles = roles or roles_of_database(url.database or "")
    signed = url.set(username=roles.login(login), password=_plain(password))
    return signed.render_as_string(hide_password=False)


def connect(url: URL) -> psycopg.Connection:
    """Return a connection of its own, to see whether a password lets in."""
    settings: dict[str, Any] = {
        **url.translate_connect_args(username="user", database="dbname"),
        **url.query,
    }
    return psycopg.connect(connect_timeout=CONNECT_TIMEOUT_S, **settings)


class Logins:
    """The verbs of a login; each is one unit of work, with its entry in the audit trail.

    ``actor`` is the admin; only the server's owner, connected as such, acts without one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, actor: Actor | None, login: str, person: str, role: Role, password: str) -> None:
        """Let a new person sign in.

        Raises:
            InvalidInputError: the password or the login cannot be used.
            StorageError: the server does not allow it, or knows this login or person already.

        """
        self._database_roles().login(login)
        self._call(
            actor,
            "user:added",
            person,
            password,
            "make_login(:login, :person, :role, :verifier)",
            {"login": login, "person": person, "role": role.value},
            role=role.value,
            login=login,
        )

    def make_service(self, password: str, login: str = SERVICE_LOGIN) -> None:
        """Make the login of ``sanduku service``, as the server's owner.

        Raises:
            InvalidInputError: the password cannot be used.
            StorageError: the server does not allow it, or has this login already.

        """
        self._call(
            None,
            "user:added",
            SYSTEM_USER,
            password,
            "make_service_login(:login, :verifier)",
            {"login": login},
            role="service",
            login=login,
        )

    def disable(self, actor: Actor | None, person: str) -> None:
        """Keep a person out; whoever is signed in is refused their next act.

        Raises:
            StorageError: the server does not allow it, or has no such person.

        """
        self._set_active(actor, person, active=False)

    def enable(self, actor: Actor | None, person: str) -> None:
        """Let a disabled person sign in again.

        Raises:
            StorageError: the server does not allow it, or has no such person.

        """
        self._set_active(actor, person, active=True)

    def set_password(self, actor: Actor | None, person: str, password: str) -> None:
        """Give a person a new password.

        Raises:
            InvalidInputError: the password cannot be used.
            StorageError: the server does not allow it, or has no such person.

        """
        self._call(
            actor,
            "user:password_set",
            person,
            password,
            "set_login_password(:person, :verifier)",
            {"person": person},
        )

    def change_own_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password, proven by the old one.

        Raises:
            SignInError: the old password is wrong.
            InvalidInputError: the new password cannot be used.

        """
        url = make_url(self._database.url).set(password=_plain(old))
        try:
            connect(url).close()
        except psycopg.OperationalError as error:
            raise SignInError("Nothing was changed. The old password is wrong.") from error
        self._call(
            actor,
            "user:password_changed",
            actor.name,
            new,
            "change_own_password(:verifier)",
            {},
            permission=None,
        )

    def _set_active(self, actor: Actor | None, person: str, *, active: bool) -> None:
        self._call(
            actor,
            "user:enabled" if active else "user:disabled",
            person,
            None,
            "set_login_active(:person, :active)",
            {"person": person, "active": active},
        )

    def _call(
        self,
        actor: Actor | None,
        action: str,
        person: str,
        password: str | None,
        function: str,
        values: dict[str, str | bool],
        *,
        permission: Permission | None = Permission.MANAGE_USERS,
        **details: str,
    ) -> None:
        checked = None if password is None else _checked(password)
        if actor is not None and permission is not None:
            self._database.require(actor, permission)
        with self._database.write(actor) as unit:
            unit.audit(action, "user", person, **details)
            unit.session.flush()
            if checked is not None:
                values = {**values, "verifier": _verifier(unit, checked)}
            unit.session.execute(text(f"SELECT {SCHEMA}.{function}"), values)
            unit.changed(Topic.USERS, person)
            unit.commit()

    def _database_roles(self) -> ShopRoles:
        return roles_of_database(make_url(self._database.url).database or "")


def _verifier(unit: UnitOfWork, password: str) -> str:
    connection = unit.session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("a login is made on a server")
    return scram_verifier(connection, password)


def scram_verifier(connection: psycopg.Connection, password: str) -> str:
    """Return what is sent to a server in the place of a password (SCRAM-SHA-256, RFC 7677)."""
    encrypt: Callable[[bytes, bytes, bytes], bytes] = connection.pgconn.encrypt_password
    # The name is no part of what SCRAM makes of a password.
    return encrypt(password.encode(), b"", b"scram-sha-256").decode()


def _plain(password: str) -> str:
    """One password typed on two keyboards is the same, whatever way accents are composed."""
    return unicodedata.normalize("NFC", password)


def _checked(password: str) -> str:
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH or "\0" in password:
        raise InvalidInputError(
            f"Nothing was changed. A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH}"
            " characters.",
            field="password",
        )
    return _plain(password)

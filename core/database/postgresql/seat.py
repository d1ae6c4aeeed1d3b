"""Whose login the connections of an open shop are of: nobody's until somebody signs in.

One shop is open at a desk, and people come and go: whoever sits there, every connection is theirs
and shows the server who acts. To sit down closes the connections of whoever sat there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import OperationalError as DriverError
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from core.database.postgresql.engine import NAME_REFUSED, NOT_REACHED, refused_connection
from core.database.postgresql.logins import login_address
from core.database.unit_of_work import Database
from core.errors import NOT_SIGNED_IN, SignInError, StorageError


class LoginRefusedError(SignInError):
    """The server asked for a password and did not take what it was given."""


class Seat:
    """The place at a desk; made right after its database, before anything is asked.

    An address that bears a login itself, such as that of the service, is used as it is until
    somebody sits down.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        own = make_url(database.url)
        nobody = own._replace(username=None, password=None)
        self._address = nobody.render_as_string(hide_password=False)
        self._login = own.username or None
        self._password = own.password
        self._signed_in = ""
        for engine in database.engines:
            event.listen(engine, "do_connect", self._connect_as_who_sits)

    @property
    def is_taken(self) -> bool:
        """Tell whether connections are somebody's."""
        return self._login is not None

    @property
    def login(self) -> str:
        """The login of who signed in, as it was typed; empty while nobody has."""
        return self._signed_in

    @contextmanager
    def door(self, login: str, password: str) -> Iterator[Database]:
        """Let somebody in beside whoever sits here, for as long as the block runs.

        Raises:
            LoginRefusedError: the name or password is wrong.
            SignInError: the login is disabled.
            StorageError: the server cannot be reached, or lets nobody more in.

        """
        database = Database(
            login_address(self._address, login, password),
            clock=self._database.clock,
            initiator=self._database.initiator,
        )
        try:
            try:
                database.engine.connect().close()
            except OperationalError as error:
                raise _refusal(error) from error
            yield database
        finally:
            database.close()

    def take(self, login: str, password: str) -> None:
        """Let every connection from now on be of a login that was proven."""
        address = login_address(self._address, login, password)
        signed = make_url(address)
        self._signed_in = login
        self._sit(address, signed.username, signed.password)

    def leave(self) -> None:
        """Close the connections, and forget whose they were."""
        self._signed_in = ""
        self._sit(self._address, None, None)

    def _sit(self, address: str, login: str | None, password: str | None) -> None:
        self._login, self._password = login, password
        # Programs that match a statement for whoever sits here begin with this address.
        self._database.url = address
        self._database.close()

    def _connect_as_who_sits(
        self, _dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]
    ) -> None:
        if self._login is None:
            raise StorageError("Nothing was done. Nobody is signed in at this desk.")
        parameters["user"] = self._login
        if self._password is not None:
            parameters["password"] = self._password


def _refusal(error: OperationalError) -> SignInError | StorageError:
    """Return what a refused login means; libpq gives no code for it, only the server's words."""
    details = str(error.orig)
    asked_for_password = (
        isinstance(error.orig, DriverError)
        and error.orig.pgconn is not None
        and error.orig.pgconn.used_password
    )
    if "not permitted to log in" in details:
        return SignInError(f"{NOT_SIGNED_IN} This name is disabled; ask an admin.")
    sentence = refused_connection(details)
    if asked_for_password and sentence in {NAME_REFUSED, NOT_REACHED}:
        return LoginRefusedError(
            f"{NOT_SIGNED_IN} The name or the password is wrong.", details=details
        )
    return StorageError(f"{NOT_SIGNED_IN} {sentence}", details=details)

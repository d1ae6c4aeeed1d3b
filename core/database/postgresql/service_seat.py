"""The one service of a shop on a server: whoever holds the seat asks the networks and sends mail.

The seat is a lock of the server's own, held by a connection: it is free again the moment the
program that held it ends, or can no longer be reached.
"""

from __future__ import annotations

from types import TracebackType

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_SHOP, _SEAT = 0x53414E44, 0x53455256  # "SAND", "SERV"
_TAKE = text("SELECT pg_try_advisory_lock(:shop, :seat)").bindparams(shop=_SHOP, seat=_SEAT)

# A lock by two numbers has the objsubid 2 (PostgreSQL, "pg_locks").
_TAKEN = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE l.locktype = 'advisory' AND l.classid = :shop AND l.objid = :seat AND l.objsubid = 2"
    " AND l.granted AND d.datname = current_database())"
).bindparams(shop=_SHOP, seat=_SEAT)


def is_taken(connection: Connection) -> bool:
    """Tell whether a service holds the seat of the shop at this moment, whoever asks."""
    return bool(connection.execute(_TAKEN).scalar())


class ServiceSeat:
    """Taken by one program at a time, for as long as it is open."""

    def __init__(self, engine: Engine) -> None:
        # Outside of the pool: a connection handed on would take the seat with it.
        self._connection = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        self._connection.detach()

    def take(self) -> bool:
        """Take the seat if it is free; False while another service holds it.

        Raises:
            DBAPIError: the server cannot be reached.

        """
        return bool(self._connection.execute(_TAKE).scalar())

    def is_held(self) -> bool:
        """Tell whether the connection that holds the seat still lives."""
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return not self._connection.invalidated

    def __enter__(self) -> ServiceSeat:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

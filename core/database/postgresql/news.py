"""What other desks of a shop on a server changed: woken by the server, read with a safe horizon.

Units of work go on beside each other, and ids follow the order in which they were drawn, not that
of commits: whoever asks for "id > last seen" loses rows. Each line knows the transaction that wrote
it, and what is read are all lines of the transactions that ended since: from the horizon of the
last reading to the present one (``pg_snapshot_xmin``: every transaction before it has ended, none
after it is among those read). A notice (``LISTEN``) only says when to read; one that is lost costs
a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, Row, text

from core.database.postgresql.many_desks import NEWS_CHANNEL
from core.model.journal import Change

IDLE_S = 1.0
"""How long nothing is asked while no notice comes."""

_SLICE_S = 0.2
_HELD_BACK_S, _LONGEST_HELD_BACK_S = 0.02, 0.32
_ONCE_MORE = 1_000
"""So many transactions are read once more after the connection was lost: a server that crashed may
give numbers again that it had drawn and not yet written to disk. Old news does no harm."""

_HORIZON = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
_ENDED_SINCE = text(
    "SELECT CAST(CAST(at.horizon AS text) AS bigint) AS horizon,"
    " CAST(CAST(at.newest AS text) AS bigint) AS newest,"
    " c.id, c.topic, c.subject_id, c.initiator"
    " FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon,"
    "  pg_snapshot_xmax(pg_current_snapshot()) AS newest) at"
    " LEFT JOIN change c ON c.written_in >= CAST(CAST(:since AS text) AS xid8)"
    "  AND c.written_in < at.horizon"
    " ORDER BY c.id"
).columns(topic=Change.topic.type)


class ServerNews:
    """The lines of transactions on a server that ended since the last reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._horizon: int | None = None
        self._connection: Connection | None = None
        self._driver: psycopg.Connection | None = None
        self._awaited = 0
        self._held_back_s = _HELD_BACK_S

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hold a connection to the server that it wakes with every news.

        Raises:
            DBAPIError: the server cannot be reached.

        """
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # Not to be handed on: whoever got it would be woken instead.
            connection.detach()
            connection.execute(text(f"LISTEN {NEWS_CHANNEL}"))
            if self._horizon is None:
                self._horizon = connection.scalars(_HORIZON).one()
            else:
                self._horizon = max(self._horizon - _ONCE_MORE, 0)
                self._awaited = self._horizon
            self._connection, self._driver = connection, driver
            try:
                yield
            finally:
                self._connection = self._driver = None

    def wait(self, stopping: threading.Event) -> None:
        """Return when there may be news: woken, after a while, or soon where some is held back.

        What a transaction wrote is read when all before it have ended.

        Raises:
            psycopg.OperationalError: the connection is lost.

        """
        if self._horizon is not None and self._horizon < self._awaited:
            stopping.wait(self._held_back_s)
            self._held_back_s = min(self._held_back_s * 2, _LONGEST_HELD_BACK_S)
            return
        self._held_back_s = _HELD_BACK_S
        if self._driver is None:
            raise RuntimeError("nothing is awaited before the server is listened to")
        until = time.monotonic() + IDLE_S
        while time.monotonic() < until and not stopping.is_set():
            if list(self._driver.notifies(timeout=_SLICE_S, stop_after=1)):
                self._awaited = -1
                return

    def news(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return the lines.

        Raises:
            DBAPIError: the connection is lost.

        """
        if self._connection is None:
            raise RuntimeError("nothing is read before the server is listened to")
        rows = self._connection.execute(_ENDED_SINCE, {"since": self._horizon}).all()
        # The first row is the present horizon, there even when nothing happened.
        self._horizon = rows[0].horizon
        if self._awaited < 0:
            self._awaited = rows[0].newest
        return [row for row in rows if row.id is not None]

"""Tells this process what other windows and processes changed, within a fraction of a second.

On SQLite, ``PRAGMA data_version`` moves on a connection whenever any *other* connection commits;
asking costs microseconds, so it is asked ten times a second. Writers hold the one write lock from
their first statement, so ids in the change table follow the order of commits.

On a server units of work go on beside each other, and ids follow the order in which they were
drawn, not that of commits: whoever asks for "id > last seen" loses rows. There each line knows the
transaction that wrote it, and what is read are all lines of the transactions that ended since: from
the horizon of the last reading to the present one (``pg_snapshot_xmin``: every transaction before
it has ended, none after it is among those read).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import DBAPIError

from core.database.engine import READ_ONLY_OPTION, is_server
from core.database.unit_of_work import Database
from core.model.journal import Change, Topic

logger = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1
SERVER_POLL_INTERVAL_S = 0.2
_AFTER_ERROR_S = 1.0


@dataclass(frozen=True, slots=True)
class Changes:
    """What was touched since the last news: topics, and the single things within them."""

    topics: frozenset[Topic]
    subjects: frozenset[tuple[Topic, str]]
    initiators: frozenset[str]


Subscriber = Callable[[Changes], None]


class ChangeFeed:
    """Reads the change table as it grows and calls its subscribers on the feed's own thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: list[Subscriber] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber`` with every news, on the feed's thread; returns the way to stop it."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def start(self) -> None:
        """Begin to watch; everything committed from now on is told."""
        if self._thread is not None:
            return
        self._stopping.clear()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._watch, args=(ready,), name="change feed", daemon=True
        )
        self._thread.start()
        ready.wait(timeout=10)

    def stop(self) -> None:
        """Stop watching and wait until the thread is gone."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    def _watch(self, ready: threading.Event) -> None:
        engine = self._database.engine.execution_options(**{READ_ONLY_OPTION: True})
        watched: _File | _Server | None = None
        while not self._stopping.is_set():
            try:
                with engine.connect() as connection:
                    if watched is None:
                        watched = (_Server if is_server(connection) else _File)(connection)
                        ready.set()
                    self._read_on(connection, watched)
            except DBAPIError:
                logger.exception("the change feed could not be read; it tries again")
                self._stopping.wait(_AFTER_ERROR_S)

    def _read_on(self, connection: Connection, watched: _File | _Server) -> None:
        while not self._stopping.wait(watched.interval_s):
            rows = watched.news(connection)
            if rows:
                self._tell(_summed_up(rows))

    def _tell(self, changes: Changes) -> None:
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            subscriber(changes)


class _File:
    """The lines of a shop's own file that other connections wrote since the last reading."""

    interval_s = POLL_INTERVAL_S

    def __init__(self, connection: Connection) -> None:
        self._last_id = int(connection.execute(select(func.max(Change.id))).scalar_one() or 0)
        connection.rollback()
        self._version = _data_version(connection)

    def news(self, connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return them."""
        present = _data_version(connection)
        if present == self._version:
            return ()
        rows = connection.execute(
            select(*_LINE).where(Change.id > self._last_id).order_by(Change.id)
        ).all()
        connection.rollback()
        self._version = present
        if rows:
            self._last_id = int(rows[-1].id)
        return rows


class _Server:
    """The lines of transactions on a server that ended since the last reading."""

    interval_s = SERVER_POLL_INTERVAL_S

    def __init__(self, connection: Connection) -> None:
        self._horizon: str = connection.execute(_HORIZON).scalar_one()
        connection.rollback()

    def news(self, connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return them."""
        rows = connection.execute(_ENDED_SINCE, {"horizon": self._horizon}).all()
        connection.rollback()
        # The first row is the present horizon, there even when nothing happened.
        self._horizon = rows[0].horizon
        return [row for row in rows if row.id is not None]


_LINE = (Change.id, Change.topic, Change.subject_id, Change.initiator)
_HORIZON = text("SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)")
_ENDED_SINCE = text(
    "SELECT CAST(now_at.xmin AS text) AS horizon, c.id, c.topic, c.subject_id, c.initiator"
    " FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) now_at"
    " LEFT JOIN change c ON c.written_in >= CAST(:horizon AS xid8) AND c.written_in < now_at.xmin"
    " ORDER BY c.id"
).columns(topic=Change.topic.type)


def _data_version(connection: Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    connection.rollback()
    return version


def _summed_up(rows: Sequence[Row[*tuple[Any, ...]]]) -> Changes:
    return Changes(
        topics=frozenset(row.topic for row in rows),
        subjects=frozenset((row.topic, row.subject_id) for row in rows),
        initiators=frozenset(row.initiator for row in rows),
    )

"""Tells this process what other windows and processes changed, within a fraction of a second.

On SQLite, ``PRAGMA data_version`` moves on a connection whenever any *other* connection commits;
asking costs microseconds, so it is asked ten times a second. Writers hold the one write lock from
their first statement, so ids in the change table follow the order of commits.

Of a shop on a server see :mod:`core.database.postgresql.news`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, func, select
from sqlalchemy.exc import DBAPIError

from core.database.engine import READ_ONLY_OPTION
from core.database.unit_of_work import Database
from core.model.journal import Change, Topic

logger = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1
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
        self._heard: float | None = None

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

    @property
    def silent_s(self) -> float:
        """Seconds since the database last answered; 0 before it was first asked, and in a file."""
        heard = self._heard
        return time.monotonic() - heard if heard is not None else 0.0

    def _watch(self, ready: threading.Event) -> None:
        source = _source(self._database)
        is_lost = False
        while not self._stopping.is_set():
            try:
                with source.listening():
                    self._has_heard()
                    ready.set()
                    if is_lost:
                        logger.info("The change feed is back; it goes on where it was.")
                    is_lost = False
                    self._read_on(source)
            except (DBAPIError, self._database.engine.dialect.loaded_dbapi.Error) as error:
                if not is_lost:
                    _log_loss(error, self._database)
                is_lost = True
                self._stopping.wait(_AFTER_ERROR_S)

    def _has_heard(self) -> None:
        if self._database.is_shared:
            self._heard = time.monotonic()

    def _read_on(self, source: _Source) -> None:
        while not self._stopping.is_set():
            rows = source.news()
            self._has_heard()
            if rows:
                self._tell(_summed_up(rows))
            source.wait(self._stopping)

    def _tell(self, changes: Changes) -> None:
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            subscriber(changes)


class _Source(Protocol):
    """Where news comes from."""

    def listening(self) -> AbstractContextManager[None]:
        """Hold what is needed to listen."""

    def wait(self, stopping: threading.Event) -> None:
        """Return when there may be news."""

    def news(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return the lines written since the last reading."""


class _File:
    """The lines of a shop's own file that other connections wrote since the last reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{READ_ONLY_OPTION: True})
        self._connection: Connection | None = None
        self._last_id: int | None = None
        self._version = -1

    @contextmanager
    def listening(self) -> Iterator[None]:
        with self._engine.connect() as connection:
            if self._last_id is None:
                last_id = connection.execute(select(func.max(Change.id))).scalar_one()
                self._last_id = int(last_id or 0)
                connection.rollback()
                self._version = _data_version(connection)
            self._connection = connection
            yield

    def wait(self, stopping: threading.Event) -> None:
        stopping.wait(POLL_INTERVAL_S)

    def news(self) -> Sequence[Row[*tuple[Any, ...]]]:
        connection = self._connection
        if connection is None:
            raise RuntimeError("nothing is read before the file is open")
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


_LINE = (Change.id, Change.topic, Change.subject_id, Change.initiator)


def _source(database: Database) -> _Source:
    if not database.is_shared:
        return _File(database.engine)
    from core.database.postgresql.news import ServerNews  # noqa: PLC0415 - a shop of one desk owes none of it

    return ServerNews(database.engine)


def _log_loss(error: Exception, database: Database) -> None:
    if database.is_shared:
        logger.info("The change feed lost the server, and tries again: %s", error)
    else:
        logger.error("the change feed could not be read; it tries again", exc_info=error)


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

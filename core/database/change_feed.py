"""Tells this process what other windows and processes changed, within a fraction of a second.

On SQLite, ``PRAGMA data_version`` moves on a connection whenever any *other* connection commits;
asking costs microseconds, so it is asked ten times a second. Writers hold the one write lock from
their first statement, so ids in the change table follow the order of commits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from core.database.engine import READ_ONLY_OPTION
from core.database.unit_of_work import Database
from core.model.journal import Change, Topic

logger = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1


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
        with engine.connect() as connection:
            last_id = _last_change_id(connection)
            version = _data_version(connection)
            ready.set()
            while not self._stopping.wait(POLL_INTERVAL_S):
                try:
                    present = _data_version(connection)
                    if present == version:
                        continue
                    changes, last_id = _read_changes(connection, last_id)
                    version = present
                except DBAPIError:
                    logger.exception("the change feed could not be read; it tries again")
                    connection.rollback()
                    continue
                if changes is not None:
                    self._tell(changes)

    def _tell(self, changes: Changes) -> None:
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            subscriber(changes)


def _data_version(connection: Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    connection.rollback()
    return version


def _last_change_id(connection: Connection) -> int:
    last = connection.execute(select(func.max(Change.id))).scalar_one()
    connection.rollback()
    return int(last or 0)


def _read_changes(connection: Connection, last_id: int) -> tuple[Changes | None, int]:
    rows = connection.execute(
        select(Change.id, Change.topic, Change.subject_id, Change.initiator)
        .where(Change.id > last_id)
        .order_by(Change.id)
    ).all()
    connection.rollback()
    if not rows:
        return None, last_id
    changes = Changes(
        topics=frozenset(row.topic for row in rows),
        subjects=frozenset((row.topic, row.subject_id) for row in rows),
        initiators=frozenset(row.initiator for row in rows),
    )
    return changes, int(rows[-1].id)

"""Cancels what the server does for a read once nobody waits for the answer.

One thread looks after all reads under way: a list asks many short questions, and a thread for each
took longer than the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import OperationalError

from core.database.postgresql.engine import CONNECT_TIMEOUT_S
from core.errors import ReadCancelledError

_SECONDS_BETWEEN_LOOKS = 0.05
_IDLE_LOOKS_BEFORE_END = 10
"""Reads follow each other quickly: the next one finds the thread there."""


class _Read:
    """A read under way, and whoever cancels it."""

    def __init__(self, connection: psycopg.Connection, cancelled: Callable[[], bool]) -> None:
        self._connection = connection
        self._cancelled = cancelled
        self._turn = threading.Lock()
        self._is_over = False
        self._canceller: threading.Thread | None = None

    def look(self) -> None:
        """Begin to cancel it if nobody waits for it any more."""
        with self._turn:
            if self._is_over or self._canceller is not None or not self._cancelled():
                return
            # A thread of its own, as a server that is away lets it wait.
            self._canceller = threading.Thread(target=self._cancel, name="cancelling", daemon=True)
            self._canceller.start()

    def end(self) -> None:
        """Wait until nothing is sent for it any more, which would strike the next question."""
        with self._turn:
            self._is_over = True
        if self._canceller is not None:
            self._canceller.join()

    def _cancel(self) -> None:
        self._connection.cancel_safe(timeout=CONNECT_TIMEOUT_S)


class _Watcher:
    """Looks at every read under way now and then; its thread ends when none came for a while."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._reads: set[_Read] = set()
        self._is_awake = False

    def add(self, read: _Read) -> None:
        with self._turn:
            self._reads.add(read)
            if self._is_awake:
                return
            self._is_awake = True
        threading.Thread(target=self._watch, name="reads under way", daemon=True).start()

    def remove(self, read: _Read) -> None:
        with self._turn:
            self._reads.discard(read)
        read.end()

    def _watch(self) -> None:
        pause = threading.Event()
        idle_looks = 0
        while True:
            pause.wait(_SECONDS_BETWEEN_LOOKS)
            with self._turn:
                reads = tuple(self._reads)
                idle_looks = 0 if reads else idle_looks + 1
                if idle_looks == _IDLE_LOOKS_BEFORE_END:
                    self._is_awake = False
                    return
            for read in reads:
                read.look()


_watcher = _Watcher()


@contextmanager
def cancelled_when(connection: psycopg.Connection, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Cancel what the server does for a connection once nobody waits for the answer.

    Raises:
        ReadCancelledError: nobody did.

    """
    read = _Read(connection, cancelled)
    _watcher.add(read)
    try:
        yield
    except (psycopg.errors.QueryCanceled, OperationalError) as error:
        if cancelled():
            raise ReadCancelledError("The answer is no longer wanted.") from error
        raise
    finally:
        _watcher.remove(read)

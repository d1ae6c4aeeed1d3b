"""The networks' calls to the merchant: once, in the background, whatever comes of them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from threading import Condition, Thread
from urllib.parse import urlsplit

PATIENCE_S = 5.0


class Callbacks:
    """One thread, started with the first callback, that makes each call when it is due."""

    def __init__(self, now_s: Callable[[], float], speed: float) -> None:
        self._now_s = now_s
        self._speed = speed
        self._condition = Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._thread: Thread | None = None
        self._connection: HTTPConnection | None = None
        self._stopping = False

    def schedule(self, at_s: float, call: Callable[[], None]) -> None:
        """Have a call made at a moment of the networks' clock."""
        with self._condition:
            if self._stopping:
                return
            heapq.heappush(self._due, (at_s, next(self._order), call))
            if self._thread is None:
                self._thread = Thread(target=self._run, name="sandbox-callbacks", daemon=True)
                self._thread.start()
            self._condition.notify()

    def forget(self) -> None:
        """Drop every call that is not yet due."""
        with self._condition:
            self._due.clear()

    def stop(self) -> None:
        """Make no more calls; one under way is cut."""
        with self._condition:
            self._stopping = True
            self._due.clear()
            self._condition.notify()
            connection, thread = self._connection, self._thread
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(SHUT_RDWR)
        if thread is not None:
            thread.join()

    def send(self, method: str, url: str, body: bytes) -> None:
        """Send one callback; what the merchant answers changes nothing."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        path = parts.path or "/"
        with suppress(OSError, HTTPException, ValueError):
            connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE_S)
            with self._condition:
                if self._stopping:
                    return
                self._connection = connection
            try:
                connection.request(
                    method,
                    f"{path}?{parts.query}" if parts.query else path,
                    body,
                    {"Content-Type": "application/json", "Connection": "close"},
                )
                connection.getresponse().read()
            finally:
                connection.close()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            call()

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._stopping:
                wait_s = (self._due[0][0] - self._now_s()) / self._speed if self._due else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._due)[2]
                self._condition.wait(wait_s)
            return None

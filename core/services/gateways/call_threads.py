"""Threads for calls that may take long: made when needed, kept while there is work.

Unlike the standard library's pool, nothing here waits for a hanging call when the program ends.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

IDLE_S = 20.0
"""An idle thread is kept so long, for the sake of the connection it keeps open."""


class CallThreads:
    """Runs what it is given, each on a thread of its own for the time it takes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._condition = threading.Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._idle = 0
        self._stopping = False

    def run(self, work: Callable[[], None]) -> None:
        """Start a piece of work at once; it must not raise."""
        with self._condition:
            self._stopping = False
            self._waiting.append(work)
            if self._idle >= len(self._waiting):
                self._condition.notify()
                return
        threading.Thread(target=self._serve, name=self._name, daemon=True).start()

    def stop(self) -> None:
        """Let idle threads go, and busy ones when they are done."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def _serve(self) -> None:
        while (work := self._next()) is not None:
            work()

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            self._idle += 1
            try:
                self._condition.wait_for(
                    lambda: bool(self._waiting) or self._stopping, timeout=IDLE_S
                )
            finally:
                self._idle -= 1
            return self._waiting.popleft() if self._waiting else None

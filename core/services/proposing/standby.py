"""A matching process that starts while the statement it is to match is still being read.

To start the program takes most of a second, to read a large shop's payments several. Both pass
beside the reading and storing of the statement, which another processor core does.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from core.child_process import Child
from core.database.unit_of_work import Database
from core.services.proposing import MATCHING_ARGUMENT
from core.services.proposing.ahead import Frame
from core.services.proposing.messages import Message, ReadAhead

logger = logging.getLogger(__name__)

ENTRY = "from core.services.proposing.process import main; main()"
_IDLE_S = 30.0
"""A process that nobody needed holds a large shop's payments in memory no longer than this."""


def start_matching() -> Child[Message]:
    """Start the process that matches one statement."""
    return Child(MATCHING_ARGUMENT, ENTRY)


class Standby:
    """At most one process that waits for its task."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._child: Child[Message] | None = None
        self._idle: threading.Timer | None = None

    def start(self) -> None:
        """Have a process wait from now on."""
        with self._lock:
            self._drop()
            try:
                self._child = start_matching()
            except OSError:
                logger.exception("no matching process could be started ahead")
                return
            self._idle = threading.Timer(_IDLE_S, self.end)
            self._idle.daemon = True
            self._idle.start()

    def read_ahead(self, frame: Frame) -> None:
        """Let the process that waits, if any, read the payments a statement could prove."""
        with self._lock:
            if self._child is not None:
                with suppress(OSError):  # whoever takes a dead process hears of it
                    self._child.tell(ReadAhead(self._database.url, frame))

    def take(self) -> Child[Message]:
        """Return the process that waits, or a new one; whoever takes it ends it."""
        with self._lock:
            child, self._child = self._child, None
            if self._idle is not None:
                self._idle.cancel()
        if child is not None and child.process.poll() is not None:
            child.end()
            child = None
        return child or start_matching()

    def end(self) -> None:
        """Let go of a process that nobody needed."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        child, self._child = self._child, None
        if child is not None:
            child.end()

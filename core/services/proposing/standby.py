"""A matching process that waits before there is a statement, and works while that is being read.

To start the program takes most of a second: where large statements are brought one waits already.
To read a large shop's payments and to match them takes several: that passes beside the reading and
storing of the statement, which another processor core does.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import func, select

from core.child_process import Child
from core.database.unit_of_work import Database
from core.model.payments import Payment
from core.services.proposing import MANY_PAYMENTS, MATCHING_ARGUMENT
from core.services.proposing.ahead import Frame
from core.services.proposing.messages import (
    FrameKnown,
    LinesAhead,
    Message,
    PaymentsRead,
    ReadAhead,
)

logger = logging.getLogger(__name__)

ENTRY = "from core.services.proposing.process import main; main()"
_IDLE_S = 30.0
"""One that was told no more holds a large shop's payments in memory no longer than this."""
_UNUSED_S = 600.0
"""One that was told nothing holds 70 MB: so long nobody did anything where files are brought."""
_LEFT_S = 60.0
"""As long it waits for somebody who left that place to come back."""
_TOLD_AT_ONCE = 5_000
_LOOK_EVERY_S = 0.05
_MANY_TO_WRITE = 20_000
"""So many lines take half a second to write."""
_HELD_BACK_S = 3.0
"""Longer than a million payments take to read; nobody waits for a shop larger still."""
_ENOUGH_PROCESSORS = 4
"""Two read payments, one writes lines, and one is the window's."""


def start_matching(takes: Callable[[Message], bool] = lambda _: False) -> Child[Message]:
    """Start the process that matches one statement; ``takes`` as of :class:`Child`."""
    return Child(MATCHING_ARGUMENT, ENTRY, takes)


class Standby:
    """At most one process that waits for its task, and those that have done theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._child: Child[Message] | None = None
        self._is_untold = False
        """Whether the process that waits was told nothing yet, so that anybody may use it."""
        self._is_expecting = False
        self._is_read = threading.Event()
        """Whether the process that waits has read the payments it was told to."""
        self._idle: threading.Timer | None = None
        self._telling: threading.Thread | None = None
        self._finishing: list[Child[Message]] = []

    def expect(self) -> None:
        """Have a process ready from now on, as somebody may bring a statement at any moment.

        In a shop of few payments nothing is: a statement about them is matched without. Said again
        whenever somebody is seen there, otherwise it ends after a while.
        """
        if self._is_large_shop():
            with self._lock:
                self._is_expecting = True
                self._make_ready()

    def expect_no_more(self) -> None:
        """Let the process that is ready go before long, unless it is expected again."""
        with self._lock:
            self._is_expecting = False
            if self._is_untold:
                self._end_after(_LEFT_S)

    def _is_large_shop(self) -> bool:
        unproven = select(Payment.id).where(Payment.reconciled.is_(False)).limit(MANY_PAYMENTS)
        with self._database.read() as session:
            found = session.scalar(select(func.count()).select_from(unproven.subquery()))
        return (found or 0) >= MANY_PAYMENTS

    def _make_ready(self) -> None:
        if self._is_untold or self._child is None:
            self._begin()
            self._is_untold = self._child is not None
            self._end_after(_UNUSED_S)

    def start(self) -> None:
        """Have a process wait from now on that was told nothing before."""
        with self._lock:
            if not self._is_untold:
                self._drop()
            self._begin()
            self._is_untold = False
            self._end_after(_IDLE_S)

    def _begin(self) -> None:
        """Start a process unless one waits that lives."""
        if self._child is not None and self._child.process.poll() is None:
            return
        self._drop()
        try:
            self._is_read = threading.Event()
            self._child = start_matching(_setting(self._is_read))
        except OSError:
            logger.exception("no matching process could be started ahead")

    def _end_after(self, seconds: float) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = None
        if self._child is not None:
            self._idle = threading.Timer(seconds, self._on_idle)
            self._idle.daemon = True
            self._idle.start()

    def read_ahead(self, guess: Frame) -> None:
        """Let the process that waits, if any, begin to read what a statement could prove.

        Of a guessed frame the days stay open until :meth:`frame_known`.
        """
        self._tell(ReadAhead(self._database.url, guess))

    def frame_known(self, frame: Frame) -> None:
        """Tell the process that waits, if any, which payments the statement could prove."""
        self._tell(FrameKnown(frame))

    def _tell(self, message: ReadAhead | FrameKnown) -> None:
        with self._lock:
            if self._child is not None:
                self._end_after(_IDLE_S)  # however long the statement takes, it is on its way
                with suppress(OSError):  # whoever takes a dead process hears of it
                    self._child.tell(message)

    def wait_until_read(self, lines: int) -> None:
        """Wait a while, before so many lines are written, until the payments are read.

        On few processors writing would take from the reading, which the matching waits for, and
        keep the shop locked for longer. Written later, lines are still stored before that ends.
        """
        with self._lock:
            child, is_read = self._child, self._is_read
        if child is None or lines < _MANY_TO_WRITE or (os.cpu_count() or 1) >= _ENOUGH_PROCESSORS:
            return
        end = time.monotonic() + _HELD_BACK_S
        while (left_s := end - time.monotonic()) > 0 and not child.is_silent:
            if is_read.wait(min(left_s, _LOOK_EVERY_S)):
                return

    def think_ahead(self, reconciliation_id: str, columns: Sequence[Sequence[object]]) -> None:
        """Let the process that waits, if any, match lines that are about to be stored.

        ``columns`` as :class:`LinesAhead` has them. The process may still be starting, and its
        pipe holds little: they are told on a thread of their own.
        """
        with self._lock:
            if self._child is not None and self._telling is None:
                self._end_after(_IDLE_S)
                self._telling = threading.Thread(
                    target=_tell_lines, args=(self._child, reconciliation_id, columns), daemon=True
                )
                self._telling.start()

    def take(self) -> Child[Message]:
        """Return the process that waits, or a new one; whoever takes it ends it."""
        with self._lock:
            child, self._child = self._child, None
            telling, self._telling = self._telling, None
            self._is_untold = False
            if self._idle is not None:
                self._idle.cancel()
        if telling is not None:
            telling.join()  # before the task, which must come last
        if child is not None and child.process.poll() is not None:
            child.end()
            child = None
        return child or start_matching()

    def let_finish(self, child: Child[Message]) -> None:
        """Let a process that has said its last end by itself, unless the shop is closed first."""
        with self._lock:
            self._finishing.append(child)
        threading.Thread(target=self._see_off, args=(child,), daemon=True).start()

    def _see_off(self, child: Child[Message]) -> None:
        child.process.wait()
        with self._lock:
            if child in self._finishing:
                self._finishing.remove(child)
                child.end()
                self._go_on_expecting()

    def end(self) -> None:
        """Let go of a process that nobody needs with what it was told."""
        with self._lock:
            self._drop()
            self._go_on_expecting()

    def _on_idle(self) -> None:
        with self._lock:
            if threading.current_thread() is not self._idle:
                return  # it was told to wait on while it waited for the lock
            self._is_expecting = self._is_expecting and not self._is_untold
            self._drop()
            self._go_on_expecting()

    def _go_on_expecting(self) -> None:
        if self._is_expecting:
            self._make_ready()

    def close(self) -> None:
        """Leave no process behind."""
        with self._lock:
            self._is_expecting = False
            self._drop()
            for child in self._finishing:
                child.end()
            self._finishing.clear()

    def _drop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._is_untold = False
        child, self._child = self._child, None
        telling, self._telling = self._telling, None
        if child is not None:
            child.end()
        if telling is not None:
            telling.join()


def _setting(is_read: threading.Event) -> Callable[[Message], bool]:
    """Return what takes the word that payments are read: whoever takes the process needs it not."""

    def takes(message: Message) -> bool:
        if isinstance(message, PaymentsRead):
            is_read.set()
            return True
        return False

    return takes


def _tell_lines(
    child: Child[Message], reconciliation_id: str, columns: Sequence[Sequence[object]]
) -> None:
    """Tell lines a stretch at a time: what is pickled in one go holds the window meanwhile."""
    count = len(columns[0])
    with suppress(OSError, ValueError):  # it ended, perhaps with its pipe: nobody thinks ahead
        for start in range(0, count, _TOLD_AT_ONCE):
            stretch = slice(start, start + _TOLD_AT_ONCE)
            some = tuple(column[stretch] for column in columns)
            child.tell(LinesAhead(reconciliation_id, some, start + _TOLD_AT_ONCE >= count))

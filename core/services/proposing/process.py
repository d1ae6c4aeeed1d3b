"""The process in which one large statement is matched, away from the window that asked for it.

It does what the window's own process does with a small one: the same search, which reads the shop
and stores proposals in the person's name, in one unit of work. On the standard input comes,
pickled, perhaps what to read ahead and the lines to begin with, then the task, then perhaps that
it is to stop; the process ends when its asker goes away, and what is stored then holds by itself.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from core.child_process import own_output, say
from core.collector import collector_held
from core.database.engine import checkpoint, put_off_checkpoints
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.matching.records import OpenLine
from core.matching.work import stop_if
from core.services.proposing.ahead import Ahead, Frame, read_ahead, think_ahead, thinking_of
from core.services.proposing.messages import (
    Asked,
    Failure,
    FrameKnown,
    LinesAhead,
    MatchingTask,
    Message,
    PaymentsRead,
    Progress,
    ReadAhead,
    Refusal,
    Stop,
    Stored,
)

if TYPE_CHECKING:
    from core.services.proposing.as_found import KeptAsFound

_TURN_S = 0.0005
"""A thread that comes back from the database waits for another's turn of Python no longer."""


def main() -> None:
    """Carry out the task on the standard input, then end."""
    sys.setswitchinterval(_TURN_S)
    answers = own_output()
    ears = _Ears()
    threading.Thread(target=_load, daemon=True).start()
    before = _Before(answers, ears)
    task = ears.next()
    while not isinstance(task, MatchingTask):
        before.do(task)
        task = ears.next()
    database = Database(task.url, initiator=task.initiator)
    put_off_checkpoints(database.engine)
    answer = _carried_out(database, task, before, answers, ears.stopped)
    say(answers, answer)
    if isinstance(answer, Stored):
        checkpoint(database.engine)  # nobody waits for it
    os._exit(0)  # a million objects are not worth clearing away one by one


def _load() -> None:
    """Load what a search needs while payments are read, which SQLite does."""
    import core.matching.engine  # noqa: PLC0415 - see above
    import core.services.proposing.as_found  # noqa: PLC0415 - as above
    import core.services.proposing.search  # noqa: F401, PLC0415 - as above


class _Ears:
    """Hears, on a thread of its own, what is asked while the process is at work."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Asked] = queue.SimpleQueue()
        self._held_back: Asked | None = None
        self.stopped = threading.Event()
        self.task: MatchingTask | None = None
        self._is_tasked = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self) -> Asked:
        """Wait for what is asked next."""
        asked, self._held_back = self._held_back, None
        return asked or self._asked.get()

    def is_asked(self) -> bool:
        """Tell whether anything more is asked."""
        return self._held_back is not None or not self._asked.empty()

    def wait_for_task(self) -> MatchingTask:
        """Wait until the task is told, while others are asked for what comes before it."""
        while self.task is None:
            self._is_tasked.wait()
        return self.task

    def check(self) -> None:
        """Stop here if the person said so.

        Raises:
            MatchingCancelledError: they did.

        """
        stop_if(self.stopped.is_set)

    def frame(self) -> Frame | None:
        """Wait for the frame of the statement that is being read; None if something else comes."""
        asked = self.next()
        if isinstance(asked, FrameKnown):
            return asked.frame
        self._held_back = asked
        return None

    def _listen(self) -> None:
        """Hear, and end where the asker is done or dead."""
        try:
            while True:
                message = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program that started us
                if isinstance(message, Stop):
                    self.stopped.set()
                    continue
                if isinstance(message, MatchingTask):
                    self.task = message
                    self._is_tasked.set()
                self._asked.put(message)
        except EOFError:
            pass
        os._exit(0)


class _Before:
    """What is done before the task is told; what goes wrong is told when the task meets it."""

    def __init__(self, answers: BinaryIO, ears: _Ears) -> None:
        self._answers, self._ears = answers, ears
        self._database: Database | None = None
        self._lines: list[OpenLine] = []
        self.done: Ahead | None = None
        self.kept: KeptAsFound | None = None

    def do(self, wanted: ReadAhead | FrameKnown | LinesAhead) -> None:
        """Read the payments of a statement, or match lines with those that were read."""
        with suppress(KnownError), collector_held():
            match wanted:
                case ReadAhead(url, guess):
                    self._read(url, guess)
                case FrameKnown():
                    pass  # of a statement whose payments could not be read
                case LinesAhead():
                    self._lines.extend(map(OpenLine, *wanted.columns))
                    if wanted.is_last:
                        self._think(wanted.reconciliation_id)

    def _read(self, url: str, guess: Frame) -> None:
        self._database = Database(url)
        ears = self._ears

        def over() -> None:
            say(self._answers, PaymentsRead())

        read = read_ahead(self._database, guess, ears.is_asked, ears.frame, ears.check, over)
        self.done = None if read is None else Ahead(read)
        self._database.close()  # its connections remember what was read of the file

    def _think(self, reconciliation_id: str) -> None:
        from core.services.proposing.as_found import KeptAsFound  # noqa: PLC0415 - see _load

        if self._database is None or self.done is None:
            return

        def is_unwanted() -> bool:
            task = self._ears.task
            another = task is not None and task.reconciliation_id != reconciliation_id
            return another or self._ears.stopped.is_set()

        def report(done: int, total: int) -> None:
            say(self._answers, Progress(done, total))

        read = self.done.read
        about = thinking_of(self._database, read, reconciliation_id, self._lines)
        self.kept = KeptAsFound(read, about, self._ears.wait_for_task, is_unwanted)
        thought = think_ahead(read, about, self._lines, is_unwanted, report, self.kept.settled)
        self.done = Ahead(read, thought)


def _carried_out(
    database: Database,
    task: MatchingTask,
    before: _Before,
    answers: BinaryIO,
    stopped: threading.Event,
) -> Message:
    from core.services.proposing.search import Watch, search  # noqa: PLC0415 - see _load

    def report(done: int, total: int) -> None:
        say(answers, Progress(done, total))

    try:
        watch = Watch(stopped.is_set, report)
        kept = before.kept.finish() if before.kept is not None else frozenset[int]()
        search(database, task.actor, task.reconciliation_id, watch, before.done, kept)
    except KnownError as error:
        return Refusal(error)
    except Exception:
        return Failure(traceback.format_exc())
    return Stored()

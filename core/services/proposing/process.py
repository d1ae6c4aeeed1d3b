"""The process in which one large statement is matched, away from the window that asked for it.

It does what the window's own process does with a small one: the same search, which reads the shop
and stores proposals in the person's name, in one unit of work. On the standard input comes,
pickled, perhaps what to read ahead, then the task, then perhaps that it is to stop; the process
ends when its asker goes away, which leaves nothing stored or all of it.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import traceback
from contextlib import suppress
from typing import BinaryIO

from core.child_process import own_output, say
from core.collector import collector_held
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.services.proposing.ahead import BooksAhead, read_ahead
from core.services.proposing.messages import (
    Failure,
    MatchingTask,
    Message,
    Progress,
    ReadAhead,
    Refusal,
    Stop,
    Stored,
)
from core.services.proposing.search import Watch, search


def main() -> None:
    """Carry out the task on the standard input, then end."""
    answers = own_output()
    asked: queue.SimpleQueue[ReadAhead | MatchingTask] = queue.SimpleQueue()
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(asked, stopped), daemon=True).start()
    ahead = None
    task = asked.get()
    while isinstance(task, ReadAhead):
        ahead = _read_ahead(task)
        task = asked.get()
    say(answers, _carried_out(task, ahead, answers, stopped))
    os._exit(0)  # a million objects are not worth clearing away one by one


def _read_ahead(wanted: ReadAhead) -> BooksAhead | None:
    """Read payments beforehand; what goes wrong is told when the task needs them."""
    database = Database(wanted.url)
    with suppress(KnownError), collector_held():
        return read_ahead(database, wanted.frame)
    return None


def _carried_out(
    task: MatchingTask, ahead: BooksAhead | None, answers: BinaryIO, stopped: threading.Event
) -> Message:
    def report(done: int, total: int) -> None:
        say(answers, Progress(done, total))

    try:
        database = Database(task.url, initiator=task.initiator)
        watch = Watch(stopped.is_set, report)
        search(database, task.actor, task.reconciliation_id, watch, ahead)
        database.close()
    except KnownError as error:
        return Refusal(error)
    except Exception:
        return Failure(traceback.format_exc())
    return Stored()


def _listen(asked: queue.SimpleQueue[ReadAhead | MatchingTask], stopped: threading.Event) -> None:
    """Hear what is asked and that it is to stop, and end where the asker is done or dead."""
    try:
        while True:
            message = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program that started us
            if isinstance(message, Stop):
                stopped.set()
            else:
                asked.put(message)
    except EOFError:
        pass
    os._exit(0)

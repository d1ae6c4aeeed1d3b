"""The process in which one large statement is matched, away from the window that asked for it.

It does what the window's own process does with a small one: the same search, which reads the shop
and stores proposals in the person's name, in one unit of work. A task comes pickled on the
standard input, then perhaps that it is to stop; the process ends when its asker goes away, which
leaves nothing stored or all of it.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import traceback
from typing import BinaryIO

from core.child_process import own_output, say
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.services.proposing.messages import (
    Failure,
    MatchingTask,
    Message,
    Progress,
    Refusal,
    Stored,
)
from core.services.proposing.search import Watch, search


def main() -> None:
    """Carry out the task on the standard input, then end."""
    answers = own_output()
    task: MatchingTask = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program that started us
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(stopped,), daemon=True).start()
    say(answers, _carried_out(task, answers, stopped))
    os._exit(0)  # a million objects are not worth clearing away one by one


def _carried_out(task: MatchingTask, answers: BinaryIO, stopped: threading.Event) -> Message:
    def report(done: int, total: int) -> None:
        say(answers, Progress(done, total))

    try:
        database = Database(task.url, initiator=task.initiator)
        search(database, task.actor, task.reconciliation_id, Watch(stopped.is_set, report))
        database.close()
    except KnownError as error:
        return Refusal(error)
    except Exception:
        return Failure(traceback.format_exc())
    return Stored()


def _listen(stopped: threading.Event) -> None:
    """Hear that the matching is to stop, and end where the asker is done or dead."""
    try:
        pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program that started us
        stopped.set()
        sys.stdin.buffer.read()
    except EOFError:
        pass
    os._exit(0)

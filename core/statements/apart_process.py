"""The process in which one statement file is read, away from the program that asked for it.

A task comes pickled on the standard input; reports of progress and the outcome go pickled to the
standard output. The process ends with its one reading, when its asker goes away, and at the
latest when its time is over. What it imports is what readers need: no window, no database.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

from core.child_process import own_output, say
from core.errors import KnownError
from core.statements.apart_messages import (
    Failure,
    Limits,
    Message,
    Outcome,
    OutOfMemory,
    Progress,
    ReadingTask,
    Refusal,
)
from core.statements.reading import preview_table, read_statement

REPORT_EVERY_S = 0.1
_RESERVED_BYTES = 256 * 1024 * 1024
"""What threads and libraries set aside of the address space without using it."""

_GRACE_S = 5.0


def main() -> None:
    """Carry out the task on the standard input, then end."""
    answers = own_output()
    task: ReadingTask = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the program that started us
    _limit(task.limits)
    threading.Thread(target=_end_with_asker, daemon=True).start()
    message = _carried_out(task, answers)
    say(answers, message)


def _carried_out(task: ReadingTask, answers: BinaryIO) -> Message:
    report = _reporter(answers)
    try:
        if task.is_preview:
            return Outcome(preview_table(task.path, profile=task.profile))
        return Outcome(
            read_statement(task.path, profile=task.profile, currency=task.currency, progress=report)
        )
    except KnownError as error:
        return Refusal(error)
    except MemoryError:
        return OutOfMemory()
    except Exception:
        return Failure(traceback.format_exc())


def _reporter(answers: BinaryIO) -> Callable[[int, int], None]:
    """Return a progress function that speaks at most ten times a second."""
    due_s = 0.0

    def report(done: int, total: int) -> None:
        nonlocal due_s
        now_s = time.monotonic()
        if now_s >= due_s:
            due_s = now_s + REPORT_EVERY_S
            say(answers, Progress(done, total))

    return report


def _limit(limits: Limits) -> None:
    """Bind this process; the asker watches it as well, as not every system has such limits.

    The timer is C code that needs no interpreter: it ends even a reading that never comes back
    from a regular expression, whose asker is gone.
    """
    faulthandler.dump_traceback_later(limits.clock_s + _GRACE_S, exit=True)
    # openpyxl and pdfplumber use numpy only if they find it: 100 ms and a thread for each CPU.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None means: not to be found
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - only where there is one

    most = limits.memory_bytes + _RESERVED_BYTES
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _end_with_asker() -> None:
    """Wait for the end of the standard input: it is closed when the asker is done or dead."""
    sys.stdin.buffer.read()
    os._exit(0)

"""Reading a statement file in a process of its own, so that no file can harm the program.

Each file has its process, which ends with it: a reader that crashes, hangs or swallows memory
costs one file and nothing else, and Cancel is a kill. Callable from any thread; it blocks that
thread until the file is read.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.child_process import Child
from core.errors import KnownError, UnreadableFileError
from core.money import DEFAULT_CURRENCY
from core.statements import READING_ARGUMENT
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
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable
from core.statements.statement import StatementFile

logger = logging.getLogger(__name__)

DEFAULT_LIMITS = Limits()
_LOOK_EVERY_S = 0.05
_LAST_WORDS_S = 2.0
_ENTRY = "from core.statements.apart_process import main; main()"


class ReadingCancelledError(KnownError):
    """The person stopped the reading before it was done."""


def read_apart(
    path: Path,
    *,
    profile: ColumnProfile | None = None,
    currency: str = DEFAULT_CURRENCY,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> StatementFile:
    """Return the statements in a file as ``read_statement`` does, read in another process.

    ``progress`` is called on this thread, about ten times a second, with how much is done of how
    much; what it raises ends the reading and comes out here. ``cancelled`` is asked twenty times
    a second, and stops the reading at once.

    Raises:
        UnreadableFileError: as ``read_statement``; also when the reading takes more time or
            memory than ``limits``, or its process dies.
        ReadingCancelledError: ``cancelled`` answered yes.

    """
    task = ReadingTask(path.absolute(), profile, currency, is_preview=False, limits=limits)
    result = _carry_out(task, progress, cancelled)
    assert isinstance(result, StatementFile)  # noqa: S101 - the process does what its task says
    return result


def preview_apart(
    path: Path,
    *,
    profile: ColumnProfile | None = None,
    cancelled: Callable[[], bool] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> RawTable:
    """Return the first rows of a table file as ``preview_table`` does, read in another process.

    Raises:
        UnreadableFileError: as ``preview_table``; also over ``limits``, or a process that dies.
        ReadingCancelledError: ``cancelled`` answered yes.

    """
    task = ReadingTask(path.absolute(), profile, DEFAULT_CURRENCY, is_preview=True, limits=limits)
    result = _carry_out(task, None, cancelled)
    assert isinstance(result, RawTable)  # noqa: S101 - the process does what its task says
    return result


def _carry_out(
    task: ReadingTask,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> StatementFile | RawTable:
    child: Child[Message] = Child(READING_ARGUMENT, _ENTRY)
    try:
        try:
            child.tell(task)
        except OSError as error:
            raise _dead(child.process, task) from error
        watch = _Watch(child.process, task)
        while True:
            message = child.next(_LOOK_EVERY_S)
            if cancelled is not None and cancelled():
                raise ReadingCancelledError(
                    f"Nothing was imported. The reading of “{task.path.name}” was stopped."
                )
            if isinstance(message, Progress):
                if progress is not None:
                    progress(message.done, message.total)
            elif message is not None:
                return _result(message, task)
            elif child.is_silent:
                raise _dead(child.process, task)
            watch.look()
    finally:
        child.end()


def _result(message: Message, task: ReadingTask) -> StatementFile | RawTable:
    match message:
        case Outcome(result):
            return result
        case Refusal(error):
            raise error
        case OutOfMemory():
            raise _too_much_memory(task)
        case Failure(trace):
            logger.error("A statement reader failed:\n%s", trace)
            raise UnreadableFileError(
                f"“{task.path.name}” could not be read: the reader met something in it that it"
                " does not know. Ask the bank for another format.",
                details=trace,
            )
        case Progress():
            raise AssertionError(message)


class _Watch:
    """Looks after a reading from outside, where the system has no limits of its own."""

    def __init__(self, process: subprocess.Popen[bytes], task: ReadingTask) -> None:
        import psutil  # noqa: PLC0415 - not owed at start

        self._gone = psutil.Error
        self._task = task
        self._end_s = time.monotonic() + task.limits.clock_s
        try:
            self._seen: psutil.Process | None = psutil.Process(process.pid)
        except psutil.Error:
            self._seen = None

    def look(self) -> None:
        """Refuse the file once its reading costs too much.

        Raises:
            UnreadableFileError: too much time or memory.

        """
        limits = self._task.limits
        if time.monotonic() > self._end_s:
            raise _too_much_time(self._task)
        if self._seen is None:
            return
        try:
            memory_bytes = self._seen.memory_info().rss
            cpu = self._seen.cpu_times()
        except self._gone:
            # It ended since; its outcome, or how it died, is told by the next message.
            return
        if memory_bytes > limits.memory_bytes:
            raise _too_much_memory(self._task)
        if cpu.user + cpu.system > limits.cpu_s:
            raise _too_much_time(self._task)


def _dead(process: subprocess.Popen[bytes], task: ReadingTask) -> UnreadableFileError:
    try:
        code: int | None = process.wait(timeout=_LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        code = None
    if sys.platform != "win32" and code == -signal.SIGKILL:
        return _too_much_memory(task)  # nobody but the system kills it, when memory runs out
    return UnreadableFileError(
        f"“{task.path.name}” could not be read: the reader stopped. The file is damaged, or made to"
        " do harm; download it again, or ask the bank for another format.",
        details=f"exit code {code}",
    )


def _too_much_memory(task: ReadingTask) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{task.path.name}” is refused: reading it took more memory than a statement can need."
    )


def _too_much_time(task: ReadingTask) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{task.path.name}” is refused: reading it took longer than a statement can need."
    )

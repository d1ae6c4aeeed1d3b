"""A process of our own program that does one thing for it, spoken to through two pipes.

What is said is pickled. The process ends with its one task, and when its asker goes away.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

_ROOT = Path(__file__).resolve().parents[1]

_ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""Where glibc gives each thread a heap of its own, what one lets go is not used by the others."""

M = TypeVar("M")


class Child(Generic[M]):
    """A process of ours that says messages of one type.

    ``argument`` is what a program without Python is started with, ``entry`` the code that one
    with Python runs. ``takes`` is told of each message on a thread of its own:
    what it answers yes to is not kept for :meth:`next`. End it in any case with :meth:`end`.
    """

    def __init__(
        self, argument: str, entry: str, takes: Callable[[M], bool] = lambda _: False
    ) -> None:
        self._takes = takes
        self.process = _started(argument, entry)
        self._messages: queue.SimpleQueue[M] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def tell(self, message: object) -> None:
        """Say something. The pipe stays open: that it ends tells the process to end.

        Raises:
            OSError: the process is gone.

        """
        stream = _pipe(self.process.stdin)
        stream.write(pickle.dumps(message))
        stream.flush()

    def next(self, timeout_s: float) -> M | None:
        """Wait for the next message; None when none came in time."""
        try:
            return self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return None

    @property
    def is_silent(self) -> bool:
        """Tell whether the process ended and nothing it said is left."""
        return not self._listener.is_alive() and self._messages.empty()

    def end(self) -> None:
        """Leave nothing behind: no process, no thread, no pipe."""
        self.process.kill()
        self.process.wait()
        self._listener.join()
        _pipe(self.process.stdout).close()
        with suppress(OSError):  # what a dead process did not take is of no use to anybody
            _pipe(self.process.stdin).close()

    def _listen(self) -> None:
        stream = _pipe(self.process.stdout)
        while True:
            try:
                message = pickle.load(stream)  # noqa: S301 - from the process we started
            except (EOFError, pickle.UnpicklingError, OSError, ValueError):
                # The process ended; how it did is asked of the system.
                return
            if not self._takes(message):
                self._messages.put(message)


def own_output() -> BinaryIO:
    """Return, in the process, the pipe to the asker; what a library prints goes nowhere instead."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def say(answers: BinaryIO, message: object) -> None:
    """Say something, in the process, to the asker."""
    pickle.dump(message, answers, protocol=pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _started(argument: str, entry: str) -> subprocess.Popen[bytes]:
    """Start the process. Never a fork: the program that asks may have a window and threads."""
    frozen = getattr(sys, "frozen", False)
    command = [sys.executable, argument] if frozen else [sys.executable, "-P", "-c", entry]
    places = [str(_ROOT), *(place for place in sys.path if place)]
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places), **_ONE_HEAP},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows would open
    )


def _pipe(stream: object) -> BinaryIO:
    assert stream is not None  # noqa: S101 - both ends are pipes
    return stream  # type: ignore[return-value]

"""What happens to an error nobody expected: it is logged, the window is told, and all goes on."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from desktop.paths import log_folder

CRASH_FILE = "crash.log"

logger = logging.getLogger(__name__)

BugListener = Callable[[BaseException], None]


class _Reporter:
    """The hooks of the interpreter, and who else wants to know of a bug."""

    def __init__(self) -> None:
        self.listener: BugListener | None = None
        self.native_log: TextIO | None = None

    def report(self, error: BaseException, where: str) -> None:
        """Log a bug with its traceback, then tell the listener, on the thread that failed."""
        logger.critical("a bug in %s", where, exc_info=error)
        if self.listener is None:
            return
        try:
            self.listener(error)
        except Exception:
            logger.exception("the report of a bug failed itself")


_reporter = _Reporter()


def report_bug(error: BaseException, where: str) -> None:
    """Log a bug that was caught, and tell the window's listener of it."""
    _reporter.report(error, where)


def install_crash_hooks(data_dir: Path, listener: BugListener | None = None) -> None:
    """Catch what escapes any thread or destructor; ``listener`` is called on the failing thread.

    A window's listener hands over to the GUI thread before it shows anything. An abort inside a
    native library leaves the Python stacks in the folder of the logs.
    """
    _reporter.listener = listener
    sys.excepthook = _on_error
    threading.excepthook = _on_thread_error
    sys.unraisablehook = _on_unraisable
    _watch_native_crashes(data_dir)


def remove_crash_hooks() -> None:
    """Give the interpreter its own hooks back."""
    _reporter.listener = None
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    sys.unraisablehook = sys.__unraisablehook__
    if _reporter.native_log is not None:
        faulthandler.disable()
        _reporter.native_log.close()
        _reporter.native_log = None


def _on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _reporter.report(error, "the main thread")


def _on_thread_error(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        name = args.thread.name if args.thread is not None else "a thread"
        _reporter.report(args.exc_value, f"the thread {name}")


def _on_unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        _reporter.report(args.exc_value, f"{args.err_msg or 'cleaning up'} {args.object!r}")


def _watch_native_crashes(data_dir: Path) -> None:
    if _reporter.native_log is not None:
        return
    folder = log_folder(data_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # It stays open for as long as the program lives: a crash leaves no time to open it.
        native_log = (folder / CRASH_FILE).open("a", encoding="utf-8")
    except OSError as error:
        logger.warning("native crashes will leave no trace: %s", error)
        return
    faulthandler.enable(native_log)
    _reporter.native_log = native_log

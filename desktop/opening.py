"""Opening the window: the log and the crash hooks first, then Qt, if there is a screen for it."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.configuration import Configuration
from core.errors import StorageError
from desktop.crash import install_crash_hooks, remove_crash_hooks
from desktop.display import NO_SCREEN, has_screen, missing_library
from desktop.logs import start_log

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def obstacle() -> str:
    """Return why no window can be shown here, as one sentence; "" when one can."""
    return missing_library() if has_screen() else NO_SCREEN


def open_window(configuration: Configuration, *, sign_in_as: tuple[str, str] | None = None) -> int:
    """Show the window of a shop until it is closed; return the exit code.

    ``sign_in_as`` is a name and password to begin with, as in a demo.

    Raises:
        StorageError: there is no screen, or Qt cannot draw on it.

    """
    reason = obstacle()
    if reason:
        raise StorageError(f"{reason} The commands work without one: “sanduku --help”.")
    start_log(configuration.data_dir)
    install_crash_hooks(configuration.data_dir)
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - only for a window

        from desktop.window import run  # noqa: PLC0415 - only for a window

        with _leaving_on_signals(QApplication(sys.argv[:1])):
            return run(configuration, sign_in_as=sign_in_as)
    finally:
        remove_crash_hooks()


@contextmanager
def _leaving_on_signals(application: QApplication) -> Iterator[None]:
    """Close the window on Ctrl+C, and without a question when the system asks to end.

    Python runs its signal handlers between two of its own instructions, which a waiting Qt never
    reaches: the byte that the interpreter writes at a signal wakes Qt up.
    """
    from PySide6.QtCore import QSocketNotifier  # noqa: PLC0415 - only for a window

    inner, outer = socket.socketpair()
    inner.setblocking(False)
    outer.setblocking(False)
    notifier = QSocketNotifier(outer.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: outer.recv(64))
    previous_fd = signal.set_wakeup_fd(inner.fileno(), warn_on_full_buffer=False)
    previous = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: application.quit()),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: application.exit(0)),
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(previous_fd)
        notifier.setEnabled(False)
        inner.close()
        outer.close()

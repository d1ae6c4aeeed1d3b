"""Opening the window: the log and the crash hooks first, then Qt, if there is a screen for it.

The window of a demonstration has both mobile networks beside it, invented too.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.configuration import DEMO_MARK, Configuration
from core.errors import KnownError, StorageError
from desktop.crash import install_crash_hooks, remove_crash_hooks
from desktop.display import NO_SCREEN, has_screen, missing_library
from desktop.logs import start_log
from desktop.shop import for_a_person

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

logger = logging.getLogger(__name__)


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
        from desktop.window import run, the_application  # noqa: PLC0415 - only for a window

        with networks_of_a_demo(configuration), _leaving_on_signals(the_application()):
            return run(for_a_person(configuration), sign_in_as=sign_in_as)
    finally:
        remove_crash_hooks()


@contextmanager
def networks_of_a_demo(configuration: Configuration) -> Iterator[None]:
    """Let the invented networks of a demonstration answer meanwhile; other shops have none."""
    marked = (configuration.data_dir / DEMO_MARK).is_file()
    if not marked or not configuration.is_there:
        yield
        return
    from core.app import open_shop  # noqa: PLC0415 - other windows open their shop once painted
    from core.demo.networks import DemoNetworks  # noqa: PLC0415 - see above

    networks = DemoNetworks()
    try:
        try:
            with open_shop(configuration) as app:
                networks.start(app.database)
        except (KnownError, OSError) as error:
            # The window itself says what is wrong with the shop, or that no network answers.
            logger.info("the networks of the demonstration do not answer: %s", error)
        yield
    finally:
        networks.stop()


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

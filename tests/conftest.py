"""What every test may rely on: no display, our own fonts, a quiet log, nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# No test, nor a program it starts, may touch the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from resources import resource_path
from tests.one_compiler import share_compiled_statements
from tests.postgresql import PostgresqlServer, running_server

LEAK_PATIENCE_S = 3.0
MOST_SET_ASIDE = 400_000
"""Objects, some 50 MB: a few files' worth of what each leaves in the libraries' caches."""
_OF_THE_PROCESS = "reads under way"
"""The thread that looks after all reads of a server ends by itself when none came for a while:
to wait for that after every test took longer than the tests, so it is done once a file."""
_OFFSCREEN_NOISE = "This plugin does not support propagateSizeHints"


class _SetAside:
    """How many objects may be set aside before they are looked at again."""

    most = 0


def pytest_configure(config: pytest.Config) -> None:
    """Let the offscreen platform say what it cannot do, and compile each statement once."""
    config.addinivalue_line("qt_log_ignore", _OFFSCREEN_NOISE)
    share_compiled_statements()


def pytest_collection_finish() -> None:
    """Set the tests themselves aside: a collector that looks for garbage need not walk them."""
    gc.collect()
    gc.freeze()
    _SetAside.most = gc.get_freeze_count() + MOST_SET_ASIDE


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """The PostgreSQL server of this test run, started when a test first needs it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """Give Qt the program's own fonts, so that sizes are the same on every machine."""
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"):
        QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))
    qapp.setFont(QFont("DejaVu Sans", 10))
    return qapp


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest) -> Iterator[_Warnings]:
    """Fail a test that logs a warning or worse, unless it reads ``caplog`` or expects it."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    if "caplog" in request.fixturenames:
        return
    messages = [record.getMessage() for record in handler.records]
    surprising = [m for m in messages if not any(part in m for part in handler.expected)]
    missing = [part for part in handler.expected if not any(part in m for m in messages)]
    assert not surprising, f"unexpected log records: {surprising}"
    assert not missing, f"expected log records that never came: {missing}"


@pytest.fixture
def expect_log(_quiet_log: _Warnings) -> Callable[[str], None]:
    """Say that a warning or error with this text in it must be logged."""
    return _quiet_log.expected.append


@pytest.fixture(autouse=True, scope="module")
def _memory_let_go_of() -> None:
    """Look now and then at what tests set aside and have let go of since: it takes a second."""
    if (there := gc.get_freeze_count()) > _SetAside.most:
        gc.unfreeze()
        _SetAside.most = there + MOST_SET_ASIDE


@pytest.fixture(autouse=True, scope="module")
def _no_thread_of_the_process_left() -> Iterator[None]:
    yield
    _wait_until_gone(lambda: [t for t in _threads() if t.name == _OF_THE_PROCESS])


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a Python thread, a running QThread or an active QTimer behind."""
    threads_before = set(threading.enumerate())
    uses_qt = {"qtbot", "qapp"} & set(request.fixturenames)
    if uses_qt:
        gc.collect()
        # What exists already is set aside: afterwards only what this test made is looked at.
        gc.freeze()
    yield
    if uses_qt:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
        left = _running_qt_objects()
        assert not left, f"left running: {left}"
    _wait_until_gone(
        lambda: [t for t in _threads() if t not in threads_before and t.name != _OF_THE_PROCESS]
    )


def _wait_until_gone(left: Callable[[], list[threading.Thread]]) -> None:
    end = time.monotonic() + LEAK_PATIENCE_S
    while threads := left():
        if time.monotonic() > end:
            pytest.fail(f"threads left behind: {threads}")
        time.sleep(0.01)


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.is_alive()]


def _running_qt_objects() -> list[QTimer | QThread]:
    return [candidate for candidate in gc.get_objects() if _is_running(candidate)]


def _is_running(candidate: object) -> bool:
    # The type, not isinstance: asking a lazy proxy for its class would wake it up.
    if not issubclass(type(candidate), QTimer | QThread) or not shiboken6.isValid(candidate):
        return False
    return candidate.isActive() if isinstance(candidate, QTimer) else candidate.isRunning()

import threading
import time

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget

from core.errors import ConflictError
from ui.tasks import TaskRunner


@pytest.fixture
def runner(qapp):
    made = TaskRunner()
    yield made
    made.shutdown()
    made.deleteLater()


def idle(runner):
    return lambda: not runner.is_busy


def test_success_arrives_on_the_gui_thread_and_work_runs_elsewhere(qtbot, runner):
    owner, seen = QObject(), []

    def work():
        time.sleep(0.02)  # an answer that is there before anybody waits proves nothing
        return threading.current_thread()

    runner.operation(
        owner,
        work,
        on_success=lambda worker: seen.append((worker, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(seen))
    worker, deliverer = seen[0]
    assert deliverer is threading.main_thread()
    assert worker is not threading.main_thread()
    assert QThread.currentThread() is owner.thread()


def test_a_known_error_arrives_on_the_gui_thread_and_is_no_bug(qtbot, runner):
    seen, bugs = [], []
    runner.bug_raised.connect(bugs.append)

    def refuse():
        raise ConflictError("Nothing was changed.")

    runner.operation(
        QObject(),
        refuse,
        on_success=lambda _: seen.append("success"),
        on_known_error=lambda error: seen.append((error.message, threading.current_thread())),
    )
    qtbot.waitUntil(idle(runner))
    assert seen == [("Nothing was changed.", threading.main_thread())]
    assert not bugs


def test_a_known_error_nobody_listens_to_is_told_by_the_runner(qtbot, runner):
    seen = []
    runner.known_error_raised.connect(seen.append)

    def refuse():
        raise ConflictError("Nothing was changed.")

    runner.query(QObject(), refuse)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].message == "Nothing was changed."


def test_a_bug_is_logged_and_told_and_the_button_comes_back(qtbot, runner, expect_log):
    expect_log("Work off the GUI thread failed.")
    bugs, finished = [], []
    runner.bug_raised.connect(bugs.append)
    runner.operation(
        QObject(),
        lambda: 1 / 0,
        on_success=lambda _: finished.append("success"),
        on_finished=lambda: finished.append("finished"),
    )
    qtbot.waitUntil(lambda: bool(finished))
    assert isinstance(bugs[0], ZeroDivisionError)
    assert finished == ["finished"]


def test_a_closed_owner_is_not_called_but_its_write_is_done(qtbot, runner):
    owner = QWidget()
    gate, done, called = threading.Event(), [], []

    def write():
        gate.wait(5)
        done.append(True)

    runner.operation(owner, write, on_success=lambda _: called.append(True))
    owner.deleteLater()
    qtbot.wait(20)
    gate.set()
    qtbot.waitUntil(idle(runner))
    assert done
    assert not called


def test_reads_and_writes_keep_their_order(qtbot, runner):
    order = []
    owner = QObject()
    for number in range(20):
        start = runner.operation if number % 2 else runner.query
        start(owner, lambda number=number: order.append(number))
    qtbot.waitUntil(idle(runner))
    assert order == list(range(20))


def test_typing_fast_shows_only_the_last_answer(qtbot, runner):
    owner, gate, ran, shown = QObject(), threading.Event(), [], []

    def search(word):
        gate.wait(5)
        ran.append(word)
        return word

    for word in ("j", "je", "jea", "jean"):
        runner.query(
            owner, lambda word=word: search(word), on_success=shown.append, latest="search"
        )
    gate.set()
    qtbot.waitUntil(idle(runner))
    assert shown == ["jean"]
    assert "je" not in ran


def test_another_owners_latest_query_is_left_alone(qtbot, runner):
    first, second, shown = QObject(), QObject(), []
    for owner in (first, second):
        runner.query(owner, lambda: 1, on_success=shown.append, latest="search")
    qtbot.waitUntil(idle(runner))
    assert shown == [1, 1]


def test_slow_work_reports_and_can_be_cancelled_without_error(qtbot, runner):
    reports, outcomes = [], []

    def read(progress):
        for line in range(10_000):
            progress.report(line, 10_000)
            time.sleep(0.002)

    task = runner.slow(
        QObject(),
        read,
        on_progress=lambda done, total: reports.append((done, total)),
        on_success=outcomes.append,
        on_known_error=outcomes.append,
    )
    qtbot.waitUntil(lambda: len(reports) > 3)
    task.cancel()
    qtbot.waitUntil(idle(runner))
    assert reports[0] == (0, 10_000)
    assert not outcomes


def test_slow_work_does_not_hold_up_the_database(qtbot, runner):
    gate, shown = threading.Event(), []
    runner.slow(QObject(), lambda _progress: gate.wait(5))
    runner.query(QObject(), lambda: "read", on_success=shown.append)
    qtbot.waitUntil(lambda: bool(shown))
    gate.set()


def test_shutdown_finishes_writes_and_leaves_no_thread(qtbot):
    before = set(threading.enumerate())
    runner = TaskRunner()
    written, read = [], []
    owner = QObject()
    runner.operation(owner, lambda: (time.sleep(0.05), written.append(1)))
    runner.query(owner, lambda: read.append(1))
    runner.operation(owner, lambda: written.append(2))
    runner.shutdown()
    assert written == [1, 2]
    assert not read
    assert set(threading.enumerate()) == before
    runner.deleteLater()


def test_busy_is_told_once_for_overlapping_work(qtbot, runner):
    told = []
    runner.busy_changed.connect(told.append)
    for _ in range(3):
        runner.query(QObject(), lambda: time.sleep(0.01))
    qtbot.waitUntil(idle(runner))
    assert told == [True, False]


def test_a_read_asked_after_the_end_is_dropped_and_a_write_is_not_swallowed(qtbot):
    runner, owner, seen = TaskRunner(), QObject(), []
    runner.shutdown()
    late = runner.query(owner, lambda: 1, on_success=seen.append, latest="page")
    runner.aside(owner, lambda _: 1, on_success=seen.append, latest="count")
    assert late.is_dropped
    assert not runner.is_busy
    with pytest.raises(RuntimeError):
        runner.operation(owner, lambda: 1)
    assert seen == []
    runner.deleteLater()

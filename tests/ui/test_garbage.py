import gc
import threading
import weakref

from PySide6.QtWidgets import QWidget

from ui.garbage import GarbageKeeper
from ui.tasks import TaskRunner


class Cycle:
    def __init__(self, ended):
        self.me = self
        self.widget = QWidget()
        weakref.finalize(self, lambda: ended.append(threading.current_thread()))


def test_widgets_in_cycles_are_taken_away_on_the_gui_thread_only(qtbot):
    ended = []
    tasks = TaskRunner()
    try:
        Cycle(ended)
        done = []
        tasks.query(tasks, lambda: [[[]] for _ in range(200_000)], on_success=done.append)
        qtbot.waitUntil(lambda: bool(done))
        assert all(thread is threading.main_thread() for thread in ended)
        qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
        assert set(ended) == {threading.main_thread()}
    finally:
        tasks.shutdown()
    assert gc.isenabled()


def test_automatic_collection_returns_with_the_last_keeper(qapp):
    first, second = GarbageKeeper(), GarbageKeeper()
    first.stop()
    first.stop()
    assert not gc.isenabled()
    second.stop()
    assert gc.isenabled()


class Kept:
    def __init__(self):
        self.me = self


def test_what_outlived_a_collection_is_set_aside_and_looked_at_again_in_the_end(qtbot, monkeypatch):
    keeper = GarbageKeeper()
    try:
        kept = Kept()
        ended = weakref.ref(kept)
        keeper.look_at_all()
        set_aside = gc.get_freeze_count()
        assert set_aside > 0
        del kept
        gc.collect()
        assert ended() is not None
        keeper._collect()
        assert gc.get_freeze_count() >= set_aside
        monkeypatch.setattr(GarbageKeeper, "_all_due_s", 0.0)
        keeper._collect()
        assert ended() is None
    finally:
        keeper.stop()

"""Scrolling a list while another process adds a thousand payments a minute to it.

A timer of five milliseconds tells the longest turn of the event loop, by the clock and by the
processor's time of the window's own thread: what a frame would have waited.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from core.database.change_feed import ChangeFeed
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.services.payments.filters import PaymentFilter
from tests.benchmarks.listed_shop import listed_folder, opened
from tests.ui.live_list import Page
from ui.relay import ChangeRelay

SIZES = (100_000, int(os.environ.get("SANDUKU_BENCHMARK_PAYMENTS", "1000000")))
SECONDS = 20
SCROLLED_ROWS = 3


class Turns(QObject):
    """How long the turns of the event loop are."""

    def __init__(self) -> None:
        super().__init__()
        self.wall_s: list[float] = []
        self.processor_s: list[float] = []
        self._last = (time.perf_counter(), time.thread_time())
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(5)

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()
        self.deleteLater()

    def _on_turn(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.wall_s.append(now[0] - self._last[0])
        self.processor_s.append(now[1] - self._last[1])
        self._last = now


@pytest.fixture(scope="module", params=SIZES)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path]]:
    """A copy that may be sold in, and is gone at once afterwards: it may be very large."""
    whole = opened(listed_folder(tmp_path_factory), request.param)
    folder = tmp_path_factory.mktemp("live")
    shutil.copyfile(Path(str(whole.engine.url.database)), folder / "sanduku.db")
    whole.close()
    yield request.param, folder / "sanduku.db"
    shutil.rmtree(folder)


@pytest.mark.parametrize("search", ["", "uwase"])
def test_scrolling_while_another_desk_takes_payments(
    qtbot: QtBot, shop: tuple[int, Path], search: str
) -> None:
    size, path = shop
    database = Database(sqlite_url(path))
    changes = ChangeFeed(database)
    changes.start()
    relay = ChangeRelay(changes)
    page = Page(database, wanted=PaymentFilter(search=search))
    qtbot.addWidget(page)
    relay.changed.connect(page.changes_arrived)
    page.show()
    qtbot.waitUntil(lambda: page.model.total and not page.tasks.is_busy, timeout=60_000)
    page.select(1, 4, 250)
    selected, reread = page.ids([1, 4]), []
    page.model.replaced.connect(lambda: reread.append(None))
    before = page.model.total
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.busy_desk", str(path), str(SECONDS)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    page.tasks.tidy_memory()  # as the window does before it shows a page
    turns, began_s = Turns(), time.process_time()
    bar, step = page.table.verticalScrollBar(), SCROLLED_ROWS * page.table.rowHeight(0)
    scrolling = QTimer(page)
    scrolling.timeout.connect(lambda: bar.setValue(bar.value() + step))
    scrolling.start(16)
    qtbot.waitUntil(lambda: desk.poll() is not None, timeout=SECONDS * 5_000)
    scrolling.stop()
    spent_s = time.process_time() - began_s
    taken = int(desk.communicate()[0])
    turns.stop()
    qtbot.waitUntil(lambda: page.model.total == before + taken, timeout=60_000)
    worst_s, worst_processor_s = max(turns.wall_s), max(turns.processor_s)
    late = sum(each > 0.05 for each in turns.wall_s)
    print(
        f"\n{size} {search!r}: {taken} taken, read again {len(reread)} times; longest turn"
        f" {worst_s * 1000:.0f} ms ({worst_processor_s * 1000:.0f} ms of the processor), {late} of"
        f" {len(turns.wall_s)} over 50 ms; processor {spent_s / SECONDS * 100:.0f} %"
    )
    assert page.selected[:2] == selected
    relay.close()
    changes.stop()
    page.tasks.shutdown()
    database.close()
    relay.deleteLater()

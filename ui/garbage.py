"""Python's cycle collector, kept on the GUI thread.

Widgets are full of cycles (a page holds a button whose slot holds the page). The collector runs on
whichever thread happens to allocate: on a worker it would destroy Qt objects there, which ends the
program with a segmentation fault. While a keeper stands, automatic collection is off and a timer
of the GUI thread collects instead.

To look through all objects of a program at work takes longer than a frame (60 ms were seen). So
what outlived a full collection is set aside, and looked at again when nobody waits for a frame:
before a person's pages are shown, and at last after a long while.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
ALL_AFTER_S = 30 * 60
"""What is set aside and was let go of since stays in memory for so long at most."""


class GarbageKeeper(QObject):
    """Collects on the thread it lives in, until ``stop()`` gives the work back to Python."""

    _keepers = 0
    _all_due_s = 0.0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not GarbageKeeper._keepers:
            GarbageKeeper._all_due_s = time.monotonic() + ALL_AFTER_S
        GarbageKeeper._keepers += 1
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Stop; the last keeper to stop turns automatic collection on again."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        GarbageKeeper._keepers -= 1
        if not GarbageKeeper._keepers:
            gc.enable()

    def look_at_all(self) -> None:
        """Collect whatever is no longer needed, and set all else aside: a tenth of a second."""
        GarbageKeeper._all_due_s = time.monotonic() + ALL_AFTER_S
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def _collect(self) -> None:
        """Collect each generation that Python itself would have collected by now."""
        if time.monotonic() >= GarbageKeeper._all_due_s:
            self.look_at_all()
            return
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                if generation == 2:
                    gc.freeze()
                return

"""Python's cycle collector, kept on the GUI thread.

Widgets are full of cycles (a page holds a button whose slot holds the page). The collector runs on
whichever thread happens to allocate: on a worker it would destroy Qt objects there, which ends the
program with a segmentation fault. While a keeper stands, automatic collection is off and a timer
of the GUI thread collects instead.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


class GarbageKeeper(QObject):
    """Collects on the thread it lives in, until ``stop()`` gives the work back to Python."""

    _keepers = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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

    def _collect(self) -> None:
        """Collect each generation that Python itself would have collected by now."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

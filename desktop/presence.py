"""Tells the shop who sits at this window, and now and then that it is still there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from core.app import App
from core.errors import KnownError
from core.permissions import Actor
from core.services.presence import BEAT_S
from ui.tasks import TaskRunner

logger = logging.getLogger(__name__)


class PresenceTeller(QObject):
    """What it tells is nobody's worry: where it cannot be told the log says so, no one else."""

    def __init__(self, app: App, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._tasks = tasks
        self._was_told = False
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_S * 1000)
        self._timer.timeout.connect(lambda: self._tell(self._app.presence.beat))

    def come(self, actor: Actor) -> None:
        """Tell that somebody works here."""
        self._was_told = True
        self._timer.start()
        self._tell(lambda: self._app.presence.come(actor))

    def lock(self, actor: Actor) -> None:
        """Tell that the window is locked."""
        self._tell(lambda: self._app.presence.lock(actor))

    def leave(self) -> None:
        """Tell that somebody left, while the program stays open."""
        self._timer.stop()
        self._was_told = False
        self._tell(self._app.presence.leave)

    def close(self) -> None:
        """Tell that the window closes; it is asked for when no other work goes on."""
        self._timer.stop()
        if not self._was_told:
            return
        try:
            self._app.presence.leave()
        except KnownError as error:
            _log(error)

    def _tell(self, act: Callable[[], None]) -> None:
        self._tasks.operation(self, act, on_known_error=_log)


def _log(error: KnownError) -> None:
    logger.info("who sits at this window could not be told: %s", error.message)

"""Acts of fast fingers, one after the other: each sees what the one before it left."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError
from core.matching.work import MatchingCancelledError
from ui.pages.reconcile.verbs import Look
from ui.tasks import Progress, TaskRunner


class ActQueue(QObject):
    """Runs one act at a time; keys pressed meanwhile wait and are dropped if it is refused.

    Signals:
        refused(error): an act was not done.
        stopped: a long act was stopped before it was done; nothing of it stands.
    """

    refused = Signal(object)
    stopped = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._is_busy = False
        self._waiting: deque[Callable[[], object]] = deque()
        self._long: Progress | None = None

    @property
    def is_busy(self) -> bool:
        """Tell whether an act is under way or waits."""
        return self._is_busy or bool(self._waiting)

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def must_wait(self, act: Callable[[], object]) -> bool:
        """Keep an act for later while another is under way, and tell so."""
        if self._is_busy:
            self._waiting.append(act)
        return self._is_busy

    def run(self, work: Callable[[], Look], then: Callable[[Look], object]) -> None:
        """Do work off the GUI thread, then show what it left, then let the next act begin."""
        self._is_busy = True
        self._tasks.operation(
            self,
            work,
            on_success=lambda look: self._on_done(look, then),
            on_known_error=self._on_refused,
            on_finished=self._on_finished,
        )

    def run_long(
        self,
        work: Callable[[Progress], Look],
        then: Callable[[Look], object],
        on_progress: Callable[[int, int], object],
    ) -> None:
        """Do as :meth:`run` beside the database's thread, so that lists can be read meanwhile."""
        self._is_busy = True
        task = self._tasks.slow(
            self,
            work,
            on_success=lambda look: self._on_done(look, then),
            on_known_error=self._on_refused,
            on_finished=self._on_long_finished,
            on_progress=on_progress,
        )
        self._long = task.progress

    def stop_long(self) -> None:
        """Ask a long act to stop; when it heard that, or was done before, it says so."""
        self._waiting.clear()
        if self._long is not None:
            self._long.cancel()

    def _on_long_finished(self) -> None:
        is_stopped = self._long is not None and self._long.is_cancelled
        self._long = None
        self._on_finished()
        if is_stopped:
            self.stopped.emit()

    def _on_finished(self) -> None:
        # Also after a bug, of which neither success nor a known error hears.
        self._is_busy = False

    def _on_done(self, look: Look, then: Callable[[Look], object]) -> None:
        then(look)
        while self._waiting and not self._is_busy:
            self._waiting.popleft()()

    def _on_refused(self, error: KnownError) -> None:
        self._waiting.clear()
        if not isinstance(error, MatchingCancelledError):
            self.refused.emit(error)

"""The search for matches: beside the work, told line by line, stopped by Cancel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui.pages.reconcile.verbs import Verbs
from ui.pages.reconcile.words import filled, number
from ui.tasks import Progress, Task, TaskRunner
from ui.widgets.progress_line import ProgressLine


class MatchSearch(QObject):
    """One search at a time.

    Signals:
        started: a search is under way.
        found: proposals were stored.
        refused(error): the search was not made.
    """

    started = Signal()
    found = Signal()
    refused = Signal(object)

    def __init__(self, tasks: TaskRunner, progress: ProgressLine, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._progress = progress
        self._task: Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether a search is under way."""
        return self._task is not None

    def start(self, verbs: Verbs, lines: int) -> None:
        """Look for matches of the open lines, of which the statement has ``lines`` in all."""
        if self._task is not None:
            return

        def work(progress: Progress) -> None:
            verbs.propose(progress)

        self._progress.start(self.tr("Looking for matches…"))
        self._task = self._tasks.slow(
            self,
            work,
            on_success=lambda _none: self.found.emit(),
            on_known_error=self.refused.emit,
            on_finished=self._end,
            on_progress=lambda done, total: self._tell(done, total, lines),
        )
        self.started.emit()

    def stop(self) -> None:
        """Stop it; what was stored before stands."""
        if self._task is not None:
            self._task.cancel()
        self._end()

    def _tell(self, done: int, total: int, lines: int) -> None:
        if self._task is None or not total:
            return
        told = self.tr("Looking for matches: %1 of %2 lines")
        compared = number(lines * done // total)
        self._progress.show_step(filled(told, compared, number(lines)), done, total)

    def _end(self) -> None:
        self._task = None
        self._progress.stop()

"""Reading reports off the GUI thread: the newest question wins, and changes never starve it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError
from core.services.reports.contract import Report, ReportQuery
from ui.context import PageContext
from ui.tasks import Task


class ReportReader(QObject):
    """Asks for one report at a time.

    Another question drops the one under way. The same question again, because something changed,
    waits for it and is then asked once more: a busy shop would else never see an answer.

    Signals:
        arrived(report): the answer to the newest question.
        refused(error): it cannot be answered.
    """

    arrived = Signal(object)
    refused = Signal(object)

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task[Report] | None = None
        self._query: ReportQuery | None = None
        self._is_owed = False

    @property
    def is_reading(self) -> bool:
        """Tell whether an answer is on its way."""
        return self._task is not None

    def ask(self, query: ReportQuery) -> None:
        """Ask a question; its answer comes by a signal."""
        if self._task is not None and query == self._query:
            self._is_owed = True
            return
        if self._task is not None:
            self._task.cancel()
        self._start(query)

    def _start(self, query: ReportQuery) -> None:
        app, actor = self._context.app, self._context.actor
        self._query = query
        self._is_owed = False
        # Not on the database thread: a long report must not make a cashier's confirmation wait.
        self._task = self._context.tasks.slow(
            self,
            lambda _progress: app.reports.run(actor, query),
            on_success=self._on_arrived,
            on_known_error=self._on_refused,
            on_finished=self._on_finished,
        )

    def _on_finished(self) -> None:
        self._task = None

    def _on_arrived(self, report: Report) -> None:
        self.arrived.emit(report)
        if self._is_owed and self._task is None:
            self._start(report.query)

    def _on_refused(self, error: KnownError) -> None:
        self._is_owed = False
        self.refused.emit(error)

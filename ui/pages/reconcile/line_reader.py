"""What the current line may be, read when the clerk rests at it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from core.services.matching.line_candidates import LineDetail
from ui.context import PageContext
from ui.pages.reconcile.line_list import LineList

_REST_MS = 60
"""A line passed more quickly is not read: only where the clerk stops are candidates shown."""


class LineReader(QObject):
    """Holds the line last read; of several questions only the last one's answer is taken.

    Signals:
        arrived: the line the clerk is at was read.
        refused(error): it could not be read.
    """

    arrived = Signal()
    refused = Signal(object)

    def __init__(self, context: PageContext, place: LineList, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._place = place
        self._line: LineDetail | None = None
        self._once_read: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.read)
        place.moved.connect(self._on_moved)

    @property
    def current(self) -> LineDetail | None:
        """The line the clerk is at; None where there is none or it is still being read."""
        is_current = self._line is not None and self._line.line_id == self._place.line_id
        return self._line if is_current else None

    @property
    def is_reading(self) -> bool:
        """Tell whether what was read last is another line than the clerk is at."""
        return self._timer.isActive() or (self._place.is_somewhere and self.current is None)

    def take(self, line: LineDetail | None) -> None:
        """Hold a line that was read with something else."""
        self._line, self._once_read = line, None

    def once_read(self, act: Callable[[], object]) -> None:
        """Do an act when the line is read, unless the clerk goes on before."""
        self._once_read = act
        self.read()

    def read(self) -> None:
        """Read the line now."""
        self._timer.stop()
        line_id = self._place.line_id
        if line_id is None:
            return
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.reconciliation_lists.line(actor, line_id),
            on_success=self._on_read,
            on_known_error=self.refused.emit,
            latest="line",
        )

    def _on_moved(self) -> None:
        self._once_read = None
        self._timer.start()

    def _on_read(self, line: LineDetail) -> None:
        if line.line_id != self._place.line_id:
            return
        self._line = line
        act, self._once_read = self._once_read, None
        self.arrived.emit()
        if act is not None:
            act()

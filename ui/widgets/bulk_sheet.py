"""The sheet of an act on many rows: a review, then its progress, then what became of each.

The rows are acted on a few at a time, so that other work on the database is served in between, and
Cancel stops before the next few. What is done stays, and the sheet says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import KnownError
from ui.tasks import TaskRunner
from ui.widgets.form_dialog import ReviewSheet
from ui.widgets.outcome_list import OutcomeLine, OutcomeList
from ui.widgets.progress_line import ProgressLine
from ui.words import count_text

ROWS_AT_ONCE = 10
_WIDTH_CHARACTERS = 112
"""A row with the reason why it was refused is one long line."""

BulkWork = Callable[[int, int], Sequence[OutcomeLine]]
"""Acts on the rows from a position up to another, off the GUI thread, and says what became."""


class BulkActSheet(ReviewSheet):
    """Reviews an act on ``count`` rows; ``begin`` does it, once however often it is asked to."""

    def __init__(
        self,
        tasks: TaskRunner,
        title: str,
        submit_text: str,
        amount_text: str,
        facts: Sequence[tuple[str, str]],
        parent: QWidget,
        *,
        count: int,
        first_lines: Sequence[str],
        on_done: Callable[[], object],
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(title, submit_text, amount_text, facts, parent, warnings=warnings)
        self._tasks = tasks
        self._count = count
        self._on_done = on_done
        self._work: BulkWork | None = None
        self._reached = 0
        self._is_running = False
        self._is_stopped = False
        self.outcomes = OutcomeList(self.tr("Rows"))
        more = count - len(first_lines)
        rest = [self.tr("… and %1 more").replace("%1", count_text(more))] if more > 0 else []
        self.outcomes.preview([*first_lines, *rest])
        self.progress = ProgressLine()
        self.progress.cancelled.connect(self.stop_early)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            place = column.indexOf(self.body) + 1
            column.insertWidget(place, self.outcomes, 1)
            column.insertWidget(place + 1, self.progress)
            # The list takes the room that stays empty in other forms.
            column.setStretch(place + 2, 0)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH_CHARACTERS)
        self.resize(self.sizeHint())

    @property
    def has_begun(self) -> bool:
        """Tell whether the act was begun, and so may not be begun again."""
        return self._work is not None

    def begin(self, work: BulkWork) -> None:
        """Act on all rows, a few at a time."""
        if self.has_begun:
            if not self._is_running:
                self.stop()
            return
        self._work = work
        self._is_running = True
        self.outcomes.start()
        self._show_progress()
        self._go_on()

    def stop_early(self) -> None:
        """Stop before the next rows; what is done stays."""
        self._is_stopped = True

    def reject(self) -> None:
        """Stop the act instead of closing over it; else close as other forms do."""
        if self._is_running:
            self.stop_early()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the act when the window is closed by other means."""
        self._is_stopped = True
        super().closeEvent(event)

    def _go_on(self) -> None:
        work, first = self._work, self._reached
        if work is None or self._is_stopped or first >= self._count:
            self._end()
            return
        end = min(first + ROWS_AT_ONCE, self._count)
        self._tasks.operation(
            self,
            lambda: work(first, end),
            on_success=lambda lines: self._on_lines(end, lines),
            on_known_error=self._on_broken,
            # An unexpected error, reported elsewhere, brings neither of the two.
            on_finished=lambda: QTimer.singleShot(0, self, lambda: self._end_if_stuck(first)),
        )

    def _on_lines(self, reached: int, lines: Sequence[OutcomeLine]) -> None:
        self._reached = reached
        self.outcomes.add(lines)
        self._show_progress()
        self._go_on()

    def _show_progress(self) -> None:
        told = self.tr("%1 of %2").replace("%1", count_text(self._reached))
        self.progress.show_step(
            told.replace("%2", count_text(self._count)), self._reached, self._count
        )

    def _on_broken(self, error: KnownError) -> None:
        self._end()
        self.message.show_error(error)

    def _end_if_stuck(self, first: int) -> None:
        if self._is_running and self._reached == first:
            self._end()

    def _end(self) -> None:
        if not self._is_running:
            return
        self._is_running = False
        self.progress.stop()
        self.stop()
        self.body.setEnabled(False)
        done = self._reached - self.outcomes.refused_count
        told = self.tr("Done: %1 of %2.")
        if self._reached < self._count:
            told += " " + self.tr("Stopped: %3 were left as they were.")
        told = told.replace("%1", count_text(done)).replace("%2", count_text(self._count))
        told = told.replace("%3", count_text(self._count - self._reached))
        level = "success" if done == self._count else "warning"
        self.message.show_message(told, level=level)
        self.submit_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()
        self._first_values = self._values()
        self._on_done()

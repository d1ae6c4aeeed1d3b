"""Writes a list into a file off the GUI thread: how far it is, Cancel, where it lies, Open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.exports.table import Exported
from core.services.reports.contract import ExportFormat
from ui.open_document import Opener
from ui.tasks import Progress, Task, TaskRunner
from ui.widgets.messages import InfoBar
from ui.widgets.progress_line import ProgressLine
from ui.words import count_text

Write = Callable[[ExportFormat, Path, Callable[[int, int], None]], Exported]
"""Writes the rows as a format to a path, and reports how far it is."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What is handed out: under which name a file is offered, and how it is written."""

    file_stem: str
    write: Write


class ListExport(QWidget):
    """Takes no room until something is handed out; one file at a time."""

    def __init__(self, tasks: TaskRunner, opener: Opener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._opener = opener
        self._task: Task[Exported] | None = None
        self._path: Path | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.progress = ProgressLine()
        self.progress.cancelled.connect(self.cancel)
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self.open)
        column.addWidget(self.progress)
        column.addWidget(self.bar)
        self.hide()

    @property
    def is_writing(self) -> bool:
        """Tell whether a file is being written."""
        return self._task is not None

    def choose_file(self, job: ExportJob, format_: ExportFormat) -> None:
        """Let the person choose where, and write the file there."""
        if self.is_writing:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(
            self,
            self.tr("Export"),
            str(Path(folder) / f"{job.file_stem}.{format_}"),
            f"{format_.upper()} (*.{format_})",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(str(format_))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.write(job, format_, Path(name)))
        dialog.open()

    def write(self, job: ExportJob, format_: ExportFormat, path: Path) -> None:
        """Write the file."""
        if self.is_writing:
            return
        self.bar.clear()
        self.show()
        self.progress.start(self.tr("Writing %1 …").replace("%1", path.name))

        def work(progress: Progress) -> Exported:
            return job.write(format_, path, progress.report)

        self._task = self._tasks.slow(
            self,
            work,
            on_success=self._on_written,
            on_known_error=self._on_refused,
            on_finished=self._on_finished,
            on_progress=self._on_progress,
        )

    def cancel(self) -> None:
        """Stop writing; the file that was there before stays as it was."""
        if self._task is None:
            return
        self._task.cancel()
        self._on_finished()
        self._tell(self.tr("Cancelled: nothing was exported."), level="info")

    def open(self) -> None:
        """Open the file written last in the system's own program."""
        if self._path is not None and not self._opener(QUrl.fromLocalFile(str(self._path))):
            told = self.tr("No program here opens such a file. It lies at %1")
            self._tell(told.replace("%1", str(self._path)), level="warning")

    def clear(self) -> None:
        """Take what was told away."""
        self.bar.clear()
        self.setVisible(self.is_writing)

    def _on_progress(self, done: int, total: int) -> None:
        if not total:
            return
        told = self.tr("Exporting %1 of %2") if done < total else self.tr("Packing %2 rows")
        told = told.replace("%1", count_text(done)).replace("%2", count_text(total))
        self.progress.show_step(told, done, total)

    def _on_written(self, exported: Exported) -> None:
        self._path = exported.path
        told = self.tr("Exported %1 rows to %2").replace("%1", count_text(exported.rows))
        self._tell(told.replace("%2", str(exported.path)), level="success", action=self.tr("Open"))

    def _on_refused(self, error: KnownError) -> None:
        self._tell(error.message, level="error")

    def _on_finished(self) -> None:
        self._task = None
        self.progress.stop()
        if not self.bar.text:
            self.hide()

    def _tell(self, text: str, *, level: str, action: str = "") -> None:
        self.bar.show_state(text, level=level, action=action)
        self.show()

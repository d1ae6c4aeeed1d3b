"""Handing a report out: on paper, as a file where the person wants it, or as a PDF opened."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import StorageError
from core.services.reports.contract import ExportFormat, ReportQuery
from ui.context import PageContext
from ui.open_document import Opener
from ui.pages.reports.words import report_title
from ui.printing.desk import PaperSource
from ui.words import days_text

PRINT_FOLDER = "reports"
OFFERED = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.PDF)


def format_words(format_: ExportFormat) -> str:
    """Return a format as a menu names it."""
    return {
        ExportFormat.CSV: QCoreApplication.translate("Reports", "CSV, for other programs"),
        ExportFormat.XLSX: QCoreApplication.translate("Reports", "XLSX, for a spreadsheet"),
        ExportFormat.PDF: QCoreApplication.translate("Reports", "PDF, to print or send"),
    }.get(format_, format_.upper())


def file_name(query: ReportQuery, format_: ExportFormat) -> str:
    """Return the name a report's file is offered under: "revenue-2026-03-01-2026-03-31.csv"."""
    days: list[date] = list(dict.fromkeys((query.first_day, query.last_day)))
    return "-".join([query.name, *(day.isoformat() for day in days)]) + f".{format_}"


def report_paper(context: PageContext, query: ReportQuery) -> PaperSource:
    """Return a report as it goes on paper; a report is no customer's paper and has no copies."""
    app, actor = context.app, context.actor

    def draw() -> bytes:
        return app.reports.export(actor, query, ExportFormat.PDF)

    days = days_text(query.first_day, query.last_day)
    return PaperSource(f"{report_title(query.name)}, {days}", draw, lambda _channel: draw())


class ReportExport(QObject):
    """Writes reports off the GUI thread; the old file stays whole until the new one is.

    Signals:
        started(name): a file of this name is being written.
        saved(path): it is there.
        failed(error): it is not.
        finished: nothing is being written any more; comes before the two above.
    """

    started = Signal(str)
    saved = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, context: PageContext, opener: Opener, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._opener = opener
        self._is_writing = False

    @property
    def is_writing(self) -> bool:
        """Tell whether a file is being written."""
        return self._is_writing

    def choose_file(self, query: ReportQuery, format_: ExportFormat, parent: QWidget) -> None:
        """Let the person choose where, and write the report there."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(
            parent,
            self.tr("Save the report"),
            str(Path(folder) / file_name(query, format_)),
            f"{format_.upper()} (*.{format_})",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(str(format_))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.write(query, format_, Path(name)))
        dialog.open()

    def write(self, query: ReportQuery, format_: ExportFormat, path: Path) -> None:
        """Write a report to a file; one at a time."""
        if self._is_writing:
            return
        app, actor = self._context.app, self._context.actor
        self._is_writing = True
        self.started.emit(path.name)
        self._context.tasks.slow(
            self,
            lambda _progress: _write(path, app.reports.export(actor, query, format_)),
            on_success=self.saved.emit,
            on_known_error=self.failed.emit,
            on_finished=self._on_finished,
        )

    def open_pdf(self, query: ReportQuery) -> None:
        """Write the report as PDF into the shop's folder and open it, to look at or keep."""
        folder = self._context.app.configuration.data_dir / PRINT_FOLDER
        if not self._is_writing:
            self.saved.connect(self._open_once, Qt.ConnectionType.SingleShotConnection)
            self.write(query, ExportFormat.PDF, folder / file_name(query, ExportFormat.PDF))

    def open(self, path: Path) -> None:
        """Open a file in the system's own program."""
        if not self._opener(QUrl.fromLocalFile(str(path))):
            sentence = self.tr("No program here opens such a file. It lies at %1")
            self.failed.emit(StorageError(sentence.replace("%1", str(path))))

    def _open_once(self, path: Path) -> None:
        self.open(path)

    def _on_finished(self) -> None:
        self._is_writing = False
        self.finished.emit()


def _write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all.

    Raises:
        StorageError: the folder cannot be written to.

    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        with suppress(OSError):  # the folder may be what is wrong
            new.unlink(missing_ok=True)
        raise StorageError(
            f"The report was not saved: {path} cannot be written. Choose another folder.",
            details=str(error),
        ) from error
    return path

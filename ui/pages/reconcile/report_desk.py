"""The report of a reconciliation, handed out: looked at, printed, or kept as a file."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core.errors import KnownError, StorageError
from core.services.reconciliations.pages import ListedReconciliation
from core.services.reports.contract import ExportFormat
from core.services.rows import ReconciliationRow
from ui.context import PageContext
from ui.open_document import Opener
from ui.pages.reconcile.words import filled, number, short_account
from ui.printing.desk import PaperSource, PrintDesk
from ui.tasks import Progress, Task
from ui.widgets.messages import InfoBar
from ui.widgets.progress_line import ProgressLine

ReportedStatement: TypeAlias = ReconciliationRow | ListedReconciliation
"""A statement as the desk and the list know it; its report is named after it."""


def file_name(row: ReportedStatement, format_: ExportFormat) -> str:
    """Return the name a report is offered under: "reconciliation-bk-june-2026-06-30.pdf"."""
    stem = re.sub(r"[^\w-]+", "-", Path(row.file_name).stem).strip("-")[:60]
    day = row.statement_period_end or row.statement_date
    parts = ("reconciliation", stem, day.isoformat() if day else "")
    return "-".join(part for part in parts if part) + f".{format_}"


class ReportDesk(QObject):
    """Writes one report at a time, off the GUI thread; the old file stays until the new is whole.

    ``bar``, ``progress`` and ``print_desk.line`` say how far it is and where it lies; they go on a
    page, and take no room while nothing is said.

    Signals:
        form_wanted(dialog): open this form.
        notice_raised(text): tell this in passing.
    """

    form_wanted = Signal(object)
    notice_raised = Signal(str)

    def __init__(
        self, context: PageContext, page: QWidget, *, opener: Opener = QDesktopServices.openUrl
    ) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self.opener = opener
        self._row: ReportedStatement | None = None
        self._task: Task[Path] | None = None
        self._saved: Path | None = None
        self.bar = InfoBar(page)
        self.bar.action_triggered.connect(self.open_saved)
        self.progress = ProgressLine(page)
        self.progress.cancelled.connect(self.cancel)
        self.print_desk = PrintDesk(context, page)
        self.print_desk.told.connect(self.notice_raised)
        self.print_desk.failed.connect(self._on_failed)
        self.menu = self._make_menu(page)

    @property
    def is_writing(self) -> bool:
        """Tell whether a file is being written."""
        return self._task is not None

    def ask(self, row: ReportedStatement, button: QWidget) -> None:
        """Offer the ways to hand a report out, below the button that asked for it."""
        self._row = row
        self.menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def write(self, row: ReportedStatement, format_: ExportFormat, path: Path) -> None:
        """Write a report to a file, unless one is being written."""
        if self._task is not None:
            return
        app, actor = self._context.app, self._context.actor
        told = filled(self.tr("Writing %1…"), path.name)
        self.clear()
        self.progress.start(told)

        def work(progress: Progress) -> Path:
            return app.reconciliation_reports.save(
                actor, row.reconciliation_id, format_, path, progress=progress.report
            )

        def show(done: int, total: int) -> None:
            if self._task is not None:
                counted = filled(self.tr("%1 of %2 rows"), number(done), number(total))
                self.progress.show_step(f"{told} {counted}", done, total)

        self._task = self._context.tasks.slow(
            self,
            work,
            on_success=self._on_saved,
            on_known_error=self._on_failed,
            on_finished=self._on_finished,
            on_progress=show,
        )

    def cancel(self) -> None:
        """Stop writing; what was there before stays as it was."""
        if self._task is not None:
            self._task.cancel()
            self._on_finished()
            self.notice_raised.emit(self.tr("The report was not written."))

    def open_saved(self) -> None:
        """Open the file just written in the system's own program."""
        saved = self._saved
        self.clear()
        if saved is not None and not self.opener(QUrl.fromLocalFile(str(saved))):
            sentence = self.tr("No program here opens such a file. It lies at %1")
            self._on_failed(StorageError(filled(sentence, str(saved))))

    def clear(self) -> None:
        """Say nothing more of the last report."""
        self._saved = None
        self.bar.clear()

    def _make_menu(self, page: QWidget) -> QMenu:
        menu = QMenu(page)
        menu.addAction(self.tr("&Look at it, or print…"), self._on_look)
        for format_, text in (
            (ExportFormat.PDF, self.tr("Save as &PDF…")),
            (ExportFormat.XLSX, self.tr("Save as &spreadsheet (XLSX)…")),
            (ExportFormat.CSV, self.tr("Save as &CSV, for other programs…")),
        ):
            menu.addAction(text, partial(self._on_save, format_))
        return menu

    def _on_look(self) -> None:
        row = self._row
        if row is not None:
            self.print_desk.look(self._paper(row), self.form_wanted.emit)

    def _paper(self, row: ReportedStatement) -> PaperSource:
        """Return a report as it goes on paper; it is no customer's paper and has no copies."""
        app, actor = self._context.app, self._context.actor

        def draw() -> bytes:
            return app.reconciliation_reports.content(
                actor, row.reconciliation_id, ExportFormat.PDF
            )

        of_account = short_account(row.account) if row.account else ""
        named = ", ".join(filter(None, [row.file_name, of_account]))
        title = filled(self.tr("Reconciliation report, %1"), named)
        return PaperSource(title, draw, lambda _channel: draw())

    def _on_save(self, format_: ExportFormat) -> None:
        row = self._row
        if row is None or self._task is not None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(
            self._page,
            self.tr("Save the report"),
            str(Path(folder) / file_name(row, format_)),
            f"{format_.upper()} (*.{format_})",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(str(format_))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.write(row, format_, Path(name)))
        dialog.open()

    def _on_saved(self, path: Path) -> None:
        self._saved = path
        told = filled(self.tr("Saved as %1"), str(path))
        self.bar.show_state(told, level="success", action=self.tr("Open"))

    def _on_failed(self, error: KnownError) -> None:
        self._saved = None
        self.bar.show_state(error.message, level="error")

    def _on_finished(self) -> None:
        self._task = None
        self.progress.stop()

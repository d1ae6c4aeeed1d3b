"""Handing a paper out from a page: looked at, printed by the system, or kept as a file.

A paper is drawn for the eye first (``draft``), which hands out nothing. What then goes on paper is
drawn anew for each piece (``hand_out``), so that two pieces of one job are an original and a copy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import KnownError, StorageError
from core.model.papers import HandoutChannel
from ui.context import PageContext
from ui.printing.job import NothingPrintedError, prepare_printer, print_all
from ui.printing.pdf_pages import Pdf, read_pdf
from ui.printing.preview_dialog import PreviewDialog
from ui.printing.system_printer import (
    PrinterAsker,
    ask_for_printer,
    proposed_printer,
    remembered_printer,
)
from ui.tasks import Progress, Task
from ui.widgets.progress_line import ProgressLine

PathAsker = Callable[[QWidget, str, Callable[[Path], object]], object]
"""Ask where to keep a file of this name, and what to do with the path."""


@dataclass(frozen=True, slots=True)
class PaperSource:
    """A paper that can be handed out. All three are called on the database thread.

    ``hand_out`` is told the channel and records that a piece left the desk.
    """

    title: str
    draft: Callable[[], bytes]
    hand_out: Callable[[HandoutChannel], bytes]
    is_receipt: bool = False


class PrintDesk(QObject):
    """What one page prints by; ``line`` shows how far a job is, with Cancel, and goes on a page.

    Signals:
        told(text): something was printed or kept.
        failed(error): nothing was, or not all of it.
        handed_out: a piece left the desk, so what is known of the paper is another now.
    """

    told = Signal(str)
    failed = Signal(object)
    handed_out = Signal()

    def __init__(
        self,
        context: PageContext,
        page: QWidget,
        *,
        ask_printer: PrinterAsker = ask_for_printer,
        ask_path: PathAsker | None = None,
    ) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._ask_printer = ask_printer
        self._ask_path = ask_path or _ask_for_path
        self._job: Task[int] | None = None
        self._unprinted: dict[str, list[bytes]] = {}
        self.line = ProgressLine(page)
        self.line.cancelled.connect(self.cancel)

    def look(self, source: PaperSource, open_form: Callable[[PreviewDialog], object]) -> None:
        """Show a paper in a window of its own; ``open_form`` opens it over the page."""

        def show(pdf: Pdf) -> None:
            dialog = PreviewDialog(self._context.tasks, pdf, self._page)
            dialog.print_requested.connect(lambda: self.print(source))
            dialog.save_requested.connect(lambda: self.save(source))
            open_form(dialog)

        self._draft(source, show)

    def print(self, source: PaperSource) -> None:
        """Ask for a printer and print there."""
        self._draft(source, lambda pdf: self._ask(source, pdf))

    def print_at_once(self, source: PaperSource, printer_name: str) -> None:
        """Print on a printer that the desk has chosen before, without asking."""
        try:
            printer = remembered_printer(printer_name)
        except KnownError as error:
            self.failed.emit(error)
            return

        def go(pdf: Pdf) -> None:
            prepare_printer(printer, pdf)
            self._on_printer_chosen(source, printer)

        self._draft(source, go)

    def save(self, source: PaperSource) -> None:
        """Ask for a place and keep the paper there as a PDF: a piece that left the desk."""
        name = re.sub(r'[\\/:*?"<>|]+', "-", source.title)
        self._ask_path(self._page, f"{name}.pdf", partial(self._save_at, source))

    def cancel(self) -> None:
        """Stop the job under way after the page in hand."""
        if self._job is not None:
            self._job.cancel()
            self._end_job()
            self.told.emit(self.tr("Printing was stopped. Pages already sent may still come out."))

    def _draft(self, source: PaperSource, on_read: Callable[[Pdf], object]) -> None:
        def read(content: bytes) -> None:
            self._context.tasks.slow(
                self,
                lambda _progress: read_pdf(source.title, content),
                on_success=on_read,
                on_known_error=self.failed.emit,
            )

        self._context.tasks.query(
            self, source.draft, on_success=read, on_known_error=self.failed.emit, latest="draft"
        )

    def _ask(self, source: PaperSource, pdf: Pdf) -> None:
        choices = self._context.preferences.printing
        name = choices.receipt_printer if source.is_receipt else choices.document_printer
        printer = proposed_printer(name)
        prepare_printer(printer, pdf)
        self._ask_printer(
            printer, len(pdf.sizes_mm), self._page, partial(self._on_printer_chosen, source)
        )

    def _on_printer_chosen(self, source: PaperSource, printer: QPrinter) -> None:
        self._remember(source, printer)
        pieces = max(1, printer.copyCount())
        printer.setCopyCount(1)
        self.line.start(self.tr("Preparing %1…").replace("%1", source.title), may_cancel=False)
        kept = self._unprinted.pop(source.title, [])
        self._context.tasks.operation(
            self,
            lambda: (
                kept + [source.hand_out(HandoutChannel.PRINT) for _ in range(pieces - len(kept))]
            ),
            on_success=partial(self._start_job, source, printer),
            on_known_error=self._on_failed,
        )

    def _remember(self, source: PaperSource, printer: QPrinter) -> None:
        name = printer.printerName()
        if not name or printer.outputFormat() is not QPrinter.OutputFormat.NativeFormat:
            return
        preferences = self._context.preferences
        if source.is_receipt:
            preferences.printing = replace(preferences.printing, receipt_printer=name)
        else:
            preferences.printing = replace(preferences.printing, document_printer=name)

    def _start_job(self, source: PaperSource, printer: QPrinter, contents: Sequence[bytes]) -> None:
        self.handed_out.emit()
        title = source.title

        def work(progress: Progress) -> int:
            return print_all(printer, [read_pdf(title, each) for each in contents], progress)

        text = self.tr("Printing %1…").replace("%1", title)
        self.line.start(text)
        self._job = self._context.tasks.slow(
            self,
            work,
            on_success=partial(self._on_printed, title),
            on_known_error=partial(self._on_not_printed, title, list(contents)),
            on_finished=self._end_job,
            on_progress=partial(self.line.show_step, text),
        )

    def _on_printed(self, title: str, _pages: int) -> None:
        self.told.emit(self.tr("%1 was sent to the printer.").replace("%1", title))

    def _end_job(self) -> None:
        self._job = None
        self.line.stop()

    def _on_not_printed(self, title: str, contents: list[bytes], error: KnownError) -> None:
        """Keep what certainly did not come out: printed again, it is still the original."""
        if isinstance(error, NothingPrintedError):
            self._unprinted[title] = contents
        self._on_failed(error)

    def _on_failed(self, error: KnownError) -> None:
        self._end_job()
        self.failed.emit(error)

    def _save_at(self, source: PaperSource, path: Path) -> None:
        self._context.tasks.operation(
            self,
            lambda: _write(path, source.hand_out(HandoutChannel.PDF)),
            on_success=lambda _: self._on_saved(path),
            on_known_error=self.failed.emit,
        )

    def _on_saved(self, path: Path) -> None:
        self.handed_out.emit()
        self.told.emit(self.tr("Saved as %1").replace("%1", str(path)))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StorageError(
            f"Nothing was saved: {path} cannot be written. Choose another folder or name.",
            details=str(error),
        ) from error


def _ask_for_path(window: QWidget, name: str, on_chosen: Callable[[Path], object]) -> None:
    dialog = QFileDialog(window)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter("PDF (*.pdf)")
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()

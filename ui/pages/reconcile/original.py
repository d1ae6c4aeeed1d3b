"""The file a reconciliation was made from: opened to be looked at, or saved where it is wanted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.services.rows import ReconciliationRow
from ui.context import PageContext
from ui.open_document import Opener, open_paper
from ui.pages.reconcile.words import filled


class OriginalFile(QObject):
    """Hands copies of the original out; what is kept in the shop's folder is never touched.

    Signals:
        refused(error): it is missing or was changed, or the copy cannot be written.
        saved(text): a copy was saved; the sentence says where.
    """

    refused = Signal(object)
    saved = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent
        self.opener: Opener = QDesktopServices.openUrl

    def open(self, row: ReconciliationRow) -> None:
        """Open a copy in the system's own program."""
        app, actor = self._context.app, self._context.actor
        open_paper(
            self._context,
            self,
            lambda: app.statements.original(actor, row.reconciliation_id),
            opener=self.opener,
            no_program=self.tr("No program opens this kind of file. The copy lies in"),
            on_known_error=self.refused.emit,
        )

    def save(self, row: ReconciliationRow) -> None:
        """Ask where a copy is to be saved, without blocking the program."""
        suffix = Path(row.file_upload).suffix
        name = Path(row.file_name).stem + suffix
        dialog = QFileDialog(self._window, self.tr("Save a copy of the original"), name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_to(row, Path(chosen)))
        dialog.open()

    def save_to(self, row: ReconciliationRow, target: Path) -> None:
        """Save a copy there."""
        app, actor = self._context.app, self._context.actor
        self._context.tasks.slow(
            self,
            lambda _progress: app.statements.save_original(actor, row.reconciliation_id, target),
            on_success=lambda path: self.saved.emit(filled(self.tr("Saved as %1"), str(path))),
            on_known_error=self.refused.emit,
        )

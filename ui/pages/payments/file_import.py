"""Taking files of payments in off the GUI thread, chosen in a dialog or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.context import PageContext
from ui.pages.payments.importing import import_files


class FileImport(QObject):
    """Imports files one after the other.

    Signals:
        started(names): the files that are being taken in.
        imported(outcomes): what became of each file.
        failed(error): nothing could be taken in.
        finished: no import is under way any more; comes before the two above.
    """

    started = Signal(str)
    imported = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def choose_files(self, parent: QWidget) -> None:
        """Let the person choose files, and take them in."""
        dialog = QFileDialog(
            parent,
            self.tr("Import payments"),
            "",
            self.tr("Payments (*.json *.jsonl *.ndjson *.csv);;All files (*)"),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.take_in([Path(name) for name in names]))
        dialog.open()

    def take_in(self, paths: Sequence[Path]) -> None:
        """Take files in."""
        app, actor = self._context.app, self._context.actor
        self.started.emit(", ".join(path.name for path in paths))
        self._context.tasks.slow(
            self,
            lambda _progress: import_files(app, actor, paths),
            on_success=self.imported.emit,
            on_known_error=self.failed.emit,
            on_finished=self.finished.emit,
        )

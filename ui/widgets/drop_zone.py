"""A place to drop files on, or to choose them by a button: both end in the same signal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button


def dropped_files(data: QMimeData) -> list[Path]:
    """Return the local files of a drag; folders and web addresses are left out."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]


class DropZone(QFrame):
    """Takes dropped or chosen files; ``hint`` says which.

    Signals:
        files_dropped(paths): a list of ``Path`` of existing files, never empty.
    """

    files_dropped = Signal(object)

    def __init__(
        self,
        sentence: str,
        file_filter: str = "",
        parent: QWidget | None = None,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(parent)
        self._file_filter = file_filter
        self.setAcceptDrops(True)
        self.setAccessibleName(sentence)
        set_look(self, look="drop", hovered="false")
        column = QVBoxLayout(self)
        margin = gap(self, 2.5)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.2))
        column.addStretch(1)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel("upload", "accent", self, scale=2), 0, center)
        for told, look in ((sentence, ""), (hint, "muted")):
            if told:
                text = PlainLabel(told, look=look, wrap=True)
                text.setAlignment(Qt.AlignmentFlag.AlignCenter)
                column.addWidget(text)
        self.choose_button = button(self.tr("Choose files…"))
        self.choose_button.clicked.connect(self.choose)
        column.addWidget(self.choose_button, 0, center)
        column.addStretch(1)

    def choose(self) -> None:
        """Open the file dialog, without blocking the program."""
        dialog = QFileDialog(self, self.tr("Choose files"), "", self._file_filter)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files only."""
        if dropped_files(event.mimeData()):
            set_look(self, hovered="true")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look quiet again."""
        set_look(self, hovered="false")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass the files on."""
        set_look(self, hovered="false")
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _on_files_selected(self, names: list[str]) -> None:
        if names:
            self.files_dropped.emit([Path(name) for name in names])

"""A paper in a window of its own: looked at, printed or kept as a file from there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.printing.pdf_pages import Pdf
from ui.printing.preview import PaperPreview
from ui.tasks import TaskRunner
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import IconButton, button


class PreviewDialog(QDialog):
    """Shows a paper as it was issued. Looking at it hands out nothing; printing from here does.

    Signals:
        print_requested, save_requested: a button or its key was pressed; the dialog has closed.
    """

    print_requested = Signal()
    save_requested = Signal()

    def __init__(self, tasks: TaskRunner, pdf: Pdf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(pdf.title)
        self.setModal(True)
        margin = gap(self, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        self.preview = PaperPreview(tasks, pdf.title)
        column.addLayout(self._head(pdf))
        column.addWidget(self.preview, 1)
        column.addLayout(self._buttons())
        self.preview.show_pdf(pdf)
        self.preview.setFocus()
        for keys, act in (("Ctrl+P", self._on_print), ("Ctrl+S", self._on_save)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        line = self.fontMetrics().height()
        most = self.screen().availableSize() * 0.92
        self.resize(min(line * 46, most.width()), min(line * 48, most.height()))

    def _head(self, pdf: Pdf) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        row.addWidget(PlainLabel(pdf.title, look="title"), 1)
        pages = len(pdf.sizes_mm)
        if pages > 1:
            counted = self.tr("%1 pages").replace("%1", str(pages))
            row.addWidget(PlainLabel(counted, look="muted"))
        smaller = IconButton("minus", self.tr("Smaller (Ctrl+−)"))
        smaller.clicked.connect(self.preview.zoom_out)
        self.zoom = PlainLabel()
        larger = IconButton("plus", self.tr("Larger (Ctrl++)"))
        larger.clicked.connect(self.preview.zoom_in)
        fit = button(self.tr("Fit"), kind="quiet")
        fit.setToolTip("Ctrl+0")
        fit.clicked.connect(lambda: self.preview.zoom_to(None))
        self.preview.zoom_changed.connect(lambda percent: self.zoom.setText(f"{percent} %"))
        for widget in (smaller, self.zoom, larger, fit):
            row.addWidget(widget)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        close = button(self.tr("Close (Esc)"))
        close.clicked.connect(self.reject)
        self.save_button = button(self.tr("Save as PDF… (Ctrl+S)"), icon_name="download")
        self.save_button.clicked.connect(self._on_save)
        self.print_button = button(self.tr("Print… (Ctrl+P)"), kind="primary", icon_name="printer")
        self.print_button.clicked.connect(self._on_print)
        row.addWidget(close)
        row.addStretch(1)
        row.addWidget(self.save_button)
        row.addWidget(self.print_button)
        return row

    def _on_print(self) -> None:
        self.accept()
        self.print_requested.emit()

    def _on_save(self) -> None:
        self.accept()
        self.save_requested.emit()

"""One line that tells what is being done, with a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.messages import announce


class ProgressLine(QWidget):
    """A bar with words on it; takes no room while nothing is done.

    Signals:
        cancelled: the person pressed Cancel.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        # A bar that does not know its end paints no words.
        self.label = PlainLabel("", self)
        row.addWidget(self.label)
        self.bar = QProgressBar()
        self.bar.setMinimumHeight(round(self.fontMetrics().height() * 1.5))
        row.addWidget(self.bar, 1)
        self.cancel_button = button(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancelled)
        row.addWidget(self.cancel_button)
        self.hide()

    def start(self, text: str, *, may_cancel: bool = True) -> None:
        """Say what is being done, without knowing how much of it there is."""
        self.show_step(text, 0, 0)
        self.cancel_button.setVisible(may_cancel)
        announce(self, text)

    def show_step(self, text: str, done: int, total: int) -> None:
        """Say how far it is."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setFormat(text)
        self.label.setText(text)
        self.label.setVisible(not total)
        self.bar.setAccessibleName(text)
        self.show()

    def stop(self) -> None:
        """Take the line away."""
        self.hide()

"""Asks why, in two fields: a heading from the shop's list, and the person's own words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import gap


class ReasonFields(QWidget):
    """A list to choose a reason from, the last of which must be put in words.

    Nothing is chosen beforehand: a reason taken by default tells nothing afterwards.

    Signals:
        changed: another reason was chosen, or something was typed.
    """

    changed = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Reason"))
        self.choice.setPlaceholderText(self.tr("Choose a reason"))
        self.note = QPlainTextEdit()
        self.note.setAccessibleName(self.tr("In your own words"))
        self.note.setTabChangesFocus(True)
        self.note.setPlaceholderText(placeholder)
        self.note.setFixedHeight(self.note.fontMetrics().lineSpacing() * 3)
        column.addWidget(self.choice)
        column.addWidget(self.note)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self.changed)
        self.note.textChanged.connect(self.changed)

    @property
    def reason(self) -> str:
        """The reason chosen; empty while none is."""
        return self.choice.currentText() if self.choice.currentIndex() >= 0 else ""

    @property
    def own_words(self) -> str:
        """What was typed beside it."""
        return self.note.toPlainText().strip()

    def set_reasons(self, reasons: Sequence[str]) -> None:
        """Offer these reasons; a chosen one that is still among them stays chosen."""
        chosen = self.reason
        self.choice.clear()
        self.choice.addItems(list(reasons))
        self.choice.setCurrentIndex(self.choice.findText(chosen) if chosen else -1)

    def choose(self, reason: str) -> None:
        """Choose a reason of the list."""
        self.choice.setCurrentIndex(self.choice.findText(reason))

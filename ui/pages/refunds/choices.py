"""A choice between a few equal ways, each with its key and a sentence under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from ui.theme import gap
from ui.widgets.basics import PlainLabel


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it is called, what it means, and why it cannot be taken, if so."""

    title: str
    sentence: str = ""
    why_not: str = ""


class Choices(QWidget):
    """Ways below each other, none taken at first unless only one can be; Ctrl+1 … take one.

    Signals:
        chosen(number): a way was taken, counted from 0.
    """

    chosen = Signal(int)

    def __init__(self, name: str, ways: Sequence[Way], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        self._group = QButtonGroup(self)
        self.buttons: list[QRadioButton] = []
        self.sentences: list[PlainLabel] = []
        for number, way in enumerate(ways):
            self._add(number, way, column)
        self._group.idClicked.connect(self.chosen)

    @property
    def current(self) -> int | None:
        """The way taken, or None."""
        number = self._group.checkedId()
        return None if number < 0 else number

    def choose_only_one(self) -> None:
        """Take the one way that can be taken; where there are several, none is."""
        able = [made for made in self.buttons if made.isEnabled()]
        if len(able) == 1:
            able[0].click()

    def _add(self, number: int, way: Way, column: QVBoxLayout) -> None:
        made = QRadioButton(f"{way.title}  (Ctrl+{number + 1})")
        told = way.why_not or way.sentence
        made.setEnabled(not way.why_not)
        made.setAccessibleDescription(told)
        shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
        shortcut.activated.connect(lambda: self._take(made))
        self._group.addButton(made, number)
        self.buttons.append(made)
        column.addWidget(made)
        sentence = PlainLabel(told, look="muted", wrap=True)
        sentence.setContentsMargins(gap(self, 3), 0, 0, gap(self, 0.6))
        self.sentences.append(sentence)
        column.addWidget(sentence)
        sentence.setVisible(bool(told))

    def _take(self, made: QRadioButton) -> None:
        # Both do nothing where the way is closed.
        made.setFocus()
        made.click()

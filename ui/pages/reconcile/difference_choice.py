"""One question: what becomes of what lines and payments differ by."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from core.model.reconciliations import DifferenceKind, WriteOffReason
from core.services.matching.differences import STAYS_OPEN, DifferenceAnswer, reasons_for
from ui.pages.reconcile.reasons import write_off_word
from ui.pages.reconcile.words import filled
from ui.theme import gap

_Choice = tuple[DifferenceKind, WriteOffReason | None]
_OPEN: _Choice = (DifferenceKind.OPEN, None)
_FEE: _Choice = (DifferenceKind.FEE, None)


class DifferenceChoice(QWidget):
    """A list of answers that can hold for a difference, and a note; letters choose in the list.

    Signals:
        changed: another answer was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.6))
        self.answers = QComboBox()
        self.answers.setAccessibleName(self.tr("What becomes of the difference"))
        self.answers.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setMaxLength(500)
        column.addWidget(self.answers)
        column.addWidget(self.note)
        self._choices: tuple[_Choice, ...] = ()
        self._difference_minor: int | None = None
        self.answers.currentIndexChanged.connect(self._on_chosen)
        self.setFocusProxy(self.answers)
        self.show_difference(0)

    @property
    def answer(self) -> DifferenceAnswer:
        """What is chosen; a difference of nothing stays open, as there is none."""
        kind, reason = self._chosen()
        if kind is DifferenceKind.OPEN:
            return STAYS_OPEN
        return DifferenceAnswer(kind, reason, self.note.text().strip())

    def show_difference(self, difference_minor: int) -> None:
        """Offer what can hold for a difference, recorded less received; keep what was chosen."""
        if difference_minor == self._difference_minor:
            return
        chosen = self._chosen()
        self._difference_minor = difference_minor
        fees = (_FEE,) if difference_minor > 0 else ()
        reasons = tuple(
            (DifferenceKind.WRITE_OFF, reason) for reason in reasons_for(difference_minor)
        )
        self._choices = (_OPEN, *fees, *reasons) if difference_minor else (_OPEN,)
        self.answers.blockSignals(True)
        self.answers.clear()
        self.answers.addItems([self._word(choice) for choice in self._choices])
        self.answers.setCurrentIndex(self._choices.index(chosen) if chosen in self._choices else 0)
        self.answers.blockSignals(False)
        self._on_chosen()

    def choose(self, answer: DifferenceAnswer) -> None:
        """Choose an answer that can hold."""
        choice = (answer.kind, answer.reason)
        if choice in self._choices:
            self.answers.setCurrentIndex(self._choices.index(choice))
            self.note.setText(answer.note)

    def _chosen(self) -> _Choice:
        place = self.answers.currentIndex()
        return self._choices[place] if 0 <= place < len(self._choices) else _OPEN

    def _on_chosen(self) -> None:
        kind, reason = self._chosen()
        self.note.setVisible(kind is not DifferenceKind.OPEN)
        self.note.setPlaceholderText(
            self.tr("Write why")
            if reason is WriteOffReason.OTHER
            else self.tr("Note, if there is more to say")
        )
        self.changed.emit()

    def _word(self, choice: _Choice) -> str:
        kind, reason = choice
        if kind is DifferenceKind.OPEN:
            return self.tr("Keep it open as a discrepancy")
        if reason is None:
            return self.tr("Fee of the channel")
        return filled(self.tr("%1 – write off"), write_off_word(reason))

"""Which number is the day? Asked once for an account, with what comes of either answer."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.services.statements.looking import DateQuestion, DateReading
from ui.pages.reconcile.words import filled
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.messages import announce


class DateQuestionBar(QFrame):
    """The question and one button for each reading; nothing is imported before the answer.

    Signals:
        answered(order): "dmy" or "mdy".
    """

    answered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="warning")
        self._orders: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        margin = gap(self, 1.2)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self))
        head = QHBoxLayout()
        head.setSpacing(gap(self))
        head.addWidget(IconLabel("calendar", "warning", self, scale=1.2))
        self.question = PlainLabel(look="heading", wrap=True)
        head.addWidget(self.question, 1)
        column.addLayout(head)
        self.buttons = [self._reading(column, place) for place in range(2)]
        column.addWidget(
            PlainLabel(
                self.tr("The answer is remembered for this account and asked only once."),
                look="small",
            )
        )
        self.hide()

    def ask(self, question: DateQuestion | None) -> None:
        """Show a question, or none."""
        self.setVisible(question is not None)
        if question is None:
            self._orders = ()
            return
        self._orders = tuple(reading.order for reading in question.readings)
        told = filled(self.tr("Which is the day in %1?"), question.written)
        self.question.setText(told)
        for (made, note), reading in zip(self.buttons, question.readings, strict=True):
            key = "D" if reading.order == "dmy" else "M"
            made.setText(f"{_day(reading.example)} ({key})")
            note.setText(self._spans(reading))
        announce(self, told)

    @property
    def is_asking(self) -> bool:
        """Tell whether an answer is waited for."""
        return bool(self._orders)

    def answer(self, order: str) -> None:
        """Answer as a person does with a button."""
        if order in self._orders:
            self.answered.emit(order)

    def _reading(self, column: QVBoxLayout, place: int) -> tuple[QPushButton, PlainLabel]:
        row = QHBoxLayout()
        row.setSpacing(gap(self, 1.5))
        made = button("")
        made.setMinimumWidth(self.fontMetrics().averageCharWidth() * 34)
        made.clicked.connect(lambda: self.answer(self._orders[place]))
        note = PlainLabel(wrap=True)
        row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(note, 1)
        column.addLayout(row)
        return made, note

    def _spans(self, reading: DateReading) -> str:
        how = (
            self.tr("The day comes first: the file goes from %1 to %2.")
            if reading.order == "dmy"
            else self.tr("The month comes first: the file goes from %1 to %2.")
        )
        return filled(how, _day(reading.first), _day(reading.last))


def _day(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMMM yyyy")

"""Choosing the days of a report, and how it cuts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QWidget

from core.services.reports.contract import Grouping
from ui.pages.reports.spans import RangeChoice, Span
from ui.pages.reports.words import grouping_word, span_word
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import IconButton

_TYPING_MS = 300
_ONE_DAY_SPANS = (Span.TODAY, Span.YESTERDAY, Span.CUSTOM)


class RangeBar(QWidget):
    """A span by name, its days, and day, week or month where a report runs over time.

    The two days always show what is covered; changing one of them makes the span a custom one.

    Signals:
        choice_changed(choice): a ``RangeChoice``; typed days are told after a short rest.
    """

    choice_changed = Signal(object)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._one_day = False
        self._told: RangeChoice | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.span = QComboBox()
        self.span.setAccessibleName(self.tr("Days"))
        self.span.activated.connect(self._on_span)
        self.earlier = IconButton("chevron-left", self.tr("Earlier (Ctrl+PgUp)"))
        self.later = IconButton("chevron-right", self.tr("Later (Ctrl+PgDown)"))
        self.first, self.last = self._day_field(self.tr("From")), self._day_field(self.tr("To"))
        self._until = PlainLabel("–", look="muted")
        self.grouping = QComboBox()
        self.grouping.setAccessibleName(self.tr("Cut by"))
        for grouping in Grouping:
            self.grouping.addItem(grouping_word(grouping), grouping)
        self.grouping.activated.connect(self._tell)
        for widget in (
            self.span,
            self.earlier,
            self.first,
            self._until,
            self.last,
            self.later,
            self.grouping,
        ):
            row.addWidget(widget)
        row.addStretch(1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_TYPING_MS)
        self._rest.timeout.connect(self._tell)
        for arrow, keys, step in (
            (self.earlier, "Ctrl+PgUp", -1),
            (self.later, "Ctrl+PgDown", 1),
        ):
            arrow.clicked.connect(lambda _=False, step=step: self.move_by(step))
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda step=step: self.move_by(step))

    @property
    def choice(self) -> RangeChoice:
        """What is chosen at the moment."""
        last = self.first if self._one_day else self.last
        return RangeChoice(
            Span(self.span.currentData()),
            _day(self.first),
            _day(last),
            Grouping(self.grouping.currentData()),
        )

    def show_choice(self, choice: RangeChoice, *, one_day: bool, with_grouping: bool) -> None:
        """Show a choice without telling anybody; ``one_day`` is for a report of a single day."""
        self._rest.stop()
        self._one_day = one_day
        spans = _ONE_DAY_SPANS if one_day else tuple(Span)
        self.span.clear()
        for span in spans:
            self.span.addItem(span_word(span, one_day=one_day), span)
        self.grouping.setCurrentIndex(self.grouping.findData(choice.grouping))
        self.grouping.setVisible(with_grouping)
        self._until.setVisible(not one_day)
        self.last.setVisible(not one_day)
        self._put(choice if choice.span in spans else RangeChoice(
            Span.TODAY, choice.first_day, choice.last_day, choice.grouping))  # fmt: skip
        self._told = self.choice

    def follow_today(self) -> None:
        """Let "today" be another day after midnight."""
        if self.choice.span is not Span.CUSTOM:
            self._put(self.choice)
            self._told = self.choice

    def move_by(self, steps: int) -> None:
        """Go that many ranges later, or earlier if negative."""
        self._put(self.choice.moved(steps, self._today()))
        self._tell()

    def _day_field(self, name: str) -> QDateEdit:
        field = QDateEdit()
        field.setDisplayFormat("yyyy-MM-dd")
        field.setCalendarPopup(True)
        field.setAccessibleName(name)
        field.setDateRange(QDate(2000, 1, 1), QDate(2199, 12, 31))
        field.dateChanged.connect(self._on_day_typed)
        return field

    def _put(self, choice: RangeChoice) -> None:
        first, last = choice.days(self._today())
        self.span.setCurrentIndex(self.span.findData(choice.span))
        for field, day in ((self.first, first), (self.last, last)):
            with QSignalBlocker(field):
                field.setDate(QDate(day.year, day.month, day.day))

    def _on_span(self) -> None:
        self._rest.stop()
        choice = self.choice
        self._put(choice)
        if choice.span is Span.CUSTOM:
            self.first.setFocus()
        self._tell()

    def _on_day_typed(self) -> None:
        self.span.setCurrentIndex(self.span.findData(Span.CUSTOM))
        self._rest.start()

    def _tell(self) -> None:
        self._rest.stop()
        choice = self.choice
        if choice != self._told:
            self._told = choice
            self.choice_changed.emit(choice)


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())

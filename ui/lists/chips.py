"""Chips that are more than given values: a range of days, a range of amounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateEdit, QFormLayout, QFrame, QHBoxLayout, QWidget

from core.errors import InvalidInputError
from core.money import DEFAULT_CURRENCY, display
from ui.lists.filter_values import amount_range, amounts_of, day_range, days_of
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.filters import Chip, ChipButton, Choice, ChoiceChip
from ui.widgets.inputs import AmountEdit
from ui.words import days_text

translate = QCoreApplication.translate
_RANGE = "range"
_ANSWERS = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True)
class DayChip:
    """A filter by days: today, some days back, or from one day to another."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class AmountChip:
    """A filter by the least and the most of an amount, in a currency."""

    key: str
    title: str
    currency: str = DEFAULT_CURRENCY


AnyChip = Chip | DayChip | AmountChip


class RangePopup(QFrame):
    """Two fields under a chip; Enter takes them, Esc leaves them.

    Signals:
        taken: read the fields now.
        cleared: no range is wanted.
    """

    taken = Signal()
    cleared = Signal()

    def __init__(self, name: str, first: QWidget, last: QWidget, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        set_look(self, look="card")
        self.setAccessibleName(name)
        self._first = first
        form = QFormLayout(self)
        margin = gap(self, 1.6)
        form.setContentsMargins(margin, margin, margin, margin)
        form.setVerticalSpacing(gap(self))
        for label, field in ((self.tr("From"), first), (self.tr("to"), last)):
            text = PlainLabel(label)
            text.setBuddy(field)
            form.addRow(text, field)
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.take_button = button(self.tr("Apply"), kind="primary")
        self.take_button.clicked.connect(self.taken)
        self.clear_button = button(self.tr("Clear"))
        self.clear_button.clicked.connect(self.cleared)
        row.addStretch(1)
        row.addWidget(self.clear_button)
        row.addWidget(self.take_button)
        form.addRow(row)

    def open_under(self, chip: QWidget) -> None:
        """Show the fields under a chip, within its screen."""
        self.adjustSize()
        place = chip.mapToGlobal(QPoint(0, chip.height()))
        room = chip.screen().availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, min(place.y(), room.bottom() - self.height()))
        self.show()
        self._first.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Esc and Enter from the page below, whose shortcuts reach into popups."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _ANSWERS
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take with Enter from any field, leave with Esc."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.clear_button.hasFocus():
                self.cleared.emit()
            else:
                self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class DayChipButton(ChoiceChip):
    """The button of a :class:`DayChip`; its last choice opens the two days.

    ``today`` tells which days "from … to …" begins with.
    """

    def __init__(
        self, chip: DayChip, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(Chip(chip.key, chip.title, _day_choices(), single=True), parent)
        self._range = ""
        self._today = today
        self.first = _day_field(self.tr("From"))
        self.last = _day_field(self.tr("to"))
        self.popup = RangePopup(chip.title, self.first, self.last, self)
        self.popup.taken.connect(self._on_taken)
        self.popup.cleared.connect(self._on_cleared)

    @property
    def chosen(self) -> frozenset[str]:
        """The word chosen, or the two days."""
        return frozenset({self._range}) if self._range else super().chosen

    def understands(self, value: str) -> bool:
        """Tell whether a value is one of the words, or two days."""
        try:
            days_of(value, self._today())
        except ValueError:
            return False
        return True

    def show_chosen(self, values: frozenset[str]) -> None:
        """Choose one of the words, or two days. It tells nobody."""
        value = min(values, default="")
        self._range = value if ".." in value and self.understands(value) else ""
        super().show_chosen(frozenset({_RANGE}) if self._range else values)
        if self._range:
            self.show_words([days_text(*days_of(self._range, self._today()))])

    def _on_ticked(self, value: str, checked: bool) -> None:
        if value != _RANGE:
            super()._on_ticked(value, checked)
            return
        # The tick is taken back: only two days are a choice.
        self.show_chosen(self.chosen)
        first, last = days_of(self._range, self._today()) if self._range else (None, None)
        today = self._today()
        for field, day in (
            (self.first, first or today - timedelta(days=6)),
            (self.last, last or today),
        ):
            field.setDate(QDate(day.year, day.month, day.day))
        self.menu().close()
        self.popup.open_under(self)

    def _on_taken(self) -> None:
        for field in (self.first, self.last):
            field.interpretText()
        self._tell(frozenset({day_range(_day(self.first), _day(self.last))}))

    def _on_cleared(self) -> None:
        self._tell(frozenset())

    def _tell(self, values: frozenset[str]) -> None:
        self.popup.close()
        self.show_chosen(values)
        self.chosen_changed.emit(self.chosen)


class AmountChipButton(ChipButton):
    """The button of an :class:`AmountChip`.

    Signals:
        chosen_changed(values): a frozenset with the range taken, or an empty one.
    """

    chosen_changed = Signal(object)

    def __init__(self, chip: AmountChip, parent: QWidget | None = None) -> None:
        super().__init__(chip.title, parent)
        set_look(self, arrow="none")
        self._currency = chip.currency
        self._range = ""
        self.least = AmountEdit(self.tr("Least amount"), currency=chip.currency)
        self.most = AmountEdit(self.tr("Most amount"), currency=chip.currency)
        self.popup = RangePopup(chip.title, self.least, self.most, self)
        self.popup.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)
        self.popup.taken.connect(self._on_taken)
        self.popup.cleared.connect(lambda: self._tell(frozenset()))
        self.clicked.connect(self._on_clicked)

    @property
    def chosen(self) -> frozenset[str]:
        """The range as one value, or nothing."""
        return frozenset({self._range}) if self._range else frozenset()

    def understands(self, value: str) -> bool:
        """Tell whether a value is a range of amounts."""
        try:
            amounts_of(value)
        except ValueError:
            return False
        return True

    def show_chosen(self, values: frozenset[str]) -> None:
        """Choose a range. It tells nobody."""
        value = min(values, default="")
        self._range = value if value and self.understands(value) else ""
        self.show_words([self._words()] if self._range else [])

    def _words(self) -> str:
        least, most = amounts_of(self._range)
        shown = [display(each, self._currency) for each in (least, most) if each is not None]
        if least is not None and most is not None:
            return shown[0] if least == most else f"{shown[0]} – {shown[1]}"
        sentence = self.tr("up to %1") if least is None else self.tr("from %1")
        return sentence.replace("%1", shown[0])

    def _on_clicked(self) -> None:
        least, most = amounts_of(self._range)
        self.least.set_amount(least)
        self.most.set_amount(most)
        self.popup.open_under(self)

    def _on_taken(self) -> None:
        try:
            least, most = [
                field.require_amount() if field.edit.text().strip() else None
                for field in (self.least, self.most)
            ]
        except InvalidInputError:
            # The field says what is wrong with it.
            return
        value = amount_range(least, most)
        self._tell(frozenset({value}) if value else frozenset())

    def _tell(self, values: frozenset[str]) -> None:
        self.popup.close()
        self.show_chosen(values)
        self.chosen_changed.emit(self.chosen)


def chip_button(
    chip: AnyChip, today: Callable[[], date]
) -> ChoiceChip | DayChipButton | AmountChipButton:
    """Return the button of a chip."""
    if isinstance(chip, DayChip):
        return DayChipButton(chip, today)
    if isinstance(chip, AmountChip):
        return AmountChipButton(chip)
    return ChoiceChip(chip)


def _day_choices() -> tuple[Choice, ...]:
    return (
        Choice("today", translate("DayChip", "Today")),
        Choice("week", translate("DayChip", "7 days")),
        Choice("month", translate("DayChip", "30 days")),
        Choice(_RANGE, translate("DayChip", "From … to …")),
    )


def _day_field(name: str) -> QDateEdit:
    field = QDateEdit()
    field.setDisplayFormat("yyyy-MM-dd")
    field.setCalendarPopup(True)
    field.setAccessibleName(name)
    return field


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())

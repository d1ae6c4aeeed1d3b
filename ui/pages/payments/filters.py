"""The filters above the payments table: chips, a range of days, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QCoreApplication, QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QVBoxLayout, QWidget

from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.services.payment_lists import PaymentFilter
from ui.badges import badge_for
from ui.pages.payments.behind import BehindBar
from ui.pages.payments.words import type_word
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.filters import Chip, Choice, FilterChips

translate = QCoreApplication.translate
_DAYS = {"today": 1, "week": 7, "month": 30}


def payment_chips() -> tuple[Chip, ...]:
    """Return the chips, worded in the user's language."""
    return (
        Chip(
            "methods",
            translate("PaymentFilters", "Method"),
            tuple(Choice(method, badge_for("method", method).text) for method in PaymentMethod),
        ),
        Chip(
            "statuses",
            translate("PaymentFilters", "Status"),
            tuple(Choice(status, badge_for("status", status).text) for status in PaymentStatus),
        ),
        Chip(
            "types",
            translate("PaymentFilters", "For"),
            tuple(Choice(kind, type_word(kind)) for kind in PaymentType),
        ),
        Chip(
            "date",
            translate("PaymentFilters", "Date"),
            (
                Choice("today", translate("PaymentFilters", "Today")),
                Choice("week", translate("PaymentFilters", "7 days")),
                Choice("month", translate("PaymentFilters", "30 days")),
                Choice("all", translate("PaymentFilters", "All")),
                Choice("range", translate("PaymentFilters", "From … to …")),
            ),
            single=True,
        ),
        Chip(
            "reconciled",
            translate("PaymentFilters", "Reconciled"),
            (
                Choice("yes", translate("PaymentFilters", "Yes")),
                Choice("no", translate("PaymentFilters", "No")),
            ),
            single=True,
        ),
    )


class DayRange(QWidget):
    """Two days, both included.

    Signals:
        days_changed: one of them is another day now.
    """

    days_changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.first = self._field(self.tr("From"), today - timedelta(days=6), row)
        self.last = self._field(self.tr("to"), today, row)
        row.addStretch(1)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, in their order whichever was typed first."""
        first, last = sorted((_day(self.first), _day(self.last)))
        return first, last

    def _field(self, label: str, day: date, row: QHBoxLayout) -> QDateEdit:
        field = QDateEdit(QDate(day.year, day.month, day.day))
        field.setDisplayFormat("yyyy-MM-dd")
        field.setCalendarPopup(True)
        field.setAccessibleName(label)
        field.dateChanged.connect(self.days_changed)
        text = PlainLabel(label, look="muted")
        text.setBuddy(field)
        row.addWidget(text)
        row.addWidget(field)
        return field


class PaymentFilters(QWidget):
    """Chips with the range of days beside them while it is chosen.

    Signals:
        filter_changed: ask ``wanted`` for it.
        all_wanted: the filter of another page is to go.
    """

    filter_changed = Signal()
    all_wanted = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._search = ""
        self._behind: PaymentFilter | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.behind = BehindBar()
        self.behind.all_wanted.connect(self.all_wanted)
        column.addWidget(self.behind)
        self._own = QWidget()
        column.addWidget(self._own)
        row = QHBoxLayout(self._own)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self.chips = FilterChips(payment_chips())
        self.range = DayRange(today())
        self.range.hide()
        row.addWidget(self.chips)
        row.addWidget(self.range)
        row.addStretch(1)
        self.chips.filters_changed.connect(self._on_chips_changed)
        self.range.days_changed.connect(self.filter_changed)

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is filtered out."""
        return self.wanted() == PaymentFilter()

    def set_search(self, text: str) -> None:
        """Take the words of the search field; tells nobody, as whoever calls this knows."""
        self._search = text

    def show_behind(self, wanted: PaymentFilter | None, behind: str = "") -> None:
        """Let a filter of another page stand in place of the chips; None gives them back.

        It tells nobody, as whoever calls this knows.
        """
        self._behind = wanted
        self._own.setVisible(wanted is None)
        if wanted is None:
            self.behind.clear()
        else:
            self.behind.show_behind(behind, wanted)

    def clear(self) -> None:
        """Filter nothing."""
        self._search = ""
        self.chips.clear()

    def wanted(self) -> PaymentFilter:
        """Return what the chips and the search ask for, as of today."""
        if self._behind is not None:
            words = f"{self._behind.search} {self._search}".strip()
            return replace(self._behind, search=words)
        values = self.chips.values
        first, last = self._days(values)
        reconciled = values.get("reconciled")
        return PaymentFilter(
            statuses=frozenset(PaymentStatus(value) for value in values.get("statuses", ())),
            methods=frozenset(PaymentMethod(value) for value in values.get("methods", ())),
            types=frozenset(PaymentType(value) for value in values.get("types", ())),
            reconciled=None if reconciled is None else "yes" in reconciled,
            first_day=first,
            last_day=last,
            search=self._search,
        )

    def _days(self, values: Mapping[str, frozenset[str]]) -> tuple[date | None, date | None]:
        chosen = next(iter(values.get("date", ())), "all")
        if chosen == "range":
            return self.range.days
        if chosen in _DAYS:
            return self._today() - timedelta(days=_DAYS[chosen] - 1), None
        return None, None

    def _on_chips_changed(self, values: dict[str, frozenset[str]]) -> None:
        if values.get("date") == frozenset({"all"}):
            # "All" is no filter: the chip goes back to rest, which comes here once more.
            self.chips.set_values({**values, "date": frozenset()})
            return
        self.range.setVisible(values.get("date") == frozenset({"range"}))
        self.filter_changed.emit()


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())

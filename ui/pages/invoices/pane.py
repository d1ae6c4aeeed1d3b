"""A list of papers with its search and filters, and the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.services.papers.lists import InvoiceState, PaperFilter
from core.services.rows import Page as RowPage
from ui.badges import badge_for
from ui.context import PageContext
from ui.models.fetching import fetch_page
from ui.models.table import Column, PagedTableModel
from ui.theme import gap
from ui.widgets.basics import Card, splitter
from ui.widgets.data_table import DataTable
from ui.widgets.facts import TotalsBar
from ui.widgets.filters import Chip, Choice, FilterChips
from ui.widgets.inputs import SearchField
from ui.widgets.messages import EmptyState

translate = QCoreApplication.translate
_MONTHS = 13
"""Last year's month of the same name is the oldest on the chip; the search finds older papers."""


class PaperRow(Protocol):
    """What a pane needs of a row."""

    @property
    def number(self) -> str:
        """The number the paper bears."""


RowT = TypeVar("RowT", bound=PaperRow)


@dataclass(frozen=True, slots=True)
class PaneWords:
    """What a pane says, in the user's language."""

    name: str
    none_at_all: str
    no_results: str


def months_back(today: date, count: int = _MONTHS) -> list[date]:
    """Return the first days of the newest months, this one first."""
    first = today.replace(day=1)
    found = []
    for _ in range(count):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def month_text(month: date) -> str:
    """Return a month as the user writes it: "November 2026"."""
    return f"{QLocale().standaloneMonthName(month.month)} {month.year}"


def month_chip(today: date) -> Chip:
    """Return the filter by month of issue."""
    choices = tuple(Choice(month.isoformat(), month_text(month)) for month in months_back(today))
    return Chip("month", translate("InvoicesPage", "Month"), choices, single=True)


def state_chip() -> Chip:
    """Return the filter by where an invoice stands."""
    choices = tuple(Choice(state, badge_for("invoice", state).text) for state in InvoiceState)
    return Chip("states", translate("InvoicesPage", "State"), choices)


class PaperPane(QWidget, Generic[RowT]):
    """One tab of the page; ``read`` answers its questions on the database thread.

    Signals:
        opened(row): Enter or a double click on a paper.
        shown(row): another paper is the chosen one, or None.
        refused(error): the list could not be read.
    """

    opened = Signal(object)
    shown = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        context: PageContext,
        words: PaneWords,
        columns: tuple[Column[RowT], ...],
        read: Callable[[PaperFilter, int, int], RowPage[RowT]],
        detail: Card,
        show_row: Callable[[RowT], object],
        chips: Sequence[Chip],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._words = words
        self._read = read
        self._show_row = show_row
        self._has_asked = False
        self._row: RowT | None = None
        self._wanted = PaperFilter()
        self.detail = detail
        self.model: PagedTableModel[RowT] = PagedTableModel(
            columns, row_id=lambda row: row.number, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.table = DataTable(self.model, words.name)
        self.table.row_opened.connect(self.opened)
        self.table.current_row_changed.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.2))
        filters = QHBoxLayout()
        filters.setSpacing(gap(self))
        self.search = SearchField(self.tr("Search number, customer, phone"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        self.search.search_changed.connect(self._on_filtered)
        self.chips = FilterChips(chips)
        self.chips.filters_changed.connect(self._on_filtered)
        filters.addWidget(self.search)
        filters.addWidget(self.chips, 1)
        column.addLayout(filters)
        self.split = splitter(self._make_list(), detail, shares=(5, 2))
        column.addWidget(self.split, 1)
        detail.hide()
        self.setFocusProxy(self.table)

    @property
    def row(self) -> RowT | None:
        """The chosen paper."""
        return self._row

    def refresh(self) -> None:
        """Read the list again; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self._has_asked = True
            self.model.ask_again()

    def look_for(self, words: str) -> None:
        """Search for a paper by its number; filters give way."""
        self.chips.clear()
        self.search.setText(words)
        self.search.returnPressed.emit()

    def _make_list(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.stack = QStackedWidget()
        self.none_at_all = EmptyState("invoice", self._words.none_at_all)
        self.no_results = EmptyState(
            "search", self._words.no_results, self.tr("Clear search and filters")
        )
        self.no_results.action_triggered.connect(self._on_clear)
        for widget in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(widget)
        self.totals = TotalsBar()
        column.addWidget(self.stack, 1)
        column.addWidget(self.totals)
        return pane

    def _fetch(self, question: int, page: int) -> None:
        wanted, read = self._wanted, self._read
        fetch_page(
            self._context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: read(wanted, offset, limit),
            on_refused=self.refused.emit,
            on_delivered=lambda found: self._show_total(found.total),
        )

    def _on_filtered(self) -> None:
        chosen = self.chips.values
        months = chosen.get("month", frozenset())
        self._wanted = PaperFilter(
            search=self.search.text().strip(),
            month=next(map(date.fromisoformat, months), None),
            states=frozenset(map(InvoiceState, chosen.get("states", frozenset()))),
        )
        self._show(None)
        self._has_asked = True
        self.model.ask_again()

    def _on_clear(self) -> None:
        self.chips.clear()
        self.search.clear()
        self.search.returnPressed.emit()
        self.table.setFocus()

    def _show_total(self, total: int) -> None:
        self.totals.show_total(total)
        is_filtered = self._wanted != PaperFilter()
        if total:
            self.stack.setCurrentWidget(self.table)
        else:
            self.stack.setCurrentWidget(self.no_results if is_filtered else self.none_at_all)
        for widget in (self.search, self.chips):
            widget.setEnabled(bool(total) or is_filtered)

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current is not None and current != self._row:
            self._show(current)

    def _show(self, row: RowT | None) -> None:
        self._row = row
        if row is not None:
            self._show_row(row)
        self.detail.setVisible(row is not None)
        self.shown.emit(row)

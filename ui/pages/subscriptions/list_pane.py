"""The table of subscriptions that fit a filter, and what stands there when none does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.permissions import Permission
from core.services.rows import Page as RowPage
from core.services.subscriptions.lists import SubscriptionFilter
from core.services.subscriptions.rows import SubscriptionRow
from ui.context import PageContext
from ui.models.fetching import fetch_page
from ui.models.table import PagedTableModel
from ui.pages.subscriptions.columns import subscription_columns
from ui.widgets.data_table import DataTable
from ui.widgets.messages import EmptyState


class SubscriptionsList(QWidget):
    """Subscriptions that fit a filter, the next due first.

    Signals:
        current_changed(row): the row with the focus, or None.
        row_opened(row): Enter or a double click.
        clear_wanted, start_wanted: buttons of the empty states.
        failed(error): the list could not be read.
    """

    current_changed = Signal(object)
    row_opened = Signal(object)
    clear_wanted = Signal()
    start_wanted = Signal()
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._filter = SubscriptionFilter()
        self._has_asked = False
        self._to_select = ""
        self.model: PagedTableModel[SubscriptionRow] = PagedTableModel(
            subscription_columns(), row_id=lambda row: row.subscription_number, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.table = DataTable(self.model, self.tr("Subscriptions"))
        self.table.row_opened.connect(self.row_opened)
        self.table.current_row_changed.connect(self.current_changed)
        # A pane that was closed opens again by a click on the same row.
        self.table.clicked.connect(lambda: self.current_changed.emit(self.table.current_row()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.stack = QStackedWidget()
        may_start = context.actor.may(Permission.MANAGE_SUBSCRIPTIONS)
        self.none_at_all = EmptyState(
            "calendar",
            self.tr("No subscriptions yet. Whoever has one is charged by itself each period."),
            self.tr("Start a subscription…") if may_start else "",
        )
        self.none_at_all.action_triggered.connect(self.start_wanted)
        self.no_results = EmptyState(
            "search", self.tr("No subscription fits these filters."), self.tr("Clear filters")
        )
        self.no_results.action_triggered.connect(self.clear_wanted)
        for widget in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(widget)
        column.addWidget(self.stack)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)

    def show_filter(self, wanted: SubscriptionFilter) -> None:
        """Ask for other subscriptions, from an empty table."""
        self._filter = wanted
        self._has_asked = True
        self.model.ask_again()

    def refresh(self) -> None:
        """Ask for the same subscriptions as they are now; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self.show_filter(self._filter)

    def select(self, number: str) -> None:
        """Go to a subscription, now or when it arrives."""
        self._to_select = number
        self._select_wanted()

    def _fetch(self, question: int, page: int) -> None:
        app, actor, wanted = self._context.app, self._context.actor, self._filter
        fetch_page(
            self._context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.subscription_lists.page(
                actor, wanted, offset=offset, limit=limit
            ),
            on_refused=self.failed.emit,
            on_delivered=self._on_delivered,
        )

    def _on_delivered(self, found: RowPage[SubscriptionRow]) -> None:
        is_open = self._filter == SubscriptionFilter()
        nothing = self.none_at_all if is_open else self.no_results
        self.stack.setCurrentWidget(self.table if found.total else nothing)
        self._select_wanted()

    def _select_wanted(self) -> None:
        position = self.model.position_of(self._to_select) if self._to_select else None
        if position is not None:
            self._to_select = ""
            self.table.selectRow(position)

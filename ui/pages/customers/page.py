"""The customers page: find a customer, see their account, take what they owe."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.permissions import Permission
from core.services.customers.rows import (
    CustomerDetail,
    CustomerRow,
    HistoryKind,
    HistoryRow,
    OrderRow,
)
from core.services.customers.service import CustomerShow
from core.services.rows import Page as RowPage
from ui.context import PageContext
from ui.models.fetching import fetch_page
from ui.models.table import PagedTableModel
from ui.open_document import Opener
from ui.pages.customers.acts import CustomerActs
from ui.pages.customers.columns import customer_columns
from ui.pages.customers.detail import CustomerCard, Tab
from ui.pages.page import Page
from ui.theme import gap
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import TotalsBar
from ui.widgets.inputs import SearchField
from ui.widgets.messages import EmptyState, InfoBar
from ui.widgets.panes import turn_panes

_LOOK_DELAY_MS = 120
"""So long a row is looked at before its account is read: holding a key down reads none."""

_SHOWN = tuple(CustomerShow)


class CustomersPage(Page):
    """Every customer of the shop; ``opener`` opens a PDF in the system's program."""

    watches = frozenset({"customers", "orders", "payments", "refunds", "subscriptions", "loyalty"})

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(context, parent)
        self._search_text = ""
        self._has_asked = False
        self._wanted_id: int | None = None
        self.model: PagedTableModel[CustomerRow] = PagedTableModel(
            customer_columns(), row_id=lambda row: row.customer_id, parent=self
        )
        self.table = DataTable(self.model, self.tr("Customers"))
        self.card = CustomerCard(context, shop_date(context.app.configuration.clock()))
        self.card.hide()
        self.search = SearchField(self.tr("Search name, telephone, TIN"))
        self.new_button = button(self.tr("New customer (Ctrl+N)"), kind="primary", icon_name="plus")
        self.new_button.setVisible(context.actor.may(Permission.MANAGE_CUSTOMERS))
        self.acts = CustomerActs(self, opener)
        self.bar = InfoBar()
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(_LOOK_DELAY_MS)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.search)

    def refresh(self) -> None:
        """Read the list again; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self._has_asked = True
            self.model.ask_again()
        if self.card.detail is not None:
            self._read_detail(self.card.detail.customer.customer_id)

    def changes_arrived(self, topics: AbstractSet[str]) -> None:
        """Pass news on to the points, which read themselves again."""
        super().changes_arrived(topics)
        self.card.points.changes_arrived(topics)

    def open_item(self, item_id: str) -> None:
        """Show one customer by their number in the shop."""
        if item_id.isascii() and item_id.isdecimal():
            self._read_detail(int(item_id))

    def _lay_out(self) -> None:
        column = page_layout(self)
        header = PageHeader(self.tr("Customers"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        header.buttons.addWidget(self.search)
        header.buttons.addWidget(self.new_button)
        column.addWidget(header)
        column.addWidget(self.bar)
        pane = QWidget()
        inside = QVBoxLayout(pane)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(gap(self, 0.8))
        self.shown = QTabBar()
        self.shown.setDrawBase(False)
        self.shown.setExpanding(False)
        self.shown.setAccessibleName(self.tr("Which customers"))
        for title in (self.tr("All"), self.tr("Owing"), self.tr("Retired")):
            self.shown.addTab(title)
        inside.addWidget(self.shown)
        self.stack = QStackedWidget()
        self.none_at_all = EmptyState(
            "people",
            self.tr("No customers yet. Whoever pays under a name is added here."),
            self.tr("New customer") if self.new_button.isVisibleTo(self) else "",
        )
        self.no_results = EmptyState(
            "search", self.tr("No customer fits this search."), self.tr("Clear search")
        )
        for widget in (self.table, self.none_at_all, self.no_results):
            self.stack.addWidget(widget)
        self.totals = TotalsBar()
        inside.addWidget(self.stack, 1)
        inside.addWidget(self.totals)
        pane.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)
        column.addWidget(splitter(pane, self.card, shares=(1, 1)), 1)

    def _connect(self) -> None:
        self.model.page_wanted.connect(self._fetch)
        self.table.current_row_changed.connect(lambda _row: self._look_timer.start())
        self.table.row_opened.connect(lambda _row: self._on_looked())
        self._look_timer.timeout.connect(self._on_looked)
        self.search.search_changed.connect(self._on_search_changed)
        self.shown.currentChanged.connect(lambda _tab: self._ask_again())
        self.new_button.clicked.connect(self._on_new)
        self.none_at_all.action_triggered.connect(self._on_new)
        self.no_results.action_triggered.connect(self._on_clear)
        self.bar.action_triggered.connect(self._on_try_again)
        self.card.act_wanted.connect(self._on_act)
        self.card.order_opened.connect(self._open_order)
        self.card.event_opened.connect(self._open_event)
        self.card.payment_requested.connect(self.payment_requested)
        self.card.failed.connect(self._show_error)
        self.acts.customer_saved.connect(self._on_saved)
        self.acts.order_saved.connect(self._on_order_saved)
        self.acts.failed.connect(self._show_error)
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+N": self._on_new,
            "Ctrl+E": lambda: self._on_act("edit"),
            "Ctrl+O": lambda: self._on_act("order"),
            "Ctrl+T": lambda: self._on_act("pay"),
            "Ctrl+P": lambda: self._on_act("statement"),
            "Ctrl+J": lambda: self._on_act("payment"),
            "Ctrl+Shift+X": lambda: self._on_act("cancel_order"),
            "Ctrl+Shift+M": lambda: self._on_act("merge"),
            "Ctrl+Shift+R": lambda: self._on_act("retire"),
        }
        turn_panes(self, lambda: self.table, self.card.list_in_front)
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    # The list

    def _fetch(self, question: int, page: int) -> None:
        app, actor, words = self.context.app, self.context.actor, self._search_text
        show = _SHOWN[self.shown.currentIndex()]
        fetch_page(
            self.context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.customers.page(
                actor, search=words, show=show, offset=offset, limit=limit
            ),
            on_refused=self._show_error,
            on_delivered=self._on_delivered,
        )

    def _on_delivered(self, found: RowPage[CustomerRow]) -> None:
        self.totals.show_total(found.total)
        if found.total:
            self.stack.setCurrentWidget(self.table)
        else:
            is_filtered = bool(self._search_text) or self.shown.currentIndex() > 0
            self.stack.setCurrentWidget(self.no_results if is_filtered else self.none_at_all)
        position = self.model.position_of(self._wanted_id) if self._wanted_id else None
        if position is not None:
            self._wanted_id = None
            self.table.selectRow(position)
        elif found.total == 1 and self._search_text:
            self.table.selectRow(0)

    def _on_search_changed(self, text: str) -> None:
        self._search_text = text
        self._ask_again()

    def _ask_again(self) -> None:
        self.bar.clear()
        self._has_asked = True
        self.model.ask_again()

    def _on_clear(self) -> None:
        self.search.clear()
        self.search.returnPressed.emit()
        self.shown.setCurrentIndex(0)
        self.table.setFocus()

    def _on_looked(self) -> None:
        self._look_timer.stop()
        row = self.table.current_row()
        if row is not None:
            self._read_detail(row.customer_id)

    # One customer

    def _read_detail(self, customer_id: int) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.customers.detail(actor, customer_id),
            on_success=self.card.show_detail,
            on_known_error=self._show_error,
            latest="detail",
        )

    def _on_act(self, name: str) -> None:
        detail = self.card.detail
        if detail is None or not self.card.isVisible():
            self.notice_raised.emit(self.tr("Choose a customer first."))
            return
        made = self.card.buttons[name]
        if made.isHidden() or not (made.isEnabled() or name in {"pay", "payment"}):
            return
        acts: dict[str, Callable[[CustomerDetail], None]] = {
            "edit": self.acts.edit,
            "order": self.acts.new_order,
            "pay": self._take_payment,
            "statement": self.acts.ask_statement,
            "payment": self._show_payment,
            "cancel_order": self._cancel_order,
            "merge": self.acts.merge,
            "retire": self.acts.retire,
        }
        acts[name](detail)

    def _on_new(self) -> None:
        if self.context.actor.may(Permission.MANAGE_CUSTOMERS):
            typed = self._search_text
            name = "" if any(character.isdigit() for character in typed) else typed
            self.acts.add(name)

    def _on_saved(self, row: CustomerRow) -> None:
        self.notice_raised.emit(self.tr("%1 is saved.").replace("%1", row.name))
        self._wanted_id = row.customer_id
        self.refresh()
        self._read_detail(row.customer_id)

    # Orders and payments

    def _on_order_saved(self, row: OrderRow) -> None:
        self.notice_raised.emit(self.tr("Order %1 is saved.").replace("%1", row.order_number))
        self.refresh()

    def _open_order(self, order: OrderRow) -> None:
        self._open_order_number(order.order_number)

    def _open_order_number(self, order_number: str) -> None:
        detail = self.card.detail
        if detail is not None:
            self.acts.open_order(detail.customer, order_number)

    def _cancel_order(self, _detail: CustomerDetail) -> None:
        order = self.card.chosen_order()
        if order is not None:
            self.acts.cancel_order(order)

    def _take_payment(self, detail: CustomerDetail) -> None:
        order = self.card.chosen_order()
        if order is not None and order.room_minor:
            self.item_requested.emit("cashier", order.order_number)
        elif detail.open_orders and self.card.tab is not Tab.OPEN:
            self.card.go_to_tab(Tab.OPEN)
            self.notice_raised.emit(self.tr("Choose the order that is paid."))
        else:
            self.notice_raised.emit(self.tr("There is nothing left to take."))

    def _open_event(self, event: HistoryRow) -> None:
        if event.kind is HistoryKind.PAYMENT:
            self.payment_requested.emit(event.subject_id)
        elif event.kind is HistoryKind.REFUND:
            self.refund_requested.emit(event.subject_id)
        elif event.kind is HistoryKind.SUBSCRIPTION:
            self.item_requested.emit("subscriptions", event.subject_id)
        elif event.kind in {HistoryKind.ORDER, HistoryKind.ORDER_CANCELLED}:
            self._open_order_number(event.subject_id)

    def _show_payment(self, _detail: CustomerDetail) -> None:
        event = self.card.history.current_row() if self.card.tab is Tab.HISTORY else None
        if event is not None and event.kind is HistoryKind.PAYMENT:
            self.payment_requested.emit(event.subject_id)
        else:
            self.card.go_to_tab(Tab.HISTORY)
            self.notice_raised.emit(self.tr("Choose a payment in the history."))

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()

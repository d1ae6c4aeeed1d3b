"""One customer: who they are, what is open, and the lists of what happened and was ordered."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from core.errors import KnownError
from core.permissions import Permission
from core.services.customers.orders import OrderShow
from core.services.customers.rows import CustomerDetail, HistoryRow, OrderRow
from ui.badges import badge_for
from ui.context import PageContext
from ui.loyalty.panel import PointsPanel
from ui.models.fetching import fetch_page
from ui.models.table import PagedTableModel
from ui.pages.customers.columns import history_columns, order_columns
from ui.pages.customers.facts import facts_of
from ui.pages.customers.words import balance_sentence
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, Card, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import KeyValueList
from ui.widgets.flow import FlowLayout


class Tab(IntEnum):
    """The lists of one customer."""

    OPEN = 0
    ORDERS = 1
    HISTORY = 2
    POINTS = 3


_KEYS = {"cancel_order": "Ctrl+Shift+X", "merge": "Ctrl+Shift+M", "retire": "Ctrl+Shift+R"}
"""The keys that are too long to stand on their buttons."""


class CustomerCard(Card):
    """Shows one customer; the page does what is asked for.

    Signals:
        act_wanted(name): a button was pressed; the name is a key of ``ACTS``.
        order_opened(row), event_opened(row): Enter or a double click on a row of a list.
        payment_requested(payment_id): a movement of points was opened; show its payment.
        failed(error): a list could not be read.
    """

    act_wanted = Signal(str)
    order_opened = Signal(object)
    event_opened = Signal(object)
    payment_requested = Signal(str)
    failed = Signal(object)

    def __init__(self, context: PageContext, today: date, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._context = context
        self._detail: CustomerDetail | None = None
        self.name = PlainLabel(look="heading", wrap=True)
        self.state = BadgeLabel()
        self.balance = PlainLabel(look="amount", wrap=True)
        self.facts = (KeyValueList(), KeyValueList())
        self.buttons = {
            name: button(text, kind="primary" if name == "pay" else "")
            for name, text in self._act_texts().items()
        }
        for name, keys in _KEYS.items():
            self.buttons[name].setToolTip(keys)
        self.orders_model: PagedTableModel[OrderRow] = PagedTableModel(
            order_columns(today), row_id=lambda row: row.order_number, parent=self
        )
        self.history_model: PagedTableModel[HistoryRow] = PagedTableModel(
            history_columns(), row_id=lambda row: (row.kind, row.subject_id), parent=self
        )
        self.orders = DataTable(self.orders_model, self.tr("Orders"))
        self.history = DataTable(self.history_model, self.tr("History"))
        self.points = PointsPanel(context)
        self.tabs = QTabBar()
        self.stack = QStackedWidget()
        self.nothing = PlainLabel(look="muted", wrap=True)
        self._lay_out()
        self._connect()

    @property
    def detail(self) -> CustomerDetail | None:
        """The customer shown."""
        return self._detail

    @property
    def tab(self) -> Tab:
        """The list in front."""
        return Tab(self.tabs.currentIndex())

    def list_in_front(self) -> QWidget:
        """Return the list of the tab chosen, for the keyboard to go to."""
        lists: dict[Tab, QWidget] = {Tab.HISTORY: self.history, Tab.POINTS: self.points.table}
        return lists.get(self.tab, self.orders)

    def chosen_order(self) -> OrderRow | None:
        """Return the order a person went to, in the lists of orders."""
        is_order = self.tab in {Tab.OPEN, Tab.ORDERS}
        return self.orders.current_row() if is_order else None

    def show_detail(self, detail: CustomerDetail) -> None:
        """Show a customer; the list in front stays, and is read again."""
        is_other = (
            self._detail is None or self._detail.customer.customer_id != detail.customer.customer_id
        )
        self._detail = detail
        customer = detail.customer
        self.name.setText(customer.name)
        self.state.set_badge(badge_for("active", False) if customer.is_retired else None)
        self.balance.setText(balance_sentence(customer.balances))
        facts = facts_of(detail)
        half = (len(facts) + 1) // 2
        self.facts[0].set_facts(facts[:half])
        self.facts[1].set_facts(facts[half:])
        self._show_titles(detail)
        self._show_acts(detail)
        self._read(anew=is_other)
        self.show()

    def go_to_tab(self, tab: Tab) -> None:
        """Bring a list to the front."""
        self.tabs.setCurrentIndex(tab)

    def _act_texts(self) -> dict[str, str]:
        return {
            "pay": self.tr("Take payment (Ctrl+T)"),
            "order": self.tr("New order (Ctrl+O)"),
            "edit": self.tr("Edit (Ctrl+E)"),
            "statement": self.tr("Statement (Ctrl+P)"),
            "payment": self.tr("Show payment (Ctrl+J)"),
            "cancel_order": self.tr("Cancel order"),
            "merge": self.tr("Merge…"),
            "retire": self.tr("Retire"),
        }

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        self.body.addLayout(head)
        self.body.addWidget(self.balance)
        acts = QWidget()
        row = FlowLayout(acts, spacing=gap(self, 0.8))
        for made in self.buttons.values():
            row.addWidget(made)
        self.body.addWidget(acts)
        both = QHBoxLayout()
        both.setSpacing(gap(self, 2.5))
        for facts in self.facts:
            both.addWidget(facts, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(both)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Lists of this customer"))
        for _ in Tab:
            self.tabs.addTab("")
        self.body.addWidget(self.tabs)
        for shown in (self.orders, self.history, self.points, self._empty()):
            self.stack.addWidget(shown)
        self.stack.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)
        self.body.addWidget(self.stack, 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 62)

    def _empty(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.addWidget(self.nothing)
        column.addStretch(1)
        return pane

    def _connect(self) -> None:
        for name, made in self.buttons.items():
            made.clicked.connect(lambda _checked=False, name=name: self.act_wanted.emit(name))
        self.tabs.currentChanged.connect(lambda _tab: self._read(anew=True))
        self.orders_model.page_wanted.connect(self._fetch_orders)
        self.history_model.page_wanted.connect(self._fetch_history)
        self.points.payment_requested.connect(self.payment_requested)
        self.orders.row_opened.connect(self.order_opened)
        self.history.row_opened.connect(self.event_opened)
        self.orders.current_row_changed.connect(lambda _row: self._follow_order())

    def _show_titles(self, detail: CustomerDetail) -> None:
        opened = self.tr("Open (%1)").replace("%1", str(detail.open_orders))
        titles = (opened, self.tr("Orders"), self.tr("History"), self.tr("Points"))
        for tab, title in zip(Tab, titles, strict=True):
            self.tabs.setTabText(tab, title)

    def _show_acts(self, detail: CustomerDetail) -> None:
        actor = self._context.actor
        may = actor.may(Permission.MANAGE_CUSTOMERS)
        for name in ("order", "edit", "merge", "retire", "cancel_order"):
            self.buttons[name].setVisible(may)
        self.buttons["pay"].setVisible(actor.may(Permission.TAKE_PAYMENT))
        self.buttons["pay"].setEnabled(detail.open_orders > 0)
        retired = detail.customer.is_retired
        self.buttons["retire"].setText(self.tr("Bring back") if retired else self.tr("Retire"))
        self._follow_order()

    def _follow_order(self) -> None:
        order = self.chosen_order()
        can = order is not None and order.cancelled_at is None and not order.balance.paid_minor
        self.buttons["cancel_order"].setEnabled(can)
        self.buttons["payment"].setEnabled(self.tab is Tab.HISTORY)

    def _read(self, *, anew: bool) -> None:
        if self._detail is None:
            return
        if self.tab is Tab.POINTS:
            self.stack.setCurrentWidget(self.points)
            if anew:
                self.points.show_customer(self._detail.customer.customer_id)
            self._follow_order()
            return
        is_history = self.tab is Tab.HISTORY
        model = self.history_model if is_history else self.orders_model
        self.stack.setCurrentWidget(self.history if is_history else self.orders)
        if anew:
            model.ask_again()
        else:
            model.refresh()
        self._follow_order()

    def _fetch_orders(self, question: int, page: int) -> None:
        detail = self._detail
        if detail is None:
            return
        app, actor = self._context.app, self._context.actor
        show = OrderShow.OPEN if self.tab is Tab.OPEN else OrderShow.ALL
        fetch_page(
            self._context.tasks,
            self,
            self.orders_model,
            question,
            page,
            lambda offset, limit: app.orders.page(
                actor,
                show=show,
                customer_id=detail.customer.customer_id,
                offset=offset,
                limit=limit,
            ),
            on_refused=self._on_refused,
            on_delivered=lambda found: self._show_total(found.total),
        )

    def _fetch_history(self, question: int, page: int) -> None:
        detail = self._detail
        if detail is None:
            return
        app, actor = self._context.app, self._context.actor
        fetch_page(
            self._context.tasks,
            self,
            self.history_model,
            question,
            page,
            lambda offset, limit: app.customers.history(
                actor, detail.customer.customer_id, offset=offset, limit=limit
            ),
            on_refused=self._on_refused,
            on_delivered=lambda found: self._show_total(found.total),
        )

    def _show_total(self, total: int) -> None:
        if self.tab is Tab.POINTS:
            return
        if total:
            table = self.history if self.tab is Tab.HISTORY else self.orders
            self.stack.setCurrentWidget(table)
            if table is self.orders and self.orders.current_row() is None:
                self.orders.selectRow(0)
            return
        sentences = {
            Tab.OPEN: self.tr("Nothing is left to pay."),
            Tab.ORDERS: self.tr("No order yet. Ctrl+O writes one down."),
            Tab.HISTORY: self.tr("Nothing has happened yet."),
        }
        self.nothing.setText(sentences[self.tab])
        self.stack.setCurrentIndex(self.stack.count() - 1)

    def _on_refused(self, error: KnownError) -> None:
        self.failed.emit(error)

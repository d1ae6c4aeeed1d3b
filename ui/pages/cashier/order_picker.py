"""Picks one of the orders that have something left to pay."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.phones import phone_display
from core.services.customers.orders import OrderShow
from core.services.customers.rows import OrderRow
from ui.badges import badge_for
from ui.context import PageContext
from ui.models.columns import amount_column
from ui.models.fetching import fetch_page
from ui.models.table import Column, ColumnKind, PagedTableModel
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField
from ui.widgets.messages import InlineMessage


class OrderPicker(QDialog):
    """A search over the open orders; Enter takes the one found first, or the one gone to.

    Signals:
        picked(order): this order is to be paid; the dialog closes.
    """

    picked = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open orders"))
        self.setModal(True)
        self._context = context
        self._today = shop_date(context.app.configuration.clock())
        self._search_text = ""
        self.model: PagedTableModel[OrderRow] = PagedTableModel(
            self._columns(), row_id=lambda row: row.order_number, parent=self
        )
        self.search = SearchField(self.tr("Search number, customer, telephone"))
        self.table = DataTable(self.model, self.tr("Open orders"))
        self.nothing = PlainLabel(look="muted", wrap=True)
        self.message = InlineMessage()
        self.pick_button = button(self.tr("Take this order (Enter)"), kind="primary")
        self._lay_out()
        self.model.page_wanted.connect(self._fetch)
        self.search.search_changed.connect(self._on_search_changed)
        self.table.row_opened.connect(self._pick)
        self.pick_button.clicked.connect(self._on_pick)
        self.model.ask_again()
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrows go through the list while the search is typed, and Enter take a row."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.search.hasFocus():
            self.table.setFocus()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self._on_pick()
        else:
            super().keyPressEvent(event)

    def _columns(self) -> tuple[Column[OrderRow], ...]:
        def state(row: OrderRow) -> str:
            return "overdue" if row.is_overdue(self._today) else row.state

        return (
            Column("number", self.tr("Order"), lambda row: row.order_number, width=16),
            Column("customer", self.tr("Customer"), lambda row: row.customer_name, width=22),
            Column(
                "phone",
                self.tr("Telephone"),
                lambda row: phone_display(row.phone_number),
                width=13,
            ),
            amount_column(
                "left",
                self.tr("Left to pay"),
                lambda row: row.left_minor,
                currency=lambda row: row.currency,
                width=10,
            ),
            amount_column(
                "promised",
                self.tr("Under way"),
                lambda row: row.balance.promised_minor,
                currency=lambda row: row.currency,
                width=10,
            ),
            Column(
                "state",
                self.tr("State"),
                lambda row: badge_for("order", state(row)).text,
                ColumnKind.BADGE,
                badge=lambda row: badge_for("order", state(row)),
                width=11,
            ),
        )

    def _lay_out(self) -> None:
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        column.addWidget(PlainLabel(self.tr("Which order is paid?"), look="title"))
        column.addWidget(self.search)
        column.addWidget(self.message)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = button(self.tr("Cancel"))
        cancel.setToolTip("Esc")
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        row.addWidget(self.pick_button)
        column.addLayout(row)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 128, self.fontMetrics().lineSpacing() * 26)

    def _fetch(self, question: int, page: int) -> None:
        app, actor, words = self._context.app, self._context.actor, self._search_text
        fetch_page(
            self._context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.orders.page(
                actor, search=words, show=OrderShow.OPEN, offset=offset, limit=limit
            ),
            on_refused=self._on_refused,
            on_delivered=lambda found: self._show_total(found.total),
        )

    def _show_total(self, total: int) -> None:
        self.pick_button.setEnabled(bool(total))
        if total:
            self.stack.setCurrentWidget(self.table)
            if self.table.current_row() is None:
                self.table.selectRow(0)
            return
        self.nothing.setText(
            self.tr("No open order fits this search.")
            if self._search_text
            else self.tr("No order is open. New ones are written down on the customers page.")
        )
        self.stack.setCurrentWidget(self.nothing)

    def _on_search_changed(self, text: str) -> None:
        self._search_text = text
        self.message.clear()
        self.model.ask_again()

    def _on_pick(self) -> None:
        order = self.table.current_row()
        if order is not None and self.model.is_answered:
            self._pick(order)

    def _pick(self, order: OrderRow) -> None:
        self.accept()
        self.picked.emit(order)

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)

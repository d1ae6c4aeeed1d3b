"""Payments no statement proves yet: to be searched, ticked, and matched by hand.

What is ticked, or under a line that is dragged, is weighed against the lines at every moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from core.services.lists.keyset import PagedQuestion
from core.services.reconciliations.open_payments import OpenPayment, OpenSum
from core.services.rows import PaymentRow, ReconciliationRow, StatementLineRow
from ui.context import PageContext
from ui.models.columns import amount_column, badge_column
from ui.models.feed import TableFeed
from ui.models.table import Column, PagedTableModel
from ui.pages.reconcile.balance import BalanceLabel, balance_of
from ui.pages.reconcile.drop_hint import DropHint
from ui.pages.reconcile.lines import LINES_MIME
from ui.pages.reconcile.words import (
    filled,
    number,
    payment_day,
    payment_identifiers,
    payment_reference,
)
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField

_LEAST_ROWS, _LEAST_ROWS_IF_LOW = 3.5, 1.5
"""So many payments are in sight; the half one says that there are more."""

_LOW_LINES = 36
"""Lines of text below which a page is low: a small screen with large text."""


class PaymentsTable(DataTable[OpenPayment]):
    """Open payments; a line dropped on a ticked one, or beside all, goes to all ticked ones.

    Signals:
        hovered(payments): what the dragged lines would go to if dropped now; empty when they left.
        line_dropped(payments): the dragged lines were dropped on these payments.
        enter_pressed: match with the ticked ones.
    """

    hovered = Signal(object)
    line_dropped = Signal(object)
    enter_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._is_low = False
        self.model_of_payments: PagedTableModel[OpenPayment] = PagedTableModel(
            (
                Column(
                    "customer",
                    self.tr("Customer"),
                    lambda row: row.customer_name,
                    width=16,
                    grows=True,
                ),
                amount_column(
                    "amount",
                    self.tr("Amount"),
                    lambda row: row.amount_minor,
                    currency=lambda row: row.currency,
                    width=10,
                ),
                badge_column(
                    "method",
                    self.tr("Channel"),
                    "method",
                    lambda row: row.payment_method,
                    width=11,
                ),
                Column(
                    "reference",
                    self.tr("Reference"),
                    payment_reference,
                    tool_tip=payment_identifiers,
                    width=18,
                    grows=True,
                ),
                Column("day", self.tr("Day"), payment_day, width=10),
                badge_column(
                    "status", self.tr("Status"), "status", lambda row: row.status, width=11
                ),
            ),
            row_id=lambda row: row.payment_id,
        )
        super().__init__(self.model_of_payments, self.tr("Unmatched payments"), parent)
        self.model_of_payments.setParent(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)

    def minimumSizeHint(self) -> QSize:
        """Leave some payments in sight, however little room the page has."""
        frame = 2 * self.frameWidth() + self.horizontalScrollBar().sizeHint().height()
        head = self.horizontalHeader().sizeHint().height()
        least = _LEAST_ROWS_IF_LOW if self._is_low else _LEAST_ROWS
        rows = round(self.verticalHeader().defaultSectionSize() * least)
        return QSize(super().minimumSizeHint().width(), head + rows + frame)

    def fit_into(self, height: int) -> None:
        """Ask for little on a low page (in pixels): what a line may be comes first there."""
        is_low = height < self.fontMetrics().height() * _LOW_LINES
        if is_low is not self._is_low:
            self._is_low = is_low
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Match with Enter; Space ticks."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.enter_pressed.emit()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept lines; files are left to the page."""
        self._follow(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Tell what the lines would go to."""
        self._follow(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Tell that the lines went away again."""
        self.hovered.emit(())
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Give the lines to the payment under the pointer, or to all ticked ones."""
        self.hovered.emit(())
        targets = self._targets(event)
        if not targets:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.line_dropped.emit(targets)

    def _follow(self, event: QDragMoveEvent) -> None:
        targets = self._targets(event)
        if targets:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()
        self.hovered.emit(targets)

    def _targets(self, event: QDropEvent) -> tuple[PaymentRow, ...]:
        if not event.mimeData().hasFormat(LINES_MIME):
            return ()
        row = self.rows.row_at(self.indexAt(event.position().toPoint()).row())
        ticked = tuple(self.selected_rows())
        if row is None or any(each.payment_id == row.payment_id for each in ticked):
            return ticked
        return (row,)


class PaymentsPane(QWidget):
    """The open payments of the statement's days; the search looks through all the shop's.

    Signals:
        match_wanted(payments): match the current lines with these; what does not sum up is asked.
        split_wanted: put lines and payments together on the sheet.
        failed(error): the search could not be made.
    """

    match_wanted = Signal(object)
    split_wanted = Signal()
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._currency = "RWF"
        self._reconciliation_id = ""
        self._lines: Sequence[StatementLineRow] = ()
        self._may_match = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        head = QHBoxLayout()
        head.setSpacing(gap(self))
        self.heading = PlainLabel(look="heading")
        self.search = SearchField(self.tr("Find another payment (Ctrl+F)"))
        self.search.search_changed.connect(self._on_search_changed)
        head.addWidget(self.heading)
        head.addWidget(self.search, 1)
        column.addLayout(head)
        self.table = PaymentsTable()
        self.table.selection_changed.connect(self._show_remaining)
        self.table.hovered.connect(self._on_hovered)
        self.table.line_dropped.connect(self._on_dropped)
        self.table.enter_pressed.connect(self.match_selected)
        self.drop_hint = DropHint(self.table)
        self.feed = self._make_feed(context)
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        self.remaining = BalanceLabel()
        # Notices come up at the middle of the window: the sum keeps away from there.
        self.remaining.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.remaining, 1)
        self.split_button = button(self.tr("Split… (S)"))
        self.split_button.clicked.connect(self.split_wanted)
        foot.addWidget(self.split_button)
        column.addLayout(foot)
        self.setTabOrder(self.search, self.table)

    def show_reconciliation(self, row: ReconciliationRow) -> None:
        """Show the payments that could be on this statement and are not."""
        self._currency = row.currency
        self._may_match = not row.status.is_closed
        if row.reconciliation_id == self._reconciliation_id:
            self.table.model_of_payments.refresh()
        else:
            self._reconciliation_id = row.reconciliation_id
            self._ask_again()
        self._show_remaining()

    def set_lines(self, lines: Sequence[StatementLineRow]) -> None:
        """Say which lines the payments would be matched with."""
        self._lines = lines
        self._show_remaining()

    @property
    def ticked(self) -> tuple[PaymentRow, ...]:
        """The payments ticked, from top to bottom."""
        return tuple(self.table.selected_rows())

    def match_selected(self) -> None:
        """Match the current lines with the ticked payments."""
        self._ask(self.ticked)

    def clear_ticks(self) -> None:
        """Tick nothing."""
        self.table.clearSelection()

    def _ask(self, payments: tuple[PaymentRow, ...]) -> None:
        if payments and self._lines and self._may_match:
            self.match_wanted.emit(payments)

    def _on_dropped(self, payments: tuple[PaymentRow, ...]) -> None:
        self._ask(payments)

    def _on_hovered(self, payments: tuple[PaymentRow, ...]) -> None:
        if not payments or not self._lines or not self._may_match:
            self.drop_hint.hide()
            self._show_remaining()
            return
        balance = balance_of(self._lines, payments, self._currency)
        self.drop_hint.show_outcome(self._lines, payments, balance)
        self.remaining.show_balance(balance)

    def _on_search_changed(self, _text: str) -> None:
        self.table.clearSelection()
        self._ask_again()

    def _ask_again(self) -> None:
        self.heading.setText(self._told(""))
        self.table.model_of_payments.ask_again()

    def _make_feed(self, context: PageContext) -> TableFeed[OpenPayment, OpenSum]:
        lists, actor = context.app.open_payments, context.actor
        wanted, currency, text = "", "", ""

        def ask() -> PagedQuestion[OpenPayment]:
            nonlocal wanted, currency, text
            wanted, currency = self._reconciliation_id, self._currency
            text = self.search.text().strip()
            return lists.found(actor, currency, text) if text else lists.missing(actor, wanted)

        def count(cancelled: Callable[[], bool]) -> OpenSum:
            if text:
                return lists.sum_of_found(actor, currency, text, cancelled=cancelled)
            return lists.sum_of_missing(actor, wanted, cancelled=cancelled)

        feed = TableFeed(
            context.tasks,
            self.table.model_of_payments,
            ask=ask,
            count=count,
            rows_of=lambda found: found.count,
            parent=self,
        )
        feed.counted.connect(lambda found: self.heading.setText(self._told(number(found.count))))
        feed.delivered.connect(self._show_remaining)
        feed.failed.connect(self.failed)
        return feed

    def _told(self, count: str) -> str:
        if self.search.text().strip():
            told = self.tr("Found %1")
        elif self._may_match:
            told = self.tr("Unmatched payments %1")
        else:
            told = self.tr("Unmatched at the closing %1")
        return filled(told, count).rstrip()

    def _show_remaining(self) -> None:
        ticked = self.ticked
        self.split_button.setEnabled(bool(self._lines) and self._may_match)
        if ticked and self._lines:
            self.remaining.show_balance(balance_of(self._lines, ticked, self._currency))
        elif self._may_match:
            self.remaining.show_hint(
                self.tr("Tick payments (Space), then Enter; or drag lines onto them.")
            )
        else:
            self.remaining.show_hint(self.tr("Closed: nothing is matched any more."))

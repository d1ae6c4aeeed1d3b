"""Payments no statement proves yet: to be searched, ticked, and matched by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from core.money import display
from core.services.match_candidates import MATCHABLE_STATUSES
from core.services.payment_lists import PaymentFilter
from core.services.rows import Page as RowPage
from core.services.rows import PaymentRow, ReconciliationRow, StatementLineRow, UnmatchedPayments
from ui.context import PageContext
from ui.models.columns import amount_column, badge_column
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.pages.reconcile.lines import LINES_MIME
from ui.pages.reconcile.words import (
    filled,
    number,
    payment_day,
    payment_identifiers,
    payment_reference,
    signed,
)
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField

_MOST_FOUND = 200
_MOST_OFFERED = 500


class PaymentsTable(DataTable[PaymentRow]):
    """Open payments; dropping a line on a selected one matches it with all selected ones.

    Signals:
        line_dropped(payments): match the dragged lines with these payments.
        enter_pressed: match with the selected ones.
    """

    line_dropped = Signal(object)
    enter_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.model_of_payments: RowsModel[PaymentRow] = RowsModel(
            (
                Column("customer", self.tr("Customer"), lambda row: row.customer_name, width=16),
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
                ),
                Column("day", self.tr("Day"), payment_day, width=10),
                badge_column(
                    "status", self.tr("Status"), "status", lambda row: row.status, width=11
                ),
            ),
            row_id=lambda row: row.payment_id,
        )
        super().__init__(self.model_of_payments, self.tr("Payments not on a statement"), parent)
        self.model_of_payments.setParent(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Match with Enter; Space ticks."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.enter_pressed.emit()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept lines; files are left to the page."""
        self._accept_lines(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept lines over a payment."""
        self._accept_lines(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Match the lines with the payment under the pointer, or with all selected ones."""
        row = self.rows.row_at(self.indexAt(event.position().toPoint()).row())
        if row is None or not event.mimeData().hasFormat(LINES_MIME):
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        selected = self.selected_rows()
        is_among = any(each.payment_id == row.payment_id for each in selected)
        self.line_dropped.emit(tuple(selected) if is_among else (row,))

    def _accept_lines(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(LINES_MIME):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()


class PaymentsPane(QWidget):
    """The open payments of the statement's days; the search looks through all the shop's.

    Signals:
        match_wanted(payments): match the current lines with these payments by hand.
        failed(error): the search could not be made.
    """

    match_wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._currency = "RWF"
        self._in_period: tuple[PaymentRow, ...] = ()
        self._in_period_total = 0
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
        self.table.line_dropped.connect(self.match_wanted)
        self.table.enter_pressed.connect(self.match_selected)
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        self.remaining = PlainLabel(wrap=True)
        foot.addWidget(self.remaining, 1)
        self.match_button = button(self.tr("Match by hand (S)"))
        self.match_button.clicked.connect(self.match_selected)
        foot.addWidget(self.match_button)
        column.addLayout(foot)
        self.setTabOrder(self.search, self.table)

    def show_reconciliation(self, row: ReconciliationRow) -> None:
        """Show the payments that could be on this statement and are not."""
        self._currency = row.currency
        self._may_match = not row.status.is_closed
        app, actor, wanted = self._context.app, self._context.actor, row.reconciliation_id
        self._context.tasks.query(
            self,
            lambda: app.reconciliation_lists.unmatched_payments(actor, wanted, limit=_MOST_OFFERED),
            on_success=self._on_offered,
            on_known_error=self.failed.emit,
            latest="offered",
        )

    def _on_offered(self, found: UnmatchedPayments) -> None:
        self._in_period, self._in_period_total = found.rows, found.total
        self.refresh()

    def set_lines(self, lines: Sequence[StatementLineRow]) -> None:
        """Say which lines the payments would be matched with."""
        self._lines = lines
        self._show_remaining()

    def refresh(self) -> None:
        """Show the list, or search again."""
        text = self.search.text().strip()
        if not text:
            self._show(self._in_period, self._in_period_total)
            return
        app, actor = self._context.app, self._context.actor
        wanted = PaymentFilter(
            statuses=frozenset(MATCHABLE_STATUSES), reconciled=False, search=text
        )
        self._context.tasks.query(
            self,
            lambda: app.payment_lists.page(actor, wanted, limit=_MOST_FOUND),
            on_success=self._on_found,
            on_known_error=self.failed.emit,
            latest="payments",
        )

    def match_selected(self) -> None:
        """Match the current lines with the ticked payments."""
        selected = tuple(self.table.selected_rows())
        if selected and self._lines and self._may_match:
            self.match_wanted.emit(selected)

    def _on_search_changed(self, _text: str) -> None:
        self.table.clearSelection()
        self.refresh()

    def _on_found(self, found: RowPage[PaymentRow]) -> None:
        if self.search.text().strip():
            rows = tuple(row for row in found.rows if row.currency == self._currency)
            self._show(rows, found.total)

    def _show(self, rows: tuple[PaymentRow, ...], total: int) -> None:
        told = self.tr("Found %1") if self.search.text().strip() else self.tr("Open payments %1")
        self.heading.setText(filled(told, number(total)))
        self.table.model_of_payments.show_rows(rows)
        self._show_remaining()

    def _show_remaining(self) -> None:
        selected = self.table.selected_rows()
        line_minor = sum(line.amount_minor for line in self._lines)
        left_minor = line_minor - sum(payment.amount_minor for payment in selected)
        self.match_button.setEnabled(bool(selected and self._lines and self._may_match))
        if not selected or not self._lines:
            set_look(self.remaining, look="small")
            self.remaining.setText(
                self.tr("Tick payments (Space), then S; or drag a line onto a payment.")
            )
            return
        set_look(self.remaining, look="wrong" if left_minor else "good")
        told = self.tr("%1 − %2 selected = %3 left") if left_minor else self.tr("%1 = %2 ✓")
        chosen = display(sum(payment.amount_minor for payment in selected), self._currency)
        self.remaining.setText(
            filled(
                told, signed(line_minor, self._currency), chosen, signed(left_minor, self._currency)
            )
        )

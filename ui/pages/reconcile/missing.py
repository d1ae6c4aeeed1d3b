"""Unmatched payments, which the statement should show: counted, added up, searched, opened.

Of a closed statement they are those of its closing, and the heading says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.clock import shop_time
from core.money import display
from core.services.lists.keyset import PagedQuestion
from core.services.reconciliations.open_payments import OpenPayment, OpenSum
from core.services.rows import ReconciliationRow
from ui.context import PageContext
from ui.models.columns import amount_column, badge_column
from ui.models.feed import TableFeed
from ui.models.table import Column, PagedTableModel
from ui.pages.reconcile.words import (
    filled,
    number,
    payment_day,
    payment_identifiers,
    payment_reference,
)
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted for which statement and search; ``all_count`` whatever is searched.

    ``closed_at`` is the closing whose payments they are; None while the statement is open.
    """

    reconciliation_id: str
    closed_at: datetime | None
    search: str
    found: OpenSum
    all_count: int


class MissingPayments(QWidget):
    """The completed payments of the statement's days that no match proves, the oldest first.

    Of a closed statement they are those that no match proved when it was closed.

    Signals:
        payment_wanted(payment_id): open it on the payments page.
        counted(count): how many there are, whatever is searched.
        failed(error): they could not be read.
    """

    payment_wanted = Signal(str)
    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._reconciliation_id = ""
        self._currency = "RWF"
        self._closed_at: datetime | None = None
        self._count = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.heading = PlainLabel(self.tr("Unmatched payments"), look="heading", wrap=True)
        self.search = SearchField(
            self.tr("Find an unmatched payment (Ctrl+Shift+F)"), key="Ctrl+Shift+F"
        )
        column.addWidget(self.search)
        column.addWidget(self.heading)
        self.model: PagedTableModel[OpenPayment] = PagedTableModel(
            (
                Column("day", self.tr("Day"), payment_day, width=10),
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
                    width=12,
                ),
                Column(
                    "customer",
                    self.tr("Customer"),
                    lambda row: row.customer_name,
                    width=18,
                    grows=True,
                ),
                Column(
                    "reference",
                    self.tr("Reference"),
                    payment_reference,
                    tool_tip=payment_identifiers,
                    width=18,
                    grows=True,
                ),
            ),
            row_id=lambda row: row.payment_id,
        )
        self.table = DataTable(self.model, self.tr("Unmatched payments"))
        self.model.setParent(self.table)
        column.addWidget(self.table, 1)
        self.note = PlainLabel("", look="muted", wrap=True)
        column.addWidget(self.note)
        self.feed = self._make_feed(context)
        self.search.search_changed.connect(lambda _text: self.model.ask_again())
        self.table.row_opened.connect(lambda row: self.payment_wanted.emit(row.payment_id))

    @property
    def count(self) -> int:
        """How many there are, as far as they were counted."""
        return self._count

    def begin(self, reconciliation_id: str) -> None:
        """Show those of another statement."""
        self._reconciliation_id, self._closed_at = reconciliation_id, None
        self.search.clear()
        self.model.ask_again()

    def refresh(self, row: ReconciliationRow) -> None:
        """Read them again; selection and scroll position stay."""
        self._currency, self._closed_at = row.currency, row.reconciled_at
        self.model.refresh()

    def _make_feed(self, context: PageContext) -> TableFeed[OpenPayment, _Counted]:
        lists, actor = context.app.open_payments, context.actor
        wanted, text = "", ""
        closed_at: datetime | None = None

        def ask() -> PagedQuestion[OpenPayment]:
            nonlocal wanted, text, closed_at
            wanted, text = self._reconciliation_id, self.search.text().strip()
            closed_at = self._closed_at
            return lists.missing(actor, wanted, search=text)

        def count(cancelled: Callable[[], bool]) -> _Counted:
            found = lists.sum_of_missing(actor, wanted, search=text, cancelled=cancelled)
            all_count = found.count
            if text:
                all_count = lists.sum_of_missing(actor, wanted, cancelled=cancelled).count
            return _Counted(wanted, closed_at, text, found, all_count)

        feed = TableFeed(
            context.tasks,
            self.model,
            ask=ask,
            count=count,
            rows_of=lambda counted: counted.found.count,
            parent=self,
        )
        feed.counted.connect(self._tell)
        feed.failed.connect(self.failed)
        return feed

    def _tell(self, counted: _Counted) -> None:
        if counted.reconciliation_id != self._reconciliation_id:
            return
        self._count, found, text = counted.all_count, counted.found, counted.search
        self.counted.emit(self._count)
        total = display(found.amount_minor, self._currency)
        self.heading.setText(
            filled(self._heading(counted), number(found.count), total, _moment(counted.closed_at))
        )
        if found.count:
            self.note.setText(self.tr("Enter opens a payment on the payments page."))
        elif text:
            self.note.setText(self.tr("No unmatched payment has these words."))
        elif counted.closed_at is not None:
            self.note.setText(
                self.tr(
                    "When it was closed, a statement proved every completed payment of these days."
                )
            )
        else:
            self.note.setText(
                self.tr("Every completed payment of these days is proved by a statement.")
            )

    def _heading(self, counted: _Counted) -> str:
        if counted.closed_at is None:
            if counted.search:
                return self.tr("%1 found among the unmatched payments, together %2")
            return self.tr("%1 unmatched payments, together %2")
        if counted.search:
            return self.tr("%1 found among what was unmatched at the closing on %3, together %2")
        return self.tr("%1 payments unmatched at the closing on %3, together %2")


def _moment(closed_at: datetime | None) -> str:
    return "" if closed_at is None else f"{shop_time(closed_at):%Y-%m-%d %H:%M}"

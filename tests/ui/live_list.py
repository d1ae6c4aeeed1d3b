"""A live list as the pages make one, and another program at the same shop's file."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QItemSelectionModel
from sqlalchemy import func, insert, select

from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.model.journal import Topic
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.permissions import Actor, Role
from core.services.payments.filters import PaymentFilter
from core.services.payments.lists import PaymentLists
from core.services.payments.orders import PaymentOrder
from ui.models.feed import TableFeed
from ui.models.table import PagedTableModel
from ui.pages.payments.columns import payment_columns
from ui.refresh import RefreshWhenVisible
from ui.tasks import TaskRunner
from ui.widgets.data_table import DataTable

FIRST = datetime(2026, 6, 1, 6, tzinfo=UTC)
MANAGER = Actor(1, "marie", Role.MANAGER)


class Desk:
    """Another program at the shop's file."""

    def __init__(self, path):
        self.database = Database(sqlite_url(path))
        self.taken = 0

    def count(self):
        """Go on after the payments there are."""
        with self.database.read() as session:
            self.taken = session.scalar(select(func.max(Payment.id))) or 0

    def take(self, count, *, name="Uwase Aline"):
        with self.database.write(None) as unit:
            rows = []
            for _ in range(count):
                self.taken += 1
                moment = FIRST + timedelta(minutes=self.taken)
                rows.append({
                    "payment_id": f"00000000-0000-4000-8000-{self.taken:012d}",
                    "amount_minor": 500, "customer_name": name, "created_by": "aline",
                    "payment_method": PaymentMethod.CASH, "status": PaymentStatus.PENDING,
                    "created_at": moment, "updated_at": moment,
                })  # fmt: skip
            unit.session.execute(insert(Payment), rows)
            unit.changed(Topic.PAYMENTS)
            unit.commit()

    def change(self, row, **values):
        with self.database.write(None) as unit:
            payment = unit.session.get_one(Payment, row.id)
            for name, value in values.items():
                setattr(payment, name, value)
            unit.changed(Topic.PAYMENTS, payment.payment_id)
            unit.commit()


class Page(RefreshWhenVisible):
    """A list as the pages make one."""

    watches = frozenset({"payments"})

    def __init__(self, database, wanted=None, order=None):
        super().__init__()
        self.lists = PaymentLists(database)
        self.wanted = wanted or PaymentFilter()
        self.order = order or PaymentOrder()
        self.tasks = TaskRunner()
        self.model = PagedTableModel(
            payment_columns(), row_id=lambda row: row.payment_id, parent=self
        )
        self.feed = TableFeed(
            self.tasks,
            self.model,
            ask=lambda: self.lists.ask(MANAGER, self.wanted, self.order),
            count=self.count,
            rows_of=lambda totals: sum(total.count for total in totals),
            parent=self,
        )
        self.table = DataTable(self.model, "Payments", self)
        self.table.resize(900, 600)
        self.resize(900, 600)
        self.asked = False
        self.slowly = 0.0

    def count(self, cancelled):
        ends = time.monotonic() + self.slowly
        while time.monotonic() < ends and not cancelled():
            time.sleep(0.01)
        if cancelled():
            raise ReadCancelledError("The answer is no longer wanted.")
        return self.lists.totals(MANAGER, self.wanted, cancelled=cancelled)

    def refresh(self):
        if self.asked:
            self.model.refresh()
        else:
            self.asked = True
            self.model.ask_again()

    def ids(self, places):
        return [row.id if (row := self.model.row_at(place)) else None for place in places]

    @property
    def top(self):
        place = self.table.rowAt(0)
        return self.ids([place])[0], self.table.rowViewportPosition(place)

    @property
    def selected(self):
        return [row.id for row in self.table.selected_rows()]

    def select(self, *places):
        flag = QItemSelectionModel.SelectionFlag
        for place in places:
            self.table.selectionModel().select(self.model.index(place, 0), flag.Select | flag.Rows)

    def go_to(self, qtbot, place):
        bar = self.table.verticalScrollBar()
        bar.setValue(place * self.table.rowHeight(0) + 5)
        self.table.viewport().repaint()
        qtbot.waitUntil(lambda: self.top[0] is not None)

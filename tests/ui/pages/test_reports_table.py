"""A report's table: only what is looked at is made, copies are plain, totals stay in sight."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.services.payments.filters import PaymentFilter
from core.services.reports.contract import ColumnKind, ReportColumn, ReportRow
from tests.ui.pages.reports_steps import cells
from ui.models.roles import BADGE, DISPLAY
from ui.pages.reports.table import ReportTable

COLUMNS = (
    ReportColumn("customer", "Customer", ColumnKind.TEXT),
    ReportColumn("method", "Method", ColumnKind.METHOD),
    ReportColumn("count", "Payments", ColumnKind.COUNT),
    ReportColumn("amount", "Amount", ColumnKind.AMOUNT),
    ReportColumn("last", "Last", ColumnKind.MOMENT),
)
TOTALS = (ReportRow((None, None, 3, 6_000, None), "RWF"),)


def rows(count):
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    return tuple(
        ReportRow(
            (f"Customer {number}", "cash", number, number * 1_000, moment),
            "RWF",
            PaymentFilter(customer_id=number),
        )
        for number in range(count)
    )


@pytest.fixture
def table(qtbot):
    made = ReportTable("Customers", COLUMNS, rows(3))
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


def test_a_million_customers_cost_what_is_looked_at(qtbot, table, monkeypatch):
    made, about = [], table._about
    monkeypatch.setattr(table.model, "_row_id", lambda row: made.append(1) or about(row))
    table.show_rows(rows(100_000), TOTALS)
    assert table.model.rowCount() == 100_000
    assert len(made) <= 400
    table.table.scrollToBottom()
    last = table.model.index(99_999, 0)
    qtbot.waitUntil(lambda: last.data(DISPLAY) == "Customer 99999")
    assert len(made) <= 1_000


def test_methods_are_badges_and_totals_are_named(table):
    table.show_rows(rows(3), TOTALS)
    assert table.model.index(0, 1).data(BADGE).text == "Cash"
    assert cells(table.totals) == [["Total", "", "3", "6\u202f000", ""]]
    assert table.totals.isVisible()
    table.show_rows(rows(3), ())
    assert not table.totals.isVisible()


def test_a_copy_has_plain_digits(table):
    table.show_rows(rows(3), TOTALS)
    table.table.selectRow(2)
    table.table.copy_selection()
    assert QGuiApplication.clipboard().text().splitlines()[1] == (
        "Customer 2\tcash\t2\t2000\t2026-03-01 11:00"
    )


def test_the_totals_keep_the_widths_of_the_columns_above(table):
    table.show_rows(rows(3), TOTALS)
    table.table.setColumnWidth(0, 321)
    assert table.totals.columnWidth(0) == 321


def test_amounts_of_another_currency_say_which(qtbot):
    table = ReportTable("Revenue", COLUMNS, with_currency=True)
    qtbot.addWidget(table)
    table.show_rows((ReportRow(("A", "card", 1, 1_250, None), "USD"),), ())
    assert cells(table.table) == [["A", "Card", "1", "12.50", "", "USD"]]


def test_enter_on_the_totals_leads_to_all_payments(qtbot, table):
    everything = PaymentFilter(first_day=date(2026, 3, 1))
    table.show_rows(rows(3), (ReportRow((None, None, 3, 6_000, None), "RWF", everything),))
    table.totals.setCurrentIndex(table.totals_model.index(0, 0))
    with qtbot.waitSignal(table.payments_requested) as asked:
        qtbot.keyClick(table.totals, Qt.Key.Key_Return)
    assert asked.args == [everything]


STARTED = """
import sys
import ui.main_window, ui.pages.payments.page, ui.pages.dashboard.page
print([name for name in ("pyqtgraph", "numpy") if name in sys.modules])
"""


def test_nobody_loads_the_charts_who_does_not_look_at_reports():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            STARTED,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


def test_a_telephone_is_written_as_on_the_customers_page(qtbot):
    columns = (ReportColumn("phone", "Telephone", ColumnKind.TEXT),)
    made = ReportTable("Customers", columns)
    qtbot.addWidget(made)
    made.show_rows((ReportRow(("+250781170111",), "RWF"),), ())
    assert cells(made.table) == [["0781 170 111"]]

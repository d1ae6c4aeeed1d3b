"""Repainting the payments table, beside Qt's own QSqlQueryModel with the same badge delegate.

Both show 50 rows x 9 columns of the same 100 000 payments in a view of one size, with one badge
column for status and one for method painted by the program's own delegate. CPU time per repaint,
and of the first one after new rows came, when every text is made.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from PySide6.QtSql import QSqlDatabase, QSqlQueryModel
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from core.database.unit_of_work import Database
from core.permissions import Actor, Role
from core.services.payments.listed import ListedPayment
from core.services.payments.lists import PaymentFilter, PaymentLists
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.listed_shop import listed_folder, opened
from ui.badges import Badge, badge_for
from ui.delegates.badge import BadgeDelegate
from ui.delegates.text import Cell, CellSource
from ui.models.table import PagedTableModel
from ui.pages.payments.columns import payment_columns
from ui.theme import Theme
from ui.widgets.data_table import DataTable

PAYMENTS = 100_000
ROWS = 50
COLUMNS = 9
ROUNDS = 60
MANAGER = Actor(3, "manager", Role.MANAGER)


def _badges_of(model: QSqlQueryModel) -> CellSource:
    """Return what gives the badge delegate its cells from Qt's model, asked once per cell."""
    kinds = {1: "status", 3: "method"}
    badges: dict[tuple[int, str], Badge] = {}

    def cell(row: int, column: int) -> Cell:
        text = model.index(row, column).data()
        badge = badges.get((column, text))
        if badge is None:
            badge = badges[column, text] = badge_for(kinds[column], text)
        return (text, badge, None)

    return cell


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = opened(listed_folder(tmp_path_factory), PAYMENTS)
    yield made
    made.close()


def _ours(qtbot: QtBot, shop: Database) -> DataTable[ListedPayment]:
    question = PaymentLists(shop).ask(MANAGER, PaymentFilter())
    model = PagedTableModel(payment_columns()[:COLUMNS], row_id=lambda row: row.payment_id)
    size = model.page_size
    model.page_wanted.connect(
        lambda number, page: model.deliver(number, page, question.rows(page * size, size), PAYMENTS)
    )
    table = DataTable(model, "bench")
    qtbot.addWidget(table)
    model.ask_again()
    return table


def _qts(qtbot: QtBot, path: Path) -> QTableView:
    database = QSqlDatabase.addDatabase("QSQLITE", "bench")
    database.setDatabaseName(str(path))
    assert database.open()
    model = QSqlQueryModel()
    model.setQuery(
        "SELECT substr(payment_id, 1, 8), status, amount_minor, payment_method, customer_name,"
        " created_at, phone_number, payment_type, transaction_reference FROM payment"
        " ORDER BY created_at DESC, id DESC LIMIT 100",
        database,
    )
    view = QTableView()
    view.setModel(model)
    model.setParent(view)
    delegate = BadgeDelegate(view, _badges_of(model))
    view.setItemDelegateForColumn(1, delegate)
    view.setItemDelegateForColumn(3, delegate)
    qtbot.addWidget(view)
    return view


def _show(view: QTableView, row_height: int) -> None:
    view.verticalHeader().setDefaultSectionSize(row_height)
    view.verticalHeader().hide()
    view.resize(QSize(1500, row_height * ROWS + view.horizontalHeader().height() + 4))
    for column in range(COLUMNS):
        view.setColumnWidth(column, 160)
    view.show()
    QApplication.processEvents()


def _repaint_s(view: QTableView, canvas: QPixmap) -> float:
    started = time.process_time()
    view.viewport().render(canvas)
    return time.process_time() - started


def test_repaint_of_the_payments_table(qtbot: QtBot, shop: Database, qapp: QApplication) -> None:
    Theme(qapp).apply("light")
    ours, qts = _ours(qtbot, shop), _qts(qtbot, Path(str(shop.engine.url.database)))
    height = ours.verticalHeader().defaultSectionSize()
    for view in (ours, qts):
        _show(view, height)
    qtbot.waitUntil(lambda: ours.rows.row_at(ROWS) is not None)
    canvas = QPixmap(ours.viewport().size())
    for _ in range(5):
        _repaint_s(ours, canvas)
        _repaint_s(qts, canvas)
    ours_s, qts_s, fresh_s = [], [], []
    for _ in range(ROUNDS):
        ours_s.append(_repaint_s(ours, canvas))
        qts_s.append(_repaint_s(qts, canvas))
    for _ in range(ROUNDS // 6):
        ours.setUpdatesEnabled(False)
        ours.rows.ask_again()
        qtbot.waitUntil(lambda: ours.rows.row_at(ROWS) is not None)
        fresh_s.append(_repaint_s(ours, canvas))
        ours.setUpdatesEnabled(True)
    print("\n" + ratio_line(f"repaint {ROWS} x {COLUMNS}", ours_s, qts_s, "QSqlQueryModel"))
    print(f"of rows never painted before: {statistics.median(fresh_s) * 1000:.1f} ms")
    assert statistics.median(ours_s) <= 1.1 * statistics.median(qts_s)
    QSqlDatabase.database("bench", open=False).close()

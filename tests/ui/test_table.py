from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from ui.badges import Badge
from ui.models.columns import amount_column, badge_column
from ui.models.rereading import InUse, Reread
from ui.models.roles import ALIGNMENT, BADGE, COPY, DISPLAY, RIGHT, ROW_ID
from ui.models.table import LOADING, Column, PagedTableModel
from ui.widgets.data_table import DataTable


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    amount_minor: int = 15_000
    status: str = "pending"


COLUMNS = (
    Column("name", "Customer", lambda row: row.name, sortable=True),
    amount_column("amount", "Amount", lambda row: row.amount_minor),
    badge_column("status", "Status", "status", lambda row: row.status),
)


class Shop:
    """A source that answers when told to, as a query on another thread does."""

    def __init__(self, model, rows):
        self.model, self.rows, self.asked = model, rows, []
        model.page_wanted.connect(lambda question, page: self.asked.append((question, page)))

    def answer(self):
        question, page = self.asked.pop(0)
        first = page * self.model.page_size
        part = self.rows[first : first + self.model.page_size]
        self.model.deliver(question, page, part, len(self.rows))


@pytest.fixture
def model(qapp):
    made = PagedTableModel(COLUMNS, row_id=lambda row: row.number, page_size=10)
    yield made
    made.deleteLater()


@pytest.fixture
def shop(qtbot, model):
    made = Shop(model, [Row(number, f"Customer {number}") for number in range(95)])
    model.ask_again()
    qtbot.waitUntil(lambda: bool(made.asked))
    made.answer()
    return made


def settle(qtbot, shop):
    def quiet():
        if shop.asked:
            shop.answer()
            return False
        return True

    for _ in range(5):
        qtbot.wait(1)
        qtbot.waitUntil(quiet)


def text(model, row, column=0):
    return model.index(row, column).data(DISPLAY)


def test_qt_finds_no_fault_while_pages_come_and_go(qtbot, model):
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    shop = Shop(model, [Row(number, f"Customer {number}") for number in range(95)])
    model.ask_again()
    settle(qtbot, shop)
    shop.rows = shop.rows[:42]
    model.refresh()
    settle(qtbot, shop)
    shop.rows = [Row(1000, "New"), *shop.rows]
    model.refresh()
    settle(qtbot, shop)
    assert model.rowCount() == 43
    assert tester.model() is model


def test_the_length_is_known_before_the_rows_are(qtbot, model, shop):
    assert model.rowCount() == 95
    assert text(model, 3) == "Customer 3"
    assert text(model, 57) == LOADING
    qtbot.waitUntil(lambda: bool(shop.asked))
    assert shop.asked == [(1, 5)]
    shop.answer()
    assert text(model, 57) == "Customer 57"


def test_a_page_wanted_while_the_list_was_read_again_still_comes(qtbot, model, shop):
    assert text(model, 57) == LOADING
    qtbot.waitUntil(lambda: bool(shop.asked))
    question, _page = shop.asked[0]
    assert model.replace(question, Reread({0: shop.rows[:10]}, 95)) == question + 1
    settle(qtbot, shop)
    assert model.row_at(57) == shop.rows[57]


def test_a_page_scrolled_to_while_the_list_was_read_again_comes_back(qtbot, model, shop):
    text(model, 57)
    qtbot.waitUntil(lambda: bool(shop.asked))
    question, _page = shop.asked[0]
    settle(qtbot, shop)
    model.in_use = lambda: InUse(seen=range(50, 60))
    assert model.replace(question, Reread({0: shop.rows[:10]}, 95)) == question + 1
    assert model.row_at(57) is None
    settle(qtbot, shop)
    assert model.row_at(57) == shop.rows[57]


def test_a_dragged_thumb_fetches_where_it_stops(qtbot, model, shop):
    for row in range(10, 95, 10):
        text(model, row)
    settle(qtbot, shop)
    assert [text(model, row) for row in (80, 90)] == ["Customer 80", "Customer 90"]
    assert model.row_at(40) is None


def test_an_answer_to_an_old_question_is_ignored(qtbot, model, shop):
    model.ask_again()
    model.deliver(1, 0, [Row(7, "Old")], 1)
    assert model.rowCount() == 0
    settle(qtbot, shop)
    assert model.rowCount() == 95


def test_a_failed_page_is_asked_for_again_when_looked_at(qtbot, model, shop):
    text(model, 57)
    qtbot.waitUntil(lambda: bool(shop.asked))
    question, page = shop.asked.pop()
    model.failed(question, page)
    text(model, 57)
    qtbot.waitUntil(lambda: bool(shop.asked))
    shop.answer()
    assert text(model, 57) == "Customer 57"


def test_refresh_changes_rows_in_place(qtbot, model, shop):
    changed, resets = [], []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    model.modelReset.connect(lambda: resets.append(1))
    model.layoutChanged.connect(lambda *_: resets.append(1))
    shop.rows[3] = replace(shop.rows[3], name="Renamed")
    model.refresh()
    assert text(model, 3) == "Customer 3", "rows stay until the answer is here"
    settle(qtbot, shop)
    assert text(model, 3) == "Renamed"
    assert changed == [(0, 9)]
    assert not resets


def test_the_selection_follows_its_row_when_rows_arrive_above(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    table.selectRow(3)
    inserted = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    shop.rows = [Row(1000, "New"), Row(1001, "Newer"), *shop.rows]
    model.refresh()
    settle(qtbot, shop)
    assert model.rowCount() == 97
    assert [row.number for row in table.selected_rows()] == [3]
    assert table.currentIndex().row() == 5
    assert table.current_row().number == 3
    assert inserted == [(0, 1)]


def test_a_row_that_is_gone_is_selected_no_more(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    table.selectRow(3)
    shop.rows = [row for row in shop.rows if row.number != 3]
    model.refresh()
    settle(qtbot, shop)
    assert table.selected_rows() == []


def test_cells_say_what_readers_clipboard_and_delegates_need(model, shop):
    assert model.index(0, 1).data(DISPLAY) == "15\u202f000"
    assert model.index(0, 1).data(COPY) == "15000"
    assert model.index(0, 1).data(ALIGNMENT) == RIGHT
    assert model.index(0, 2).data(DISPLAY) == "Waiting"
    assert model.index(0, 2).data(COPY) == "pending"
    assert isinstance(model.index(0, 2).data(BADGE), Badge)
    assert model.index(4, 0).data(ROW_ID) == 4


def test_a_header_click_asks_for_another_order_and_sorts_nothing_here(qtbot, model, shop):
    asked = []
    model.sort_wanted.connect(lambda key, descending: asked.append((key, descending)))
    model.sort(0, Qt.SortOrder.DescendingOrder)
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert asked == [("name", True)]
    assert text(model, 0) == "Customer 0"


def test_building_a_table_asks_for_no_order(qtbot, model, shop):
    asked = []
    model.sort_wanted.connect(lambda *order: asked.append(order))
    qtbot.addWidget(DataTable(model, "Payments"))
    assert not asked


def test_selected_rows_are_copied_for_a_spreadsheet(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    table.setColumnHidden(2, True)
    table.selectRow(1)
    flag = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(model.index(4, 0), flag.Select | flag.Rows)
    table.show()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "Customer\tAmount\nCustomer 1\t15000\nCustomer 4\t15000"
    )


def test_enter_opens_and_space_toggles(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    table.show()
    opened = []
    table.row_opened.connect(opened.append)
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert [row.number for row in opened] == [2]
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert table.selected_rows() == []


def test_rows_are_high_enough_to_hit(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    assert table.rowHeight(0) >= 28


def test_a_table_paints_every_kind_of_cell(qtbot, model, shop):
    table = DataTable(model, "Payments")
    qtbot.addWidget(table)
    table.resize(800, 400)
    table.show()
    table.selectRow(1)
    image = table.viewport().grab().toImage()
    yellow = sum(
        image.pixelColor(x, y).name() == "#ffc107"
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )
    assert yellow > 50


def test_a_rows_texts_are_made_once_and_only_when_it_is_looked_at(qapp):
    made = []

    def text(row):
        made.append(row.number)
        return row.name

    columns = (Column("name", "Customer", text),)
    model = PagedTableModel(columns, row_id=lambda row: row.number, page_size=1000)
    shop = Shop(model, [Row(number, f"Customer {number}") for number in range(1000)])
    model.ask_again()
    model._ask_for_next_page()
    shop.answer()
    assert made == []
    assert [model.cell(7, 0)[0], model.index(7, 0).data(DISPLAY)] == ["Customer 7"] * 2
    assert made == [7]
    model.deleteLater()


def test_a_selection_of_all_rows_is_painted_without_asking_about_each(qtbot):
    class Counting(PagedTableModel):
        asked = 0

        def rowCount(self, *given):
            self.asked += 1
            return super().rowCount(*given)

    model = Counting(COLUMNS, row_id=lambda row: row.number, page_size=10)
    table = DataTable(model, "Customers")
    qtbot.addWidget(table)
    model.ask_again()
    model.deliver(1, 0, [Row(number, "Name") for number in range(10)], 20_000)
    table.resize(600, 300)
    table.show()
    table.selectAll()
    model.asked = 0
    table.grab()
    assert model.asked < 2_000
    assert table.selected_stretches() == ((0, 19_999),)


GROWING = (replace(COLUMNS[0], grows=True), *COLUMNS[1:])


@pytest.fixture
def wide_table(qtbot):
    made = DataTable(PagedTableModel(GROWING, row_id=lambda row: row.number), "Rows")
    made.rows.setParent(made)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def test_room_that_is_over_goes_to_columns_that_grow_and_is_nobodys_wish(qtbot, wide_table):
    wished = wide_table.width_tenths(0)
    narrow = wide_table.columnWidth(0)
    other = wide_table.columnWidth(1)
    told = []
    wide_table.layout_changed.connect(lambda: told.append(1))

    wide_table.resize(600, 200)
    qtbot.waitUntil(lambda: narrow < wide_table.columnWidth(0) <= 3 * narrow)
    assert wide_table.columnWidth(1) == other
    assert wide_table.horizontalHeader().length() == wide_table.viewport().width()
    wide_table.resize(4000, 200)
    qtbot.waitUntil(lambda: wide_table.columnWidth(0) == 3 * narrow)
    wide_table.resize(300, 200)
    qtbot.waitUntil(lambda: wide_table.columnWidth(0) == narrow)
    assert (wide_table.width_tenths(0), told) == (wished, [])


def test_the_room_of_a_hidden_column_goes_to_one_that_grows(qtbot, wide_table):
    wide_table.resize(480, 200)
    qtbot.waitUntil(lambda: wide_table.viewport().width() > 400)
    before, other = wide_table.columnWidth(0), wide_table.columnWidth(1)
    wide_table.setColumnHidden(1, True)
    assert wide_table.columnWidth(0) == before + other
    wide_table.setColumnHidden(1, False)
    assert (wide_table.columnWidth(0), wide_table.columnWidth(1)) == (before, other)

"""What other desks do arrives in a list without moving what somebody looks at or has selected."""

from __future__ import annotations

import shutil

import pytest

from core.database import schema
from core.database.change_feed import ChangeFeed
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.model.payments import PaymentStatus
from core.services.lists import search_slices
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import PaymentColumn
from core.services.payments.orders import PaymentOrder
from tests.ui.live_list import Desk, Page
from ui.models.table import LOADING
from ui.relay import ChangeRelay

PAYMENTS = 3_000


@pytest.fixture(scope="module")
def full_shop(tmp_path_factory):
    path = tmp_path_factory.mktemp("full") / "shop.db"
    made = Desk(path)
    schema.upgrade(made.database.engine)
    made.take(PAYMENTS)
    made.database.close()
    return path


@pytest.fixture
def desk(tmp_path, full_shop):
    path = tmp_path / "shop.db"
    shutil.copy(full_shop, path)
    made = Desk(path)
    made.count()
    yield made
    made.database.close()


@pytest.fixture
def open_page(qtbot, desk, tmp_path):
    database = Database(sqlite_url(tmp_path / "shop.db"))
    changes = ChangeFeed(database)
    changes.start()
    relay = ChangeRelay(changes)
    opened = []

    def make(**how):
        page = Page(database, **how)
        opened.append(page)
        qtbot.addWidget(page)
        relay.changed.connect(page.changes_arrived)
        page.show()
        qtbot.waitUntil(lambda: page.model.row_at(0) is not None and not page.tasks.is_busy)
        return page

    yield make
    relay.close()
    changes.stop()
    for page in opened:
        page.tasks.shutdown()
    database.close()
    relay.deleteLater()


def settled(page, total):
    return lambda: page.model.total == total and not page.tasks.is_busy and page.top[0] is not None


def test_at_the_top_what_another_desk_takes_is_seen(qtbot, desk, open_page):
    page = open_page()
    desk.take(2)
    qtbot.waitUntil(settled(page, PAYMENTS + 2))
    assert page.ids(range(3)) == [PAYMENTS + 2, PAYMENTS + 1, PAYMENTS]
    assert page.table.verticalScrollBar().value() == 0


def test_a_selected_row_at_the_top_is_not_pushed_away(qtbot, desk, open_page):
    page = open_page()
    page.select(3)
    before = page.top, page.table.visualRect(page.model.index(3, 0))
    desk.take(2)
    qtbot.waitUntil(settled(page, PAYMENTS + 2))
    assert page.selected == [PAYMENTS - 3]
    assert (page.top, page.table.visualRect(page.model.index(5, 0))) == before


@pytest.mark.parametrize("place", [40, 1_480, PAYMENTS])
def test_deep_in_the_list_everything_stays_where_it_is(qtbot, desk, open_page, place):
    page = open_page()
    page.select(2, 3, 7, 31)
    page.go_to(qtbot, place)
    page.select(page.table.rowAt(0) + 2)
    top, selected = page.top, page.selected
    for _ in range(3):
        desk.take(130)
        qtbot.wait(20)
    qtbot.waitUntil(settled(page, PAYMENTS + 390), timeout=10_000)
    assert page.top == top
    assert page.selected == selected
    assert len(selected) == 5


def test_nothing_is_lost_or_doubled_after_much_arrived(qtbot, desk, open_page):
    page = open_page()
    page.go_to(qtbot, 700)
    for number in range(30):
        desk.take(7)
        page.go_to(qtbot, 700 + 40 * number)
    total = PAYMENTS + 210
    qtbot.waitUntil(settled(page, total), timeout=10_000)
    found = []
    for place in range(total):
        # A last reading may let go of what nobody looks at: it is asked for as a view does.
        qtbot.waitUntil(lambda place=place: page.model.index(place, 0).data() != LOADING)
        found.append(page.model.row_at(place).id)
    assert found == list(range(total, 0, -1))


def test_the_focused_row_that_fits_no_more_takes_only_itself_away(qtbot, desk, open_page):
    page = open_page(wanted=PaymentFilter(statuses=frozenset({PaymentStatus.PENDING})))
    page.go_to(qtbot, 500)
    place = page.table.rowAt(0) + 4
    page.table.selectRow(place)
    page.select(place + 1, 10)
    told = []
    page.table.current_row_changed.connect(told.append)
    gone, top = page.model.row_at(place), page.top
    far, _, stays = page.selected
    desk.change(gone, status=PaymentStatus.CANCELLED)
    qtbot.waitUntil(settled(page, PAYMENTS - 1))
    assert page.top == top
    assert page.selected == [far, stays]
    assert told == []
    assert page.table.currentIndex().row() in {place - 1, place}


def test_a_selected_row_that_goes_to_another_place_stays_selected(qtbot, desk, open_page):
    page = open_page(order=PaymentOrder(PaymentColumn.CUSTOMER, descending=False))
    page.go_to(qtbot, 300)
    place = page.table.rowAt(0) + 3
    page.table.selectRow(place)
    moved, top = page.model.row_at(place), page.top
    desk.change(moved, customer_name="Aaron Aline")
    qtbot.waitUntil(lambda: page.ids([0]) == [moved.id])
    qtbot.waitUntil(settled(page, PAYMENTS))
    assert page.ids([0, page.table.currentIndex().row()]) == [moved.id, moved.id]
    assert page.top == top


def test_everything_selected_stays_selected_and_what_arrives_is_not(qtbot, desk, open_page):
    page = open_page()
    page.table.selectAll()
    desk.take(3)
    qtbot.waitUntil(settled(page, PAYMENTS + 3))
    rows = {index.row() for index in page.table.selectionModel().selectedRows()}
    assert rows == set(range(3, PAYMENTS + 3))


def test_selected_rows_stay_loaded_however_far_one_scrolls(qtbot, desk, open_page):
    page = open_page()
    page.model._kept_pages = 4
    page.select(5)
    for place in range(0, 2_000, 100):
        page.go_to(qtbot, place)
    assert page.selected == [PAYMENTS - 5]


def test_a_hidden_list_waits_until_it_is_shown(qtbot, desk, open_page):
    page = open_page()
    page.hide()
    desk.take(2)
    qtbot.wait(300)
    assert page.model.total == PAYMENTS
    page.show()
    qtbot.waitUntil(settled(page, PAYMENTS + 2))


def test_counting_ends_however_often_the_list_is_read_again(qtbot, desk, open_page):
    page = open_page()
    counted, reread = [], []
    page.feed.counted.connect(counted.append)
    page.model.replaced.connect(lambda: reread.append(None))
    page.slowly = 0.1
    qtbot.waitUntil(lambda: page.model.refresh() or len(reread) > 20, timeout=10_000)
    assert counted
    assert len(counted) < len(reread)


def test_a_long_search_shows_what_it_has_found_and_says_when_it_has_seen_all(
    qtbot, desk, open_page, monkeypatch
):
    desk.take(3, name="Zaninka Rose")
    page = open_page()
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 500)
    monkeypatch.setattr(search_slices, "_WHILE_S", -1)
    shown = []
    page.feed.searching.connect(lambda is_on: shown.append((is_on, page.model.row_at(0))))
    page.wanted = PaymentFilter(search="zaninka")
    page.model.ask_again()
    qtbot.waitUntil(lambda: bool(shown) and page.model.total == 3)
    assert shown[0][0]
    page.select(1)
    chosen = page.selected
    desk.take(1, name="Zaninka Late")
    qtbot.waitUntil(settled(page, 4))

    assert [is_on for is_on, _ in shown] == [True] * (len(shown) - 1) + [False]
    assert shown[0][1] == shown[-1][1]
    assert page.selected == chosen
    assert page.model.row_at(0).customer_name == "Zaninka Late"


def test_a_search_that_is_typed_on_says_nothing_of_the_earlier_one(
    qtbot, desk, open_page, monkeypatch
):
    page = open_page()
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 500)
    monkeypatch.setattr(search_slices, "_WHILE_S", -1)
    shown = []

    def type_on(is_on):
        shown.append(is_on)
        if len(shown) == 1:  # at once, or the earlier search may be over and say so rightly
            page.wanted = PaymentFilter()
            page.model.ask_again()

    page.feed.searching.connect(type_on)
    page.wanted = PaymentFilter(search="000000000012")
    page.model.ask_again()
    qtbot.waitUntil(lambda: bool(shown))
    qtbot.waitUntil(settled(page, PAYMENTS))
    assert False not in shown


def test_many_changes_at_once_are_one_reading_and_one_more(qtbot, desk, open_page):
    page = open_page()
    reread = []
    page.model.replaced.connect(lambda: reread.append(None))
    for _ in range(20):
        page.model.refresh()
    qtbot.waitUntil(lambda: len(reread) == 2 and not page.tasks.is_busy)

"""Every filter of the payments list, filters kept by name, columns and order, from the keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from core.model.payments import PaymentMethod, PaymentType
from core.services.lists import search_slices
from core.services.payments.filters import PaymentFilter
from core.services.payments.rules import RecordPayment
from tests.ui.pages.payments_steps import (
    choose,
    column,
    dialog_of,
    is_gone,
    open_page,
    settle,
    take,
)
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.lists.columns import ColumnsDialog
from ui.lists.filter_values import FilterValues
from ui.lists.saved_filters import NameDialog
from ui.pages.payments.page import PaymentsPage
from ui.preferences import Preferences
from ui.widgets.messages import Toast

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""Popups: the offscreen screen neither raises them nor grabs the keyboard for them."""

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFTED = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


@pytest.fixture
def three(shop):
    """Three payments that differ in everything a filter asks for."""
    take(shop, 1, amount=1_000, seen=True)
    shop.clock.now = shop.clock.now.replace(day=27)
    take(shop, 2, amount=5_000, method=PaymentMethod.MTN_MOBILE_MONEY)
    shop.clock.now = shop.clock.now.replace(day=28)
    third = RecordPayment(
        key="take-3",
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=20_000,
        payment_type=PaymentType.SUBSCRIPTION,
        customer_name="Customer 3",
        transaction_reference="ORD-003",
    )
    shop.app.payments.record(MANAGER, third)
    return shop


def names(page):
    return column(page, "customer_name")


def shows(qtbot, page, *wanted):
    qtbot.waitUntil(lambda: names(page) == [f"Customer {number}" for number in wanted])


def tick(qtbot, page, key, *texts):
    """Open a chip with the keyboard and choose values by what they are called."""
    chip = page.list.bar.chips[key]
    actions = [each for each in chip.menu().actions() if each.text() in texts]
    assert [each.text() for each in actions] == list(texts)
    for action in actions:
        action.trigger()


# Filters


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("methods", "MTN", [2]),
        ("statuses", "Completed", [1]),
        ("types", "Subscription", [3]),
        ("date", "Today", [3]),
        ("date", "7 days", [3, 2, 1]),
        ("reconciled", "Yes", []),
        ("reconciled", "No", [3, 2, 1]),
        ("gateway", "MTN Mobile Money", [2]),
        ("cashier", "marie", [3]),
        ("cashier", "aline", [2, 1]),
    ],
)
def test_each_chip_narrows_the_list(qtbot, three, key, text, found):
    page = open_page(qtbot, three)
    settle(qtbot, three, page)
    tick(qtbot, page, key, text)
    shows(qtbot, page, *found)
    assert text in page.list.bar.chips[key].accessibleName()
    page.list.bar.clear_button.click()
    shows(qtbot, page, 3, 2, 1)


def test_several_values_of_a_chip_widen_it(qtbot, three):
    page = open_page(qtbot, three)
    tick(qtbot, page, "methods", "Cash", "MTN")
    shows(qtbot, page, 2, 1)


@pytest.mark.parametrize(
    ("least", "most", "found", "words"),
    [
        ("5000", "", [3, 2], "from 5 000 RWF"),
        ("", "5 000", [2, 1], "up to 5 000 RWF"),
        ("20000", "2000", [3, 2], "2 000 RWF – 20 000 RWF"),
        ("1000", "1000", [1], "1 000 RWF"),
    ],
)
def test_an_amount_range_is_typed_under_its_chip(qtbot, three, least, most, found, words):
    page = open_page(qtbot, three)
    chip = page.list.bar.chips["amount"]
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    qtbot.waitUntil(chip.popup.isVisible)
    qtbot.keyClicks(chip.least.edit, least)
    qtbot.keyClicks(chip.most.edit, most)
    qtbot.keyClick(chip.most.edit, Qt.Key.Key_Return)
    shows(qtbot, page, *found)
    assert not chip.popup.isVisible()
    plain = chip.text().replace("\u202f", " ").replace("\u00a0", " ")
    assert plain == f"Amount: {words}"


def test_half_an_amount_is_refused_under_its_field(qtbot, three):
    page = open_page(qtbot, three)
    chip = page.list.bar.chips["amount"]
    chip.click()
    qtbot.keyClicks(chip.least.edit, "1.5")
    qtbot.keyClick(chip.least.edit, Qt.Key.Key_Return)
    assert chip.popup.isVisible()
    assert chip.least.error
    qtbot.keyClick(chip.popup, Qt.Key.Key_Escape)
    assert not chip.popup.isVisible()
    assert page.list.values == FilterValues()


def test_a_range_of_days_includes_both_ends_in_whichever_order(qtbot, three):
    page = open_page(qtbot, three)
    chip = page.list.bar.chips["date"]
    tick(qtbot, page, "date", "From … to …")
    qtbot.waitUntil(chip.popup.isVisible)
    chip.first.setDate(QDate(2026, 6, 28))
    chip.last.setDate(QDate(2026, 6, 27))
    qtbot.keyClick(chip.first, Qt.Key.Key_Return)
    shows(qtbot, page, 3, 2)
    assert chip.text() == "Date: 27 – 28 June 2026"
    tick(qtbot, page, "date", "From … to …")
    chip.popup.clear_button.click()
    shows(qtbot, page, 3, 2, 1)


def test_typing_searches_without_return_and_keeps_the_space_between_words(qtbot, three):
    page = open_page(qtbot, three)
    qtbot.keyClick(page, Qt.Key.Key_F, CONTROL)
    search = page.list.bar.search
    assert search.hasFocus()
    qtbot.keyClicks(search, "customer ")
    qtbot.waitUntil(lambda: page.list.values.search == "customer")
    assert search.text() == "customer "
    qtbot.keyClicks(search, "ord-002")
    shows(qtbot, page, 2)


def test_a_search_that_finds_nothing_offers_to_clear_it(qtbot, three):
    page = open_page(qtbot, three)
    qtbot.keyClicks(page.list.bar.search, "nobody")
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.no_results)
    page.list.no_results.button.click()
    shows(qtbot, page, 3, 2, 1)
    assert page.list.bar.search.text() == ""


def test_a_long_search_says_that_older_payments_are_looked_through_and_when_all_were(
    qtbot, three, monkeypatch
):
    page = open_page(qtbot, three)
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 1)
    monkeypatch.setattr(search_slices, "_WHILE_S", -1)
    told = []
    page.list.feed.searching.connect(
        lambda _is_on: told.append((page.list.progress.isVisible(), page.list.progress.text()))
    )
    qtbot.keyClicks(page.list.bar.search, "customer")
    qtbot.waitUntil(lambda: (True, "All payments have been searched.") in told)
    assert told[0] == (True, "Searching older payments…")
    shows(qtbot, page, 3, 2, 1)
    qtbot.keyClicks(page.list.bar.search, " ord-00")
    page.list.bar.search.clear()
    qtbot.waitUntil(page.list.progress.isHidden)


# Filters by name


def save_as(qtbot, page, name):
    page.list.saved.save_as()
    dialog = dialog_of(qtbot, page, NameDialog)
    qtbot.keyClicks(dialog.name, name)
    qtbot.keyClick(dialog.name, Qt.Key.Key_F12)
    return dialog


def menu_texts(page):
    page.list.saved.open()
    menu = page.list.saved.menu_of_filters
    texts = [each.text() for each in menu.actions() if each.text()]
    menu.close()
    return texts


def choose_in_menu(page, text):
    page.list.saved.open()
    menu = page.list.saved.menu_of_filters
    next(each for each in menu.actions() if each.text() == text).trigger()
    menu.close()


def test_two_people_keep_filters_of_one_name_each_for_themselves(qtbot, three):
    page = open_page(qtbot, three, MANAGER)
    tick(qtbot, page, "statuses", "Completed")
    dialog = save_as(qtbot, page, "Mine")
    qtbot.waitUntil(lambda: is_gone(dialog))
    other = open_page(qtbot, three, CLERK)
    assert "Mine" not in menu_texts(other)
    tick(qtbot, other, "methods", "MTN")
    dialog = save_as(qtbot, other, "Mine")
    qtbot.waitUntil(lambda: is_gone(dialog))
    for actor, found in ((MANAGER, [1]), (CLERK, [2])):
        again = open_page(qtbot, three, actor)
        shows(qtbot, again, 3, 2, 1)
        choose_in_menu(again, "Mine")
        shows(qtbot, again, *found)


def test_a_name_that_is_taken_is_replaced_only_on_purpose(qtbot, three):
    page = open_page(qtbot, three)
    tick(qtbot, page, "statuses", "Completed")
    dialog = save_as(qtbot, page, "Done")
    qtbot.waitUntil(lambda: is_gone(dialog))
    page.list.clear()
    tick(qtbot, page, "methods", "MTN")
    dialog = save_as(qtbot, page, "done")
    qtbot.waitUntil(lambda: "Another filter is called “Done”" in dialog.message.text)
    assert dialog.submit_button.text() == "Replace"
    qtbot.keyClick(dialog.name, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: is_gone(dialog))
    again = open_page(qtbot, three)
    choose_in_menu(again, "done")
    shows(qtbot, again, 2)


def test_a_filter_is_renamed_used_at_the_start_deleted_and_had_back(qtbot, three):
    page = open_page(qtbot, three)
    page.list.show_values(FilterValues.choosing("customer", amount="5000..20000"))
    dialog = save_as(qtbot, page, "Large")
    qtbot.waitUntil(lambda: is_gone(dialog))
    choose_in_menu(page, "Rename “Large”…")
    dialog = dialog_of(qtbot, page, NameDialog)
    dialog.name.setText("Big ones")
    qtbot.keyClick(dialog.name, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: is_gone(dialog))
    choose_in_menu(page, "Begin with “Big ones” here")
    qtbot.waitUntil(lambda: "Big ones (at the start)" in menu_texts(page))
    again = open_page(qtbot, three)
    shows(qtbot, again, 3, 2)
    assert again.list.bar.search.text() == "customer"
    choose_in_menu(again, "Delete “Big ones”")
    qtbot.waitUntil(lambda: not again.list.saved.rows)
    Toast.of(again).findChild(QPushButton).click()
    qtbot.waitUntil(lambda: [row.name for row in again.list.saved.rows] == ["Big ones"])
    qtbot.waitUntil(lambda: not three.tasks.is_busy)
    assert again.list.saved.rows[0].is_default


def test_a_figure_of_another_page_comes_before_the_filter_of_the_start(qtbot, three):
    text = FilterValues.choosing(statuses="completed").to_text()
    rows = three.app.saved_filters.save(MANAGER, "payments", "Done", text)
    three.app.saved_filters.use_at_start(MANAGER, "payments", rows[0].filter_id)
    page = PaymentsPage(three.context(MANAGER))
    qtbot.addWidget(page)
    page.open_item(next(r.payment_id for r in _all(three) if r.customer_name == "Customer 2"))
    page.refresh()
    page.show()
    shows(qtbot, page, 2)


def test_the_filter_of_the_start_may_name_what_only_the_books_know(qtbot, three):
    text = FilterValues.choosing(gateway="MTN Mobile Money").to_text()
    rows = three.app.saved_filters.save(MANAGER, "payments", "MTN", text)
    three.app.saved_filters.use_at_start(MANAGER, "payments", rows[0].filter_id)
    page = open_page(qtbot, three)
    shows(qtbot, page, 2)
    assert page.list.bar.chips["gateway"].text() == "Gateway: MTN Mobile Money"


def test_a_saved_filter_takes_the_place_of_another_pages_figure(qtbot, three):
    text = FilterValues.choosing(statuses="completed").to_text()
    three.app.saved_filters.save(MANAGER, "payments", "Done", text)
    page = open_page(qtbot, three)
    page.show_filter(PaymentFilter(methods=frozenset({PaymentMethod.BANK_TRANSFER})), "Banked")
    shows(qtbot, page, 3)
    choose_in_menu(page, "Done")
    shows(qtbot, page, 1)
    assert not page.behind.isVisible()


def test_typing_on_asks_once_for_all_of_it(qtbot, three):
    page = open_page(qtbot, three)
    asked = []
    page.list.asked.connect(lambda: asked.append(page.list.values.search))
    for text in ("c", "cu", "cus", "custo", "ord-002"):
        page.list.bar.search.setText(text)
    shows(qtbot, page, 2)
    assert asked == ["ord-002"]


def _all(shop):
    return shop.app.payment_lists.waiting(MANAGER)


# Columns and order


def desk(shop, actor, folder):
    context = shop.context(actor)
    store = QSettings(str(folder / "desk.ini"), QSettings.Format.IniFormat)
    return replace(context, preferences=Preferences(store))


def open_on(qtbot, shop, context):
    page = PaymentsPage(context)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.refresh()
    settle(qtbot, shop, page)
    return page


def seen(page):
    header = page.list.table.horizontalHeader()
    order = [header.logicalIndex(place) for place in range(header.count())]
    return [
        page.list.model.columns[number].key
        for number in order
        if not page.list.table.isColumnHidden(number)
    ]


def test_columns_and_order_outlive_a_restart_for_each_person(qtbot, three, tmp_path):
    page = open_on(qtbot, three, desk(three, MANAGER, tmp_path))
    table = page.list.table
    first = seen(page)
    header = table.horizontalHeader()
    place = first.index("customer_name")
    header.moveSection(place, 0)
    header.resizeSection(header.logicalIndex(0), 333)
    qtbot.keyClick(page, Qt.Key.Key_O, SHIFTED)
    dialog = dialog_of(qtbot, page, ColumnsDialog)
    dialog.columns.setCurrentRow(1)
    qtbot.keyClick(dialog.columns, Qt.Key.Key_Space)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    choose(qtbot, three, page, 0)
    table.setCurrentIndex(page.list.model.index(0, _number(page, "amount")))
    qtbot.keyClick(table, Qt.Key.Key_F7)
    shows(qtbot, page, 1, 2, 3)
    page.list.memory.keep()
    again = open_on(qtbot, three, desk(three, MANAGER, tmp_path))
    shows(qtbot, again, 1, 2, 3)
    assert seen(again)[0] == "customer_name"
    assert "payment_id" not in seen(again)
    wide = again.list.table.columnWidth(_number(again, "customer_name"))
    assert abs(wide - 333) <= 1
    other = open_on(qtbot, three, desk(three, CASHIER, tmp_path))
    assert seen(other) == first
    shows(qtbot, other, 3, 2, 1)


def _number(page, key):
    return [each.key for each in page.list.model.columns].index(key)


def test_f7_sorts_by_the_column_with_the_focus_and_then_the_other_way(qtbot, three):
    page = open_page(qtbot, three)
    table = page.list.table
    for key, up in (("amount", [1, 2, 3]), ("payment_method", [3, 1, 2])):
        table.setCurrentIndex(page.list.model.index(0, _number(page, key)))
        qtbot.keyClick(table, Qt.Key.Key_F7)
        shows(qtbot, page, *up)
        settle(qtbot, three, page)
        table.setCurrentIndex(page.list.model.index(0, _number(page, key)))
        qtbot.keyClick(table, Qt.Key.Key_F7)
        shows(qtbot, page, *reversed(up))
        settle(qtbot, three, page)
    header = table.horizontalHeader()
    assert header.sortIndicatorSection() == _number(page, "payment_method")
    assert table.accessibleDescription() == "Sorted by Method, downwards"


def test_the_columns_are_moved_widened_hidden_and_put_back_by_keyboard(qtbot, three):
    page = open_page(qtbot, three)
    first = seen(page)
    qtbot.keyClick(page, Qt.Key.Key_O, SHIFTED)
    dialog = dialog_of(qtbot, page, ColumnsDialog)
    columns = dialog.columns
    columns.setCurrentRow(2)
    amount = _number(page, "amount")
    before = page.list.table.columnWidth(amount)
    qtbot.keyClick(columns, Qt.Key.Key_Right, CONTROL)
    assert page.list.table.columnWidth(amount) > before
    qtbot.keyClick(columns, Qt.Key.Key_Up, CONTROL)
    qtbot.keyClick(columns, Qt.Key.Key_Up, CONTROL)
    assert seen(page)[0] == "amount"
    for place in range(columns.count()):
        columns.setCurrentRow(place)
        qtbot.keyClick(columns, Qt.Key.Key_Space)
    assert seen(page) == [first[-1]]
    dialog.reset_button.click()
    assert seen(page) == first
    assert page.list.table.columnWidth(amount) == before
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# The selection


def test_everything_selected_is_told_with_the_sum_of_all(qtbot, shop):
    for number in range(1, 4):
        take(shop, number)
    page = open_page(qtbot, shop)
    qtbot.waitUntil(lambda: "45" in page.list.totals.total.text())
    page.list.table.selectAll()
    assert page.list.totals.selection.text() == "Selected 3 · 45\u202f000\u00a0RWF"
    page.list.table.setFocus()
    qtbot.keyClick(page.list.table, Qt.Key.Key_C, CONTROL)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 4
    assert "15000" in lines[1].split("\t")
    page.list.table.setCurrentIndex(page.list.model.index(0, _number(page, "amount")))
    qtbot.keyClick(page.list.table, Qt.Key.Key_C, SHIFTED)
    assert QApplication.clipboard().text() == "15000"

"""The lists of a statement through the page: filters, search, missing payments, other desks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from sqlalchemy import select

from core.app import open_shop
from core.model.reconciliations import (
    UNFINISHED_SEARCH,
    LineCategory,
    PaymentReconciliation,
)
from core.money import display
from tests.core.services.many_payments import receive_transfers
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import configuration_in
from tests.ui.pages.test_reconcile_page import (  # noqa: F401 - fixtures
    activate,
    current,
    go_to,
    page,
    press,
    sales,
    shop,
    statement,
    take,
    take_in,
    until_settled,
    write_statement,
)


@pytest.fixture
def long_statement(tmp_path):
    balance, moved = 0, []
    for number in range(450):
        balance += 1000 + number
        moved.append(f"{{day}},{{day}},R{number:05d},DEPOSIT {number},,{1000 + number},{balance}")
    return write_statement(tmp_path, *moved, name="long.csv")


def numbers(page):  # noqa: F811
    return [row.line.line_number for row in rows(page)]


def test_words_and_amounts_find_lines_within_a_chip(qtbot, shop, sales, page, statement):  # noqa: F811
    take_in(qtbot, page, statement)
    page.work.lines.search.search_for("deposit")
    until_settled(qtbot, page)
    assert numbers(page) == [3, 4]
    page.work.chips.buttons[LineCategory.AMBIGUOUS].click()
    until_settled(qtbot, page)
    assert numbers(page) == [4]
    page.work.lines.search.search_for("33 333")
    page.work.chips.buttons[None].click()
    until_settled(qtbot, page)
    assert numbers(page) == [5]
    assert current(page).line.line_number == 5


def test_an_empty_filter_says_what_to_do_and_keeps_the_keys(qtbot, shop, sales, page, statement):  # noqa: F811
    take_in(qtbot, page, statement)
    activate(qtbot, page)
    page.work.table.setFocus()
    page.work.chips.buttons[LineCategory.IGNORED].click()
    until_settled(qtbot, page)
    assert page.work.lines.empty.isVisible()
    assert "I sets the current one aside" in page.work.lines.empty.text()
    assert current(page) is None
    assert not page.work.lines.search.hasFocus()
    page.work.chips.buttons[None].click()
    until_settled(qtbot, page)
    assert page.work.table.isVisible()


def test_missing_payments_are_their_own_list_and_open_with_enter(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    missing = page.work.missing
    page.work.chips.missing.click()
    until_settled(qtbot, page)
    assert missing.isVisible()
    assert missing.heading.text().startswith("4 unmatched payments")
    assert display(269_000) in missing.heading.text()
    assert page.work.chips.missing.text().endswith("4")
    missing.search.search_for("alice")
    qtbot.waitUntil(lambda: missing.model.total == 1)
    missing.table.selectRow(0)
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(missing.table, Qt.Key.Key_Return)
    assert asked.args == [sales[1].payment_id]
    page.work.chips.buttons[None].click()
    until_settled(qtbot, page)
    press(qtbot, page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: page.work.chips.missing.text().endswith("3"))


def test_a_line_on_a_far_page_is_reached_read_and_kept_by_another_filter(
    qtbot,
    shop,  # noqa: F811
    page,  # noqa: F811
    long_statement,
):
    take_in(qtbot, page, long_statement)
    activate(qtbot, page)
    page.work.table.setFocus()
    qtbot.keyClick(page.work.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    until_settled(qtbot, page)
    assert current(page).line.line_number == 451
    page.work.chips.buttons[LineCategory.UNMATCHED].click()
    until_settled(qtbot, page)
    assert current(page).line.line_number == 451
    assert page.work.table.currentIndex().row() == 449


def test_another_desks_act_moves_neither_line_nor_scroll_nor_a_half_typed_search(
    qtbot,
    shop,  # noqa: F811
    page,  # noqa: F811
    long_statement,
):
    take_in(qtbot, page, long_statement)
    activate(qtbot, page)
    page.work.table.setFocus()
    qtbot.keyClick(page.work.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    until_settled(qtbot, page)
    bar = page.work.table.verticalScrollBar()
    bar.setValue(bar.maximum() - 40)
    scrolled, line = bar.value(), current(page).line.line_number
    first = shop.app.reconciliation_lists.open_lines(
        shop.actor("claude"), page.work.summary.row.reconciliation_id, limit=1
    )
    page.work.payments.search.setText("Ali")
    other = open_shop(configuration_in(shop.folder, desk="desk 2"))
    try:
        other.reconciliations.ignore(shop.actor("marie"), first[0].line_id, reason="Own transfer")
    finally:
        other.close()
    page.changes_arrived(frozenset({"reconciliations"}))
    qtbot.waitUntil(lambda: page.work.summary.shares[LineCategory.IGNORED].count == 1)
    until_settled(qtbot, page)
    assert (bar.value(), current(page).line.line_number) == (scrolled, line)
    assert page.work.payments.search.text() == "Ali"


def test_the_search_for_matches_tells_its_lines(qtbot, shop, sales, page, statement):  # noqa: F811
    take_in(qtbot, page, statement)
    told = []
    page.work.progress.bar.valueChanged.connect(
        lambda _value: told.append(page.work.progress.bar.format())
    )
    press(qtbot, page, Qt.Key.Key_L)
    assert any("of 5 lines" in each for each in told)


def notes(page):  # noqa: F811
    return " ".join(label.text() for label in page.work.candidates.findChildren(QLabel))


def test_while_matches_are_searched_for_a_line_is_not_said_to_have_none(
    qtbot,
    shop,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    go_to(page, 5)
    assert "Nothing recorded fits" in notes(page)
    page.work.propose()
    assert "under way" in notes(page)
    assert "Nothing recorded fits" not in notes(page)
    until_settled(qtbot, page)
    assert "Nothing recorded fits" in notes(page)


def test_all_open_payments_are_reached_and_ticks_stay_on_a_far_page(
    qtbot,
    tmp_path,
    shop,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    transfers = [(f"MANY-{count:03d}", 50_000 + count) for count in range(620)]
    receive_transfers(
        shop.app, shop.actor("claude"), tmp_path, transfers, shop.app.configuration.clock()
    )
    take_in(qtbot, page, statement)
    pane = page.work.payments
    table, model = pane.table, pane.table.model_of_payments
    qtbot.waitUntil(lambda: pane.heading.text() == "Unmatched payments 620")
    assert model.total == 620
    table.setFocus()
    activate(qtbot, page)
    qtbot.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: model.row_at(619) is not None)
    assert model.row_at(619).amount_minor == 50_619
    table.clearSelection()
    table.selectRow(619)
    qtbot.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    page.work.refresh()
    until_settled(qtbot, page)
    qtbot.waitUntil(lambda: len(pane.ticked) == 2)
    assert [row.amount_minor for row in pane.ticked] == [50_000, 50_619]
    pane.search.search_for("MANY-61")
    qtbot.waitUntil(lambda: pane.heading.text() == "Found 10")
    qtbot.waitUntil(lambda: model.total == 10)
    assert pane.ticked == ()


def test_a_closed_statement_says_why_a_key_does_nothing(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    told = []
    page.work.notice_raised.connect(told.append)
    go_to(page, 5)
    assert not page.work.lines.fee_button.isEnabled()
    press(qtbot, page, Qt.Key.Key_F)
    press(qtbot, page, Qt.Key.Key_O)
    press(qtbot, page, Qt.Key.Key_R)
    assert [each.split(":")[0] for each in told] == [
        "Money came in and nothing is missing",
        "The statement is open",
        "Only a statement that was closed with a discrepancy is resolved.",
    ]
    page.work.verbs.close("")
    page.work.refresh()
    until_settled(qtbot, page)
    told.clear()
    for key in (Qt.Key.Key_A, Qt.Key.Key_L, Qt.Key.Key_I, Qt.Key.Key_D, Qt.Key.Key_Return):
        press(qtbot, page, key)
    assert len(told) == 5
    assert all("The statement is closed" in each for each in told)
    press(qtbot, page, Qt.Key.Key_O)
    assert "Only a manager reopens" in told[-1]
    assert not page.work.search.is_running


def test_a_fee_is_offered_where_there_is_one_to_take(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    fee = page.work.lines.fee_button
    go_to(page, 6)
    assert fee.isEnabled()
    go_to(page, 5)
    assert not fee.isEnabled()
    page.work.payments.table.selectRow(0)
    assert fee.isEnabled()
    page.work.payments.clear_ticks()
    assert not fee.isEnabled()


def test_a_files_name_and_its_acts_have_room_in_a_small_window(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    named = statement.with_name("BK_statement_November_2026.csv")
    statement.rename(named)
    take_in(qtbot, page, named)
    # What navigation and bar leave of 1280 by 720.
    page.resize(1115, 684)
    qtbot.waitUntil(page.work.lines.approve_button.isVisible)
    title, lines = page.work.head.title, page.work.lines
    qtbot.waitUntil(lambda: title.width() >= title.sizeHint().width())
    assert lines.undo_last_button.geometry().top() == lines.approve_button.geometry().top()


def test_a_search_that_was_not_finished_is_told_until_the_next_one(
    qtbot,
    shop,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    assert page.work.head.problems.text == ""
    with shop.app.database.write(shop.actor("claude")) as unit:
        stored = unit.session.scalars(select(PaymentReconciliation)).one()
        stored.not_searched = [UNFINISHED_SEARCH]
        unit.commit()
    page.changes_arrived(frozenset({"reconciliations"}))
    qtbot.waitUntil(lambda: "was not finished" in page.work.head.problems.text)
    page.work.head.show_summary(page.work.summary, is_searching=True)
    assert page.work.head.problems.text == ""
    press(qtbot, page, Qt.Key.Key_L)
    until_settled(qtbot, page)
    assert page.work.head.problems.text == ""


def test_a_large_screen_is_left_to_the_list_once_there_is_one(qtbot, page, statement):  # noqa: F811
    page.resize(2340, 1410)
    qtbot.waitUntil(lambda: page.start.drop_zone.height() > 900)
    take_in(qtbot, page, statement)
    page.work.left.emit()
    lines = page.fontMetrics().height()
    qtbot.waitUntil(page.start.list.isVisible)
    qtbot.waitUntil(lambda: page.start.drop_zone.height() < 12 * lines)

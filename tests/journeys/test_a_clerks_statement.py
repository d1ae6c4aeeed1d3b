"""A clerk's whole day with one statement, in the window: dropped, worked off, closed, reopened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.app import open_shop
from core.database.consistency import check
from core.model.reconciliations import LineCategory, ReconciliationStatus
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import Shop, configuration_in, open_small_shop
from tests.ui.pages.test_reconcile_page import (
    ROWS,
    activate,
    show,
    take,
    take_in,
    until_settled,
    write_statement,
)
from ui.pages.reconcile.dialogs import CloseSheet, IgnoreDialog, StepDialog, UndoAllDialog
from ui.pages.reconcile.split_sheet import SplitSheet
from ui.tasks import TaskRunner

MORE = (
    "{day},{day},XB1,DEPOSIT BRANCH NYARUGENGE,,19700,1314033",
    "{day},{day},XB2,DEPOSIT BRANCH HUYE,,52000,1366033",
    "{day},{day},XB3,DEPOSIT BRANCH MUSANZE,,91000,1457033",
    "{day},{day},CHG2,Monthly account charge,1000,,1456033",
)
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    take(opened, "a", 240_000, transaction="FT26182A1B2C", name="Eric Niyonzima")
    take(opened, "b", 15_000, transaction="SLIP-1", name="Alice Keza")
    take(opened, "c", 7_000, transaction="SLIP-2", name="Jean Bosco")
    take(opened, "d", 7_000, transaction="SLIP-3", name="Claire Uwase")
    yield opened
    opened.close()


def more_sales(shop):
    """Take what the matcher did not see when it looked: only a clerk puts it together."""
    sold = (("e", 20_000), ("f", 30_000), ("g", 22_400), ("h", 91_000))
    return [take(shop, key, amount, transaction=f"SLIP-{key}").payment_id for key, amount in sold]


def press(qtbot, page, key, modifier=NONE):
    activate(qtbot, page)
    page.work.table.setFocus()
    qtbot.keyClick(page.work.table, key, modifier)
    until_settled(qtbot, page)


def go_to(qtbot, page, number):
    line = next(each for each in rows(page) if each.line.line_number == number)
    model, selection = page.work.table.model_of_lines, page.work.table.selectionModel()
    flags = selection.SelectionFlag.ClearAndSelect | selection.SelectionFlag.Rows
    selection.setCurrentIndex(model.index(model.position_of(line.line_id), 0), flags)
    until_settled(qtbot, page)


def category(page, number):
    return next(each for each in rows(page) if each.line.line_number == number).category


def tick(qtbot, page, *payment_ids):
    table = page.work.payments.table
    qtbot.waitUntil(lambda: all(table.rows.position_of(each) is not None for each in payment_ids))
    for payment_id in payment_ids:
        index = table.model().index(table.rows.position_of(payment_id), 0)
        table.selectionModel().setCurrentIndex(index, table.selectionModel().SelectionFlag.NoUpdate)
        qtbot.keyClick(table, Qt.Key.Key_Space)


def drag_onto(page, payment_id):
    lines, table = page.work.table, page.work.payments.table
    data = lines.model_of_lines.mimeData(lines.selectionModel().selectedIndexes())
    row = table.model().index(table.rows.position_of(payment_id), 0)
    where, copy = QPointF(table.visualRect(row).center()), Qt.DropAction.CopyAction
    viewport = table.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(where.toPoint(), copy, data, LEFT, NONE))
    QApplication.sendEvent(viewport, QDropEvent(where, copy, data, LEFT, NONE))


def form_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(form.isVisible() for form in page.findChildren(kind)))
    form = next(form for form in page.findChildren(kind) if form.isVisible())
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def submit(qtbot, page, form):
    qtbot.keyClick(form, Qt.Key.Key_F12)
    until_settled(qtbot, page)


def counts(page):
    return {each.value: share.count for each, share in page.work.summary.shares.items()}


def test_a_statement_from_the_drop_to_its_resolution(qtbot, shop, tmp_path):
    page = show(qtbot, shop.context("claude"))
    take_in(qtbot, page, write_statement(tmp_path, *ROWS, *MORE))
    sale_e, sale_f, sale_g, sale_h = more_sales(shop)
    page.refresh()
    until_settled(qtbot, page)
    for wanted in LineCategory:
        page.work.chips.buttons[wanted].click()
        until_settled(qtbot, page)
        assert {each.category for each in rows(page)} <= {wanted}
        assert len(rows(page)) == counts(page)[wanted.value]
    page.work.chips.buttons[None].click()
    until_settled(qtbot, page)

    for number in (2, 3):  # certain, suggested
        go_to(qtbot, page, number)
        press(qtbot, page, Qt.Key.Key_Return)
        assert category(page, number) is LineCategory.MATCHED
    go_to(qtbot, page, 4)
    press(qtbot, page, Qt.Key.Key_1)
    assert category(page, 4) is LineCategory.MATCHED
    go_to(qtbot, page, 7)
    tick(qtbot, page, sale_e)
    press(qtbot, page, Qt.Key.Key_F)
    assert category(page, 7) is LineCategory.MATCHED
    go_to(qtbot, page, 8)
    tick(qtbot, page, sale_f, sale_g)
    press(qtbot, page, Qt.Key.Key_S)
    sheet = form_of(qtbot, page, SplitSheet)
    sheet.choice.answers.setFocus()
    qtbot.keyClicks(sheet.choice.answers, "r")  # rounding
    submit(qtbot, page, sheet)
    assert category(page, 8) is LineCategory.MATCHED
    assert page.work.summary.written_off_minor == 400
    go_to(qtbot, page, 9)
    drag_onto(page, sale_h)
    until_settled(qtbot, page)
    assert category(page, 9) is LineCategory.MATCHED
    press(qtbot, page, Qt.Key.Key_Z, CONTROL)
    assert category(page, 9).is_open
    go_to(qtbot, page, 6)
    press(qtbot, page, Qt.Key.Key_I)
    aside = form_of(qtbot, page, IgnoreDialog)
    aside.reason.setEditText("Bank charge")
    submit(qtbot, page, aside)
    assert category(page, 6) is LineCategory.IGNORED
    go_to(qtbot, page, 10)
    assert page.work.current().suggested.reason == "Bank charge"
    press(qtbot, page, Qt.Key.Key_B)
    assert category(page, 10) is LineCategory.IGNORED
    before = counts(page)

    wanted = page.work.summary.row.reconciliation_id
    page.close()
    shop.close()
    again = open_small_shop_again(tmp_path / "shop")
    try:
        _after_the_restart(qtbot, again, wanted, before)
    finally:
        again.close()


def open_small_shop_again(folder):
    return Shop(open_shop(configuration_in(folder)), TaskRunner())


def _after_the_restart(qtbot, shop, wanted, before):
    page = show(qtbot, shop.context("claude"))
    page.open_item(wanted)
    until_settled(qtbot, page)
    assert counts(page) == before
    press(qtbot, page, Qt.Key.Key_Z, CONTROL)  # what was approved last before the restart
    assert category(page, 8).is_open
    matches = page.work.summary.matches
    press(qtbot, page, Qt.Key.Key_Z, CONTROL | SHIFT)
    ask = form_of(qtbot, page, UndoAllDialog)
    assert f"{matches} matches" in ask.submit_button.text()
    submit(qtbot, page, ask)
    assert counts(page)["matched"] == 0
    press(qtbot, page, Qt.Key.Key_A)
    assert category(page, 2) is LineCategory.MATCHED

    press(qtbot, page, Qt.Key.Key_F12)
    submit(qtbot, page, form_of(qtbot, page, CloseSheet))
    assert page.work.summary.row.status is ReconciliationStatus.DISCREPANCY
    assert page.work.head.report_button.isEnabled()
    assert not page.work.head.reopen_button.isEnabled()
    page.close()

    page = show(qtbot, shop.context("marie"))
    page.open_item(wanted)
    until_settled(qtbot, page)
    for key, status in (
        (Qt.Key.Key_O, ReconciliationStatus.IN_PROGRESS),
        (Qt.Key.Key_F12, ReconciliationStatus.DISCREPANCY),
        (Qt.Key.Key_R, ReconciliationStatus.RESOLVED),
    ):
        press(qtbot, page, key)
        form = form_of(qtbot, page, CloseSheet if key is Qt.Key.Key_F12 else StepDialog)
        form.notes.setPlainText("asked the bank")
        submit(qtbot, page, form)
        assert page.work.summary.row.status is status
    assert check(shop.app.database.engine) == ()

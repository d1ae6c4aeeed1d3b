"""What a clerk does by hand on the reconcile page: by mouse and by key, on a real shop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.clock import shop_date, system_clock
from core.model.payments import PaymentMethod
from core.model.reconciliations import DifferenceKind, LineCategory, StatementProvider
from core.money import display, grouped
from core.services.payments.rules import RecordPayment
from core.services.statements.desk import ImportStatement
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import open_small_shop
from ui.keys import PAGES
from ui.pages.reconcile.dialogs import IgnoreDialog
from ui.pages.reconcile.difference_dialog import DifferenceDialog
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.split_sheet import SplitSheet
from ui.theme import Scheme

HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"
SALES = {"a": 12_000, "b": 3_000, "c": 20_000, "d": 8_000}
LINES = (15_000, 14_600, -1_000, 19_700, 44_444)
"""The lines of the file, from its row 2 on."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


def sell(shop, key, amount, name=""):
    return shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key=key,
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=amount,
            transaction_id=f"SLIP-{key}",
            customer_name=name,
            complete_now=True,
        ),
    ).payment_id


@pytest.fixture
def sales(shop):
    return {key: sell(shop, key, amount) for key, amount in SALES.items()}


@pytest.fixture
def page(qtbot, shop, sales, tmp_path):
    day, balance, rows = shop_date(system_clock()), 1_000_000, []
    for place, amount in enumerate(LINES):
        balance += amount
        debit, credit = ("", amount) if amount > 0 else (-amount, "")
        rows.append(f"{day},{day},XA{place},CASH DEPOSIT {place},{debit},{credit},{balance}")
    path = tmp_path / "bk.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    context = shop.context("claude")
    (taken,) = shop.app.statements.import_file(
        context.actor, ImportStatement(path, StatementProvider.BANK)
    )
    shown = ReconcilePage(context)
    qtbot.addWidget(shown)
    shown.resize(1280, 720)
    shown.show()
    shown.open_item(taken.reconciliation.reconciliation_id)
    settle(qtbot, shown)
    return shown


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.work.is_settled and not page.context.tasks.is_busy)
    page.activateWindow()


def go_to(page, row):
    """Go to a line, whatever keys the test before left pressed."""
    line = next(each for each in rows(page) if each.line.line_number == row)
    model, selection = page.work.table.model_of_lines, page.work.table.selectionModel()
    flags = selection.SelectionFlag.ClearAndSelect | selection.SelectionFlag.Rows
    selection.setCurrentIndex(model.index(model.position_of(line.line_id), 0), flags)


def line_at(page, row):
    """Return a line as the shop has it."""
    app, actor = page.context.app, page.context.actor
    listed = next(each for each in rows(page) if each.line.line_number == row)
    return app.reconciliation_lists.line(actor, listed.line_id)


def set_aside_alike(page, row, reason):
    """Set a line aside elsewhere, and read the page again as the watch of changes has it do."""
    app, actor = page.context.app, page.context.actor
    app.reconciliations.ignore(actor, line_at(page, row).line_id, reason=reason)
    page.refresh()


def place_of(page, payment_id):
    table = page.work.payments.table
    position = table.rows.position_of(payment_id)
    return QPointF(table.visualRect(table.model().index(position, 0)).center())


def tick(qtbot, page, *payment_ids):
    table = page.work.payments.table
    for payment_id in payment_ids:
        table.selectionModel().setCurrentIndex(
            table.model().index(table.rows.position_of(payment_id), 0),
            table.selectionModel().SelectionFlag.NoUpdate,
        )
        qtbot.keyClick(table, Qt.Key.Key_Space)


def dragged(page):
    lines = page.work.table
    return lines.model_of_lines.mimeData(lines.selectionModel().selectedIndexes())


def drop(page, payment_id):
    data = dragged(page)
    where, copy = place_of(page, payment_id), Qt.DropAction.CopyAction
    viewport = page.work.payments.table.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(where.toPoint(), copy, data, LEFT, NONE))
    QApplication.sendEvent(viewport, QDropEvent(where, copy, data, LEFT, NONE))
    assert not page.work.payments.drop_hint.isVisible()


def press(qtbot, page, key, modifier=NONE):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.work.table.setFocus()
    qtbot.keyClick(page.work.table, key, modifier)
    settle(qtbot, page)


def form_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(form.isVisible() for form in page.findChildren(kind)))
    form = next(form for form in page.findChildren(kind) if form.isVisible())
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def choose(form, words):
    place = next(
        n for n in range(form.choice.answers.count()) if words in form.choice.answers.itemText(n)
    )
    form.choice.answers.setCurrentIndex(place)


def reconciled(shop, payment_id):
    return shop.app.payment_lists.one(shop.actor("claude"), payment_id).reconciled


def told(received, chosen, left, word):
    return f"{grouped(received)} received · {grouped(chosen)} chosen · {display(left)} {word}"


def test_what_is_left_is_told_while_lines_are_dragged_over_payments(page, sales):
    go_to(page, 2)
    pane = page.work.payments
    data, where = dragged(page), place_of(page, sales["a"])
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where.toPoint(), copy, data, LEFT, NONE)
    QApplication.sendEvent(pane.table.viewport(), enter)
    assert enter.isAccepted()
    assert pane.remaining.text() == told(15_000, 12_000, 3_000, "left")
    assert pane.drop_hint.isVisible()
    assert pane.drop_hint.title.text() == "Drop: asks what becomes of the rest"
    assert display(12_000) in pane.drop_hint.pieces.text()

    over = place_of(page, sales["c"]).toPoint()
    QApplication.sendEvent(pane.table.viewport(), QDragMoveEvent(over, copy, data, LEFT, NONE))
    assert pane.remaining.text() == told(15_000, 20_000, 5_000, "short")

    QApplication.sendEvent(pane.table.viewport(), QDragLeaveEvent())
    assert not pane.drop_hint.isVisible()
    assert "Tick payments" in pane.remaining.text()


def drag_out(page, number, target):
    """Drag a line out of its table with the mouse; return what the drag carried.

    The platform without a display gives a drag up at once, so that what it carried is handed to the
    table under the pointer as a window system does.
    """
    carried = []
    model = page.work.table.model_of_lines
    make = model.mimeData

    def keep(indexes):
        made, kept = make(indexes), QMimeData()
        for name in made.formats():
            kept.setData(name, made.data(name))
        carried.append(kept)
        return made

    model.mimeData = keep
    go_to(page, number)
    table, window = page.work.table, page.window().windowHandle()
    line = table.visualRect(table.currentIndex()).center()
    start = table.viewport().mapTo(page.window(), line)
    end = page.work.payments.table.viewport().mapTo(page.window(), target)
    QTest.mousePress(window, LEFT, NONE, start)
    for step in (4, 2, 1):
        QTest.mouseMove(window, start + (end - start) / step)
    QTest.mouseRelease(window, LEFT, NONE, end)
    del model.mimeData
    return carried


def test_a_line_is_dragged_with_the_mouse_and_matched_where_it_is_dropped(qtbot, page, shop, sales):
    pane, copy = page.work.payments, Qt.DropAction.CopyAction
    viewport = pane.table.viewport()
    tick(qtbot, page, sales["a"])
    over = place_of(page, sales["b"])
    (data,) = drag_out(page, 2, over.toPoint())

    first, then = place_of(page, sales["c"]).toPoint(), place_of(page, sales["a"]).toPoint()
    QApplication.sendEvent(viewport, QDragEnterEvent(first, copy, data, LEFT, NONE))
    assert pane.remaining.text() == told(15_000, 20_000, 5_000, "short")
    QApplication.sendEvent(viewport, QDragMoveEvent(then, copy, data, LEFT, NONE))
    assert pane.remaining.text() == told(15_000, 12_000, 3_000, "left")
    pane.table.clearSelection()
    tick(qtbot, page, sales["a"], sales["b"])
    QApplication.sendEvent(viewport, QDragMoveEvent(over.toPoint(), copy, data, LEFT, NONE))
    assert pane.drop_hint.title.text() == "Drop: matches these"
    QApplication.sendEvent(viewport, QDropEvent(over, copy, data, LEFT, NONE))
    settle(qtbot, page)

    assert not pane.drop_hint.isVisible()
    assert [reconciled(shop, sales[key]) for key in "abcd"] == [True, True, False, False]


def test_a_line_dropped_on_ticked_payments_goes_to_all_of_them_and_one_key_takes_it_back(
    qtbot, page, shop, sales
):
    go_to(page, 2)
    tick(qtbot, page, sales["a"], sales["b"])
    assert page.work.payments.remaining.text().endswith("✓ sums up")

    drop(page, sales["b"])
    settle(qtbot, page)

    assert [reconciled(shop, sales[key]) for key in "abcd"] == [True, True, False, False]
    assert line_at(page, 2).approved.difference_minor == 0
    assert page.work.current().line.line_number == 3
    assert page.work.table.hasFocus()
    assert page.work.payments.ticked == ()
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 2).category.is_open
    assert not reconciled(shop, sales["a"])


def test_what_does_not_sum_up_is_asked_and_written_off_by_keys(qtbot, page, shop, sales):
    go_to(page, 3)
    tick(qtbot, page, sales["a"], sales["b"])
    drop(page, sales["a"])
    sheet = form_of(qtbot, page, SplitSheet)
    assert not reconciled(shop, sales["a"])
    assert sheet.balance.text() == told(14_600, 15_000, 400, "short")
    assert sheet.submit_button.text() == (
        f"Match {display(14_600)}, {display(400)} stays open (F12)"
    )

    sheet.choice.answers.setFocus()
    qtbot.keyClicks(sheet.choice.answers, "s")
    assert sheet.submit_button.text() == (
        f"Match {display(14_600)}, write off {display(400)} (F12)"
    )
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    settle(qtbot, page)

    match = line_at(page, 3).approved
    assert (match.difference_kind, match.difference_reason) == (
        DifferenceKind.WRITE_OFF,
        "short_paid",
    )
    assert reconciled(shop, sales["b"])
    assert f"{display(400)} written off" in page.work.head.figures.discrepancy.note.text()
    assert page.work.current().line.line_number == 4


def test_a_refusal_is_told_in_the_sheet_and_nothing_typed_is_lost(qtbot, page, shop, sales):
    go_to(page, 2)
    tick(qtbot, page, sales["a"])
    page.activateWindow()
    qtbot.keyClick(page.work.payments.table, Qt.Key.Key_Return)
    sheet = form_of(qtbot, page, SplitSheet)
    choose(sheet, "Another reason")
    qtbot.mouseClick(sheet.submit_button, LEFT)
    qtbot.waitUntil(lambda: "Write why" in sheet.message.text)
    sheet.choice.note.setText("the owner said so")
    qtbot.mouseClick(sheet.submit_button, LEFT)
    qtbot.waitUntil(lambda: "ask a manager" in sheet.message.text)

    assert sheet.message.text.startswith("Nothing was matched.")
    assert sheet.choice.note.text() == "the owner said so"
    assert [line.line_number for line in sheet.lines.ticked] == [2]
    assert not reconciled(shop, sales["a"])
    choose(sheet, "Keep it open")
    qtbot.mouseClick(sheet.submit_button, LEFT)
    settle(qtbot, page)
    assert line_at(page, 2).approved.is_open_difference


def test_the_sheet_adds_and_removes_by_keyboard_and_finds_more_payments(qtbot, page, shop, sales):
    other = sell(shop, "z", 2_000, name="Alice Keza")
    go_to(page, 2)
    press(qtbot, page, Qt.Key.Key_S)
    sheet = form_of(qtbot, page, SplitSheet)
    assert not sheet.submit_button.isEnabled()
    assert sheet.submit_button.text() == "Match (F12)"  # no sums of nothing
    table = sheet.payments
    table.setCurrentIndex(table.model().index(table.rows.position_of(sales["a"]), 0))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert sheet.balance.text() == told(15_000, 12_000, 3_000, "left")

    sheet.search.search_for("Alice")
    qtbot.waitUntil(lambda: table.rows.position_of(other) is not None)
    assert [payment.payment_id for payment in table.ticked] == [sales["a"]]
    table.setCurrentIndex(table.model().index(table.rows.position_of(other), 0))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert sheet.balance.text() == told(15_000, 14_000, 1_000, "left")
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert sheet.balance.text() == told(15_000, 12_000, 3_000, "left")
    lines = sheet.lines
    position = lines.rows.position_of(line_at(page, 4).line_id)
    lines.setCurrentIndex(lines.model().index(position, 0))
    qtbot.keyClick(lines, Qt.Key.Key_Space)
    assert sheet.balance.text() == told(14_000, 12_000, 2_000, "left")

    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()  # what was put together is not lost by one key


def test_f_takes_what_a_channel_kept_for_its_fee(qtbot, page, shop, sales):
    go_to(page, 5)
    tick(qtbot, page, sales["c"])
    press(qtbot, page, Qt.Key.Key_F)

    match = line_at(page, 5).approved
    assert (match.difference_minor, match.difference_kind) == (300, DifferenceKind.FEE)
    assert page.work.current().line.line_number == 6
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 5).category.is_open


def test_f_sets_a_charge_of_the_bank_aside_and_ctrl_z_takes_it_back(qtbot, page, sales):
    tick(qtbot, page, sales["a"])  # left from another line
    go_to(page, 4)
    press(qtbot, page, Qt.Key.Key_F)
    assert line_at(page, 4).category is LineCategory.IGNORED
    assert line_at(page, 4).line.ignored_reason == "Bank charge"

    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 4).category.is_open


def test_f_on_money_that_came_whole_says_so_and_does_nothing(qtbot, page):
    heard = []
    page.work.notice_raised.connect(heard.append)
    go_to(page, 6)
    press(qtbot, page, Qt.Key.Key_F)
    assert line_at(page, 6).category.is_open
    assert heard == ["Money came in and nothing is missing: there is no fee to set aside."]


def test_w_writes_an_open_difference_off_and_ctrl_z_opens_it_again(qtbot, page, shop, sales):
    go_to(page, 5)
    tick(qtbot, page, sales["c"])
    page.activateWindow()
    qtbot.keyClick(page.work.payments.table, Qt.Key.Key_Return)
    sheet = form_of(qtbot, page, SplitSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    settle(qtbot, page)
    assert line_at(page, 5).approved.is_open_difference

    go_to(page, 5)
    press(qtbot, page, Qt.Key.Key_W)
    form = form_of(qtbot, page, DifferenceDialog)
    choose(form, "Rounding")
    assert form.submit_button.text() == f"Write off {display(300)} (F12)"
    qtbot.keyClick(form, Qt.Key.Key_F12)
    settle(qtbot, page)
    match = line_at(page, 5).approved
    assert (match.difference_reason, match.difference_by) == ("rounding", "claude")

    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 5).approved.is_open_difference
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 5).category.is_open


def test_i_offers_the_reason_such_lines_had_before(qtbot, page):
    set_aside_alike(page, 2, "Cash paid in by the shop")
    go_to(page, 6)
    press(qtbot, page, Qt.Key.Key_I)
    form = form_of(qtbot, page, IgnoreDialog)
    assert form.reason.currentText() == "Cash paid in by the shop"
    qtbot.mouseClick(form.submit_button, LEFT)
    settle(qtbot, page)
    assert line_at(page, 6).line.ignored_reason == "Cash paid in by the shop"
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 6).category.is_open


def test_the_sheet_of_keys_names_every_act_by_hand():
    _, keys = PAGES["reconcile"]
    named = {key for keys_text, _ in keys for key in keys_text.split()}
    assert named.issuperset({"S", "F", "W", "I", "V", "Space", "Ctrl+Z"})


def test_enter_pressed_twice_matches_once_and_complains_of_nothing(qtbot, page, shop, sales):
    go_to(page, 2)
    tick(qtbot, page, sales["a"], sales["b"])
    page.activateWindow()
    table = page.work.payments.table
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    settle(qtbot, page)
    assert page.work.summary.matches == 1
    assert not page.work.message.text
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line_at(page, 2).category.is_open


def test_some_payments_are_in_sight_on_the_smallest_screen(qtbot, page):
    page.resize(1060, 600)
    table = page.work.payments.table
    third = table.model().index(2, 0)
    qtbot.waitUntil(lambda: table.viewport().rect().contains(table.visualRect(third)))


def test_with_large_text_what_a_line_may_be_keeps_its_room_on_a_small_screen(qtbot, page, theme):
    theme.apply(Scheme.LIGHT, 125)
    page.resize(1060, 660)
    candidates, payments = page.work.candidates, page.work.payments.table
    lines = page.fontMetrics().height()
    qtbot.waitUntil(lambda: candidates.height() >= 5 * lines)
    assert payments.viewport().height() >= payments.rowHeight(0)

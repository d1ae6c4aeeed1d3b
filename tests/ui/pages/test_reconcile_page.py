"""The reconcile page through its own widgets, on a real shop."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDeadlineTimer, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from core.app import open_shop
from core.clock import shop_date, system_clock
from core.model.payments import PaymentMethod
from core.model.reconciliations import LineCategory, ReconciliationStatus, StatementProvider
from core.money import display, grouped
from core.services.payments.rules import RecordPayment
from core.statements.profile import Role
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import configuration_in, open_small_shop
from ui.context import PageContext
from ui.models.roles import DISPLAY
from ui.pages.reconcile.dialogs import CloseSheet, IgnoreDialog, StepDialog
from ui.pages.reconcile.lines import LINES_MIME
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.split_sheet import SplitSheet
from ui.relay import ChangeRelay
from ui.tasks import TaskRunner

HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


def day() -> str:
    return str(shop_date(system_clock()))


def take(shop, key, amount, *, reference="", name="", transaction="", seen=True):
    return shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key=key,
            method=PaymentMethod.BANK_TRANSFER,
            amount_minor=amount,
            transaction_id=transaction,
            transaction_reference=reference,
            customer_name=name,
            complete_now=seen,
        ),
    )


@pytest.fixture
def sales(shop):
    """A transfer the bank names, one only its amount fits, and two nothing tells apart."""
    return (
        take(shop, "a", 240_000, transaction="FT26182A1B2C", name="Eric Niyonzima"),
        take(shop, "b", 15_000, transaction="SLIP-1", name="Alice Keza"),
        take(shop, "c", 7_000, transaction="SLIP-2", name="Jean Bosco"),
        take(shop, "d", 7_000, transaction="SLIP-3", name="Claire Uwase"),
    )


ROWS = (
    "{day},{day},FT26182A1B2C,Incoming transfer Eric Niyonzima,,240000,1240000",
    "{day},{day},XA1,CASH DEPOSIT KIGALI,,15000,1255000",
    "{day},{day},XA2,CASH DEPOSIT REMERA,,7000,1262000",
    "{day},{day},XA3,SOMETHING ELSE,,33333,1295333",
    "{day},{day},CHG1,Monthly account charge,1000,,1294333",
)


def write_statement(folder: Path, *rows: str, name: str = "bk-today.csv") -> Path:
    path = folder / name
    lines = [row.format(day=day()) for row in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def statement(tmp_path):
    return write_statement(tmp_path, *ROWS)


def show(qtbot, context: PageContext) -> ReconcilePage:
    page = ReconcilePage(context)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    qtbot.waitUntil(lambda: not context.tasks.is_busy)
    return page


@pytest.fixture
def page(qtbot, shop):
    return show(qtbot, shop.context("claude"))


def drop(target, *paths: Path) -> None:
    """Drop files on a widget as the window system does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where = QPoint(20, 20)
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, buttons, none)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    dropped = QDropEvent(QPointF(where), Qt.DropAction.CopyAction, data, buttons, none)
    QApplication.sendEvent(target, dropped)


def until_settled(qtbot, page):
    def settled():
        work = page.work
        assert page.stack.currentWidget() is work
        assert work.is_settled
        assert not page.context.tasks.is_busy
        assert work.table.model_of_lines.is_answered
        assert work.current() is not None or work.table.model_of_lines.total == 0

    qtbot.waitUntil(settled)


def take_in(qtbot, page, path):
    """Drop a statement, look at it, import it with Enter, wait for its matches."""
    drop(page, path)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    activate(qtbot, page)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Return)
    until_settled(qtbot, page)


def click_line(page, number):
    """Click the line with this number of the file."""
    found = next(row for row in rows(page) if row.line.line_number == number)
    position = page.work.table.model_of_lines.position_of(found.line_id)
    page.work.table.selectRow(position)
    return found.line_id


def go_to(page, number):
    """Click a line and wait until what it may be is read."""
    line_id = click_line(page, number)
    deadline = QDeadlineTimer(5_000)
    while page.work.current() is None and not deadline.hasExpired():
        QTest.qWait(5)
    assert current(page).line.line_number == number
    return line_id


def stored(shop, page):
    """Return everything the shop knows of the reconciliation shown."""
    wanted = page.work.summary.row.reconciliation_id
    return shop.app.reconciliations.detail(shop.actor("claude"), wanted)


def line_of(shop, line_id):
    return shop.app.reconciliation_lists.line(shop.actor("claude"), line_id)


def current(page):
    return page.work.current()


def activate(qtbot, page):
    """Bring a window to the front, as a window manager does when a dialog over it closes."""
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


def press(qtbot, page, key, modifier=Qt.KeyboardModifier.NoModifier):
    activate(qtbot, page)
    page.work.table.setFocus()
    qtbot.keyClick(page.work.table, key, modifier)
    until_settled(qtbot, page)


def form_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def payment(shop, row):
    return shop.app.payment_lists.one(shop.actor("claude"), row.payment_id)


def shown(model, key):
    place = next(n for n, column in enumerate(model.columns) if column.key == key)
    return int(model.index(0, place).data())


def test_a_dropped_statement_proves_a_transfer_and_is_closed(qtbot, shop, sales, page, statement):
    drop(page, statement)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 0
    assert page.preview.provider is StatementProvider.BANK
    facts = dict(page.preview.card.facts.facts)
    assert facts["Lines"] == "5"
    assert facts["Money in"] == "+" + display(295_333)
    assert page.preview.card.balance.text().endswith("✓")

    activate(qtbot, page)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Return)
    until_settled(qtbot, page)
    go_to(page, 2)
    assert current(page).category is LineCategory.CERTAIN
    press(qtbot, page, Qt.Key.Key_Return)
    assert payment(shop, sales[0]).reconciled
    assert current(page).line.line_number == 3

    for number in (3, 4, 5, 6):
        go_to(page, number)
        activate(qtbot, page)
        qtbot.keyClick(page.work.table, Qt.Key.Key_I)
        form = form_of(qtbot, page, IgnoreDialog)
        form.reason.setEditText("Not a customer's payment")
        qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
        until_settled(qtbot, page)
    activate(qtbot, page)
    qtbot.keyClick(page.work.table, Qt.Key.Key_F12)
    sheet = form_of(qtbot, page, CloseSheet)
    assert "complete" in sheet.submit_button.text()
    activate(qtbot, sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.work.is_locked)

    row = page.work.summary.row
    assert row.status is ReconciliationStatus.COMPLETE
    assert "locked" in page.work.head.lock_bar.text
    assert not page.work.lines.approve_button.isEnabled()
    assert payment(shop, sales[0]).reconciled
    page.start.refresh()
    qtbot.waitUntil(lambda: page.start.model.row_at(0).status is ReconciliationStatus.COMPLETE)
    keys = ("lines", "matched", "unmatched", "ignored")
    lines, matched, unmatched, set_aside = (shown(page.start.model, key) for key in keys)
    assert set_aside
    assert lines == matched + unmatched + set_aside


def test_the_same_file_again_adds_nothing(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    first = stored(shop, page)
    take_in(qtbot, page, statement)
    assert "already imported" in page.work.message.text
    assert "claude" in page.work.message.text
    assert stored(shop, page).lines == first.lines
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 1


def test_an_overlapping_file_tells_what_is_new(qtbot, shop, sales, page, statement, tmp_path):
    take_in(qtbot, page, statement)
    more = "{day},{day},XA9,LATE DEPOSIT,,500,1294833"
    take_in(qtbot, page, write_statement(tmp_path, *ROWS, more, name="longer.csv"))
    assert page.work.message.text == "6 lines: 5 already here, 1 new."
    assert [row.line.line_number for row in rows(page)] == [7]


def test_a_photo_is_refused_in_one_sentence(qtbot, shop, page, tmp_path):
    photo = tmp_path / "IMG_2041.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 8)
    drop(page.start.drop_zone, photo)
    qtbot.waitUntil(lambda: bool(page.start.message.text))
    assert "IMG_2041.jpg" in page.start.message.text
    assert "\n" not in page.start.message.text
    assert page.stack.currentWidget() is page.start
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 0


def test_esc_leaves_a_preview_without_a_trace(qtbot, shop, page, statement):
    drop(page, statement)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Escape)
    assert page.stack.currentWidget() is page.start
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 0


def test_equals_are_chosen_by_number_and_only_one_payment_is_proved(
    qtbot, shop, sales, page, statement
):
    take_in(qtbot, page, statement)
    go_to(page, 4)
    assert current(page).category is LineCategory.AMBIGUOUS
    with qtbot.waitSignal(page.notice_raised) as told:
        press(qtbot, page, Qt.Key.Key_Return)
    assert "number" in told.args[0]
    chosen = current(page).candidates[1].payments[0]
    press(qtbot, page, Qt.Key.Key_2)
    proved = [row for row in sales if payment(shop, row).reconciled]
    assert [row.payment_id for row in proved] == [chosen.payment_id]


def test_undo_takes_the_last_approval_back_even_after_a_restart(
    qtbot, shop, sales, page, statement
):
    take_in(qtbot, page, statement)
    press(qtbot, page, Qt.Key.Key_A)
    assert payment(shop, sales[0]).reconciled
    before = stored(shop, page)
    page.hide()
    shop.tasks.shutdown()
    shop.app.close()

    shop.app = open_shop(configuration_in(shop.folder))
    shop.tasks = TaskRunner()
    again = show(qtbot, shop.context("claude"))
    qtbot.waitUntil(lambda: again.start.model.row_at(0) is not None)
    again.start.table.selectRow(0)
    qtbot.keyClick(again.start.table, Qt.Key.Key_Return)
    until_settled(qtbot, again)
    assert stored(shop, again) == before
    go_to(again, 2)
    assert current(again).category is LineCategory.MATCHED
    press(qtbot, again, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not payment(shop, sales[0]).reconciled
    assert current(again).line.line_number == 2
    assert current(again).category is LineCategory.CERTAIN
    again.hide()


def test_what_one_key_approved_one_key_undoes(qtbot, shop, page, tmp_path):
    moved, balance = [], 0
    for number in range(12):
        take(shop, f"k{number}", 1000 + number, transaction=f"FT2618200{number:03d}")
        balance += 1000 + number
        moved.append(f"{{day}},{{day}},FT2618200{number:03d},IN,,{1000 + number},{balance}")
    take_in(qtbot, page, write_statement(tmp_path, *moved))
    press(qtbot, page, Qt.Key.Key_A)
    assert page.work.summary.shares[LineCategory.MATCHED].count == 12
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.work.summary.shares[LineCategory.MATCHED].count == 0
    assert page.work.summary.shares[LineCategory.CERTAIN].count == 12
    assert not page.work.progress.isVisible()


def test_a_long_file_name_does_not_widen_the_window(qtbot, shop, sales, page, statement):
    long = statement.with_name("MTN-MoMo-statement-of-the-account-" * 5 + ".csv")
    statement.rename(long)
    take_in(qtbot, page, long)
    head = page.work.head
    assert head.title.text() == long.name
    assert head.minimumSizeHint().width() < head.title.sizeHint().width()
    # Navigation and margins take about 190 of the 1280 pixels of a small screen.
    assert page.minimumSizeHint().width() < 1090


def test_ctrl_z_undoes_the_last_decision_only(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    go_to(page, 3)
    press(qtbot, page, Qt.Key.Key_Return)
    go_to(page, 2)
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.work.summary.shares[LineCategory.MATCHED].count == 2
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert payment(shop, sales[1]).reconciled
    assert not payment(shop, sales[0]).reconciled


def test_a_search_that_is_cancelled_leaves_the_statement_as_it_was(
    qtbot, shop, sales, page, statement
):
    take_in(qtbot, page, statement)
    before = stored(shop, page)
    page.work.propose()
    assert page.work.progress.isVisible()
    page.work.progress.cancel_button.click()
    assert not page.work.progress.isVisible()
    until_settled(qtbot, page)
    assert stored(shop, page).lines == before.lines


def test_a_letter_typed_into_the_search_is_a_letter(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    activate(qtbot, page)
    search = page.work.payments.search
    search.setFocus()
    qtbot.keyClicks(search, "alice")
    assert search.text() == "alice"
    qtbot.keyClick(search, Qt.Key.Key_Return)
    table = page.work.payments.table
    qtbot.waitUntil(lambda: table.rows.total == 1)
    assert table.rows.row_at(0).customer_name == "Alice Keza"
    assert page.work.summary.shares[LineCategory.MATCHED].count == 0
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert page.stack.currentWidget() is page.work
    qtbot.waitUntil(lambda: table.rows.total == 4)


def test_keys_pressed_faster_than_the_shop_answers_each_see_the_last_answer(
    qtbot, shop, page, tmp_path
):
    moved, balance = [], 0
    for number in range(4):
        take(shop, f"k{number}", 1000 + number, transaction=f"FT2618200{number:03d}")
        balance += 1000 + number
        moved.append(f"{{day}},{{day}},FT2618200{number:03d},IN,,{1000 + number},{balance}")
    take_in(qtbot, page, write_statement(tmp_path, *moved))
    for _ in range(4):
        qtbot.keyClick(page.work.table, Qt.Key.Key_Return)
    until_settled(qtbot, page)
    assert page.work.summary.shares[LineCategory.MATCHED].count == 4
    assert not page.work.message.text


def test_payments_ticked_by_hand_show_what_is_left(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    go_to(page, 5)
    assert current(page).category is LineCategory.UNMATCHED
    table = page.work.payments.table
    rows = [table.rows.row_at(place) for place in range(table.rows.total)]
    wanted = [rows.index(row) for row in rows if row.amount_minor in {15_000, 7_000}]
    table.clearSelection()
    for place in wanted:
        table.setCurrentIndex(table.model().index(place, 0))
        if not table.selectionModel().isRowSelected(place):
            qtbot.keyClick(table, Qt.Key.Key_Space)
    assert page.work.payments.remaining.text() == (
        f"{grouped(33_333)} received · {grouped(29_000)} chosen · {display(4_333)} left"
    )
    activate(qtbot, page)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    sheet = form_of(qtbot, page, SplitSheet)
    qtbot.waitUntil(sheet.isActiveWindow)
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    until_settled(qtbot, page)
    assert {payment(shop, row).reconciled for row in sales[1:]} == {True}
    go_to(page, 5)
    assert current(page).approved.difference_minor == -4_333


def test_a_line_dragged_onto_a_payment_is_matched_with_it(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    go_to(page, 3)
    lines, payments = page.work.table, page.work.payments.table
    data = lines.model_of_lines.mimeData(lines.selectionModel().selectedIndexes())
    assert data.hasFormat(LINES_MIME)
    place = next(
        p
        for p in range(payments.rows.total)
        if payments.rows.row_at(p).payment_id == sales[1].payment_id
    )
    where = QPointF(payments.visualRect(payments.model().index(place, 0)).center())
    payments.dropEvent(
        QDropEvent(
            where,
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    until_settled(qtbot, page)
    assert payment(shop, sales[1]).reconciled


def test_a_declined_proposal_does_not_come_back(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    go_to(page, 3)
    press(qtbot, page, Qt.Key.Key_D)
    assert current(page).category is LineCategory.UNMATCHED
    press(qtbot, page, Qt.Key.Key_L)
    assert current(page).category is LineCategory.UNMATCHED


def test_a_line_set_aside_can_be_taken_back(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    line_id = go_to(page, 6)
    until_settled(qtbot, page)
    assert "The bank's own charge" in texts(page.work.candidates)
    # It has no payment that it could differ from.
    assert not any("less statement" in text for text in texts(page.work.candidates))
    qtbot.keyClick(page.work.table, Qt.Key.Key_I)
    form = form_of(qtbot, page, IgnoreDialog)
    qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Write why" in form.message.text)
    form.reason.setEditText("Bank charge")
    qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    until_settled(qtbot, page)
    assert (
        shop.app.reconciliation_lists.line(shop.actor("claude"), line_id).line.ignored_reason
        == "Bank charge"
    )
    go_to(page, 6)
    press(qtbot, page, Qt.Key.Key_U)
    assert line_of(shop, line_id).category.is_open


def test_chips_filter_and_keep_the_line(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    go_to(page, 5)
    page.work.chips.buttons[LineCategory.UNMATCHED].click()
    until_settled(qtbot, page)
    assert page.work.table.model_of_lines.total == 1
    assert current(page).line.line_number == 5
    page.work.chips.buttons[None].click()
    until_settled(qtbot, page)
    assert page.work.table.currentIndex().row() == 3


def test_another_windows_match_appears_without_losing_the_line(qtbot, shop, sales, page, statement):
    relay = ChangeRelay(shop.app.changes, page)
    relay.changed.connect(page.changes_arrived)
    take_in(qtbot, page, statement)
    go_to(page, 5)
    other = open_shop(configuration_in(shop.folder, desk="desk 2"))
    try:
        wanted = page.work.summary.row.reconciliation_id
        marie = shop.actor("marie")
        other.matches.approve_automatic(marie, wanted)
    finally:
        other.close()
    page.changes_arrived(frozenset({"reconciliations"}))
    qtbot.waitUntil(lambda: page.work.summary.shares[LineCategory.MATCHED].count == 1)
    until_settled(qtbot, page)
    assert current(page).line.line_number == 5
    assert page.work.table.currentIndex().row() == 3
    relay.close()


def test_a_match_somebody_else_made_first_is_told_and_shown(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    wanted = page.work.summary.row.reconciliation_id
    shop.app.matches.approve_automatic(shop.actor("marie"), wanted)
    go_to(page, 2)
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.work.message.text.startswith("Nothing was")
    qtbot.waitUntil(lambda: current(page).category is LineCategory.MATCHED)


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def shows_whole_rows(qtbot, label, count):
    """Tell whether a label shows so many rows, each on one line, none of them cut off."""
    qtbot.waitUntil(lambda: bool(label.text().strip()))
    assert len(label.text().splitlines()) == count
    need = label.fontMetrics().size(0, label.text())
    return label.height() >= need.height() and label.width() >= need.width()


def test_a_discrepancy_is_resolved_and_only_a_manager_reopens(qtbot, shop, sales, page, statement):
    take_in(qtbot, page, statement)
    activate(qtbot, page)
    qtbot.keyClick(page.work.table, Qt.Key.Key_F12)
    sheet = form_of(qtbot, page, CloseSheet)
    assert "discrepancy" in sheet.submit_button.text()
    assert shows_whole_rows(qtbot, sheet.left_open, page.work.summary.still_open.count)
    sheet.notes.setPlainText("Deposits nobody knows")
    notices = []
    page.notice_raised.connect(notices.append)
    qtbot.mouseClick(sheet.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.work.is_locked)
    assert notices == ["Closed with a discrepancy."]
    # A locked page asks for nothing that it would refuse.
    go_to(page, 5)
    qtbot.waitUntil(lambda: not any("Tick payments" in text for text in texts(page.work)))
    assert "Nothing recorded fits this line." in texts(page.work)
    assert not page.work.head.reopen_button.isEnabled()
    press(qtbot, page, Qt.Key.Key_A)
    assert not payment(shop, sales[0]).reconciled

    page.work.head.resolve_button.click()
    form = form_of(qtbot, page, StepDialog)
    form.notes.setPlainText("The bank explained them")
    qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.work.summary.row.status is ReconciliationStatus.RESOLVED)

    manager = show(qtbot, shop.context("marie"))
    manager.open_item(page.work.summary.row.reconciliation_id)
    until_settled(qtbot, manager)
    manager.work.head.reopen_button.click()
    form = form_of(qtbot, manager, StepDialog)
    form.notes.setPlainText("One line more was found")
    activate(qtbot, form)
    qtbot.keyClick(form, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not manager.work.is_locked)


@pytest.fixture
def unknown_table(tmp_path):
    path = tmp_path / "ubwishyu.csv"
    rows = ["Export;;;;", "Kuwa;Wuzuye;Amafaranga;Asigaye;Nimero"]
    day_text = shop_date(system_clock()).strftime("%d.%m.%Y")
    rows += [
        f"{day_text};Umukiriya {number};1000;{50_000 + number * 1000};K{number}"
        for number in range(3)
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_an_unknown_table_is_mapped_saved_by_name_and_known_the_next_time(
    qtbot, shop, page, unknown_table, tmp_path
):
    drop(page, unknown_table)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    assert not page.preview.import_button.isEnabled()
    assert "map its columns" in page.preview.message.text
    page.preview.map_button.click()
    dialog = form_of(qtbot, page, MappingDialog)
    assert dialog.header_row.value() == 2
    assert not dialog.save_button.isEnabled()
    roles = (Role.DATE, Role.DESCRIPTION, Role.AMOUNT, Role.BALANCE, Role.TRANSACTION_ID)
    for place, role in enumerate(roles):
        dialog.table.choose(place, role)
    qtbot.waitUntil(lambda: dialog.totals.text().startswith("3 lines"))
    assert "✓" in dialog.totals.text()
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert "name" in dialog.message.text
    qtbot.keyClicks(dialog.name, "Isanduku")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(page.preview.import_button.isEnabled)
    assert page.preview.card.profile_choice.currentText() == "Isanduku"
    activate(qtbot, page)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Return)
    until_settled(qtbot, page)
    assert [row.line.transaction_id for row in rows(page)] == ["K0", "K1", "K2"]

    later = tmp_path / "later.csv"
    text = unknown_table.read_text(encoding="utf-8").replace("K", "Z").replace("Zuwa", "Kuwa")
    later.write_text(text, encoding="utf-8")
    drop(page, later)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    assert page.preview.card.profile_choice.currentText() == "Isanduku"
    assert page.preview.import_button.text() == "Import 3 lines (Enter)"


def test_a_statement_that_does_not_add_up_says_the_gap(qtbot, page, tmp_path):
    wrong = (*ROWS[:2], "{day},{day},XA2,CASH DEPOSIT REMERA,,7000,9262000")
    drop(page, write_statement(tmp_path, *wrong))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    assert "✗" in page.preview.card.balance.text() or page.preview.lines.problem_texts


def test_several_files_are_looked_at_one_after_the_other(qtbot, shop, page, statement, tmp_path):
    second = write_statement(tmp_path, "{day},{day},ZZ1,ANOTHER,,9000,9000", name="second.csv")
    drop(page, statement, second)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.preview)
    activate(qtbot, page)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.preview.title.text() == "second.csv" and not page.preview.is_busy)
    activate(qtbot, page)
    qtbot.keyClick(page.preview.import_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.report)
    rows = [page.report.model.row_at(place) for place in range(page.report.model.total)]
    assert [(row.file_name, row.account.new_lines) for row in rows] == [
        ("bk-today.csv", 5),
        ("second.csv", 1),
    ]
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 2
    activate(qtbot, page)
    qtbot.keyClick(page.report.table, Qt.Key.Key_Return)
    until_settled(qtbot, page)
    assert page.work.head.title.text() == "bk-today.csv"


def test_text_in_the_file_is_never_markup(qtbot, page, tmp_path):
    evil = "{day},{day},E1,<img src=x>&<b>B</b>,,1000,1000"
    take_in(qtbot, page, write_statement(tmp_path, evil))
    shown = page.work.table.model_of_lines.index(0, 3).data(DISPLAY)
    assert shown == "<img src=x>&<b>B</b>"


def test_a_thousand_lines_fill_and_move_smoothly(qtbot, shop, page, tmp_path):
    balance, moved = 0, []
    for number in range(1000):
        balance += 1000 + number
        moved.append(f"{{day}},{{day}},R{number:05d},DEPOSIT {number},,{1000 + number},{balance}")
    take_in(qtbot, page, write_statement(tmp_path, *moved))
    assert page.work.table.model_of_lines.total == 1000
    for number in range(2, 40):
        click_line(page, number)
    until_settled(qtbot, page)
    assert current(page).line.line_number == 39


def test_the_page_of_a_shop_with_no_statement_is_one_drop_zone(page):
    assert page.start.drop_zone.isVisible()
    assert not page.start.table.isVisible()

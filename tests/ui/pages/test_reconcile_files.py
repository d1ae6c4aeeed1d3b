"""Files on their way into the books, through the page's own widgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from core.model.reconciliations import StatementProvider
from core.statements.profile import Role
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import open_small_shop
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.memory_dialog import MemoryDialog
from ui.pages.reconcile.page import ReconcilePage

FIVE = (
    "Account,Book Date,Description,Amount,Balance,Currency",
    "4001,2026-07-01,Sale one,1000,11000,RWF",
    "4001,2026-07-02,Sale two,2000,13000,RWF",
    "4002,2026-07-01,Sale three,500,5500,RWF",
    "4002,2026-07-02,Sale four,600,6200,RWF",
    "4002,2026-07-03,Sale five,600,6800,RWF",
    "4003,2026-07-01,Sale six,10,110,RWF",
    "4003,2026-07-02,Sale seven,10,120,RWF",
    "4004,2026-07-01,Sale eight,5,25,RWF",
    "4005,2026-07-01,Sale nine,7,77,RWF",
)
_READ_WITHIN_MS = 30_000
"""A file is read in processes of its own, up to three of them: a busy machine takes its time."""


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


@pytest.fixture
def page(qtbot, shop):
    made = ReconcilePage(shop.context("claude"))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return made


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def wallet(path: Path, month: int) -> Path:
    """Write a month of a wallet whose columns nobody knows."""
    rows = [f"Raporo {month};;;;", "Kuwa;Wuzuye;Amafaranga;Asigaye;Nimero"]
    for number in range(3):
        day, balance = f"{number + 14}.{month:02d}.2026", 51_000 + number * 1000
        rows.append(f"{day};Umukiriya {number};1000;{balance};K{month}{number}")
    return written(path, *rows)


def unclear(path: Path, month: int) -> Path:
    rows = [f"{month:02d}/{day:02d}/2026,Payment {day},{day}00" for day in (4, 2, 5)]
    return written(path, "Date,Description,Amount", *rows)


def drop(page, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, where = Qt.DropAction.CopyAction, QPoint(20, 20)
    QApplication.sendEvent(page, QDragEnterEvent(where, copy, data, buttons, none))
    QApplication.sendEvent(page, QDropEvent(QPointF(where), copy, data, buttons, none))


def until_shown(qtbot, page, view):
    qtbot.waitUntil(
        lambda: page.stack.currentWidget() is view and not page.context.tasks.is_busy,
        timeout=_READ_WITHIN_MS,
    )


def look(qtbot, page, *paths: Path):
    drop(page, *paths)
    until_shown(qtbot, page, page.preview)
    activate(qtbot, page)


def activate(qtbot, page):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


def press(qtbot, page, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is, as a person does."""
    activate(qtbot, page)
    qtbot.keyClick(QApplication.focusWidget() or page, key, modifier)


def until_work(qtbot, page):
    until_shown(qtbot, page, page.work)
    qtbot.waitUntil(lambda: page.work.is_settled, timeout=_READ_WITHIN_MS)


def form_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def test_a_table_mapped_once_is_read_with_no_question_next_month(qtbot, shop, page, tmp_path):
    look(qtbot, page, wallet(tmp_path / "march.csv", 3))
    assert not page.preview.import_button.isEnabled()
    assert page.preview.raw.isVisible()
    press(qtbot, page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    dialog = form_of(qtbot, page, MappingDialog)
    roles = (Role.DATE, Role.DESCRIPTION, Role.AMOUNT, Role.BALANCE, Role.TRANSACTION_ID)
    for place, role in enumerate(roles):
        dialog.table.choose(place, role)
    qtbot.waitUntil(lambda: dialog.totals.text().startswith("3 lines"))
    dialog.name.setText("Isanduku")
    dialog.save()
    qtbot.waitUntil(page.preview.import_button.isEnabled)
    page.preview.card.provider_choice.setCurrentIndex(
        page.preview.card.provider_choice.findData("AIRTEL")
    )
    page.preview.card.provider_choice.activated.emit(1)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)

    look(qtbot, page, wallet(tmp_path / "april.csv", 4))
    assert page.preview.card.profile_choice.currentText() == "Isanduku"
    assert page.preview.provider is StatementProvider.AIRTEL
    assert "claude answered" in page.preview.message.text
    assert page.preview.import_button.text() == "Import 3 lines (Enter)"


def test_a_half_made_mapping_is_still_there_after_it_was_left(qtbot, page, tmp_path):
    look(qtbot, page, wallet(tmp_path / "march.csv", 3))
    page.preview.map_button.click()
    dialog = form_of(qtbot, page, MappingDialog)
    dialog.table.choose(0, Role.DATE)
    dialog.table.choose(2, Role.CREDIT)
    dialog.reject()
    page.preview.map_button.click()
    qtbot.waitUntil(page.preview.map_button.isEnabled)
    dialog = form_of(qtbot, page, MappingDialog)
    assert dialog.table.roles == {0: Role.DATE, 2: Role.CREDIT}
    assert "still here" in dialog.message.text
    qtbot.waitUntil(lambda: "lines" in dialog.totals.text())
    dialog.reject()


def test_a_mapping_starts_from_a_layout_only_where_it_fits(qtbot, page, tmp_path):
    header = "Date,Description,Debit,Credit,Balance,Extra"
    path = written(tmp_path / "a.csv", header, "2026-07-01,Sale,,500,1500,x")
    look(qtbot, page, path)
    page.preview.map_button.click()
    dialog = form_of(qtbot, page, MappingDialog)
    dialog.preset.setCurrentIndex(dialog.preset.findData("Airtel Money Rwanda"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    qtbot.waitUntil(lambda: "does not have the columns" in dialog.message.text)
    dialog.preset.setCurrentIndex(dialog.preset.findData("Equity"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    qtbot.waitUntil(lambda: not dialog.message.text)
    assert dialog.table.roles[3] is Role.CREDIT
    qtbot.waitUntil(lambda: dialog.totals.text().startswith("1 lines"))
    dialog.reject()


def test_the_day_is_asked_once_by_key_and_nothing_is_imported_before(qtbot, shop, page, tmp_path):
    look(qtbot, page, unclear(tmp_path / "first.csv", 3))
    bar = page.preview.date_question
    assert bar.isVisible()
    assert bar.question.text() == "Which is the day in 03/04/2026?"
    assert [made.text() for made, _ in bar.buttons] == ["3 April 2026 (D)", "4 March 2026 (M)"]
    assert "from 2 March 2026 to 5 March 2026" in bar.buttons[1][1].text()
    assert not page.preview.import_button.isEnabled()

    press(qtbot, page, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: not bar.isVisible() and not shop.tasks.is_busy)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert {line.line.line_date.month for line in rows(page)} == {3}

    look(qtbot, page, unclear(tmp_path / "second.csv", 6))
    assert not bar.isVisible()
    assert "Month, day, year" in page.preview.message.text
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert {line.line.line_date.month for line in rows(page)} == {6}


def test_two_of_five_accounts_are_taken_in_and_reported(qtbot, shop, page, tmp_path):
    look(qtbot, page, written(tmp_path / "five.csv", *FIVE))
    accounts = page.preview.accounts
    assert accounts.hasFocus()
    assert accounts.model().index(1, 1).data() == "Breaks at 5"
    assert page.preview.import_button.text() == "Import 9 lines of 5 accounts (Enter)"
    for index in (0, 3, 4):
        accounts.go_to(index)
        press(qtbot, page, Qt.Key.Key_Space)
    accounts.go_to(2)
    press(qtbot, page, Qt.Key.Key_P)
    assert page.preview.import_button.text() == "Import 5 lines of 2 accounts (Enter)"
    assert page.preview.provider is StatementProvider.MTN
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    activate(qtbot, page)
    page.preview.import_button.setFocus()
    press(qtbot, page, Qt.Key.Key_Return)
    until_shown(qtbot, page, page.report)

    rows = shop.app.reconciliations.page(shop.actor("claude")).rows
    assert {(row.account, row.provider) for row in rows} == {
        ("4002", StatementProvider.BANK),
        ("4003", StatementProvider.MTN),
    }
    assert [page.report.model.row_at(at).account.new_lines for at in range(2)] == [3, 2]
    assert page.report.problems.count() >= 1
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert "3 new lines" in page.work.head.place.text()
    assert page.work.head.problems.isVisible()

    look(qtbot, page, tmp_path / "five.csv")
    assert [each.is_chosen for each in page.preview.accounts.choices] == [
        True, False, False, True, True,
    ]  # fmt: skip


def test_a_break_and_a_problem_lead_to_their_rows(qtbot, page, tmp_path):
    path = written(tmp_path / "five.csv", *FIVE[:4], *FIVE[4:6], "4001,2026-07-09,Bad,abc,,RWF")
    look(qtbot, page, path)
    page.preview.accounts.go_to(1)
    press(qtbot, page, Qt.Key.Key_B)
    assert page.preview.table.current_row().number == 5
    problems = page.preview.lines.problems
    place = next(
        at for at, text in enumerate(page.preview.lines.problem_texts) if text.startswith("Row 7")
    )
    problems.setFocus()
    problems.setCurrentRow(place)
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.preview.table.current_row().number == 7
    assert page.preview.table.current_row().line is None


def test_the_same_file_again_says_when_and_by_whom_before_anything_is_done(
    qtbot, shop, page, tmp_path
):
    path = written(tmp_path / "a.csv", *FIVE[:3])
    look(qtbot, page, path)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    first = page.work.summary.row.reconciliation_id
    look(qtbot, page, path)
    assert "already imported on" in page.preview.message.text
    assert "by claude" in page.preview.message.text
    assert page.preview.import_button.text() == "Open what was imported (Enter)"
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert page.work.summary.row.reconciliation_id == first


def test_an_overlapping_file_tells_what_is_new_before_and_after(qtbot, page, tmp_path):
    look(qtbot, page, written(tmp_path / "a.csv", *FIVE[:3]))
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    more = written(tmp_path / "b.csv", *FIVE[:3], "4001,2026-07-05,Late,5,13005,RWF")
    look(qtbot, page, more)
    assert ("Of these", "1 new, 2 already here") in page.preview.card.facts.facts
    assert page.preview.import_button.text() == "Import 1 lines (Enter)"
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert page.work.message.text == "3 lines: 2 already here, 1 new."
    assert "3 lines: 2 already here, 1 new" in page.work.head.place.text()


def test_esc_stops_a_reading_and_leaves_the_page_alive(qtbot, shop, page, tmp_path):
    rows = [f"4001,2026-07-01,Sale {number},1,{number + 1},RWF" for number in range(60_000)]
    drop(page, written(tmp_path / "large.csv", FIVE[0], *rows))
    assert page.start.progress.isVisible()
    press(qtbot, page, Qt.Key.Key_Escape)
    assert not page.start.progress.isVisible()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert page.stack.currentWidget() is page.start
    assert not page.start.message.text
    look(qtbot, page, written(tmp_path / "a.csv", *FIVE[:3]))
    assert page.preview.import_button.isEnabled()


def test_a_hostile_file_among_others_is_refused_and_the_others_go_on(qtbot, shop, page, tmp_path):
    hostile = tmp_path / "hostile.xml"
    hostile.write_bytes(
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>'
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&c;</Document>'
    )
    good = written(tmp_path / "a.csv", *FIVE[:3])
    look(qtbot, page, hostile, good)
    assert page.preview.title.text() == "a.csv"
    press(qtbot, page, Qt.Key.Key_Return)
    until_shown(qtbot, page, page.report)
    rows = [page.report.model.row_at(at) for at in range(page.report.model.total)]
    assert [row.account is None for row in rows] == [True, False]
    assert "hostile.xml" in rows[0].refusal
    assert "\n" not in rows[0].refusal

    drop(page, hostile)
    qtbot.waitUntil(lambda: "hostile.xml" in page.start.message.text)
    assert page.start.advice.isVisible()


def test_a_file_can_be_skipped_and_the_next_one_comes(qtbot, shop, page, tmp_path):
    first, second = (written(tmp_path / f"{name}.csv", *FIVE[:3]) for name in ("first", "second"))
    second.write_text("\n".join([FIVE[0], *FIVE[6:8]]) + "\n", encoding="utf-8")
    look(qtbot, page, first, second)
    assert page.preview.waiting.text() == "Files waiting: 1"
    press(qtbot, page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.preview.title.text() == "second.csv")
    until_shown(qtbot, page, page.preview)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    assert shop.app.reconciliations.page(shop.actor("claude")).total == 1


def test_pasted_text_is_kept_as_a_file(qtbot, shop, page):
    QGuiApplication.clipboard().setText("\n".join(FIVE[:3]))
    press(qtbot, page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until_shown(qtbot, page, page.preview)
    assert page.preview.title.text().startswith("Pasted ")
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    row = page.work.summary.row
    assert row.file_upload.endswith(".txt")
    kept = (shop.folder / row.file_upload).read_text(encoding="utf-8")
    assert kept == "\n".join(FIVE[:3])
    assert not list((shop.folder / "pasted").rglob("*.txt"))


def test_an_empty_clipboard_is_told(qtbot, page):
    QGuiApplication.clipboard().clear()
    page.start.paste_button.click()
    qtbot.waitUntil(lambda: "no text" in page.start.message.text)


def test_the_original_is_opened_and_saved_from_the_reconciliation(qtbot, shop, page, tmp_path):
    path = written(tmp_path / "a.csv", *FIVE[:3])
    look(qtbot, page, path)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    opened: list[Path] = []

    def opener(url: QUrl) -> bool:
        opened.append(Path(url.toLocalFile()))
        return True

    page.work.whole_acts.original.opener = opener
    page.work.table.setFocus()
    press(qtbot, page, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].read_bytes() == path.read_bytes()
    row = page.work.summary.row
    with qtbot.waitSignal(page.notice_raised) as told:
        page.work.whole_acts.original.save_to(row, tmp_path / "copy.csv")
    assert "copy.csv" in told.args[0]
    (shop.folder / row.file_upload).write_bytes(b"something else")
    press(qtbot, page, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: "was changed on the disk" in page.work.message.text)


def test_what_is_remembered_is_shown_and_forgotten(qtbot, shop, page, tmp_path):
    look(qtbot, page, written(tmp_path / "a.csv", *FIVE[:3]))
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    press(qtbot, page, Qt.Key.Key_Escape)
    press(qtbot, page, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    dialog = form_of(qtbot, page, MemoryDialog)
    qtbot.waitUntil(lambda: dialog.model.total == 1)
    assert dialog.model.row_at(0).account == "4001"
    activate(qtbot, dialog)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(dialog.empty.isVisible)
    assert shop.app.statements.remembered(shop.actor("claude")) == ()
    dialog.close_button.click()


def test_a_file_without_any_account_shows_nothing_of_the_file_before(qtbot, page, tmp_path):
    look(qtbot, page, written(tmp_path / "a.csv", *FIVE[:3]))
    assert page.preview.lines.model.total == 2
    seen = page.preview.look
    page.preview.show_file(replace(seen, file=replace(seen.file, statements=()), accounts=()))
    assert page.preview.lines.model.total == 0
    assert page.preview.card.facts.facts == ()
    assert "no lines" in page.preview.message.text
    assert not page.preview.import_button.isEnabled()

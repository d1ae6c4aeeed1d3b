"""The report of a reconciliation from its page: files that read back, said when done and not."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from core.model.reconciliations import StatementProvider
from core.services.reports.contract import ExportFormat
from core.services.statements.desk import ImportStatement
from tests.ui.pages.small_shop import open_small_shop
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.report_desk import file_name
from ui.printing.preview_dialog import PreviewDialog

STATEMENT = """\
Book Date,Value Date,Reference,Narration,Debit,Credit,Balance
2026-07-01,2026-07-01,XA3,=cmd|'/c calc'!A1,,33333,133333
2026-07-01,2026-07-01,CHG1,Monthly account charge,1000,,132333
"""
LOOK, PDF, XLSX, CSV = range(4)

pytestmark = pytest.mark.qt_log_ignore(
    "does not support grabbing", "does not support raise", extend=True
)
"""Without a screen, a menu that opens cannot come to the front and take the keyboard."""


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


@pytest.fixture
def taken_in(shop, tmp_path):
    """The number of a statement nobody explained, closed as it is."""
    path = tmp_path / "bk-july.csv"
    path.write_text(STATEMENT, encoding="utf-8")
    command = ImportStatement(path, StatementProvider.BANK)
    (imported,) = shop.app.statements.import_file(shop.actor("claude"), command)
    number = imported.reconciliation.reconciliation_id
    shop.app.reconciliations.close(shop.actor("claude"), number)
    return number


@pytest.fixture
def page(qtbot, shop, taken_in):
    shown = ReconcilePage(shop.context("claude"))
    qtbot.addWidget(shown)
    shown.resize(1200, 800)
    shown.show()
    qtbot.waitUntil(lambda: not shown.context.tasks.is_busy)
    return shown


@pytest.fixture
def work(qtbot, page, taken_in):
    """The page with the statement open."""
    page.open_item(taken_in)
    qtbot.waitUntil(lambda: page.work.is_settled and not page.context.tasks.is_busy)
    page.window().activateWindow()
    return page


def choose(qtbot, page, place: int, path: Path) -> None:
    """Go through the menu, which is shown, and the file dialog."""
    menu = page.report_desk.menu
    qtbot.waitUntil(menu.isVisible)
    menu.actions()[place].trigger()
    menu.close()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()


def until_saved(qtbot, page, path: Path) -> None:
    told = f"Saved as {path}"
    qtbot.waitUntil(lambda: page.report_desk.bar.text == told, timeout=20_000)


def test_a_key_offers_the_report_of_the_open_statement_as_a_workbook(qtbot, work, tmp_path):
    path = tmp_path / "report.xlsx"

    qtbot.keyClick(work.work.table, Qt.Key.Key_T)
    choose(qtbot, work, XLSX, path)
    until_saved(qtbot, work, path)

    sheet = openpyxl.load_workbook(path)["Missing in our books"]
    cell = sheet.cell(2, 3)
    assert (cell.value, cell.data_type) == ("=cmd|'/c calc'!A1", "s")
    assert sheet.cell(2, 6).value == 33_333
    assert not work.report_desk.progress.isVisible()


def test_the_list_hands_out_the_report_of_the_statement_chosen(qtbot, page, tmp_path):
    path = tmp_path / "report.csv"
    qtbot.waitUntil(lambda: page.start.model.total == 1)
    page.start.table.selectRow(0)

    page.start.report_button.click()
    choose(qtbot, page, CSV, path)
    until_saved(qtbot, page, path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    [missing] = [row for row in rows if row["section"] == "missing_in_books"]
    assert (missing["text"], missing["amount"]) == ("'=cmd|'/c calc'!A1", "33333")


def test_a_saved_report_is_opened_from_the_message(qtbot, work, tmp_path):
    path, opened = tmp_path / "report.pdf", []
    work.report_desk.opener = lambda url: opened.append(url.toLocalFile()) or True
    work.work.head.report_button.click()
    choose(qtbot, work, PDF, path)
    until_saved(qtbot, work, path)

    action = work.report_desk.bar.findChild(QPushButton)
    assert action.text() == "Open"
    action.click()

    assert opened == [str(path)]
    assert work.report_desk.bar.isHidden()
    with pypdfium2.PdfDocument(path) as pdf:
        words = "".join(each.get_textpage().get_text_bounded() for each in pdf)
    assert "Discrepancy" in words
    assert "Draft" not in words


def test_the_report_is_looked_at_as_it_will_be_printed(qtbot, work):
    work.work.head.report_button.click()
    qtbot.waitUntil(work.report_desk.menu.isVisible)
    work.report_desk.menu.actions()[LOOK].trigger()
    work.report_desk.menu.close()

    qtbot.waitUntil(lambda: bool(work.findChildren(PreviewDialog)), timeout=20_000)
    (dialog,) = work.findChildren(PreviewDialog)
    dialog.reject()


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(qtbot, work, tmp_path):
    (tmp_path / "file").write_text("")
    row = work.work.summary.row

    work.report_desk.write(row, ExportFormat.CSV, tmp_path / "file" / "report.csv")

    qtbot.waitUntil(lambda: "was not saved" in work.report_desk.bar.text)
    assert not work.report_desk.is_writing


def test_cancelling_leaves_the_old_report_as_it_was(qtbot, work, tmp_path):
    path, told = tmp_path / "report.csv", []
    path.write_text("the report of yesterday")
    work.notice_raised.connect(told.append)
    row = work.work.summary.row

    work.report_desk.write(row, ExportFormat.CSV, path)
    assert work.report_desk.progress.isVisible()
    work.report_desk.progress.cancel_button.click()

    assert told == ["The report was not written."]
    assert not work.report_desk.progress.isVisible()
    qtbot.waitUntil(lambda: not work.context.tasks.is_busy)
    assert path.read_text() == "the report of yesterday"
    assert [each.name for each in tmp_path.glob(".writing-*")] == []


def test_a_file_bears_the_name_of_its_statement_and_last_day(work):
    row = work.work.summary.row

    assert file_name(row, ExportFormat.PDF) == "reconciliation-bk-july-2026-07-01.pdf"

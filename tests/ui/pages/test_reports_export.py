"""Handing reports out from the page: files that read back, said when done and when not."""

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog

from core.services.reports.contract import ExportFormat
from tests.ui.pages.reports_steps import choose, open_page
from ui.gallery_shop import open_sample_shop

JUNE = (date(2026, 6, 1), date(2026, 6, 30))
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=24)
    yield opened
    opened.close()


@pytest.fixture
def page(qtbot, shop):
    shown = open_page(qtbot, shop)
    choose(qtbot, shop, shown, "payment-summary", *JUNE)
    return shown


def save(qtbot, page, format_, path):
    """Go through the menu and the file dialog."""
    place = [ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.PDF].index(format_)
    page.menu.actions()[place].trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()


def test_a_csv_file_reads_back_as_the_table_shows(qtbot, page, tmp_path):
    save(qtbot, page, ExportFormat.CSV, tmp_path / "summary.csv")
    qtbot.waitUntil(lambda: page.bar.text.startswith("Saved as "), timeout=10_000)
    with (tmp_path / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.reader(file))
    shown = page.view.report
    amounts = [row.cells[3] for row in shown.rows]
    flat = [cell for row in read for cell in row]
    assert all(str(amount) in flat for amount in amounts)
    assert len(read) >= len(shown.rows)


def test_a_workbook_reads_back_with_whole_numbers(qtbot, page, tmp_path):
    save(qtbot, page, ExportFormat.XLSX, tmp_path / "summary.xlsx")
    qtbot.waitUntil(lambda: page.bar.text.startswith("Saved as "), timeout=10_000)
    sheet = openpyxl.load_workbook(tmp_path / "summary.xlsx").active
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {row.cells[3] for row in page.view.report.rows} <= values


def test_open_as_pdf_makes_the_file_in_the_shops_folder_and_hands_it_over(qtbot, shop):
    opened = []
    page = open_page(qtbot, shop, opener=lambda url: opened.append(url) or True)
    choose(qtbot, shop, page, "day-close", date(2026, 6, 27), date(2026, 6, 27))
    page.window().activateWindow()
    qtbot.keyClick(page, Qt.Key.Key_O, CTRL)
    qtbot.waitUntil(lambda: bool(opened), timeout=20_000)
    path = Path(opened[0].toLocalFile())
    folder = shop.app.configuration.data_dir / "reports"
    assert path == folder / "day-close-2026-06-27.pdf"
    document = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "Collected by method" in text
    assert [found.name for found in folder.iterdir()] == [path.name]


def test_ctrl_p_prints_the_report_by_the_systems_dialog(qtbot, shop, tmp_path):
    asked, told = [], []

    def ask(printer, pages, _window, on_chosen):
        asked.append(pages)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        on_chosen(printer)

    page = open_page(qtbot, shop, ask_printer=ask)
    page.notice_raised.connect(told.append)
    choose(qtbot, shop, page, "day-close", date(2026, 6, 27), date(2026, 6, 27))
    page.window().activateWindow()
    qtbot.keyClick(page, Qt.Key.Key_P, CTRL)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told == ["Day's close, 27 June 2026 was sent to the printer."]
    document = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    assert [len(document)] == asked
    document.close()


def test_a_desk_without_a_program_for_pdfs_is_told_where_the_file_lies(qtbot, shop):
    page = open_page(qtbot, shop, opener=lambda _url: False)
    page.open_button.click()
    qtbot.waitUntil(lambda: "It lies at" in page.bar.text, timeout=20_000)


def test_a_saved_file_is_opened_from_the_message(qtbot, shop, tmp_path):
    opened = []
    page = open_page(qtbot, shop, opener=lambda url: opened.append(url) or True)
    save(qtbot, page, ExportFormat.CSV, tmp_path / "summary.csv")
    qtbot.waitUntil(lambda: page.bar.text.startswith("Saved as "), timeout=10_000)
    page.bar.action_triggered.emit()
    assert [url.toLocalFile() for url in opened] == [str(tmp_path / "summary.csv")]
    assert page.bar.text == ""


def test_a_file_that_cannot_be_written_is_told_and_leaves_the_old_one(qtbot, page, tmp_path):
    (tmp_path / "file").write_text("in the way")
    page.export.write(page.query, ExportFormat.CSV, tmp_path / "file" / "summary.csv")
    assert page.export.is_writing
    assert not page.export_button.isEnabled()
    qtbot.waitUntil(lambda: page.bar.text.startswith("The report was not saved"), timeout=10_000)
    assert page.export_button.isEnabled()
    assert (tmp_path / "file").read_text() == "in the way"


def test_live_figures_do_not_take_the_word_of_the_saved_file_away(qtbot, shop, page, tmp_path):
    save(qtbot, page, ExportFormat.CSV, tmp_path / "summary.csv")
    qtbot.waitUntil(lambda: page.bar.text.startswith("Saved as "), timeout=10_000)
    page.changes_arrived({"payments"})
    qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
    assert page.bar.text.startswith("Saved as ")

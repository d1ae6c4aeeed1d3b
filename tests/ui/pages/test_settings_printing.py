"""This desk's receipt printer: chosen, kept, and tried out on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Qt

from tests.receipt_printer import PrinterServer, unused_port
from tests.ui.pages.small_shop import Shop, open_small_shop
from tests.ui.printing.papers import into_file
from ui.pages.settings.desk_printing import DeskPrinting
from ui.preferences import Preferences
from ui.printing.choices import AfterPayment, PrintChoices, ReceiptPaper, Way
from ui.printing.pdf_pages import read_pdf


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def tab(qtbot, shop, tmp_path) -> DeskPrinting:
    made = DeskPrinting(
        shop.context("ange"),
        ask_printer=lambda printer, _pages, _window, go: go(into_file(printer, tmp_path / "t.pdf")),
    )
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    made.refresh()
    return made


def choose(box, value) -> None:
    box.setCurrentIndex(box.findData(value.value))


def use_network(qtbot, tab, port) -> None:
    choose(tab.form.way, Way.NETWORK)
    qtbot.keyClicks(tab.form.host, "127.0.0.1")
    qtbot.keyClicks(tab.form.port, str(port))


def test_what_was_chosen_is_kept_for_the_desk(qtbot, tab):
    use_network(qtbot, tab, 9101)
    choose(tab.form.paper, ReceiptPaper.ROLL_58)
    choose(tab.form.after_payment, AfterPayment.PRINT)
    tab.form.kicks_drawer.setChecked(True)
    assert tab.form.has_edits
    tab.form.save.click()
    assert tab.form.message.text == "Saved."
    assert not tab.form.has_edits
    kept = tab._context.preferences.printing
    assert (kept.host, kept.port, kept.paper) == ("127.0.0.1", 9101, ReceiptPaper.ROLL_58)
    assert (kept.kicks_drawer, kept.after_payment) == (True, AfterPayment.PRINT)
    assert kept.network_printer().width_mm == 58
    assert kept.network_printer(ReceiptPaper.A4) is None


def test_choices_outlive_the_program(qapp, tmp_path):
    path = str(tmp_path / "desk.ini")
    store = QSettings(path, QSettings.Format.IniFormat)
    choices = PrintChoices(
        Way.NETWORK, "printer.local", 9200, "CP850", False, ReceiptPaper.A4,
        AfterPayment.PRINT, True, "Roll", "Laser",
    )  # fmt: skip
    Preferences(store).printing = choices
    store.sync()
    again = QSettings(path, QSettings.Format.IniFormat)
    assert Preferences(again).printing == choices
    again.setValue("printing/way", "carrier pigeon")
    again.setValue("printing/port", "many")
    kept = Preferences(again).printing
    assert (kept.way, kept.port, kept.host) == (Way.SYSTEM, 9100, "printer.local")


@pytest.mark.parametrize(("host", "port", "field"), [("", "", "host"), ("10.0.0.5", "x", "port")])
def test_what_is_no_address_is_marked_and_not_kept(qtbot, tab, host, port, field):
    choose(tab.form.way, Way.NETWORK)
    qtbot.keyClicks(tab.form.host, host)
    qtbot.keyClicks(tab.form.port, port)
    tab.form.save.click()
    assert tab.form.fields[field].property("invalid") == "true"
    assert tab._context.preferences.printing == PrintChoices()


def test_a_test_page_reaches_a_printer_on_the_network(qtbot, shop, tab):
    with PrinterServer() as server:
        use_network(qtbot, tab, server.port)
        tab.form.kicks_drawer.setChecked(True)
        qtbot.keyClick(tab, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: "was sent" in tab.form.message.text)
    [paper] = server.papers
    assert len(paper.lines[0].text) == 48
    assert "nothing was sold" in " ".join(paper.text.split())
    assert "É é è ê à â ç" in paper.text
    assert (paper.kicks, paper.cuts) == (1, 1)
    assert not tab.form.test.is_busy


def test_a_printer_that_is_off_is_told_in_the_form(qtbot, shop, tab):
    use_network(qtbot, tab, unused_port())
    tab.form.test.click()
    qtbot.waitUntil(lambda: tab.form.message.text.startswith("Nothing was printed."))
    assert not tab.form.test.is_busy
    assert tab.form.test.isEnabled()


def test_a_test_page_goes_to_a_printer_of_the_system_by_its_dialog(qtbot, tab, tmp_path):
    choose(tab.form.paper, ReceiptPaper.ROLL_58)
    tab.form.test.click()
    qtbot.waitUntil(lambda: "was sent to the printer" in tab.form.message.text)
    [size] = read_pdf("out", (tmp_path / "t.pdf").read_bytes()).sizes_mm
    assert abs(size.width() - 58) < 0.5
    assert not tab.desk.line.isVisible()


def test_a_printer_that_is_gone_is_named(qtbot, shop, tab):
    tab._context.preferences.printing = PrintChoices(receipt_printer="Old Epson")
    tab.refresh()
    assert tab.form.system_printer.currentData() == "Old Epson"
    tab.form.test.click()
    qtbot.waitUntil(lambda: "no printer “Old Epson”" in tab.form.message.text)


def test_receipts_at_once_need_a_printer_that_is_not_asked_for(qtbot, tab):
    choose(tab.form.after_payment, AfterPayment.PRINT)
    tab.form.save.click()
    assert "choose the printer" in tab.form.message.text
    assert tab._context.preferences.printing.after_payment is AfterPayment.OFFER

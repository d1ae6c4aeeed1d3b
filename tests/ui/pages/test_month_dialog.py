"""A month of invoices drawn through the dialog."""

import threading
import zipfile
from datetime import date

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from ui.gallery_shop import CASHIER, CLERK, open_sample_shop
from ui.pages.invoices.month_dialog import MonthDialog

TODAY = date(2026, 6, 28)


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def fill(shop, count):
    for number in range(count):
        shop.app.payments.record(
            CASHIER,
            RecordPayment(
                key=f"take-{number}",
                method=PaymentMethod.CASH,
                amount_minor=1_000 + number,
                tendered_minor=5_000,
                complete_now=True,
            ),
        )


def open_dialog(qtbot, shop, today=TODAY, **options):
    dialog = MonthDialog(shop.context(CLERK), today, **options)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def papers_in(shop):
    return sorted(shop.app.configuration.data_dir.glob("documents/invoices/2026/06/*.pdf"))


def test_a_month_is_drawn_with_progress_and_told(qtbot, shop):
    fill(shop, 7)
    dialog = open_dialog(qtbot, shop)
    steps = []
    dialog.line.bar.valueChanged.connect(steps.append)
    qtbot.keyClick(dialog, Qt.Key.Key_F12)
    assert not dialog.form.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.message.text), timeout=20_000)
    assert dialog.message.text == "7 invoices: 7 drawn now, 0 were there already."
    assert len(papers_in(shop)) == 7
    assert steps[-1] == 7
    assert not dialog.line.isVisible()
    dialog.start.click()
    qtbot.waitUntil(lambda: "0 drawn now, 7 were there" in dialog.message.text, timeout=20_000)


def test_cancel_keeps_what_was_drawn_and_the_month_goes_on_from_there(qtbot, shop):
    fill(shop, 30)
    dialog = open_dialog(qtbot, shop)
    held, go_on = threading.Event(), threading.Event()
    draw = shop.app.paper_months.draw_month

    def drawn_until_held(actor, year, month, progress):
        def report(done, total):
            if done == 10:
                held.set()
                go_on.wait(10)
            progress(done, total)

        return draw(actor, year, month, report)

    # The real job, held at its tenth paper until Cancel has been pressed.
    shop.app.paper_months.draw_month = drawn_until_held
    dialog.start.click()
    qtbot.waitUntil(held.is_set, timeout=20_000)
    assert dialog.line.isVisible()
    dialog.line.cancel_button.click()
    go_on.set()
    assert dialog.message.text.startswith("Stopped.")
    qtbot.waitUntil(lambda: not shop.tasks.is_busy, timeout=20_000)
    assert 1 <= len(papers_in(shop)) < 30
    shop.app.paper_months.draw_month = draw
    before = len(papers_in(shop))
    dialog.start.click()
    qtbot.waitUntil(lambda: f"{before} were there already" in dialog.message.text, timeout=20_000)
    assert len(papers_in(shop)) == 30


def test_escape_stops_the_work_first_and_closes_then(qtbot, shop):
    fill(shop, 3)
    dialog = open_dialog(qtbot, shop)
    dialog.start.click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("export", [1, 2, 3])
def test_a_month_is_written_out_for_an_accountant(qtbot, shop, tmp_path, export):
    fill(shop, 3)
    target = tmp_path / "out"
    dialog = open_dialog(qtbot, shop, ask_target=lambda _window, _export, _name, go: go(target))
    dialog.export.setCurrentIndex(export)
    dialog.start.click()
    qtbot.waitUntil(lambda: f"Written to {target}" in dialog.message.text, timeout=20_000)
    if export == 1:
        with pypdfium2.PdfDocument(target) as merged:
            assert len(merged) == 3
    elif export == 2:
        with zipfile.ZipFile(target) as archive:
            assert len(archive.namelist()) == 3
    else:
        assert len(list(target.glob("*.pdf"))) == 3


def test_enter_on_close_closes_and_draws_nothing(qtbot, shop):
    fill(shop, 1)
    dialog = open_dialog(qtbot, shop)
    dialog.close_button.setFocus()
    qtbot.keyClick(dialog.close_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert papers_in(shop) == []


def test_giving_up_the_choice_of_a_file_begins_nothing(qtbot, shop):
    fill(shop, 1)
    dialog = open_dialog(qtbot, shop, ask_target=lambda *_: None)
    dialog.export.setCurrentIndex(1)
    dialog.start.click()
    assert dialog.start.isEnabled()
    assert not shop.tasks.is_busy
    assert papers_in(shop) == []


def test_in_the_first_days_the_month_before_is_offered(qtbot, shop):
    dialog = open_dialog(qtbot, shop, date(2026, 7, 2))
    assert dialog.month.currentText() == "June 2026"
    dialog.month.setCurrentIndex(5)
    dialog.start.click()
    qtbot.waitUntil(lambda: "No invoice was issued" in dialog.message.text)

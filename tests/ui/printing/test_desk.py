"""Handing out from a page: the system's own dialog, progress, and Cancel."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.model.papers import HandoutChannel
from tests.ui.printing.papers import file_printer, into_file, long_invoice, receipt
from ui.gallery_shop import CLERK, open_sample_shop
from ui.printing import job
from ui.printing.desk import PaperSource, PrintDesk
from ui.printing.pdf_pages import read_pdf
from ui.printing.system_printer import ask_for_printer


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def desk_in(shop, window, **options) -> PrintDesk:
    desk = PrintDesk(shop.context(CLERK), window, **options)
    QVBoxLayout(window).addWidget(desk.line)
    return desk


def source_of(pdf, handed: list[HandoutChannel], *, is_receipt=False) -> PaperSource:
    def hand_out(channel: HandoutChannel) -> bytes:
        handed.append(channel)
        return pdf.content

    return PaperSource(pdf.title, lambda: pdf.content, hand_out, is_receipt)


def test_the_systems_dialog_opens_over_the_window_and_blocks_nothing(qtbot, shop, window, tmp_path):
    chosen = []
    printer = file_printer(tmp_path / "out.pdf")
    ask_for_printer(printer, 3, window, chosen.append)
    [dialog] = window.findChildren(QPrintDialog)
    assert dialog.isVisible()
    assert (dialog.minPage(), dialog.maxPage()) == (1, 3)
    assert dialog.testOption(QPrintDialog.PrintDialogOption.PrintPageRange)
    dialog.done(1)
    assert chosen == [printer]
    qtbot.waitUntil(lambda: not window.findChildren(QPrintDialog))


def test_giving_up_the_dialog_hands_out_nothing(qtbot, shop, window):
    handed: list[HandoutChannel] = []
    desk = desk_in(shop, window)
    desk.print(source_of(long_invoice(1), handed))
    qtbot.waitUntil(lambda: bool(window.findChildren(QPrintDialog)))
    window.findChildren(QPrintDialog)[0].reject()
    qtbot.waitUntil(lambda: not window.findChildren(QPrintDialog) and not shop.tasks.is_busy)
    assert handed == []
    assert not desk.line.isVisible()


def test_the_printer_is_offered_the_paper_s_own_size(qtbot, shop, window):
    offered: list[QPrinter] = []
    desk = desk_in(
        shop, window, ask_printer=lambda printer, _pages, _window, _go: offered.append(printer)
    )
    desk.print(source_of(receipt(), [], is_receipt=True))
    qtbot.waitUntil(lambda: len(offered) == 1)
    page = offered[0].pageLayout().pageSize()
    assert page.name() == "80 mm"
    assert offered[0].docName() == "Receipt 1"


def test_cancel_stops_a_long_job_and_the_window_goes_on_meanwhile(
    qtbot, shop, window, tmp_path, monkeypatch
):
    held, go_on = threading.Event(), threading.Event()
    draw = job._draw

    def held_at_the_second(painter, printer, pdf, page):
        if page == 1:
            held.set()
            go_on.wait(10)
        draw(painter, printer, pdf, page)

    # The real drawing, held at its second page until Cancel has been pressed.
    monkeypatch.setattr(job, "_draw", held_at_the_second)
    desk = desk_in(
        shop,
        window,
        ask_printer=lambda printer, _pages, _window, go: go(
            into_file(printer, tmp_path / "out.pdf", 72)
        ),
    )
    handed: list[HandoutChannel] = []
    desk.print(source_of(long_invoice(90), handed))
    qtbot.waitUntil(held.is_set, timeout=10_000)
    assert desk.line.isVisible()
    with qtbot.waitSignal(desk.told) as told:
        desk.line.cancel_button.click()
    assert "may still come out" in told.args[0]
    assert not desk.line.isVisible()
    go_on.set()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy, timeout=10_000)
    assert handed == [HandoutChannel.PRINT]


def test_progress_is_told_page_by_page(qtbot, shop, window, tmp_path):
    desk = desk_in(
        shop,
        window,
        ask_printer=lambda printer, _pages, _window, go: go(
            into_file(printer, tmp_path / "out.pdf", 72)
        ),
    )
    steps = []
    desk.line.bar.valueChanged.connect(steps.append)
    with qtbot.waitSignal(desk.told, timeout=10_000):
        desk.print(source_of(long_invoice(60), []))
    assert steps[-3:] == [1, 2, 3]
    assert len(read_pdf("out", (tmp_path / "out.pdf").read_bytes()).sizes_mm) == 3


def test_a_damaged_paper_is_told_and_hands_out_nothing(qtbot, shop, window):
    handed: list[HandoutChannel] = []
    source = PaperSource("Invoice 1", lambda: b"broken", lambda c: handed.append(c) or b"")
    desk = desk_in(shop, window)
    with qtbot.waitSignal(desk.failed) as failed:
        desk.print(source)
    assert "damaged" in failed.args[0].message
    assert handed == []

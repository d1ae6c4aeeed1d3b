"""Receipts from the cashier's desk: on the network, by the system, and the drawer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from core.model.papers import HandoutChannel, PaperKind
from core.model.payments import PaymentMethod
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import CompletePayment, RecordPayment
from tests.receipt_printer import PrinterServer, unused_port
from tests.ui.pages.small_shop import Shop, open_small_shop
from tests.ui.printing.papers import into_file
from ui.pages.cashier.page import CashierPage
from ui.printing.choices import AfterPayment, PrintChoices, ReceiptPaper, Way
from ui.printing.pdf_pages import read_pdf

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path / "shop")
    yield made
    made.close()


@pytest.fixture
def printer() -> Iterator[PrinterServer]:
    with PrinterServer() as server:
        yield server


@pytest.fixture
def page(qtbot, shop, tmp_path) -> Iterator[CashierPage]:
    made = CashierPage(
        shop.context("aline"),
        ask_printer=lambda chosen, _pages, _window, go: go(into_file(chosen, tmp_path / "out.pdf")),
    )
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    qtbot.waitUntil(lambda: made.is_settled and not shop.tasks.is_busy)
    made.activateWindow()
    yield made
    made.hide()


def use(page: CashierPage, **changes) -> None:
    preferences = page.context.preferences
    preferences.printing = replace(preferences.printing, **changes)


def use_network(page: CashierPage, port: int, **changes) -> None:
    use(page, way=Way.NETWORK, host="127.0.0.1", port=port, **changes)


def sell(qtbot, shop, page, amount="15000", gave="20000"):
    qtbot.keyClicks(page.form.amount.edit, amount)
    qtbot.keyClicks(page.form.cash.tendered.edit, gave)
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.strip.isVisible() and not page.form.confirm.is_busy)
    return page.strip.row


def pieces(shop, row):
    history = shop.app.handouts.history(shop.actor("claude"), PaperKind.RECEIPT, row.invoice_number)
    return [(piece.channel, piece.is_copy) for piece in history]


def test_a_cash_sale_s_receipt_is_printed_and_the_reprint_is_a_copy(qtbot, shop, page, printer):
    use_network(page, printer.port, paper=ReceiptPaper.ROLL_58)
    row = sell(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: page.strip.message.text == "Receipt printed.")
    assert page.strip.receipt.text() == "Print a copy (Ctrl+P)"
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: page.strip.message.text == "Copy of the receipt printed.")
    first, second = printer.papers
    assert f"RECEIPT {row.invoice_number}" in first.text.replace("\n", " ")
    assert "COPY" not in first.text
    assert "COPY" in second.text
    told = " ".join(first.text.split())
    for expected in ("15 000 RWF", "Cash received 20 000 RWF", "Change 5 000 RWF"):
        assert expected in told
    assert max(len(line.text) for line in first.lines) == 32
    assert first.qr == second.qr
    assert row.payment_id in first.qr[0]
    assert (first.cuts, first.kicks) == (1, 0)
    escpos = HandoutChannel.ESCPOS
    assert pieces(shop, row) == [(escpos, False), (escpos, True)]


def test_by_itself_a_receipt_comes_once_and_the_drawer_opens(qtbot, shop, page, printer):
    use_network(page, printer.port, after_payment=AfterPayment.PRINT, kicks_drawer=True)
    row = sell(qtbot, shop, page)
    qtbot.waitUntil(lambda: page.strip.message.text == "Receipt printed.")
    page._show_on_strip(row)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    [paper] = printer.papers
    assert paper.kicks == 1
    assert pieces(shop, row) == [(HandoutChannel.ESCPOS, False)]


def test_the_drawer_opens_for_cash_alone_and_is_written_down(qtbot, shop, page, printer):
    use_network(page, printer.port, kicks_drawer=True)
    row = sell(qtbot, shop, page)
    qtbot.waitUntil(lambda: len(printer.received) == 1)
    [paper] = printer.papers
    assert (paper.kicks, paper.lines) == (1, [])
    assert pieces(shop, row) == []
    detail = shop.app.payment_lists.detail(shop.actor("marie"), row.payment_id)
    assert "drawer:opened" in [entry.action for entry in detail.history]
    card = shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key="card",
            method=PaymentMethod.CARD,
            amount_minor=5_000,
            card_approval_code="A1",
            complete_now=True,
        ),
    )
    page._show_on_strip(card)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert len(printer.received) == 1


def test_a_printer_that_is_off_is_told_and_trying_again_prints_the_original(
    qtbot, shop, page, printer
):
    use_network(page, unused_port())
    row = sell(qtbot, shop, page)
    page.strip.receipt.click()
    qtbot.waitUntil(lambda: page.strip.message.text.startswith("Nothing was printed."))
    assert page.strip.receipt.text() == "Try again (Ctrl+P)"
    use_network(page, printer.port)
    page.strip.receipt.click()
    qtbot.waitUntil(lambda: page.strip.message.text == "Receipt printed.")
    [paper] = printer.papers
    assert "COPY" not in paper.text
    assert pieces(shop, row) == [(HandoutChannel.ESCPOS, False)]


def test_a_receipt_that_may_have_come_out_is_a_copy_the_next_time(qtbot, shop, page, printer):
    with PrinterServer(hang_up_after=200) as broken:
        use_network(page, broken.port)
        row = sell(qtbot, shop, page)
        page.strip.receipt.click()
        qtbot.waitUntil(lambda: bool(page.strip.message.text))
    # Whether the break is noticed is the network's affair; that nothing is promised is ours.
    use_network(page, printer.port)
    page.strip.receipt.click()
    qtbot.waitUntil(lambda: page.strip.message.text == "Copy of the receipt printed.")
    assert [is_copy for _, is_copy in pieces(shop, row)] == [False, True]


def test_what_becomes_of_an_earlier_receipt_is_told_beside_the_strip(qtbot, shop, page):
    use_network(page, unused_port())
    first = sell(qtbot, shop, page)
    second = shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key="next", method=PaymentMethod.CASH, amount_minor=500, tendered_minor=500,
            complete_now=True,
        ),
    )  # fmt: skip
    with qtbot.waitSignal(page.notice_raised) as told:
        page.receipts.print(first)
        page._show_on_strip(second)
    assert told.args[0].startswith(f"{first.invoice_number}: Nothing was printed.")
    assert page.strip.message.text == ""
    assert not page.strip.receipt.is_busy


def test_a_receipt_goes_to_a_printer_of_the_system_by_its_dialog(qtbot, shop, page, tmp_path):
    row = sell(qtbot, shop, page)
    page.strip.paper_actions[ReceiptPaper.ROLL_58].trigger()
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: "was sent to the printer" in page.strip.message.text)
    [size] = read_pdf("out", (tmp_path / "out.pdf").read_bytes()).sizes_mm
    assert abs(size.width() - 58) < 0.5
    assert pieces(shop, row) == [(HandoutChannel.PRINT, False)]
    assert page.context.preferences.printing.paper is ReceiptPaper.ROLL_58


def test_a4_goes_by_the_system_even_where_receipts_go_to_the_network(qtbot, shop, page, tmp_path):
    use_network(page, unused_port(), paper=ReceiptPaper.A4)
    sell(qtbot, shop, page)
    page.strip.receipt.click()
    qtbot.waitUntil(lambda: "was sent to the printer" in page.strip.message.text)
    [size] = read_pdf("out", (tmp_path / "out.pdf").read_bytes()).sizes_mm
    assert round(size.width()) == 210


def test_a_payment_confirmed_later_gets_its_receipt_as_well(qtbot, shop, page, printer):
    use_network(page, printer.port, after_payment=AfterPayment.PRINT)
    waiting = shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(key="bank", method=PaymentMethod.BANK_TRANSFER, amount_minor=9_000),
    )
    page._tell(waiting)
    assert not page.strip.receipt.isVisible()
    done = shop.app.payments.complete(
        shop.actor("aline"),
        CompletePayment(key="seen", payment_id=waiting.payment_id, transaction_id="FT1"),
    )
    page._tell(done)
    qtbot.waitUntil(lambda: page.strip.message.text == "Receipt printed.")
    assert len(shop.app.payment_lists.page(shop.actor("marie"), PaymentFilter()).rows) == 1


def test_a_receipt_can_be_kept_as_a_file(qtbot, shop, tmp_path):
    page = CashierPage(shop.context("aline"))
    qtbot.addWidget(page)
    page.print_desk._ask_path = lambda _window, name, go: go(tmp_path / name)
    page.resize(1200, 760)
    page.show()
    qtbot.waitUntil(lambda: page.is_settled and not shop.tasks.is_busy)
    row = sell(qtbot, shop, page)
    page.strip.save_pdf.trigger()
    qtbot.waitUntil(lambda: page.strip.message.text.startswith("Saved as"))
    with pypdfium2.PdfDocument(tmp_path / f"Receipt {row.invoice_number}.pdf") as document:
        assert row.invoice_number in document[0].get_textpage().get_text_bounded()
    page.hide()


def test_a_desk_starts_with_the_paper_it_remembers(qtbot, shop):
    context = shop.context("aline")
    context.preferences.printing = PrintChoices(paper=ReceiptPaper.A4)
    page = CashierPage(context)
    qtbot.addWidget(page)
    assert page.strip.papers.text() == "A4"
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)

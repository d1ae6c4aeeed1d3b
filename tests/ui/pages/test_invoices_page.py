"""The invoices page through its own widgets, on a real shop."""

from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPageRanges
from PySide6.QtPrintSupport import QPrinter

from core.model.papers import HandoutChannel, PaperKind
from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import CarryOutRefund, RequestRefund
from tests.ui.printing.papers import alike, darkness, into_file
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.models.roles import DISPLAY
from ui.pages.invoices.details import PaperAct
from ui.pages.invoices.fiscal_dialog import FiscalDialog
from ui.pages.invoices.page import InvoicesPage
from ui.printing.pdf_pages import read_pdf
from ui.printing.preview_dialog import PreviewDialog

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def take(shop, number, name, method=PaymentMethod.CASH, *, complete=True):
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=method,
            amount_minor=11_800,
            customer_name=name,
            tendered_minor=11_800 if complete else None,
            complete_now=complete,
        ),
    )


def refund(shop, payment, number=1):
    asked = shop.app.refunds.request(
        CASHIER, RequestRefund(f"ask-{number}", payment.payment_id, 5_000, "One was broken")
    )
    shop.app.refunds.approve(MANAGER, asked.refund_id)
    return shop.app.refunds.carry_out(
        CASHIER, CarryOutRefund(f"out-{number}", asked.refund_id, "till")
    )


def open_page(qtbot, shop, opener=lambda _url: True, actor=CLERK, **options):
    page = InvoicesPage(shop.context(actor), opener=opener, **options)
    qtbot.addWidget(page)
    page.resize(1200, 760)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    page.activateWindow()
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(lambda: page.pane.model.is_answered and not shop.tasks.is_busy)


def choose(qtbot, shop, page, number=0):
    page.pane.table.selectRow(number)
    settle(qtbot, shop, page)


def row(pane, number):
    return [pane.model.index(number, c).data(DISPLAY) for c in range(pane.model.columnCount())]


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def preview_of(qtbot, page) -> PreviewDialog:
    qtbot.waitUntil(lambda: bool(page.findChildren(PreviewDialog)))
    [dialog] = page.findChildren(PreviewDialog)
    qtbot.waitUntil(lambda: dialog.preview.is_drawn)
    return dialog


def test_an_invoice_shows_where_it_stands_and_its_sums(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    shown = row(page.invoices, 0)
    assert shown[0] == payment.invoice_number
    assert shown[2:8] == [
        "Jean", "Paid", "11\u202f800", "1\u202f800", "10\u202f000", "Cash",
    ]  # fmt: skip
    assert shown[-1] == "made when opened"


def test_enter_shows_the_paper_and_hands_nothing_out(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    assert "the original" in page.invoices.detail.copies.text()
    page.invoices.table.setFocus()
    qtbot.keyClick(page.invoices.table, Qt.Key.Key_Return)
    dialog = preview_of(qtbot, page)
    assert payment.invoice_number in text_of(dialog.preview.pdf.content)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert shop.app.handouts.history(CLERK, PaperKind.INVOICE, payment.invoice_number) == ()


def test_ctrl_p_prints_the_original_and_then_a_copy(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")
    files = iter((tmp_path / "first.pdf", tmp_path / "second.pdf"))
    page = open_page(
        qtbot,
        shop,
        ask_printer=lambda printer, _pages, _window, go: go(into_file(printer, next(files))),
    )
    choose(qtbot, shop, page)
    for _ in range(2):
        with qtbot.waitSignal(page.notice_raised) as told:
            qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
        assert "was sent to the printer" in told.args[0]
    history = shop.app.handouts.history(CLERK, PaperKind.INVOICE, payment.invoice_number)
    assert [(piece.channel, piece.is_copy) for piece in history] == [
        (HandoutChannel.PRINT, False),
        (HandoutChannel.PRINT, True),
    ]
    first, second = (
        read_pdf("out", (tmp_path / f"{name}.pdf").read_bytes()) for name in ("first", "second")
    )
    kept = shop.app.invoices.pdf(CLERK, payment.payment_id).read_bytes()
    assert alike(darkness(first), darkness(read_pdf("kept", kept)))
    heading = slice(0, 24 * 12)  # the word COPY stands in the uppermost fifth
    assert darkness(first)[heading] != darkness(second)[heading]
    qtbot.waitUntil(lambda: "marked COPY" in page.invoices.detail.copies.text())


def test_two_pieces_of_one_job_are_an_original_and_a_copy(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")

    def ask(printer: QPrinter, pages, _window, go):
        assert pages == 1
        into_file(printer, tmp_path / "out.pdf").setCopyCount(2)
        go(printer)

    page = open_page(qtbot, shop, ask_printer=ask)
    choose(qtbot, shop, page)
    with qtbot.waitSignal(page.notice_raised):
        page.invoices.detail.buttons[PaperAct.PRINT].click()
    history = shop.app.handouts.history(CLERK, PaperKind.INVOICE, payment.invoice_number)
    assert [piece.is_copy for piece in history] == [False, True]


def test_a_job_that_certainly_failed_is_printed_again_as_it_was(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")

    def ask(printer: QPrinter, _pages, _window, go):
        printer.setPrintRange(QPrinter.PrintRange.PageRange)
        wanted = "9" if not (tmp_path / "tried").exists() else "1"
        (tmp_path / "tried").touch()
        printer.setPageRanges(QPageRanges.fromString(wanted))
        go(into_file(printer, tmp_path / "out.pdf"))

    page = open_page(qtbot, shop, ask_printer=ask)
    choose(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: page.bar.text.startswith("Nothing was printed."))
    with qtbot.waitSignal(page.notice_raised):
        qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    history = shop.app.handouts.history(CLERK, PaperKind.INVOICE, payment.invoice_number)
    assert [piece.is_copy for piece in history] == [False]


def test_a_kept_file_is_handed_out_too(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")
    asked = []
    page = open_page(
        qtbot,
        shop,
        ask_path=lambda _window, name, go: (asked.append(name), go(tmp_path / name)),
    )
    choose(qtbot, shop, page)
    for _ in range(2):
        with qtbot.waitSignal(page.notice_raised):
            qtbot.keyClick(page, Qt.Key.Key_S, CONTROL)
    content = (tmp_path / asked[0]).read_bytes()
    assert f"INVOICE · COPY {payment.invoice_number}" in " ".join(text_of(content).split())


def test_a_file_that_cannot_be_written_is_told(qtbot, shop, tmp_path):
    take(shop, 1, "Jean")
    page = open_page(
        qtbot, shop, ask_path=lambda _window, name, go: go(tmp_path / "no such folder" / name)
    )
    choose(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: page.bar.text.startswith("Nothing was saved"))


def test_the_receipt_of_an_invoice_comes_from_its_page_too(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")
    page = open_page(
        qtbot,
        shop,
        ask_printer=lambda printer, _pages, _window, go: go(
            into_file(printer, tmp_path / "out.pdf")
        ),
    )
    choose(qtbot, shop, page)
    with qtbot.waitSignal(page.notice_raised):
        page.invoices.detail.buttons[PaperAct.RECEIPT].click()
    [piece] = shop.app.handouts.history(CLERK, PaperKind.RECEIPT, payment.invoice_number)
    assert not piece.is_copy
    [size] = read_pdf("out", (tmp_path / "out.pdf").read_bytes()).sizes_mm
    assert abs(size.width() - 80) < 0.5


def test_ctrl_o_opens_the_file_in_the_systems_program(qtbot, shop):
    take(shop, 1, "Jean")
    opened = []
    page = open_page(qtbot, shop, lambda url: opened.append(url) or True)
    choose(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_O, CONTROL)
    qtbot.waitUntil(lambda: bool(opened), timeout=10_000)
    assert Path(opened[0].toLocalFile()).read_bytes().startswith(b"%PDF-")


def test_a_desk_without_a_pdf_program_is_told_where_the_file_lies(qtbot, shop):
    take(shop, 1, "Jean")
    page = open_page(qtbot, shop, lambda _url: False)
    choose(qtbot, shop, page)
    page.invoices.detail.buttons[PaperAct.OPEN].click()
    qtbot.waitUntil(lambda: "The paper lies at" in page.bar.text, timeout=10_000)


def test_the_search_finds_by_customer_and_can_be_cleared(qtbot, shop):
    take(shop, 1, "Jean")
    take(shop, 2, "Claire")
    page = open_page(qtbot, shop)
    pane = page.invoices
    qtbot.keyClicks(pane.list.bar.search, "jea")
    qtbot.keyClick(pane.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1 and row(pane, 0)[2] == "Jean")
    qtbot.keyClicks(pane.list.bar.search, "xx")
    qtbot.keyClick(pane.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.list.stack.currentWidget() is pane.list.no_results)
    pane.list.no_results.button.click()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)
    assert pane.list.stack.currentWidget() is pane.table


def names_in(qtbot, shop, page, **chosen):
    chosen = {key: frozenset(values) for key, values in chosen.items()}
    page.pane.list.show_values(FilterValues.choosing(**chosen))
    settle(qtbot, shop, page)
    return sorted(row(page.pane, n)[2] for n in range(page.pane.model.rowCount()))


def test_states_and_days_of_issue_filter_the_list(qtbot, shop):
    bank = PaymentMethod.BANK_TRANSFER
    take(shop, 1, "paid")
    given_up = take(shop, 2, "void", bank, complete=False)
    late = take(shop, 3, "overdue", bank, complete=False)
    for payment in (given_up, late):
        shop.app.invoices.generate(CLERK, payment.payment_id)
    shop.app.payments.cancel(MANAGER, given_up.payment_id, note="Changed their mind")
    shop.clock.now += timedelta(days=40)
    awaited = take(shop, 4, "unpaid", bank, complete=False)
    shop.app.invoices.generate(CLERK, awaited.payment_id)
    page = open_page(qtbot, shop)
    assert names_in(qtbot, shop, page, states=["overdue"]) == ["overdue"]
    assert names_in(qtbot, shop, page, states=["unpaid", "void"]) == ["unpaid", "void"]
    assert names_in(qtbot, shop, page, issued=["2026-06-01..2026-07-05"]) == [
        "overdue",
        "paid",
        "void",
    ]
    assert names_in(qtbot, shop, page, issued=["week"], states=["paid"]) == []
    assert page.pane.list.stack.currentWidget() is page.pane.list.no_results
    assert names_in(qtbot, shop, page) == ["overdue", "paid", "unpaid", "void"]


def test_an_unpaid_invoice_has_no_receipt_and_says_why(qtbot, shop):
    payment = take(shop, 1, "Jean", PaymentMethod.BANK_TRANSFER, complete=False)
    shop.app.invoices.generate(CLERK, payment.payment_id)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    assert not page.invoices.detail.buttons[PaperAct.RECEIPT].isEnabled()
    assert "once the invoice is paid" in page.invoices.detail.reason.text()
    with qtbot.waitSignal(page.notice_raised):
        qtbot.keyClick(page, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)


def test_credit_notes_have_a_list_of_their_own_with_their_papers(qtbot, shop, tmp_path):
    payment = take(shop, 1, "Jean")
    refund(shop, payment)
    page = open_page(
        qtbot,
        shop,
        ask_printer=lambda printer, _pages, _window, go: go(
            into_file(printer, tmp_path / "note.pdf")
        ),
    )
    page.tabs.setCurrentIndex(1)
    settle(qtbot, shop, page)
    shown = row(page.credit_notes, 0)
    assert shown[0].startswith("CN-")
    assert shown[4] == "5\u202f000"
    assert payment.invoice_number in shown
    choose(qtbot, shop, page)
    assert page.credit_notes.detail.isVisible()
    page.credit_notes.table.setFocus()
    qtbot.keyClick(page.credit_notes.table, Qt.Key.Key_Return)
    dialog = preview_of(qtbot, page)
    assert "CREDIT NOTE" in text_of(dialog.preview.pdf.content)
    with qtbot.waitSignal(page.notice_raised):
        dialog.print_button.click()
    assert read_pdf("note", (tmp_path / "note.pdf").read_bytes()).sizes_mm
    [piece] = shop.app.handouts.history(CLERK, PaperKind.CREDIT_NOTE, shown[0])
    assert not piece.is_copy


def test_a_number_from_elsewhere_opens_the_list_it_is_in(qtbot, shop):
    payment = take(shop, 1, "Jean")
    refund(shop, payment)
    page = open_page(qtbot, shop)
    page.open_item("CN-2026")
    settle(qtbot, shop, page)
    assert page.pane is page.credit_notes
    assert page.pane.model.rowCount() == 1
    page.open_item(payment.invoice_number)
    settle(qtbot, shop, page)
    assert page.pane is page.invoices


def test_the_fiscal_number_is_typed_and_its_code_scanned(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_B, CONTROL)
    [dialog] = page.findChildren(FiscalDialog)
    qtbot.keyClicks(dialog.receipt_number, "1234 / 1300 NS")
    dialog.signature.setFocus()
    code = "https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data="
    qtbot.keyClicks(dialog.signature, f"{code}10234567800TE68SLA234J5EAV3")
    with qtbot.waitSignal(page.notice_raised):
        qtbot.keyClick(dialog.signature, Qt.Key.Key_Return)
    expected = {
        ("Fiscal number (EBM)", "1234/1300 NS"),
        ("Fiscal signature", "TE68-SLA2-34J5-EAV3"),
    }
    qtbot.waitUntil(lambda: expected <= set(page.invoices.detail.facts.facts))
    drawn = text_of(shop.app.invoices.pdf(CLERK, payment.payment_id).read_bytes())
    assert "1234/1300 NS" in drawn
    assert "tax receipt" not in drawn.lower()


def test_a_fiscal_number_that_cannot_be_is_told_in_the_form(qtbot, shop):
    take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_B, CONTROL)
    [dialog] = page.findChildren(FiscalDialog)
    qtbot.keyClicks(dialog.signature, "ABC")
    qtbot.keyClick(dialog, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: dialog.message.text.startswith("Nothing was changed."))
    assert dialog.signature.text() == "ABC"


def test_an_empty_shop_says_where_papers_come_from(qtbot, shop):
    page = open_page(qtbot, shop)
    assert page.pane.list.stack.currentWidget() is page.pane.list.none_at_all
    page.tabs.setCurrentIndex(1)
    settle(qtbot, shop, page)
    assert "refund" in page.pane.list.none_at_all.sentence.text()


def test_show_payment_asks_for_the_papers_payment(qtbot, shop):
    payment = take(shop, 1, "Jean")
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(page, Qt.Key.Key_J, CONTROL)
    assert asked.args == [payment.payment_id]

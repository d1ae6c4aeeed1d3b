"""The credit note of a refund, from the refunds page."""

import pypdfium2
from PySide6.QtCore import Qt

from core.model.papers import PaperKind
from core.services.refunds.service import CarryOutRefund
from tests.ui.pages.test_refunds_page import ask, choose, dialog_of, settle, shop
from tests.ui.printing.papers import into_file
from ui.gallery_shop import CASHIER, CLERK, MANAGER
from ui.pages.refunds.detail import RefundAct
from ui.pages.refunds.page import RefundsPage
from ui.printing.preview_dialog import PreviewDialog

__all__ = ["shop"]

CONTROL = Qt.KeyboardModifier.ControlModifier


def open_page(qtbot, shop, **options):
    page = RefundsPage(shop.context(MANAGER), **options)
    qtbot.addWidget(page)
    page.resize(1200, 760)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def test_a_refund_paid_back_shows_and_prints_its_credit_note(qtbot, shop, tmp_path):
    asked = ask(shop)
    shop.app.refunds.approve(MANAGER, asked.refund_id)
    shop.app.refunds.carry_out(CASHIER, CarryOutRefund("out", asked.refund_id, "till"))
    page = open_page(
        qtbot,
        shop,
        ask_printer=lambda printer, _pages, _window, go: go(
            into_file(printer, tmp_path / "note.pdf")
        ),
    )
    page.tabs.setCurrentIndex(2)
    settle(qtbot, shop, page)
    choose(qtbot, shop, page)
    assert page.detail.buttons[RefundAct.CREDIT_NOTE].isVisible()
    qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    dialog = dialog_of(qtbot, page, PreviewDialog)
    with pypdfium2.PdfDocument(dialog.preview.pdf.content) as document:
        told = document[0].get_textpage().get_text_bounded()
    assert "CREDIT NOTE" in told
    assert "Wrong article" in told
    with qtbot.waitSignal(page.notice_raised) as printed:
        qtbot.keyClick(dialog.preview, Qt.Key.Key_P, CONTROL)
    assert "Credit note CN-" in printed.args[0]
    number = page.detail.refund.credit_note_number
    [piece] = shop.app.handouts.history(CLERK, PaperKind.CREDIT_NOTE, number)
    assert not piece.is_copy
    assert (tmp_path / "note.pdf").exists()


def test_a_refund_that_waits_has_no_credit_note_yet(qtbot, shop):
    ask(shop)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page)
    assert not page.detail.buttons[RefundAct.CREDIT_NOTE].isVisible()
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(page, Qt.Key.Key_P, CONTROL)
    assert "once the money went back" in told.args[0]

"""Pictures of the invoices page and its dialogs, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from core.model.papers import HandoutChannel, PaperKind
from core.services.papers.fiscal import FiscalMark
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import (
    CLERK,
    MANAGER,
    SampleShop,
    close_shop,
    in_sample_shop,
    is_settled,
)
from ui.lists.filter_values import FilterValues
from ui.pages.invoices.fiscal_dialog import FiscalDialog
from ui.pages.invoices.month_dialog import MonthDialog
from ui.pages.invoices.page import InvoicesPage
from ui.theme import Theme

_CODE = "https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data=102345678"
_TODAY = date(2026, 7, 1)


def _filled(shop: SampleShop) -> InvoicesPage:
    _mark_some(shop)
    page = InvoicesPage(shop.context())
    pane = page.invoices
    pane.model.dataChanged.connect(lambda: pane.table.selectRow(1))
    return page


def _mark_some(shop: SampleShop) -> None:
    """Let papers stand in every state, two with fiscal numbers, one handed out twice."""
    app = shop.app
    waiting = app.payment_lists.waiting(MANAGER)
    for payment in waiting[:3]:
        app.invoices.generate(CLERK, payment.payment_id)
    app.payments.cancel(MANAGER, waiting[0].payment_id, note="The customer changed their mind")
    found = app.invoices.page(CLERK, limit=8).rows
    for number, row in enumerate(found[3:6]):
        app.fiscal.record_fiscal(
            CLERK,
            PaperKind.INVOICE,
            row.invoice_number,
            f"{120 + number}/{4300 + number} NS",
            f"TE{number}8SLA234J5EAV3",
        )
    for _ in range(2):
        app.handouts.hand_out(
            CLERK, PaperKind.INVOICE, found[1].invoice_number, HandoutChannel.PRINT
        )


def _overdue(shop: SampleShop) -> QWidget:
    page = _filled(shop)
    page.invoices.list.show_values(
        FilterValues.choosing(states=frozenset({"unpaid", "void", "credited"}))
    )
    return page


def _credit_notes(shop: SampleShop) -> QWidget:
    page = InvoicesPage(shop.context())
    page.tabs.setCurrentIndex(1)
    pane = page.credit_notes
    pane.model.dataChanged.connect(lambda: pane.table.selectRow(0))
    return page


def _no_results(shop: SampleShop) -> QWidget:
    page = InvoicesPage(shop.context())
    page.open_item("INV-1999")
    return page


def _month(shop: SampleShop) -> QWidget:
    dialog = MonthDialog(shop.context(), _TODAY)
    dialog.line.show_step("Drawing June 2026… 1 204 / 4 310", 1_204, 4_310)
    return dialog


def _month_done(shop: SampleShop) -> QWidget:
    dialog = MonthDialog(shop.context(), _TODAY)
    dialog.start.click()
    return dialog


def _fiscal(_shop: SampleShop) -> QWidget:
    dialog = FiscalDialog(PaperKind.INVOICE, "INV-20260630-00007", FiscalMark())
    dialog.receipt_number.setText("1234/1300 NS")
    dialog.signature.setText(f"{_CODE}00TE68SLA234J5EAV3")
    dialog.collect()
    return dialog


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    payments: int = 48,
    columns: int = 154,
    lines: int = 42,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("invoices", _filled),
    _screen("invoices-narrow", _filled, columns=128, lines=40),
    _screen("invoices-states", _overdue),
    _screen("invoices-credit-notes", _credit_notes),
    _screen("invoices-empty", lambda shop: InvoicesPage(shop.context()), payments=0),
    _screen("invoices-no-results", _no_results),
    _screen("invoices-month", _month, payments=0, columns=84, lines=22),
    _screen("invoices-month-done", _month_done, columns=84, lines=22),
    _screen("invoices-fiscal", _fiscal, payments=0),
]

"""What the lists of papers show in which column, titled in the user's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from core.clock import shop_time
from core.services.papers.listed_papers import (
    CreditNoteColumn,
    InvoiceColumn,
    ListedCreditNote,
    ListedInvoice,
)
from ui.models.columns import amount_column, badge_column
from ui.models.table import Column

translate = QCoreApplication.translate
PaperT = TypeVar("PaperT", ListedInvoice, ListedCreditNote)


def invoice_columns() -> tuple[Column[ListedInvoice], ...]:
    """Return the columns of invoices."""
    return (
        _text(
            InvoiceColumn.NUMBER, translate("InvoicesPage", "Number"), lambda row: row.number, 18
        ),
        _text(
            InvoiceColumn.ISSUED,
            translate("InvoicesPage", "Date"),
            lambda row: row.stored_issued_date,
            11,
        ),
        _text(
            InvoiceColumn.CUSTOMER,
            translate("InvoicesPage", "Customer"),
            lambda row: row.customer_name,
            17,
            grows=True,
        ),
        badge_column(
            InvoiceColumn.STATE,
            translate("InvoicesPage", "State"),
            "invoice",
            lambda row: row.state,
            sortable=True,
            width=11,
        ),
        _amount(InvoiceColumn.TOTAL, translate("InvoicesPage", "Total"), lambda r: r.total_minor),
        _amount(InvoiceColumn.TAX, translate("InvoicesPage", "VAT"), lambda r: r.tax_minor),
        _amount(
            InvoiceColumn.SUBTOTAL,
            translate("InvoicesPage", "Without VAT"),
            lambda row: row.subtotal_minor,
            12,
        ),
        badge_column(
            InvoiceColumn.METHOD,
            translate("InvoicesPage", "Method"),
            "method",
            lambda row: row.payment_method,
            sortable=True,
            width=11,
        ),
        _sent_column(),
        _text(
            InvoiceColumn.FISCAL,
            translate("InvoicesPage", "EBM"),
            lambda row: row.ebm_receipt_number,
            14,
        ),
        _pdf_column(),
    )


def credit_note_columns() -> tuple[Column[ListedCreditNote], ...]:
    """Return the columns of credit notes."""
    return (
        _text(
            CreditNoteColumn.NUMBER, translate("InvoicesPage", "Number"), lambda row: row.number, 17
        ),
        _text(
            CreditNoteColumn.ISSUED,
            translate("InvoicesPage", "Date"),
            lambda row: row.stored_issued_date,
            11,
        ),
        _text(
            CreditNoteColumn.CUSTOMER,
            translate("InvoicesPage", "Customer"),
            lambda row: row.customer_name,
            17,
        ),
        badge_column(
            CreditNoteColumn.METHOD,
            translate("InvoicesPage", "Method"),
            "method",
            lambda row: row.payment_method,
            sortable=True,
            width=11,
        ),
        _amount(
            CreditNoteColumn.AMOUNT,
            translate("InvoicesPage", "Given back"),
            lambda row: row.amount_minor,
            11,
        ),
        _amount(
            CreditNoteColumn.TAX,
            translate("InvoicesPage", "VAT in it"),
            lambda row: row.tax_minor,
            11,
        ),
        _text(
            CreditNoteColumn.INVOICE,
            translate("InvoicesPage", "Of invoice"),
            lambda row: row.invoice_number,
            18,
        ),
        Column(
            CreditNoteColumn.REASON,
            translate("InvoicesPage", "Reason"),
            lambda row: row.reason,
            tool_tip=lambda row: row.reason,
            sortable=True,
            width=24,
            grows=True,
        ),
        _text(
            CreditNoteColumn.FISCAL,
            translate("InvoicesPage", "EBM"),
            lambda row: row.ebm_receipt_number,
            14,
        ),
    )


def _text(
    key: str, title: str, shown: Callable[[PaperT], str], width: int, *, grows: bool = False
) -> Column[PaperT]:
    return Column(key, title, shown, sortable=True, width=width, grows=grows)


def _amount(
    key: str, title: str, amount_minor: Callable[[PaperT], int], width: int = 9
) -> Column[PaperT]:
    return amount_column(
        key,
        title,
        amount_minor,
        currency=lambda row: row.currency,
        sortable=True,
        width=width,
    )


def _sent_column() -> Column[ListedInvoice]:
    return Column(
        InvoiceColumn.SENT,
        translate("InvoicesPage", "Sent"),
        lambda row: f"{shop_time(at):%Y-%m-%d}" if (at := row.sent_at) else "",
        sortable=True,
        width=11,
    )


def _pdf_column() -> Column[ListedInvoice]:
    return Column(
        InvoiceColumn.PDF,
        translate("InvoicesPage", "PDF"),
        lambda row: (
            translate("InvoicesPage", "ready")
            if row.pdf_file
            else translate("InvoicesPage", "made when opened")
        ),
        tone=lambda row: None if row.pdf_file else "text_muted",
        sortable=True,
        width=17,
    )

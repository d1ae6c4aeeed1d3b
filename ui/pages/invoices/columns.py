"""What the lists of papers show in which column, titled in the user's language."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.services.papers.lists import CreditNoteRow, InvoiceListRow
from ui.models.columns import amount_column, badge_column
from ui.models.table import Column

translate = QCoreApplication.translate


def invoice_columns() -> tuple[Column[InvoiceListRow], ...]:
    """Return the columns of invoices."""

    def text(
        key: str, title: str, shown: Callable[[InvoiceListRow], str], width: int
    ) -> Column[InvoiceListRow]:
        return Column(key, title, shown, width=width)

    def amount(key: str, title: str, field: str, width: int = 9) -> Column[InvoiceListRow]:
        return amount_column(
            key,
            title,
            lambda row: int(getattr(row.invoice, field)),
            currency=lambda row: row.invoice.currency,
            width=width,
        )

    return (
        text("invoice_number", translate("InvoicesPage", "Number"), lambda row: row.number, 18),
        text(
            "issued_date",
            translate("InvoicesPage", "Date"),
            lambda row: row.invoice.issued_date.isoformat(),
            11,
        ),
        text(
            "customer_name",
            translate("InvoicesPage", "Customer"),
            lambda row: row.invoice.customer_name,
            17,
        ),
        badge_column(
            "state",
            translate("InvoicesPage", "State"),
            "invoice",
            lambda row: row.state,
            width=11,
        ),
        amount("total", translate("InvoicesPage", "Total"), "total_minor"),
        amount("tax", translate("InvoicesPage", "VAT"), "tax_minor"),
        amount("subtotal", translate("InvoicesPage", "Without VAT"), "subtotal_minor", 11),
        badge_column(
            "payment_method",
            translate("InvoicesPage", "Method"),
            "method",
            lambda row: row.invoice.payment_method,
            width=11,
        ),
        text("ebm", translate("InvoicesPage", "EBM"), lambda row: row.ebm_receipt_number, 14),
        _pdf_column(),
    )


def _pdf_column() -> Column[InvoiceListRow]:
    return Column(
        "pdf_file",
        translate("InvoicesPage", "PDF"),
        lambda row: (
            translate("InvoicesPage", "ready")
            if row.invoice.pdf_file
            else translate("InvoicesPage", "made when opened")
        ),
        tone=lambda row: None if row.invoice.pdf_file else "text_muted",
        width=17,
    )


def credit_note_columns() -> tuple[Column[CreditNoteRow], ...]:
    """Return the columns of credit notes."""

    def amount(key: str, title: str, field: str) -> Column[CreditNoteRow]:
        return amount_column(
            key,
            title,
            lambda row: int(getattr(row, field)),
            currency=lambda row: row.currency,
            width=11,
        )

    return (
        Column("number", translate("InvoicesPage", "Number"), lambda row: row.number, width=17),
        Column(
            "issued_date",
            translate("InvoicesPage", "Date"),
            lambda row: row.issued_date.isoformat(),
            width=11,
        ),
        Column(
            "customer_name",
            translate("InvoicesPage", "Customer"),
            lambda row: row.customer_name,
            width=17,
        ),
        badge_column(
            "payment_method",
            translate("InvoicesPage", "Method"),
            "method",
            lambda row: row.payment_method,
            width=11,
        ),
        amount("amount", translate("InvoicesPage", "Given back"), "amount_minor"),
        amount("tax", translate("InvoicesPage", "VAT in it"), "tax_minor"),
        Column(
            "invoice_number",
            translate("InvoicesPage", "Of invoice"),
            lambda row: row.invoice_number,
            width=18,
        ),
        Column(
            "reason",
            translate("InvoicesPage", "Reason"),
            lambda row: row.reason,
            tool_tip=lambda row: row.reason,
            width=24,
        ),
        Column(
            "ebm",
            translate("InvoicesPage", "EBM"),
            lambda row: row.ebm_receipt_number,
            width=14,
        ),
    )

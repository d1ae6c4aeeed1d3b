"""The columns of the refunds table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.services.refunds.pages import ListedRefund, RefundColumn
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column

translate = QCoreApplication.translate


def refund_columns() -> tuple[Column[ListedRefund], ...]:
    """Return the columns, titled in the user's language."""
    return (*_what_is_asked(), *_who_and_how())


def _what_is_asked() -> tuple[Column[ListedRefund], ...]:
    return (
        badge_column(
            RefundColumn.STATUS,
            translate("RefundColumns", "State"),
            "refund",
            lambda row: row.status,
            sortable=True,
        ),
        time_column(
            RefundColumn.REQUESTED,
            translate("RefundColumns", "Asked"),
            lambda row: row.requested_at,
            sortable=True,
        ),
        amount_column(
            RefundColumn.AMOUNT,
            translate("RefundColumns", "Amount"),
            lambda row: row.refund_amount_minor,
            currency=lambda row: row.currency,
            sortable=True,
        ),
        _text(
            RefundColumn.CUSTOMER,
            translate("RefundColumns", "Customer"),
            lambda row: row.customer_name,
            20,
            grows=True,
        ),
        Column(
            RefundColumn.REASON,
            translate("RefundColumns", "Reason"),
            lambda row: row.row.whole_reason,
            tool_tip=lambda row: row.row.whole_reason,
            sortable=True,
            width=24,
            grows=True,
        ),
    )


def _who_and_how() -> tuple[Column[ListedRefund], ...]:
    return (
        badge_column(
            RefundColumn.METHOD,
            translate("RefundColumns", "Method"),
            "method",
            lambda row: row.payment_method,
            sortable=True,
        ),
        _text(
            RefundColumn.REQUESTED_BY,
            translate("RefundColumns", "Asked by"),
            lambda row: row.requested_by,
            12,
        ),
        _text(
            RefundColumn.DECIDED_BY,
            translate("RefundColumns", "Decided by"),
            lambda row: row.decided_by,
            12,
        ),
        time_column(
            RefundColumn.COMPLETED,
            translate("RefundColumns", "Paid back"),
            lambda row: row.refund_completed_at,
            sortable=True,
        ),
        _text(
            RefundColumn.INVOICE,
            translate("RefundColumns", "Invoice"),
            lambda row: row.invoice_number,
            20,
        ),
        _text(
            RefundColumn.CREDIT_NOTE,
            translate("RefundColumns", "Credit note"),
            lambda row: row.credit_note_number,
            20,
        ),
    )


def _text(
    key: str, title: str, shown: Callable[[ListedRefund], str], width: int, *, grows: bool = False
) -> Column[ListedRefund]:
    return Column(key, title, shown, sortable=True, width=width, grows=grows)

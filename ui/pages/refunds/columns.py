"""The columns of the refunds table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.rows import RefundRow
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column

translate = QCoreApplication.translate


def refund_columns() -> tuple[Column[RefundRow], ...]:
    """Return the columns, titled in the user's language."""
    return (
        badge_column("status", translate("RefundColumns", "State"), "refund", lambda r: r.status),
        time_column("requested_at", translate("RefundColumns", "Asked"), lambda r: r.requested_at),
        amount_column(
            "refund_amount",
            translate("RefundColumns", "Amount"),
            lambda r: r.refund_amount_minor,
            currency=lambda r: r.currency,
        ),
        Column(
            "customer_name",
            translate("RefundColumns", "Customer"),
            lambda r: r.customer_name,
            width=20,
        ),
        Column(
            "reason",
            translate("RefundColumns", "Reason"),
            lambda r: r.reason,
            tool_tip=lambda r: r.reason,
            width=24,
        ),
        badge_column(
            "payment_method",
            translate("RefundColumns", "Method"),
            "method",
            lambda r: r.payment_method,
        ),
        Column(
            "requested_by",
            translate("RefundColumns", "Asked by"),
            lambda r: r.requested_by,
            width=12,
        ),
        Column(
            "decided_by",
            translate("RefundColumns", "Decided by"),
            lambda r: r.rejected_by or r.approved_by,
            width=12,
        ),
        Column(
            "invoice_number",
            translate("RefundColumns", "Invoice"),
            lambda r: r.invoice_number,
            width=20,
        ),
        Column(
            "credit_note_number",
            translate("RefundColumns", "Credit note"),
            lambda r: r.credit_note_number,
            width=20,
        ),
    )

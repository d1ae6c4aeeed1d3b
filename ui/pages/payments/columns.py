"""The columns of the payments table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.phones import phone_display
from core.services.rows import PaymentRow
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column
from ui.pages.payments.words import short_id, type_word

translate = QCoreApplication.translate


def payment_columns() -> tuple[Column[PaymentRow], ...]:
    """Return the columns, titled in the user's language.

    What tells payments apart at a glance stands first, where an open detail pane leaves it seen.
    """
    return (*_columns_always_seen(), *_columns_further_right())


def _columns_always_seen() -> tuple[Column[PaymentRow], ...]:
    return (
        Column(
            "payment_id",
            translate("PaymentColumns", "Id"),
            lambda row: short_id(row.payment_id),
            copy=lambda row: row.payment_id,
            tone=lambda _row: "text_muted",
            tool_tip=lambda row: row.payment_id,
            width=8,
        ),
        badge_column(
            "status",
            translate("PaymentColumns", "Status"),
            "status",
            lambda row: row.status,
            width=11,
        ),
        amount_column(
            "amount",
            translate("PaymentColumns", "Amount"),
            lambda row: row.amount_minor,
            currency=lambda row: row.currency,
            width=10,
        ),
        badge_column(
            "payment_method",
            translate("PaymentColumns", "Method"),
            "method",
            lambda row: row.payment_method,
            width=12,
        ),
        Column(
            "customer_name",
            translate("PaymentColumns", "Customer"),
            lambda row: row.customer_name,
            width=18,
        ),
        time_column(
            "created_at", translate("PaymentColumns", "Created"), lambda row: row.created_at
        ),
    )


def _columns_further_right() -> tuple[Column[PaymentRow], ...]:
    return (
        Column(
            "phone_number",
            translate("PaymentColumns", "Telephone"),
            lambda row: phone_display(row.phone_number),
            copy=lambda row: row.phone_number,
            width=12,
        ),
        Column(
            "payment_type",
            translate("PaymentColumns", "For"),
            lambda row: type_word(row.payment_type),
            width=12,
        ),
        Column(
            "transaction_reference",
            translate("PaymentColumns", "Reference"),
            lambda row: row.transaction_reference or row.order_number,
            width=20,
        ),
        Column(
            "invoice_number",
            translate("PaymentColumns", "Invoice"),
            lambda row: row.invoice_number,
            width=20,
        ),
        Column(
            "gateway_name",
            translate("PaymentColumns", "Gateway"),
            lambda row: row.gateway_name,
            width=17,
        ),
        badge_column(
            "reconciled",
            translate("PaymentColumns", "Statement"),
            "reconciled",
            lambda row: row.reconciled if row.payment_method.is_money else None,
            width=14,
        ),
        Column(
            "created_by",
            translate("PaymentColumns", "Cashier"),
            lambda row: row.created_by,
            width=12,
        ),
    )

"""The columns of the payments table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.phones import phone_display
from core.services.payments.listed import ListedPayment, PaymentColumn
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column
from ui.pages.payments.words import short_id, type_word

translate = QCoreApplication.translate


def payment_columns() -> tuple[Column[ListedPayment], ...]:
    """Return the columns, titled in the user's language.

    What tells payments apart at a glance stands first, where an open detail pane leaves it seen.
    """
    return (*_columns_always_seen(), *_columns_further_right())


def _columns_always_seen() -> tuple[Column[ListedPayment], ...]:
    return (
        Column(
            PaymentColumn.ID,
            translate("PaymentColumns", "Id"),
            lambda row: short_id(row.payment_id),
            copy=lambda row: row.payment_id,
            tone=lambda _row: "text_muted",
            tool_tip=lambda row: row.payment_id,
            sortable=True,
            width=8,
        ),
        badge_column(
            PaymentColumn.STATUS,
            translate("PaymentColumns", "Status"),
            "status",
            lambda row: row.status,
            sortable=True,
            width=11,
        ),
        amount_column(
            PaymentColumn.AMOUNT,
            translate("PaymentColumns", "Amount"),
            lambda row: row.amount_minor,
            currency=lambda row: row.currency,
            sortable=True,
            width=10,
        ),
        badge_column(
            PaymentColumn.METHOD,
            translate("PaymentColumns", "Method"),
            "method",
            lambda row: row.payment_method,
            sortable=True,
            width=12,
        ),
        Column(
            PaymentColumn.CUSTOMER,
            translate("PaymentColumns", "Customer"),
            lambda row: row.customer_name,
            sortable=True,
            width=18,
            grows=True,
        ),
        time_column(
            PaymentColumn.CREATED_AT,
            translate("PaymentColumns", "Created"),
            lambda row: row.created_at,
            sortable=True,
        ),
    )


def _columns_further_right() -> tuple[Column[ListedPayment], ...]:
    return (
        Column(
            PaymentColumn.TELEPHONE,
            translate("PaymentColumns", "Telephone"),
            lambda row: phone_display(row.phone_number),
            copy=lambda row: row.phone_number,
            sortable=True,
            width=12,
        ),
        Column(
            PaymentColumn.TYPE,
            translate("PaymentColumns", "For"),
            lambda row: type_word(row.payment_type),
            sortable=True,
            width=12,
        ),
        Column(
            PaymentColumn.REFERENCE,
            translate("PaymentColumns", "Reference"),
            lambda row: row.transaction_reference or row.order_number,
            sortable=True,
            width=20,
            grows=True,
        ),
        Column(
            PaymentColumn.INVOICE,
            translate("PaymentColumns", "Invoice"),
            lambda row: row.invoice_number,
            sortable=True,
            width=20,
        ),
        Column(
            PaymentColumn.GATEWAY,
            translate("PaymentColumns", "Gateway"),
            lambda row: row.gateway_name,
            sortable=True,
            width=17,
        ),
        badge_column(
            PaymentColumn.RECONCILED,
            translate("PaymentColumns", "Statement"),
            "reconciled",
            lambda row: row.reconciled if row.payment_method.is_money else None,
            sortable=True,
            width=14,
        ),
        Column(
            PaymentColumn.CASHIER,
            translate("PaymentColumns", "Cashier"),
            lambda row: row.created_by,
            sortable=True,
            width=12,
        ),
    )

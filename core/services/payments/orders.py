"""The orders of the payments table: by which column, and what tells a row's place in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.services.lists.keyset import Key
from core.services.lists.keyset_queries import Columns, ordering
from core.services.payments.listed import ListedPayment, PaymentColumn

_MOMENT, _ID = "payment.created_at", "payment.id"
_ORDERED_BY = {
    PaymentColumn.CREATED_AT: (_MOMENT, _ID),
    PaymentColumn.ID: ("payment.payment_id", _ID),
    PaymentColumn.STATUS: ("payment.status", _MOMENT, _ID),
    PaymentColumn.AMOUNT: ("payment.amount_minor", _MOMENT, _ID),
    PaymentColumn.METHOD: ("payment.payment_method", _MOMENT, _ID),
    PaymentColumn.CUSTOMER: ("payment.customer_name", _ID),
    PaymentColumn.TELEPHONE: ("payment.phone_number", _ID),
    PaymentColumn.TYPE: ("payment.payment_type", _MOMENT, _ID),
    PaymentColumn.REFERENCE: ("payment.transaction_reference", _ID),
    PaymentColumn.INVOICE: ("coalesce(payment.invoice_number, '')", _ID),
    PaymentColumn.GATEWAY: ("payment.gateway_name", _MOMENT, _ID),
    PaymentColumn.RECONCILED: ("payment.reconciled", _MOMENT, _ID),
    PaymentColumn.CASHIER: ("payment.created_by", _MOMENT, _ID),
}
KEYS: dict[PaymentColumn, Callable[[ListedPayment], Key]] = {
    PaymentColumn.CREATED_AT: lambda row: (row.stored_created_at, row.id),
    PaymentColumn.ID: lambda row: (row.payment_id, row.id),
    PaymentColumn.STATUS: lambda row: (row.stored_status, row.stored_created_at, row.id),
    PaymentColumn.AMOUNT: lambda row: (row.amount_minor, row.stored_created_at, row.id),
    PaymentColumn.METHOD: lambda row: (row.stored_method, row.stored_created_at, row.id),
    PaymentColumn.CUSTOMER: lambda row: (row.customer_name, row.id),
    PaymentColumn.TELEPHONE: lambda row: (row.phone_number, row.id),
    PaymentColumn.TYPE: lambda row: (row.stored_type, row.stored_created_at, row.id),
    PaymentColumn.REFERENCE: lambda row: (row.transaction_reference, row.id),
    PaymentColumn.INVOICE: lambda row: (row.invoice_number, row.id),
    PaymentColumn.GATEWAY: lambda row: (row.gateway_name, row.stored_created_at, row.id),
    PaymentColumn.RECONCILED: lambda row: (row.stored_reconciled, row.stored_created_at, row.id),
    PaymentColumn.CASHIER: lambda row: (row.created_by, row.stored_created_at, row.id),
}
"""What tells a row's place, by the column of the order."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """By which column, and which way round."""

    column: PaymentColumn = PaymentColumn.CREATED_AT
    descending: bool = True


NEWEST_FIRST = PaymentOrder()


def columns_of(ordered_by: PaymentColumn, *, indexed: bool) -> Columns:
    """Return what an order is by; not ``indexed``, such that no index is walked for it."""
    return ordering(_ORDERED_BY[ordered_by], indexed=indexed)

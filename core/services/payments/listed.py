"""A payment as a table of any length shows it: read narrow, and understood when looked at.

A table reads a hundred rows to show fifty, again and again. What the database gives is kept as it
came, and each value gets its type when it is asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from core.model.payments import (
    PAYMENT_TRANSITIONS,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    TransactionStatus,
)
from core.services.rows import PaymentRow


class ListedPayment(NamedTuple):
    """One row of the payments table; the ``stored`` values are as the database keeps them."""

    id: int
    stored_created_at: str
    payment_id: str
    amount_minor: int
    currency: str
    stored_method: str
    stored_type: str
    stored_status: str
    stored_transaction_status: str | None
    transaction_id: str
    transaction_reference: str
    order_number: str
    customer_name: str
    phone_number: str
    account_number: str
    invoice_number: str
    stored_invoice_generated: int
    stored_reconciled: int
    gateway_name: str
    created_by: str
    card_approval_code: str

    @property
    def created_at(self) -> datetime:
        """When it was recorded, in UTC."""
        return datetime.fromisoformat(self.stored_created_at).replace(tzinfo=UTC)

    @property
    def payment_method(self) -> PaymentMethod:
        """How it was paid."""
        return PaymentMethod(self.stored_method)

    @property
    def payment_type(self) -> PaymentType:
        """What it was paid for."""
        return PaymentType(self.stored_type)

    @property
    def status(self) -> PaymentStatus:
        """Where it stands."""
        return PaymentStatus(self.stored_status)

    @property
    def transaction_status(self) -> TransactionStatus | None:
        """Where the network's part stands; None where none is asked."""
        stored = self.stored_transaction_status
        return None if stored is None else TransactionStatus(stored)

    @property
    def invoice_generated(self) -> bool:
        """Tell whether it has its invoice."""
        return bool(self.stored_invoice_generated)

    @property
    def reconciled(self) -> bool:
        """Tell whether a statement proved it."""
        return bool(self.stored_reconciled)

    @property
    def next_statuses(self) -> frozenset[PaymentStatus]:
        """The states it may go to from here."""
        return PAYMENT_TRANSITIONS[self.status]


AnyPayment = PaymentRow | ListedPayment
"""What is known of a payment in a list, however it was read."""


class PaymentColumn(StrEnum):
    """A column by which the payments table is ordered; within equal values by the moment."""

    CREATED_AT = "created_at"
    ID = "payment_id"
    STATUS = "status"
    AMOUNT = "amount"
    METHOD = "payment_method"
    CUSTOMER = "customer_name"
    TELEPHONE = "phone_number"
    TYPE = "payment_type"
    REFERENCE = "transaction_reference"
    INVOICE = "invoice_number"
    GATEWAY = "gateway_name"
    RECONCILED = "reconciled"
    CASHIER = "created_by"

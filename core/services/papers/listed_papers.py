"""Papers as lists of any length show them: read narrow, and understood when looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from core.model.payments import PaymentMethod, PaymentStatus
from core.services.papers.paper_filter import InvoiceState, invoice_state
from core.services.rows import InvoiceRow


class InvoiceColumn(StrEnum):
    """A column by which the list of invoices is ordered.

    ``STATE`` puts those awaited first, the longest due before the others, then void ones, then
    those paid; one that was credited stands among them, as it was paid.
    """

    NUMBER = "invoice_number"
    ISSUED = "issued_date"
    CUSTOMER = "customer_name"
    STATE = "state"
    TOTAL = "total"
    TAX = "tax"
    SUBTOTAL = "subtotal"
    METHOD = "payment_method"
    SENT = "sent"
    FISCAL = "ebm"
    PDF = "pdf_file"


class CreditNoteColumn(StrEnum):
    """A column by which the list of credit notes is ordered."""

    NUMBER = "number"
    ISSUED = "issued_date"
    CUSTOMER = "customer_name"
    METHOD = "payment_method"
    AMOUNT = "amount"
    TAX = "tax"
    INVOICE = "invoice_number"
    REASON = "reason"
    FISCAL = "ebm"


class ListedInvoice(NamedTuple):
    """One invoice of the list; the ``stored`` values are as the database keeps them."""

    id: int
    invoice_number: str
    payment_id: str
    customer_name: str
    stored_method: str
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    stored_issued_date: str
    stored_due_date: str | None
    stored_is_paid: int
    stored_paid_date: str | None
    stored_sent_to_customer: int
    stored_sent_at: str | None
    pdf_file: str
    notes: str
    stored_void_date: str | None
    language: str
    ebm_receipt_number: str
    ebm_signature: str
    stored_payment_status: str
    stored_today: str
    standing: str
    payment_key: int
    payment_created_at: str

    @property
    def number(self) -> str:
        """The number the paper bears."""
        return self.invoice_number

    @property
    def payment_method(self) -> PaymentMethod:
        """How it is or was to be paid."""
        return PaymentMethod(self.stored_method)

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent to the customer, in UTC."""
        stored = self.stored_sent_at
        return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)

    @property
    def is_sent(self) -> bool:
        """Tell whether it was sent to the customer."""
        return bool(self.stored_sent_to_customer)

    @property
    def state(self) -> InvoiceState:
        """Where it stands on the day it was read."""
        return invoice_state(
            PaymentStatus(self.stored_payment_status),
            date.fromisoformat(self.stored_today),
            is_paid=bool(self.stored_is_paid),
            void_date=_day(self.stored_void_date),
            due_date=_day(self.stored_due_date),
        )

    @property
    def invoice(self) -> InvoiceRow:
        """All that is known of it."""
        return InvoiceRow(
            invoice_number=self.invoice_number,
            payment_id=self.payment_id,
            customer_name=self.customer_name,
            payment_method=self.payment_method,
            subtotal_minor=self.subtotal_minor,
            tax_minor=self.tax_minor,
            total_minor=self.total_minor,
            currency=self.currency,
            issued_date=date.fromisoformat(self.stored_issued_date),
            due_date=_day(self.stored_due_date),
            is_paid=bool(self.stored_is_paid),
            paid_date=_day(self.stored_paid_date),
            sent_to_customer=self.is_sent,
            sent_at=self.sent_at,
            pdf_file=self.pdf_file,
            notes=self.notes,
            void_date=_day(self.stored_void_date),
            language=self.language,
            ebm_receipt_number=self.ebm_receipt_number,
            ebm_signature=self.ebm_signature,
        )


class ListedCreditNote(NamedTuple):
    """One credit note of the list; ``invoice_number`` is empty where there was none."""

    id: int
    credit_note_number: str
    invoice_number: str
    refund_id: str
    payment_id: str
    customer_name: str
    stored_method: str
    amount_minor: int
    tax_minor: int
    currency: str
    stored_issued_date: str
    reason: str
    pdf_file: str
    ebm_receipt_number: str
    ebm_signature: str

    @property
    def number(self) -> str:
        """The number the paper bears."""
        return self.credit_note_number

    @property
    def payment_method(self) -> PaymentMethod:
        """How the payment was taken."""
        return PaymentMethod(self.stored_method)

    @property
    def issued_date(self) -> date:
        """The day of issue."""
        return date.fromisoformat(self.stored_issued_date)


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)

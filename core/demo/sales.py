"""One sale as the invented shop lived it: who bought what, how it was paid, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.demo.people import Customer
from core.demo.stock import Basket, tax_inside, total_of
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType, TransactionStatus
from core.model.refunds import RefundStatus
from core.model.subscriptions import Plan, SubscriptionStatus
from core.money import DEFAULT_CURRENCY, vat_inside
from core.services.payments.service import GATEWAY_NAMES

BANK_KEY = 1
FIRST_ORDER_NUMBER = 1000

Row = dict[str, object]


@dataclass(slots=True)
class Subscription:
    """A plan one customer pays; ``charged_on`` is the last day on which a period was charged.

    From ``stopped_on`` on none is: it is paused or cancelled then.
    """

    key: int
    number: str
    customer: Customer
    plan: Plan
    plan_name: str
    price_minor: int
    method: PaymentMethod
    starts_on: date
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    stopped_on: date | None = None
    charged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An order a customer placed to pay later, all of it or in parts."""

    number: str
    customer: Customer
    basket: Basket
    ordered_at: datetime
    due_on: date


@dataclass(slots=True)
class Sale:
    """One payment while its story is told; moments that never came are None.

    ``arrived_at`` is when the money reached the shop's account, whether or not anybody in the
    shop has seen it yet. ``network_id`` is the network's or bank's own number for that.
    """

    key: int
    payment_id: str
    method: PaymentMethod
    amount_minor: int
    created_at: datetime
    reference: str
    created_by: str
    customer: Customer | None
    payment_type: PaymentType = PaymentType.ORDER_PAYMENT
    basket: Basket = ()
    subscription: Subscription | None = None
    imported: bool = False
    status: PaymentStatus = PaymentStatus.PENDING
    attempt: TransactionStatus | None = None
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    paid_at: datetime | None = None
    ended_at: datetime | None = None
    network_id: str = ""
    error_code: str = ""
    error_message: str = ""
    tendered_minor: int | None = None
    card_approval_code: str = ""
    card_last4: str = ""
    till_key: int | None = None
    invoice_number: str | None = None
    invoice_key: int | None = None
    reconciled_at: datetime | None = None
    notes: str = ""
    refund: Refund | None = None
    placed: Placed | None = None

    @property
    def has_order(self) -> bool:
        """Tell whether goods were sold, so that there is an order."""
        return self.payment_type is PaymentType.ORDER_PAYMENT

    @property
    def is_mtn(self) -> bool:
        """Tell whether the money comes through MTN."""
        return self.method is PaymentMethod.MTN_MOBILE_MONEY

    @property
    def tax_minor(self) -> int:
        """The VAT inside, by line where the lines are known."""
        return tax_inside(self.basket) if self.basket else vat_inside(self.amount_minor)


@dataclass(slots=True)
class Refund:
    """Money that goes, or may go, back on one sale."""

    refund_id: str
    sale: Sale
    amount_minor: int
    reason: str
    status: RefundStatus
    requested_at: datetime
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    network_id: str = ""
    error_code: str = ""
    notes: str = ""
    credit_note_number: str = ""
    key: int = 0

    @property
    def by_network(self) -> bool:
        """Tell whether the network can send it back itself; Airtel sends whole payments only."""
        whole = self.amount_minor == self.sale.amount_minor
        return self.sale.is_mtn or (self.sale.method is PaymentMethod.AIRTEL_MONEY and whole)

    @property
    def reference(self) -> str:
        """The reference under which the network knows the refund."""
        return self.refund_id if self.sale.is_mtn else self.refund_id.replace("-", "")


def payment_row(sale: Sale, gateway_response: object) -> Row:
    """Return the payment's row."""
    customer = sale.customer
    mobile = sale.method.is_mobile_money
    refunded = sale.status is PaymentStatus.REFUNDED and sale.refund is not None
    return {
        "id": sale.key,
        "payment_id": sale.payment_id,
        "order_id": sale.key if sale.has_order else None,
        "subscription_id": sale.subscription.key if sale.subscription else None,
        "customer_id": customer.key if customer else None,
        "bank_provider_id": BANK_KEY if sale.method is PaymentMethod.BANK_TRANSFER else None,
        "till_session_id": sale.till_key,
        "payment_method": sale.method,
        "payment_type": sale.payment_type,
        "amount_minor": sale.amount_minor,
        "currency": DEFAULT_CURRENCY,
        "status": sale.status,
        "transaction_id": (sale.network_id or None) if sale.paid_at else None,
        "transaction_reference": sale.reference,
        "transaction_status": sale.attempt,
        "customer_name": customer.name if customer else "",
        "phone_number": customer.phone if customer else "",
        "account_number": (
            customer.account_number
            if customer and sale.method is PaymentMethod.BANK_TRANSFER
            else ""
        ),
        "tendered_minor": sale.tendered_minor,
        "card_approval_code": sale.card_approval_code,
        "card_last4": sale.card_last4,
        "invoice_number": sale.invoice_number,
        "invoice_generated": sale.invoice_number is not None,
        "reconciled": sale.reconciled_at is not None,
        "reconciled_at": sale.reconciled_at,
        "reconciled_by": "clerk" if sale.reconciled_at else "",
        "customer_notes": sale.notes,
        "error_message": sale.error_message,
        "refund_reason": sale.refund.reason if refunded and sale.refund else "",
        "gateway_name": GATEWAY_NAMES[sale.method] if mobile else "",
        "gateway_response": gateway_response,
        "payment_link": "",
        "created_by": sale.created_by,
        "created_at": sale.created_at,
        "processing_started_at": sale.started_at,
        "paid_at": sale.paid_at,
        "updated_at": _last_touched(sale),
        "version": 1,
    }


def order_row(sale: Sale) -> Row:
    """Return the row of the order that the sale pays, all or a part of it."""
    if sale.placed is not None:
        return placed_order_row(sale.key, sale.placed)
    return {
        **_TERMS,
        "id": sale.key,
        "order_number": str(FIRST_ORDER_NUMBER + sale.key),
        "customer_id": sale.customer.key if sale.customer else None,
        "total_minor": total_of(sale.basket) if sale.basket else sale.amount_minor,
        "created_at": sale.created_at,
        "created_by": sale.created_by,
    }


def placed_order_row(key: int, placed: Placed) -> Row:
    """Return the row of an order that was placed to be paid later."""
    return {
        **_TERMS,
        "id": key,
        "order_number": placed.number,
        "customer_id": placed.customer.key,
        "total_minor": total_of(placed.basket),
        "created_at": placed.ordered_at,
        "created_by": "cashier",
        "is_placed": True,
        "due_on": placed.due_on,
    }


_TERMS: Row = {
    "currency": DEFAULT_CURRENCY,
    "is_placed": False,
    "due_on": None,
    "cancelled_at": None,
    "cancelled_by": "",
    "cancel_reason": "",
    "version": 1,
}


def order_line_rows(sale: Sale) -> list[Row]:
    """Return the rows of the articles in the order."""
    return basket_rows(sale.key, sale.placed.basket if sale.placed else sale.basket)


def basket_rows(order_key: int, basket: Basket) -> list[Row]:
    """Return the rows of an order's articles."""
    return [
        {
            "order_id": order_key,
            "description": line.article.name,
            "quantity": line.quantity,
            "unit_price_minor": line.article.price_minor,
            "tax_class": line.article.tax_class,
        }
        for line in basket
    ]


def invoice_row(sale: Sale, issued: date, *, sent: bool) -> Row:
    """Return the row of the invoice of a paid sale; ``sent`` says that it was mailed."""
    tax_minor = sale.tax_minor
    return {
        "id": sale.invoice_key,
        "invoice_number": sale.invoice_number,
        "payment_id": sale.key,
        "subtotal_minor": sale.amount_minor - tax_minor,
        "tax_minor": tax_minor,
        "total_minor": sale.amount_minor,
        "currency": DEFAULT_CURRENCY,
        "issued_date": issued,
        "due_date": issued,
        "is_paid": True,
        "paid_date": issued,
        "sent_to_customer": sent,
        "sent_at": sale.paid_at if sent else None,
        "pdf_file": "",
        "pdf_sha256": "",
        "notes": sale.notes,
        "void_date": None,
        "order_number": str(FIRST_ORDER_NUMBER + sale.key) if sale.has_order else "",
        "payment_reference": sale.network_id or sale.reference,
        "version": 1,
    }


def audit_details(sale: Sale) -> dict[str, object]:
    """Return what the journal says when a payment is recorded."""
    return {
        "method": sale.method.value,
        "amount": str(sale.amount_minor),
        "currency": DEFAULT_CURRENCY,
        "customer": sale.customer.name if sale.customer else "",
        "reference": sale.reference,
    }


def _last_touched(sale: Sale) -> datetime:
    refunded = sale.status is PaymentStatus.REFUNDED and sale.refund is not None
    moments = (
        sale.created_at,
        sale.started_at,
        sale.paid_at,
        sale.ended_at,
        sale.reconciled_at,
        sale.refund.ended_at if refunded and sale.refund else None,
    )
    return max(moment for moment in moments if moment is not None)

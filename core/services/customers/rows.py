"""What customers and orders look like outside a unit of work: frozen rows and typed forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.model.customers import TaxClass
from core.services.customers.order_balances import OrderBalance, OrderState


@dataclass(frozen=True, slots=True)
class Balance:
    """An amount of one currency, in minor units: above zero the customer owes it."""

    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as a list shows them; balances of zero are left out."""

    customer_id: int
    name: str
    phone_number: str
    email: str
    tin: str
    language: str
    address: str
    notes: str
    created_at: datetime
    is_retired: bool
    merged_into_id: int | None
    version: int
    balances: tuple[Balance, ...] = ()
    last_paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """One article of an order; the price includes tax."""

    description: str
    quantity: int
    unit_price_minor: int
    tax_class: TaxClass

    @property
    def total_minor(self) -> int:
        """The price of the line."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a list shows it, with how far it is paid."""

    order_number: str
    customer_id: int | None
    customer_name: str
    phone_number: str
    currency: str
    balance: OrderBalance
    created_at: datetime
    created_by: str
    due_on: date | None
    notes: str
    cancelled_at: datetime | None
    cancelled_by: str
    cancel_reason: str
    version: int

    @property
    def state(self) -> OrderState:
        """Where the order stands."""
        return self.balance.state

    @property
    def total_minor(self) -> int:
        """What the order is worth."""
        return self.balance.total_minor

    @property
    def left_minor(self) -> int:
        """What the customer still owes, money under way not counted."""
        return self.balance.left_minor

    @property
    def room_minor(self) -> int:
        """What may still be taken for it; nothing of an order whose total nobody agreed."""
        return self.balance.room_minor or 0

    def is_overdue(self, today: date) -> bool:
        """Tell whether something is left to pay after the day it was due."""
        return self.left_minor > 0 and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """A payment of an order, as its detail lists it; the status is the payment's own."""

    payment_id: str
    at: datetime
    amount_minor: int
    method: str
    status: str
    invoice_number: str


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its lines and payments; ``lines_are_open`` says that lines may change."""

    order: OrderRow
    lines: tuple[OrderLineRow, ...]
    payments: tuple[OrderPayment, ...]
    lines_are_open: bool


class HistoryKind(StrEnum):
    """What happened in a customer's time line."""

    ORDER = "order"
    ORDER_CANCELLED = "order_cancelled"
    PAYMENT = "payment"
    REFUND = "refund"
    SUBSCRIPTION = "subscription"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event of a customer's time line.

    ``subject_id`` is the order's number, or the payment's, refund's or subscription's public id;
    ``status`` is the subject's own. ``amount_minor`` is signed: money that came is above zero,
    what was ordered or went back below; for points it counts points, and ``currency`` is empty.
    """

    at: datetime
    kind: HistoryKind
    subject_id: str
    title: str
    amount_minor: int
    currency: str
    status: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """Everything the customers page shows above the lists of one customer."""

    customer: CustomerRow
    promised: tuple[Balance, ...]
    paid: tuple[Balance, ...]
    open_orders: int
    payments: int
    merged_names: tuple[str, ...]
    same_phone: tuple[CustomerRow, ...]
    active_subscriptions: int

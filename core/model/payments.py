"""The payment: what a customer paid or is to pay, its states, and every call made to a gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, public_id, stored_by_value
from core.model.calls import CALL_RESULT, CALL_TIME
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.attempts import GatewayAttempt
    from core.model.customers import Customer, Order, Subscription
    from core.model.invoices import Invoice
    from core.model.loyalty import LoyaltyEntry
    from core.model.providers import BankTransferProvider
    from core.model.refunds import RefundRequest


class PaymentMethod(StrEnum):
    """How a payment is made: by which way money comes in, or with points instead of money."""

    CASH = "cash"
    CASH_ON_DELIVERY = "cash_on_delivery"
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    MTN_MOBILE_MONEY = "mtn_mobile_money"
    AIRTEL_MONEY = "airtel_money"
    LOYALTY_POINTS = "loyalty_points"

    @property
    def is_money(self) -> bool:
        """Tell whether money comes in: points are a discount given before, no revenue."""
        return self is not PaymentMethod.LOYALTY_POINTS

    @property
    def is_mobile_money(self) -> bool:
        """Tell whether a gateway, not a person, says that the money came."""
        return self in {PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.AIRTEL_MONEY}


class PaymentType(StrEnum):
    """What the money is for."""

    ORDER_PAYMENT = "order_payment"
    SUBSCRIPTION = "subscription"
    LOYALTY = "loyalty"
    REFUND = "refund"


class PaymentStatus(StrEnum):
    """Where a payment stands: ``completed`` is a claim, ``Payment.reconciled`` is the proof."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


PAYMENT_TRANSITIONS: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING: frozenset(
        {
            PaymentStatus.PROCESSING,
            PaymentStatus.COMPLETED,
            PaymentStatus.FAILED,
            PaymentStatus.CANCELLED,
        }
    ),
    PaymentStatus.PROCESSING: frozenset(
        {PaymentStatus.COMPLETED, PaymentStatus.FAILED, PaymentStatus.CANCELLED}
    ),
    PaymentStatus.COMPLETED: frozenset({PaymentStatus.REFUNDED}),
    # A network may report success after it reported failure; the money is then really there.
    PaymentStatus.FAILED: frozenset({PaymentStatus.COMPLETED}),
    PaymentStatus.CANCELLED: frozenset(),
    PaymentStatus.REFUNDED: frozenset(),
}


class TransactionStatus(StrEnum):
    """The attempt at a gateway behind a mobile-money payment."""

    CREATED = "created"
    SUBMITTING = "submitting"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    UNRESOLVED = "unresolved"


TRANSACTION_TRANSITIONS: dict[TransactionStatus, frozenset[TransactionStatus]] = {
    TransactionStatus.CREATED: frozenset(
        {
            TransactionStatus.SUBMITTING,
            TransactionStatus.NOT_SENT,
            TransactionStatus.SUCCEEDED,
            TransactionStatus.FAILED,
        }
    ),
    TransactionStatus.SUBMITTING: frozenset(
        {
            TransactionStatus.PENDING,
            TransactionStatus.NOT_SENT,
            TransactionStatus.UNKNOWN,
            TransactionStatus.UNRESOLVED,
            TransactionStatus.SUCCEEDED,
            TransactionStatus.FAILED,
            TransactionStatus.EXPIRED,
        }
    ),
    # Nothing left this computer, so the same reference may be sent again.
    TransactionStatus.NOT_SENT: frozenset(
        {TransactionStatus.SUBMITTING, TransactionStatus.SUCCEEDED, TransactionStatus.FAILED}
    ),
    # SUBMITTING again only after the network denied the reference three times.
    TransactionStatus.UNKNOWN: frozenset(
        {
            TransactionStatus.SUBMITTING,
            TransactionStatus.PENDING,
            TransactionStatus.UNRESOLVED,
            TransactionStatus.SUCCEEDED,
            TransactionStatus.FAILED,
            TransactionStatus.EXPIRED,
        }
    ),
    TransactionStatus.PENDING: frozenset(
        {
            TransactionStatus.UNRESOLVED,
            TransactionStatus.SUCCEEDED,
            TransactionStatus.FAILED,
            TransactionStatus.EXPIRED,
        }
    ),
    TransactionStatus.UNRESOLVED: frozenset(
        {TransactionStatus.SUCCEEDED, TransactionStatus.FAILED, TransactionStatus.EXPIRED}
    ),
    # A network may report success after it reported failure; the money is then really there.
    TransactionStatus.FAILED: frozenset(
        {TransactionStatus.SUCCEEDED, TransactionStatus.UNRESOLVED}
    ),
    TransactionStatus.EXPIRED: frozenset(
        {TransactionStatus.SUCCEEDED, TransactionStatus.FAILED, TransactionStatus.UNRESOLVED}
    ),
    TransactionStatus.SUCCEEDED: frozenset(),
}

ASKED_TRANSACTION_STATUSES = frozenset(
    {
        TransactionStatus.SUBMITTING,
        TransactionStatus.PENDING,
        TransactionStatus.UNKNOWN,
        TransactionStatus.UNRESOLVED,
    }
)
"""The network was asked, or may have been, and its answer is still owed."""

OPEN_TRANSACTION_STATUSES = ASKED_TRANSACTION_STATUSES | {
    TransactionStatus.CREATED,
    TransactionStatus.NOT_SENT,
}


class RequestType(StrEnum):
    """What a gateway was asked."""

    INITIATE = "INITIATE"
    QUERY = "QUERY"
    CONFIRM = "CONFIRM"
    CANCEL = "CANCEL"
    REFUND = "REFUND"


_DONE = " AND status = 'completed'"


class Payment(Versioned, Base):
    """One payment of one customer by one method."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "tendered_minor IS NULL OR tendered_minor >= amount_minor", name="tendered_enough"
        ),
        # A column's own order, then the moment, then the key: all one way, so that each serves
        # its list forwards and backwards, and a page follows from the last row of the page before.
        Index("ix_payment_created_at", "created_at"),
        Index("ix_payment_method_status_created", "payment_method", "status", "created_at"),
        Index("ix_payment_method_created", "payment_method", "created_at"),
        Index("ix_payment_status_created", "status", "created_at"),
        Index("ix_payment_reconciled_created", "reconciled", "created_at"),
        Index("ix_payment_type_created", "payment_type", "created_at"),
        Index("ix_payment_gateway_created", "gateway_name", "created_at"),
        Index("ix_payment_cashier_created", "created_by", "created_at"),
        Index("ix_payment_amount_created", "amount_minor", "created_at"),
        Index("ix_payment_customer_name", "customer_name"),
        Index("ix_payment_invoice_order", text("coalesce(invoice_number, '')")),
        Index("ix_payment_paid_at", "paid_at"),
        # Holds all that a report by customer reads, in the order it adds up.
        Index(
            "ix_payment_customer_paid",
            *("customer_id", "currency", "paid_at", "status", "payment_method", "amount_minor"),
        ),
        Index(
            "ix_payment_claimed",
            "claimed_transaction_id",
            **only_where("claimed_transaction_id <> ''"),
        ),
        # Holds all that counting the payments no statement proves asks for.
        Index(
            "ix_payment_unproven",
            *("currency", "created_at", "id", "payment_method", "amount_minor"),
            *("reconciled", "status"),
            **only_where(f"reconciled = 0{_DONE}", f"NOT reconciled{_DONE}"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = public_id()
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    bank_provider_id: Mapped[int | None] = mapped_column(ForeignKey("bank_transfer_provider.id"))
    till_session_id: Mapped[int | None] = mapped_column(ForeignKey("till_session.id"), index=True)

    payment_method: Mapped[PaymentMethod] = mapped_column(stored_by_value(PaymentMethod))
    payment_type: Mapped[PaymentType] = mapped_column(
        stored_by_value(PaymentType), default=PaymentType.ORDER_PAYMENT
    )
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    status: Mapped[PaymentStatus] = mapped_column(
        stored_by_value(PaymentStatus), default=PaymentStatus.PENDING
    )

    transaction_id: Mapped[str | None] = mapped_column(String(128), index=True)
    transaction_reference: Mapped[str] = mapped_column(String(128), default="", index=True)
    transaction_status: Mapped[TransactionStatus | None] = mapped_column(
        stored_by_value(TransactionStatus)
    )
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    phone_number: Mapped[str] = mapped_column(String(24), default="", index=True)
    account_number: Mapped[str] = mapped_column(String(64), default="")
    claimed_transaction_id: Mapped[str] = mapped_column(String(128), default="", server_default="")
    """What a customer's own message says; no proof, but something to look for."""
    tendered_minor: Mapped[int | None] = mapped_column(BigInteger)
    card_approval_code: Mapped[str] = mapped_column(String(24), default="")
    card_last4: Mapped[str] = mapped_column(String(4), default="")

    invoice_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    invoice_generated: Mapped[bool] = mapped_column(default=False)
    reconciled: Mapped[bool] = mapped_column(default=False)
    reconciled_at: Mapped[datetime | None]
    reconciled_by: Mapped[str] = mapped_column(String(80), default="")
    customer_notes: Mapped[str] = mapped_column(Text, default="")
    error_message: Mapped[str] = mapped_column(Text, default="")
    refund_reason: Mapped[str] = mapped_column(Text, default="")

    gateway_name: Mapped[str] = mapped_column(String(80), default="")
    gateway_response: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    payment_link: Mapped[str] = mapped_column(String(500), default="")

    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    processing_started_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    order: Mapped[Order | None] = relationship(back_populates="payments")
    subscription: Mapped[Subscription | None] = relationship(back_populates="payments")
    customer: Mapped[Customer | None] = relationship(back_populates="payments")
    bank_provider: Mapped[BankTransferProvider | None] = relationship(back_populates="payments")
    payment_transactions: Mapped[list[PaymentTransaction]] = relationship(
        back_populates="payment", order_by="PaymentTransaction.request_at"
    )
    invoice: Mapped[Invoice | None] = relationship(back_populates="payment")
    refund_requests: Mapped[list[RefundRequest]] = relationship(back_populates="payment")
    attempts: Mapped[list[GatewayAttempt]] = relationship(
        back_populates="payment", order_by="GatewayAttempt.id"
    )

    loyalty_entries: Mapped[list[LoyaltyEntry]] = relationship(
        back_populates="payment", order_by="LoyaltyEntry.id"
    )

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def is_paid(self) -> bool:
        """Tell whether the payment is completed."""
        return self.status is PaymentStatus.COMPLETED

    @property
    def is_pending(self) -> bool:
        """Tell whether the payment still awaits its outcome."""
        return self.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}

    def move_to(self, status: PaymentStatus, at: datetime) -> None:
        """Take one step of :data:`PAYMENT_TRANSITIONS`.

        Raises:
            ConflictError: the payment's state does not allow the step.

        """
        require_step("payment", self.status, status, PAYMENT_TRANSITIONS)
        self.status = status
        self.updated_at = at

    def mark_as_completed(self, at: datetime, next_invoice_number: Callable[[], str]) -> None:
        """Record that the money was received and give the payment its invoice number."""
        self.move_to(PaymentStatus.COMPLETED, at)
        self.paid_at = at
        self.error_message = ""
        if self.transaction_status is not None:
            self.transaction_status = TransactionStatus.SUCCEEDED
        self.generate_invoice_number(next_invoice_number)

    def mark_as_failed(self, message: str, at: datetime) -> None:
        """Record that the money did not come, and why; a failure may be doubted and said again."""
        is_doubted = self.transaction_status is TransactionStatus.UNRESOLVED
        if self.status is not PaymentStatus.FAILED or not is_doubted:
            self.move_to(PaymentStatus.FAILED, at)
        self.error_message = message
        if self.transaction_status is not None:
            self.transaction_status = TransactionStatus.FAILED

    def mark_as_cancelled(self, message: str, at: datetime) -> None:
        """Record that the payment was called off before any money came."""
        self.move_to(PaymentStatus.CANCELLED, at)
        self.error_message = message

    def mark_as_refunded(self, reason: str, at: datetime) -> None:
        """Record that all of the money went back, and why."""
        self.move_to(PaymentStatus.REFUNDED, at)
        self.refund_reason = reason

    def generate_invoice_number(self, next_invoice_number: Callable[[], str]) -> str:
        """Give the payment its invoice number, once; later calls return the same."""
        if self.invoice_number is None:
            self.invoice_number = next_invoice_number()
        return self.invoice_number


class PaymentTransaction(Base):
    """One call to a gateway, the audit log of gateways: written before it, completed after."""

    __tablename__ = "payment_transaction"
    __table_args__ = (
        # A column's own order, then the moment, then the key, as with payments.
        Index("ix_payment_transaction_request_at", "request_at"),
        Index("ix_payment_transaction_payment_gateway", "payment_id", "gateway_name"),
        Index("ix_payment_transaction_gateway_request", "gateway_name", "request_at"),
        Index("ix_payment_transaction_type_request", "request_type", "request_at"),
        Index("ix_payment_transaction_status_request", "status", "request_at"),
        Index("ix_payment_transaction_result_request", text(CALL_RESULT), "request_at"),
        Index("ix_payment_transaction_answer_request", "response_code", "request_at"),
        Index("ix_payment_transaction_error_request", "error_code", "request_at"),
        Index("ix_payment_transaction_time_request", text(CALL_TIME), "request_at"),
        # In the order of response times, so that a percentile is walked to and not sorted for.
        Index(
            "ix_payment_transaction_timing",
            "gateway_name",
            "request_type",
            "processing_time_ms",
            "request_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    transaction_id: Mapped[str] = mapped_column(String(128), default="", index=True)
    gateway_name: Mapped[str] = mapped_column(String(80))
    request_type: Mapped[RequestType] = mapped_column(stored_by_value(RequestType))
    request_data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    response_data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    response_code: Mapped[str] = mapped_column(String(40), default="")
    response_message: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[TransactionStatus] = mapped_column(stored_by_value(TransactionStatus))
    success: Mapped[bool] = mapped_column(default=False)
    processing_time_ms: Mapped[int | None]
    error_code: Mapped[str] = mapped_column(String(80), default="")
    error_message: Mapped[str] = mapped_column(Text, default="")
    request_at: Mapped[datetime]
    response_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(back_populates="payment_transactions")

"""The payment's neighbours: who pays, for what order or subscription, and the points they earn."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    false,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, stored_by_value
from core.model.payments import PaymentMethod
from core.model.subscriptions import (
    SUBSCRIPTION_TRANSITIONS,
    Plan,
    SubscriptionPause,
    SubscriptionPeriod,
    SubscriptionStatus,
)
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.loyalty import LoyaltyEntry
    from core.model.payments import Payment


class TaxClass(StrEnum):
    """The Rwandan tax classes of a sold line; B carries the standard rate."""

    EXEMPT = "A"
    STANDARD = "B"
    ZERO_RATED = "C"
    NOT_TAXED = "D"


class LoyaltyTier(StrEnum):
    """The tiers of the loyalty programme."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


def folded(name: str) -> str:
    """Return a text as it is searched for: small letters without accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def search_text(name: str, phone_number: str = "", email: str = "", tin: str = "") -> str:
    """Return what a customer is found and put in order by; the name stands first."""
    return " ".join(filter(None, (folded(name), phone_number, folded(email), tin)))


def _search_text_of(context: DefaultExecutionContext) -> str:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return search_text(
        *(given.get(name) or "" for name in ("name", "phone_number", "email", "tin"))
    )


class Customer(Versioned, Base):
    """A person or business that pays.

    One that was merged into another keeps its own payments and orders; whoever asks for them asks
    for all rows that point at the same survivor. SQLite gives no foreign key to a table that is
    already there, so the check of the books looks after ``merged_into_id``.
    """

    __tablename__ = "customer"
    __table_args__ = (
        # Holds all that a search asks for, so that it touches no row it does not show.
        Index("ix_customer_search", "search_text", "merged_into_id", "retired_at"),
        Index("ix_customer_merged", "merged_into_id", **only_where("merged_into_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    phone_number: Mapped[str] = mapped_column(String(24), default="", index=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    tin: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(5), default="en")
    created_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(Text, default="", server_default="")
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")
    search_text: Mapped[str] = mapped_column(Text, default=_search_text_of, server_default="")
    merged_into_id: Mapped[int | None]
    retired_at: Mapped[datetime | None]

    payments: Mapped[list[Payment]] = relationship(back_populates="customer")
    orders: Mapped[list[Order]] = relationship(back_populates="customer")
    subscriptions: Mapped[list[Subscription]] = relationship(back_populates="customer")
    loyalty_account: Mapped[LoyaltyAccount | None] = relationship(back_populates="customer")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class Order(Versioned, Base):
    """What was sold; one open balance that payments reduce.

    ``is_placed`` says that the customer owes the total. An order that is not placed only carries
    the reference, and perhaps the lines, of what was paid on the spot: if no money came, nothing
    is owed. How far an order is paid is reckoned from its payments, never stored.
    """

    __tablename__ = "order"
    __table_args__ = (
        Index(
            "ix_order_placed",
            "id",
            **only_where(
                "is_placed = 1 AND cancelled_at IS NULL", "is_placed AND cancelled_at IS NULL"
            ),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    created_at: Mapped[datetime]
    is_placed: Mapped[bool] = mapped_column(default=False, server_default=false())
    due_on: Mapped[date | None] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    cancel_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    customer: Mapped[Customer | None] = relationship(back_populates="orders")
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", order_by="OrderLine.id", cascade="all, delete-orphan"
    )
    payments: Mapped[list[Payment]] = relationship(back_populates="order")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class OrderLine(Base):
    """One article of an order; prices include tax."""

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    description: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int] = mapped_column(default=1)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    tax_class: Mapped[TaxClass] = mapped_column(
        stored_by_value(TaxClass, length=1), default=TaxClass.STANDARD
    )

    order: Mapped[Order] = relationship(back_populates="lines")


class Subscription(Versioned, Base):
    """A plan a customer pays again and again, each period when it begins.

    ``next_due_on`` is the first day of the first period not charged yet. From ``ends_on`` on no
    period begins. The ``next_…`` fields are agreed for the periods that begin on ``changes_on``
    or later. ``anchor_day`` is the day of the month a monthly one comes back to after a shorter
    month.
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_number: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    plan: Mapped[Plan] = mapped_column(stored_by_value(Plan))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    starts_on: Mapped[date] = mapped_column(Date)
    next_due_on: Mapped[date] = mapped_column(Date, index=True)
    auto_renewal: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[SubscriptionStatus] = mapped_column(
        stored_by_value(SubscriptionStatus),
        default=SubscriptionStatus.ACTIVE,
        server_default=SubscriptionStatus.ACTIVE.value,
    )
    payment_method: Mapped[PaymentMethod] = mapped_column(
        stored_by_value(PaymentMethod), server_default=PaymentMethod.CASH.value
    )
    phone_number: Mapped[str] = mapped_column(String(24), default="", server_default="")
    plan_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    anchor_day: Mapped[int] = mapped_column(default=1, server_default="1")
    ends_on: Mapped[date | None] = mapped_column(Date)
    changes_on: Mapped[date | None] = mapped_column(Date)
    next_plan: Mapped[Plan | None] = mapped_column(stored_by_value(Plan))
    next_plan_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    next_price_minor: Mapped[int | None] = mapped_column(BigInteger)

    customer: Mapped[Customer] = relationship(back_populates="subscriptions")
    payments: Mapped[list[Payment]] = relationship(back_populates="subscription")
    periods: Mapped[list[SubscriptionPeriod]] = relationship(
        back_populates="subscription", order_by="SubscriptionPeriod.starts_on"
    )
    pauses: Mapped[list[SubscriptionPause]] = relationship(
        back_populates="subscription", order_by="SubscriptionPause.paused_from"
    )

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    def move_to(self, status: SubscriptionStatus) -> None:
        """Take one step of :data:`~core.model.subscriptions.SUBSCRIPTION_TRANSITIONS`.

        Raises:
            ConflictError: the subscription's state does not allow the step.

        """
        require_step("subscription", self.status, status, SUBSCRIPTION_TRANSITIONS)
        self.status = status


class LoyaltyAccount(Versioned, Base):
    """A customer's points; always the sum of the account's ledger.

    The tier is not kept: it follows from the last twelve months and changes without any event.
    """

    __tablename__ = "loyalty_account"
    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), unique=True)
    points: Mapped[int] = mapped_column(default=0)

    customer: Mapped[Customer] = relationship(back_populates="loyalty_account")
    entries: Mapped[list[LoyaltyEntry]] = relationship(
        back_populates="account", order_by="LoyaltyEntry.sequence"
    )

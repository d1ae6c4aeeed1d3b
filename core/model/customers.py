"""The payment's neighbours: who pays, for what order or subscription, and the points they earn."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, stored_by_value

if TYPE_CHECKING:
    from core.model.loyalty import LoyaltyEntry
    from core.model.payments import Payment


class TaxClass(StrEnum):
    """The Rwandan tax classes of a sold line; B carries the standard rate."""

    EXEMPT = "A"
    STANDARD = "B"
    ZERO_RATED = "C"
    NOT_TAXED = "D"


class Plan(StrEnum):
    """How often a subscription renews."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class LoyaltyTier(StrEnum):
    """The tiers of the loyalty programme."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Customer(Versioned, Base):
    """A person or business that pays."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    phone_number: Mapped[str] = mapped_column(String(24), default="", index=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    tin: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(5), default="en")
    created_at: Mapped[datetime]

    payments: Mapped[list[Payment]] = relationship(back_populates="customer")
    orders: Mapped[list[Order]] = relationship(back_populates="customer")
    subscriptions: Mapped[list[Subscription]] = relationship(back_populates="customer")
    loyalty_account: Mapped[LoyaltyAccount | None] = relationship(back_populates="customer")


class Order(Versioned, Base):
    """What was sold; one open balance that payments reduce."""

    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    created_at: Mapped[datetime]

    customer: Mapped[Customer | None] = relationship(back_populates="orders")
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order")
    payments: Mapped[list[Payment]] = relationship(back_populates="order")


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
    """A plan a customer pays again and again."""

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
    is_active: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[str] = mapped_column(Text, default="")

    customer: Mapped[Customer] = relationship(back_populates="subscriptions")
    payments: Mapped[list[Payment]] = relationship(back_populates="subscription")


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

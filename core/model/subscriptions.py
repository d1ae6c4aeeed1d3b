"""What a subscription goes through: states, pauses, periods, and the charges for each of them."""

from __future__ import annotations

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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, stored_by_value
from core.model.payments import PaymentMethod
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.customers import Subscription
    from core.model.payments import Payment


class Plan(StrEnum):
    """How often a subscription renews."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class SubscriptionStatus(StrEnum):
    """Whether periods begin; what is due when, the dates alone decide."""

    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"


SUBSCRIPTION_TRANSITIONS: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.ACTIVE: frozenset({SubscriptionStatus.PAUSED, SubscriptionStatus.CANCELLED}),
    SubscriptionStatus.PAUSED: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED}),
    SubscriptionStatus.CANCELLED: frozenset(),
}


class PeriodStatus(StrEnum):
    """Where the money of one period stands."""

    OPEN = "open"
    """A charge was made and its end is awaited."""
    RETRYING = "retrying"
    """The last charge failed; another follows by itself at ``next_try_at``."""
    PAID = "paid"
    UNPAID = "unpaid"
    """Nothing more is tried until a person has looked: the subscription is past due."""
    WAIVED = "waived"
    """Nobody wants this money any more."""


PERIOD_TRANSITIONS: dict[PeriodStatus, frozenset[PeriodStatus]] = {
    PeriodStatus.OPEN: frozenset(
        {PeriodStatus.PAID, PeriodStatus.RETRYING, PeriodStatus.UNPAID, PeriodStatus.WAIVED}
    ),
    # Paid from any state: a network may report success after it reported failure.
    PeriodStatus.RETRYING: frozenset(
        {PeriodStatus.OPEN, PeriodStatus.PAID, PeriodStatus.UNPAID, PeriodStatus.WAIVED}
    ),
    PeriodStatus.UNPAID: frozenset({PeriodStatus.OPEN, PeriodStatus.PAID, PeriodStatus.WAIVED}),
    PeriodStatus.WAIVED: frozenset({PeriodStatus.PAID}),
    PeriodStatus.PAID: frozenset(),
}

UNSETTLED_PERIODS = frozenset({PeriodStatus.OPEN, PeriodStatus.RETRYING, PeriodStatus.UNPAID})
"""The money is still wanted."""

SUBSCRIPTION_METHODS = (
    PaymentMethod.MTN_MOBILE_MONEY,
    PaymentMethod.AIRTEL_MONEY,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CASH,
)
"""Pushed to the phone, or left waiting until the money is seen; a card cannot be charged unseen."""


class SubscriptionPlan(Versioned, Base):
    """One line of the shop's catalogue; a subscription copies it when it starts."""

    __tablename__ = "subscription_plan"
    __table_args__ = (CheckConstraint("price_minor > 0", name="price_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    plan: Mapped[Plan] = mapped_column(stored_by_value(Plan))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    is_offered: Mapped[bool] = mapped_column(default=True)

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class SubscriptionPause(Base):
    """Days that are not charged: from ``paused_from`` up to, but without, ``resumed_on``."""

    __tablename__ = "subscription_pause"
    __table_args__ = (
        CheckConstraint("resumed_on IS NULL OR resumed_on >= paused_from", name="in_order"),
        Index(
            "ix_subscription_pause_one_open",
            "subscription_id",
            unique=True,
            **only_where("resumed_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    paused_from: Mapped[date] = mapped_column(Date)
    resumed_on: Mapped[date | None] = mapped_column(Date)

    subscription: Mapped[Subscription] = relationship(back_populates="pauses")


class SubscriptionPeriod(Versioned, Base):
    """One period that began; its row and its first charge are one transaction.

    ``reference`` is what the customer and the network read ("SUB-00001-2026-01"). Each period has
    its own, so that an open request for one never stands in the way of another. ``ends_on`` is
    the last day covered, as planned when the period began.
    """

    __tablename__ = "subscription_period"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        UniqueConstraint("subscription_id", "starts_on", name="one_per_start"),
        Index(
            "ix_subscription_period_due",
            "next_try_at",
            **only_where("next_try_at IS NOT NULL"),
        ),
        Index(
            "ix_subscription_period_unsettled",
            "subscription_id",
            **only_where("status IN ('open', 'retrying', 'unpaid')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(128), unique=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[PeriodStatus] = mapped_column(
        stored_by_value(PeriodStatus), default=PeriodStatus.OPEN
    )
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    subscription: Mapped[Subscription] = relationship(back_populates="periods")
    charges: Mapped[list[SubscriptionCharge]] = relationship(
        back_populates="period", order_by="SubscriptionCharge.try_number"
    )

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    def move_to(self, status: PeriodStatus) -> None:
        """Take one step of :data:`PERIOD_TRANSITIONS`.

        Raises:
            ConflictError: the period's state does not allow the step.

        """
        require_step("period", self.status, status, PERIOD_TRANSITIONS)
        self.status = status


class SubscriptionCharge(Base):
    """One try to get a period's money: one payment. While one is open no other begins."""

    __tablename__ = "subscription_charge"
    __table_args__ = (
        UniqueConstraint("period_id", "try_number", name="one_per_try"),
        Index(
            "ix_subscription_charge_one_open",
            "period_id",
            unique=True,
            **only_where("ended_at IS NULL"),
        ),
        Index("ix_subscription_charge_surplus", "period_id", **only_where("is_surplus")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("subscription_period.id"))
    try_number: Mapped[int]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_surplus: Mapped[bool] = mapped_column(default=False)
    """Its money came although the period was paid already: it is to go back."""

    period: Mapped[SubscriptionPeriod] = relationship(back_populates="charges")
    payment: Mapped[Payment] = relationship()

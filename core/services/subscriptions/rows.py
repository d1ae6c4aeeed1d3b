"""Subscriptions as tables and dialogs show them: frozen rows that may leave a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.model.payments import PaymentMethod, PaymentStatus
from core.model.subscriptions import PeriodStatus, Plan, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the catalogue of plans."""

    name: str
    plan: Plan
    price_minor: int
    currency: str
    is_offered: bool


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """A customer to choose."""

    customer_id: int
    name: str
    phone_number: str
    language: str


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """One subscription as a list shows it.

    ``next_due_on`` is None where no period is to begin. ``ends_on`` and ``paused_from`` may be
    agreed for a day to come. ``unpaid_minor`` is what periods are owed that are no longer tried;
    ``surplus`` counts payments that came for a period already paid and have not gone back.
    """

    subscription_number: str
    customer_id: int
    customer_name: str
    language: str
    phone_number: str
    plan: Plan
    plan_name: str
    price_minor: int
    currency: str
    method: PaymentMethod
    status: SubscriptionStatus
    starts_on: date
    next_due_on: date | None
    auto_renewal: bool
    notes: str
    paused_from: date | None
    ends_on: date | None
    changes_on: date | None
    next_plan: Plan | None
    next_plan_name: str
    next_price_minor: int | None
    unpaid_count: int
    unpaid_minor: int
    next_try_at: datetime | None
    surplus: int
    version: int

    @property
    def is_past_due(self) -> bool:
        """Tell whether a period is unpaid after its last try."""
        return self.unpaid_count > 0


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One charge of a period, and the payment it is.

    ``is_surplus`` says that its money came for a period already paid, and is still here.
    """

    reference: str
    starts_on: date
    ends_on: date
    amount_minor: int
    currency: str
    period_status: PeriodStatus
    next_try_at: datetime | None
    try_number: int
    payment_id: str
    payment_status: PaymentStatus
    payment_method: PaymentMethod
    created_at: datetime
    error_message: str
    is_surplus: bool


@dataclass(frozen=True, slots=True)
class SubscriptionDetail:
    """One subscription with its charges, the newest first, and the first days still to come."""

    subscription: SubscriptionRow
    charges: tuple[ChargeRow, ...]
    upcoming: tuple[date, ...]

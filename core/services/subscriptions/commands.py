"""What is entered about subscriptions and the catalogue of plans, and what can be used of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.model.subscriptions import SUBSCRIPTION_METHODS, Plan
from core.money import DEFAULT_CURRENCY, MAX_MINOR, require_currency
from core.phones import normalize_phone
from core.services.session import KeyedCommand

MAX_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class StartSubscription(KeyedCommand):
    """Who pays what how often, from which day.

    A known customer is named by ``customer_id``; else ``customer_name`` and the telephone find
    one, or add one. The first period begins, and is charged, on ``starts_on``.
    """

    plan: Plan
    price_minor: int
    method: PaymentMethod
    starts_on: date
    customer_id: int | None = None
    customer_name: str = ""
    phone_number: str = ""
    plan_name: str = ""
    currency: str = DEFAULT_CURRENCY
    auto_renewal: bool = True
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSubscription(KeyedCommand):
    """How a subscription is to be from now on.

    Plan, its name and the price hold from the next period that begins after today; the rest at
    once. ``version`` is the one that was on the screen.
    """

    subscription_number: str
    plan: Plan
    price_minor: int
    method: PaymentMethod
    plan_name: str = ""
    phone_number: str = ""
    auto_renewal: bool = True
    notes: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PauseSubscription(KeyedCommand):
    """From which day on no days are charged; ``version`` is the one that was on the screen."""

    subscription_number: str
    paused_from: date
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ResumeSubscription(KeyedCommand):
    """From which day on days are charged again."""

    subscription_number: str
    resumed_on: date
    version: int | None = None


@dataclass(frozen=True, slots=True)
class CancelSubscription(KeyedCommand):
    """Why it ends; ``at_once``, or when the period that runs is over."""

    subscription_number: str
    at_once: bool
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class KeepSubscription(KeyedCommand):
    """A cancellation that has not come yet is called off."""

    subscription_number: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ChargePeriod(KeyedCommand):
    """A person charges now, on purpose: the unpaid period named, else the next one that is due."""

    subscription_number: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class WaivePeriod(KeyedCommand):
    """The money of an unpaid period is no longer wanted, and why."""

    subscription_number: str
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class SavePlan(KeyedCommand):
    """One line of the catalogue; the same name again changes that line."""

    name: str
    plan: Plan
    price_minor: int
    currency: str = DEFAULT_CURRENCY
    is_offered: bool = True


def checked_start(command: StartSubscription) -> StartSubscription:
    """Return the command with its fields in stored form, or say which cannot be used."""
    if command.customer_id is None and not command.customer_name.strip():
        raise InvalidInputError("Nothing was started. Choose the customer.", field="customer")
    require_currency(command.currency)
    _check_price(command.price_minor)
    return replace(
        command,
        customer_name=command.customer_name.strip(),
        phone_number=checked_phone(command.method, command.phone_number),
        plan_name=checked_name(command.plan_name),
        notes=command.notes.strip(),
    )


def checked_change(command: ChangeSubscription) -> ChangeSubscription:
    """Return the command with its fields in stored form, or say which cannot be used."""
    _check_price(command.price_minor)
    return replace(
        command,
        phone_number=checked_phone(command.method, command.phone_number),
        plan_name=checked_name(command.plan_name),
        notes=command.notes.strip(),
    )


def checked_plan(command: SavePlan) -> SavePlan:
    """Return the command with its fields in stored form, or say which cannot be used."""
    if not command.name.strip():
        raise InvalidInputError("Nothing was changed. Type the plan's name.", field="name")
    require_currency(command.currency)
    _check_price(command.price_minor)
    return replace(command, name=checked_name(command.name))


def checked_name(name: str) -> str:
    """Return a plan's name, or say that it is too long."""
    name = name.strip()
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInputError(
            f"Nothing was changed. A plan's name has {MAX_NAME_LENGTH} characters at most.",
            field="name",
        )
    return name


def checked_phone(method: PaymentMethod, phone_number: str) -> str:
    """Return the number to ask in stored form; mobile money needs one.

    Raises:
        InvalidInputError: a subscription cannot be paid this way, or not on this number.

    """
    if method not in SUBSCRIPTION_METHODS:
        raise InvalidInputError(
            "Nothing was changed. A subscription is paid by MTN, Airtel, bank transfer or cash.",
            field="method",
        )
    phone = normalize_phone(phone_number) if phone_number.strip() else ""
    if method.is_mobile_money and not phone:
        raise InvalidInputError("Type the customer's telephone number.", field="phone")
    return phone


def _check_price(price_minor: int) -> None:
    if not 0 < price_minor <= MAX_MINOR:
        raise InvalidInputError("Type a price above zero.", field="price")

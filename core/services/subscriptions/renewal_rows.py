"""What leaves a renewal: what was charged, what waits and why, what was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.model.payments import PaymentMethod
from core.services.subscriptions.renewal_rules import Hold


@dataclass(frozen=True, slots=True)
class ChargedPeriod:
    """One period that is charged; before it is done ``payment_id`` is empty.

    ``is_pushed`` says that the customer's phone is asked for a PIN; what is not waits at the desk.
    """

    subscription_number: str
    customer_name: str
    starts_on: date
    reference: str
    amount_minor: int
    currency: str
    method: PaymentMethod
    try_number: int
    is_pushed: bool
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """One subscription whose oldest due period is not charged now, and why."""

    subscription_number: str
    customer_name: str
    starts_on: date
    amount_minor: int
    currency: str
    method: PaymentMethod
    hold: Hold


@dataclass(frozen=True, slots=True)
class RefusedRenewal:
    """One subscription that the books' rules did not let be charged; it stops no other."""

    subscription_number: str
    customer_name: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Sum:
    """How many charges of one currency, and their sum in minor units."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RenewalReport:
    """What a renewal up to and including a day did, or would do now."""

    up_to: date
    charged: tuple[ChargedPeriod, ...] = ()
    held: tuple[HeldPeriod, ...] = ()
    refused: tuple[RefusedRenewal, ...] = ()

    @property
    def waits_for_room(self) -> bool:
        """Tell whether more can be charged as soon as requests have left."""
        return any(each.hold is Hold.NO_ROOM for each in self.held)

    @property
    def pushed(self) -> int:
        """How many phones are asked."""
        return sum(each.is_pushed for each in self.charged)

    def sums(self) -> tuple[Sum, ...]:
        """Return count and sum of what is charged, by currency."""
        return _sums((each.currency, each.amount_minor) for each in self.charged)


def _sums(amounts: Iterable[tuple[str, int]]) -> tuple[Sum, ...]:
    found: dict[str, Sum] = {}
    for currency, amount_minor in amounts:
        before = found.get(currency, Sum(currency, 0, 0))
        found[currency] = Sum(currency, before.count + 1, before.amount_minor + amount_minor)
    return tuple(found[currency] for currency in sorted(found))

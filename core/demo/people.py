"""The invented shop's customers: Rwandan names, and telephone numbers that can exist."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime
from unicodedata import normalize

from core.phones import AIRTEL_PREFIXES, MTN_PREFIXES
from resources import resource_bytes

_AIRTEL_SHARE = 0.24
_LANGUAGES = ("rw", "en", "fr")


@dataclass(slots=True)
class Customer:
    """One customer; ``points`` are what they may spend while the books are written."""

    key: int
    name: str
    phone: str
    account_number: str
    language: str
    email: str
    tin: str
    points: int = field(default=0)


class Clientele:
    """Everybody who buys here; the regulars come more often than the others."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self._rng = rng
        names = json.loads(resource_bytes("demo", "names.json"))
        phones = _phones(rng, size)
        self.everyone = tuple(
            _customer(rng, names, key, phone) for key, phone in enumerate(phones, start=1)
        )
        self.mtn = tuple(c for c in self.everyone if c.phone.startswith(_e164(MTN_PREFIXES)))
        self.airtel = tuple(c for c in self.everyone if c.phone.startswith(_e164(AIRTEL_PREFIXES)))

    def pick(self, among: tuple[Customer, ...]) -> Customer:
        """Return one customer, those who stand first more often."""
        return among[int(len(among) * self._rng.random() ** 2)]


def customer_row(customer: Customer, since: datetime) -> dict[str, object]:
    """Return the customer's row."""
    return {
        "id": customer.key,
        "name": customer.name,
        "phone_number": customer.phone,
        "email": customer.email,
        "tin": customer.tin,
        "language": customer.language,
        "created_at": since,
        "version": 1,
    }


def _e164(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"+250{prefix}" for prefix in prefixes)


def _phones(rng: random.Random, size: int) -> list[str]:
    """Return different numbers; every fourth or so is Airtel's, and both networks are there."""
    found: dict[str, None] = {}
    while len(found) < size:
        airtel = rng.random() < _AIRTEL_SHARE or len(found) == 2
        prefix = rng.choice(AIRTEL_PREFIXES if airtel else MTN_PREFIXES)
        found[f"+250{prefix}{rng.randrange(1_000_000, 9_999_999)}"] = None
    return list(found)


def _customer(rng: random.Random, names: dict[str, list[str]], key: int, phone: str) -> Customer:
    business = key % 17 == 0
    name = (
        names["businesses"][key // 17 % len(names["businesses"])]
        if business
        else f"{rng.choice(names['given'])} {rng.choice(names['family'])}"
    )
    mailbox = "".join(c for c in normalize("NFKD", name.lower()) if c.isascii() and c.isalnum())
    return Customer(
        key=key,
        name=name,
        phone=phone,
        account_number=f"{rng.choice((100, 400, 206))}{rng.randrange(10**8, 10**9)}",
        language=rng.choices(_LANGUAGES, (60, 25, 15))[0],
        email=f"{mailbox}{key}@example.com" if business or rng.random() < 0.3 else "",
        tin=f"1{rng.randrange(10**7, 10**8)}" if business else "",
    )

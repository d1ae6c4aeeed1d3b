"""What people see of a mobile-money request: where it stands, what is awaited, who was charged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.gateways.contract import ConnectionCheck, Holder, Reason, Trouble
from core.model.attempts import AttemptKind
from core.model.payments import PaymentMethod, TransactionStatus
from core.model.providers import Environment
from core.services.rows import PaymentRow, RefundRow

__all__ = [
    "AttemptKind",
    "AttemptRow",
    "Awaited",
    "Charged",
    "ConnectionCheck",
    "ConnectionRow",
    "Environment",
    "HealthRow",
    "Holder",
    "PaymentPath",
    "Reason",
    "Trouble",
    "UnresolvedRow",
]


class Awaited(StrEnum):
    """What a request waits for."""

    SENDING = "sending"
    CONNECTION = "connection"
    """It could not be sent; it is tried again until the customer will have left."""
    PIN = "pin"
    ANSWER = "answer"
    PERSON = "person"
    NOTHING = "nothing"


class Charged(StrEnum):
    """Whether the customer's money moved, as far as anybody knows."""

    NO = "no"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One request to a network. ``next_check_at`` is when the program asks by itself."""

    payment_id: str
    refund_id: str
    kind: AttemptKind
    gateway_name: str
    environment: Environment
    reference: str
    status: TransactionStatus
    status_since: datetime
    created_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    last_asked_at: datetime | None
    next_check_at: datetime | None
    closed_at: datetime | None
    sends: int
    awaited: Awaited
    charged: Charged
    can_ask: bool
    reason: Reason | None
    reason_code: str
    trouble: Trouble | None
    message: str


@dataclass(frozen=True, slots=True)
class PaymentPath:
    """The way of one payment's money; ``attempt`` is None where no network was to be asked."""

    payment: PaymentRow
    attempt: AttemptRow | None
    refunds: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, slots=True)
class UnresolvedRow:
    """A request whose end a person must find out: at the network, or on its statement."""

    payment: PaymentRow
    refund: RefundRow | None
    attempt: AttemptRow


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One network as it answered last. ``told`` says what is wrong and what to do; empty if well.

    ``clock_ahead_s`` is how far this computer's clock is ahead of the network's.
    """

    gateway_name: str
    environment: Environment
    trouble: Trouble | None
    told: str
    since: datetime | None
    last_answer_at: datetime | None
    clock_ahead_s: int


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """Whether requests by one method go out by themselves; ``missing`` names what they lack.

    ``currency`` is the only one the account takes.
    """

    method: PaymentMethod
    gateway_name: str
    environment: Environment
    is_ready: bool
    missing: tuple[str, ...]
    currency: str

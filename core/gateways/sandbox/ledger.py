"""Every money operation a network has seen, and what became of the money.

A reference is charged at most once, as at the real networks; two references for one externalId are
two charges, and the ledger says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from core.gateways.sandbox.faults import Fault
from core.gateways.sandbox.outcomes import Network, Outcome, Stage, State, waiting


class Kind(StrEnum):
    """Which way the money goes."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Post:
    """One request to move money, as it came in; ``at`` is real time, in UTC."""

    at: datetime
    body_sha256: str


@dataclass(slots=True)
class Operation:
    """One payment or refund under one reference, chosen by the client."""

    network: Network
    kind: Kind
    reference: str
    external_id: str
    amount: str
    currency: str
    phone: str
    outcome: Outcome
    transaction_id: str
    fault: Fault | None = None
    original: str = ""
    """A refund's payment: its reference at MTN, its airtel_money_id at Airtel."""
    payer_type: str = "MSISDN"
    payer_message: str = ""
    payee_note: str = ""
    callback_url: str = ""
    posts: list[Post] = field(default_factory=list)
    times_accepted: int = 0
    accepted_s: float = 0.0
    asks: int = 0

    def see(self, body: bytes) -> None:
        """Note one more request with this reference."""
        self.posts.append(Post(datetime.now(UTC), hashlib.sha256(body).hexdigest()))

    def accept(self, now_s: float) -> None:
        """Start what the network does; the outcome runs from now on."""
        self.times_accepted += 1
        self.accepted_s = now_s

    def stage(self, now_s: float) -> Stage:
        """Return where the operation stands."""
        # Half a millisecond: what is due when a callback wakes up has also come about.
        elapsed_s = now_s - self.accepted_s + 0.0005
        reached = [stage for stage in self.outcome.stages if stage.after_s <= elapsed_s]
        return reached[-1] if reached and self.times_accepted else waiting(self.network)

    @property
    def last_state(self) -> State:
        """Where the money will be in the end."""
        return self.outcome.stages[-1].state if self.outcome.stages else State.PENDING

    @property
    def settles_after_s(self) -> float | None:
        """Seconds from acceptance to the first outcome; None where there will be none."""
        outcomes = (stage for stage in self.outcome.stages if stage.state is not State.PENDING)
        first = next(outcomes, None)
        return None if first is None else first.after_s

    def times_charged(self, now_s: float) -> int:
        """Return how often this reference has moved money by now."""
        return self.times_accepted if self.stage(now_s).state is State.SUCCESSFUL else 0


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What the ledger shows of one operation; amounts are texts in major units."""

    network: Network
    kind: Kind
    reference: str
    external_id: str
    original: str
    amount: str
    currency: str
    phone: str
    fault: Fault | None
    posts: int
    body_sha256: tuple[str, ...]
    posted_at: tuple[datetime, ...]
    is_accepted: bool
    asks: int
    times_charged: int
    outcome: State
    reason: str
    last_outcome: State
    """Where the money will be in the end, known to the sandbox from the start."""
    transaction_id: str


class Ledger:
    """All operations since the sandbox was started or reset."""

    def __init__(self) -> None:
        self._operations: dict[tuple[Network, Kind, str], Operation] = {}

    def find(self, network: Network, kind: Kind, reference: str) -> Operation | None:
        """Return an operation that was posted, accepted or not."""
        return self._operations.get((network, kind, reference))

    def add(self, operation: Operation) -> None:
        """Keep an operation under its reference."""
        self._operations[operation.network, operation.kind, operation.reference] = operation

    def by_transaction(self, network: Network, transaction_id: str) -> Operation | None:
        """Return the accepted payment with a network's own id."""
        for operation in self._operations.values():
            if (
                operation.network is network
                and operation.kind is Kind.PAYMENT
                and operation.transaction_id == transaction_id
                and operation.times_accepted
            ):
                return operation
        return None

    def refunded(self, original: str, *, network: Network) -> Decimal:
        """Return what the refunds of a payment take back that have not failed or will not fail."""
        return sum(
            (
                Decimal(operation.amount)
                for operation in self._operations.values()
                if operation.network is network
                and operation.kind is Kind.REFUND
                and operation.original == original
                and operation.times_accepted
                and operation.last_state is not State.FAILED
            ),
            Decimal(0),
        )

    def balance(self, network: Network, now_s: float) -> Decimal:
        """Return what is on the merchant's account at a network, in major units."""
        moved = sum(
            (
                Decimal(operation.amount) * (1 if operation.kind is Kind.PAYMENT else -1)
                for operation in self._operations.values()
                if operation.network is network and operation.times_charged(now_s)
            ),
            Decimal(0),
        )
        return OPENING_BALANCE + moved

    def entries(self, now_s: float) -> tuple[LedgerEntry, ...]:
        """Return every operation in the order they came."""
        return tuple(_entry(operation, now_s) for operation in self._operations.values())


OPENING_BALANCE = Decimal(1_000_000)


def charged_twice(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Return the externalIds of payments that were charged more than once, and how often."""
    charges: Counter[str] = Counter()
    for entry in entries:
        if entry.kind is Kind.PAYMENT:
            charges[entry.external_id] += entry.times_charged
    return {external_id: times for external_id, times in charges.items() if times > 1}


def _entry(operation: Operation, now_s: float) -> LedgerEntry:
    stage = operation.stage(now_s)
    return LedgerEntry(
        network=operation.network,
        kind=operation.kind,
        reference=operation.reference,
        external_id=operation.external_id,
        original=operation.original,
        amount=operation.amount,
        currency=operation.currency,
        phone=operation.phone,
        fault=operation.fault,
        posts=len(operation.posts),
        body_sha256=tuple(post.body_sha256 for post in operation.posts),
        posted_at=tuple(post.at for post in operation.posts),
        is_accepted=operation.times_accepted > 0,
        asks=operation.asks,
        times_charged=operation.times_charged(now_s),
        outcome=stage.state,
        reason=stage.reason,
        last_outcome=operation.last_state,
        transaction_id=operation.transaction_id,
    )

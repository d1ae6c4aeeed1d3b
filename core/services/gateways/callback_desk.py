"""What a network's callback does: the network is asked now. What the callback says is not believed.

MTN's callbacks are not signed and anybody can send one, so nothing in it changes a payment. It
names a request; the worker then asks the network, whose own answer is the only one that counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import CompoundSelect, Select, desc, select, union

from core.database.unit_of_work import Database
from core.gateways.callbacks import CallbackHint, airtel_hint, mtn_hint
from core.gateways.json_reading import parse_object
from core.model.attempts import GatewayAttempt
from core.model.payments import Payment, TransactionStatus
from core.model.providers import AirtelMoneyProvider, Environment
from core.model.refunds import RefundRequest
from core.services.gateways.desk import hint
from core.services.providers.forms import Network
from core.services.sealed_secrets import ciphertext
from core.services.secrets import SecretBox

SAME_HINT_S = 2.0
"""Hints at one request within this time are one."""

QUESTIONS_PER_S = 2.0
MOST_QUESTIONS_AT_ONCE = 60
"""Sales' numbers can be guessed: whoever does must not use up what a network lets the shop ask."""

_ENDED_LATELY = timedelta(days=3)
_MOST_NAMED = 20


class Received(Enum):
    """What became of a callback; the sender learns no more of TAKEN than that it was readable."""

    TAKEN = auto()
    ASKED = auto()
    """Taken, and at least one request is now due to be asked about."""
    UNREADABLE = auto()
    FORGED = auto()
    TOO_MANY = auto()


class Pace:
    """Lets so many things pass per second, and a burst of them at once; not thread-safe.

    It is the generic cell rate algorithm (ITU-T I.371), which needs one number to remember:
    ``paid_until_s``, the moment at which everything let pass so far has been paid for.
    """

    def __init__(self, per_s: float, burst: float) -> None:
        self._cost_s = 1 / per_s
        self._credit_s = burst / per_s

    def paid_until_s(self, before_s: float, now_s: float, things: int = 1) -> float:
        """Return the moment after letting things pass."""
        return max(before_s, now_s) + things * self._cost_s

    def wait_s(self, paid_until_s: float, now_s: float) -> float:
        """Return how long to wait before that may be; 0 where it may be now."""
        return max(0.0, paid_until_s - now_s - self._credit_s)


class CallbackDesk:
    """Takes callbacks, from any thread."""

    def __init__(
        self,
        database: Database,
        secrets: SecretBox,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._now_s = now_s
        self._lock = threading.Lock()
        self._asked_at_s: dict[str, float] = {}
        self._pace = Pace(QUESTIONS_PER_S, MOST_QUESTIONS_AT_ONCE)
        self._paid_until_s = 0.0

    def receive(self, provider: Network, body: bytes) -> Received:
        """Have the network asked about the requests that a callback names, if there are any.

        Raises:
            StorageError: the shop's file refuses; nothing was noted.
            KnownError: Airtel's callback key cannot be read on this computer.

        """
        if parse_object(body) is None:
            return Received.UNREADABLE
        if provider == "mtn":
            named = mtn_hint(body)
        else:
            callback_key = self._callback_key()
            named = airtel_hint(body, callback_key)
            # With a key every callback of Airtel's has a hash: none is as wrong as a wrong one.
            if named is not None and callback_key and not named.verified:
                return Received.FORGED
        references = self._references(provider, named) if named is not None else ()
        return self._ask(provider, references) if references else Received.TAKEN

    def _callback_key(self) -> str:
        with self._database.read() as session:
            kept = session.scalar(
                select(AirtelMoneyProvider.callback_key_encrypted)
                .where(AirtelMoneyProvider.is_active)
                .limit(1)
            )
            encrypted = ciphertext(session, kept or "")
        return self._secrets.decrypt(encrypted).strip()

    def _references(self, provider: Network, named: CallbackHint) -> tuple[str, ...]:
        """Return our references of the requests meant that are not due anyway.

        It only reads, and by indexes: what strangers send must neither wait for a till's sale nor
        hold one up. What never left this shop is not known to any network.
        """
        now = self._database.clock()
        with self._database.read() as session:
            # Two questions: asked as one, SQLite walks through all requests of the network.
            meant = session.scalars(_ids_meant(provider, named).limit(_MOST_NAMED)).all()
            if not meant:
                return ()
            found = session.scalars(
                select(GatewayAttempt.reference).where(
                    GatewayAttempt.id.in_(meant),
                    GatewayAttempt.provider == provider,
                    GatewayAttempt.sends > 0,
                    GatewayAttempt.status != TransactionStatus.SUCCEEDED,
                    GatewayAttempt.closed_at.is_(None)
                    | (GatewayAttempt.closed_at > now - _ENDED_LATELY),
                    GatewayAttempt.due_at.is_(None) | (GatewayAttempt.due_at > now),
                )
            )
            return tuple(found)

    def _ask(self, provider: Network, references: tuple[str, ...]) -> Received:
        with self._lock:
            now_s = self._now_s()
            self._asked_at_s = {
                reference: asked_at_s
                for reference, asked_at_s in self._asked_at_s.items()
                if now_s - asked_at_s < SAME_HINT_S
            }
            fresh = [each for each in references if each not in self._asked_at_s]
            if not fresh:
                return Received.TAKEN
            paid_until_s = self._pace.paid_until_s(self._paid_until_s, now_s, len(fresh))
            if self._pace.wait_s(paid_until_s, now_s):
                return Received.TOO_MANY
            asked = hint(self._database, provider, fresh)
            self._paid_until_s = paid_until_s
            self._asked_at_s.update(dict.fromkeys(fresh, now_s))
            return Received.ASKED if asked else Received.TAKEN


def _ids_meant(provider: Network, named: CallbackHint) -> Select[int] | CompoundSelect[int]:
    """Return the query of the requests named, newest first: by our reference, or by their sale."""
    attempt = select(GatewayAttempt.id.label("id"))
    if named.reference:
        return attempt.where(
            # The index knows a reference only together with the account it was sent by.
            GatewayAttempt.provider == provider,
            GatewayAttempt.environment.in_(list(Environment)),
            GatewayAttempt.reference == named.reference,
        )
    of_payment = attempt.join(Payment, GatewayAttempt.payment_id == Payment.id)
    of_refund = attempt.join(RefundRequest, GatewayAttempt.refund_request_id == RefundRequest.id)
    return union(
        of_payment.where(Payment.transaction_reference == named.external_id),
        of_payment.where(Payment.payment_id == named.external_id),
        of_refund.where(RefundRequest.refund_id == named.external_id),
    ).order_by(desc("id"))

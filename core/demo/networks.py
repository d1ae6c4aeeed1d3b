"""The invented networks of a demo: a sandbox that knows what the shop's books say of its payments.

What the networks answer follows from the books alone, so that a demo that was kept and is opened
again goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.demo.requests_sent import other_amount_minor
from core.gateways.sandbox import KnownPayment, Network, Plan, Sandbox, Settings
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.journal import Topic
from core.model.payments import ASKED_TRANSACTION_STATUSES, Payment, TransactionStatus
from core.model.providers import AirtelMoneyProvider, Environment, MTNMobileMoneyProvider
from core.money import major
from core.services.providers.forms import Network as Provider
from core.services.providers.service import Account, accounts_of

EXAMPLE_NUMBER = "0788123456"
"""The number that everybody types first; the networks' own rule would let its payments fail."""

ANSWERED_AFTER_S = 240.0
"""So long an invented customer looks at the prompt that was there when the demo was built."""

SOONEST_ANSWER_S = 10.0
FOUND_AFTER_S = 45.0
"""From then on the network knows the request whose answer was lost. After a minute of being told
that it does not, the program would take that as the truth."""

FRESH_S = 900.0
"""What was asked longer ago came about while the program was closed."""

MOST_KNOWN = 10_000

_HOST = "127.0.0.1"
_OUTCOMES = {
    "APPROVAL_REJECTED": "rejected",
    "EXPIRED": "expired",
    "INTERNAL_PROCESSING_ERROR": "failed",
    "PAYER_NOT_FOUND": "payer_not_found",
    "DP00800001002": "not_allowed",
    "DP00800001003": "environment",
    "DP00800001005": "callback_host",
    "DP00800001007": "failed",
    "TE": "expired",
}
"""By the network's code of a failure, the sandbox's name for it."""


class DemoNetworks:
    """Both networks of one demo shop, between :meth:`start` and :meth:`stop`."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._sandbox: Sandbox | None = None
        self._finding: Timer | None = None

    def start(self, database: Database) -> str:
        """Begin to answer and write the address into the shop's accounts; return it.

        Nothing is started, and "" returned, where the shop's accounts are elsewhere by now.

        Raises:
            OSError: this computer lets no program answer.
            KnownError: the shop's file cannot be read or written.

        """
        with database.read() as session:
            port = _local_port(session)
            if port is None:
                return ""
            known, found_later = _known_payments(session, database.clock())
        sandbox = self._sandbox = _started(self._settings, port)
        sandbox.plan(Plan(outcomes={EXAMPLE_NUMBER: "successful"}))
        sandbox.know(known)
        found_after_s = FOUND_AFTER_S / self._settings.speed
        self._finding = Timer(found_after_s, sandbox.know, (found_later,))
        self._finding.daemon = True
        self._finding.start()
        _move_accounts(database, sandbox.url)
        return sandbox.url

    def stop(self) -> None:
        """End both networks; safe to call twice."""
        if self._finding is not None:
            self._finding.cancel()
            self._finding.join()
        if self._sandbox is not None:
            self._sandbox.stop()
        self._finding = self._sandbox = None


def _started(settings: Settings, port: int) -> Sandbox:
    sandbox = Sandbox(settings, port=port)
    try:
        sandbox.start()
    except OSError:
        # Another program has the port, another demo perhaps.
        sandbox = Sandbox(settings)
        sandbox.start()
    return sandbox


def _local_accounts(session: Session) -> Iterator[Account]:
    """Yield the accounts at a sandbox of this computer; a person may have entered another."""
    found: tuple[Account | None, ...] = (
        accounts_of(session, MTNMobileMoneyProvider).get(Environment.SANDBOX),
        accounts_of(session, AirtelMoneyProvider).get(Environment.SANDBOX),
    )
    for account in found:
        if account is not None and urlsplit(account.base_url).hostname == _HOST:
            yield account


def _local_port(session: Session) -> int | None:
    ports = [urlsplit(account.base_url).port for account in _local_accounts(session)]
    return next((port for port in ports if port is not None), None)


def _move_accounts(database: Database, url: str) -> None:
    with database.write(None) as unit:
        moved = [each for each in _local_accounts(unit.session) if each.base_url != url]
        for account in moved:
            provider: Provider = "mtn" if isinstance(account, MTNMobileMoneyProvider) else "airtel"
            change = {"before": account.base_url, "after": url}
            account.base_url = url
            account.updated_at = unit.now
            # Who keeps a client of the account sees by its version that it needs another.
            account.version += 1
            unit.audit("provider:saved", "provider", f"{provider}:{account.id}", base_url=change)
            unit.changed(Topic.PROVIDERS, provider)
        if moved:
            unit.commit()


@dataclass(frozen=True, slots=True)
class _Request:
    """What the books say of one request to pay."""

    provider: str
    reference: str
    status: TransactionStatus
    reason_code: str
    message: str
    created_at: datetime
    amount_minor: int
    currency: str
    phone_number: str
    transaction_reference: str
    payment_id: str
    transaction_id: str | None


def _requests(session: Session) -> Iterator[_Request]:
    rows = session.execute(
        select(
            GatewayAttempt.provider,
            GatewayAttempt.reference,
            GatewayAttempt.status,
            GatewayAttempt.reason_code,
            GatewayAttempt.message,
            GatewayAttempt.created_at,
            Payment.amount_minor,
            Payment.currency,
            Payment.phone_number,
            Payment.transaction_reference,
            Payment.payment_id,
            Payment.transaction_id,
        )
        .join(Payment, GatewayAttempt.payment_id == Payment.id)
        .where(
            GatewayAttempt.kind == AttemptKind.COLLECT,
            GatewayAttempt.environment == Environment.SANDBOX,
        )
        .order_by(GatewayAttempt.id.desc())
        .limit(MOST_KNOWN)
    )
    for row in rows.mappings():
        yield _Request(**row)


def _known_payments(
    session: Session, now: datetime
) -> tuple[list[KnownPayment], list[KnownPayment]]:
    """Return what the networks know from the start, and what they find only after a while."""
    at_once: list[KnownPayment] = []
    found_later: list[KnownPayment] = []
    for request in _requests(session):
        waited_s = (now - request.created_at).total_seconds()
        known = _known_payment(request, waited_s)
        if known is not None:
            is_lost = request.status is TransactionStatus.UNKNOWN and waited_s < FRESH_S
            (found_later if is_lost else at_once).append(known)
    return at_once, found_later


def _known_payment(request: _Request, waited_s: float) -> KnownPayment | None:
    network = Network(request.provider)
    amount_minor = request.amount_minor
    outcome: str | None = "successful"
    settles_after_s = 0.0
    if request.status is TransactionStatus.PENDING and waited_s < FRESH_S:
        settles_after_s = max(SOONEST_ANSWER_S, ANSWERED_AFTER_S - waited_s)
    elif request.status is TransactionStatus.UNRESOLVED and request.message:
        amount_minor = other_amount_minor(amount_minor)
    elif request.status not in ASKED_TRANSACTION_STATUSES | {TransactionStatus.SUCCEEDED}:
        # What never left has no code, and the network must not have heard of it.
        outcome = _OUTCOMES.get(request.reason_code)
    if outcome is None:
        return None
    return KnownPayment(
        network=network,
        reference=request.reference,
        amount=major(amount_minor, request.currency),
        currency=request.currency,
        phone=request.phone_number.removeprefix("+" if network is Network.MTN else "+250"),
        external_id=request.transaction_reference or request.payment_id,
        outcome=outcome,
        settles_after_s=settles_after_s,
        transaction_id=request.transaction_id or "",
    )

"""What every mobile-money gateway answers to, and the words its answers are given in.

A call is made in two steps, because its record must be committed before the first byte leaves: the
gateway first describes it (:class:`GatewayCall`, with the request as it may be stored), and only
``send()`` touches the network. ``send()`` never raises for anything a network can do: each outcome
is a :class:`Reply`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from core.model.payments import PaymentMethod, RequestType


class CallOutcome(StrEnum):
    """What is known after a call. Only ``SUCCEEDED`` says that money moved."""

    ACCEPTED = "accepted"
    """The network took the request; the customer is asked for the PIN."""
    ALREADY_SUBMITTED = "already_submitted"
    """The network knows our reference from an earlier call: ask for its state."""
    PENDING = "pending"
    """The network was asked and has not decided, or says something we do not know."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    NOT_FOUND = "not_found"
    """The network does not know our reference; by itself no proof that nothing was charged."""
    NOT_SENT = "not_sent"
    """It is certain that the request never reached the network."""
    UNKNOWN = "unknown"
    """The request may or may not have been carried out: ask, never send another reference."""


class Trouble(StrEnum):
    """What keeps a network from answering as it should, for a banner that says what to do."""

    NO_ROUTE = "no_route"
    NAME_NOT_FOUND = "name_not_found"
    CONNECTION_REFUSED = "connection_refused"
    TIMEOUT = "timeout"
    CONNECTION_CUT = "connection_cut"
    CERTIFICATE = "certificate"
    PROXY = "proxy"
    WEB_PAGE = "web_page"
    """A page for people instead of an answer: a captive portal, a firewall, a wrong address."""
    REDIRECT = "redirect"
    CREDENTIALS = "credentials"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    """The network does not let this shop's internet address in (it must be registered)."""
    CONFIGURATION = "configuration"
    """Environment, currency, country or callback address do not fit the account."""
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVICE = "service"
    """The network itself is down or answers nonsense."""


class Reason(StrEnum):
    """Why a payment did not come, in the few kinds that tell a cashier what to do next."""

    REFUSED_BY_CUSTOMER = "refused_by_customer"
    NOT_APPROVED_IN_TIME = "not_approved_in_time"
    WRONG_PIN = "wrong_pin"
    NOT_ENOUGH_MONEY = "not_enough_money"
    CUSTOMER_LIMIT = "customer_limit"
    NUMBER_WITHOUT_WALLET = "number_without_wallet"
    WALLET_BLOCKED = "wallet_blocked"
    AMOUNT_NOT_ALLOWED = "amount_not_allowed"
    REFUSED_BY_NETWORK = "refused_by_network"
    SHOP_ACCOUNT = "shop_account"
    NETWORK_TROUBLE = "network_trouble"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """How calls go out: a proxy where the shop has one, and how long they wait, in seconds.

    ``read_timeout_s`` is the longest silence, ``total_timeout_s`` bounds a whole call, so that an
    answer that comes byte by byte holds nobody.
    """

    proxy_url: str = field(default="", repr=False)
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 25.0
    total_timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class CollectOrder:
    """What a customer is asked to pay. ``reference`` is ours, made and committed before the call.

    ``phone_number`` is E.164; ``external_id`` is what the shop and its statements call the sale.
    """

    reference: str
    amount_minor: int
    currency: str
    phone_number: str
    external_id: str
    payer_message: str = ""
    payee_note: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What goes back to a customer, of which payment.

    ``original_reference`` is our reference of the payment, ``original_transaction_id`` the
    network's; each network wants its own of the two.
    """

    reference: str
    amount_minor: int
    currency: str
    phone_number: str
    external_id: str
    original_reference: str
    original_transaction_id: str
    payer_message: str = ""
    payee_note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one call; nothing in it holds a secret.

    ``reason_code`` and ``message`` are the network's own; ``mismatches`` are sentences that say
    where a success differs from what was asked (amount, currency, reference, payer), and a success
    with any is not to be believed. ``response_data`` is the sanitised answer.
    """

    outcome: CallOutcome
    trouble: Trouble | None = None
    reason: Reason | None = None
    reason_code: str = ""
    message: str = ""
    transaction_id: str = ""
    mismatches: tuple[str, ...] = ()
    response_code: str = ""
    response_data: Mapping[str, object] | None = None
    duration_ms: int = 0
    retry_after_s: float | None = None
    clock_ahead_s: float | None = None
    """How far this computer's clock is ahead of the network's (negative: behind), where told."""


@dataclass(frozen=True, slots=True)
class GatewayCall:
    """One call, described but not yet made; ``request_data`` is the sanitised request."""

    request_type: RequestType
    request_data: Mapping[str, object]
    send: Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """One step of a connection test: what was tried, whether it worked, and what to do if not."""

    what: str
    passed: bool
    told: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whether a number has a wallet, and its owner's name where the network tells it.

    ``registered`` is None when the network did not say.
    """

    registered: bool | None
    name: str = ""


class MobileMoneyGateway(Protocol):
    """One network's account of the shop."""

    method: PaymentMethod
    can_refund: bool
    """Whether this account may send money back at all."""
    refunds_in_part: bool
    """Whether less than the whole payment can be sent back."""
    tells_refund_status: bool
    """Whether a refund whose answer was lost can be asked about."""

    def collect(self, order: CollectOrder) -> GatewayCall:
        """Describe the request that makes the customer's phone ask for the PIN."""
        ...

    def ask(self, order: CollectOrder) -> GatewayCall:
        """Describe the question about a payment asked for earlier, by the same reference."""
        ...

    def refund(self, order: RefundOrder) -> GatewayCall:
        """Describe the request that sends money back."""
        ...

    def ask_refund(self, order: RefundOrder) -> GatewayCall:
        """Describe the question about a refund sent earlier.

        Only for a network that ``tells_refund_status``.
        """
        ...

    def holder(self, phone_number: str) -> Holder:
        """Ask whether a number (E.164) has a wallet; what goes wrong leaves it unsaid."""
        ...

    def test_connection(self) -> tuple[ConnectionCheck, ...]:
        """Try the account without moving money, step by step, each told in words."""
        ...

    def close(self) -> None:
        """Let go of connections and tokens."""
        ...

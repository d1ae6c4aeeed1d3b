"""Which account each mobile network is asked with, and the clients that ask.

The clients, and the HTTP library under them, are loaded when the first one is built: a till that
takes only cash never pays for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.configuration import GatewayTiming
from core.database.unit_of_work import Database
from core.errors import KnownError, NotFoundError, StorageError
from core.gateways.accounts import AirtelAccount, MTNAccount
from core.gateways.contract import ConnectionCheck, MobileMoneyGateway, NetworkOptions
from core.model.payments import PaymentMethod
from core.model.providers import AirtelMoneyProvider, Environment, MTNMobileMoneyProvider
from core.permissions import Actor, Permission
from core.services.gateways.rows import ConnectionRow
from core.services.providers.forms import (
    NETWORK_NAMES,
    NETWORKS,
    SECRET_FIELDS,
    Network,
    account_name,
)
from core.services.providers.service import Account, missing_fields, network_accounts
from core.services.sealed_secrets import ciphertext
from core.services.secrets import SecretBox

_METHODS: dict[Network, PaymentMethod] = {
    "mtn": PaymentMethod.MTN_MOBILE_MONEY,
    "airtel": PaymentMethod.AIRTEL_MONEY,
}
_NETWORKS = {method: network for network, method in _METHODS.items()}


def method_of(provider: Network) -> PaymentMethod:
    """Return how payments through a network are called."""
    return _METHODS[provider]


def provider_of(method: PaymentMethod) -> Network | None:
    """Return the network behind a payment method; None where no network is asked."""
    return _NETWORKS.get(method)


@dataclass(frozen=True, slots=True)
class AccountInUse:
    """The account that new requests by a method go to; ``missing`` names what it lacks.

    ``currency`` is the only one it takes.
    """

    provider: Network
    environment: Environment
    method: PaymentMethod
    gateway_name: str
    currency: str
    is_ready: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendsBack:
    """What of a refund an account can send: anything at all, and a part of a payment."""

    anything: bool
    parts: bool


@dataclass(frozen=True, slots=True)
class _Client:
    """A client and what it was built from: another version or proxy needs another client."""

    gateway: MobileMoneyGateway
    version: int
    proxy_url: str


class GatewayAccounts:
    """Tells which accounts are in use and builds their clients; safe to use from any thread.

    ``proxy`` returns the address that the networks are reached through, or an empty text; it is
    asked anew for every client.
    """

    def __init__(
        self,
        database: Database,
        secrets: SecretBox,
        timing: GatewayTiming,
        proxy: Callable[[], str],
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._timing = timing
        self._proxy = proxy
        self._lock = threading.Lock()
        self._clients: dict[tuple[Network, Environment], _Client] = {}

    def in_use(self, method: PaymentMethod) -> AccountInUse | None:
        """Return the account that requests by a method go to; None where there is none."""
        network = provider_of(method)
        if network is None:
            return None
        with self._database.read() as session:
            for environment, account in network_accounts(session, network).items():
                if account.is_active:
                    missing = missing_fields(account, network)
                    return AccountInUse(
                        provider=network,
                        environment=environment,
                        method=method,
                        gateway_name=NETWORK_NAMES[network],
                        currency=account.currency,
                        is_ready=not missing,
                        missing=missing,
                    )
        return None

    def connections(self) -> tuple[ConnectionRow, ...]:
        """Return the account in use of each network that has one."""
        used = (self.in_use(_METHODS[network]) for network in NETWORKS)
        return tuple(
            ConnectionRow(
                method=account.method,
                gateway_name=account.gateway_name,
                environment=account.environment,
                is_ready=account.is_ready,
                missing=account.missing,
                currency=account.currency,
            )
            for account in used
            if account is not None
        )

    def gateway(self, provider: Network, environment: Environment) -> MobileMoneyGateway:
        """Return the client of an account, in use or not: an old request belongs to its own.

        The client is kept until the account or the proxy changes, so hold on to it only for one
        call.

        Raises:
            NotFoundError: the account was never saved.
            KnownError: it is incomplete, or its secrets cannot be read on this computer.

        """
        proxy_url = self._proxy()
        with self._lock:
            account = self._account(provider, environment)
            kept = self._clients.get((provider, environment))
            if kept and (kept.version, kept.proxy_url) == (account.version, proxy_url):
                return kept.gateway
            gateway = self._build(account, provider, proxy_url)
            self._clients[provider, environment] = _Client(gateway, account.version, proxy_url)
        if kept is not None:
            kept.gateway.close()
        return gateway

    def sends_back(self, provider: Network, environment: Environment) -> SendsBack:
        """Return what of a refund an account can send, by what of it is kept, not by its secrets.

        So a desk that may not read them can tell.

        Raises:
            NotFoundError: the account was never saved.
            KnownError: it is incomplete.

        """
        with self._database.read() as session:
            account = network_accounts(session, provider).get(environment)
        if account is None:
            raise _never_saved(provider, environment)
        _refuse_incomplete(account, provider)
        if isinstance(account, MTNMobileMoneyProvider):
            has_key = bool(account.disbursement_subscription_key_encrypted)
            return SendsBack(anything=has_key, parts=True)
        # Airtel's refund names the payment alone, without an amount.
        return SendsBack(anything=True, parts=False)

    def host(self, provider: Network, environment: Environment) -> str:
        """Return the name of the computer an account is at; empty where it has none."""
        with self._database.read() as session:
            account = network_accounts(session, provider).get(environment)
            # The address was checked when it was saved.
            return urlsplit(account.base_url).hostname or "" if account is not None else ""

    def test(
        self, actor: Actor, provider: Network, environment: Environment
    ) -> tuple[ConnectionCheck, ...]:
        """Try an account without moving money; each step says in words what came of it.

        It has a client of its own, which brings no token from earlier and disturbs no request.

        Raises:
            NotFoundError: the account was never saved.
            KnownError: it is incomplete, or its secrets cannot be read on this computer.

        """
        self._database.require(actor, Permission.MANAGE_PROVIDERS)
        try:
            account = self._account(provider, environment)
        except StorageError as error:
            if not self._database.is_shared:
                raise
            raise KnownError(
                "Nothing was sent. No desk of a shop on a server may open the account's secrets:"
                " the first request that the service sends shows whether they hold.",
                details=error.details or error.message,
            ) from error
        gateway = self._build(account, provider, self._proxy())
        try:
            checks = gateway.test_connection()
        finally:
            gateway.close()
        with self._database.write(actor) as unit:
            unit.audit(
                "provider:tested",
                "provider",
                f"{provider}:{account.id}",
                environment=environment,
                passed=[check.what for check in checks if check.passed],
                failed=[check.what for check in checks if not check.passed],
            )
            unit.commit()
        return checks

    def close(self) -> None:
        """Let go of every client."""
        with self._lock:
            clients = tuple(self._clients.values())
            self._clients.clear()
        for client in clients:
            client.gateway.close()

    def _account(self, provider: Network, environment: Environment) -> Account:
        with self._database.read() as session:
            account = network_accounts(session, provider).get(environment)
            if account is None:
                raise _never_saved(provider, environment)
            session.expunge(account)
            # Only the copy in hand: what a server put away goes back into no row.
            for name in (f"{field}_encrypted" for field in SECRET_FIELDS[provider]):
                setattr(account, name, ciphertext(session, getattr(account, name)))
        return account

    def _build(self, account: Account, provider: Network, proxy_url: str) -> MobileMoneyGateway:
        _refuse_incomplete(account, provider)
        options = NetworkOptions(
            proxy_url=proxy_url,
            connect_timeout_s=self._timing.connect_timeout_s,
            read_timeout_s=self._timing.read_timeout_s,
        )
        if isinstance(account, AirtelMoneyProvider):
            from core.gateways.airtel_money import AirtelMoney  # noqa: PLC0415 - not owed at start

            return AirtelMoney(self._airtel_account(account), options)
        from core.gateways.mtn_momo import MTNMobileMoney  # noqa: PLC0415 - not owed at start

        return MTNMobileMoney(self._mtn_account(account), options)

    def _airtel_account(self, row: AirtelMoneyProvider) -> AirtelAccount:
        return AirtelAccount(
            base_url=row.base_url,
            country=row.country,
            currency=row.currency,
            client_id=row.client_id,
            client_secret=self._secrets.decrypt(row.client_secret_encrypted),
            callback_key=self._secrets.decrypt(row.callback_key_encrypted),
            signed=row.signed,
            callback_url=row.webhook_url,
        )

    def _mtn_account(self, row: MTNMobileMoneyProvider) -> MTNAccount:
        return MTNAccount(
            base_url=row.base_url,
            target_environment=row.target_environment,
            currency=row.currency,
            collection_subscription_key=self._secrets.decrypt(
                row.collection_subscription_key_encrypted
            ),
            disbursement_subscription_key=self._secrets.decrypt(
                row.disbursement_subscription_key_encrypted
            ),
            api_user=row.api_user,
            api_key=self._secrets.decrypt(row.api_key_encrypted),
            callback_url=row.webhook_url,
        )


def _never_saved(provider: Network, environment: Environment) -> NotFoundError:
    return NotFoundError(
        f"Nothing was sent. {NETWORK_NAMES[provider]} has no {environment} account yet; an admin"
        " enters it under Settings, Channels."
    )


def _refuse_incomplete(account: Account, provider: Network) -> None:
    missing = missing_fields(account, provider)
    if missing:
        raise KnownError(
            f"Nothing was sent. {account_name(provider, account.environment)} still needs"
            f" {', '.join(missing)}; an admin enters it under Settings, Channels."
        )

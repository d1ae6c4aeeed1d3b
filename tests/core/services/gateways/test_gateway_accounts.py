from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.configuration import GatewayTiming
from core.database.unit_of_work import Database
from core.errors import KnownError, NotAllowedError, NotFoundError
from core.gateways.airtel_money import AirtelMoney
from core.gateways.contract import MobileMoneyGateway
from core.gateways.sandbox.server import Sandbox
from core.gateways.sandbox.settings import DEMO_ACCOUNT, airtel_keys, mtn_keys
from core.model.payments import PaymentMethod
from core.model.providers import Environment
from core.permissions import Actor
from core.services.audit.trail import AuditService
from core.services.gateways.accounts import GatewayAccounts, method_of, provider_of
from core.services.providers.forms import Network
from core.services.providers.service import ProviderService
from core.services.secrets import KEY_FILE_NAME, SecretBox

LIVE, SANDBOX = Environment.LIVE, Environment.SANDBOX
FAST = GatewayTiming(connect_timeout_s=2, read_timeout_s=2)


@pytest.fixture
def box(tmp_path: Path) -> SecretBox:
    return SecretBox(tmp_path, use_keyring=False)


@pytest.fixture
def providers(database: Database, box: SecretBox) -> ProviderService:
    return ProviderService(database, box)


@pytest.fixture
def proxy() -> list[str]:
    return [""]


@pytest.fixture
def accounts(database: Database, box: SecretBox, proxy: list[str]) -> Iterator[GatewayAccounts]:
    made = GatewayAccounts(database, box, FAST, lambda: proxy[0])
    yield made
    made.close()


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def fill(
    providers: ProviderService,
    admin: Actor,
    provider: Network,
    url: str,
    environment: Environment = LIVE,
    **other: str,
) -> None:
    keys = {"mtn": mtn_keys, "airtel": airtel_keys}[provider](url, Sandbox().settings)
    values = {key: str(value) for key, value in keys.items()} | other
    providers.set_values(admin, provider, values, from_file=True, environment=environment)


def test_each_network_is_behind_one_method() -> None:
    assert [provider_of(method) for method in PaymentMethod if method.is_mobile_money] == [
        "mtn",
        "airtel",
    ]
    assert provider_of(PaymentMethod.CASH) is None
    assert method_of("airtel") is PaymentMethod.AIRTEL_MONEY


def test_the_account_in_use_is_the_one_chosen_and_says_what_it_lacks(
    accounts: GatewayAccounts, providers: ProviderService, admin: Actor
) -> None:
    method = PaymentMethod.MTN_MOBILE_MONEY
    assert accounts.in_use(method) is None
    assert accounts.in_use(PaymentMethod.CASH) is None
    fill(providers, admin, "mtn", "http://localhost:1", SANDBOX)
    providers.set_values(admin, "mtn", {"merchant_id": "M"}, from_file=False)
    live = accounts.in_use(method)
    assert live is not None
    assert (live.provider, live.environment, live.is_ready) == ("mtn", LIVE, False)
    assert live.missing == ("collection_subscription_key", "api_user", "api_key")
    providers.use(admin, "mtn", SANDBOX)
    sandbox = accounts.in_use(method)
    assert sandbox is not None
    assert (sandbox.environment, sandbox.is_ready, sandbox.currency) == (SANDBOX, True, "RWF")
    (connection,) = accounts.connections()
    assert (connection.method, connection.environment) == (method, SANDBOX)
    assert connection.gateway_name == "MTN Mobile Money"
    providers.use(admin, "mtn", None)
    assert accounts.connections() == ()


def test_a_client_is_kept_until_its_account_or_the_proxy_changes(
    accounts: GatewayAccounts, providers: ProviderService, admin: Actor, proxy: list[str]
) -> None:
    fill(providers, admin, "mtn", "http://localhost:1")
    fill(providers, admin, "mtn", "http://localhost:2", SANDBOX)
    first = accounts.gateway("mtn", LIVE)
    sandbox = accounts.gateway("mtn", SANDBOX)
    assert first is not sandbox
    assert accounts.gateway("mtn", LIVE) is first

    fill(providers, admin, "mtn", "http://localhost:1", api_key="another")
    second = accounts.gateway("mtn", LIVE)
    assert second is not first
    assert accounts.gateway("mtn", SANDBOX) is sandbox

    proxy[0] = "http://localhost:3128"
    assert accounts.gateway("mtn", LIVE) is not second
    assert accounts.host("mtn", SANDBOX) == "localhost"
    assert accounts.host("airtel", SANDBOX) == ""


def test_a_client_that_is_replaced_is_closed(
    accounts: GatewayAccounts,
    providers: ProviderService,
    admin: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[AirtelMoney] = []

    def close(gateway: AirtelMoney) -> None:
        closed.append(gateway)

    monkeypatch.setattr(AirtelMoney, "close", close)
    fill(providers, admin, "airtel", "http://localhost:1")
    first = accounts.gateway("airtel", LIVE)
    fill(providers, admin, "airtel", "http://localhost:2")
    second = accounts.gateway("airtel", LIVE)
    assert closed == [first]
    accounts.close()
    assert closed == [first, second]


class SlowBox(SecretBox):
    """A box that takes its time, as a system's keyring does."""

    def decrypt(self, encrypted: str) -> str:
        time.sleep(0.02)
        return super().decrypt(encrypted)


def test_threads_that_ask_at_once_get_the_same_client(
    database: Database, providers: ProviderService, admin: Actor, tmp_path: Path
) -> None:
    slow = SlowBox(tmp_path, use_keyring=False)
    accounts = GatewayAccounts(database, slow, FAST, lambda: "")
    fill(providers, admin, "airtel", "http://localhost:1")
    found: list[MobileMoneyGateway] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        found.append(accounts.gateway("airtel", LIVE))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({id(each) for each in found}) == 1
    accounts.close()


def test_an_account_that_cannot_be_used_says_why(
    accounts: GatewayAccounts, providers: ProviderService, admin: Actor, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match=r"^Nothing was sent\. MTN .* no sandbox account"):
        accounts.gateway("mtn", SANDBOX)
    providers.set_values(admin, "airtel", {"client_id": "me"}, from_file=False)
    with pytest.raises(KnownError, match=r"Airtel Money still needs client_secret"):
        accounts.test(admin, "airtel", LIVE)
    fill(providers, admin, "mtn", "http://localhost:1")
    (tmp_path / KEY_FILE_NAME).unlink()
    moved = GatewayAccounts(
        accounts._database, SecretBox(tmp_path, use_keyring=False), FAST, lambda: ""
    )
    SecretBox(tmp_path, use_keyring=False).encrypt("makes another key")
    with pytest.raises(KnownError, match=r"^Nothing was sent\. .*enter them again"):
        moved.gateway("mtn", LIVE)


def test_a_test_passes_with_the_right_keys_and_names_the_wrong_ones(
    accounts: GatewayAccounts,
    providers: ProviderService,
    networks: Sandbox,
    database: Database,
    admin: Actor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    fill(providers, admin, "mtn", networks.url, SANDBOX)
    fill(providers, admin, "airtel", networks.url, client_secret="canary-81c7")
    right = accounts.test(admin, "mtn", SANDBOX)
    assert right
    assert all(check.passed for check in right)
    wrong = accounts.test(admin, "airtel", LIVE)
    assert not all(check.passed for check in wrong)

    newest, before = AuditService(database).page(admin).rows[:2]
    assert (newest.action, before.action) == ("provider:tested", "provider:tested")
    told = json.loads(newest.details)
    assert told["environment"] == "live"
    assert told["failed"] == [check.what for check in wrong if not check.passed]
    assert json.loads(before.details)["failed"] == []
    everything = str(right + wrong) + str(AuditService(database).page(admin)) + caplog.text
    for secret in ("canary-81c7", DEMO_ACCOUNT.api_key, DEMO_ACCOUNT.collection_subscription_key):
        assert secret not in everything


def test_a_network_that_is_not_there_is_a_failed_step_not_an_error(
    accounts: GatewayAccounts, providers: ProviderService, admin: Actor
) -> None:
    gone = Sandbox()
    gone.start()
    url = gone.url
    gone.stop()
    for provider in ("mtn", "airtel"):
        fill(providers, admin, provider, url)  # type: ignore[arg-type]
        (check,) = accounts.test(admin, provider, LIVE)  # type: ignore[arg-type]
        assert not check.passed
        assert "127.0.0.1" in check.told


def test_requests_go_through_the_proxy_where_there_is_one(
    accounts: GatewayAccounts,
    providers: ProviderService,
    networks: Sandbox,
    proxy: list[str],
    admin: Actor,
) -> None:
    fill(providers, admin, "mtn", "http://localhost:1")
    # A proxy is given the whole address, which the stand-in answers with "not found".
    proxy[0] = networks.url
    (check, *_) = accounts.test(admin, "mtn", LIVE)
    assert "refuses connections" not in check.told


def test_only_an_admin_tests_an_account(
    accounts: GatewayAccounts, providers: ProviderService, admin: Actor, manager: Actor
) -> None:
    fill(providers, admin, "mtn", "http://localhost:1")
    with pytest.raises(NotAllowedError):
        accounts.test(manager, "mtn", LIVE)


def test_opening_a_shop_loads_no_http_library() -> None:
    code = (
        "import sys, core.services.gateways.accounts;"
        "sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

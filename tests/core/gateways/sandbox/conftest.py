"""A running sandbox and two plain clients that write every header themselves."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from core.gateways.sandbox import DEMO_ACCOUNT, Sandbox, Settings

SPEED = 200.0
PHONE = "250788000111"
AIRTEL_PHONE = "733000111"
KEYS = {
    "collection": DEMO_ACCOUNT.collection_subscription_key,
    "disbursement": DEMO_ACCOUNT.disbursement_subscription_key,
}


@dataclass
class MTNClient:
    """Calls MTN as its documentation says."""

    url: str
    environment: str = "sandbox"
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, product: str = "collection") -> str:
        if product not in self.tokens:
            answer = requests.post(
                f"{self.url}/{product}/token/",
                auth=(DEMO_ACCOUNT.api_user, DEMO_ACCOUNT.api_key),
                headers={"Ocp-Apim-Subscription-Key": KEYS[product]},
                json={"grant_type": "client_credentials"},
                timeout=5,
            )
            self.tokens[product] = answer.json()["access_token"]
        return self.tokens[product]

    def headers(self, product: str = "collection", **changed: str | None) -> dict[str, str]:
        found: dict[str, str | None] = {
            "Authorization": f"Bearer {self.token(product)}",
            "X-Target-Environment": self.environment,
            "Ocp-Apim-Subscription-Key": KEYS[product],
        }
        found |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in found.items() if value is not None}

    def body(self, phone: str = PHONE, **changed: Any) -> dict[str, Any]:
        return {
            "amount": "5000",
            "currency": "RWF",
            "externalId": "INV-1",
            "payer": {"partyIdType": "MSISDN", "partyId": phone},
            "payerMessage": "Invoice 1",
            "payeeNote": "Till 2",
        } | changed

    def pay(
        self,
        reference: str = "",
        phone: str = PHONE,
        *,
        timeout: float = 5,
        changed: dict[str, Any] | None = None,
        **headers: str | None,
    ) -> requests.Response:
        return requests.post(
            f"{self.url}/collection/v1_0/requesttopay",
            headers=self.headers(**{"X_Reference_Id": reference or str(uuid.uuid4())} | headers),
            json=self.body(phone, **changed or {}),
            allow_redirects=False,
            timeout=timeout,
        )

    def refund(self, reference: str, original: str, **changed: Any) -> requests.Response:
        body = self.body(**{"referenceIdToRefund": original, "externalId": "REF-1"} | changed)
        del body["payer"]
        return requests.post(
            f"{self.url}/disbursement/v2_0/refund",
            headers=self.headers("disbursement", X_Reference_Id=reference),
            json=body,
            timeout=5,
        )

    def get(self, path: str, product: str = "collection", **kept: Any) -> requests.Response:
        return requests.get(
            f"{self.url}/{product}/v1_0/{path}", headers=self.headers(product), timeout=5, **kept
        )

    def status(self, reference: str) -> dict[str, Any]:
        answer = self.get(f"requesttopay/{reference}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def refund_status(self, reference: str) -> dict[str, Any]:
        document: dict[str, Any] = self.get(f"refund/{reference}", "disbursement").json()
        return document


@dataclass
class AirtelClient:
    """Calls Airtel as its documentation says."""

    url: str
    cached: str = ""

    def token(self) -> str:
        if not self.cached:
            answer = requests.post(
                f"{self.url}/auth/oauth2/token",
                json={
                    "client_id": DEMO_ACCOUNT.client_id,
                    "client_secret": DEMO_ACCOUNT.client_secret,
                    "grant_type": "client_credentials",
                },
                timeout=5,
            )
            self.cached = answer.json()["access_token"]
        return self.cached

    def headers(self, **changed: str | None) -> dict[str, str]:
        found: dict[str, str | None] = {
            "Authorization": f"Bearer {self.token()}",
            "X-Country": "RW",
            "X-Currency": "RWF",
        }
        found |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in found.items() if value is not None}

    def body(
        self, transaction_id: str, phone: str = AIRTEL_PHONE, amount: object = 5000
    ) -> dict[str, Any]:
        return {
            "reference": "INV 0001",
            "subscriber": {"country": "RW", "currency": "RWF", "msisdn": phone},
            "transaction": {
                "amount": amount,
                "country": "RW",
                "currency": "RWF",
                "id": transaction_id,
            },
        }

    def post(self, path: str, document: object, **headers: str | None) -> requests.Response:
        return requests.post(
            f"{self.url}{path}",
            headers=self.headers(**headers),
            json=document,
            allow_redirects=False,
            timeout=5,
        )

    def pay(self, transaction_id: str, phone: str = AIRTEL_PHONE, **kept: Any) -> requests.Response:
        return self.post("/merchant/v1/payments/", self.body(transaction_id, phone, **kept))

    def refund(self, money_id: str) -> requests.Response:
        document = {"transaction": {"airtel_money_id": money_id}}
        return self.post("/standard/v1/payments/refund", document)

    def get(self, path: str, **headers: str | None) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers=self.headers(**headers), timeout=5)

    def enquire(self, transaction_id: str) -> dict[str, Any]:
        answer = self.get(f"/standard/v1/payments/{transaction_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def word(self, transaction_id: str) -> str:
        return str(self.enquire(transaction_id)["data"]["transaction"]["status"])


@pytest.fixture
def make_sandbox() -> Iterator[Callable[..., Sandbox]]:
    made: list[Sandbox] = []

    def make(**settings: Any) -> Sandbox:
        sandbox = Sandbox(Settings(**{"speed": SPEED} | settings))
        sandbox.start()
        made.append(sandbox)
        return sandbox

    yield make
    for sandbox in made:
        sandbox.stop()


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return make_sandbox()


@pytest.fixture
def mtn(sandbox: Sandbox) -> MTNClient:
    return MTNClient(sandbox.url)


@pytest.fixture
def airtel(sandbox: Sandbox) -> AirtelClient:
    return AirtelClient(sandbox.url)


def new_reference() -> str:
    return str(uuid.uuid4())


def until(found: Callable[[], bool], patience_s: float = 3.0) -> None:
    """Wait for something to come about; what never does fails the test."""
    end = time.monotonic() + patience_s
    while not found():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.005)

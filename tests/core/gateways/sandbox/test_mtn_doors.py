"""MTN's doors: what a call needs to be let in, and what it is told otherwise."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests

from core.gateways.sandbox import DEMO_ACCOUNT, Sandbox
from tests.core.gateways.sandbox.conftest import KEYS, MTNClient, new_reference

INVALID_KEY = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for"
    " an active subscription.",
}
USER = (DEMO_ACCOUNT.api_user, DEMO_ACCOUNT.api_key)
COLLECTION = {"Ocp-Apim-Subscription-Key": KEYS["collection"]}


def ask_token(url: str, product: str = "collection", **kept: object) -> requests.Response:
    given: dict[str, object] = {
        "auth": USER,
        "headers": {"Ocp-Apim-Subscription-Key": KEYS[product]},
        "json": {"grant_type": "client_credentials"},
        "timeout": 5,
    }
    return requests.post(f"{url}/{product}/token/", **given | kept)  # type: ignore[arg-type]


@pytest.mark.parametrize("product", ["collection", "disbursement"])
def test_a_token_is_given_for_each_product(sandbox: Sandbox, product: str) -> None:
    answer = ask_token(sandbox.url, product)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["token_type"] == "access_token"
    assert answer.json()["expires_in"] == 3600


def test_a_form_is_answered_with_a_page_and_200(sandbox: Sandbox) -> None:
    answer = ask_token(sandbox.url, json=None, data={"grant_type": "client_credentials"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html"
    assert "Request Rejected" in answer.text


def test_a_token_request_without_a_length_is_refused(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=5)
    connection.putrequest("POST", "/collection/token/")
    for name, value in COLLECTION.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_an_empty_body_with_a_length_of_nothing_is_good_enough(sandbox: Sandbox) -> None:
    assert ask_token(sandbox.url, json=None).status_code == 200


def test_a_wrong_api_key_gets_no_token(sandbox: Sandbox) -> None:
    assert ask_token(sandbox.url, auth=(USER[0], "wrong")).status_code == 401


def test_the_other_products_key_is_no_key(sandbox: Sandbox, mtn: MTNClient) -> None:
    answer = ask_token(sandbox.url, "disbursement", headers=COLLECTION)
    assert (answer.status_code, answer.json()) == (401, INVALID_KEY)
    answer = mtn.pay(Ocp_Apim_Subscription_Key=KEYS["disbursement"])
    assert (answer.status_code, answer.json()) == (401, INVALID_KEY)
    assert "missing" in mtn.pay(Ocp_Apim_Subscription_Key=None).json()["message"]


def test_the_other_products_token_is_no_token(mtn: MTNClient) -> None:
    other = f"Bearer {mtn.token('disbursement')}"
    assert mtn.pay(Authorization=other).status_code == 401
    assert mtn.pay(Authorization="Bearer made-up").status_code == 401
    assert mtn.pay(Authorization=None).status_code == 401


def test_an_old_token_is_refused(make_sandbox: Callable[..., Sandbox]) -> None:
    mtn = MTNClient(make_sandbox(mtn_token_life_s=0.0).url)
    assert mtn.pay().status_code == 401


@pytest.mark.parametrize("environment", [None, "", "mtnrwanda"])
def test_another_environment_is_forbidden(mtn: MTNClient, environment: str | None) -> None:
    answer = mtn.pay(X_Target_Environment=environment)
    assert answer.status_code == 500
    assert answer.json()["code"] == "NOT_ALLOWED_TARGET_ENVIRONMENT"


def test_environment_and_currency_are_settings(make_sandbox: Callable[..., Sandbox]) -> None:
    mtn = MTNClient(make_sandbox(environment="mtnuganda", currency="EUR").url, "mtnuganda")
    assert mtn.pay(changed={"currency": "EUR", "amount": "5.50"}).status_code == 202
    answer = mtn.pay()
    assert (answer.status_code, answer.json()["code"]) == (500, "INVALID_CURRENCY")


_OF_VERSION_1 = "4f0c8b1e-c9b4-11f0-8de9-0242ac120002"
_WITHOUT_DASHES = "9a1f3a0bd0c44d0f8a42d3a9d1c0be57"


@pytest.mark.parametrize("reference", ["", "1", _OF_VERSION_1, "INV-1", _WITHOUT_DASHES])
def test_a_reference_is_a_uuid_of_version_4(mtn: MTNClient, reference: str) -> None:
    answer = mtn.pay(X_Reference_Id=reference)
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("url", ["", "localhost/x", "ftp://shop/x", "http://"])
def test_a_callback_header_without_an_address_is_refused(mtn: MTNClient, url: str) -> None:
    answer = mtn.pay(X_Callback_Url=url)
    assert (answer.status_code, answer.content) == (400, b"")


def test_a_get_with_a_body_is_refused(mtn: MTNClient) -> None:
    assert mtn.get("account/balance", data=b"{}").status_code == 400
    assert mtn.get("account/balance").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 5000},
        {"amount": "5000.00"},
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "5 000"},
        {"payer": {"partyIdType": "MSISDN", "partyId": "+250788000111"}},
        {"payer": None},
        {"externalId": ""},
        {"payerMessage": None},
        {"payeeNote": "x" * 161},
    ],
)
def test_a_wrong_member_is_a_validation_error(mtn: MTNClient, changed: dict[str, object]) -> None:
    answer = mtn.pay(changed=changed)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("note", ["Alice's till", "Mukamana & sons", "café"])
def test_special_characters_in_notes_are_refused(mtn: MTNClient, note: str) -> None:
    assert mtn.pay(changed={"payerMessage": note}).status_code == 400
    assert mtn.pay(changed={"payeeNote": note}).status_code == 400


def test_what_is_refused_is_in_no_ledger(sandbox: Sandbox, mtn: MTNClient) -> None:
    mtn.pay(changed={"amount": 5000})
    mtn.pay(X_Target_Environment=None)
    assert sandbox.ledger() == ()


def test_another_currency_is_a_server_error(mtn: MTNClient) -> None:
    answer = mtn.pay(changed={"currency": "EUR"})
    assert answer.status_code == 500
    assert answer.json() == {"code": "INVALID_CURRENCY", "message": "Currency not supported."}


def test_a_provisioned_user_can_pay(sandbox: Sandbox) -> None:
    user_id = new_reference()
    users = f"{sandbox.url}/v1_0/apiuser"
    headers = COLLECTION | {"X-Reference-Id": user_id}
    body = {"providerCallbackHost": "shop.example.org"}
    assert requests.post(users, headers=headers, json=body, timeout=5).status_code == 201
    again = requests.post(users, headers=headers, json=body, timeout=5)
    assert (again.status_code, again.json()["code"]) == (409, "RESOURCE_ALREADY_EXIST")
    shown = requests.get(f"{users}/{user_id}", headers=COLLECTION, timeout=5).json()
    assert shown == body | {"targetEnvironment": "sandbox"}
    made = requests.post(f"{users}/{user_id}/apikey", headers=COLLECTION, timeout=5)
    assert made.status_code == 201
    api_key = made.json()["apiKey"]
    token = ask_token(sandbox.url, auth=(user_id, api_key)).json()["access_token"]
    mtn = MTNClient(sandbox.url, tokens={"collection": token})
    assert mtn.pay().status_code == 202
    elsewhere = mtn.pay(X_Callback_Url="https://elsewhere.example.org/x")
    assert elsewhere.status_code == 500
    assert elsewhere.json()["code"] == "INVALID_CALLBACK_URL_HOST"
    requests.post(f"{users}/{user_id}/apikey", headers=COLLECTION, timeout=5)
    assert ask_token(sandbox.url, auth=(user_id, api_key)).status_code == 401


def test_provisioning_refuses_what_it_cannot_use(sandbox: Sandbox) -> None:
    users = f"{sandbox.url}/v1_0/apiuser"
    headers = COLLECTION | {"X-Reference-Id": new_reference()}
    for host in ("https://shop.example.org", "10.0.0.1", "shop/x", ""):
        body = {"providerCallbackHost": host}
        assert requests.post(users, headers=headers, json=body, timeout=5).status_code == 400
    unknown = requests.post(f"{users}/{new_reference()}/apikey", headers=COLLECTION, timeout=5)
    assert unknown.json()["code"] == "RESOURCE_NOT_FOUND"
    assert requests.post(users, headers={}, timeout=5).status_code == 401


def test_unknown_paths_and_methods_are_said_to_be(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/nothing", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.url}/collection/token/", timeout=5).status_code == 405

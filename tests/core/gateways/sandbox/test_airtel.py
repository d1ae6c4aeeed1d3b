"""Airtel Money as documented: errors inside HTTP 200, short tokens, signatures, refunds."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.gateways.sandbox import DEMO_ACCOUNT, Kind, Sandbox
from tests.core.gateways.sandbox.conftest import AIRTEL_PHONE, AirtelClient, until


def failure(answer: requests.Response) -> tuple[int, object, object, object]:
    status = answer.json()["status"]
    return (
        answer.status_code,
        status["success"],
        status.get("result_code"),
        status.get("response_code"),
    )


def paid(airtel: AirtelClient, transaction_id: str, phone: str = AIRTEL_PHONE) -> str:
    airtel.pay(transaction_id, phone)
    until(lambda: airtel.word(transaction_id) == "TS")
    money_id: str = airtel.enquire(transaction_id)["data"]["transaction"]["airtel_money_id"]
    return money_id


def test_the_token_lives_180_seconds_said_as_a_text(sandbox: Sandbox) -> None:
    answer = requests.post(
        f"{sandbox.url}/auth/oauth2/token",
        json={
            "client_id": DEMO_ACCOUNT.client_id,
            "client_secret": DEMO_ACCOUNT.client_secret,
            "grant_type": "client_credentials",
        },
        timeout=5,
    )
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == "180"
    assert answer.json()["token_type"] == "bearer"


def test_a_wrong_secret_gets_no_token(sandbox: Sandbox) -> None:
    body = {
        "client_id": DEMO_ACCOUNT.client_id,
        "client_secret": "x",
        "grant_type": "client_credentials",
    }
    answer = requests.post(f"{sandbox.url}/auth/oauth2/token", json=body, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    form = requests.post(f"{sandbox.url}/auth/oauth2/token", data=body, timeout=5)
    assert form.status_code == 415


def test_an_expired_token_is_403(make_sandbox: Callable[..., Sandbox]) -> None:
    airtel = AirtelClient(make_sandbox(airtel_token_life_s=0.0).url)
    answer = airtel.pay("P00001")
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_token")


def test_the_prompt_is_sent_then_in_progress_then_paid(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    airtel = AirtelClient(make_sandbox(speed=20).url)
    answer = airtel.pay("P00001")
    assert answer.json() == {
        "data": {"transaction": {"id": "P00001", "status": "SUCCESS"}},
        "status": {
            "code": "200",
            "message": "SUCCESS",
            "result_code": "ESB000010",
            "response_code": "DP00800001006",
            "success": True,
        },
    }
    waiting = airtel.enquire("P00001")
    assert waiting["data"]["transaction"]["status"] == "TIP"
    assert "airtel_money_id" not in waiting["data"]["transaction"]
    until(lambda: airtel.word("P00001") == "TS")
    last = airtel.enquire("P00001")
    assert last["data"]["transaction"]["airtel_money_id"].startswith("MP")
    assert last["status"]["response_code"] == "DP00800001001"


def test_the_same_id_is_charged_once(sandbox: Sandbox, airtel: AirtelClient) -> None:
    paid(airtel, "P00001")
    assert failure(airtel.pay("P00001")) == (200, False, "ESB000041", None)
    (entry,) = sandbox.ledger()
    assert (entry.posts, entry.times_charged, entry.external_id) == (2, 1, "INV 0001")


def test_an_unknown_id_is_an_error_inside_200(airtel: AirtelClient) -> None:
    answer = airtel.get("/standard/v1/payments/P99999")
    assert failure(answer) == (200, False, "ESB000045", "DP00800001025")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X_Country": None}, 400, "ROUTER110"),
        ({"X_Country": "ZZ"}, 400, "DP00900001013"),
        ({"X_Currency": None}, 200, "ESB000008"),
        ({"X_Currency": "EUR"}, 400, "ROUTER112"),
        ({"Content_Type": "text/plain"}, 415, ""),
    ],
)
def test_headers_are_checked(
    airtel: AirtelClient, headers: dict[str, str | None], status: int, code: str
) -> None:
    answer = airtel.post("/merchant/v1/payments/", airtel.body("P00001"), **headers)
    assert answer.status_code == status
    assert code in answer.text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"phone": "0733000111"}, "DP00900001013"),
        ({"phone": "250733000111"}, "DP00900001013"),
        ({"phone": "073300011"}, "ESB000036"),
        ({"amount": 0}, "DP00900001004"),
        ({"amount": "5000"}, "ESB000008"),
        ({"amount": 5000.0}, "ESB000008"),
        ({"transaction_id": "P/1"}, "ESB000008"),
    ],
)
def test_members_are_checked(airtel: AirtelClient, changed: dict[str, Any], code: str) -> None:
    body = airtel.body(**{"transaction_id": "P00001"} | changed)
    answer = airtel.post("/merchant/v1/payments/", body)
    assert answer.status_code == 200
    assert answer.json()["status"]["success"] is False
    assert code in answer.text


@pytest.mark.parametrize(
    ("ending", "word", "code"),
    [
        ("450", "TF", "DP00800001007"),
        ("451", "TF", "DP00800001008"),
        ("452", "TE", "DP00800001029"),
        ("455", "TF", "DP00800001009"),
        ("456", "TF", "DP00800001010"),
        ("457", "TF", "DP00800001002"),
        ("458", "TF", "DP00800001003"),
        ("459", "TF", "DP00800001005"),
        ("461", "TA", "DP00800001000"),
        ("463", "TE", "DP00800001024"),
    ],
)
def test_test_numbers_end_as_the_table_says(
    airtel: AirtelClient, ending: str, word: str, code: str
) -> None:
    airtel.pay("P00001", f"733123{ending}")
    until(lambda: airtel.word("P00001") == word)
    assert airtel.enquire("P00001")["status"]["response_code"] == code


def test_one_number_is_refused_at_once(sandbox: Sandbox, airtel: AirtelClient) -> None:
    answer = airtel.pay("P00001", "733123460")
    assert failure(answer) == (200, False, "ESB000011", "DP00800001004")
    assert sandbox.ledger() == ()


def test_an_ambiguous_answer_may_still_be_a_charge(sandbox: Sandbox, airtel: AirtelClient) -> None:
    answer = airtel.pay("P00001", "733123464")
    assert failure(answer) == (200, False, "ESB000001", "DP00800001000")
    until(lambda: airtel.word("P00001") == "TS")
    assert sandbox.ledger()[0].times_charged == 1


def test_an_ambiguous_payment_can_end_well(make_sandbox: Callable[..., Sandbox]) -> None:
    airtel = AirtelClient(make_sandbox(speed=50).url)
    airtel.pay("P00001", "733123462")
    assert airtel.word("P00001") == "TA"
    until(lambda: airtel.word("P00001") == "TS")


def test_a_refund_is_whole_and_only_once(sandbox: Sandbox, airtel: AirtelClient) -> None:
    money_id = paid(airtel, "P00001")
    answer = airtel.refund(money_id).json()
    assert answer["data"]["transaction"]["status"] == "SUCCESS"
    assert answer["data"]["transaction"]["airtel_money_id"].startswith("CI")
    assert airtel.refund(money_id).json()["status"]["success"] is False
    refund = next(entry for entry in sandbox.ledger() if entry.kind is Kind.REFUND)
    assert (refund.posts, refund.times_charged, refund.amount) == (2, 1, "5000")
    balance = airtel.get("/standard/v1/users/balance").json()
    assert balance["data"]["balance"] == "1000000"


def test_what_is_not_paid_is_not_refunded(airtel: AirtelClient) -> None:
    assert failure(airtel.refund("MP260101.1200.A00001"))[2] == "ESB000045"
    assert failure(airtel.post("/standard/v1/payments/refund", {}))[2] == "ESB000045"


@pytest.mark.parametrize(
    ("ending", "code", "charged"),
    [("451", "DP00800001008", 0), ("461", "DP00800001000", 0), ("464", "DP00800001000", 1)],
)
def test_numbers_with_124_fail_the_refund_only(
    sandbox: Sandbox, airtel: AirtelClient, ending: str, code: str, charged: int
) -> None:
    money_id = paid(airtel, "P00001", f"733124{ending}")
    assert failure(airtel.refund(money_id))[3] == code
    refund = next(entry for entry in sandbox.ledger() if entry.kind is Kind.REFUND)
    assert refund.times_charged == charged


def test_a_user_is_found_by_nine_digits(airtel: AirtelClient) -> None:
    user = airtel.get(f"/standard/v1/users/{AIRTEL_PHONE}").json()
    assert user["data"]["first_name"]
    assert user["data"]["is_barred"] is False
    assert failure(airtel.get("/standard/v1/users/733123455"))[1] is False
    assert failure(airtel.get("/standard/v1/users/250733000111"))[1] is False


def signed(airtel: AirtelClient, body: bytes) -> dict[str, str | None]:
    data = airtel.get("/v1/rsa/encryption-keys").json()["data"]
    public = serialization.load_der_public_key(base64.b64decode(data["key"]))
    assert isinstance(public, RSAPublicKey)
    key, initial = os.urandom(32), os.urandom(16)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(initial)).encryptor()
    sealed = encryptor.update(padder.update(body) + padder.finalize()) + encryptor.finalize()
    pair = base64.b64encode(key) + b":" + base64.b64encode(initial)
    return {
        "x_signature": base64.b64encode(sealed).decode(),
        "x_key": base64.b64encode(public.encrypt(pair, PKCS1v15())).decode(),
    }


def post_signed(
    airtel: AirtelClient, path: str, body: bytes, **changed: str | None
) -> requests.Response:
    headers = airtel.headers(**signed(airtel, body) | {"Content_Type": "application/json"})
    headers |= {name: value for name, value in changed.items() if value is not None}
    return requests.post(f"{airtel.url}{path}", data=body, headers=headers, timeout=5)


def test_a_signed_payment_and_refund_are_accepted(airtel: AirtelClient) -> None:
    body = json.dumps(airtel.body("P00001")).encode()
    assert post_signed(airtel, "/merchant/v2/payments/", body).json()["status"]["success"] is True
    until(lambda: airtel.word("P00001") == "TS")
    money_id = airtel.enquire("P00001")["data"]["transaction"]["airtel_money_id"]
    refund = json.dumps({"transaction": {"airtel_money_id": money_id}}).encode()
    answer = post_signed(airtel, "/standard/v2/payments/refund", refund).json()
    assert answer["data"]["transaction"]["status"] == "SUCCESS"


def test_other_bytes_than_signed_are_forbidden(sandbox: Sandbox, airtel: AirtelClient) -> None:
    body = json.dumps(airtel.body("P00001")).encode()
    other = signed(airtel, body.replace(b"5000", b"5001"))
    for headers in (other, {}, {"x_key": "?", "x_signature": "?"}, other | {"x_key": "AAAA"}):
        answer = requests.post(
            f"{airtel.url}/merchant/v2/payments/",
            data=body,
            headers=airtel.headers(**headers | {"Content_Type": "application/json"}),
            timeout=5,
        )
        assert answer.json()["status"]["response_code"] == "DP00800001026"
    assert sandbox.ledger() == ()

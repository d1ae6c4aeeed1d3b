"""The connection test tells each step in words and never raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.gateways.airtel_money import AirtelMoney
from core.gateways.mtn_momo import MTNMobileMoney
from tests.core.gateways import wire
from tests.core.gateways.accounts import (
    AIRTEL_KEYS,
    AIRTEL_TOKEN,
    MTN_REFUND_TOKEN,
    MTN_TOKEN,
    QUICK,
    airtel,
    airtel_account,
    mtn,
    mtn_account,
)
from tests.core.gateways.test_airtel_money import key_answer
from tests.core.gateways.wire import Network, answer, page

MTN_BALANCE = "GET /collection/v1_0/account/balance"
AIRTEL_BALANCE = "GET /standard/v1/users/balance"
DENIED = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. Make sure to provide a valid key.",
}


def now(ahead_s: int = 0) -> str:
    return format_datetime(datetime.now(UTC) - timedelta(seconds=ahead_s), usegmt=True)


def balance(date: str = ""):
    return answer(200, {"availableBalance": "15000", "currency": "RWF"}, Date=date or now())


def test_all_is_well_at_mtn(network: Network):
    network.on(MTN_BALANCE, balance())
    steps = mtn(network).test_connection()
    assert [step.passed for step in steps] == [True] * 5
    assert steps[3].told == "Refunds through MTN are possible."
    assert not any("15000" in step.told for step in steps)


def test_without_a_disbursement_key_refunds_are_by_hand(network: Network):
    network.on(MTN_BALANCE, balance())
    steps = mtn(network, disbursement_subscription_key="").test_connection()
    assert "refunds are made by hand" in steps[3].told
    assert not network.asked(MTN_REFUND_TOKEN)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (DENIED, "The collection subscription key is wrong"),
        ({"error": "invalid_client"}, "The API user or the API key is wrong"),
        ({"message": "Go away"}, "Go away"),
    ],
)
def test_mtns_keys_are_told_apart(network: Network, body, told: str):
    gateway = mtn(network)
    network.on(MTN_TOKEN, answer(401, body))
    reach, keys = gateway.test_connection()
    assert (reach.passed, keys.passed) == (True, False)
    assert told in keys.told


def test_a_wrong_disbursement_key_is_told(network: Network):
    gateway = mtn(network)
    network.on(MTN_BALANCE, balance()).on(MTN_REFUND_TOKEN, answer(401, DENIED))
    steps = gateway.test_connection()
    assert "The disbursement subscription key is wrong" in steps[3].told


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (page(200), "sign in to the Wi-Fi"),
        (answer(302), "sign in to the Wi-Fi"),
        (wire.reset, "was cut"),
        (wire.silence, "did not answer in time"),
    ],
)
def test_an_address_that_does_not_answer_ends_the_test(network: Network, step, told: str):
    gateways = (mtn(network), airtel(network))
    network.on(MTN_TOKEN, step).on(AIRTEL_TOKEN, step)
    for gateway in gateways:
        (only,) = gateway.test_connection()
        assert not only.passed
        assert told in only.told


def test_no_network_at_all_is_told():
    for gateway in (
        MTNMobileMoney(mtn_account("https://nowhere.invalid"), QUICK),
        AirtelMoney(airtel_account("https://nowhere.invalid"), QUICK),
    ):
        (only,) = gateway.test_connection()
        assert "was not found" in only.told


@pytest.mark.parametrize(
    ("ahead_s", "passed", "told"),
    [(0, True, "right"), (110, True, "right"), (600, False, "10 minutes ahead of"),
     (-600, False, "10 minutes behind")],
)  # fmt: skip
def test_a_wrong_clock_is_told(network: Network, ahead_s: int, passed: bool, told: str):
    network.on(MTN_BALANCE, balance(now(ahead_s)))
    last = mtn(network).test_connection()[-1]
    assert last.passed is passed
    assert told in last.told


@pytest.mark.parametrize(
    "step",
    [answer(403, {}), answer(500, {"code": "NOT_ALLOWED_TARGET_ENVIRONMENT"}), page(200),
     answer(200, {}), answer(401, {}), wire.reset],
)  # fmt: skip
def test_a_balance_that_cannot_be_read_is_told(network: Network, step):
    network.on(MTN_BALANCE, step)
    assert not mtn(network).test_connection()[2].passed


def test_all_is_well_at_airtel(network: Network):
    body = {"data": {"balance": "15000"}, "status": {"success": True}}
    network.on(AIRTEL_BALANCE, answer(200, body, Date=now())).on(AIRTEL_KEYS, key_answer())
    steps = airtel(network, signed=True).test_connection()
    assert [step.passed for step in steps] == [True] * 5
    assert len(airtel(network).test_connection()) == 4


def test_airtels_wrong_keys_are_told(network: Network):
    gateway = airtel(network)
    network.on(AIRTEL_TOKEN, answer(200, {"error": "invalid_client"}))
    _, keys = gateway.test_connection()
    assert "client secret is wrong" in keys.told


def test_airtels_own_words_are_told(network: Network):
    body = {"status": {"success": False, "message": "Missing request header 'x-wallet-id'"}}
    network.on(AIRTEL_BALANCE, answer(200, body)).on(AIRTEL_KEYS, page(200))
    steps = airtel(network, signed=True).test_connection()
    assert "Missing request header 'x-wallet-id'" in steps[2].told
    assert [step.passed for step in steps[:4]] == [True, True, False, False]

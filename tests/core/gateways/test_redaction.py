"""No secret of an account, and nothing minted for it, is anywhere in what is kept or said."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from decimal import Decimal
from urllib.parse import quote, quote_plus

import pytest

from core.errors import InvalidInputError
from core.gateways.airtel_money import AirtelMoney
from core.gateways.contract import CallOutcome, NetworkOptions
from core.gateways.mtn_momo import MTNMobileMoney
from core.gateways.redaction import HIDDEN, MAX_STORED_CHARACTERS, Redactor
from tests.core.gateways.accounts import (
    AIRTEL_ASK,
    AIRTEL_KEYS,
    AIRTEL_ORDER,
    AIRTEL_SECRETS,
    AIRTEL_TOKEN,
    MTN_ASK,
    MTN_PAY,
    MTN_REFUND,
    MTN_REFUND_TOKEN,
    MTN_SECRETS,
    MTN_TOKEN,
    ORDER,
    REFUND,
    airtel,
    airtel_account,
    mtn,
    mtn_account,
)
from tests.core.gateways.test_airtel_money import SIGNED_PAY, key_answer
from tests.core.gateways.wire import Network, answer


def echo(status: int, kind: str, *, deep: bool = False):
    """Answer with everything that was received, as a careless network would."""

    def step(connection, network: Network) -> bool:
        got = network.received[-1]
        everything = {
            "headers": dict(got.headers),
            "body": got.body.decode(),
            "basic": base64.b64encode(":".join(MTN_SECRETS[2:]).encode()).decode(),
            "status": "FAILED",
            "reason": {"code": got.headers.get("authorization"), "message": str(got.headers)},
            "externalId": f"said {got.headers.get('authorization')}",
            "error": json.dumps(got.headers),
            "message": " ".join(got.headers.values()),
            "data": {"transaction": {"status": "TS", "id": str(got.headers),
                                     "airtel_money_id": got.headers.get("x-key", "none"),
                                     "message": " ".join(got.headers.values())}},
            got.headers.get("authorization", "none"): "as a name",
        }  # fmt: skip
        body = json.dumps(everything) if "json" in kind else str(everything)
        echoed = {name.title(): value for name, value in got.headers.items() if "\n" not in value}
        echoed = {k: v for k, v in echoed.items() if k not in {"Content-Length", "Content-Type"}}
        location = f"https://a.example/?token={got.headers.get('authorization')}"
        return answer(status, body, kind, Location=location, **echoed)(connection, network)

    return step


def leaks(shown: str, secrets: tuple[str, ...]) -> list[str]:
    forms = [*secrets]
    for secret in secrets:
        encoded = base64.b64encode(secret.encode()).decode()
        forms += [encoded, json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    return [form for form in forms if form in shown]


def everything_of(call, reply) -> str:
    stored = json.dumps([call.request_data, reply.response_data])
    return f"{call!r} {reply!r} {stored}"


KINDS = [(200, "application/json"), (400, "application/json"), (500, "application/json"),
         (200, "text/html"), (302, "text/plain"), (403, "text/html")]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_mtns_secrets_are_nowhere(network: Network, caplog, status: int, kind: str):
    caplog.set_level(logging.DEBUG)
    gateway = mtn(network)
    secrets = (*MTN_SECRETS, "mtnTokenKanarie08.a-b_c", "Kanarie")
    for route in (MTN_PAY, MTN_ASK, MTN_REFUND):
        network.on(route, echo(status, kind))
    for call in (gateway.collect(ORDER), gateway.ask(ORDER), gateway.refund(REFUND)):
        reply = call.send()
        assert not leaks(everything_of(call, reply), secrets)
    assert not leaks(f"{caplog.text} {gateway!r} {gateway._account!r}", secrets)


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_a_token_call_that_echoes_its_keys_leaks_nothing(network, caplog, status, kind):
    caplog.set_level(logging.DEBUG)
    gateway = mtn(network)
    network.on(MTN_TOKEN, echo(status, kind)).on(MTN_REFUND_TOKEN, echo(status, kind))
    call = gateway.collect(ORDER)
    reply = call.send()
    assert reply.outcome is CallOutcome.NOT_SENT
    steps = gateway.test_connection()
    assert not leaks(f"{everything_of(call, reply)} {steps!r} {caplog.text}", MTN_SECRETS)


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_airtels_secrets_are_nowhere(network: Network, caplog, status: int, kind: str):
    caplog.set_level(logging.DEBUG)
    gateway = airtel(network, signed=True)
    network.on(AIRTEL_KEYS, key_answer())
    network.on(SIGNED_PAY, echo(status, kind)).on(AIRTEL_ASK, echo(status, kind))
    shown = ""
    for call in (gateway.collect(AIRTEL_ORDER), gateway.ask(AIRTEL_ORDER)):
        shown += everything_of(call, call.send())
    sent = network.asked(SIGNED_PAY)[0].headers
    secrets = (*AIRTEL_SECRETS, "airtelTokenKanarie09", sent["x-key"], sent["x-signature"])
    network.on(AIRTEL_TOKEN, echo(status, kind))
    shown += f"{gateway.test_connection()!r} {gateway!r} {gateway._account!r} {caplog.text}"
    assert not leaks(shown, secrets)


@pytest.mark.parametrize("secret", ["line\nbreakKanarie", "éKanarie\x00"])
def test_a_key_that_cannot_be_sent_is_not_quoted(network: Network, caplog, secret: str):
    gateway = mtn(network, collection_subscription_key=secret)
    call = gateway.collect(ORDER)
    reply = call.send()
    assert reply.outcome is CallOutcome.NOT_SENT
    assert "Kanarie" not in everything_of(call, reply) + caplog.text


def test_the_proxys_password_is_nowhere():
    options = NetworkOptions("http://u:proxyKanarie@127.0.0.1:1")
    call = MTNMobileMoney(mtn_account("https://momo.invalid"), options).collect(ORDER)
    assert "proxyKanarie" not in f"{everything_of(call, call.send())} {options!r}"


def test_an_unsafe_address_is_refused_without_being_quoted():
    for make in (
        lambda: MTNMobileMoney(mtn_account("http://u:addressKanarie@x.example")),
        lambda: AirtelMoney(airtel_account("http://x.example?key=addressKanarie")),
    ):
        with pytest.raises(InvalidInputError) as told:
            make()
        assert "addressKanarie" not in f"{told.value!r} {told.value.details}"


def test_a_stored_answer_is_bounded_json_a_database_takes(network: Network):
    nested: object = "end"
    for _ in range(100):
        nested = {"in": nested}
    body = {"text": "x\x00\ud800" + "y" * 50_000, "nested": nested, "n": 10**20, "status": "X"}
    network.on(MTN_ASK, answer(200, body))
    stored = mtn(network).ask(ORDER).send().response_data
    written = json.dumps(stored)
    assert len(written) < MAX_STORED_CHARACTERS * 2
    written.encode()
    assert "\\u0000" not in written
    assert not re.search(r"\\ud8", written)


def test_a_fraction_is_stored_as_it_came(network: Network):
    network.on(MTN_ASK, answer(200, '{"status": "PENDING", "amount": 5000.10}'))
    stored = mtn(network).ask(ORDER).send().response_data
    assert stored["body"] == {"status": "PENDING", "amount": "5000.10"}
    json.dumps(stored)


@pytest.mark.parametrize(
    "form",
    [
        lambda secret: secret,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
        lambda secret: quote(secret, safe=""),
        quote_plus,
        html.escape,
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: secret.replace("/", "\\/"),
    ],
)
def test_a_secret_is_hidden_in_each_form_an_echo_may_give_it(form):
    secret = 'kanarie /&+<"é'
    assert Redactor(secret).text(f"a {form(secret)} z") == f"a {HIDDEN} z"


def test_a_short_value_is_no_secret_that_would_hide_other_text():
    assert Redactor("", "a").text("a cat") == "a cat"


def test_members_with_a_secrets_name_are_hidden_by_their_name():
    body = {"access_token": "unheard-of", "pin": 1234, "data": [{"apiKey": "k"}], "amount": "5"}
    shown = Redactor()._value({**body, "exact": Decimal("1.10")}, 0)
    assert shown == {"access_token": HIDDEN, "pin": HIDDEN, "data": [{"apiKey": HIDDEN}],
                     "amount": "5", "exact": "1.10"}  # fmt: skip


def test_a_secret_cut_by_the_limit_does_not_show_its_start():
    redactor = Redactor("kanarieSecretOfTwentyEight")
    for start in range(30, 60):
        shown = redactor.text("x" * start + "kanarieSecretOfTwentyEight" + "y" * 50, 60)
        assert "kanarie" not in shown
        assert len(shown) <= 60

"""Airtel's answers, each over a real socket: what was sent, and what its answer means."""

from __future__ import annotations

import base64
import dataclasses
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.clock import SHOP_ZONE
from core.gateways.airtel_money import AirtelMoney, sale_reference
from core.gateways.contract import CallOutcome, Holder, Reason, Trouble
from core.model.payments import RequestType
from tests.core.gateways import wire
from tests.core.gateways.accounts import (
    AIRTEL_ASK,
    AIRTEL_KEYS,
    AIRTEL_ORDER,
    AIRTEL_PAY,
    AIRTEL_REFERENCE,
    AIRTEL_REFUND,
    AIRTEL_SECRETS,
    AIRTEL_TOKEN,
    QUICK,
    REFUND,
    airtel,
    airtel_account,
    airtel_token_answer,
)
from tests.core.gateways.wire import Network, answer, page

UNKNOWN, FAILED, NOT_SENT = CallOutcome.UNKNOWN, CallOutcome.FAILED, CallOutcome.NOT_SENT
INVALID_TOKEN = {
    "error_description": "The access token is invalid or has expired",
    "error": "invalid_token",
}
SIGNED_PAY = "POST /merchant/v2/payments/"
SIGNED_REFUND = "POST /standard/v2/payments/refund"


def told(response: str = "", result: str = "", *, success: bool | None = False, **data) -> dict:
    status = {"code": "200", "message": "Words", "response_code": response, "result_code": result}
    status = {name: value for name, value in status.items() if value}
    if success is not None:
        status["success"] = success
    return {"status": status} | ({"data": {"transaction": data}} if data else {})


PROMPTED = told("DP00800001006", "ESB000010", success=True, id=AIRTEL_REFERENCE, status="SUCCESS")
PAID = told(
    "DP00800001001", "ESB000010", success=True, airtel_money_id="MP210603.1234.L06941",
    id=AIRTEL_REFERENCE, message="Paid RWF 5000 to SHOP, Trans ID MP210603.", status="TS",
)  # fmt: skip


def with_transaction(**changes) -> dict:
    transaction = PAID["data"]["transaction"] | changes
    return PAID | {"data": {"transaction": transaction}}


def collected(network: Network, *steps):
    network.on(AIRTEL_PAY, *steps)
    return airtel(network).collect(AIRTEL_ORDER).send()


def asked(network: Network, *steps):
    network.on(AIRTEL_ASK, *steps)
    return airtel(network).ask(AIRTEL_ORDER).send()


def refunded(network: Network, *steps):
    network.on(AIRTEL_REFUND, *steps)
    return airtel(network).refund(REFUND).send()


def test_a_push_is_sent_as_documented(network: Network):
    call = airtel(network).collect(AIRTEL_ORDER)
    network.on(AIRTEL_PAY, answer(200, PROMPTED))
    reply = call.send()
    assert (reply.outcome, reply.response_code) == (CallOutcome.ACCEPTED, "DP00800001006")
    token, pay = network.received
    assert token.document == {
        "client_id": AIRTEL_SECRETS[0],
        "client_secret": AIRTEL_SECRETS[1],
        "grant_type": "client_credentials",
    }
    assert pay.document == {
        "reference": "INV2026000123",
        "subscriber": {"country": "RW", "currency": "RWF", "msisdn": "733000111"},
        "transaction": {
            "amount": 5000, "country": "RW", "currency": "RWF", "id": AIRTEL_REFERENCE,
        },
    }  # fmt: skip
    assert b'"amount":5000,' in pay.body
    assert (pay.headers["x-country"], pay.headers["x-currency"]) == ("RW", "RWF")
    assert pay.headers["authorization"] == "Bearer airtelTokenKanarie09"
    assert pay.headers["connection"] == "close"
    assert "x-signature" not in pay.headers
    assert call.request_data["body"]["transaction"]["amount"] == 5000


@pytest.mark.parametrize(
    ("amount_minor", "currency", "written"),
    [(5000, "RWF", b"5000"), (1999, "KES", b"19.99"), (10, "KES", b"0.10"),
     (90071992547409931, "KES", b"900719925474099.31")],
)  # fmt: skip
def test_an_amount_is_written_to_the_last_digit(network, amount_minor, currency, written):
    network.on(AIRTEL_PAY, answer(200, PROMPTED))
    order = dataclasses.replace(AIRTEL_ORDER, amount_minor=amount_minor, currency=currency)
    airtel(network, currency=currency).collect(order).send()
    assert b'"amount":' + written + b"," in network.asked(AIRTEL_PAY)[0].body


@pytest.mark.parametrize(
    ("phone_number", "sent"),
    [("+250733000111", "733000111"), ("+256752000111", "752000111"), ("+25575200011", "75200011")],
)
def test_a_number_goes_without_its_country_code(network: Network, phone_number, sent):
    network.on(AIRTEL_PAY, answer(200, PROMPTED))
    order = dataclasses.replace(AIRTEL_ORDER, phone_number=phone_number)
    airtel(network).collect(order).send()
    assert network.asked(AIRTEL_PAY)[0].document["subscriber"]["msisdn"] == sent


@pytest.mark.parametrize(
    ("external_id", "reference"),
    [("INV-2026/000123", "INV2026000123"), ("#7", AIRTEL_REFERENCE), ("é-ナ", AIRTEL_REFERENCE),
     ("A" * 90, "A" * 64)],
)  # fmt: skip
def test_the_sales_name_is_letters_and_digits(external_id: str, reference: str):
    order = dataclasses.replace(AIRTEL_ORDER, external_id=external_id)
    assert sale_reference(order) == reference


def test_another_currency_than_the_accounts_is_never_sent(network: Network):
    reply = airtel(network, currency="UGX").collect(AIRTEL_ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CONFIGURATION)
    assert network.connections == 0


ON_POST = {
    "DP00800001002": Reason.WRONG_PIN,
    "DP00800001003": Reason.CUSTOMER_LIMIT,
    "DP00800001004": Reason.AMOUNT_NOT_ALLOWED,
    "DP00800001007": Reason.NOT_ENOUGH_MONEY,
    "DP00800001008": Reason.REFUSED_BY_NETWORK,
    "DP00800001009": Reason.REFUSED_BY_NETWORK,
    "DP00800001010": Reason.REFUSED_BY_NETWORK,
    "DP00800001029": Reason.NOT_APPROVED_IN_TIME,
    "DP00900001004": Reason.AMOUNT_NOT_ALLOWED,
    "DP00900001012": Reason.NUMBER_WITHOUT_WALLET,
    "DP00900001013": Reason.REFUSED_BY_NETWORK,
}
OPEN_CODES = ["DP00800001000", "DP00800001005", "DP00800001024", "DP00800001025", "DP00800001026",
              "DP00800001028", "DP00900001000", "DP00900001005", "DP00900001006", "DP00900001011",
              "DP00900001014", "DP00900001017", "DP00899999999"]  # fmt: skip
ESB = [f"ESB0000{n}" for n in ("01", "04", "08", "11", "14", "33", "34", "35", "36", "39", "45")]
ROUTER = [f"ROUTER{n}" for n in ("001", "003", "005", "006", "007", "110", "112", "119")]


@pytest.mark.parametrize(("code", "reason"), ON_POST.items())
@pytest.mark.parametrize("status", [200, 400])
def test_a_clear_no_to_a_push_is_a_failure(network: Network, code, reason, status):
    reply = collected(network, answer(status, told(code, "ESB000011")))
    assert (reply.outcome, reply.reason, reply.reason_code) == (FAILED, reason, code)
    assert (reply.message, reply.trouble) == ("Words", None)


@pytest.mark.parametrize("code", OPEN_CODES)
def test_an_unclear_answer_to_a_push_is_unknown(network: Network, code: str):
    assert collected(network, answer(200, told(code))).outcome is UNKNOWN


@pytest.mark.parametrize("code", ESB)
def test_an_esb_code_alone_decides_nothing(network: Network, code: str):
    assert collected(network, answer(200, told(result=code))).outcome is UNKNOWN


@pytest.mark.parametrize("code", ROUTER)
@pytest.mark.parametrize("status", [200, 400])
def test_what_the_router_did_not_let_in_failed(network: Network, code: str, status: int):
    body = {"status_message": "Partner not found", "status_code": code}
    reply = collected(network, answer(status, body))
    assert (reply.outcome, reply.trouble) == (FAILED, Trouble.CONFIGURATION)
    assert (reply.reason, reply.message) == (Reason.SHOP_ACCOUNT, "Partner not found")


SUBMISSIONS = [
    (answer(200, PROMPTED), CallOutcome.ACCEPTED, None),
    (answer(200, told("DP00800001006", success=True, id=False, status="SUCCESS")),
     CallOutcome.ACCEPTED, None),
    (answer(200, told("DP00800001006", success="true")), CallOutcome.ACCEPTED, None),
    (answer(200, told("DP00800001001", success=True, id="x", status="TS")),
     CallOutcome.ACCEPTED, None),
    (answer(200, told(result="ESB000041")), CallOutcome.ALREADY_SUBMITTED, None),
    (answer(400, told("DP00800001005", "ESB000041")), CallOutcome.ALREADY_SUBMITTED, None),
    (answer(200, told("DP00800001000", success=True, status="SUCCESS")), UNKNOWN, Trouble.SERVICE),
    (answer(200, told("DP00800001007", success=True)), UNKNOWN, Trouble.SERVICE),
    (answer(200, told("DP00800001007", status="SUCCESS")), UNKNOWN, Trouble.SERVICE),
    (answer(200, told(success=True)), UNKNOWN, Trouble.SERVICE),
    (answer(500, told("DP00800001007")), UNKNOWN, Trouble.SERVICE),
    (answer(500, PROMPTED), UNKNOWN, Trouble.SERVICE),
    (answer(200, {"status_code": "ROUTER117"}), UNKNOWN, Trouble.SERVICE),
    (answer(200, {"status_code": "ROUTER115"}), UNKNOWN, Trouble.SERVICE),
    (answer(408), UNKNOWN, Trouble.SERVICE),
    (answer(408, told("DP00800001007")), UNKNOWN, Trouble.SERVICE),
    (answer(415), UNKNOWN, Trouble.CONFIGURATION),
    (answer(403), UNKNOWN, Trouble.ADDRESS_NOT_ALLOWED),
    (answer(429, {}, Retry_After="4"), NOT_SENT, Trouble.TOO_MANY_REQUESTS),
    (answer(401, INVALID_TOKEN), NOT_SENT, Trouble.CREDENTIALS),
    (answer(403, INVALID_TOKEN), NOT_SENT, Trouble.CREDENTIALS),
    (answer(200, INVALID_TOKEN), NOT_SENT, Trouble.CREDENTIALS),
    (answer(200, "[]"), UNKNOWN, Trouble.SERVICE),
    (answer(200, {"status": "SUCCESS", "data": []}), UNKNOWN, Trouble.SERVICE),
    (answer(302), UNKNOWN, Trouble.REDIRECT),
    (page(200), UNKNOWN, Trouble.WEB_PAGE),
    (page(403), UNKNOWN, Trouble.WEB_PAGE),
    (wire.reset, UNKNOWN, Trouble.CONNECTION_CUT),
    (wire.silence, UNKNOWN, Trouble.TIMEOUT),
]  # fmt: skip


@pytest.mark.parametrize(("step", "outcome", "trouble"), SUBMISSIONS)
def test_each_answer_to_a_push(network: Network, step, outcome, trouble):
    reply = collected(network, step)
    assert (reply.outcome, reply.trouble) == (outcome, trouble)


def test_too_many_requests_say_how_long_to_wait(network: Network):
    assert collected(network, answer(429, {}, Retry_After="4")).retry_after_s == 4


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_token_is_minted_again_once(network: Network, status: int):
    network.on(AIRTEL_PAY, answer(status, INVALID_TOKEN), answer(200, PROMPTED))
    gateway = airtel(network)
    network.on(AIRTEL_TOKEN, airtel_token_answer("first"), airtel_token_answer("second"))
    assert gateway.collect(AIRTEL_ORDER).send().outcome is CallOutcome.ACCEPTED
    first, second = network.asked(AIRTEL_PAY)
    assert first.body == second.body
    assert second.headers["authorization"] == "Bearer second"


@pytest.mark.parametrize("status", [200, 400, 401])
def test_wrong_keys_mean_not_sent(network: Network, status: int):
    gateway = airtel(network)
    body = {"error_description": "Invalid client authentication", "error": "invalid_client"}
    network.on(AIRTEL_TOKEN, answer(status, body))
    reply = gateway.collect(AIRTEL_ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CREDENTIALS)
    reply = gateway.ask(AIRTEL_ORDER).send()
    assert (reply.outcome, reply.trouble) == (UNKNOWN, Trouble.CREDENTIALS)


def test_a_payment_that_came_is_told_with_its_number(network: Network):
    reply = asked(network, answer(200, PAID))
    assert reply.outcome is CallOutcome.SUCCEEDED
    assert reply.transaction_id == "MP210603.1234.L06941"
    assert reply.mismatches == ()
    assert network.asked(AIRTEL_ASK)[0].headers["x-country"] == "RW"


@pytest.mark.parametrize(
    "change",
    [
        {"id": False},
        {"amount": 5000},
        {"amount": "5000.00", "currency": "RWF", "msisdn": "733000111"},
        {"msisdn": 250733000111},
        {"msisdn": "0733000111"},
        {"message": "Paid RWF 5,000 to SHOP"},
        {"message": "Paid RWF5000.00 to SHOP."},
        {"message": "success"},
        {"message": "Paid RWF 5.000 to SHOP"},
        {"message": None},
    ],
)
def test_what_agrees_or_is_not_said_is_no_mismatch(network: Network, change):
    reply = asked(network, answer(200, with_transaction(**change)))
    assert (reply.outcome, reply.mismatches) == (CallOutcome.SUCCEEDED, ())


@pytest.mark.parametrize(
    "change",
    [
        {"id": "P0000000000123A2"},
        {"amount": 500},
        {"amount": "5000.5"},
        {"currency": "UGX"},
        {"msisdn": "733000112"},
        {"message": "Paid RWF 500 to SHOP"},
        {"message": "Paid RWF 50,000 to SHOP"},
        {"message": "Paid UGX 5000 to SHOP"},
    ],
)
def test_a_success_that_differs_says_where(network: Network, change):
    reply = asked(network, answer(200, with_transaction(**change)))
    assert reply.outcome is CallOutcome.SUCCEEDED
    assert len(reply.mismatches) == 1


@pytest.mark.parametrize(
    ("word", "code", "outcome", "reason"),
    [
        ("TF", "DP00800001001", FAILED, Reason.OTHER),
        ("TF", "DP00800001002", FAILED, Reason.WRONG_PIN),
        ("TF", "DP00800001003", FAILED, Reason.CUSTOMER_LIMIT),
        ("TF", "DP00800001004", FAILED, Reason.AMOUNT_NOT_ALLOWED),
        ("TF", "DP00800001005", FAILED, Reason.NOT_APPROVED_IN_TIME),
        ("TF", "DP00800001007", FAILED, Reason.NOT_ENOUGH_MONEY),
        ("TF", "DP00800001008", FAILED, Reason.REFUSED_BY_NETWORK),
        ("TF", "DP00800001024", FAILED, Reason.NOT_APPROVED_IN_TIME),
        ("TE", "DP00800001029", CallOutcome.EXPIRED, Reason.NOT_APPROVED_IN_TIME),
        ("TE", "DP00800001001", CallOutcome.EXPIRED, Reason.NOT_APPROVED_IN_TIME),
        ("TA", "DP00800001000", CallOutcome.PENDING, None),
        ("TIP", "DP00800001006", CallOutcome.PENDING, None),
        ("TA", "DP00800001007", CallOutcome.PENDING, None),
        ("SUCCESS", "DP00800001001", CallOutcome.PENDING, None),
        ("TX", "", CallOutcome.PENDING, None),
    ],
)
def test_only_three_words_of_an_enquiry_are_final(network, word, code, outcome, reason):
    body = told(code, success=True, id=AIRTEL_REFERENCE, status=word, message="Words of it")
    reply = asked(network, answer(200, body))
    assert (reply.outcome, reply.reason, reply.transaction_id) == (outcome, reason, "")


def test_the_failure_of_another_payment_is_not_believed(network: Network):
    reply = asked(network, answer(200, with_transaction(status="TF", id="P0000000000999A9")))
    assert reply.outcome is UNKNOWN


QUESTIONS = [
    (answer(200, told("DP00800001025")), CallOutcome.NOT_FOUND, None),
    (answer(200, told(result="ESB000045")), CallOutcome.NOT_FOUND, None),
    (answer(404, told(result="ESB000045")), CallOutcome.NOT_FOUND, None),
    (answer(500, told(result="ESB000045")), UNKNOWN, Trouble.SERVICE),
    (answer(200, told("DP00800001001", "ESB000010", success=True)), UNKNOWN, Trouble.SERVICE),
    (answer(200, told("DP00800001007", "ESB000011")), UNKNOWN, Trouble.SERVICE),
    (answer(200, told(result="ESB000014")), UNKNOWN, Trouble.SERVICE),
    (answer(200, {"status_code": "ROUTER110"}), UNKNOWN, Trouble.CONFIGURATION),
    (answer(404, with_transaction(status="TF")), UNKNOWN, Trouble.CONFIGURATION),
    (answer(500, with_transaction(status="TF")), UNKNOWN, Trouble.SERVICE),
    (answer(200, json.dumps(with_transaction(status="TF")), "text/html"), UNKNOWN,
     Trouble.WEB_PAGE),
    (answer(403, INVALID_TOKEN), UNKNOWN, Trouble.CREDENTIALS),
    (answer(429), UNKNOWN, Trouble.TOO_MANY_REQUESTS),
    (page(404), UNKNOWN, Trouble.WEB_PAGE),
    (wire.hang_up, UNKNOWN, Trouble.CONNECTION_CUT),
    (wire.silence, UNKNOWN, Trouble.TIMEOUT),
]  # fmt: skip


@pytest.mark.parametrize(("step", "outcome", "trouble"), QUESTIONS)
def test_a_question_that_goes_wrong_decides_nothing(network, step, outcome, trouble):
    reply = asked(network, step)
    assert (reply.outcome, reply.trouble) == (outcome, trouble)


def test_a_refund_names_the_payment_by_airtels_number(network: Network):
    body = told(success=True, airtel_money_id="CI210104.1549.C00029", status="SUCCESS")
    reply = refunded(network, answer(200, body))
    assert (reply.outcome, reply.transaction_id) == (
        CallOutcome.SUCCEEDED,
        "CI210104.1549.C00029",
    )
    assert network.asked(AIRTEL_REFUND)[0].document == {
        "transaction": {"airtel_money_id": REFUND.original_transaction_id}
    }
    assert airtel(network).refund(REFUND).request_type is RequestType.REFUND


REFUNDS = [
    (answer(200, told(result="ESB000010", airtel_money_id="C1", status="SUCCESS")),
     CallOutcome.SUCCEEDED),
    (answer(200, told(success=True, airtel_money_id="C1", status="TS")), CallOutcome.SUCCEEDED),
    (answer(200, told("DP00800001010")), FAILED),
    (answer(400, told(result="ESB000008")), UNKNOWN),
    (answer(200, told(result="ESB000011")), UNKNOWN),
    (answer(200, told(result="ESB000045")), UNKNOWN),
    (answer(200, told("DP00900001014", "ESB000011")), UNKNOWN),
    (answer(200, told(status="FAILED")), FAILED),
    (answer(200, told(result="ESB000011", airtel_money_id="C1", status="TF")), FAILED),
    (answer(400, {"status_code": "ROUTER110", "status_message": "m"}), FAILED),
    (answer(200, told(result="ESB000001")), UNKNOWN),
    (answer(200, told(result="ESB000004")), UNKNOWN),
    (answer(200, told(result="ESB000014")), UNKNOWN),
    (answer(200, told(result="ESB000041")), UNKNOWN),
    (answer(200, told("DP00800001000")), UNKNOWN),
    (answer(200, told("DP00800001010", success=True)), UNKNOWN),
    (answer(200, told(success=True)), UNKNOWN),
    (answer(200, told(success=True, status="TIP")), UNKNOWN),
    (answer(200, told("DP00900001014", status="TF")), UNKNOWN),
    (answer(200, told("DP00900001000", "ESB000011", status="FAILED")), UNKNOWN),
    (answer(200, told(result="ESB000011", status="TA")), UNKNOWN),
    (answer(500, told(result="ESB000045")), UNKNOWN),
    (answer(500, told(success=True, airtel_money_id="C1", status="SUCCESS")), UNKNOWN),
    (answer(403), UNKNOWN),
    (page(200), UNKNOWN),
    (wire.silence, UNKNOWN),
    (wire.reset, UNKNOWN),
    (answer(403, INVALID_TOKEN), NOT_SENT),
    (answer(429), NOT_SENT),
]  # fmt: skip


@pytest.mark.parametrize(("step", "outcome"), REFUNDS)
def test_each_answer_to_a_refund(network: Network, step, outcome):
    assert refunded(network, step).outcome is outcome


def test_a_refund_cannot_be_asked_about_nor_made_in_part(network: Network):
    gateway = airtel(network)
    assert (gateway.refunds_in_part, gateway.tells_refund_status) == (False, False)
    assert gateway.ask_refund(REFUND).send().outcome is UNKNOWN
    reply = gateway.refund(dataclasses.replace(REFUND, original_transaction_id="")).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CONFIGURATION)
    assert network.connections == 0


HOLDER = "GET /standard/v1/users/733000111"


@pytest.mark.parametrize(
    ("step", "holder"),
    [
        (answer(200, {"data": {"first_name": "Aline", "last_name": "Uwase", "is_barred": False},
                      "status": {"success": True}}), Holder(True, "Aline Uwase")),
        (answer(200, {"data": {"msisdn": "733000111"}, "status": {"success": True}}),
         Holder(True)),
        (answer(200, told("DP00900001012")), Holder(False)),
        (answer(200, told("DP00800001000")), Holder(None)),
        (answer(200, {"status": {"success": True}}), Holder(None)),
        (page(200), Holder(None)),
        (wire.reset, Holder(None)),
    ],
)  # fmt: skip
def test_whether_a_number_has_a_wallet(network: Network, step, holder):
    network.on(HOLDER, step)
    assert airtel(network).holder("+250733000111") == holder


PRIVATE = generate_private_key(65537, 1024)
PUBLIC = base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def key_answer(valid_upto: str = "31-12-2999 23:59:59", key: str = PUBLIC):
    return answer(200, {"data": {"key_id": "k1", "key": key, "valid_upto": valid_upto}})


def opened(received) -> bytes:
    opener = PRIVATE.decrypt(base64.b64decode(received.headers["x-key"]), PKCS1v15())
    key, start = (base64.b64decode(part, validate=True) for part in opener.split(b":"))
    decryptor = Cipher(AES(key), CBC(start)).decryptor()
    signature = base64.b64decode(received.headers["x-signature"])
    padded = decryptor.update(signature) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    assert len(key) == 32
    return unpadder.update(padded) + unpadder.finalize()


def test_a_signed_call_holds_its_own_bytes_encrypted(network: Network):
    gateway = airtel(network, signed=True)
    network.on(AIRTEL_KEYS, key_answer()).on(SIGNED_PAY, answer(200, PROMPTED))
    network.on(SIGNED_REFUND, answer(200, told(success=True, status="SUCCESS")))
    for _ in range(2):
        assert gateway.collect(AIRTEL_ORDER).send().outcome is CallOutcome.ACCEPTED
    assert gateway.refund(REFUND).send().outcome is CallOutcome.SUCCEEDED
    first, second = network.asked(SIGNED_PAY)
    refund = network.asked(SIGNED_REFUND)[0]
    for sent in (first, second, refund):
        assert opened(sent) == sent.body
    assert first.body == second.body
    assert first.headers["x-key"] != second.headers["x-key"], "a fresh key each time"
    assert len(network.asked(AIRTEL_KEYS)) == 1


def test_a_signing_key_is_kept_until_its_end(network: Network):
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    moments = [now]
    gateway = AirtelMoney(airtel_account(network.url, signed=True), QUICK, clock=lambda: moments[0])
    end = (now + timedelta(hours=1)).astimezone(SHOP_ZONE).strftime("%d-%m-%Y %H:%M:%S")
    network.on(AIRTEL_TOKEN, airtel_token_answer()).on(AIRTEL_KEYS, key_answer(end))
    network.on(SIGNED_PAY, answer(200, PROMPTED))
    for moments[0] in (now, now + timedelta(minutes=58), now + timedelta(minutes=59, seconds=30)):
        gateway.collect(AIRTEL_ORDER).send()
    assert len(network.asked(AIRTEL_KEYS)) == 2


@pytest.mark.parametrize("code", ["DP00800001026", "DP00800001028"])
def test_a_key_the_network_does_not_take_is_fetched_anew(network: Network, code: str):
    gateway = airtel(network, signed=True)
    network.on(AIRTEL_KEYS, key_answer()).on(SIGNED_PAY, answer(200, told(code)))
    reply = gateway.collect(AIRTEL_ORDER).send()
    assert (reply.outcome, reply.trouble) == (UNKNOWN, Trouble.CONFIGURATION)
    gateway.collect(AIRTEL_ORDER).send()
    assert len(network.asked(AIRTEL_KEYS)) == 2


@pytest.mark.parametrize(
    ("step", "trouble"),
    [
        (key_answer(key="not base64"), Trouble.SERVICE),
        (key_answer(key=base64.b64encode(b"no key").decode()), Trouble.SERVICE),
        (page(200), Trouble.WEB_PAGE),
        (answer(500), Trouble.SERVICE),
        (wire.reset, Trouble.CONNECTION_CUT),
        (answer(403, INVALID_TOKEN), Trouble.CREDENTIALS),
    ],
)
def test_without_a_signing_key_nothing_is_sent(network: Network, step, trouble):
    gateway = airtel(network, signed=True)
    network.on(AIRTEL_KEYS, step)
    reply = gateway.collect(AIRTEL_ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, trouble)
    assert not network.asked(SIGNED_PAY)


def test_a_key_whose_end_cannot_be_read_is_still_used(network: Network):
    gateway = airtel(network, signed=True)
    network.on(AIRTEL_KEYS, key_answer("soon")).on(SIGNED_PAY, answer(200, PROMPTED))
    assert gateway.collect(AIRTEL_ORDER).send().outcome is CallOutcome.ACCEPTED


def test_twenty_threads_mint_one_token(network: Network):
    gateway = airtel(network)
    network.on(AIRTEL_TOKEN, wire.after(0.1, airtel_token_answer()))
    network.on(AIRTEL_PAY, answer(200, PROMPTED))
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(gateway.collect(AIRTEL_ORDER).send()))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.outcome for reply in replies] == [CallOutcome.ACCEPTED] * 20
    assert len(network.asked(AIRTEL_TOKEN)) == 1

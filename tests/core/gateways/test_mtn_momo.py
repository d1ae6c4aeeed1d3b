"""MTN's answers, each over a real socket: what was sent, and what its answer means."""

from __future__ import annotations

import base64
import dataclasses
import threading

import pytest

from core.gateways.contract import CallOutcome, Holder, Reason, Trouble
from core.gateways.mtn_momo import MTNMobileMoney, note
from core.model.payments import RequestType
from tests.core.gateways import wire
from tests.core.gateways.accounts import (
    MTN_ASK,
    MTN_ASK_REFUND,
    MTN_PAY,
    MTN_REFUND,
    MTN_REFUND_TOKEN,
    MTN_SECRETS,
    MTN_TOKEN,
    ORDER,
    QUICK,
    REFERENCE,
    REFUND,
    REFUND_REFERENCE,
    mtn,
    mtn_account,
    token_answer,
)
from tests.core.gateways.wire import Network, answer, page

PAID = {
    "amount": "5000",
    "currency": "RWF",
    "financialTransactionId": "363440463",
    "externalId": ORDER.external_id,
    "payer": {"partyIdType": "MSISDN", "partyId": "250788000111"},
    "payerMessage": "x",
    "payeeNote": "y",
    "status": "SUCCESSFUL",
}
REFUNDED = {
    "amount": "2000",
    "currency": "RWF",
    "financialTransactionId": "363440999",
    "externalId": REFUND.external_id,
    "payee": {"partyIdType": "MSISDN", "partyId": "250788000111"},
    "status": "SUCCESSFUL",
}
DENIED = {"statusCode": 401, "message": "Access denied due to invalid subscription key."}


def collected(network: Network, *steps, **changes):
    network.on(MTN_PAY, *steps)
    return mtn(network, **changes).collect(ORDER).send()


def asked(network: Network, *steps):
    network.on(MTN_ASK, *steps)
    return mtn(network).ask(ORDER).send()


def test_a_request_to_pay_is_sent_as_documented(network: Network):
    call = mtn(network).collect(ORDER)
    network.on(MTN_PAY, answer(202, b""))
    reply = call.send()
    assert reply.outcome is CallOutcome.ACCEPTED
    assert call.request_type is RequestType.INITIATE
    token, pay = network.received
    user = base64.b64decode(token.headers["authorization"].removeprefix("Basic ")).decode()
    assert user == f"{MTN_SECRETS[2]}:{MTN_SECRETS[3]}"
    assert token.headers["content-type"] == "application/json"
    assert token.document == {"grant_type": "client_credentials"}
    assert pay.document == {
        "amount": "5000",
        "currency": "RWF",
        "externalId": "INV-2026-000123",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000111"},
        "payerMessage": "Invoice 2026 000123 chez l ete",
        "payeeNote": "Till 2 Alice",
    }
    assert pay.headers["x-reference-id"] == REFERENCE
    assert pay.headers["x-target-environment"] == "mtnrwanda"
    assert pay.headers["ocp-apim-subscription-key"] == MTN_SECRETS[0]
    assert pay.headers["authorization"] == "Bearer mtnTokenKanarie08.a-b_c"
    assert pay.headers["connection"] == "close"
    assert "x-callback-url" not in pay.headers


def test_nothing_leaves_before_send(network: Network):
    call = mtn(network).collect(ORDER)
    assert network.connections == 0
    assert call.request_data["body"]["amount"] == "5000"
    assert call.request_data["headers"]["X-Reference-Id"] == REFERENCE


def test_a_callback_address_is_sent_only_where_set(network: Network):
    collected(network, answer(202), callback_url="https://shop.example/momo")
    assert network.asked(MTN_PAY)[0].headers["x-callback-url"] == "https://shop.example/momo"


def test_cents_are_written_exactly(network: Network):
    network.on(MTN_PAY, answer(202))
    order = dataclasses.replace(ORDER, amount_minor=1999, currency="EUR")
    mtn(network, currency="EUR").collect(order).send()
    assert network.asked(MTN_PAY)[0].document["amount"] == "19.99"


def test_another_currency_than_the_accounts_is_never_sent(network: Network):
    reply = mtn(network, currency="EUR").collect(ORDER).send()
    assert (reply.outcome, reply.trouble) == (CallOutcome.NOT_SENT, Trouble.CONFIGURATION)
    assert network.connections == 0


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("L'été à Kigali", "L ete a Kigali"),
        ("<b>#1 & co</b>", "b 1 co b"),
        ("x" * 200, "x" * 80),
        ("", "INV-1"),
        ("ナ", "INV-1"),
    ],
)
def test_notes_hold_only_what_mtn_takes(typed: str, sent: str):
    assert note(typed, "INV-1") == sent


def test_a_note_is_never_empty():
    assert note("", "…") == "Payment"


CONFIG = ["NOT_ALLOWED", "NOT_ALLOWED_TARGET_ENVIRONMENT", "INVALID_CALLBACK_URL_HOST",
          "INVALID_CURRENCY"]  # fmt: skip
REFUSED = {
    "PAYER_NOT_FOUND": Reason.NUMBER_WITHOUT_WALLET,
    "PAYEE_NOT_FOUND": Reason.SHOP_ACCOUNT,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.SHOP_ACCOUNT,
    "NOT_ENOUGH_FUNDS": Reason.NOT_ENOUGH_MONEY,
    "PAYER_LIMIT_REACHED": Reason.CUSTOMER_LIMIT,
}
UNKNOWN, FAILED, NOT_SENT = CallOutcome.UNKNOWN, CallOutcome.FAILED, CallOutcome.NOT_SENT
SUBMISSIONS = [
    (answer(202), CallOutcome.ACCEPTED, None, None),
    (answer(202, "", ""), CallOutcome.ACCEPTED, None, None),
    (answer(409, {"code": "RESOURCE_ALREADY_EXIST", "message": "Duplicated reference id."}),
     CallOutcome.ALREADY_SUBMITTED, None, None),
    (answer(400), FAILED, Trouble.CONFIGURATION, Reason.OTHER),
    (answer(400, {"code": "VALIDATION_ERROR", "message": "unsupported decimals"}),
     FAILED, Trouble.CONFIGURATION, Reason.OTHER),
    (answer(400, {"code": "PAYER_NOT_FOUND"}), FAILED, None, Reason.NUMBER_WITHOUT_WALLET),
    (answer(403, {"code": "FORBIDDEN IP"}), FAILED, Trouble.ADDRESS_NOT_ALLOWED, Reason.OTHER),
    (answer(429, {}, Retry_After="9"), NOT_SENT, Trouble.TOO_MANY_REQUESTS, None),
    *[(answer(500, {"code": code, "message": "m"}), FAILED, Trouble.CONFIGURATION,
       Reason.SHOP_ACCOUNT) for code in CONFIG],
    *[(answer(500, {"code": code}), FAILED, None, reason) for code, reason in REFUSED.items()],
    (answer(500, {"code": "INTERNAL_PROCESSING_ERROR"}), UNKNOWN, Trouble.SERVICE, None),
    (answer(503, {"code": "SERVICE_UNAVAILABLE"}), UNKNOWN, Trouble.SERVICE, None),
    (answer(400, {"code": "INTERNAL_PROCESSING_ERROR"}), UNKNOWN, Trouble.CONFIGURATION, None),
    (answer(500, {"code": "SOMETHING_NEW"}), UNKNOWN, Trouble.SERVICE, None),
    (answer(500), UNKNOWN, Trouble.SERVICE, None),
    (answer(502, "<html>Bad gateway</html>", "text/html"), UNKNOWN, Trouble.WEB_PAGE, None),
    (answer(500, '{"code": "NOT_ALLOWED"}', "text/html"), UNKNOWN, Trouble.WEB_PAGE, None),
    (answer(411), UNKNOWN, Trouble.CONFIGURATION, None),
    (answer(408), UNKNOWN, Trouble.SERVICE, None),
    (answer(409, {"code": "CONFLICT"}), UNKNOWN, Trouble.SERVICE, None),
    (answer(200, {}), UNKNOWN, Trouble.SERVICE, None),
    (page(200, "<html>Request Rejected. Support ID: 1</html>"), UNKNOWN, Trouble.WEB_PAGE, None),
    (page(202), UNKNOWN, Trouble.WEB_PAGE, None),
    (page(400), UNKNOWN, Trouble.WEB_PAGE, None),
    (page(403), UNKNOWN, Trouble.WEB_PAGE, None),
    (page(404), UNKNOWN, Trouble.WEB_PAGE, None),
    (answer(404, {"statusCode": 404, "message": "Resource not found"}),
     UNKNOWN, Trouble.CONFIGURATION, None),
    (answer(302, Location="https://portal.example/"), UNKNOWN, Trouble.REDIRECT, None),
    (answer(202, b" " * 400_000), UNKNOWN, Trouble.SERVICE, None),
    (wire.reset, UNKNOWN, Trouble.CONNECTION_CUT, None),
    (wire.hang_up, UNKNOWN, Trouble.CONNECTION_CUT, None),
    (wire.silence, UNKNOWN, Trouble.TIMEOUT, None),
    (wire.say(b"HTTP/1.1 202 OK\r\nContent-Length: 9\r\n\r\n{"), UNKNOWN, Trouble.CONNECTION_CUT,
     None),
]  # fmt: skip


@pytest.mark.parametrize(("step", "outcome", "trouble", "reason"), SUBMISSIONS)
def test_each_answer_to_a_request_to_pay(network, step, outcome, trouble, reason):
    reply = collected(network, step)
    assert (reply.outcome, reply.trouble, reply.reason) == (outcome, trouble, reason)
    assert len(network.asked(MTN_PAY)) == 1


def test_too_many_requests_say_how_long_to_wait(network: Network):
    reply = collected(network, answer(429, {}, Retry_After="9"))
    assert reply.retry_after_s == 9


@pytest.mark.parametrize("step", [answer(401, {"error": "expired"}), page(401)])
def test_a_refused_token_is_minted_again_once(network: Network, step):
    network.on(MTN_PAY, step, answer(202))
    gateway = mtn(network)
    network.on(MTN_TOKEN, token_answer("first"), token_answer("second"))
    assert gateway.collect(ORDER).send().outcome is CallOutcome.ACCEPTED
    first, second = network.asked(MTN_PAY)
    assert first.body == second.body
    assert first.headers["x-reference-id"] == second.headers["x-reference-id"]
    assert second.headers["authorization"] == "Bearer second"


def test_a_token_refused_twice_means_not_sent(network: Network):
    reply = collected(network, answer(401, DENIED))
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CREDENTIALS)
    assert len(network.asked(MTN_PAY)) == 2
    assert len(network.asked(MTN_TOKEN)) == 2


TOKEN_TROUBLES = [
    (answer(401, DENIED), Trouble.CREDENTIALS),
    (answer(401, {"error": "invalid_client"}), Trouble.CREDENTIALS),
    (page(200, "<html>Request Rejected</html>"), Trouble.WEB_PAGE),
    (answer(411), Trouble.CONFIGURATION),
    (answer(302, Location="https://portal.example/"), Trouble.REDIRECT),
    (answer(500), Trouble.SERVICE),
    (answer(200, {"token": "x"}), Trouble.SERVICE),
    (answer(200, {"access_token": "bad\ntoken"}), Trouble.SERVICE),
    (answer(200, {"access_token": 7}), Trouble.SERVICE),
    (answer(429, {}, Retry_After="3"), Trouble.TOO_MANY_REQUESTS),
    (wire.reset, Trouble.CONNECTION_CUT),
    (wire.silence, Trouble.TIMEOUT),
]


@pytest.mark.parametrize(("step", "trouble"), TOKEN_TROUBLES)
def test_without_a_token_nothing_was_sent_and_nothing_is_known(network, step, trouble):
    gateway = mtn(network)
    network.on(MTN_TOKEN, step)
    reply = gateway.collect(ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, trouble)
    reply = gateway.ask(ORDER).send()
    assert (reply.outcome, reply.trouble) == (UNKNOWN, trouble)
    assert not network.asked(MTN_PAY)
    assert not network.asked(MTN_ASK)


def test_a_network_that_is_not_there_means_not_sent(network: Network):
    gateway = MTNMobileMoney(mtn_account("https://nowhere.invalid"), QUICK)
    reply = gateway.collect(ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.NAME_NOT_FOUND)
    reply = gateway.ask(ORDER).send()
    assert (reply.outcome, reply.trouble) == (UNKNOWN, Trouble.NAME_NOT_FOUND)


def test_a_question_that_could_not_be_sent_is_unknown_all_the_same(network: Network):
    network.on(MTN_ASK, answer(200, PAID))
    gateway = mtn(network)
    gateway.ask(ORDER).send()
    gateway._http.close()
    network.stop()
    reply = gateway.ask(ORDER).send()
    assert (reply.outcome, reply.trouble) == (UNKNOWN, Trouble.CONNECTION_REFUSED)
    reply = gateway.collect(ORDER).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CONNECTION_REFUSED)


def test_a_payment_that_came_is_told_with_its_number(network: Network):
    reply = asked(network, answer(200, PAID, Date="Sun, 22 Nov 2026 10:00:00 GMT"))
    assert (reply.outcome, reply.transaction_id) == (CallOutcome.SUCCEEDED, "363440463")
    assert reply.mismatches == ()
    assert reply.clock_ahead_s is not None
    question = network.asked(MTN_ASK)[0]
    assert question.body == b""
    assert "content-type" not in question.headers
    assert question.headers["x-target-environment"] == "mtnrwanda"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 5000},
        {"amount": "5000.00"},
        {"financialTransactionId": 363440463},
        {"payer": {"partyIdType": "MSISDN", "partyId": 250788000111}},
        {"payer": {"partyIdType": "MSISDN", "partyId": "+250788000111"}},
        {"status": "successful"},
    ],
)
def test_numbers_and_texts_mean_the_same(network: Network, change):
    reply = asked(network, answer(200, PAID | change))
    assert (reply.outcome, reply.transaction_id) == (CallOutcome.SUCCEEDED, "363440463")
    assert reply.mismatches == ()


def test_an_amount_with_a_fraction_is_compared_exactly(network: Network):
    body = str(PAID).replace("'", '"').replace('"5000"', "5000.0")
    assert asked(network, answer(200, body)).mismatches == ()
    body = body.replace("5000.0", "5000.000000000000001")
    assert asked(network, answer(200, body)).mismatches


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "50"},
        {"amount": "5000.01"},
        {"amount": "5e3"},
        {"amount": "NaN"},
        {"currency": "EUR"},
        {"externalId": "INV-2026-000124"},
        {"payer": {"partyIdType": "MSISDN", "partyId": "250788000112"}},
        {"payer": {"partyIdType": "EMAIL", "partyId": "a@b.example"}},
        {"amount": None},
        {"currency": None},
    ],
)
def test_a_success_that_differs_says_where(network: Network, change):
    reply = asked(network, answer(200, PAID | change))
    assert reply.outcome is CallOutcome.SUCCEEDED
    assert len(reply.mismatches) == 1


def test_every_differing_fact_is_told(network: Network):
    other = {"amount": "1", "currency": "EUR", "externalId": "X", "payer": {"partyId": "2"}}
    assert len(asked(network, answer(200, PAID | other)).mismatches) == 4


REASONS = {
    "PAYEE_NOT_FOUND": Reason.SHOP_ACCOUNT,
    "PAYER_NOT_FOUND": Reason.NUMBER_WITHOUT_WALLET,
    "NOT_ALLOWED": Reason.SHOP_ACCOUNT,
    "NOT_ALLOWED_TARGET_ENVIRONMENT": Reason.SHOP_ACCOUNT,
    "INVALID_CALLBACK_URL_HOST": Reason.SHOP_ACCOUNT,
    "INVALID_CURRENCY": Reason.SHOP_ACCOUNT,
    "SERVICE_UNAVAILABLE": Reason.NETWORK_TROUBLE,
    "INTERNAL_PROCESSING_ERROR": Reason.REFUSED_BY_NETWORK,
    "NOT_ENOUGH_FUNDS": Reason.NOT_ENOUGH_MONEY,
    "PAYER_LIMIT_REACHED": Reason.CUSTOMER_LIMIT,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.SHOP_ACCOUNT,
    "PAYMENT_NOT_APPROVED": Reason.REFUSED_BY_CUSTOMER,
    "RESOURCE_NOT_FOUND": Reason.OTHER,
    "APPROVAL_REJECTED": Reason.REFUSED_BY_CUSTOMER,
    "EXPIRED": Reason.NOT_APPROVED_IN_TIME,
    "TRANSACTION_CANCELED": Reason.REFUSED_BY_CUSTOMER,
    "RESOURCE_ALREADY_EXIST": Reason.OTHER,
    "COULD_NOT_PERFORM_TRANSACTION": Reason.NOT_APPROVED_IN_TIME,
    "SENDER_ACCOUNT_NOT_ACTIVE": Reason.WALLET_BLOCKED,
    "PAYEE_LIMIT_REACHED": Reason.SHOP_ACCOUNT,
    "TRANSACTION_NOT_FOUND": Reason.OTHER,
    "VALIDATION_ERROR": Reason.OTHER,
    "TRANSFER_TYPE_UNKNOWN": Reason.SHOP_ACCOUNT,
    "PAYER_REJECTION": Reason.REFUSED_BY_CUSTOMER,
    "NEVER_HEARD_OF": Reason.OTHER,
}


@pytest.mark.parametrize(("code", "reason"), REASONS.items())
@pytest.mark.parametrize("form", ["text", "object"])
def test_every_reason_in_both_its_forms(network: Network, code, reason, form):
    told = code if form == "text" else {"code": code, "message": "Some words"}
    reply = asked(network, answer(200, PAID | {"status": "FAILED", "reason": told}))
    late = code in {"EXPIRED", "COULD_NOT_PERFORM_TRANSACTION"}
    assert reply.outcome is (CallOutcome.EXPIRED if late else FAILED)
    assert (reply.reason, reply.reason_code) == (reason, code)


def test_a_failure_without_a_reason_is_a_failure(network: Network):
    reply = asked(network, answer(200, {"status": "FAILED"}))
    assert (reply.outcome, reply.reason) == (FAILED, Reason.OTHER)


def test_the_failure_of_another_payment_is_not_believed(network: Network):
    body = PAID | {"status": "FAILED", "externalId": "INV-2026-000999"}
    reply = asked(network, answer(200, body))
    assert reply.outcome is UNKNOWN
    assert reply.mismatches


@pytest.mark.parametrize("word", ["PENDING", "ONGOING", "CREATED", "TIMEOUT", "REJECTED"])
def test_a_word_not_known_is_waited_on(network: Network, word: str):
    assert asked(network, answer(200, PAID | {"status": word})).outcome is CallOutcome.PENDING


QUESTIONS = [
    (answer(404, {"code": "RESOURCE_NOT_FOUND"}), CallOutcome.NOT_FOUND, None),
    (page(404), UNKNOWN, Trouble.WEB_PAGE),
    (answer(404), UNKNOWN, Trouble.CONFIGURATION),
    (answer(404, {"statusCode": 404}), UNKNOWN, Trouble.CONFIGURATION),
    (answer(400), UNKNOWN, Trouble.CONFIGURATION),
    (answer(401, DENIED), UNKNOWN, Trouble.CREDENTIALS),
    (answer(403, {"code": "FORBIDDEN IP"}), UNKNOWN, Trouble.ADDRESS_NOT_ALLOWED),
    (answer(429), UNKNOWN, Trouble.TOO_MANY_REQUESTS),
    (answer(500, {"code": "NOT_ALLOWED"}), UNKNOWN, Trouble.SERVICE),
    (answer(500, {"status": "FAILED", "reason": "EXPIRED"}), UNKNOWN, Trouble.SERVICE),
    (answer(202, PAID), UNKNOWN, Trouble.SERVICE),
    (answer(200, {}), UNKNOWN, Trouble.SERVICE),
    (answer(200, {"status": {"a": 1}}), UNKNOWN, Trouble.SERVICE),
    (answer(200, '{"status": "FAILED"', "application/json"), UNKNOWN, Trouble.SERVICE),
    (answer(200, '{"status": "FAILED"}', "text/html"), UNKNOWN, Trouble.WEB_PAGE),
    (answer(200, '{"status": "FAILED", "status": "SUCCESSFUL"}'), UNKNOWN, Trouble.SERVICE),
    (page(200), UNKNOWN, Trouble.WEB_PAGE),
    (answer(302), UNKNOWN, Trouble.REDIRECT),
    (wire.reset, UNKNOWN, Trouble.CONNECTION_CUT),
    (wire.silence, UNKNOWN, Trouble.TIMEOUT),
]


@pytest.mark.parametrize(("step", "outcome", "trouble"), QUESTIONS)
def test_a_question_that_goes_wrong_decides_nothing(network, step, outcome, trouble):
    reply = asked(network, step)
    assert (reply.outcome, reply.trouble) == (outcome, trouble)


def test_a_refund_is_the_disbursement_product_with_its_own_key_and_token(network: Network):
    gateway = mtn(network)
    network.on(MTN_REFUND_TOKEN, token_answer("disburse")).on(MTN_REFUND, answer(202))
    call = gateway.refund(REFUND)
    assert call.request_type is RequestType.REFUND
    assert call.send().outcome is CallOutcome.ACCEPTED
    sent = network.asked(MTN_REFUND)[0]
    assert sent.document == {
        "amount": "2000",
        "currency": "RWF",
        "externalId": "REF-2026-000007",
        "payerMessage": "REF-2026-000007",
        "payeeNote": "REF-2026-000007",
        "referenceIdToRefund": REFERENCE,
    }
    assert sent.headers["x-reference-id"] == REFUND_REFERENCE
    assert sent.headers["authorization"] == "Bearer disburse"
    assert sent.headers["ocp-apim-subscription-key"] == MTN_SECRETS[1]
    assert not network.asked(MTN_TOKEN)


def test_a_refund_without_a_disbursement_key_is_never_sent(network: Network):
    gateway = mtn(network, disbursement_subscription_key="")
    reply = gateway.refund(REFUND).send()
    assert (reply.outcome, reply.trouble) == (NOT_SENT, Trouble.CONFIGURATION)
    assert gateway.ask_refund(REFUND).send().outcome is UNKNOWN
    assert network.connections == 0


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        ({}, CallOutcome.SUCCEEDED, None),
        ({"status": "PENDING"}, CallOutcome.PENDING, None),
        ({"status": "FAILED", "reason": "NOT_ENOUGH_FUNDS"}, FAILED, Reason.NOT_ENOUGH_MONEY),
        ({"status": "FAILED", "reason": "PAYEE_NOT_FOUND"}, FAILED, Reason.NUMBER_WITHOUT_WALLET),
        ({"status": "FAILED", "reason": {"code": "EXPIRED"}}, CallOutcome.EXPIRED,
         Reason.NOT_APPROVED_IN_TIME),
    ],
)  # fmt: skip
def test_what_became_of_a_refund(network: Network, change, outcome, reason):
    network.on(MTN_ASK_REFUND, answer(200, REFUNDED | change))
    reply = mtn(network).ask_refund(REFUND).send()
    assert (reply.outcome, reply.reason, reply.mismatches) == (outcome, reason, ())


def test_a_refund_to_somebody_else_is_a_mismatch(network: Network):
    body = REFUNDED | {"payee": {"partyId": "250788999999"}}
    network.on(MTN_ASK_REFUND, answer(200, body))
    assert len(mtn(network).ask_refund(REFUND).send().mismatches) == 1


HOLDER = "GET /collection/v1_0/accountholder/msisdn/250788000111/active"
NAME = "GET /collection/v1_0/accountholder/msisdn/250788000111/basicuserinfo"


@pytest.mark.parametrize(
    ("active", "known", "holder"),
    [
        (answer(200, {"result": True}), answer(200, {"given_name": "Aline", "family_name": "Uwase",
         "birthdate": "1990-01-01"}), Holder(True, "Aline Uwase")),
        (answer(200, {"result": True}), answer(403), Holder(True)),
        (answer(200, {"result": "true"}), wire.reset, Holder(True)),
        (answer(200), answer(404), Holder(True)),
        (answer(200, {"result": False}), answer(500), Holder(False)),
        (answer(404, {"code": "RESOURCE_NOT_FOUND"}), answer(500), Holder(False)),
        (page(404), answer(500), Holder(None)),
        (page(200), answer(500), Holder(None)),
        (answer(200, {"outcome": 1}), answer(500), Holder(None)),
        (answer(500), answer(500), Holder(None)),
        (wire.silence, answer(500), Holder(None)),
    ],
)  # fmt: skip
def test_whether_a_number_has_a_wallet(network: Network, active, known, holder):
    network.on(HOLDER, active).on(NAME, known)
    assert mtn(network).holder("+250788000111") == holder


def test_twenty_threads_mint_one_token(network: Network):
    gateway = mtn(network)
    network.on(MTN_TOKEN, wire.after(0.1, token_answer())).on(MTN_PAY, answer(202))
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(gateway.collect(ORDER).send()))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.outcome for reply in replies] == [CallOutcome.ACCEPTED] * 20
    assert len(network.asked(MTN_TOKEN)) == 1
    assert len(network.asked(MTN_PAY)) == 20


def test_a_closed_gateway_forgets_its_token(network: Network):
    gateway = mtn(network)
    network.on(MTN_PAY, answer(202))
    for _ in range(2):
        gateway.collect(ORDER).send()
    assert len(network.asked(MTN_TOKEN)) == 1
    gateway.close()
    gateway.collect(ORDER).send()
    assert len(network.asked(MTN_TOKEN)) == 2

"""MTN's money: payments, refunds, what the test numbers do, who has a wallet."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

from core.gateways.sandbox import TEST_NUMBERS, Kind, Sandbox, State, charged_twice
from tests.core.gateways.sandbox.conftest import PHONE, MTNClient, new_reference, until

REASONS = {
    "450": "INTERNAL_PROCESSING_ERROR",
    "451": "APPROVAL_REJECTED",
    "452": "EXPIRED",
    "455": "PAYER_NOT_FOUND",
    "456": "PAYEE_NOT_ALLOWED_TO_RECEIVE",
    "457": "NOT_ALLOWED",
    "458": "NOT_ALLOWED_TARGET_ENVIRONMENT",
    "459": "INVALID_CALLBACK_URL_HOST",
    "460": "INVALID_CURRENCY",
    "461": "INTERNAL_PROCESSING_ERROR",
    "462": "SERVICE_UNAVAILABLE",
    "463": "COULD_NOT_PERFORM_TRANSACTION",
    "464": "TRANSFER_TYPE_UNKNOWN",
}


def paid(mtn: MTNClient, phone: str = PHONE) -> str:
    reference = new_reference()
    assert mtn.pay(reference, phone).status_code == 202
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")
    return reference


def test_a_payment_is_accepted_then_pending_then_successful(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    mtn = MTNClient(make_sandbox(speed=20).url)
    reference = new_reference()
    answer = mtn.pay(reference)
    assert (answer.status_code, answer.content) == (202, b"")
    first = mtn.status(reference)
    assert first["status"] == "PENDING"
    assert "financialTransactionId" not in first
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")
    last = mtn.status(reference)
    number = last.pop("financialTransactionId")
    assert number.isdigit()
    assert last == mtn.body() | {"status": "SUCCESSFUL"}
    assert mtn.get(f"requesttopay/{reference.upper()}").status_code == 200


def test_the_same_reference_is_charged_once(sandbox: Sandbox, mtn: MTNClient) -> None:
    reference = paid(mtn)
    again = mtn.pay(reference, changed={"amount": "6000"})
    assert (again.status_code, again.json()["code"]) == (409, "RESOURCE_ALREADY_EXIST")
    (entry,) = sandbox.ledger()
    assert (entry.posts, entry.times_charged, entry.amount) == (2, 1, "5000")
    assert len(set(entry.body_sha256)) == 2
    assert entry.posted_at[0] <= entry.posted_at[1]
    assert entry.outcome is State.SUCCESSFUL
    assert charged_twice(sandbox.ledger()) == {}


def test_two_references_for_one_invoice_are_two_charges(sandbox: Sandbox, mtn: MTNClient) -> None:
    paid(mtn)
    paid(mtn)
    assert [entry.times_charged for entry in sandbox.ledger()] == [1, 1]
    assert charged_twice(sandbox.ledger()) == {"INV-1": 2}
    document = requests.get(f"{sandbox.url}/_sandbox/ledger", timeout=5).json()
    assert document["charged_twice"] == {"INV-1": 2}
    assert mtn.get("account/balance").json() == {"availableBalance": "1010000", "currency": "RWF"}


def test_an_unknown_reference_is_not_found(mtn: MTNClient) -> None:
    answer = mtn.get(f"requesttopay/{new_reference()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize("ending", sorted(REASONS))
def test_official_and_local_test_numbers_fail_alike(mtn: MTNClient, ending: str) -> None:
    official, local = new_reference(), new_reference()
    assert mtn.pay(official, f"46733123{ending}").status_code == 202
    assert mtn.pay(local, f"250788123{ending}").status_code == 202
    at_once = mtn.status(official)
    assert (at_once["status"], at_once["reason"]) == ("FAILED", REASONS[ending])
    until(lambda: mtn.status(local)["status"] == "FAILED")
    assert mtn.status(local)["reason"] == REASONS[ending]


def test_any_other_official_number_succeeds_at_once(mtn: MTNClient) -> None:
    reference = new_reference()
    mtn.pay(reference, "46733123999")
    assert mtn.status(reference)["status"] == "SUCCESSFUL"


def test_the_ongoing_number_stays_pending(sandbox: Sandbox, mtn: MTNClient) -> None:
    reference = new_reference()
    mtn.pay(reference, "46733123453")
    time.sleep(60 / sandbox.settings.speed)
    assert mtn.status(reference)["status"] == "PENDING"


def test_the_delayed_number_succeeds_between_4_and_45_seconds(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    mtn = MTNClient(make_sandbox(speed=50).url)
    reference, started = new_reference(), time.monotonic()
    mtn.pay(reference, "46733123454")
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")
    assert 4 < (time.monotonic() - started) * 50 < 45


def test_every_documented_test_number_is_there() -> None:
    assert set(TEST_NUMBERS) == {str(ending) for ending in range(450, 465)}


def test_a_payment_is_refunded_in_parts_up_to_what_was_paid(
    sandbox: Sandbox, mtn: MTNClient
) -> None:
    original = paid(mtn)
    first, second, third = new_reference(), new_reference(), new_reference()
    assert mtn.refund(first, original, amount="2000").status_code == 202
    assert mtn.refund(second, original, amount="3001").status_code == 202
    assert mtn.refund(third, original, amount="3000").status_code == 202
    until(lambda: mtn.refund_status(third)["status"] == "SUCCESSFUL")
    shown = mtn.refund_status(first)
    assert (shown["amount"], shown["status"]) == ("2000", "SUCCESSFUL")
    assert shown["payee"]["partyId"] == PHONE
    refused = mtn.refund_status(second)
    assert (refused["status"], refused["reason"]) == ("FAILED", "NOT_ALLOWED")
    again = mtn.refund(first, original, amount="2000")
    assert again.status_code == 409
    refunds = [entry for entry in sandbox.ledger() if entry.kind is Kind.REFUND]
    assert [entry.times_charged for entry in refunds] == [1, 0, 1]
    assert [entry.posts for entry in refunds] == [2, 1, 1]
    balance = mtn.get("account/balance/RWF", "disbursement").json()
    assert balance["availableBalance"] == "1000000"


def test_a_payment_not_made_cannot_be_refunded(mtn: MTNClient) -> None:
    pending = new_reference()
    mtn.pay(pending, "250788123453")
    for original, reason in ((pending, "NOT_ALLOWED"), (new_reference(), "TRANSACTION_NOT_FOUND")):
        refund = new_reference()
        assert mtn.refund(refund, original).status_code == 202
        assert mtn.refund_status(refund)["reason"] == reason


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("1", "TRANSACTION_NOT_FOUND"),
        ("2", "INTERNAL_PROCESSING_ERROR"),
        ("3", "APPROVAL_REJECTED"),
        ("4", "EXPIRED"),
        ("7", "NOT_ALLOWED"),
        ("10", "INVALID_CURRENCY"),
        ("13", "COULD_NOT_PERFORM_TRANSACTION"),
    ],
)
def test_the_documented_refund_references_fail(
    mtn: MTNClient, original: str, expected: str
) -> None:
    refund = new_reference()
    assert mtn.refund(refund, original).status_code == 202
    assert mtn.refund_status(refund)["reason"] == expected


def test_numbers_with_124_fail_the_refund_only(mtn: MTNClient) -> None:
    original, refund = paid(mtn, "250788124451"), new_reference()
    mtn.refund(refund, original)
    until(lambda: mtn.refund_status(refund)["status"] == "FAILED")
    assert mtn.refund_status(refund)["reason"] == "APPROVAL_REJECTED"


def test_a_delivery_note_needs_a_completed_payment(mtn: MTNClient) -> None:
    reference, waiting = paid(mtn), new_reference()
    mtn.pay(waiting, "250788123453")

    def notify(about: str, message: str) -> int:
        return requests.post(
            f"{mtn.url}/collection/v1_0/requesttopay/{about}/deliverynotification",
            headers=mtn.headers(),
            json={"notificationMessage": message},
            timeout=5,
        ).status_code

    assert notify(reference, "Thank you") == 200
    assert notify(reference, "x" * 161) == 400
    assert notify(waiting, "Thank you") == 500
    assert notify(new_reference(), "Thank you") == 404


def test_account_holders_answer_as_documented(mtn: MTNClient) -> None:
    def ask(phone: str) -> tuple[int, object]:
        answer = mtn.get(f"accountholder/msisdn/{phone}/active")
        return answer.status_code, answer.json().get("result", answer.json().get("code"))

    assert ask("46733123450") == (404, "RESOURCE_NOT_FOUND")
    assert ask("46733123451") == (200, False)
    assert ask("46733123452") == (500, "NOT_ALLOWED")
    assert ask("46733123453") == (500, "NOT_ALLOWED_TARGET_ENVIRONMENT")
    assert ask("46733123454") == (500, "INTERNAL_PROCESSING_ERROR")
    assert ask("46733123455") == (503, "SERVICE_UNAVAILABLE")
    assert ask("46733123999") == (200, True)
    assert ask("250788123451") == (200, True)
    assert ask("250788123455") == (404, "RESOURCE_NOT_FOUND")


def test_the_same_number_has_the_same_name(mtn: MTNClient) -> None:
    path = f"accountholder/msisdn/{PHONE}/basicuserinfo"
    first = mtn.get(path).json()
    assert first["given_name"]
    assert first == mtn.get(path).json()
    assert mtn.get("accountholder/msisdn/250788123455/basicuserinfo").status_code == 404


def test_a_balance_in_another_currency_is_refused(mtn: MTNClient) -> None:
    assert mtn.get("account/balance/EUR").json()["code"] == "INVALID_CURRENCY"

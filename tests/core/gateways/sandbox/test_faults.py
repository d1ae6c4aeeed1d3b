"""Each fault, chosen by number or by plan: what arrives, and what the ledger knows to be true."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

from core.gateways.sandbox import Fault, Kind, Plan, Sandbox, State, payment_number
from tests.core.gateways.sandbox.conftest import (
    PHONE,
    AirtelClient,
    MTNClient,
    new_reference,
    until,
)

NO_ANSWER = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
ACCEPTED_WITHOUT_A_WORD = (Fault.RESET_AFTER, Fault.HANG_AFTER)
REFUSED_AT_FIRST = (Fault.CUT_BEFORE, Fault.UNAVAILABLE, Fault.REDIRECT)


def phone_with(fault: Fault) -> str:
    return f"250788{payment_number(fault)}"


def pay(mtn: MTNClient, fault: Fault) -> str:
    reference = new_reference()
    assert mtn.pay(reference, phone_with(fault)).status_code == 202
    return reference


def settled(mtn: MTNClient, fault: Fault) -> dict[str, object]:
    reference = pay(mtn, fault)
    until(lambda: mtn.status(reference)["status"] != "PENDING")
    return mtn.status(reference)


def test_every_fault_says_what_it_is_and_has_a_number() -> None:
    assert all(fault.explanation for fault in Fault)
    numbers = [payment_number(fault) for fault in Fault]
    assert numbers == [f"999{place:03d}" for place in range(1, len(Fault) + 1)]


def test_a_slow_answer_comes_after_35_seconds(make_sandbox: Callable[..., Sandbox]) -> None:
    mtn = MTNClient(make_sandbox(speed=100).url)
    mtn.token()
    started = time.monotonic()
    pay(mtn, Fault.SLOW_ANSWER)
    assert time.monotonic() - started >= 0.35


@pytest.mark.parametrize("fault", ACCEPTED_WITHOUT_A_WORD)
def test_no_answer_can_still_be_a_charge(sandbox: Sandbox, mtn: MTNClient, fault: Fault) -> None:
    reference = new_reference()
    with pytest.raises(NO_ANSWER):
        mtn.pay(reference, phone_with(fault), timeout=0.2)
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")
    assert mtn.pay(reference, phone_with(fault)).status_code == 409
    (entry,) = sandbox.ledger()
    assert (entry.fault, entry.posts, entry.times_charged) == (fault, 2, 1)


def test_a_reset_is_a_reset(mtn: MTNClient) -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        mtn.pay(phone=phone_with(Fault.RESET_AFTER))
    assert "ConnectionResetError" in repr(caught.value)


@pytest.mark.parametrize("fault", REFUSED_AT_FIRST)
def test_a_request_that_never_got_in_charges_nothing(
    sandbox: Sandbox, mtn: MTNClient, fault: Fault
) -> None:
    reference = new_reference()
    if fault is Fault.CUT_BEFORE:
        with pytest.raises(requests.ConnectionError):
            mtn.pay(reference, phone_with(fault))
    else:
        answer = mtn.pay(reference, phone_with(fault))
        assert answer.status_code == {Fault.UNAVAILABLE: 503, Fault.REDIRECT: 302}[fault]
    assert mtn.get(f"requesttopay/{reference}").status_code == 404
    (entry,) = sandbox.ledger()
    assert (entry.posts, entry.is_accepted, entry.times_charged) == (1, False, 0)
    assert mtn.pay(reference, phone_with(fault)).status_code == 202
    until(lambda: sandbox.ledger()[0].times_charged == 1)


def test_a_redirect_leads_to_a_page_of_somebody_else(sandbox: Sandbox, mtn: MTNClient) -> None:
    answer = mtn.pay(phone=phone_with(Fault.REDIRECT))
    page = requests.get(f"{sandbox.url}{answer.headers['Location']}", timeout=5)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")


@pytest.mark.parametrize(
    ("fault", "status", "media_type"),
    [(Fault.ERROR_500, 500, None), (Fault.HTML, 200, "text/html")],
)
def test_a_wrong_answer_can_still_be_a_charge(
    sandbox: Sandbox, mtn: MTNClient, fault: Fault, status: int, media_type: str | None
) -> None:
    answer = mtn.pay(phone=phone_with(fault))
    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, media_type)
    assert "code" not in answer.text
    until(lambda: sandbox.ledger()[0].times_charged == 1)


def test_a_cut_answer_promises_more_than_it_sends(sandbox: Sandbox, mtn: MTNClient) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        mtn.pay(phone=phone_with(Fault.TRUNCATED))
    until(lambda: sandbox.ledger()[0].times_charged == 1)


def test_too_many_requests_are_asked_to_wait(sandbox: Sandbox, mtn: MTNClient) -> None:
    reference = new_reference()
    answers = [mtn.pay(reference, phone_with(Fault.TOO_MANY)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 202]
    assert answers[0].headers["Retry-After"] == "2"
    assert sandbox.ledger()[0].posts == 3


def test_a_token_can_end_with_every_call(mtn: MTNClient) -> None:
    reference = pay(mtn, Fault.TOKEN_ONCE)
    for _ in range(2):
        assert mtn.get(f"requesttopay/{reference}").status_code == 401
        mtn.tokens.clear()
        assert mtn.get(f"requesttopay/{reference}").status_code == 200


def test_a_payment_can_be_unknown_for_three_asks(mtn: MTNClient) -> None:
    reference = pay(mtn, Fault.NOT_FOUND_FIRST)
    asked = [mtn.get(f"requesttopay/{reference}").status_code for _ in range(4)]
    assert asked == [404, 404, 404, 200]


def test_a_payment_can_stay_pending_for_ever(sandbox: Sandbox, mtn: MTNClient) -> None:
    reference = pay(mtn, Fault.PENDING_FOREVER)
    time.sleep(60 / sandbox.settings.speed)
    assert mtn.status(reference)["status"] == "PENDING"
    assert sandbox.ledger()[0].last_outcome is State.PENDING


@pytest.mark.parametrize(
    ("fault", "name", "value"),
    [
        (Fault.OTHER_AMOUNT, "amount", "5100"),
        (Fault.OTHER_CURRENCY, "currency", "USD"),
        (Fault.OTHER_REFERENCE, "externalId", "INV-1-other"),
        (Fault.OTHER_PAYER, "payer", {"partyIdType": "MSISDN", "partyId": "250780000000"}),
    ],
)
def test_a_success_can_be_about_something_else(
    mtn: MTNClient, fault: Fault, name: str, value: object
) -> None:
    document = settled(mtn, fault)
    assert (document["status"], document[name]) == ("SUCCESSFUL", value)
    others = {key: kept for key, kept in mtn.body(phone_with(fault)).items() if key != name}
    assert others.items() <= document.items()


def test_a_reason_can_be_an_object(mtn: MTNClient) -> None:
    document = settled(mtn, Fault.REASON_OBJECT)
    assert document["reason"] == {"code": "APPROVAL_REJECTED", "message": "Approval rejected"}


def test_numbers_can_stand_for_texts(mtn: MTNClient) -> None:
    document = settled(mtn, Fault.NUMBERS)
    assert document["amount"] == 5000
    assert isinstance(document["financialTransactionId"], int)


def test_asking_can_fail_twice(mtn: MTNClient) -> None:
    reference = pay(mtn, Fault.STATUS_FAILS_TWICE)
    asked = [mtn.get(f"requesttopay/{reference}").status_code for _ in range(3)]
    assert asked == [500, 500, 200]


def test_a_success_can_come_after_the_end(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(speed=100)
    mtn = MTNClient(sandbox.url)
    reference = pay(mtn, Fault.LATE_SUCCESS)
    until(lambda: mtn.status(reference)["status"] == "FAILED")
    assert mtn.status(reference)["reason"] == "EXPIRED"
    assert sandbox.ledger()[0].times_charged == 0
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")
    assert sandbox.ledger()[0].times_charged == 1


def test_a_status_can_be_a_word_nobody_knows(make_sandbox: Callable[..., Sandbox]) -> None:
    mtn = MTNClient(make_sandbox(speed=20).url)
    reference = pay(mtn, Fault.UNKNOWN_WORD)
    assert mtn.status(reference)["status"] == "UNDER_REVIEW"
    until(lambda: mtn.status(reference)["status"] == "SUCCESSFUL")


def test_airtel_can_contradict_itself(airtel: AirtelClient) -> None:
    answer = airtel.pay("P00001", f"733{payment_number(Fault.CONTRADICTION)}").json()
    assert answer["data"]["transaction"] == {"id": False, "status": "SUCCESS"}
    assert answer["status"]["success"] is False
    until(lambda: airtel.word("P00001") == "TS")


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_also_happens_at_airtel_and_ends_truthfully(
    sandbox: Sandbox, airtel: AirtelClient, fault: Fault
) -> None:
    body = airtel.body("P00001", f"733{payment_number(fault)}")
    for _ in range(3):
        airtel.cached = ""
        try:
            requests.post(
                f"{airtel.url}/merchant/v1/payments/",
                json=body,
                headers=airtel.headers(),
                allow_redirects=False,
                timeout=0.3,
            )
        except NO_ANSWER:
            continue
    (entry,) = sandbox.ledger()
    assert (entry.fault, entry.posts, entry.is_accepted) == (fault, 3, True)
    if entry.last_outcome is State.SUCCESSFUL:
        until(lambda: sandbox.ledger()[0].times_charged == 1)
    else:
        assert entry.times_charged == 0


def test_a_lost_refund_answer_is_one_refund(sandbox: Sandbox, airtel: AirtelClient) -> None:
    refund_number = payment_number(Fault.RESET_AFTER).replace("9990", "9991")
    assert airtel.pay("P00001", f"733{refund_number}").json()["status"]["success"] is True
    until(lambda: airtel.word("P00001") == "TS")
    money_id = airtel.enquire("P00001")["data"]["transaction"]["airtel_money_id"]
    with pytest.raises(requests.ConnectionError):
        airtel.refund(money_id)
    assert airtel.refund(money_id).json()["status"]["success"] is False
    refund = next(entry for entry in sandbox.ledger() if entry.kind is Kind.REFUND)
    assert (refund.fault, refund.times_charged) == (Fault.RESET_AFTER, 1)


def test_a_plan_chooses_by_reference_and_by_phone(sandbox: Sandbox, mtn: MTNClient) -> None:
    reference = new_reference()
    sandbox.plan(
        Plan(
            references={reference: Fault.ERROR_500, "INV-7": Fault.HTML},
            phones={"0788 000 222": Fault.UNAVAILABLE},
            outcomes={"0788000333": "rejected"},
        )
    )
    assert mtn.pay(reference).status_code == 500
    assert mtn.pay(changed={"externalId": "INV-7"}).headers["Content-Type"] == "text/html"
    assert mtn.pay(phone="250788000222").status_code == 503
    rejected = new_reference()
    mtn.pay(rejected, "250788000333")
    until(lambda: mtn.status(rejected)["status"] == "FAILED")
    assert mtn.pay().status_code == 202


def test_a_plan_strikes_the_same_references_every_time(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    references = [new_reference() for _ in range(40)]
    plan = Plan(seed=7, probabilities={Fault.ERROR_500: 0.3, Fault.UNAVAILABLE: 0.2})
    runs = []
    for order in (references, references[::-1]):
        sandbox = make_sandbox()
        sandbox.plan(plan)
        mtn = MTNClient(sandbox.url)
        runs.append({reference: mtn.pay(reference).status_code for reference in order})
    assert runs[0] == runs[1]
    assert set(runs[0].values()) == {202, 500, 503}
    other = Plan(seed=8, probabilities=plan.probabilities)
    assert [plan.fault((r,), PHONE, is_refund=False) for r in references] != [
        other.fault((r,), PHONE, is_refund=False) for r in references
    ]


def test_a_plan_with_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="no outcome"):
        Plan(outcomes={"INV-1": "splendid"})

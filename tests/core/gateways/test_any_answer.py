"""Whatever JSON comes, reading it never breaks, and only the documented words decide anything."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from core.gateways import airtel_answers, mtn_answers
from core.gateways.contract import CallOutcome
from core.gateways.http import Answer
from core.gateways.json_reading import parse_object
from core.gateways.redaction import Redactor
from tests.core.gateways.accounts import AIRTEL_ORDER, ORDER, REFUND

WORDS = ["SUCCESSFUL", "FAILED", "PENDING", "SUCCESS", "TS", "TF", "TE", "TA", "TIP",
         "DP00800001006", "DP00800001007", "ESB000041", "ESB000045", "ROUTER110", "NOT_ALLOWED",
         "RESOURCE_NOT_FOUND", "RESOURCE_ALREADY_EXIST", "5000", "RWF"]  # fmt: skip
NAMES = ["status", "code", "reason", "message", "amount", "currency", "payer", "partyId", "data",
         "externalId", "financialTransactionId", "transaction", "id", "success", "response_code",
         "result_code", "status_code", "error", "airtel_money_id"]  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(WORDS),
)  # fmt: skip
DOCUMENTS = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        LEAVES,
        lambda inner: (
            st.dictionaries(st.sampled_from(NAMES), inner, max_size=5) | st.lists(inner, max_size=2)
        ),
        max_leaves=8,
    ),
    max_size=6,
)
STATUSES = st.sampled_from([200, 202, 204, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503])


def made(status: int, document: object) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, {}, body, parse_object(body), False, False, None, None)


@settings(max_examples=100, deadline=None)
@given(STATUSES, DOCUMENTS)
def test_mtn(status: int, document: dict):
    answer = made(status, document)
    found = answer.found or {}
    Redactor("kanarie").answer(answer)
    assert mtn_answers.submission(answer).outcome is not CallOutcome.SUCCEEDED
    for order in (ORDER, REFUND):
        outcome = mtn_answers.state(answer, order).outcome
        assert outcome not in {CallOutcome.NOT_SENT, CallOutcome.ACCEPTED}
        if outcome is CallOutcome.SUCCEEDED:
            assert (status, found["status"]) == (200, "SUCCESSFUL")
        if outcome in {CallOutcome.FAILED, CallOutcome.EXPIRED}:
            assert (status, found["status"]) == (200, "FAILED")


@settings(max_examples=100, deadline=None)
@given(STATUSES, DOCUMENTS, st.sampled_from(WORDS), st.sampled_from(WORDS), st.booleans())
def test_airtel(status: int, document: dict, word: str, code: str, success: bool):
    for whole in (
        document,
        {
            **document,
            "data": {"transaction": {**document, "status": word}},
            "status": {**document, "response_code": code, "success": success},
        },
    ):
        answer = made(status, whole)
        assert airtel_answers.submission(answer).outcome is not CallOutcome.SUCCEEDED
        refund = airtel_answers.refund_state(answer).outcome
        assert refund not in {CallOutcome.PENDING, CallOutcome.EXPIRED}
        outcome = airtel_answers.state(answer, AIRTEL_ORDER).outcome
        if outcome is CallOutcome.SUCCEEDED:
            assert (status // 100, whole["data"]["transaction"]["status"]) == (2, "TS")
        if outcome in {CallOutcome.FAILED, CallOutcome.EXPIRED}:
            assert status // 100 == 2
            assert whole["data"]["transaction"]["status"] in {"TF", "TE"}
        if status >= 500:
            assert outcome is CallOutcome.UNKNOWN
            assert refund is CallOutcome.UNKNOWN

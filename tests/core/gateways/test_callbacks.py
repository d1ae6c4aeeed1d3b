"""What a callback hints at, whatever bytes come."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.gateways.callbacks import CallbackHint, airtel_hint, mtn_hint

KEY = "callbackKeyKanarie07"
TRANSACTION = (
    '{"id": "P123A1", "message": "Paid RWF 5000 to caf\\u00e9, Trans ID MP1.", '
    '"status_code": "TS", "airtel_money_id": "MP1"}'
)


def digest(payload: str) -> str:
    made = hmac.new(KEY.encode(), payload.encode(), hashlib.sha256).digest()
    return base64.b64encode(made).decode()


def compact(text: str, *, is_ascii: bool = True) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=is_ascii)


WHOLE = f'{{"transaction": {TRANSACTION}}}'
SPACED = f'{{ "transaction": {TRANSACTION} }}'


@pytest.mark.parametrize(
    "hashed",
    [
        compact(WHOLE),
        compact(WHOLE, is_ascii=False),
        WHOLE,
        compact(TRANSACTION),
        compact(TRANSACTION, is_ascii=False),
    ],
)
@pytest.mark.parametrize("at_front", [True, False])
@pytest.mark.parametrize("slashes", [True, False])
def test_each_documented_way_to_hash_is_recognised(hashed: str, at_front: bool, slashes: bool):
    written = digest(hashed).replace("/", "\\/") if slashes else digest(hashed)
    body = (
        f'{{"hash": "{written}", "transaction": {TRANSACTION}}}'
        if at_front
        else f'{{"transaction": {TRANSACTION}, "hash": "{written}"}}'
    )
    assert airtel_hint(body.encode(), KEY) == CallbackHint("", "P123A1", "MP1", True)


@pytest.mark.parametrize(
    "changed",
    [
        TRANSACTION.replace("TS", "TF"),
        TRANSACTION.replace("P123A1", "P123A2"),
        TRANSACTION.replace("5000", "50000"),
    ],
)
def test_a_changed_callback_is_forged(changed: str):
    body = f'{{"transaction": {changed}, "hash": "{digest(compact(WHOLE))}"}}'
    hint = airtel_hint(body.encode(), KEY)
    assert hint is not None
    assert hint.verified is False


def test_another_key_makes_it_forged():
    body = f'{{"transaction": {TRANSACTION}, "hash": "{digest(compact(WHOLE))}"}}'
    hint = airtel_hint(body.encode(), "another-key")
    assert hint is not None
    assert hint.verified is False


@pytest.mark.parametrize(("end", "key"), [("", KEY), (', "hash": "eA=="', ""), ("", "")])
def test_without_hash_or_key_nothing_can_be_told(end: str, key: str):
    hint = airtel_hint(f'{{"transaction": {TRANSACTION}{end}}}'.encode(), key)
    assert hint is not None
    assert hint.verified is None


def test_mtns_callback_names_the_sale_only():
    body = {"externalId": "INV-1", "financialTransactionId": 36, "status": "SUCCESSFUL"}
    assert mtn_hint(json.dumps(body).encode()) == CallbackHint("INV-1", "", "36", None)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"externalId": {}}', b'{"transaction": []}',
     b'{"a":' * 9000, b" " * 100_000, b'{"transaction": {"id": ""}}', b'{"externalId": "\\ud800'],
)  # fmt: skip
def test_bytes_that_name_nothing_are_no_hint(body: bytes):
    assert mtn_hint(body) is None
    assert airtel_hint(body, KEY) is None


def test_an_identifier_is_fit_to_look_up():
    body = json.dumps({"externalId": "A\ud800\x00" + "B" * 500}).encode()
    hint = mtn_hint(body)
    assert hint is not None
    assert hint.external_id.startswith("A\ufffd\ufffdB")
    assert len(hint.external_id) == 100


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.dictionaries(
        st.sampled_from(["transaction", "hash", "id", "externalId", "airtel_money_id"]), inner
    ) | st.lists(inner, max_size=3),
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_no_bytes_break_the_reading(body: bytes):
    for hint in (mtn_hint(body), airtel_hint(body, KEY)):
        assert hint is None or hint.verified is not True

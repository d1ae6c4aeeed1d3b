"""What a network's callback hints at: which payment to ask about, never whether it was paid.

MTN's callbacks bear no signature and no reference of ours; Airtel's hash is made in several ways.
So whoever gets one asks the network itself and answers 200, whatever came.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.gateways.json_reading import member, parse_object, text
from core.gateways.redaction import plain

MAX_CALLBACK_BYTES = 64 * 1024
MAX_IDENTIFIER_CHARACTERS = 100

_STRING = rb'"(?:[^"\\]|\\.)*"'
_HASH_MEMBER = re.compile(rb'\s*"hash"\s*:\s*' + _STRING + rb"\s*")
_STRING_OR_SPACE = re.compile(rb"(" + _STRING + rb")|\s+")


@dataclass(frozen=True, slots=True)
class CallbackHint:
    """A payment to ask about. ``verified``: True by its hash, False forged, None cannot be told."""

    external_id: str
    reference: str
    transaction_id: str
    verified: bool | None


def mtn_hint(body: bytes) -> CallbackHint | None:
    """Read a callback of MTN's; None where it names no sale."""
    found = parse_object(body) if len(body) <= MAX_CALLBACK_BYTES else None
    external_id = text(found, "externalId") if found is not None else ""
    if found is None or not external_id:
        return None
    transaction_id = text(found, "financialTransactionId")
    return CallbackHint(_identifier(external_id), "", _identifier(transaction_id), None)


def airtel_hint(body: bytes, callback_key: str) -> CallbackHint | None:
    """Read a callback of Airtel's; None where it names no payment."""
    found = parse_object(body) if len(body) <= MAX_CALLBACK_BYTES else None
    transaction = member(found, "transaction") if found is not None else {}
    reference = text(transaction, "id")
    if found is None or not reference:
        return None
    told = text(found, "hash")
    verified = _is_hash_right(body, told, callback_key) if told and callback_key else None
    transaction_id = text(transaction, "airtel_money_id")
    return CallbackHint("", _identifier(reference), _identifier(transaction_id), verified)


def _is_hash_right(body: bytes, told: str, callback_key: str) -> bool:
    key = callback_key.strip().encode("utf-8", "surrogatepass")
    right = False
    for form in _hashed_forms(body):
        digest = base64.b64encode(hmac.new(key, form, hashlib.sha256).digest())
        # Every form is tried, so that the time taken does not tell which one is near.
        right |= hmac.compare_digest(digest, told.encode("utf-8", "surrogatepass"))
    return right


def _hashed_forms(body: bytes) -> Iterator[bytes]:
    """Yield what implementations hash: the payload without its hash, raw or compact."""
    payload = _without_hash(body)
    yield payload
    compact = _STRING_OR_SPACE.sub(lambda part: part[1] or b"", payload)
    yield compact
    found = parse_object(payload)
    transaction = found.get("transaction") if found is not None else None
    for value in ({"transaction": transaction}, transaction):
        for is_ascii in (True, False):
            try:
                written = json.dumps(value, separators=(",", ":"), ensure_ascii=is_ascii)
            except TypeError:  # A fraction, which only the raw forms keep as it was written.
                continue
            yield written.encode("utf-8", "surrogatepass")


def _without_hash(body: bytes) -> bytes:
    """Return the payload's bytes without its hash member and the comma that goes with it."""
    match = None
    for match in _HASH_MEMBER.finditer(body):  # noqa: B007 - the last one is wanted
        pass
    if match is None:
        return body
    before, after = body[: match.start()], body[match.end() :]
    if before.endswith(b","):
        return before[:-1] + after
    return before + after.removeprefix(b",").lstrip()


def _identifier(value: str) -> str:
    return plain(value, MAX_IDENTIFIER_CHARACTERS)

"""What Airtel's answers mean. Errors come inside HTTP 200, so the body decides, never the status.

Of a payment only TS, TF and TE of the enquiry are final; of the answer to the request itself, the
DP codes that say a clear no. The ESB codes decide nothing alone: public lists contradict each
other.
"""

from __future__ import annotations

import re

from core.gateways.contract import CallOutcome, CollectOrder, Reason, Reply, Trouble
from core.gateways.facts import Told, mismatches
from core.gateways.http import Answer, trouble_of
from core.gateways.json_reading import JsonObject, flag, member, text
from core.gateways.reasons import airtel_reason

ALREADY_TAKEN = "ESB000041"
UNKNOWN_REFERENCE = frozenset({"ESB000045", "DP00800001025"})
STALE_KEY = frozenset({"DP00800001026", "DP00800001028"})
PROMPTED = frozenset({"DP00800001006", "DP00800001001"})
REFUSALS = frozenset(
    {f"DP0080000{n}" for n in (1002, 1003, 1004, 1007, 1008, 1009, 1010, 1029)}
    | {f"DP0090000{n}" for n in (1003, 1004, 1007, 1009, 1010, 1012, 1013)}
)
"""A clear no; the second list's are also seen where a collection's number or amount is wrong."""
WRONG_SETTINGS = frozenset(
    f"ROUTER{n}" for n in ("001", "003", "005", "006", "007", "110", "112", "119")
)
"""The router before the payment system did not let the request in."""
SUCCESS_WORDS = frozenset({"SUCCESS", "TS"})
FAILURE_WORDS = frozenset({"FAILED", "TF"})
UNDECIDED = frozenset(
    {f"DP00{kind}000{n}" for kind in ("80", "90") for n in (1000, 1005, 1006, 1014, 1024)}
    | {"ESB000001", "ESB000004", "ESB000014"}
)
"""Codes with which Airtel asks for patience."""
_PAID = re.compile(
    r"\bpaid\s+([A-Z]{3})\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?(?![\d.,]*\d)", re.IGNORECASE
)


def refuses_token(answer: Answer) -> bool:
    """Tell whether a token was refused; the request was then not taken."""
    found = answer.found or {}
    told = text(found, "error") == "invalid_token"
    return answer.status == 401 or (told and answer.status in {200, 400, 403})


def trouble_of_refusal(answer: Answer) -> Trouble:
    """Return what is wrong with an answer that was not hoped for."""
    found = answer.found or {}
    if text(found, "error") in {"invalid_client", "invalid_token"}:
        return Trouble.CREDENTIALS
    code = code_of(found)
    if code in WRONG_SETTINGS or code in STALE_KEY:
        return Trouble.CONFIGURATION
    return trouble_of(answer)


def submission(answer: Answer) -> Reply:
    """Read the answer to a push: the prompt was sent, or a clear no, or nothing is known."""
    found = answer.found
    if answer.status == 429:
        return _turned_away(answer)
    if found is None:
        return _unsettled(answer)
    codes, message = codes_of(found), message_of(found)
    if ALREADY_TAKEN in codes:
        return Reply(
            CallOutcome.ALREADY_SUBMITTED,
            reason_code=ALREADY_TAKEN,
            message=message,
            response_code=ALREADY_TAKEN,
        )
    said_yes = flag(member(found, "status"), "success")
    word = _transaction_word(found)
    is_ok = 200 <= answer.status < 300
    if is_ok and said_yes and not REFUSALS.intersection(codes):
        is_prompted = bool(PROMPTED.intersection(codes)) or word in SUCCESS_WORDS | {"TIP"}
        if is_prompted and "DP00800001000" not in codes:
            return Reply(CallOutcome.ACCEPTED, message=message, response_code=code_of(found))
    refusal = _first(codes, REFUSALS | WRONG_SETTINGS)
    if refusal and not said_yes and word not in SUCCESS_WORDS | {"TIP", "TA"}:
        return _refused(answer, refusal) or _unsettled(answer)
    return _unsettled(answer)


def state(answer: Answer, order: CollectOrder) -> Reply:
    """Read the answer to an enquiry. ``status.success`` says only that the enquiry worked."""
    found = answer.found
    if found is None or answer.status >= 500:
        return _unsettled(answer)
    word = _transaction_word(found)
    codes, message = codes_of(found), message_of(found)
    if not word or not 200 <= answer.status < 300:
        if UNKNOWN_REFERENCE.intersection(codes) and not word:
            code = _first(codes, UNKNOWN_REFERENCE)
            return Reply(
                CallOutcome.NOT_FOUND, reason_code=code, message=message, response_code=code
            )
        return _unsettled(answer)
    transaction = _transaction(found)
    differences = mismatches(order, _told(transaction))
    if word == "TS":
        return Reply(
            CallOutcome.SUCCEEDED,
            message=text(transaction, "message"),
            transaction_id=text(transaction, "airtel_money_id"),
            mismatches=differences,
            response_code=code_of(found),
        )
    if word not in {"TF", "TE"}:
        return Reply(
            CallOutcome.PENDING,
            message=text(transaction, "message") or message,
            reason_code=word,
            response_code=code_of(found),
        )
    if differences:
        # Believing the failure of some other payment would let the customer be charged twice.
        return Reply(CallOutcome.UNKNOWN, trouble=Trouble.SERVICE, mismatches=differences)
    return _ended(found, word)


def refund_state(answer: Answer) -> Reply:
    """Read the answer to a refund, by the state of its transaction first.

    The documentation's own sample says ``success: false`` beside a transaction that succeeded. A
    refund cannot be asked about, so whatever is not said clearly only a person can find out; an
    ESB code says nothing clearly.
    """
    found = answer.found
    if answer.status == 429:
        return _turned_away(answer)
    if found is None:
        return _unsettled(answer)
    word, codes = _transaction_word(found), codes_of(found)
    if word in SUCCESS_WORDS and 200 <= answer.status < 300:
        return Reply(
            CallOutcome.SUCCEEDED,
            message=message_of(found),
            transaction_id=text(_transaction(found), "airtel_money_id"),
            response_code=code_of(found),
        )
    refusal = _first(codes, REFUSALS | WRONG_SETTINGS)
    said_yes = flag(member(found, "status"), "success")
    is_refused = word in FAILURE_WORDS or (refusal and not word)
    if is_refused and not said_yes and not UNDECIDED.intersection(codes):
        return _refused(answer, refusal or code_of(found)) or _unsettled(answer)
    return _unsettled(answer)


def codes_of(found: JsonObject) -> tuple[str, ...]:
    """Return the codes of an answer in any of Airtel's forms, the most telling first."""
    status = member(found, "status")
    codes = (
        text(status, "response_code"),
        text(status, "result_code"),
        text(found, "status_code"),
        text(found, "error"),
    )
    return tuple(code for code in codes if code)


def code_of(found: JsonObject) -> str:
    """Return the most telling code of an answer; "" if there is none."""
    codes = codes_of(found)
    return codes[0] if codes else ""


def message_of(found: JsonObject) -> str:
    """Return the answer's own words."""
    return (
        text(member(found, "status"), "message")
        or text(found, "status_message")
        or text(found, "error_description")
    )


def _refused(answer: Answer, code: str) -> Reply | None:
    """Return a failure, unless the status says that the answer is not the network's last word."""
    if answer.status >= 500 or answer.status in {408, 429}:
        return None
    found = answer.found or {}
    is_settings = code in WRONG_SETTINGS
    return Reply(
        CallOutcome.FAILED,
        trouble=Trouble.CONFIGURATION if is_settings else None,
        reason=airtel_reason(code),
        reason_code=code,
        message=message_of(found),
        response_code=code,
    )


def _turned_away(answer: Answer) -> Reply:
    """Return what a request is that was refused, for its being too many, before it was taken."""
    message = message_of(answer.found or {})
    return Reply(CallOutcome.NOT_SENT, trouble=Trouble.TOO_MANY_REQUESTS, message=message)


def _unsettled(answer: Answer) -> Reply:
    found = answer.found or {}
    return Reply(
        CallOutcome.UNKNOWN,
        trouble=trouble_of_refusal(answer),
        reason_code=code_of(found),
        message=message_of(found),
        response_code=code_of(found),
    )


def _ended(found: JsonObject, word: str) -> Reply:
    transaction, codes = _transaction(found), codes_of(found)
    is_late = word == "TE"
    reason = Reason.NOT_APPROVED_IN_TIME if is_late else airtel_reason(*codes)
    telling = next((code for code in codes if airtel_reason(code) is not Reason.OTHER), word)
    return Reply(
        CallOutcome.EXPIRED if is_late else CallOutcome.FAILED,
        reason=reason,
        reason_code=word if is_late else telling,
        message=text(transaction, "message") or message_of(found),
        transaction_id=text(transaction, "airtel_money_id"),
        response_code=code_of(found),
    )


def _transaction(found: JsonObject) -> JsonObject:
    return member(member(found, "data"), "transaction")


def _transaction_word(found: JsonObject) -> str:
    return text(_transaction(found), "status").upper()


def _told(transaction: JsonObject) -> Told:
    reference = transaction.get("id")
    paid = _PAID.search(text(transaction, "message"))
    return Told(
        amount=text(transaction, "amount")
        or (paid[2].replace(",", "") + (paid[3] or "") if paid else ""),
        currency=text(transaction, "currency") or (paid[1].upper() if paid else ""),
        phone_number=text(transaction, "msisdn"),
        # Airtel has been seen to answer ``"id": false``.
        reference=reference if isinstance(reference, str) else "",
    )


def _first(codes: tuple[str, ...], wanted: frozenset[str]) -> str:
    return next((code for code in codes if code in wanted), "")

"""What MTN's answers mean (MoMo Open API, common error codes and ErrorReason)."""

from __future__ import annotations

from core.gateways.contract import CallOutcome, CollectOrder, Reason, RefundOrder, Reply, Trouble
from core.gateways.facts import Told, mismatches
from core.gateways.http import Answer, trouble_of
from core.gateways.json_reading import JsonObject, member, text
from core.gateways.reasons import mtn_reason

ALREADY_TAKEN = frozenset({"RESOURCE_ALREADY_EXIST", "RESOURCE_ALREADY_EXISTS"})
UNKNOWN_REFERENCE = frozenset({"RESOURCE_NOT_FOUND", "TRANSACTION_NOT_FOUND"})
WRONG_SETTINGS = frozenset(
    {
        "NOT_ALLOWED",
        "NOT_ALLOWED_TARGET_ENVIRONMENT",
        "INVALID_CALLBACK_URL_HOST",
        "INVALID_CURRENCY",
    }
)
REFUSALS = frozenset(
    {
        "PAYER_NOT_FOUND",
        "PAYEE_NOT_FOUND",
        "PAYEE_NOT_ALLOWED_TO_RECEIVE",
        "NOT_ENOUGH_FUNDS",
        "PAYER_LIMIT_REACHED",
    }
)
PERMANENT = WRONG_SETTINGS | REFUSALS
"""Codes that say, even with HTTP 500, that the request was not taken and never will be."""

UNDECIDED = frozenset({"INTERNAL_PROCESSING_ERROR", "SERVICE_UNAVAILABLE"})
"""Codes that, in the answer to a request, leave open whether it was taken."""

TOO_LATE = frozenset({"EXPIRED", "COULD_NOT_PERFORM_TRANSACTION"})


def refuses_token(answer: Answer) -> bool:
    """Tell whether a token (or a key) was refused; the request was then not taken."""
    return answer.status == 401


def submission(answer: Answer, *, refund: bool = False) -> Reply:
    """Read the answer to a money request. Only a permanent code or status makes it failed."""
    code, message = error_of(answer.found)
    status = answer.status
    if code in ALREADY_TAKEN:
        return Reply(CallOutcome.ALREADY_SUBMITTED, reason_code=code, message=message)
    if status == 202 and not answer.is_web_page and not answer.too_large:
        return Reply(CallOutcome.ACCEPTED)
    if status == 429:
        return Reply(CallOutcome.NOT_SENT, trouble=Trouble.TOO_MANY_REQUESTS, message=message)
    if _is_permanent(answer, code):
        reason = mtn_reason(code, refund=refund)
        return Reply(
            CallOutcome.FAILED,
            trouble=_failed_trouble(answer, code, reason),
            reason=reason,
            reason_code=code or str(status),
            message=message,
        )
    return Reply(CallOutcome.UNKNOWN, trouble=trouble_of(answer), reason_code=code, message=message)


def state(answer: Answer, order: CollectOrder | RefundOrder) -> Reply:
    """Read the answer to a question. Only a JSON answer with its own status decides anything."""
    found = answer.found
    code, message = error_of(found)
    if answer.status == 404 and code in UNKNOWN_REFERENCE:
        return Reply(CallOutcome.NOT_FOUND, reason_code=code, message=message)
    word = text(found, "status").upper() if found is not None and answer.status == 200 else ""
    if found is None or not word:
        return Reply(
            CallOutcome.UNKNOWN, trouble=trouble_of(answer), reason_code=code, message=message
        )
    if word == "SUCCESSFUL":
        return Reply(
            CallOutcome.SUCCEEDED,
            transaction_id=text(found, "financialTransactionId"),
            mismatches=_missing(found) + mismatches(order, _told(found, order)),
        )
    if word != "FAILED":
        return Reply(CallOutcome.PENDING, message="" if word == "PENDING" else word)
    return _failure(found, order)


def error_of(found: JsonObject | None) -> tuple[str, str]:
    """Return code and message of an error in any of MTN's forms."""
    if found is None:
        return "", ""
    inner = member(found, "reason")
    code = text(found, "code") or text(inner, "code") or text(found, "reason")
    message = text(found, "message") or text(inner, "message") or text(found, "error")
    return code, message


def _failure(found: JsonObject, order: CollectOrder | RefundOrder) -> Reply:
    code, message = error_of(found)
    differences = mismatches(order, _told(found, order))
    if differences:
        # Believing the failure of some other payment would let the customer be charged twice.
        return Reply(CallOutcome.UNKNOWN, trouble=Trouble.SERVICE, mismatches=differences)
    return Reply(
        CallOutcome.EXPIRED if code in TOO_LATE else CallOutcome.FAILED,
        reason=mtn_reason(code, refund=isinstance(order, RefundOrder)),
        reason_code=code,
        message=message,
        transaction_id=text(found, "financialTransactionId"),
    )


def _is_permanent(answer: Answer, code: str) -> bool:
    if answer.is_web_page or answer.too_large or code in UNDECIDED:
        return False
    if answer.status in {400, 403}:
        return True
    if answer.status == 404:
        return code in UNKNOWN_REFERENCE | REFUSALS
    return answer.status >= 500 and code in PERMANENT


def _failed_trouble(answer: Answer, code: str, reason: Reason) -> Trouble | None:
    if code in WRONG_SETTINGS:
        return Trouble.CONFIGURATION
    if answer.status == 403:
        return Trouble.ADDRESS_NOT_ALLOWED
    is_settled = answer.status >= 404 or reason is not Reason.OTHER
    return None if is_settled else Trouble.CONFIGURATION


def _told(found: JsonObject, order: CollectOrder | RefundOrder) -> Told:
    party = member(found, "payee" if isinstance(order, RefundOrder) else "payer")
    return Told(
        amount=text(found, "amount"),
        currency=text(found, "currency"),
        phone_number=text(party, "partyId"),
        external_id=text(found, "externalId"),
    )


def _missing(found: JsonObject) -> tuple[str, ...]:
    """Return a sentence for each fact without which a success proves nothing."""
    return tuple(
        f"The network does not say the {name}."
        for name in ("amount", "currency")
        if not text(found, name)
    )

"""The requests to the networks behind the invented payments and refunds, and where each stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.configuration import DEFAULT_GATEWAY_TIMING
from core.demo.sales import FIRST_ORDER_NUMBER, Refund, Row, Sale
from core.gateways.contract import CollectOrder, Reason, Trouble
from core.gateways.facts import Told, mismatches
from core.gateways.reasons import airtel_reason, mtn_reason
from core.model.attempts import AttemptKind
from core.model.payments import ASKED_TRANSACTION_STATUSES, TransactionStatus
from core.model.providers import Environment
from core.model.refunds import RefundStatus
from core.money import DEFAULT_CURRENCY, major

EXPIRED_CODES = frozenset({"EXPIRED", "TE"})
"""How MTN and Airtel say that the customer did not answer the prompt in time."""

_SOONEST_QUESTION = timedelta(seconds=3)
_USUAL_QUESTION = timedelta(seconds=20)
_QUESTION_LEFT_OPEN = timedelta(minutes=3)
_ACCEPTED_AFTER = timedelta(seconds=1)
_REFUND_TOOK = timedelta(seconds=6)
_CHECKS = {
    TransactionStatus.PENDING: 2,
    TransactionStatus.UNKNOWN: 9,
    TransactionStatus.UNRESOLVED: 12,
}
_NEXT_CHECK = {
    TransactionStatus.PENDING: timedelta(seconds=12),
    TransactionStatus.UNKNOWN: timedelta(minutes=2),
    TransactionStatus.UNRESOLVED: timedelta(minutes=40),
}
_REFUND_STATES = {
    RefundStatus.PROCESSING: TransactionStatus.CREATED,
    RefundStatus.COMPLETED: TransactionStatus.SUCCEEDED,
    RefundStatus.FAILED: TransactionStatus.FAILED,
    # Nobody knows whether the money left, and only a person can find out.
    RefundStatus.UNKNOWN: TransactionStatus.UNRESOLVED,
}


def is_asked(sale: Sale) -> bool:
    """Tell whether a network was asked for a sale's money through the program."""
    asked = sale.attempt is not None and sale.attempt is not TransactionStatus.CREATED
    return asked and not sale.imported


def reference_of(sale: Sale) -> str:
    """Return the reference under which the network knows a sale."""
    return sale.payment_id if sale.is_mtn else sale.payment_id.replace("-", "")


def reason_of(code: str, *, mtn: bool) -> Reason:
    """Return what a network's code for a failed payment means."""
    if code in EXPIRED_CODES:
        return Reason.NOT_APPROVED_IN_TIME
    return mtn_reason(code) if mtn else airtel_reason(code)


def refund_reason_of(refund: Refund) -> Reason:
    """Return what a network's code for a failed refund means."""
    code = refund.error_code
    return mtn_reason(code, refund=True) if refund.sale.is_mtn else airtel_reason(code)


def sent_at(refund: Refund) -> datetime | None:
    """Return when a refund was handed to its network; None where it was not."""
    if refund.ended_at is None or not refund.by_network:
        return None
    waits = refund.status is RefundStatus.PROCESSING
    return refund.ended_at if waits else refund.ended_at - _REFUND_TOOK


def told_otherwise(sale: Sale) -> tuple[int, str]:
    """Return the wrong amount a network tells of an unresolved sale, and the books' words on it."""
    told_minor = other_amount_minor(sale.amount_minor)
    asked = CollectOrder(reference_of(sale), sale.amount_minor, DEFAULT_CURRENCY, "", "")
    (sentence,) = mismatches(asked, Told(amount=major(told_minor, DEFAULT_CURRENCY)))
    return told_minor, sentence


def other_amount_minor(amount_minor: int) -> int:
    """Return the amount that the network names where it contradicts the books."""
    return amount_minor * 9 // 10


def asked_at(sale: Sale, now: datetime) -> datetime | None:
    """Return when the network was last asked about a sale; None where that is still to come."""
    ended = sale.paid_at or sale.ended_at
    if ended is not None:
        return ended
    started = sale.started_at or sale.created_at
    if sale.attempt is TransactionStatus.UNKNOWN:
        asked = started + _QUESTION_LEFT_OPEN
        return asked if asked <= now else None
    if now - started < _SOONEST_QUESTION:
        return None
    return min(now, started + _USUAL_QUESTION)


def collect_row(sale: Sale, now: datetime) -> Row | None:
    """Return the row of the request behind a sale; None where no network was asked."""
    if not is_asked(sale) or sale.attempt is None:
        return None
    started = sale.started_at or sale.created_at
    is_unknown = sale.attempt is TransactionStatus.UNKNOWN
    accepted = None if is_unknown else min(now, started + _ACCEPTED_AFTER)
    asked = asked_at(sale, now)
    state: Row
    if sale.attempt in ASKED_TRANSACTION_STATUSES:
        is_unresolved = sale.attempt is TransactionStatus.UNRESOLVED
        state = {
            "status_since": (asked if is_unresolved else accepted) or started,
            "due_at": now + _NEXT_CHECK[sale.attempt],
            "checks": _CHECKS[sale.attempt],
            "trouble": Trouble.TIMEOUT.value if is_unknown else "",
            "message": told_otherwise(sale)[1] if is_unresolved else "",
        }
    else:
        state = _closed(asked or started)
        if sale.error_code:
            state |= _late_checks(asked or started, now) | {
                "reason": reason_of(sale.error_code, mtn=sale.is_mtn).value,
                "reason_code": sale.error_code,
            }
    return {
        **_row(sale, AttemptKind.COLLECT, reference_of(sale), sale.attempt, sale.created_at),
        "sale_key": _sale_key(sale),
        "sent_at": started,
        "accepted_at": accepted,
        "last_asked_at": asked,
    } | state


def refund_attempt_row(refund: Refund, key: int) -> Row | None:
    """Return the row of the request behind a refund with this key; None where there is none."""
    status = _REFUND_STATES.get(refund.status)
    sent = sent_at(refund)
    if status is None or sent is None or refund.ended_at is None:
        return None
    is_mtn = refund.sale.is_mtn
    row = _row(refund.sale, AttemptKind.REFUND, refund.reference, status, sent)
    row |= {"refund_request_id": key, "status_since": refund.ended_at, "sent_at": sent}
    if status is TransactionStatus.CREATED:
        # The manager has just pressed the button: it leaves once the networks are asked.
        return row | {"due_at": sent, "sent_at": None, "sends": 0, "checks": 0}
    if status is TransactionStatus.UNRESOLVED:
        # Airtel cannot be asked about a refund, so there is no next question.
        next_check = refund.ended_at + _NEXT_CHECK[status] if is_mtn else None
        return row | {"due_at": next_check, "trouble": Trouble.TIMEOUT.value}
    if status is TransactionStatus.FAILED:
        row |= {"reason": refund_reason_of(refund).value, "reason_code": refund.error_code}
    return row | _closed(refund.ended_at)


def _row(
    sale: Sale, kind: AttemptKind, reference: str, status: TransactionStatus, at: datetime
) -> Row:
    return {
        "kind": kind,
        "payment_id": sale.key,
        "refund_request_id": None,
        "provider": "mtn" if sale.is_mtn else "airtel",
        "environment": Environment.SANDBOX,
        "reference": reference,
        "sale_key": "",
        "status": status,
        "status_since": at,
        "created_at": at,
        "sent_at": at,
        "accepted_at": None,
        "last_asked_at": None,
        "due_at": None,
        "closed_at": None,
        "sends": 1,
        "checks": 1,
        "not_found_count": 0,
        "not_found_since": None,
        "reason": "",
        "reason_code": "",
        "trouble": "",
        "message": "",
        "version": 1,
    }


def _closed(at: datetime) -> Row:
    return {"status_since": at, "last_asked_at": at, "closed_at": at}


def _late_checks(ended: datetime, now: datetime) -> Row:
    """Return how often, and when next, a failed request is asked whether its money came late."""
    moments = [ended + timedelta(seconds=wait) for wait in DEFAULT_GATEWAY_TIMING.late_checks]
    to_come = [moment for moment in moments if moment > now]
    return {
        "checks": len(moments) - len(to_come),
        "due_at": to_come[0] if to_come else None,
    }


def _sale_key(sale: Sale) -> str:
    if sale.has_order:
        return str(FIRST_ORDER_NUMBER + sale.key)
    return sale.reference.casefold()

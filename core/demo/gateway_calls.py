"""What the networks were asked and answered, as the program keeps it: without any credential."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from core.demo.requests_sent import asked_at, is_asked, reference_of, told_otherwise
from core.demo.sales import Refund, Row, Sale
from core.gateways.contract import CallOutcome, Trouble
from core.model.payments import RequestType, TransactionStatus
from core.model.refunds import RefundStatus
from core.money import DEFAULT_CURRENCY, major
from core.services.payments.service import GATEWAY_NAMES

_TIMEOUT = timedelta(seconds=25)
_SUCCESS_CODE = "DP00800001001"
_IN_PROCESS_CODE = "DP00800001006"
_EXPIRED_CODE = "DP00800001029"
_PAID = frozenset({TransactionStatus.SUCCEEDED, TransactionStatus.UNRESOLVED})
_REFUND_STATES = {
    RefundStatus.COMPLETED: TransactionStatus.SUCCEEDED,
    RefundStatus.UNKNOWN: TransactionStatus.UNKNOWN,
    RefundStatus.FAILED: TransactionStatus.FAILED,
}


def call_rows(sale: Sale, rng: random.Random, now: datetime) -> list[Row]:
    """Return the calls made for a mobile-money sale: the request, and the question after it."""
    if not is_asked(sale):
        return []
    calls = [_initiate(sale, sale.started_at or sale.created_at, rng)]
    asked = asked_at(sale, now)
    if asked is not None:
        calls.append(_query(sale, asked, rng))
    return calls


def answer_of(sale: Sale) -> Row | None:
    """Return the network's last answer about a sale; None where it was not asked or is silent."""
    if not is_asked(sale) or sale.attempt is TransactionStatus.UNKNOWN:
        return None
    return _answer(200, _mtn_state(sale) if sale.is_mtn else _airtel_state(sale))


def refund_call_row(refund: Refund, rng: random.Random) -> Row | None:
    """Return the call that sent a refund through a network, if one was made."""
    state = _REFUND_STATES.get(refund.status)
    if state is None or refund.ended_at is None or not refund.by_network:
        return None
    sale = refund.sale
    call = _call(sale, RequestType.REFUND, refund.ended_at, rng) | {
        "transaction_id": refund.network_id or refund.reference,
        "request_data": _mtn_refund(refund) if sale.is_mtn else _airtel_refund(refund),
        "status": state,
    }
    if state is TransactionStatus.UNKNOWN:
        return call | _no_answer(refund.ended_at)
    if state is TransactionStatus.FAILED:
        return call | {
            "response_code": refund.error_code if not sale.is_mtn else "500",
            "response_data": _answer(500 if sale.is_mtn else 200, {"code": refund.error_code}),
            "error_code": refund.error_code,
            "error_message": refund.notes,
        }
    answer: Row = {"status": "SUCCESS", "airtel_money_id": refund.network_id}
    return call | {
        "response_code": "202" if sale.is_mtn else _SUCCESS_CODE,
        "response_data": _answer(202, "")
        if sale.is_mtn
        else _answer(200, _airtel_body(_SUCCESS_CODE, answer)),
        "success": True,
    }


def _call(sale: Sale, kind: RequestType, at: datetime, rng: random.Random) -> Row:
    took_ms = 180 + int(rng.expovariate(1 / 420))
    return {
        "payment_id": sale.key,
        "transaction_id": reference_of(sale),
        "gateway_name": GATEWAY_NAMES[sale.method],
        "request_type": kind,
        "request_data": None,
        "response_data": None,
        "response_code": "",
        "response_message": "",
        "status": TransactionStatus.PENDING,
        "success": False,
        "processing_time_ms": took_ms,
        "error_code": "",
        "error_message": "",
        "request_at": at,
        "response_at": at + timedelta(milliseconds=took_ms),
    }


def _no_answer(at: datetime) -> Row:
    return {
        "status": TransactionStatus.UNKNOWN,
        "response_data": {"error": "ReadTimeout", "trouble": Trouble.TIMEOUT.value},
        "processing_time_ms": int(_TIMEOUT / timedelta(milliseconds=1)),
        "response_at": at + _TIMEOUT,
        "error_code": Trouble.TIMEOUT.value,
    }


def _initiate(sale: Sale, at: datetime, rng: random.Random) -> Row:
    call = _call(sale, RequestType.INITIATE, at, rng)
    call["request_data"] = _mtn_request(sale) if sale.is_mtn else _airtel_request(sale)
    if sale.attempt is TransactionStatus.UNKNOWN:
        return call | _no_answer(at)
    if sale.is_mtn:
        return call | {"response_code": "202", "response_data": _answer(202, ""), "success": True}
    transaction: Row = {"id": reference_of(sale), "status": "SUCCESS"}
    return call | {
        "response_data": _answer(200, _airtel_body(_IN_PROCESS_CODE, transaction)),
        "response_code": _IN_PROCESS_CODE,
        "success": True,
    }


def _query(sale: Sale, at: datetime, rng: random.Random) -> Row:
    call = _call(sale, RequestType.QUERY, at, rng)
    # The answer came when the payment ended, so the question went out that much before.
    call["request_at"] = at - timedelta(milliseconds=int(str(call["processing_time_ms"])))
    call["response_at"] = at
    call["request_data"] = _question(sale)
    if sale.attempt is TransactionStatus.UNKNOWN:
        return call | _no_answer(at - _TIMEOUT) | {"request_at": at - _TIMEOUT}
    call |= {
        "response_data": answer_of(sale),
        "response_code": "200" if sale.is_mtn else _airtel_code(sale),
        "status": sale.attempt,
        "success": sale.attempt in {TransactionStatus.SUCCEEDED, TransactionStatus.PENDING},
        "error_code": sale.error_code,
        "error_message": sale.error_message,
    }
    if sale.attempt is TransactionStatus.SUCCEEDED:
        call["transaction_id"] = sale.network_id
    if sale.attempt is TransactionStatus.UNRESOLVED:
        call["error_code"] = CallOutcome.SUCCEEDED.value
        call["error_message"] = told_otherwise(sale)[1]
    return call


def _answer(status: int, body: object) -> Row:
    return {"status": status, "headers": {"content-type": "application/json"}, "body": body}


def _told_minor(sale: Sale) -> int:
    unresolved = sale.attempt is TransactionStatus.UNRESOLVED
    return told_otherwise(sale)[0] if unresolved else sale.amount_minor


def _mtn_request(sale: Sale) -> Row:
    return {
        "method": "POST",
        "path": "/collection/v1_0/requesttopay",
        "headers": _mtn_headers({"X-Reference-Id": sale.payment_id}),
        "body": {
            "amount": major(sale.amount_minor, DEFAULT_CURRENCY),
            "currency": DEFAULT_CURRENCY,
            "externalId": sale.reference,
            "payerMessage": f"Payment {sale.reference}",
            "payeeNote": f"Taken by {sale.created_by}",
            "payer": _mtn_payer(sale),
        },
    }


def _mtn_refund(refund: Refund) -> Row:
    return {
        "method": "POST",
        "path": "/disbursement/v1_0/refund",
        "headers": _mtn_headers({"X-Reference-Id": refund.reference}),
        "body": {
            "amount": major(refund.amount_minor, DEFAULT_CURRENCY),
            "currency": DEFAULT_CURRENCY,
            "externalId": refund.refund_id,
            "payerMessage": f"Refund {refund.sale.reference}",
            "payeeNote": "Approved by manager",
            "referenceIdToRefund": refund.sale.payment_id,
        },
    }


def _mtn_headers(more: Row) -> Row:
    return {**more, "X-Target-Environment": "sandbox", "Content-Type": "application/json"}


def _mtn_payer(sale: Sale) -> Row:
    phone = sale.customer.phone.removeprefix("+") if sale.customer else ""
    return {"partyIdType": "MSISDN", "partyId": phone}


def _mtn_state(sale: Sale) -> Row:
    answer: Row = {
        "amount": major(_told_minor(sale), DEFAULT_CURRENCY),
        "currency": DEFAULT_CURRENCY,
        "externalId": sale.reference,
        "payer": _mtn_payer(sale),
    }
    if sale.attempt in _PAID:
        return answer | {"financialTransactionId": sale.network_id, "status": "SUCCESSFUL"}
    if sale.error_code:
        return answer | {"status": "FAILED", "reason": sale.error_code}
    return answer | {"status": "PENDING"}


def _airtel_request(sale: Sale) -> Row:
    phone = sale.customer.phone.removeprefix("+250") if sale.customer else ""
    place: Row = {"country": "RW", "currency": DEFAULT_CURRENCY}
    return {
        "method": "POST",
        "path": "/merchant/v2/payments/",
        "headers": _airtel_headers(),
        "body": {
            "reference": sale.reference.replace("-", ""),
            "subscriber": {**place, "msisdn": phone},
            "transaction": {"amount": sale.amount_minor, **place, "id": reference_of(sale)},
        },
    }


def _airtel_refund(refund: Refund) -> Row:
    return {
        "method": "POST",
        "path": "/standard/v2/payments/refund",
        "headers": _airtel_headers(),
        "body": {"transaction": {"airtel_money_id": refund.sale.network_id}},
    }


def _airtel_headers() -> Row:
    return {"X-Country": "RW", "X-Currency": DEFAULT_CURRENCY, "Content-Type": "application/json"}


def _airtel_code(sale: Sale) -> str:
    if sale.attempt in _PAID:
        return _SUCCESS_CODE
    if sale.attempt is TransactionStatus.EXPIRED:
        return _EXPIRED_CODE
    return sale.error_code or _IN_PROCESS_CODE


def _airtel_state(sale: Sale) -> Row:
    transaction: Row = {"id": reference_of(sale), "message": sale.error_message, "status": "TIP"}
    if sale.attempt in _PAID:
        told = major(_told_minor(sale), DEFAULT_CURRENCY)
        transaction |= {
            "airtel_money_id": sale.network_id,
            "message": f"Paid {DEFAULT_CURRENCY} {told}, Trans ID {sale.network_id}.",
            "status": "TS",
        }
    elif sale.error_code:
        is_late = sale.attempt is TransactionStatus.EXPIRED
        transaction["status"] = "TE" if is_late else "TF"
    return _airtel_body(_airtel_code(sale), transaction)


def _airtel_body(code: str, transaction: Row) -> Row:
    return {
        "data": {"transaction": transaction},
        "status": {
            "code": "200",
            "message": "SUCCESS",
            "result_code": "ESB000010",
            "response_code": code,
            "success": True,
        },
    }


def _question(sale: Sale) -> Row:
    if sale.is_mtn:
        path = f"/collection/v1_0/requesttopay/{reference_of(sale)}"
        return {
            "method": "GET",
            "path": path,
            "headers": {"X-Target-Environment": "sandbox"},
        }
    path = f"/standard/v1/payments/{reference_of(sale)}"
    headers: Row = {"X-Country": "RW", "X-Currency": DEFAULT_CURRENCY}
    return {"method": "GET", "path": path, "headers": headers}

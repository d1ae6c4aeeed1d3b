"""What the networks were asked and answered, in their own words and without any credential."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from core.demo.sales import Refund, Row, Sale
from core.model.payments import PaymentMethod, PaymentStatus, RequestType, TransactionStatus
from core.model.refunds import RefundStatus
from core.money import DEFAULT_CURRENCY
from core.services.payments import GATEWAY_NAMES

REMOVED = "(removed)"

MTN_FAILURES = {
    "APPROVAL_REJECTED": "The customer refused the payment.",
    "NOT_ENOUGH_FUNDS": "The customer has not enough money.",
    "EXPIRED": "The customer did not approve in time.",
    "PAYER_LIMIT_REACHED": "The customer's limit is reached.",
    "PAYER_NOT_FOUND": "The number has no MoMo account.",
    "INTERNAL_PROCESSING_ERROR": "MTN refused it, mostly because there is not enough money.",
}
"""MTN's reasons and what a cashier reads."""

AIRTEL_FAILURES = {
    "DP00800001007": "The customer has not enough money.",
    "DP00800001002": "The customer typed a wrong PIN.",
    "DP00800001005": "The customer typed no PIN.",
    "DP00800001003": "The customer's limit is reached.",
    "DP00800001024": "The customer did not answer in time.",
}
"""Airtel's response codes and what a cashier reads."""

_ASKED = frozenset(TransactionStatus) - {TransactionStatus.CREATED, TransactionStatus.NOT_SENT}


def call_rows(sale: Sale, rng: random.Random) -> list[Row]:
    """Return the calls made for a mobile-money sale: the request, and the question after it."""
    if not sale.method.is_mobile_money or sale.attempt not in _ASKED:
        return []
    started = sale.started_at or sale.created_at
    calls = [_initiate(sale, started, rng)]
    if sale.attempt is not TransactionStatus.UNKNOWN:
        asked_at = sale.paid_at or sale.ended_at or started + timedelta(seconds=20)
        calls.append(_query(sale, asked_at, rng))
    return calls


def answer_of(sale: Sale) -> Row | None:
    """Return the network's last answer about a sale; None where it was not asked or is silent."""
    if not sale.method.is_mobile_money or sale.attempt not in _ASKED:
        return None
    if sale.attempt is TransactionStatus.UNKNOWN:
        return None
    return _mtn_answer(sale) if _is_mtn(sale) else _airtel_answer(sale)


def refund_call_row(refund: Refund, rng: random.Random) -> Row | None:
    """Return the call that sent a refund through a network, if one was made."""
    sale = refund.sale
    if not sale.method.is_mobile_money or refund.ended_at is None:
        return None
    state = {
        RefundStatus.COMPLETED: TransactionStatus.SUCCEEDED,
        RefundStatus.PROCESSING: TransactionStatus.PENDING,
        RefundStatus.UNKNOWN: TransactionStatus.UNKNOWN,
        RefundStatus.FAILED: TransactionStatus.FAILED,
    }.get(refund.status)
    if state is None:
        return None
    failed = state is TransactionStatus.FAILED
    request: Row = {
        "amount": str(refund.amount_minor),
        "currency": DEFAULT_CURRENCY,
        "externalId": sale.invoice_number or sale.reference,
        "referenceIdToRefund": sale.payment_id,
    }
    answered = state is not TransactionStatus.UNKNOWN
    answer: Row = {"status": state.value.upper(), "financialTransactionId": refund.network_id}
    return {
        **_call(sale, RequestType.REFUND, refund.ended_at, rng),
        "transaction_id": refund.refund_id,
        "request_data": request,
        "response_data": answer if answered else None,
        "response_code": "202" if answered else "",
        "response_message": "Accepted" if answered else "",
        "status": state,
        "success": state is TransactionStatus.SUCCEEDED,
        "error_code": "PAYEE_NOT_ALLOWED_TO_RECEIVE" if failed else "",
        "error_message": refund.notes if failed else "",
    }


def _is_mtn(sale: Sale) -> bool:
    return sale.method is PaymentMethod.MTN_MOBILE_MONEY


def _call(sale: Sale, kind: RequestType, at: datetime, rng: random.Random) -> Row:
    took_ms = 180 + int(rng.expovariate(1 / 420))
    return {
        "payment_id": sale.key,
        "transaction_id": sale.payment_id if _is_mtn(sale) else sale.payment_id.replace("-", ""),
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


def _initiate(sale: Sale, at: datetime, rng: random.Random) -> Row:
    call = _call(sale, RequestType.INITIATE, at, rng)
    call["request_data"] = _mtn_request(sale) if _is_mtn(sale) else _airtel_request(sale)
    if sale.attempt is TransactionStatus.UNKNOWN:
        return call | {
            "status": TransactionStatus.UNKNOWN,
            "processing_time_ms": 30_000,
            "response_at": None,
            "error_code": "timeout",
            "error_message": "No answer within 30 seconds; the money may have been asked for.",
        }
    if _is_mtn(sale):
        return call | {"response_code": "202", "response_message": "Accepted", "success": True}
    return call | {
        "response_data": _airtel_status("DP00800001006", {"status": "SUCCESS"}, sale),
        "response_code": "DP00800001006",
        "response_message": "In process",
        "success": True,
    }


def _query(sale: Sale, at: datetime, rng: random.Random) -> Row:
    done = sale.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
    if done:
        code = "SUCCESSFUL" if _is_mtn(sale) else "TS"
    elif sale.status is PaymentStatus.FAILED:
        code = "FAILED" if _is_mtn(sale) else "TF"
    else:
        code = "PENDING" if _is_mtn(sale) else "TIP"
    took = _call(sale, RequestType.QUERY, at, rng)
    # The answer came when the payment ended, so the question went out that much before.
    return took | {
        "request_at": at - timedelta(milliseconds=int(str(took["processing_time_ms"]))),
        "response_at": at,
        "request_data": {"reference": took["transaction_id"], "Authorization": REMOVED},
        "response_data": answer_of(sale),
        "response_code": code,
        "response_message": sale.error_message or code.capitalize(),
        "status": sale.attempt,
        "success": done,
        "error_code": sale.error_code,
        "error_message": sale.error_message,
    }


def _mtn_request(sale: Sale) -> Row:
    return {
        "amount": str(sale.amount_minor),
        "currency": DEFAULT_CURRENCY,
        "externalId": sale.reference,
        "payer": _mtn_payer(sale),
        "payerMessage": f"Isoko Ryiza {sale.reference}",
        "payeeNote": sale.reference,
        "headers": {
            "X-Reference-Id": sale.payment_id,
            "X-Target-Environment": "mtnrwanda",
            "Authorization": REMOVED,
            "Ocp-Apim-Subscription-Key": REMOVED,
        },
    }


def _mtn_payer(sale: Sale) -> Row:
    phone = sale.customer.phone.removeprefix("+") if sale.customer else ""
    return {"partyIdType": "MSISDN", "partyId": phone}


def _mtn_answer(sale: Sale) -> Row:
    answer: Row = {
        "amount": str(sale.amount_minor),
        "currency": DEFAULT_CURRENCY,
        "externalId": sale.reference,
        "payer": _mtn_payer(sale),
    }
    if sale.paid_at:
        return answer | {"financialTransactionId": sale.network_id, "status": "SUCCESSFUL"}
    if sale.status is PaymentStatus.FAILED:
        return answer | {"status": "FAILED", "reason": sale.error_code}
    return answer | {"status": "PENDING"}


def _airtel_request(sale: Sale) -> Row:
    phone = sale.customer.phone.removeprefix("+250") if sale.customer else ""
    return {
        "reference": sale.reference,
        "subscriber": {"country": "RW", "currency": DEFAULT_CURRENCY, "msisdn": phone},
        "transaction": {
            "amount": sale.amount_minor,
            "country": "RW",
            "currency": DEFAULT_CURRENCY,
            "id": sale.payment_id.replace("-", ""),
        },
        "headers": {"Authorization": REMOVED, "X-Country": "RW", "X-Currency": DEFAULT_CURRENCY},
    }


def _airtel_answer(sale: Sale) -> Row:
    if sale.paid_at:
        paid: Row = {"airtel_money_id": sale.network_id, "message": "success", "status": "TS"}
        return _airtel_status("DP00800001001", paid, sale)
    if sale.status is PaymentStatus.FAILED:
        failed: Row = {"message": sale.error_message, "status": "TF"}
        return _airtel_status(sale.error_code, failed, sale)
    return _airtel_status("DP00800001006", {"status": "TIP"}, sale)


def _airtel_status(code: str, transaction: Row, sale: Sale) -> Row:
    return {
        "data": {"transaction": {"id": sale.payment_id.replace("-", ""), **transaction}},
        "status": {
            "code": "200",
            "message": "SUCCESS",
            "result_code": "ESB000010",
            "response_code": code,
            "success": True,
        },
    }

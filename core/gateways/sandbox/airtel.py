"""Airtel Money Africa as documented: USSD push payments, enquiry, refunds, balance, users."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from core.gateways.sandbox.airtel_doors import (
    DUPLICATE,
    MESSAGES,
    MSISDN_DIGITS,
    NOT_FOUND,
    AirtelDoors,
    PushRequest,
    body_of,
    refused,
    refused_with,
)
from core.gateways.sandbox.faults import Fault
from core.gateways.sandbox.ledger import Kind, Operation
from core.gateways.sandbox.merchant import Merchant, shown_amount, transaction_number
from core.gateways.sandbox.outcomes import (
    Network,
    State,
    payment_outcome,
    refund_outcome,
)
from core.gateways.sandbox.people import has_wallet, name_of
from core.gateways.sandbox.settings import DEMO_ACCOUNT
from core.gateways.sandbox.wire import Reply, Request, json_reply, members, text

Handler = Callable[..., Reply]


class Airtel:
    """The server at Airtel's host."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._doors = AirtelDoors(merchant)
        routes: tuple[tuple[str, str, Handler], ...] = (
            ("POST", r"/auth/oauth2/token", self._doors.make_token),
            ("GET", r"/v1/rsa/encryption-keys", self._encryption_keys),
            ("POST", r"/merchant/v1/payments/?", partial(self._pay, signed=False)),
            ("POST", r"/merchant/v2/payments/?", partial(self._pay, signed=True)),
            ("POST", r"/standard/v1/payments/refund", partial(self._refund, signed=False)),
            ("POST", r"/standard/v2/payments/refund", partial(self._refund, signed=True)),
            ("GET", r"/standard/v1/payments/(?P<transaction_id>[^/]+)", self._enquiry),
            ("GET", r"/standard/v[12]/users/balance", self._balance),
            ("GET", r"/standard/v1/users/(?P<msisdn>[^/]+)", self._user),
        )
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]

    def answer(self, request: Request) -> Reply | None:
        """Return the answer; None where the path is not Airtel's."""
        is_known = False
        for method, path, handler in self._routes:
            found = path.fullmatch(request.path)
            if found is None:
                continue
            if method == request.method:
                return handler(request, **found.groupdict())
            is_known = True
        return Reply(405) if is_known else None

    def _encryption_keys(self, request: Request) -> Reply:
        self._doors.require(request)
        signing = self._doors.signing
        data = {
            "key_id": signing.key_id,
            "key": signing.public_text(),
            "valid_upto": signing.valid_until(),
        }
        return _answered(data, "DP00800001027")

    def _pay(self, request: Request, *, signed: bool) -> Reply:
        self._doors.require_money(request, signed=signed)
        push = self._doors.push_request(request)
        operation = self._merchant.ledger.find(Network.AIRTEL, Kind.PAYMENT, push.transaction_id)
        if operation is None:
            made = self._made_payment(push)
            if made.outcome.refusal:
                return refused_with(made.outcome.refusal)
            operation = made
            self._merchant.ledger.add(operation)
        has_callback = self._merchant.settings.airtel_callback_url
        return self._merchant.submit(
            request,
            operation,
            answer=lambda: _prompted(operation),
            duplicate=DUPLICATE,
            callback=partial(self._call_back, operation) if has_callback else None,
        )

    def _made_payment(self, push: PushRequest) -> Operation:
        prompt_s = self._merchant.settings.prompt_s
        return self._merchant.destine(
            Operation(
                network=Network.AIRTEL,
                kind=Kind.PAYMENT,
                reference=push.transaction_id,
                external_id=push.reference,
                amount=push.amount,
                currency=push.currency,
                phone=push.msisdn,
                outcome=payment_outcome(Network.AIRTEL, push.msisdn, prompt_s),
                transaction_id=airtel_money_id("MP", push.transaction_id),
            )
        )

    def _enquiry(self, request: Request, transaction_id: str) -> Reply:
        self._doors.require(request)
        return self._merchant.ask(
            request,
            self._merchant.ledger.find(Network.AIRTEL, Kind.PAYMENT, transaction_id),
            answer=self._enquired,
            not_found=NOT_FOUND,
        )

    def _enquired(self, operation: Operation) -> Reply:
        stage = operation.stage(self._merchant.now_s())
        transaction: dict[str, object] = {
            "id": operation.reference,
            "message": MESSAGES[stage.reason],
            "status": stage.word,
        }
        if stage.state is State.SUCCESSFUL:
            transaction |= {
                "airtel_money_id": operation.transaction_id,
                "message": self._paid_message(operation),
            }
            if operation.fault is Fault.OTHER_REFERENCE:
                transaction["id"] = f"{operation.reference}X"
        return _answered({"transaction": transaction}, stage.reason)

    def _refund(self, request: Request, *, signed: bool) -> Reply:
        self._doors.require_money(request, signed=signed)
        try:
            money_id = text(members(body_of(request).get("transaction")), "airtel_money_id")
        except ValueError:
            money_id = ""
        ledger = self._merchant.ledger
        operation = ledger.find(Network.AIRTEL, Kind.REFUND, money_id)
        if operation is None:
            original = ledger.by_transaction(Network.AIRTEL, money_id)
            if original is None or not original.times_charged(self._merchant.now_s()):
                return NOT_FOUND
            operation = self._made_refund(original)
            ledger.add(operation)
        return self._merchant.submit(
            request,
            operation,
            answer=lambda: _refunded(operation),
            duplicate=refused("The transaction is already refunded.", result_code="ESB000011"),
        )

    def _made_refund(self, original: Operation) -> Operation:
        return self._merchant.destine(
            Operation(
                network=Network.AIRTEL,
                kind=Kind.REFUND,
                reference=original.transaction_id,
                external_id=original.external_id,
                amount=original.amount,
                currency=original.currency,
                phone=original.phone,
                # Airtel's refund is done, or refused, in the answer.
                outcome=refund_outcome(Network.AIRTEL, original.phone, 0),
                transaction_id=airtel_money_id("CI", original.transaction_id),
                original=original.transaction_id,
            )
        )

    def _balance(self, request: Request) -> Reply:
        self._doors.require(request)
        balance = self._merchant.ledger.balance(Network.AIRTEL, self._merchant.now_s())
        settings = self._merchant.settings
        data = {
            "balance": str(balance),
            "currency": settings.currency,
            "account_status": "Active",
        }
        return _answered(data, "DP00800001001")

    def _user(self, request: Request, msisdn: str) -> Reply:
        self._doors.require(request)
        if len(msisdn) != MSISDN_DIGITS or not msisdn.isdigit() or not has_wallet(msisdn):
            return refused("User not found.", result_code="ESB000011")
        given_name, family_name = name_of(msisdn)
        data = {
            "first_name": given_name,
            "last_name": family_name,
            "msisdn": msisdn,
            "grade": "SUBS",
            "is_barred": False,
            "is_pin_set": True,
            "reg_status": "SUBS",
        }
        return _answered(data, "DP00800001001")

    def _paid_message(self, operation: Operation) -> str:
        stage = operation.stage(self._merchant.now_s())
        amount = shown_amount(operation, stage)
        currency = "USD" if operation.fault is Fault.OTHER_CURRENCY else operation.currency
        return (
            f"Paid {currency} {amount} to {DEMO_ACCOUNT.merchant_id},"
            f" Trans ID {operation.transaction_id}."
        )

    def _call_back(self, operation: Operation) -> None:
        with self._merchant.lock:
            stage = operation.stage(self._merchant.now_s())
            is_paid = stage.state is State.SUCCESSFUL
            transaction = {
                "id": operation.reference,
                "message": (self._paid_message(operation) if is_paid else MESSAGES[stage.reason]),
                # Callbacks know success and failure only.
                "status_code": "TS" if is_paid else "TF",
            }
            if is_paid:
                transaction["airtel_money_id"] = operation.transaction_id
        body = _compact({"transaction": transaction})
        signed = {"transaction": transaction, "hash": callback_hash(body)}
        self._merchant.callbacks.send(
            "POST", self._merchant.settings.airtel_callback_url, _compact(signed)
        )


def callback_hash(body: bytes) -> str:
    """Return Base64(HMAC-SHA256(callback key, the body without its hash))."""
    digest = hmac.new(DEMO_ACCOUNT.callback_key.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def airtel_money_id(prefix: str, reference: str) -> str:
    """Return an id as Airtel writes it: kind, day, minute, and a letter with five digits."""
    digits = transaction_number(reference, 7)
    letter = chr(ord("A") + int(digits[:2]) % 26)
    return f"{prefix}{datetime.now(UTC):%y%m%d.%H%M}.{letter}{digits[2:]}"


def _compact(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _answered(data: object, response_code: str) -> Reply:
    return json_reply(200, {"data": data, "status": _status(response_code)})


def _status(response_code: str) -> dict[str, object]:
    return {
        "code": "200",
        "message": "SUCCESS",
        "result_code": "ESB000010",
        "response_code": response_code,
        "success": True,
    }


def _prompted(operation: Operation) -> Reply:
    """Return the answer to an accepted payment: the prompt is on the customer's phone."""
    if operation.outcome.is_answered_ambiguously:
        return refused_with("DP00800001000", result_code="ESB000001")
    odd = operation.fault is Fault.CONTRADICTION
    transaction = {"id": False if odd else operation.reference, "status": "SUCCESS"}
    status = _status("DP00800001006") | {"success": not odd}
    return json_reply(200, {"data": {"transaction": transaction}, "status": status})


def _refunded(operation: Operation) -> Reply:
    stages = operation.outcome.stages
    if operation.outcome.refusal:
        return refused_with(operation.outcome.refusal)
    if operation.last_state is State.FAILED:
        return refused_with(stages[-1].reason)
    immediate = stages and stages[0].state is State.SUCCESSFUL and not stages[0].after_s
    if not immediate or operation.outcome.is_answered_ambiguously:
        return refused_with("DP00800001000", result_code="ESB000001")
    transaction = {"airtel_money_id": operation.transaction_id, "status": "SUCCESS"}
    status = _status("DP00800001001") | {"success": operation.fault is not Fault.CONTRADICTION}
    return json_reply(200, {"data": {"transaction": transaction}, "status": status})

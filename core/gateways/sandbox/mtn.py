"""MTN MoMo as documented: the Collection and Disbursement products, and provisioning."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from core.gateways.sandbox.faults import Fault
from core.gateways.sandbox.ledger import Kind, Operation
from core.gateways.sandbox.merchant import Merchant, shown_amount, transaction_number
from core.gateways.sandbox.mtn_doors import (
    DUPLICATE,
    NOT_FOUND,
    MTNDoors,
    mtn_error,
    require_reference,
)
from core.gateways.sandbox.outcomes import (
    MTN_REFUND_REFERENCES,
    OFFICIAL_RANGE,
    Network,
    Outcome,
    Stage,
    State,
    numbered_outcome,
    payment_outcome,
    refund_outcome,
)
from core.gateways.sandbox.people import has_wallet, name_of
from core.gateways.sandbox.wire import RefusedError, Reply, Request, json_reply, members, text

NOTE_MAX_LENGTH = 160
_NOTE = re.compile(r"[A-Za-z0-9 .,:/#()+_-]*")
_PARTY_TYPES = ("MSISDN", "EMAIL", "PARTY_CODE")
_WHOLE = re.compile(r"[1-9][0-9]{0,11}")
_DECIMAL = re.compile(r"(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,2})?")
_ACCOUNT_HOLDERS = {
    "450": NOT_FOUND,
    "451": json_reply(200, {"result": False}),
    "452": mtn_error(500, "NOT_ALLOWED", "Authorization failed."),
    "453": mtn_error(500, "NOT_ALLOWED_TARGET_ENVIRONMENT", "Access is forbidden."),
    "454": mtn_error(500, "INTERNAL_PROCESSING_ERROR", "An internal error occurred."),
    "455": mtn_error(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable."),
}

Handler = Callable[..., Reply]


class MTN:
    """The server at MTN's host."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._doors = MTNDoors(merchant)
        product = r"/(?P<product>collection|disbursement)"
        pay = r"/collection/v1_0/requesttopay"
        doors = self._doors
        routes: tuple[tuple[str, str, Handler], ...] = (
            ("POST", r"/v1_0/apiuser", doors.make_user),
            ("GET", r"/v1_0/apiuser/(?P<user_id>[^/]+)", doors.show_user),
            ("POST", r"/v1_0/apiuser/(?P<user_id>[^/]+)/apikey", doors.make_key),
            ("POST", product + r"/token/?", doors.make_token),
            ("POST", pay, self._request_to_pay),
            ("GET", pay + r"/(?P<reference>[^/]+)", partial(self._status, Kind.PAYMENT)),
            ("POST", pay + r"/(?P<reference>[^/]+)/deliverynotification", self._notify),
            ("POST", r"/disbursement/v[12]_0/refund", self._refund),
            (
                "GET",
                r"/disbursement/v[12]_0/refund/(?P<reference>[^/]+)",
                partial(self._status, Kind.REFUND),
            ),
            ("GET", product + r"/v1_0/account/balance(/(?P<currency>[^/]+))?", self._balance),
            (
                "GET",
                product + r"/v1_0/accountholder/msisdn/(?P<phone>[^/]+)/active",
                self._is_active,
            ),
            (
                "GET",
                product + r"/v1_0/accountholder/msisdn/(?P<phone>[^/]+)/basicuserinfo",
                self._user_info,
            ),
        )
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]

    def answer(self, request: Request) -> Reply | None:
        """Return the answer; None where the path is not MTN's."""
        is_known = False
        for method, path, handler in self._routes:
            found = path.fullmatch(request.path)
            if found is None:
                continue
            if method == request.method:
                return handler(request, **found.groupdict())
            is_known = True
        return Reply(405) if is_known else None

    def _request_to_pay(self, request: Request) -> Reply:
        self._doors.require(request, "collection")
        reference = require_reference(request)
        callback_url = self._doors.require_callback(request)
        fields = self._money(request)
        party = _party(fields)
        phone = text(party, "partyId")
        operation = self._merchant.ledger.find(Network.MTN, Kind.PAYMENT, reference)
        if operation is None:
            outcome = payment_outcome(Network.MTN, phone, self._merchant.settings.prompt_s)
            operation = self._made(Kind.PAYMENT, reference, fields, phone, outcome)
            operation.payer_type = text(party, "partyIdType")
            operation.callback_url = callback_url
            self._merchant.ledger.add(self._merchant.destine(operation))
        return self._submit(request, operation)

    def _refund(self, request: Request) -> Reply:
        self._doors.require(request, "disbursement")
        reference = require_reference(request)
        callback_url = self._doors.require_callback(request)
        fields = self._money(request)
        original_reference = text(fields, "referenceIdToRefund").lower()
        if not original_reference:
            raise RefusedError(_invalid("referenceIdToRefund is missing."))
        operation = self._merchant.ledger.find(Network.MTN, Kind.REFUND, reference)
        if operation is None:
            original = self._merchant.ledger.find(Network.MTN, Kind.PAYMENT, original_reference)
            outcome = self._refund_outcome(original_reference, original, text(fields, "amount"))
            phone = original.phone if original else ""
            operation = self._made(Kind.REFUND, reference, fields, phone, outcome)
            operation.original = original_reference
            operation.callback_url = callback_url
            if original is not None and outcome.stages[-1:] != _failed("NOT_ALLOWED").stages:
                operation = self._merchant.destine(operation)
            self._merchant.ledger.add(operation)
        return self._submit(request, operation)

    def _refund_outcome(
        self, original_reference: str, original: Operation | None, amount: str
    ) -> Outcome:
        prompt_s = self._merchant.settings.prompt_s
        if original_reference in MTN_REFUND_REFERENCES:
            return numbered_outcome(Network.MTN, MTN_REFUND_REFERENCES[original_reference], 0)
        if original is None:
            return _failed("TRANSACTION_NOT_FOUND")
        refunded = self._merchant.ledger.refunded(original.reference, network=Network.MTN)
        is_paid = original.times_charged(self._merchant.now_s()) > 0
        if not is_paid or refunded + Decimal(amount) > Decimal(original.amount):
            return _failed("NOT_ALLOWED")
        return refund_outcome(Network.MTN, original.phone, prompt_s)

    def _submit(self, request: Request, operation: Operation) -> Reply:
        return self._merchant.submit(
            request,
            operation,
            answer=lambda: Reply(202),
            duplicate=DUPLICATE,
            callback=partial(self._call_back, operation) if operation.callback_url else None,
        )

    def _status(self, kind: Kind, request: Request, reference: str) -> Reply:
        product = "collection" if kind is Kind.PAYMENT else "disbursement"
        self._doors.require(request, product)
        return self._merchant.ask(
            request,
            self._merchant.ledger.find(Network.MTN, kind, reference.lower()),
            answer=lambda operation: json_reply(200, self._document(operation)),
            not_found=NOT_FOUND,
        )

    def _document(self, operation: Operation, *, as_callback: bool = False) -> dict[str, object]:
        """Return an operation as MTN's status answer and callback show it."""
        stage = operation.stage(self._merchant.now_s())
        is_paid = stage.state is State.SUCCESSFUL
        fault = operation.fault if is_paid else None
        amount: object = shown_amount(operation, stage)
        number: object = operation.transaction_id
        if operation.fault is Fault.NUMBERS:
            amount = int(operation.amount) if operation.amount.isdigit() else operation.amount
            number = int(operation.transaction_id)
        party = "payer" if operation.kind is Kind.PAYMENT else "payee"
        phone = "250780000000" if fault is Fault.OTHER_PAYER else operation.phone
        document: dict[str, object] = {
            "amount": amount,
            "currency": "USD" if fault is Fault.OTHER_CURRENCY else operation.currency,
            "externalId": (
                f"{operation.external_id}-other"
                if fault is Fault.OTHER_REFERENCE
                else operation.external_id
            ),
            party: {"partyIdType": operation.payer_type, "partyId": phone},
            "payerMessage": operation.payer_message,
            "payeeNote": operation.payee_note,
            "status": stage.word,
        }
        if is_paid:
            document["financialTransactionId"] = number
        if stage.state is State.FAILED:
            is_object = as_callback or operation.fault is Fault.REASON_OBJECT
            document["reason"] = _reason_object(stage) if is_object else stage.reason
        return document

    def _call_back(self, operation: Operation) -> None:
        with self._merchant.lock:
            body = json.dumps(self._document(operation, as_callback=True)).encode()
        self._merchant.callbacks.send("PUT", operation.callback_url, body)

    def _notify(self, request: Request, reference: str) -> Reply:
        self._doors.require(request, "collection")
        message = request.headers.get("notificationmessage", "")
        if request.body:
            message = text(_fields(request), "notificationMessage")
        operation = self._merchant.ledger.find(Network.MTN, Kind.PAYMENT, reference.lower())
        if operation is None or not operation.times_accepted:
            return NOT_FOUND
        if not message or len(message) > NOTE_MAX_LENGTH:
            return _invalid(f"notificationMessage must have 1 to {NOTE_MAX_LENGTH} characters.")
        if not operation.times_charged(self._merchant.now_s()):
            return mtn_error(500, "NOT_ALLOWED", "The payment is not completed.")
        return Reply(200)

    def _balance(self, request: Request, product: str, currency: str | None) -> Reply:
        self._doors.require(request, product)
        if currency is not None and currency != self._merchant.settings.currency:
            return _INVALID_CURRENCY
        balance = self._merchant.ledger.balance(Network.MTN, self._merchant.now_s())
        return json_reply(
            200,
            {"availableBalance": str(balance), "currency": self._merchant.settings.currency},
        )

    def _is_active(self, request: Request, product: str, phone: str) -> Reply:
        self._doors.require(request, product)
        if phone.startswith(OFFICIAL_RANGE):
            return _ACCOUNT_HOLDERS.get(phone[-3:], json_reply(200, {"result": True}))
        return json_reply(200, {"result": True}) if has_wallet(phone) else NOT_FOUND

    def _user_info(self, request: Request, product: str, phone: str) -> Reply:
        self._doors.require(request, product)
        if not has_wallet(phone):
            return NOT_FOUND
        given_name, family_name = name_of(phone)
        return json_reply(
            200,
            {
                "given_name": given_name,
                "family_name": family_name,
                "birthdate": "1990-01-01",
                "locale": "en_GB",
                "gender": "NOT SAID",
                "status": "ACTIVE",
            },
        )

    def _money(self, request: Request) -> dict[str, object]:
        """Return the body of a request to move money.

        Raises:
            RefusedError: a member is missing or wrong.

        """
        fields = _fields(request)
        settings = self._merchant.settings
        if fields.get("currency") != settings.currency:
            raise RefusedError(_INVALID_CURRENCY)
        amount = fields.get("amount")
        if not isinstance(amount, str):
            raise RefusedError(_invalid("amount must be a string."))
        if not (_DECIMAL if settings.has_decimals else _WHOLE).fullmatch(amount):
            raise RefusedError(_invalid("amount has unsupported decimals or is no amount."))
        if not text(fields, "externalId"):
            raise RefusedError(_invalid("externalId is missing."))
        for name in ("payerMessage", "payeeNote"):
            note = fields.get(name)
            if not isinstance(note, str) or len(note) > NOTE_MAX_LENGTH:
                raise RefusedError(
                    _invalid(f"{name} must be a string of at most {NOTE_MAX_LENGTH} characters.")
                )
            if not _NOTE.fullmatch(note):
                raise RefusedError(Reply(400))
        return fields

    def _made(
        self,
        kind: Kind,
        reference: str,
        fields: Mapping[str, object],
        phone: str,
        outcome: Outcome,
    ) -> Operation:
        return Operation(
            network=Network.MTN,
            kind=kind,
            reference=reference,
            external_id=text(fields, "externalId"),
            amount=text(fields, "amount"),
            currency=text(fields, "currency"),
            phone=phone,
            outcome=outcome,
            transaction_id=mtn_transaction_id(reference),
            payer_message=text(fields, "payerMessage"),
            payee_note=text(fields, "payeeNote"),
        )


def mtn_transaction_id(reference: str) -> str:
    """Return MTN's financialTransactionId of a reference."""
    return f"3{transaction_number(reference, 10)}"


def _fields(request: Request) -> dict[str, object]:
    try:
        return request.fields()
    except ValueError:
        raise RefusedError(Reply(400)) from None


def _party(fields: Mapping[str, object]) -> dict[str, object]:
    try:
        party = members(fields.get("payer"))
    except ValueError:
        raise RefusedError(_invalid("payer is missing.")) from None
    kind, phone = text(party, "partyIdType"), text(party, "partyId")
    if kind not in _PARTY_TYPES or not phone:
        raise RefusedError(_invalid("payer is incomplete."))
    if kind == "MSISDN" and not re.fullmatch(r"[1-9][0-9]{7,14}", phone):
        raise RefusedError(_invalid("partyId must be a number with its country code, without +."))
    return party


def _invalid(message: str) -> Reply:
    return mtn_error(400, "VALIDATION_ERROR", message)


_INVALID_CURRENCY = mtn_error(500, "INVALID_CURRENCY", "Currency not supported.")


def _failed(reason: str) -> Outcome:
    return Outcome((Stage(0, State.FAILED, "FAILED", reason),))


def _reason_object(stage: Stage) -> dict[str, str]:
    return {"code": stage.reason, "message": stage.reason.replace("_", " ").capitalize()}

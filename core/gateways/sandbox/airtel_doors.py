"""Airtel's doors: tokens, headers, signatures; nearly every error is an HTTP 200."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from core.gateways.sandbox.merchant import Merchant, audience
from core.gateways.sandbox.outcomes import Network
from core.gateways.sandbox.settings import DEMO_ACCOUNT
from core.gateways.sandbox.signing import SigningKey
from core.gateways.sandbox.wire import RefusedError, Reply, Request, json_reply, members, text

MSISDN_DIGITS = 9
MESSAGES = {
    "DP00800001000": (
        "The transaction is still processing and is in ambiguous state. Please do the transaction"
        " enquiry to fetch the transaction status."
    ),
    "DP00800001001": "Transaction is successful.",
    "DP00800001002": "Incorrect pin has been entered.",
    "DP00800001003": "The user has exceeded the wallet limit allowed.",
    "DP00800001004": "The amount is less than the minimum allowed.",
    "DP00800001005": "User didn't enter the pin.",
    "DP00800001006": "Transaction in process.",
    "DP00800001007": "User wallet does not have enough money to cover the payable amount.",
    "DP00800001008": "The transaction was refused.",
    "DP00800001009": "Do not honor.",
    "DP00800001010": "Transaction not permitted to payee.",
    "DP00800001024": "Transaction timed out.",
    "DP00800001025": "The transaction was not found.",
    "DP00800001026": "x-signature and payload did not match.",
    "DP00800001029": "Transaction has expired.",
}
_REFERENCE = re.compile(r"[A-Za-z0-9 ]{4,64}")
_ID = re.compile(r"[A-Za-z0-9-]{5,80}")


@dataclass(frozen=True, slots=True)
class PushRequest:
    """The checked body of a payment request."""

    transaction_id: str
    reference: str
    amount: str
    currency: str
    msisdn: str


def refused(
    message: str,
    *,
    result_code: str = "ESB000008",
    response_code: str = "",
    http_status: int = 200,
) -> Reply:
    """Return an error as Airtel writes it."""
    status: dict[str, object] = {
        "code": "400",
        "message": message,
        "result_code": result_code,
        "success": False,
    }
    if response_code:
        status["response_code"] = response_code
    return json_reply(http_status, {"status": status})


def refused_with(response_code: str, *, result_code: str = "ESB000011") -> Reply:
    """Return the error of a response code, in the network's words."""
    return refused(MESSAGES[response_code], result_code=result_code, response_code=response_code)


DUPLICATE = refused("External transaction ID already exists", result_code="ESB000041")
NOT_FOUND = refused(
    "No transaction with this id.", result_code="ESB000045", response_code="DP00800001025"
)


class AirtelDoors:
    """Who comes in at Airtel."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self.signing = SigningKey()

    def make_token(self, request: Request) -> Reply:
        """Give a token to a client with the right secret."""
        _require_json(request)
        fields = body_of(request)
        client_id, client_secret = text(fields, "client_id"), text(fields, "client_secret")
        if (
            fields.get("grant_type") != "client_credentials"
            or client_id != DEMO_ACCOUNT.client_id
            or not secrets.compare_digest(client_secret.encode(), _SECRET)
        ):
            return json_reply(
                400,
                {
                    "error_description": "Invalid client authentication",
                    "error": "invalid_client",
                },
            )
        life_s = self._merchant.settings.airtel_token_life_s
        token = self._merchant.tokens.issue(audience(Network.AIRTEL), client_id, life_s)
        return json_reply(
            200,
            # A string of seconds, as recorded from the network.
            {"token_type": "bearer", "access_token": token, "expires_in": str(int(life_s))},
        )

    def require(self, request: Request) -> None:
        """Check what every call needs: token, country, currency.

        Raises:
            RefusedError: one of them is missing or wrong.

        """
        if not self._merchant.tokens.is_good(request.bearer, audience(Network.AIRTEL)):
            raise RefusedError(
                json_reply(
                    403,
                    {
                        "error_description": "The access token is invalid or has expired",
                        "error": "invalid_token",
                    },
                )
            )
        settings = self._merchant.settings
        country = request.headers.get("x-country")
        if country is None:
            raise RefusedError(_router("ROUTER110", "Partner not found"))
        if country != settings.country:
            raise RefusedError(
                refused("Invalid Country Code", response_code="DP00900001013", http_status=400)
            )
        currency = request.headers.get("x-currency")
        if currency is None:
            raise RefusedError(
                refused("Missing request header 'x-wallet-id' for method parameter of type String")
            )
        if currency != settings.currency:
            raise RefusedError(_router("ROUTER112", "Invalid currency"))

    def require_money(self, request: Request, *, signed: bool) -> None:
        """Check what a call that moves money needs besides.

        Raises:
            RefusedError: the body is no JSON, or its signature is not that of its bytes.

        """
        self.require(request)
        _require_json(request)
        if signed and not self.signing.matches(
            request.body,
            request.headers.get("x-key", ""),
            request.headers.get("x-signature", ""),
        ):
            raise RefusedError(refused_with("DP00800001026"))

    def push_request(self, request: Request) -> PushRequest:
        """Return the checked body of a payment request.

        Raises:
            RefusedError: a member is missing or wrong.

        """
        fields = body_of(request)
        subscriber, transaction = _part(fields, "subscriber"), _part(fields, "transaction")
        settings = self._merchant.settings
        for part in (subscriber, transaction):
            if part.get("country") != settings.country:
                raise RefusedError(refused("Invalid country", result_code="ESB000034"))
            if part.get("currency") != settings.currency:
                raise RefusedError(refused("Invalid currency", result_code="ESB000035"))
        transaction_id, reference = text(transaction, "id"), text(fields, "reference")
        if not _ID.fullmatch(transaction_id):
            raise RefusedError(refused("transaction.id is invalid"))
        if not _REFERENCE.fullmatch(reference):
            raise RefusedError(refused("reference must be 4 to 64 letters and digits"))
        return PushRequest(
            transaction_id=transaction_id,
            reference=reference,
            amount=_amount(transaction.get("amount"), has_decimals=settings.has_decimals),
            currency=settings.currency,
            msisdn=_msisdn(subscriber),
        )


def body_of(request: Request) -> dict[str, object]:
    """Return the members of the body.

    Raises:
        RefusedError: it is no JSON object.

    """
    try:
        return request.fields()
    except ValueError:
        raise RefusedError(_router("ROUTER003", "Missing or malformed body")) from None


def _require_json(request: Request) -> None:
    if request.media_type != "application/json":
        raise RefusedError(Reply(415))


def _router(code: str, message: str) -> Reply:
    return json_reply(400, {"status_message": message, "status_code": code})


def _part(fields: Mapping[str, object], name: str) -> dict[str, object]:
    try:
        return members(fields.get(name))
    except ValueError:
        raise RefusedError(refused(f"{name} is missing")) from None


def _amount(value: object, *, has_decimals: bool) -> str:
    """Return the amount as text; JSON's number is read as it was written, never reckoned with."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (isinstance(value, float) and not has_decimals):
        raise RefusedError(refused("amount must be a number the currency allows"))
    if not isinstance(value, int | float) or value <= 0:
        raise RefusedError(refused("Invalid amount", response_code="DP00900001004"))
    return str(value)


def _msisdn(subscriber: Mapping[str, object]) -> str:
    given = subscriber.get("msisdn")
    msisdn = str(given) if isinstance(given, str | int) else ""
    if len(msisdn) != MSISDN_DIGITS or not msisdn.isdigit():
        raise RefusedError(
            refused(
                f"Invalid Msisdn Length. Msisdn Length should be {MSISDN_DIGITS}",
                result_code="521002",
                response_code="DP00900001013",
            )
        )
    if msisdn.startswith("0"):
        raise RefusedError(refused("Msisdn must not start with 0", result_code="ESB000036"))
    return msisdn


_SECRET = DEMO_ACCOUNT.client_secret.encode()

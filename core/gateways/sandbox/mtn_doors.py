"""MTN's doors: keys, users, tokens and the headers every call needs."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import uuid
from urllib.parse import urlsplit

from core.gateways.sandbox.merchant import ApiUser, Merchant, audience
from core.gateways.sandbox.outcomes import Network
from core.gateways.sandbox.settings import DEMO_ACCOUNT
from core.gateways.sandbox.wire import RefusedError, Reply, Request, html_reply, json_reply, text

PRODUCT_KEYS = {
    "collection": DEMO_ACCOUNT.collection_subscription_key,
    "disbursement": DEMO_ACCOUNT.disbursement_subscription_key,
}
_HOST = re.compile(r"(?=.*[a-z])[a-z0-9.-]+", re.IGNORECASE)
_KEY_HEADER = "ocp-apim-subscription-key"


def mtn_error(status: int, code: str, message: str) -> Reply:
    """Return an error as MTN writes it."""
    return json_reply(status, {"code": code, "message": message})


NOT_FOUND = mtn_error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
DUPLICATE = mtn_error(
    409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id. Creation of resource failed."
)


class MTNDoors:
    """Who comes in at MTN."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant

    def make_user(self, request: Request) -> Reply:
        """Provision a user of the interface; its id is the X-Reference-Id."""
        _require_key(request, *PRODUCT_KEYS)
        reference = require_reference(request)
        if reference in self._merchant.users:
            return DUPLICATE
        try:
            host = text(request.fields(), "providerCallbackHost")
        except ValueError:
            return Reply(400)
        if not _HOST.fullmatch(host):
            return Reply(400)
        self._merchant.users[reference] = ApiUser(host)
        return Reply(201)

    def show_user(self, request: Request, user_id: str) -> Reply:
        """Tell what a user was provisioned with."""
        _require_key(request, *PRODUCT_KEYS)
        user = self._merchant.users.get(user_id)
        if user is None:
            return NOT_FOUND
        return json_reply(
            200,
            {
                "providerCallbackHost": user.callback_host or "localhost",
                "targetEnvironment": self._merchant.settings.environment,
            },
        )

    def make_key(self, request: Request, user_id: str) -> Reply:
        """Give a user a new key; the old one is void."""
        _require_key(request, *PRODUCT_KEYS)
        user = self._merchant.users.get(user_id)
        if user is None:
            return NOT_FOUND
        user.api_key = secrets.token_hex(16)
        return json_reply(201, {"apiKey": user.api_key})

    def make_token(self, request: Request, product: str) -> Reply:
        """Give a token for one product to a user with the right key."""
        if not request.has_length:
            return Reply(411)
        if request.body and request.media_type != "application/json":
            return html_reply(200)
        _require_key(request, product)
        user_id, api_key = _basic(request)
        user = self._merchant.users.get(user_id)
        if user is None or not user.api_key or not secrets.compare_digest(user.api_key, api_key):
            return json_reply(401, {"error": "invalid_client"})
        life_s = self._merchant.settings.mtn_token_life_s
        token = self._merchant.tokens.issue(audience(Network.MTN, product), user_id, life_s)
        return json_reply(
            200,
            {"access_token": token, "token_type": "access_token", "expires_in": int(life_s)},
        )

    def require(self, request: Request, product: str) -> None:
        """Check what every call needs: key, token, environment, and no body on a GET.

        Raises:
            RefusedError: one of them is missing or wrong.

        """
        _require_key(request, product)
        if not self._merchant.tokens.is_good(request.bearer, audience(Network.MTN, product)):
            raise RefusedError(
                json_reply(401, {"statusCode": 401, "message": "Access token is invalid."})
            )
        if request.headers.get("x-target-environment") != self._merchant.settings.environment:
            raise RefusedError(
                mtn_error(
                    500,
                    "NOT_ALLOWED_TARGET_ENVIRONMENT",
                    "Access to target environment is forbidden.",
                )
            )
        if request.method == "GET" and request.body:
            raise RefusedError(Reply(400))

    def require_callback(self, request: Request) -> str:
        """Return the address for the callback; empty where none is wanted.

        Raises:
            RefusedError: the header is there without an address, or names another host than the
                user was provisioned with.

        """
        url = request.headers.get("x-callback-url")
        if url is None:
            return ""
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or parts.scheme not in {"http", "https"}:
            raise RefusedError(Reply(400))
        user = self._merchant.users.get(self._merchant.tokens.owner(request.bearer))
        if user is not None and user.callback_host is not None and host != user.callback_host:
            raise RefusedError(
                mtn_error(
                    500,
                    "INVALID_CALLBACK_URL_HOST",
                    "Callback URL with different host name then configured for API User.",
                )
            )
        return url


def require_reference(request: Request) -> str:
    """Return the X-Reference-Id, in the spelling it came in.

    Raises:
        RefusedError: it is missing or no UUID of version 4.

    """
    reference = request.headers.get("x-reference-id", "")
    try:
        found = uuid.UUID(reference)
    except ValueError:
        raise RefusedError(Reply(400)) from None
    if found.version != 4 or str(found) != reference.lower():
        raise RefusedError(Reply(400))
    return reference.lower()


def _require_key(request: Request, *products: str) -> None:
    key = request.headers.get(_KEY_HEADER)
    if key is None:
        message = (
            "Access denied due to missing subscription key. Make sure to include subscription key"
            " when making requests to an API."
        )
    elif key in {PRODUCT_KEYS[product] for product in products}:
        return
    else:
        message = (
            "Access denied due to invalid subscription key. Make sure to provide a valid key for"
            " an active subscription."
        )
    raise RefusedError(json_reply(401, {"statusCode": 401, "message": message}))


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user_id, _, api_key = (
            base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
        )
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user_id, api_key

"""Airtel Money: push payments and refunds over Airtel Africa's open API."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from urllib.parse import quote

from core import money
from core.clock import Clock, system_clock
from core.gateways import airtel_answers, airtel_checks
from core.gateways.accounts import AirtelAccount
from core.gateways.airtel_signing import EncryptionKey, KeyStore, key_in, signature_headers
from core.gateways.authorized import AuthorizedHttp, Reader, Result, TokenSource, not_sent
from core.gateways.contract import (
    CallOutcome,
    CollectOrder,
    ConnectionCheck,
    GatewayCall,
    Holder,
    NetworkOptions,
    RefundOrder,
    Reply,
    Trouble,
)
from core.gateways.facts import national_number
from core.gateways.http import Answer, Http, NoAnswer, Request
from core.gateways.json_reading import JsonObject, flag, member, parse_object, text
from core.gateways.redaction import Redactor, basic
from core.gateways.tokens import Minted, NoToken, Token, TokenStore, lifetime_s, token_in
from core.model.payments import PaymentMethod, RequestType

USUAL_LIFETIME_S = 180
USED_PART_OF_LIFE = 0.8
MIN_REFERENCE_CHARACTERS = 4
MAX_REFERENCE_CHARACTERS = 64
MAX_NAME_CHARACTERS = 100


class AirtelMoney:
    """The shop's account at Airtel.

    Raises:
        InvalidInputError: the account's address is not https, nor this computer.

    """

    method = PaymentMethod.AIRTEL_MONEY
    can_refund = True
    refunds_in_part = False
    tells_refund_status = False

    def __init__(
        self,
        account: AirtelAccount,
        options: NetworkOptions | None = None,
        *,
        tokens: TokenStore | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._account = account
        self._clock = clock
        self._http = Http(account.base_url, options or NetworkOptions(), clock=clock)
        self._tokens = tokens or TokenStore()
        self._redactor = Redactor(
            account.client_id,
            account.client_secret,
            account.callback_key,
            basic(account.client_id.strip(), account.client_secret.strip()),
        )
        self._calls = AuthorizedHttp(
            self._http, self._tokens, self._redactor, airtel_answers.refuses_token
        )
        self._keys = KeyStore(clock)

    def collect(self, order: CollectOrder) -> GatewayCall:
        """Describe a USSD push payment."""
        version = "v2" if self._account.signed else "v1"
        trouble = ""
        if order.currency != self._currency(order):
            trouble = f"The account takes {self._currency(order)}, not {order.currency}."
        path = f"/merchant/{version}/payments/"
        return self._submit(
            RequestType.INITIATE,
            path,
            order,
            self._push_body(order),
            airtel_answers.submission,
            trouble,
        )

    def ask(self, order: CollectOrder) -> GatewayCall:
        """Describe the enquiry about a push payment."""
        path = f"/standard/v1/payments/{quote(order.reference, safe='')}"

        def read(answer: Answer) -> Reply:
            return airtel_answers.state(answer, order)

        request = Request("GET", path, self._headers(order.currency))
        return self._calls.question(request, self._source(), read)

    def refund(self, order: RefundOrder) -> GatewayCall:
        """Describe a refund of a whole payment, named by Airtel's own number of it."""
        version = "v2" if self._account.signed else "v1"
        body = _compact({"transaction": {"airtel_money_id": order.original_transaction_id}})
        trouble = (
            "" if order.original_transaction_id else "The payment's Airtel Money number is missing."
        )
        path = f"/standard/{version}/payments/refund"
        return self._submit(
            RequestType.REFUND,
            path,
            order,
            body.encode("ascii"),
            airtel_answers.refund_state,
            trouble,
        )

    def ask_refund(self, order: RefundOrder) -> GatewayCall:
        """Tell that Airtel cannot be asked about a refund (``tells_refund_status`` is False)."""
        reply = Reply(CallOutcome.UNKNOWN, message="Airtel cannot be asked about a refund.")
        stored: dict[str, object] = {"reference": self._redactor.text(order.reference)}
        return GatewayCall(RequestType.QUERY, stored, lambda: reply)

    def holder(self, phone_number: str) -> Holder:
        """Ask whether a number has a wallet and for its owner's name."""
        number = quote(national_number(phone_number), safe="")
        result = self._get(f"/standard/v1/users/{number}")
        if not isinstance(result, Answer) or result.found is None or result.status != 200:
            return Holder(None)
        if not flag(member(result.found, "status"), "success"):
            is_known_no = "DP00900001012" in airtel_answers.codes_of(result.found)
            return Holder(False if is_known_no else None)
        data = member(result.found, "data")
        name = f"{text(data, 'first_name')} {text(data, 'last_name')}".strip()
        if not name and not text(data, "msisdn"):
            return Holder(None)
        return Holder(True, self._redactor.text(name, MAX_NAME_CHARACTERS))

    def test_connection(self) -> tuple[ConnectionCheck, ...]:
        """Try address, keys, balance and clock, and the signing key where calls are signed."""
        source = self._source()
        self._tokens.forget(source.key)
        return airtel_checks.steps(
            self._http.host,
            mint=lambda: self._tokens.get(source.key, source.mint),
            read_balance=lambda: self._get("/standard/v1/users/balance"),
            fetch_key=self._fetch_key if self._account.signed else None,
            shown=self._redactor.text,
        )

    def close(self) -> None:
        """Let go of connections, tokens and the encryption key."""
        self._http.close()
        self._tokens.forget(self._source().key)
        self._keys.forget()

    def _submit(
        self,
        kind: RequestType,
        path: str,
        order: CollectOrder | RefundOrder,
        body: bytes,
        read: Reader,
        trouble: str,
    ) -> GatewayCall:
        headers = self._headers(order.currency) | {"Content-Type": "application/json"}
        request = Request("POST", path, headers, body)
        shown = parse_object(body) or {}
        if trouble:
            stored = self._redactor.request(request, shown)
            return not_sent(kind, stored, Trouble.CONFIGURATION, trouble)
        return self._calls.money_call(kind, request, shown, lambda: self._send(request), read)

    def _send(self, request: Request) -> Result:
        if not self._account.signed:
            return self._calls.call(request, self._source())
        key = self._keys.current() or self._fetch_key()
        if not isinstance(key, EncryptionKey):
            return key
        try:
            signature = signature_headers(request.body or b"", key)
        except ValueError:
            self._keys.forget()
            return NoAnswer(False, Trouble.SERVICE, "EncryptionKey")
        self._redactor.add(*signature.values())
        signed = replace(request, headers={**request.headers, **signature})
        result = self._calls.call(signed, self._source())
        found = result.found if isinstance(result, Answer) else None
        if found is not None and airtel_answers.STALE_KEY.intersection(
            airtel_answers.codes_of(found)
        ):
            self._keys.forget()
        return result

    def _fetch_key(self) -> EncryptionKey | NoToken:
        """Return the encryption key; without it the call it is for is never made."""
        result = self._get("/v1/rsa/encryption-keys")
        if isinstance(result, NoToken):
            return result
        if isinstance(result, NoAnswer):
            return NoToken(result.trouble, result)
        is_ok = result.status == 200 and result.found is not None
        key = key_in(result.found or {}, self._clock()) if is_ok else None
        if key is None:
            return NoToken(airtel_answers.trouble_of_refusal(result), result)
        self._keys.keep(key)
        return key

    def _push_body(self, order: CollectOrder) -> bytes:
        """Return the body as it is sent, the amount written exactly: json would need a float."""
        country = self._account.country.strip()
        place = {"country": country, "currency": order.currency}
        subscriber = {**place, "msisdn": national_number(order.phone_number)}
        transaction = _compact({**place, "id": order.reference}).removeprefix("{")
        amount = money.major(order.amount_minor, order.currency)
        return (
            f'{{"reference":{_compact(sale_reference(order))},'
            f'"subscriber":{_compact(subscriber)},'
            f'"transaction":{{"amount":{amount},{transaction}}}'
        ).encode("ascii")

    def _get(self, path: str) -> Result:
        headers = self._headers(self._account.currency.strip() or money.DEFAULT_CURRENCY)
        return self._calls.call(Request("GET", path, headers), self._source())

    def _currency(self, order: CollectOrder) -> str:
        return self._account.currency.strip() or order.currency

    def _headers(self, currency: str) -> dict[str, str]:
        return {
            "Accept": "*/*",
            "X-Country": self._account.country.strip(),
            "X-Currency": currency,
        }

    def _source(self) -> TokenSource:
        account = self._account
        parts = (self._http.base_url, account.client_id, account.client_secret)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return TokenSource(f"airtel {digest}", self._mint)

    def _mint(self) -> Minted:
        body = _compact(
            {
                "client_id": self._account.client_id.strip(),
                "client_secret": self._account.client_secret.strip(),
                "grant_type": "client_credentials",
            }
        )
        headers = {"Accept": "*/*", "Content-Type": "application/json"}
        exchange = self._http.call(
            Request("POST", "/auth/oauth2/token", headers, body.encode("ascii"))
        )
        if not isinstance(exchange, Answer):
            return NoToken(exchange.trouble, exchange)
        found = exchange.found
        value = token_in(found) if found is not None and exchange.status == 200 else ""
        if found is None or not value:
            return NoToken(airtel_answers.trouble_of_refusal(exchange), exchange)
        good_for_s = lifetime_s(found, USUAL_LIFETIME_S) * USED_PART_OF_LIFE
        return Token(value, self._tokens.monotonic() + good_for_s)


def sale_reference(order: CollectOrder) -> str:
    """Return the sale's name as Airtel takes it: 4 to 64 letters and digits."""
    kept = re.sub(r"[^A-Za-z0-9]", "", order.external_id)
    if len(kept) < MIN_REFERENCE_CHARACTERS:
        kept = re.sub(r"[^A-Za-z0-9]", "", order.reference)
    return kept[:MAX_REFERENCE_CHARACTERS]


def _compact(value: JsonObject | str) -> str:
    return json.dumps(value, separators=(",", ":"))

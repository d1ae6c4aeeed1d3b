"""MTN Mobile Money: collections and refunds over the MoMo Open API."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from core import money
from core.clock import Clock, system_clock
from core.gateways import mtn_answers, mtn_checks
from core.gateways.accounts import MTNAccount
from core.gateways.authorized import AuthorizedHttp, Result, TokenSource, not_sent
from core.gateways.contract import (
    CollectOrder,
    ConnectionCheck,
    GatewayCall,
    Holder,
    NetworkOptions,
    RefundOrder,
    Reply,
    Trouble,
)
from core.gateways.http import Answer, Http, Request, trouble_of
from core.gateways.json_reading import flag, text
from core.gateways.redaction import Redactor, basic
from core.gateways.tokens import Minted, NoToken, Token, TokenStore, lifetime_s, token_in
from core.model.payments import PaymentMethod, RequestType

MAX_NOTE_CHARACTERS = 80
REFRESH_BEFORE_END_S = 60
USUAL_LIFETIME_S = 3600
MAX_NAME_CHARACTERS = 100

COLLECTION = "collection"
DISBURSEMENT = "disbursement"


class MTNMobileMoney:
    """The shop's account at MTN.

    Raises:
        InvalidInputError: the account's address is not https, nor this computer.

    """

    method = PaymentMethod.MTN_MOBILE_MONEY
    refunds_in_part = True
    tells_refund_status = True

    def __init__(
        self,
        account: MTNAccount,
        options: NetworkOptions | None = None,
        *,
        tokens: TokenStore | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.can_refund = bool(account.disbursement_subscription_key)
        self._account = account
        self._http = Http(account.base_url, options or NetworkOptions(), clock=clock)
        self._tokens = tokens or TokenStore()
        self._redactor = Redactor(
            account.collection_subscription_key,
            account.disbursement_subscription_key,
            account.api_user,
            account.api_key,
            basic(account.api_user.strip(), account.api_key.strip()),
        )
        self._calls = AuthorizedHttp(
            self._http, self._tokens, self._redactor, mtn_answers.refuses_token
        )

    def collect(self, order: CollectOrder) -> GatewayCall:
        """Describe a request to pay (``requesttopay``)."""
        body = {
            **_common_body(order),
            "payer": {"partyIdType": "MSISDN", "partyId": order.phone_number.removeprefix("+")},
        }
        return self._submit(RequestType.INITIATE, COLLECTION, "requesttopay", order, body)

    def ask(self, order: CollectOrder) -> GatewayCall:
        """Describe the question about a request to pay."""
        return self._question(COLLECTION, "requesttopay", order)

    def refund(self, order: RefundOrder) -> GatewayCall:
        """Describe a refund, which is the Disbursement product with a key of its own."""
        body = {**_common_body(order), "referenceIdToRefund": order.original_reference}
        return self._submit(RequestType.REFUND, DISBURSEMENT, "refund", order, body)

    def ask_refund(self, order: RefundOrder) -> GatewayCall:
        """Describe the question about a refund."""
        return self._question(DISBURSEMENT, "refund", order)

    def holder(self, phone_number: str) -> Holder:
        """Ask whether a number has a wallet and, if so, for its owner's name only."""
        number = quote(phone_number.removeprefix("+"), safe="")
        path = f"/collection/v1_0/accountholder/msisdn/{number}"
        active = self._get(COLLECTION, f"{path}/active")
        if not isinstance(active, Answer) or active.is_web_page:
            return Holder(None)
        if active.status == 404:
            return Holder(False)
        if active.status != 200:
            return Holder(None)
        says = flag(active.found, "result") if active.found is not None else not active.body or None
        if not says:
            return Holder(says)
        known = self._get(COLLECTION, f"{path}/basicuserinfo")
        if not isinstance(known, Answer) or known.status != 200 or known.found is None:
            return Holder(True)
        name = f"{text(known.found, 'given_name')} {text(known.found, 'family_name')}".strip()
        return Holder(True, self._redactor.text(name, MAX_NAME_CHARACTERS))

    def test_connection(self) -> tuple[ConnectionCheck, ...]:
        """Try address, keys, balance and clock, and whether refunds are possible."""
        self._tokens.forget(self._source(COLLECTION).key)
        self._tokens.forget(self._source(DISBURSEMENT).key)
        return mtn_checks.steps(
            self._http.host,
            mint_collection=lambda: self._token(COLLECTION),
            read_balance=lambda: self._get(COLLECTION, "/collection/v1_0/account/balance"),
            mint_disbursement=(
                (lambda: self._token(DISBURSEMENT))
                if self._account.disbursement_subscription_key
                else None
            ),
            shown=self._redactor.text,
        )

    def close(self) -> None:
        """Let go of connections and tokens."""
        self._http.close()
        for product in (COLLECTION, DISBURSEMENT):
            self._tokens.forget(self._source(product).key)

    def _submit(
        self,
        kind: RequestType,
        product: str,
        operation: str,
        order: CollectOrder | RefundOrder,
        body: Mapping[str, object],
    ) -> GatewayCall:
        headers = self._headers(product) | {
            "X-Reference-Id": order.reference,
            "Content-Type": "application/json",
        }
        if self._account.callback_url.strip():
            headers["X-Callback-Url"] = self._account.callback_url.strip()
        # The bytes are made once, so that what is sent twice for a new token is the same.
        sent = json.dumps(body).encode("ascii")
        request = Request("POST", f"/{product}/v1_0/{operation}", headers, sent)
        trouble = self._not_possible(product, order)
        if trouble:
            stored = self._redactor.request(request, body)
            return not_sent(kind, stored, Trouble.CONFIGURATION, trouble)
        return self._calls.money_call(
            kind,
            request,
            body,
            lambda: self._calls.call(request, self._source(product)),
            lambda answer: mtn_answers.submission(answer, refund=kind is RequestType.REFUND),
        )

    def _question(
        self, product: str, operation: str, order: CollectOrder | RefundOrder
    ) -> GatewayCall:
        path = f"/{product}/v1_0/{operation}/{quote(order.reference, safe='')}"

        def read(answer: Answer) -> Reply:
            return mtn_answers.state(answer, order)

        request = Request("GET", path, self._headers(product))
        return self._calls.question(request, self._source(product), read)

    def _not_possible(self, product: str, order: CollectOrder | RefundOrder) -> str:
        currency = self._account.currency.strip()
        if currency and currency != order.currency:
            return f"The account takes {currency}, not {order.currency}."
        if not self._subscription_key(product):
            return f"The account has no subscription key for MTN's {product} product."
        return ""

    def _get(self, product: str, path: str) -> Result:
        return self._calls.call(Request("GET", path, self._headers(product)), self._source(product))

    def _headers(self, product: str) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "X-Target-Environment": self._account.target_environment.strip(),
            "Ocp-Apim-Subscription-Key": self._subscription_key(product),
        }

    def _subscription_key(self, product: str) -> str:
        account = self._account
        key = (
            account.collection_subscription_key
            if product == COLLECTION
            else account.disbursement_subscription_key
        )
        return key.strip()

    def _token(self, product: str) -> Minted:
        source = self._source(product)
        return self._tokens.get(source.key, source.mint)

    def _source(self, product: str) -> TokenSource:
        account = self._account
        parts = (account.api_user, account.api_key, self._subscription_key(product))
        digest = hashlib.sha256("\0".join((self._http.base_url, *parts)).encode()).hexdigest()
        return TokenSource(f"mtn {product} {digest}", lambda: self._mint(product))

    def _mint(self, product: str) -> Minted:
        credentials = basic(self._account.api_user.strip(), self._account.api_key.strip())
        headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {credentials}",
            "Ocp-Apim-Subscription-Key": self._subscription_key(product),
            "Content-Type": "application/json",
        }
        # A body as JSON: without one MTN answers 411, and a form meets its firewall.
        body = b'{"grant_type": "client_credentials"}'
        exchange = self._http.call(Request("POST", f"/{product}/token/", headers, body))
        if not isinstance(exchange, Answer):
            return NoToken(exchange.trouble, exchange)
        found = exchange.found
        value = token_in(found) if found is not None and exchange.status == 200 else ""
        if found is None or not value:
            return NoToken(trouble_of(exchange), exchange)
        good_for_s = lifetime_s(found, USUAL_LIFETIME_S) - REFRESH_BEFORE_END_S
        return Token(value, self._tokens.monotonic() + good_for_s)


def note(text_: str, otherwise: str) -> str:
    """Return text as MTN takes it in a message: ``[A-Za-z0-9 .-]``, at most 80, never empty."""
    for candidate in (text_, otherwise):
        plain = unicodedata.normalize("NFKD", candidate).encode("ascii", "ignore").decode("ascii")
        words = re.sub(r"[^A-Za-z0-9 .-]+", " ", plain).split()
        kept = " ".join(words)[:MAX_NOTE_CHARACTERS].strip()
        if re.search(r"[A-Za-z0-9]", kept):
            return kept
    return "Payment"


def _common_body(order: CollectOrder | RefundOrder) -> dict[str, object]:
    return {
        "amount": money.major(order.amount_minor, order.currency),
        "currency": order.currency,
        "externalId": order.external_id,
        "payerMessage": note(order.payer_message, order.external_id),
        "payeeNote": note(order.payee_note, order.external_id),
    }

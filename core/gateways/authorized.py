"""Calls that carry a token, and the parts of a :class:`Reply` that are the same for each network.

A call whose token could not be had was never made. A token the network refuses is minted again
exactly once; resending is safe, because a request refused for its token was not taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.gateways.contract import CallOutcome, GatewayCall, Reply, Trouble
from core.gateways.http import Answer, Exchange, Http, NoAnswer, Request
from core.gateways.redaction import Redactor
from core.gateways.tokens import NoToken, Token, TokenStore
from core.model.payments import RequestType

Result = Exchange | NoToken
Reader = Callable[[Answer], Reply]
"""Makes a reply of an answer; the parts that are the same for all are added afterwards."""

MAX_MESSAGE_CHARACTERS = 500
MAX_IDENTIFIER_CHARACTERS = 100
MAX_CODE_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a product's token comes from; ``key`` tells accounts and products apart."""

    key: str
    mint: Callable[[], Token | NoToken]


class AuthorizedHttp:
    """Calls to one network with its tokens."""

    def __init__(
        self,
        http: Http,
        tokens: TokenStore,
        redactor: Redactor,
        refuses_token: Callable[[Answer], bool],
    ) -> None:
        self.http = http
        self.tokens = tokens
        self.redactor = redactor
        self._refuses_token = refuses_token

    def call(self, request: Request, source: TokenSource) -> Result:
        """Make a call with the token of ``source``."""
        for attempt in range(2):
            token = self.tokens.get(source.key, source.mint)
            if isinstance(token, NoToken):
                return token
            self.redactor.add(token.value)
            headers = {**request.headers, "Authorization": f"Bearer {token.value}"}
            exchange = self.http.call(replace(request, headers=headers))
            if not isinstance(exchange, Answer) or not self._refuses_token(exchange):
                return exchange
            self.tokens.drop(source.key, token)
            if attempt:
                return NoToken(Trouble.CREDENTIALS, exchange)
        raise AssertionError("A second refusal ends the loop.")

    def money_call(
        self,
        kind: RequestType,
        request: Request,
        body: Mapping[str, object],
        make: Callable[[], Result],
        read: Reader,
    ) -> GatewayCall:
        """Describe a call that moves money: without an answer it is not sent, or unknown."""
        stored = self.redactor.request(request, body)
        return GatewayCall(kind, stored, lambda: self._reply(make, read, moves_money=True))

    def question(self, request: Request, source: TokenSource, read: Reader) -> GatewayCall:
        """Describe a question: without an answer nothing is known."""
        stored = self.redactor.request(request, None)
        return GatewayCall(
            RequestType.QUERY,
            stored,
            lambda: self._reply(lambda: self.call(request, source), read, moves_money=False),
        )

    def _reply(self, make: Callable[[], Result], read: Reader, *, moves_money: bool) -> Reply:
        started_s = time.monotonic()
        result = make()
        if isinstance(result, NoToken):
            exchange = result.exchange
            outcome = CallOutcome.NOT_SENT if moves_money else CallOutcome.UNKNOWN
            reply = Reply(outcome, trouble=result.trouble)
        elif isinstance(result, NoAnswer):
            exchange = result
            certain = moves_money and not result.may_have_left
            outcome = CallOutcome.NOT_SENT if certain else CallOutcome.UNKNOWN
            reply = Reply(outcome, trouble=result.trouble)
        else:
            exchange = result
            reply = read(result)
        return self._completed(reply, exchange, time.monotonic() - started_s)

    def _completed(self, reply: Reply, exchange: Exchange, took_s: float) -> Reply:
        shown = self.redactor.text
        answer = exchange if isinstance(exchange, Answer) else None
        code = reply.response_code or (str(answer.status) if answer else "")
        return replace(
            reply,
            reason_code=shown(reply.reason_code, MAX_CODE_CHARACTERS),
            message=shown(reply.message, MAX_MESSAGE_CHARACTERS),
            transaction_id=shown(reply.transaction_id, MAX_IDENTIFIER_CHARACTERS),
            mismatches=tuple(shown(line, MAX_MESSAGE_CHARACTERS) for line in reply.mismatches),
            response_code=shown(code, MAX_CODE_CHARACTERS),
            response_data=self.redactor.answer(exchange),
            duration_ms=round(took_s * 1000),
            retry_after_s=answer.retry_after_s if answer else None,
            clock_ahead_s=answer.clock_ahead_s if answer else None,
        )


def not_sent(
    kind: RequestType, stored: Mapping[str, object], trouble: Trouble, message: str
) -> GatewayCall:
    """Describe a call that cannot be made at all with this account."""
    reply = Reply(CallOutcome.NOT_SENT, trouble=trouble, message=message)
    return GatewayCall(kind, stored, lambda: reply)

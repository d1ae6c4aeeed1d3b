"""Tokens: minted once for all threads, kept while they are good, forgotten when refused."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from core.gateways.contract import Trouble
from core.gateways.http import Exchange
from core.gateways.json_reading import JsonObject, text

MAX_LIFETIME_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; ``good_until_s`` is on the store's monotonic clock."""

    value: str = field(repr=False)
    good_until_s: float


@dataclass(frozen=True, slots=True)
class NoToken:
    """The network gave no token: what came instead, and what that means."""

    trouble: Trouble
    exchange: Exchange


Minted = Token | NoToken


class TokenStore:
    """Tokens by key (product and account). One may serve several gateways and any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}
        self._minting: dict[str, Future[Minted]] = {}

    def get(self, key: str, mint: Callable[[], Minted]) -> Minted:
        """Return the good token of ``key``, or what ``mint`` brings.

        Threads that come while one is minting wait for its result, also when it is none: else
        twenty of them would try a dead network one after the other.
        """
        with self._lock:
            token = self._tokens.get(key)
            if token is not None and self.monotonic() < token.good_until_s:
                return token
            waiting = self._minting.get(key)
            if waiting is None:
                result = self._minting[key] = Future[Minted]()
        return waiting.result() if waiting is not None else self._mint(key, mint, result)

    def drop(self, key: str, token: Token) -> None:
        """Forget a token the network refused, unless another took its place meanwhile."""
        with self._lock:
            if self._tokens.get(key) == token:
                del self._tokens[key]

    def forget(self, key: str) -> None:
        """Forget the token of ``key``."""
        with self._lock:
            self._tokens.pop(key, None)

    def _mint(self, key: str, mint: Callable[[], Minted], result: Future[Minted]) -> Minted:
        try:
            minted = mint()
        except BaseException as error:
            with self._lock:
                del self._minting[key]
            result.set_exception(error)
            raise
        with self._lock:
            del self._minting[key]
            if isinstance(minted, Token):
                self._tokens[key] = minted
        result.set_result(minted)
        return minted


def token_in(found: JsonObject) -> str:
    """Return the access token of an answer, if it can go into a header (RFC 6750); else ""."""
    value = found.get("access_token")
    usable = isinstance(value, str) and re.fullmatch(r"[!-~]{1,8192}", value)
    return str(value) if usable else ""


def lifetime_s(found: JsonObject, otherwise_s: int) -> int:
    """Return ``expires_in``, which comes as a number or as text."""
    digits = text(found, "expires_in").split(".")[0]
    return min(int(digits), MAX_LIFETIME_S) if re.fullmatch(r"\d{1,12}", digits) else otherwise_s

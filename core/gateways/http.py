"""One HTTP call, and what is known after it.

Rules: no environment, explicit proxy only, no redirects, no retries, certificates always checked,
https except to this computer, bounded body, bounded time. After a failure a request counts as not
sent only where its connection was never fully open; everything else is unknown, because a request
that was carried out and one that was lost look the same from here.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, RemoteDisconnected
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as urllib3_errors

from core.clock import Clock, as_utc, system_clock
from core.errors import InvalidInputError
from core.gateways.contract import NetworkOptions, Trouble
from core.gateways.json_reading import JsonObject, parse_object
from core.gateways.transport import Opening, Watch, new_session, watched

MAX_BODY_BYTES = 256 * 1024
MAX_RETRY_AFTER_S = 3600.0
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

_NO_ROUTE = frozenset(
    getattr(errno, name)
    for name in ("ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL")
    if hasattr(errno, name)
)
_NETWORK_ERRORS = (
    requests.RequestException,
    urllib3_errors.HTTPError,
    HTTPException,
    OSError,
    ValueError,
)
_NEVER_BUILT = (ValueError, urllib3_errors.LocationValueError)
"""What requests raises for a request it cannot build (InvalidURL, InvalidHeader: ValueErrors)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out; ``headers`` and ``body`` may hold secrets and never show in a repr."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. ``found`` is its JSON object where the type says JSON and it is one."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    found: JsonObject | None = field(repr=False)
    is_web_page: bool
    too_large: bool
    retry_after_s: float | None
    clock_ahead_s: float | None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No complete answer. ``may_have_left`` is False only where certainly no byte was sent."""

    may_have_left: bool
    trouble: Trouble
    error: str
    """The kind of exception; its text is left out, because it may quote headers."""


Exchange = Answer | NoAnswer


class Http:
    """Calls to one address.

    Raises:
        InvalidInputError: the address is not https (plain http goes only to this computer).

    """

    def __init__(
        self, base_url: str, options: NetworkOptions, *, clock: Clock = system_clock
    ) -> None:
        self.base_url = _checked_address(base_url)
        self.host = urlsplit(self.base_url).netloc
        self._options = options
        self._clock = clock
        self._pooled = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()

    def call(self, request: Request) -> Exchange:
        """Make one call; whatever a network can do comes back as an :data:`Exchange`."""
        if not all(_sendable(value) for value in request.headers.values()):
            return NoAnswer(False, Trouble.CONFIGURATION, "InvalidHeader")
        # A POST never meets a connection that the other side closed while it was kept.
        pooled = request.method == "GET"
        session = self._pooled_session() if pooled else new_session()
        watch = Watch(time.monotonic() + self._options.total_timeout_s)
        try:
            with watched(watch):
                return self._exchange(session, request, pooled=pooled)
        except _NETWORK_ERRORS as error:
            return no_answer(error, watch.opening, has_proxy=bool(self._options.proxy_url))
        finally:
            if not pooled:
                session.close()

    def close(self) -> None:
        """Close the kept connections."""
        for session in list(self._sessions):
            session.close()

    def _exchange(self, session: requests.Session, request: Request, *, pooled: bool) -> Answer:
        proxy = self._options.proxy_url
        own = {
            "User-Agent": "Sanduku",
            "Accept-Encoding": "identity",
            "Connection": "keep-alive" if pooled else "close",
        }
        with session.request(
            request.method,
            self.base_url + request.path,
            headers={**own, **request.headers},
            data=request.body,
            timeout=(self._options.connect_timeout_s, self._options.read_timeout_s),
            allow_redirects=False,
            stream=True,
            proxies={"http": proxy, "https": proxy} if proxy else None,
        ) as response:
            body, too_large = _bounded_body(response)
            return self._answer(response, body, too_large=too_large)

    def _answer(self, response: requests.Response, body: bytes, *, too_large: bool) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        is_json = kind == "application/json" or kind.endswith("+json") or kind == "text/json"
        now = self._clock()
        return Answer(
            status=response.status_code,
            headers=headers,
            body=body,
            found=parse_object(body) if is_json and not too_large else None,
            is_web_page=not is_json and bool(body) and _looks_like_page(kind, body),
            too_large=too_large,
            retry_after_s=_retry_after_s(headers.get("retry-after", ""), now),
            clock_ahead_s=_seconds_after(headers.get("date", ""), now),
        )

    def _pooled_session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._pooled, "session", None)
        if session is None:
            session = self._pooled.session = new_session()
            self._sessions.add(session)
        return session


def no_answer(error: Exception, opening: Opening, *, has_proxy: bool) -> NoAnswer:
    """Tell what an exception means for the request: not sent, or (by default) unknown."""
    chain = list(_chain(error))
    never_built = opening is Opening.NOT_SEEN and isinstance(error, _NEVER_BUILT)
    if never_built:
        trouble = Trouble.CONFIGURATION
    else:
        trouble = _trouble_in(chain, opening=opening, has_proxy=has_proxy)
    may_have_left = not (never_built or opening is Opening.UNDER_WAY)
    return NoAnswer(may_have_left, trouble, type(error).__name__)


def trouble_of(answer: Answer) -> Trouble:
    """Return what is wrong with an answer that is not the one hoped for, by its form alone."""
    if answer.is_web_page:
        return Trouble.WEB_PAGE
    if 300 <= answer.status < 400:
        return Trouble.REDIRECT
    return {
        400: Trouble.CONFIGURATION,
        401: Trouble.CREDENTIALS,
        403: Trouble.ADDRESS_NOT_ALLOWED,
        404: Trouble.CONFIGURATION,
        405: Trouble.CONFIGURATION,
        407: Trouble.PROXY,
        411: Trouble.CONFIGURATION,
        415: Trouble.CONFIGURATION,
        429: Trouble.TOO_MANY_REQUESTS,
    }.get(answer.status, Trouble.SERVICE)


def _trouble_in(chain: list[BaseException], *, opening: Opening, has_proxy: bool) -> Trouble:
    def found(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in chain)

    is_open = opening is not Opening.UNDER_WAY
    cut = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, BrokenPipeError)
    if found(ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE
    # urllib3 also says ProxyError of a connection that was cut after the request.
    if has_proxy and not is_open and not found(ssl.SSLError):
        return Trouble.PROXY
    if found(socket.gaierror, urllib3_errors.NameResolutionError):
        return Trouble.NAME_NOT_FOUND
    if found(ConnectionRefusedError):
        return Trouble.CONNECTION_REFUSED
    if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in chain):
        return Trouble.NO_ROUTE
    if found(*cut, RemoteDisconnected, ConnectionAbortedError, urllib3_errors.IncompleteRead):
        return Trouble.CONNECTION_CUT
    # NewConnectionError is a kind of urllib3's TimeoutError, whatever its cause.
    if found(TimeoutError, requests.Timeout, urllib3_errors.ReadTimeoutError):
        return Trouble.TIMEOUT
    if found(ssl.SSLError):
        return Trouble.CONNECTION_CUT if is_open else Trouble.CERTIFICATE
    return Trouble.SERVICE if is_open else Trouble.NO_ROUTE


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all it was made of: urllib3 hides causes in ``reason`` and args."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        parts = (getattr(link, "reason", None), link.__cause__, link.__context__, *link.args)
        waiting.extend(part for part in parts if isinstance(part, BaseException))


def _checked_address(base_url: str) -> str:
    url = base_url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if not host or parts.scheme not in {"https", "http"} or "@" in parts.netloc or parts.query:
        raise InvalidInputError(
            "The network's address is not one such as https://api.example.com.", field="base_url"
        )
    if parts.scheme == "http" and host not in LOCAL_HOSTS:
        raise InvalidInputError(
            "The network's address must begin with https: plain http goes only to this computer.",
            field="base_url",
        )
    return url


def _sendable(value: str) -> bool:
    return re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", value) is not None


def _bounded_body(response: requests.Response) -> tuple[bytes, bool]:
    body = bytearray()
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return bytes(body[:MAX_BODY_BYTES]), True
    return bytes(body), False


def _looks_like_page(kind: str, body: bytes) -> bool:
    start = body[:200].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    return kind in {"text/html", "application/xhtml+xml"} or start.startswith(
        ("<!doctype", "<html")
    )


def _seconds_after(date: str, now: datetime) -> float | None:
    """Return how far ``now`` is past an HTTP date (RFC 9110 §5.6.7); None where it is none."""
    try:
        told = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    told = told.replace(tzinfo=UTC) if told.tzinfo is None else as_utc(told)
    return (now - told).total_seconds()


def _retry_after_s(value: str, now: datetime) -> float | None:
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return min(float(value), MAX_RETRY_AFTER_S)
    past_s = _seconds_after(value, now) if value else None
    return None if past_s is None else min(max(-past_s, 0.0), MAX_RETRY_AFTER_S)

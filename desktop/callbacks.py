"""The listener for what the mobile networks report: a small web application, served by waitress.

It is meant to stand behind the shop's https proxy. Anybody may send to it, so it tells nothing,
believes nothing, and is bounded in everything: size, pace, connections, memory and log.
"""

from __future__ import annotations

import logging
import math
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from core.errors import KnownError
from core.gateways.callbacks import MAX_CALLBACK_BYTES
from core.services.gateways.callback_desk import CallbackDesk, Pace, Received

if TYPE_CHECKING:
    from core.services.providers.forms import Network

logger = logging.getLogger(__name__)

MOST_SENDERS = 4096
"""So many addresses are remembered; who sends from more than that meets the pace of them all."""

_PACE_OF_ONE = Pace(per_s=20, burst=40)
_PACE_OF_ALL = Pace(per_s=100, burst=200)
_SAME_LINE_S = 60.0
_AFTER_TROUBLE_S = 30
_STOP_WAIT_S = 20.0
"""Longer than a writer waits for the shop's file, so that what is in hand is still answered."""

_METHODS: Mapping[Network, tuple[str, ...]] = {"mtn": ("PUT", "POST"), "airtel": ("POST",)}
_NETWORKS: Mapping[str, Network] = {network: network for network in _METHODS}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class SenderPaces:
    """How fast each sender may send, and all of them together; from any thread."""

    now_s: Callable[[], float] = time.monotonic
    _all_paid_until_s: float = 0.0
    _paid_until_s: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, address: str) -> float:
        """Let a request of an address pass and return 0, or return how long it must wait."""
        sender = _sender(address)
        with self._lock:
            now_s = self.now_s()
            one = _PACE_OF_ONE.paid_until_s(self._paid_until_s.get(sender, 0.0), now_s)
            every = _PACE_OF_ALL.paid_until_s(self._all_paid_until_s, now_s)
            wait_s = max(_PACE_OF_ONE.wait_s(one, now_s), _PACE_OF_ALL.wait_s(every, now_s))
            if wait_s:
                return wait_s
            self._all_paid_until_s = every
            self._paid_until_s[sender] = one
            self._paid_until_s.move_to_end(sender)
            while len(self._paid_until_s) > MOST_SENDERS:
                self._paid_until_s.popitem(last=False)
            return 0.0

    @property
    def senders(self) -> int:
        """How many addresses are remembered."""
        return len(self._paid_until_s)


class _SeldomLog:
    """Writes a line of each kind once a minute at most, and says how often it would have been."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._written_at_s: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def write(self, level: int, line: str, *, error: BaseException | None = None) -> None:
        with self._lock:
            now_s = self._now_s()
            if now_s - self._written_at_s.get(line, -math.inf) < _SAME_LINE_S:
                self._left_out[line] = self._left_out.get(line, 0) + 1
                return
            self._written_at_s[line] = now_s
            left_out = self._left_out.pop(line, 0)
        more = f" ({left_out} more times since the last such line)" if left_out else ""
        logger.log(level, "%s%s", line, more, exc_info=error)


class CallbackApplication:
    """Answers the networks (WSGI, PEP 3333): 200 to anything readable, whether ours or not."""

    def __init__(self, desk: CallbackDesk, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._paces = SenderPaces(now_s)
        self._log = _SeldomLog(now_s)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            answer = self._answer(environ)
        except KnownError as error:
            self._log.write(logging.WARNING, f"callbacks cannot be taken: {error.message}")
            answer = _later(HTTPStatus.SERVICE_UNAVAILABLE, _AFTER_TROUBLE_S)
        except Exception as error:
            self._log.write(logging.ERROR, "a callback met a bug", error=error)
            answer = _Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        length = ("Content-Length", str(len(answer.body)))
        status = f"{answer.status.value} {answer.status.phrase}"
        start_response(status, [*answer.headers, length])
        return [answer.body]

    def _answer(self, environ: WSGIEnvironment) -> _Answer:
        method = str(environ["REQUEST_METHOD"])
        first = str(environ["PATH_INFO"]).strip("/").partition("/")[0]
        if environ["PATH_INFO"] == "/health":
            return _health(method)
        wait_s = self._paces.wait_s(str(environ["REMOTE_ADDR"]))
        if wait_s:
            return _later(HTTPStatus.TOO_MANY_REQUESTS, wait_s)
        network = _NETWORKS.get(first)
        if network is None:
            return _Answer(HTTPStatus.NOT_FOUND)
        if method not in _METHODS[network]:
            return _other_method(_METHODS[network])
        body: bytes = environ["wsgi.input"].read(MAX_CALLBACK_BYTES + 1)
        if len(body) > MAX_CALLBACK_BYTES:
            return _Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self._received(network, self._desk.receive(network, body))

    def _received(self, network: Network, received: Received) -> _Answer:
        match received:
            case Received.UNREADABLE:
                return _Answer(HTTPStatus.BAD_REQUEST)
            case Received.FORGED:
                self._log.write(
                    logging.WARNING, f"a callback for {network} without its right hash was refused"
                )
                return _Answer(HTTPStatus.UNAUTHORIZED)
            case Received.TOO_MANY:
                self._log.write(logging.WARNING, f"too many callbacks for {network} name sales")
                return _later(HTTPStatus.TOO_MANY_REQUESTS, 1)
            case Received.ASKED:
                self._log.write(logging.INFO, f"a callback had {network} asked")
                return _Answer(HTTPStatus.OK)
            case Received.TAKEN:
                return _Answer(HTTPStatus.OK)


class CallbackServer:
    """Serves the application on threads of its own between :meth:`start` and :meth:`stop`.

    ``request_time_s`` is how long a connection may be idle, and how long a request may take to
    arrive. Behind a proxy the sender is who the proxy's own entry in X-Forwarded-For says.
    """

    def __init__(
        self,
        desk: CallbackDesk,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        behind_proxy: bool = False,
        request_time_s: int = 10,
    ) -> None:
        self.host = host
        self.port = port
        self._application = CallbackApplication(desk)
        self._settings: dict[str, object] = {
            "threads": 4,
            "connection_limit": 100,
            "backlog": 64,
            "channel_timeout": request_time_s,
            "cleanup_interval": 1,
            # waitress refuses what is as long as its limit.
            "max_request_body_size": MAX_CALLBACK_BYTES + 1,
            "max_request_header_size": 16 * 1024,
            "inbuf_overflow": 2 * MAX_CALLBACK_BYTES,
            "ident": None,
            "log_socket_errors": False,
            "clear_untrusted_proxy_headers": True,
        }
        if behind_proxy:
            self._settings |= {"trusted_proxy": "*", "trusted_proxy_headers": "x-forwarded-for"}
        self._map: dict[int, object] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; ``port`` is then the port in use.

        Raises:
            OSError: the port is taken or not allowed, or the host has no such address.

        """
        # Its lines below an error tell of each request too many, which a flood has many of.
        logging.getLogger("waitress").setLevel(logging.ERROR)
        listener = _listener(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._server = create_server(
            self._application, map=self._map, sockets=[listener], **self._settings
        )
        self._server.channel_class = _PromptChannel
        self._thread = threading.Thread(target=self._server.run, name="callbacks", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Tell whether it listens."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Answer what is in hand and close every connection."""
        if self._thread is None:
            return
        self._server.task_dispatcher.shutdown(timeout=_STOP_WAIT_S)
        # Only the thread that serves may close what it looks at; and not before it was woken, since
        # an earlier wake-up would have it close the very pipe that is written to next.
        trigger = self._server.trigger
        with trigger.lock:
            trigger.thunks.append(lambda: wasyncore.close_all(self._map))
            trigger._physical_pull()  # noqa: SLF001 - pull_trigger lets go of the lock before it
        self._thread.join()
        self._thread = None


class _PromptChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose request must be whole in time.

    waitress counts the silence since the last byte, so that a byte now and then would hold the
    connection for ever.
    """

    last_activity: float

    def handle_read(self) -> None:
        was_partial, before = self.request is not None, self.last_activity
        super().handle_read()
        if was_partial and self.request is not None:
            self.last_activity = before


def _listener(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError as error:
        raise OSError(f"{host} is no name of a computer") from error
    family, _, _, _, address = found[0]
    return socket.create_server((str(address[0]), port), family=family)


def _sender(address: str) -> str:
    """Return whom an address belongs to: in IPv6 one customer has a whole /64 (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), 64), strict=False))
    return str(found)


def _health(method: str) -> _Answer:
    if method not in {"GET", "HEAD"}:
        return _other_method(("GET", "HEAD"))
    body = b"" if method == "HEAD" else b"listening\n"
    return _Answer(HTTPStatus.OK, (("Content-Type", "text/plain; charset=utf-8"),), body)


def _other_method(allowed: Iterable[str]) -> _Answer:
    return _Answer(HTTPStatus.METHOD_NOT_ALLOWED, (("Allow", ", ".join(allowed)),))


def _later(status: HTTPStatus, wait_s: float) -> _Answer:
    return _Answer(status, (("Retry-After", str(max(1, math.ceil(wait_s)))),))

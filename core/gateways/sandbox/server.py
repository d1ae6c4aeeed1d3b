"""The sandbox as a server: sockets, threads, and answers that arrive or do not."""

from __future__ import annotations

import logging
import os
import select
import socket
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread, current_thread
from typing import cast
from urllib.parse import urlsplit

from core.gateways.sandbox.airtel import Airtel
from core.gateways.sandbox.control import Control, KnownPayment
from core.gateways.sandbox.faults import Plan
from core.gateways.sandbox.ledger import LedgerEntry
from core.gateways.sandbox.merchant import LOGIN_PAGE, Merchant
from core.gateways.sandbox.mtn import MTN
from core.gateways.sandbox.settings import Settings
from core.gateways.sandbox.wire import Ending, RefusedError, Reply, Request, html_reply

HOST = "127.0.0.1"
MAX_BODY_BYTES = 1_000_000
_POLL_S = 0.02
# On, with no time to linger: closing then sends RST instead of FIN. Windows has short fields.
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

logger = logging.getLogger(__name__)


class Sandbox:
    """Both networks on one port of this machine; nothing outside of it can reach them.

    ``start`` raises OSError where the port is taken; port 0 takes any free one. May be used in a
    ``with`` statement.
    """

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        self.settings = settings or Settings()
        self._port = port
        self._merchant = Merchant(self.settings)
        self._control = Control(self._merchant)
        self._parts = (self._control, MTN(self._merchant), Airtel(self._merchant))
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address of both networks, as ``base_url`` wants it."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Begin to answer.

        Raises:
            OSError: the port is taken.

        """
        self._server = _Server(self, self._port)
        self._port = self._server.server_address[1]
        self._thread = Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every connection and thread; safe to call twice, final."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.server_close()
        server.end_connections()
        self._merchant.callbacks.stop()
        self._server = self._thread = None

    def wait(self, wait_s: float) -> None:
        """Wait for the sandbox to end, no longer than some real seconds."""
        if self._thread is not None:
            self._thread.join(wait_s)

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Return every money operation, in the order they came."""
        with self._merchant.lock:
            return self._control.entries()

    def plan(self, plan: Plan) -> None:
        """Have operations that come from now on go wrong as planned."""
        with self._merchant.lock:
            self._merchant.plan = plan

    def know(self, payments: Iterable[KnownPayment]) -> None:
        """Register payments as if they had been asked for before.

        Raises:
            ValueError: an outcome's name is unknown.

        """
        with self._merchant.lock:
            self._control.know(payments)

    def reset(self) -> None:
        """Be as freshly started."""
        with self._merchant.lock:
            self._merchant.reset()

    def answer(self, request: Request) -> Reply:
        """Return what the networks answer to a request."""
        with self._merchant.lock:
            try:
                for part in self._parts:
                    reply = part.answer(request)
                    if reply is not None:
                        return reply
            except RefusedError as refusal:
                return refusal.reply
        return html_reply(200) if request.path == LOGIN_PAGE else Reply(404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # On Windows it would let two programs listen on one port.
    allow_reuse_address = os.name != "nt"
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.stopping = Event()
        self._connections: dict[Thread, socket.socket] = {}
        self._connections_lock = Lock()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, self.allow_reuse_address)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve a connection in a thread that ``end_connections`` can find."""
        connection = cast("socket.socket", request)
        thread = Thread(
            target=self._serve,
            args=(connection, client_address),
            name="sandbox-connection",
            daemon=True,
        )
        with self._connections_lock:
            self._connections[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket, client_address: object) -> None:
        try:
            self.process_request_thread(connection, client_address)
        finally:
            with self._connections_lock:
                self._connections.pop(current_thread())

    def end_connections(self) -> None:
        """Cut what is still open, waiting clients too, and wait for the threads."""
        self.stopping.set()
        with self._connections_lock:
            left = dict(self._connections)
        for thread, connection in left.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Log what is wrong with the sandbox itself; a client that leaves is no error."""
        if not isinstance(sys.exception(), OSError):
            logger.exception("the sandbox failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        request = self._request()
        if request is None:
            self._write(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            self.close_connection = True
            return
        reply = self.server.sandbox.answer(request)
        delay_s = reply.delay_s / self.server.sandbox.settings.speed
        if self._client_leaves_within(delay_s if reply.ending is not Ending.SILENT else None):
            self.close_connection = True
        elif reply.ending is Ending.RESET:
            self._reset()
        else:
            self._write(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - the base's names

    def _request(self) -> Request | None:
        """Return the request; None for a body larger than a network takes."""
        length = self.headers.get("Content-Length")
        size = int(length) if length and length.isdigit() else 0
        if size > MAX_BODY_BYTES:
            return None
        if length is None and "Transfer-Encoding" in self.headers:
            # Its pieces would be taken for the next request.
            self.close_connection = True
        target = urlsplit(self.path)
        return Request(
            method=self.command,
            path=target.path,
            query=target.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
            has_length=length is not None,
        )

    def _client_leaves_within(self, wait_s: float | None) -> bool:
        """Wait, for ever with None; tell whether client or sandbox ended the connection."""
        waited_s = 0.0
        while wait_s is None or waited_s < wait_s:
            step_s = _POLL_S if wait_s is None else min(_POLL_S, wait_s - waited_s)
            readable, _, _ = select.select([self.connection], [], [], step_s)
            if self.server.stopping.is_set() or (readable and self._has_left()):
                return True
            if readable and self.server.stopping.wait(step_s):
                return True
            waited_s += step_s
        return False

    def _has_left(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        # Closed before the base says goodbye with a FIN; gone when the base closes its reader.
        self.connection.close()

    def _write(self, reply: Reply) -> None:
        body = reply.body
        if reply.ending is Ending.TRUNCATED:
            body = body[: len(body) // 2]
            self.close_connection = True
        headers = [("Date", self.date_time_string()), *reply.headers]
        if reply.content_type:
            headers.append(("Content-Type", reply.content_type))
        headers.append(("Content-Length", str(len(reply.body))))
        if self.close_connection:
            headers.append(("Connection", "close"))
        first = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"
        head = "\r\n".join([first, *(f"{name}: {value}" for name, value in headers), "", ""])
        # One piece: a head that arrives alone would wait for the client's delayed answer.
        self.wfile.write(head.encode("ascii") + body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Write no line per request to stderr."""

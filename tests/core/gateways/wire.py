"""A network on a real socket that does what it is told: answer, be silent, cut, reset."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Step = Callable[[socket.socket, "Network"], bool]
"""Does its part of the talk and tells whether the connection goes on."""

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict:
        return json.loads(self.body)


def answer(status: int, body: object = b"", kind: str = "application/json", **headers: str) -> Step:
    """Answer with a JSON document (dict), text or bytes."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
    raw = json.dumps(body).encode() if raw is None else raw
    lines = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(raw)}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return say("\r\n".join(lines).encode() + b"\r\n\r\n" + raw, goes_on=True)


def say(raw: bytes, *, goes_on: bool = False) -> Step:
    def step(connection: socket.socket, network: Network) -> bool:
        connection.sendall(raw)
        return goes_on

    return step


def page(status: int = 200, text: str = "<html><body>Sign in</body></html>") -> Step:
    return answer(status, text, "text/html; charset=utf-8")


def reset(connection: socket.socket, network: Network) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang_up(connection: socket.socket, network: Network) -> bool:
    return False


def silence(connection: socket.socket, network: Network) -> bool:
    network.stopped.wait(PATIENCE_S)
    return False


def drip(start: bytes, each: bytes = b" ", pause_s: float = 0.05) -> Step:
    """Send ``start`` and then a little again and again, never long silent and not soon done."""

    def step(connection: socket.socket, network: Network) -> bool:
        connection.sendall(start)
        ends_at_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at_s and not network.stopped.wait(pause_s):
            connection.sendall(each)
        return False

    return step


def after(pause_s: float, then: Step) -> Step:
    def step(connection: socket.socket, network: Network) -> bool:
        time.sleep(pause_s)
        return then(connection, network)

    return step


@dataclass
class Network:
    """Listens on this computer. ``on`` says what a route answers; its last step is repeated."""

    tls: ssl.SSLContext | None = None
    greets_with: Step | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._routes: dict[str, list[Step]] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def on(self, route: str, *steps: Step) -> Network:
        with self._lock:
            self._routes[route] = list(steps)
        return self

    def asked(self, route: str) -> list[Received]:
        with self._lock:
            return [one for one in self.received if f"{one.method} {one.path}" == route]

    def stop(self) -> None:
        if self.stopped.is_set():
            return
        self.stopped.set()
        # Not every system wakes an accept() when its socket is closed.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join(PATIENCE_S)
        self._listener.close()
        with self._lock:
            opened = list(self._open)
        for connection in opened:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.stopped.is_set():
                connection.close()
                return
            self._start(self._talk, connection)

    def _talk(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(connection)
        talking = connection
        try:
            if self.greets_with is not None:
                self.greets_with(connection, self)
                return
            if self.tls is not None:
                talking = self.tls.wrap_socket(connection, server_side=True)
            while self._one(talking):
                pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            talking.close()
            connection.close()

    def _one(self, connection: socket.socket) -> bool:
        raw = b""
        while b"\r\n\r\n" not in raw:
            more = connection.recv(65536)
            if not more:
                return False
            raw += more
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in headers.items()}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        with self._lock:
            self.received.append(Received(method, path, headers, body))
            steps = self._routes.get(f"{method} {path}", [page(404)])
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        goes_on = step(connection, self)
        return goes_on and headers.get("connection", "").lower() != "close"

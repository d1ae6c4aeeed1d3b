"""The connections calls go out on: they know whether a request can have left, and they end in time.

An exception of ``requests`` does not say this: a reset before and after the network took a request
look alike, and so do a failed TLS handshake and a TLS connection that broke after the request
(urllib3 reports both as SSLError). A connection here notes when it is fully open (name, TCP, proxy
tunnel, TLS); before that no byte of a request can have left, after it any may have.
"""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

# Its warnings quote header lines it could not parse, and a header may echo our token.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class Opening(Enum):
    """How far the connection of a call came."""

    NOT_SEEN = "not_seen"
    """No connection was opened: an earlier one is used, or the request could not be built."""
    UNDER_WAY = "under_way"
    OPEN = "open"


@dataclass(slots=True)
class Watch:
    """One call on its way; ``ends_at_s`` is the moment, on the monotonic clock, it must be over."""

    ends_at_s: float
    opening: Opening = Opening.NOT_SEEN


_watch: ContextVar[Watch | None] = ContextVar("gateway_call", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Let ``watch`` follow the connection that this thread uses inside the block."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def new_session() -> requests.Session:
    """Return a session that heeds no environment, follows nothing and keeps no cookies."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _WatchedAdapter(max_retries=0))
    return session


class _TimelyReader(io.RawIOBase):
    """A socket's bytes until a moment. The read timeout alone starts anew with every byte."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, ends_at_s: float) -> None:
        self._sock = sock
        self._raw = raw
        self._ends_at_s = ends_at_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._ends_at_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("The answer takes too long.")
        timeout_s = self._sock.gettimeout()
        if timeout_s is None or left_s < timeout_s:
            self._sock.settimeout(left_s)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimelyResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        watch = _watch.get()
        if watch is not None:
            reader = _TimelyReader(sock, self.fp.detach(), watch.ends_at_s)
            self.fp = io.BufferedReader(reader)


@contextmanager
def _opening() -> Iterator[None]:
    watch = _watch.get() or Watch(ends_at_s=0)
    watch.opening = Opening.UNDER_WAY
    yield
    watch.opening = Opening.OPEN


class _WatchedHTTPConnection(HTTPConnection):
    response_class = _TimelyResponse

    def connect(self) -> None:
        with _opening():
            super().connect()


class _WatchedHTTPSConnection(HTTPSConnection):
    response_class = _TimelyResponse

    def connect(self) -> None:
        with _opening():
            super().connect()


class _WatchedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTPConnection


class _WatchedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPSConnection


_POOLS = {"http": _WatchedHTTPPool, "https": _WatchedHTTPSPool}


class _WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

"""A mouse and a keyboard at the far end of a socket: what of RFB drives Qt's ``vnc`` platform.

Protocol 3.3 without security (RFC 6143). No picture is ever asked for, so that the server sends
none.
"""

from __future__ import annotations

import socket
import struct
from types import TracebackType
from typing import Self

Place = tuple[int, int]

KEYS = {"Return": 0xFF0D, "Escape": 0xFF1B, "Shift": 0xFFE1, "Control": 0xFFE3, "Alt": 0xFFE9}
"""X11's number of a key by its name; a character is its own."""

_VERSION, _NO_SECURITY = b"RFB 003.003\n", 1
_KEY, _POINTER, _LEFT_BUTTON = 4, 5, 1


class Remote:
    """The hands of one person on a window.

    Raises:
        OSError: nobody answers, or not as expected.

    """

    def __init__(self, port: int, *, timeout_s: float = 20.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
        self._greet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def point(self, place: Place, *, pressed: bool = False) -> None:
        """Put the pointer somewhere, with the left button down or up."""
        self._socket.sendall(struct.pack(">BBHH", _POINTER, _LEFT_BUTTON * pressed, *place))

    def click(self, place: Place) -> None:
        """Press and release the left button."""
        for pressed in (False, True, False):
            self.point(place, pressed=pressed)

    def drag(self, start: Place, end: Place) -> None:
        """Press at one place and move to another; the button stays down."""
        self.point(start)
        self.point(start, pressed=True)
        for part in (0.1, 0.5, 0.9, 1):
            there = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
            self.point((next(there), next(there)), pressed=True)

    def key(self, key: str, *held: str) -> None:
        """Press and release a key while others are held: ``key("q", "Control")``."""
        numbers = [KEYS.get(name) or ord(name) for name in (*held, key)]
        for number in numbers:
            self._socket.sendall(struct.pack(">BBxxI", _KEY, True, number))
        for number in reversed(numbers):
            self._socket.sendall(struct.pack(">BBxxI", _KEY, False, number))

    def _greet(self) -> None:
        self._take(len(_VERSION))
        self._socket.sendall(_VERSION)
        if struct.unpack(">I", self._take(4)) != (_NO_SECURITY,):
            raise ConnectionError("the window asks for a password")
        self._socket.sendall(b"\x01")  # others may watch
        (length,) = struct.unpack(">20xI", self._take(24))
        self._take(length)

    def _take(self, count: int) -> bytes:
        got = self._socket.recv(count, socket.MSG_WAITALL)
        if len(got) < count:
            raise ConnectionError("the window hung up")
        return got

"""A receipt printer for tests: a real TCP server, and a reader of what it was sent.

The reader knows the commands a receipt uses and refuses any other, so that nothing stands on the
paper that nobody has looked at.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import Self

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}


@dataclass
class Line:
    """A printed line: its text as it stands, and how it looked."""

    text: str
    bold: bool = False
    large: bool = False
    align: str = "left"


@dataclass
class Paper:
    """What came out of the printer."""

    lines: list[Line] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    pictures: list[list[str]] = field(default_factory=list)
    cuts: int = 0
    kicks: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0
        self.paper = Paper()
        self.codec, self.bold, self.large, self.align = "cp437", False, False, "left"
        self.row = bytearray()
        self.qr_data = b""

    def take(self, count: int) -> bytes:
        taken = self.content[self.at : self.at + count]
        assert len(taken) == count, "the stream ends inside a command"
        self.at += count
        return taken

    def read(self) -> Paper:
        while self.at < len(self.content):
            [byte] = self.take(1)
            if byte == 0x1B:
                self.escape(self.take(1))
            elif byte == 0x1D:
                self.group(self.take(1))
            elif byte == 0x10:
                assert self.take(1) == b"\x04"
                self.take(1)
            elif byte == 0x0A:
                self.end_line()
            else:
                assert byte >= 0x20, f"a control character {byte:#04x} in the text"
                self.row.append(byte)
        assert not self.row, "text after the last line end"
        return self.paper

    def end_line(self) -> None:
        text = bytes(self.row).decode(self.codec)
        self.paper.lines.append(Line(text, self.bold, self.large, self.align))
        self.row.clear()

    def escape(self, command: bytes) -> None:
        if command == b"@":
            self.codec, self.bold, self.large, self.align = "cp437", False, False, "left"
        elif command == b"t":
            self.codec = CODE_PAGES[self.take(1)[0]]
        elif command == b"!":
            # The size command sets bold as well: bit 3.
            [mode] = self.take(1)
            self.bold, self.large = bool(mode & 8), bool(mode & 16)
            assert not mode & 32, "double width would not fit the columns"
        elif command == b"E":
            self.bold = bool(self.take(1)[0] & 1)
        elif command == b"a":
            self.align = ("left", "center", "right")[self.take(1)[0]]
        elif command == b"p":
            self.take(3)
            self.paper.kicks += 1
        elif command == b"d":
            self.take(1)
        else:
            raise AssertionError(f"unknown command ESC {command!r}")

    def group(self, command: bytes) -> None:
        if command == b"V":
            self.take(1)
            self.paper.cuts += 1
        elif command == b"(":
            assert self.take(1) == b"k"
            low, high = self.take(2)
            self.qr_command(self.take(low + 256 * high))
        elif command == b"v":
            assert self.take(2)[:1] == b"0"
            x_low, x_high, y_low, y_high = self.take(4)
            across, down = x_low + 256 * x_high, y_low + 256 * y_high
            rows = [self.take(across) for _ in range(down)]
            self.paper.pictures.append(["".join(f"{byte:08b}" for byte in row) for row in rows])
        else:
            raise AssertionError(f"unknown command GS {command!r}")

    def qr_command(self, data: bytes) -> None:
        assert data[:1] == b"1"
        if data[1:2] == b"P":
            self.qr_data = data[3:]
        elif data[1:2] == b"Q":
            self.paper.qr.append(self.qr_data.decode())


def read_paper(content: bytes) -> Paper:
    """Return what a printer would print of a stream of ESC/POS."""
    return _Reader(content).read()


class PrinterServer:
    """Listens like a receipt printer and keeps what each connection sent.

    ``status`` is the byte it answers to DLE EOT, or None for a printer that answers nothing;
    ``hang_up_after`` ends a connection abruptly once so many bytes have come.
    """

    def __init__(self, *, status: int | None = 0x12, hang_up_after: int | None = None) -> None:
        self.status, self.hang_up_after = status, hang_up_after
        self.received: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="printer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A connection of our own ends the wait for the next.
        self._is_closing = True
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self._thread.join()
        self._listener.close()

    _is_closing = False

    @property
    def papers(self) -> list[Paper]:
        return [read_paper(content) for content in self.received]

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._is_closing:
                connection.close()
                return
            with connection:
                self._print(connection)

    def _print(self, connection: socket.socket) -> None:
        content = bytearray()
        while chunk := connection.recv(4096):
            if self.status is not None and chunk.startswith(b"\x10\x04"):
                connection.sendall(bytes([self.status]))
            content += chunk
            if self.hang_up_after is not None and len(content) >= self.hang_up_after:
                # Closing with lingering off resets the connection.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                break
        self.received.append(bytes(content))


def unused_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])

"""A receipt printer on the network: bytes to a host and port, and what certainly did not come out.

Receipt printers listen on TCP port 9100 and print what arrives. They confirm nothing. What can be
known is that no connection came about, or that the printer says it has no paper: then nothing was
printed. A connection that breaks in the middle leaves a receipt that may be whole.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass

from core.errors import InvalidInputError, KnownError

DEFAULT_PORT = 9100
WIDTHS_MM = (80, 58)

_ASK_PAPER = b"\x10\x04\x04"
"""DLE EOT 4: answer one byte about the paper at once, even when nothing else is printed."""
_ASK_OFFLINE = b"\x10\x04\x02"
"""DLE EOT 2: answer one byte about why the printer is offline."""
_FIXED_BITS, _FIXED_VALUE = 0x93, 0x12
_NO_PAPER, _COVER_OPEN = 0x60, 0x04


class PrinterError(KnownError):
    """A receipt printer did not take a receipt; ``nothing_printed`` tells whether that is sure."""

    def __init__(self, message: str, *, nothing_printed: bool, details: str = "") -> None:
        super().__init__(message, details=details)
        self.nothing_printed = nothing_printed


@dataclass(frozen=True, slots=True)
class NetworkPrinter:
    """Where a receipt printer is and what it can do; ``code_page`` and ``draws_qr`` as in a form.

    Raises:
        InvalidInputError: no host, a port or width that no such printer has.

    """

    host: str
    port: int = DEFAULT_PORT
    width_mm: int = WIDTHS_MM[0]
    code_page: str = "CP858"
    draws_qr: bool = True

    def __post_init__(self) -> None:
        if not self.host or any(character.isspace() for character in self.host):
            raise InvalidInputError(
                "Type the printer's address, such as 192.168.1.50.", field="host"
            )
        if not 1 <= self.port <= 65535:
            raise InvalidInputError("A port is 1 to 65535; printers use 9100.", field="port")
        if self.width_mm not in WIDTHS_MM:
            raise InvalidInputError("A roll is 80 or 58 mm wide.", field="width_mm")

    @property
    def address(self) -> str:
        """Host and port as a person writes them."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class PrinterPatience:
    """How long to wait for a printer, in seconds."""

    connect_s: float = 5.0
    send_s: float = 15.0
    answer_s: float = 0.4


def send(
    printer: NetworkPrinter, content: bytes, patience: PrinterPatience = PrinterPatience()
) -> None:
    """Send bytes to a printer and wait until it has taken them.

    Raises:
        PrinterError: the printer did not take them; it says whether something may have come out.

    """
    try:
        connection = socket.create_connection(
            (printer.host, printer.port), timeout=patience.connect_s
        )
    except (OSError, UnicodeError) as error:
        raise PrinterError(
            f"Nothing was printed. The receipt printer at {printer.address} does not answer: see"
            " that it is switched on and in the network, then try again.",
            nothing_printed=True,
            details=str(error),
        ) from error
    with connection:
        _refuse_if_it_cannot_print(connection, printer, patience)
        try:
            connection.settimeout(patience.send_s)
            connection.sendall(content)
            _let_it_take_all(connection, patience)
        except OSError as error:
            raise PrinterError(
                f"The receipt may not be whole: the connection to the printer at {printer.address}"
                " broke while it was sent. Look at the paper before you print again.",
                nothing_printed=False,
                details=str(error),
            ) from error


def _refuse_if_it_cannot_print(
    connection: socket.socket, printer: NetworkPrinter, patience: PrinterPatience
) -> None:
    """Ask for paper and cover; many printers answer, and one that is silent is believed to work."""
    for question, bit, why in (
        (_ASK_PAPER, _NO_PAPER, "has no paper: put a roll in"),
        (_ASK_OFFLINE, _COVER_OPEN, "stands open: close its cover"),
    ):
        answer = _status(connection, question, printer, patience)
        if answer is None:
            return
        if answer & bit == bit:
            raise PrinterError(
                f"Nothing was printed. The receipt printer at {printer.address} {why}, then try"
                " again.",
                nothing_printed=True,
                details=f"status {answer:#04x}",
            )


def _status(
    connection: socket.socket, question: bytes, printer: NetworkPrinter, patience: PrinterPatience
) -> int | None:
    connection.settimeout(patience.answer_s)
    try:
        connection.sendall(question)
        answer = connection.recv(1)
    except TimeoutError:
        return None
    except OSError as error:
        raise _turned_away(printer, str(error)) from error
    if not answer:
        raise _turned_away(printer, "the printer closed the connection")
    return answer[0] if answer[0] & _FIXED_BITS == _FIXED_VALUE else None


def _turned_away(printer: NetworkPrinter, details: str) -> PrinterError:
    return PrinterError(
        f"Nothing was printed. The receipt printer at {printer.address} ended the connection:"
        " another desk may be printing. Try again.",
        nothing_printed=True,
        details=details,
    )


def _let_it_take_all(connection: socket.socket, patience: PrinterPatience) -> None:
    """Say that no more comes and read what the printer reports of itself.

    Closing while something unread has arrived resets the connection, and a reset throws away what
    the printer has not taken yet: the end of the receipt.
    """
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(patience.answer_s)
    with suppress(TimeoutError):
        while connection.recv(256):
            pass

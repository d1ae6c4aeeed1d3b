"""Sending to a receipt printer over a real socket, and what is said when it fails."""

import pytest

from core.errors import InvalidInputError
from core.services.papers.network_printer import NetworkPrinter, PrinterError, PrinterPatience, send
from tests.receipt_printer import PrinterServer, unused_port

QUICK = PrinterPatience(connect_s=2.0, send_s=2.0, answer_s=0.1)


def printer_at(port: int) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", port)


@pytest.mark.parametrize("status", [0x12, None, 0xFF])
def test_a_printer_gets_every_byte_whether_it_answers_questions_or_not(status) -> None:
    content = b"\x1b@" + b"Murakoze\n" * 20_000
    with PrinterServer(status=status) as server:
        send(printer_at(server.port), content, QUICK)
    [received] = server.received
    assert received.removeprefix(b"\x10\x04\x04").removeprefix(b"\x10\x04\x02") == content


def test_a_printer_that_is_off_prints_nothing_and_the_sentence_says_so() -> None:
    with pytest.raises(PrinterError, match=r"^Nothing was printed\.") as refused:
        send(printer_at(unused_port()), b"x", QUICK)
    assert refused.value.nothing_printed


@pytest.mark.parametrize(("status", "word"), [(0x72, "no paper"), (0x16, "cover")])
def test_a_printer_without_paper_or_with_an_open_cover_is_not_sent_to(status, word) -> None:
    with PrinterServer(status=status) as server, pytest.raises(PrinterError, match=word) as refused:
        send(printer_at(server.port), b"receipt", QUICK)
    assert refused.value.nothing_printed
    assert b"receipt" not in server.received[0]


def test_a_connection_that_breaks_in_the_middle_may_have_printed() -> None:
    with (
        PrinterServer(hang_up_after=5_000) as server,
        pytest.raises(PrinterError, match="may not be whole") as broken,
    ):
        send(printer_at(server.port), b"Murakoze\n" * 2_000_000, QUICK)
    assert not broken.value.nothing_printed


def test_a_printer_that_turns_a_desk_away_printed_nothing() -> None:
    with (
        PrinterServer(status=None, hang_up_after=1) as server,
        pytest.raises(PrinterError, match=r"^Nothing was printed\.") as refused,
    ):
        send(printer_at(server.port), b"receipt", QUICK)
    assert refused.value.nothing_printed


@pytest.mark.parametrize(
    ("field", "values"),
    [("host", {"host": ""}), ("host", {"host": "a b"}), ("port", {"port": 0}),
     ("port", {"port": 70_000}), ("width_mm", {"width_mm": 76})],
)  # fmt: skip
def test_an_address_no_printer_has_is_refused_by_its_field(field, values) -> None:
    with pytest.raises(InvalidInputError) as refused:
        NetworkPrinter(**{"host": "10.0.0.5", **values})
    assert refused.value.field == field

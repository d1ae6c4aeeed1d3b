"""Lines that an identifier alone decides, and what keeps a line from being one of them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.matching.engine import match
from core.matching.phones import phones_in, stands_as_word
from core.matching.records import OpenLine, OpenPayment

DAY = date(2026, 3, 2)
PRICE = 15_000
PAYER = "Uwase Aline"


def payment(key: int, *, reconciled: bool = False) -> OpenPayment:
    return OpenPayment(
        f"p{key}",
        DAY,
        PRICE,
        invoice_number=f"INV-2026-{key * 1_111:06d}",
        customer_name=PAYER,
        phone="+250788000001",
        reconciled=reconciled,
    )


def line(key: int, of: int, *, payer: str = PAYER, phone: str = "") -> OpenLine:
    text = f"Pay INV-2026-{of * 1_111:06d}"
    return OpenLine(key, DAY, PRICE, text=text, counterparty=payer, phone=phone)


def test_a_line_that_says_all_is_matched_with_all_its_reasons():
    (found,) = match([line(1, of=1, phone="0788000001")], [payment(1), payment(2)]).matches
    assert (found.line_ids, found.payment_ids, found.automatic) == ((1,), ("p1",), True)
    assert found.reasons == (
        "invoice number INV-2026-001111 stands in the text",
        "amount equal: 15\u202f000\u00a0RWF",
        "payer's phone 0788000001 stands in the text",
        "payer's name agrees: Uwase Aline",
        "same day",
    )


def test_two_lines_that_say_all_about_one_payment_are_for_a_person():
    result = match([line(1, of=1), line(2, of=1)], [payment(1)])
    assert not result.matches
    assert [each.line_ids for each in result.suggestions] == [(1, 2)]


def test_a_line_that_says_all_about_a_proved_payment_proves_nothing():
    assert not match([line(1, of=1)], [payment(1, reconciled=True)]).matches


def test_what_may_be_taken_back_waits_its_turn():
    lines = [
        line(1, of=1, payer="", phone="0788000001"),
        line(2, of=2, phone="0788000001"),
        OpenLine(3, DAY, -PRICE, text="REVERSAL", phone="0788000001"),
    ]
    result = match(lines, [payment(1), payment(2)])
    assert [each.line_ids for each in result.suggestions] == [(1, 3), (2,)]


def test_what_the_network_names_is_surer_than_what_a_text_names():
    by_network = OpenPayment("n", DAY, PRICE, transaction_id="70000001234", customer_name=PAYER)
    lines = [
        line(1, of=1),
        OpenLine(2, DAY, PRICE, transaction_id="70000001234", counterparty=PAYER),
    ]
    found = match(lines, [payment(1), by_network]).matches
    assert [(each.payment_ids, each.confidence) for each in found] == [(("p1",), 98), (("n",), 99)]


PIECES = st.lists(
    st.sampled_from(
        [
            "788000001",
            "250",
            "+250",
            "00",
            "0",
            "7",
            "712",
            "345",
            " ",
            " ",
            "-",
            "*",
            "x",
            "\u00a0",
        ]
    ),
    max_size=9,
)


@given(PIECES, PIECES, st.sampled_from(["250788000001", "0788000001", "+250788000001"]))
def test_a_number_between_spaces_is_one_that_a_text_shows(
    before: list[str], after: list[str], written: str
):
    free = "".join((*before, written, *after))
    alone = f"{''.join(before)} {written} {''.join(after)}"
    assert stands_as_word("788000001", alone)
    for text in (free, alone):
        if stands_as_word("788000001", text):
            assert phones_in(OpenLine(1, DAY, PRICE, text=text)).shows("788000001")

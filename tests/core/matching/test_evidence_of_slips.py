"""References that seem to name another payment, payers told apart by time, and what is offered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.matching.engine import match
from core.matching.records import OpenLine, OpenPayment
from tests.core.matching.examples import DAY, line, matched, payment, suggested

ERICS = payment(
    "b",
    invoice_number="INV-20260116-00010",
    amount_minor=9000,
    customer_name="Eric Gatete",
    phone="",
)
BOOKS = [
    payment(),
    ERICS,
    *(
        payment(letter, amount_minor=20_000 + 50 * ord(letter), phone="", customer_name="")
        for letter in "cdefghijklmnopqrstuvwxyz"
    ),
]


def slipped(*, paid: bool = True, **more: object) -> list[OpenLine]:
    """Return a line that names payment a with the amount of b, and a's own line if it is paid."""
    own = [line("INV-20260116-00001", line_id=2)] if paid else []
    given = {"counterparty": "GATETE ERIC"} | more
    return [line("TRF INV-20260116-00001", 9000, **given), *own]


def test_a_slip_onto_a_payment_that_its_own_line_proves_means_the_payers_own():
    result = match(slipped(), BOOKS)
    assert matched(result) == [("one_to_one", (1,), ("b",)), ("one_to_one", (2,), ("a",))]
    assert "INV-20260116-00001 itself is another payer's" in result.matches[0].reasons[1]


def test_a_slip_onto_an_open_payment_stays_a_contradiction_with_the_likelier_first():
    result = match(slipped(paid=False), BOOKS)
    assert not result.matches
    assert suggested(result) == [("one_to_one", (1,), ("b", "a"))]


@pytest.mark.parametrize(
    "given",
    [{"counterparty": ""}, {"counterparty": "UWASE ALINE"}, {"days": -1}],
)
def test_a_slip_without_its_payer_or_before_its_payment_settles_nothing(given):
    result = match(slipped(**given), BOOKS)
    assert [each.line_ids for each in result.matches] == [(2,)]


def test_a_reference_joined_to_a_word_and_cut_is_found():
    text = "VIREMENT UWASE ALINEINV-20260116-0000"
    assert matched(match([line(text, counterparty="UWASE ALINE")], BOOKS)) == [
        ("one_to_one", (1,), ("a",))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VRT RECU MUKAMANA MARIE CLAIRE IMM", True),
        ("VRT RECU MUKAMANA MARIE CLAIRE ZOE", False),
        ("VRT RECU NIYONSABA MARIE CLAIRE IM", False),
        ("VRT RECU DE M. MUKAMANA CLAIRE IMM", False),
        ("VRT MUKAMANA MARIE", False),
    ],
)
def test_a_name_that_the_column_cuts_off_is_still_the_payers(text, expected):
    paid = payment(customer_name="Mukamana Marie Claire Immaculée")
    assert bool(match([line(text)], [paid]).matches) is expected


def month(late: int = 0) -> tuple[list[OpenLine], list[OpenPayment]]:
    """Return 120 payments and their lines on the same day, of which some are booked later."""
    payments = [
        OpenPayment(f"p{number}", DAY, 1000 + number, invoice_number=f"KGL-{number:06d}")
        for number in range(120)
    ]
    lines = [
        OpenLine(
            100 + number,
            DAY + timedelta(days=5 if number < late else 0),
            1000 + number,
            text=each.invoice_number,
        )
        for number, each in enumerate(payments)
    ]
    return lines, payments


@pytest.mark.parametrize(("late", "expected"), [(0, [(1,)]), (2, [])])
def test_the_delays_that_sure_matches_show_tell_equal_payments_of_a_payer_apart(late, expected):
    lines, payments = month(late)
    twins = [
        payment(each, method="", day=DAY - timedelta(days=days))
        for each, days in (("a", 0), ("b", 4))
    ]
    result = match([line("from 0788123456"), *lines], [*twins, *payments])
    assert [each.line_ids for each in result.matches if 1 in each.line_ids] == expected


def test_the_nearest_of_equal_payments_is_offered_first_with_what_speaks_against_the_others():
    earlier = payment("0", day=DAY - timedelta(days=3), customer_name="Eric Gatete", phone="")
    books = [earlier, payment("b", phone="", customer_name=""), payment(phone="")]
    (offer,) = match([line("cash in", counterparty="UWASE")], books).suggestions
    assert offer.payment_ids == ("a", "b", "0")
    assert offer.ambiguous
    assert any("3 days after the payment" in each for each in offer.reasons)


def test_too_little_from_a_known_payer_is_offered_with_its_difference():
    stranger = payment("b", amount_minor=14_000, phone="", customer_name="Eric Gatete")
    result = match([line("from 0788123456", 14_000)], [payment(), stranger])
    assert not result.matches
    assert result.suggestions[0].payment_ids[0] == "a"
    assert result.suggestions[0].difference_minor == 1000


def test_too_much_from_a_known_name_is_offered_whatever_the_order_of_its_words():
    aline = payment(phone="", customer_name="Uwase Aline")
    stranger = payment("b", amount_minor=16_000, phone="", customer_name="Eric Gatete")
    result = match([line("cash in", 16_000, counterparty="ALINE UWASE")], [aline, stranger])
    assert not result.matches
    assert result.suggestions[0].payment_ids == ("a",)
    assert result.suggestions[0].difference_minor == -1000


def test_another_payers_phone_is_a_reason_against():
    (offer,) = match([line("from 0722000111")], [payment()]).suggestions
    assert "another payer's phone stands in the text, not 0788123456" in offer.reasons


def test_parts_that_make_the_whole_come_before_a_fee_that_would_explain_one():
    lines = [line("INV-20260116-00001", amount, line_id=amount) for amount in (14_850, 150)]
    assert matched(match(lines, [payment()])) == [("split", (150, 14_850), ("a",))]

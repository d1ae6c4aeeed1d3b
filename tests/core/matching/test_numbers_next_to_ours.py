"""Whole numbers that are not in the books, codes, and numbers that a line writes only in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.matching.engine import match
from core.matching.records import OpenLine, OpenPayment
from tests.core.matching.examples import line, matched, payment, settles

BOOKS = [
    OpenPayment(
        f"p{number:03}",
        date(2026, 1, 16),
        100_000 + 37 * number,
        method="bank_transfer",
        invoice_number=f"INV-20260116-{number:05}",
        phone=f"+250788{number:06}",
        customer_name=f"Keza {chr(65 + number % 26)}umutoni",
    )
    for number in range(1, 2001)
]
SALE = BOOKS[41]
OTHERS = [*BOOKS[:41], *BOOKS[42:]]


def of_sale(text: str, **more: object) -> OpenLine:
    """Return a line of the sale's day and amount."""
    return line(text, SALE.amount_minor, **more)


@pytest.mark.parametrize(
    "number",
    [
        "INV-20250116-00042",  # Last year's.
        "INV-20260115-00042",
        "INV-20260116-02042",
    ],
)
def test_a_whole_number_next_to_ours_may_be_another_sales_unless_the_payer_is_known(number):
    assert not match([of_sale(f"paiement {number}")], BOOKS).matches
    assert settles(of_sale(f"paiement {number} 0788000042"), SALE, *OTHERS)
    namesake = of_sale(f"paiement {number} {SALE.customer_name}")
    assert settles(namesake, SALE, *OTHERS)
    assert not match([replace(namesake, phone="250722000111")], BOOKS).matches


@pytest.mark.parametrize("number", ["INV-20260116-000042", "INV-2O26O116-0004"])
def test_a_number_that_is_visibly_damaged_needs_no_payer_but_no_other_payers_phone(number):
    assert settles(of_sale(f"paiement {number}"), SALE, *OTHERS)
    assert not match([of_sale(f"paiement {number} 0722000111")], BOOKS).matches


ROOM = payment(reference="RES-7KD4Q2", transaction_id="", invoice_number="", phone="")
ROOMS = [
    payment(letter, reference=f"RES-{letter.upper()}3WQ{digit}Z", amount_minor=9000 + digit)
    for digit, letter in enumerate("bcdefg")
]


def test_another_booking_code_bars_a_payer_of_the_same_name():
    unknown = line("booking RES-M4XKPW", counterparty="UWASE ALINE")
    assert not match([unknown], [ROOM, *ROOMS, *BOOKS]).matches
    slipped = line("booking RES-7KD4O2", counterparty="UWASE ALINE")
    assert settles(slipped, ROOM, *ROOMS, *BOOKS)


@pytest.mark.parametrize("text", ["booking:7KD4Q2/2 nights", "icumbi 7kd4q2 murakoze"])
def test_a_code_without_its_letters_is_the_whole_of_it(text):
    assert settles(line(text), ROOM, *ROOMS)


@pytest.mark.parametrize("text", ["INV-2O26Oll6-OOO42", "INV-20260116-OO04Z INV-2026O1I6-0004Z"])
def test_digits_misread_as_letters_are_read_as_what_they_look_like(text):
    assert settles(of_sale(text.replace("Z", "2")), SALE, *OTHERS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("factures INV-20260116-00042/00043", 2),
        ("INV-20260116-00042, 43 et 44", 3),
        ("INV-20260116-00042 & 043 B/O KEZA", 2),
    ],
)
def test_numbers_that_go_on_from_a_whole_one_name_their_payments(text, number):
    members = BOOKS[41 : 41 + number]
    paid = line(text, sum(each.amount_minor for each in members))
    expected = ("settlement", (1,), tuple(each.payment_id for each in members))
    assert matched(match([paid], BOOKS)) == [expected]
    too_much = line(text, paid.amount_minor + 1)
    assert not match([too_much], BOOKS).matches


def test_a_digit_misread_settles_in_the_smallest_shop():
    sales = [
        OpenPayment(f"p{number}", SALE.day, 500, order_number=f"ORD26011600{number}")
        for number in range(71, 77)
    ]
    read = line("MoMoPay ORD26O1I60076", 500)
    assert matched(match([read], sales)) == [("one_to_one", (1,), ("p76",))]
    typed = line("MoMoPay ORD2601160070", 500)
    assert not match([typed], sales).matches


def test_a_number_whose_neighbour_is_of_the_payer_shown_settles_nothing():
    other = replace(SALE, payment_id="q", invoice_number="INV-20260116-00047")
    shown = of_sale("INV-20260116-00047 0788000042")
    books = [SALE, replace(other, phone="+250722000111", customer_name="Eric Gatete"), *BOOKS[60:]]
    assert not match([shown], books).matches

"""Pieces of a reference and of a payer that settle together what neither would alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.matching.engine import match
from core.matching.records import OpenLine, OpenPayment
from tests.core.matching.examples import DAY, matched, settles

SALE = OpenPayment("a", DAY, 2_000, method="mtn_mobile_money", transaction_id="19684432591")
OTHER = replace(SALE, payment_id="b", transaction_id="20118830127")


def test_the_end_of_a_networks_id_tells_a_payment_apart_even_in_a_small_shop() -> None:
    line = OpenLine(1, DAY, 2_000, text="MoMoPay 684432591")
    assert settles(line, SALE, OTHER)


def test_the_end_of_a_number_that_a_small_shop_gave_out_may_be_anything() -> None:
    own = [
        replace(each, transaction_id="", reference=f"KGL/26/00000{number}")
        for number, each in enumerate((SALE, OTHER), 1)
    ]
    line = OpenLine(1, DAY, 2_000, text="Cr wallet 000001")
    assert not match([line], own).matches


def month(phone: str) -> list[OpenPayment]:
    """Return payments of one price, numbered one after the other; the first has a phone."""
    return [
        OpenPayment(
            f"p{number:03}",
            DAY + timedelta(days=number // 3),
            2_000,
            method="bank_transfer",
            reference=f"{number:08}",
            phone=phone if number == 1 else f"+2507200{number:05}",
        )
        for number in range(1, 181)
    ]


def test_a_slip_and_a_masked_phone_settle_together() -> None:
    slipped = OpenLine(1, DAY, 2_000, text="Incoming transfer 09000001")
    with_phone = replace(slipped, phone="2507****329")
    payments = month("+250729911329")
    assert not match([slipped], payments).matches
    assert matched(match([with_phone], payments)) == [("one_to_one", (1,), ("p001",))]


def a_names_part(text: str, *others: str) -> bool:
    """Tell whether a line without a payer's field settles what MUKARUGWIZA Marie Claire owes."""
    names = ("Mukarugwiza Marie Claire", *others)
    payments = [
        OpenPayment(
            f"p{number}", DAY, 100_000 if not number else 7_000 + number, customer_name=name
        )
        for number, name in enumerate(names)
    ]
    payments += [
        OpenPayment(f"q{number}", DAY, 9_000 + number, customer_name=f"Uwimana{number} Jean")
        for number in range(400)
    ]
    line = OpenLine(1, DAY, 100_000, text=text)
    return [each.payment_ids for each in match([line], payments).matches] == [("p0",)]


def test_a_part_of_a_name_beside_another_payers_word_is_another_persons() -> None:
    assert a_names_part("Agent float MARIE CLAIRE")
    assert a_names_part("Agent float MARIE CLAIRE", "Hategekimana Paul")
    assert not a_names_part("Agent float MARIE CLAIRE HATEGEKIMANA", "Hategekimana Paul")
    assert not a_names_part("Agent HATEGEKIMANA MARIE CLAIRE", "Hategekimana Paul")
    assert a_names_part("From MUKARUGWIZA MARIE CLAIRE HATEGEKIMANA", "Hategekimana Paul")

"""What a known payer's line settles beside equal amounts: net of a fee, given back, all at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.matching.engine import match
from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import MatchKind, OpenRefund
from tests.core.matching.examples import DAY, line, matched, payment

FEES = FeeModel((FeeRule("mtn_mobile_money", (FeeTier(fixed_minor=250),)),))
SALE = payment(transaction_id="", reference="", invoice_number="INV-20260116-00001")
STRANGERS = [
    payment(letter, amount_minor=20_000 + 50 * ord(letter), phone="", customer_name="")
    for letter in "cdefghijklmnopqrstuvwxyz"
]


@pytest.mark.parametrize("shown", [{"phone": "250788123456"}, {"counterparty": "UWASE Aline"}])
def test_a_known_payers_money_less_the_agreed_fee_is_his_payment(shown):
    net = line("murakoze", 14_750, **shown)
    result = match([net], [SALE, *STRANGERS], fee_model=FEES)
    assert matched(result) == [("fee_net", (1,), ("a",))]
    assert result.matches[0].difference_minor == 250
    assert not match([net], [SALE, *STRANGERS]).matches


def test_a_known_payers_money_less_the_fee_that_the_statement_states_is_his_payment():
    net = line("murakoze", 14_850, phone="250788123456", fee_minor=150)
    assert matched(match([net], [SALE, *STRANGERS])) == [("fee_net", (1,), ("a",))]


def test_a_net_and_an_equal_amount_of_one_payer_are_told_apart_by_a_person():
    equal = replace(SALE, payment_id="b", amount_minor=14_750, invoice_number="")
    equal = replace(equal, day=DAY - timedelta(days=1))
    net = line("murakoze", 14_750, phone="250788123456")
    assert not match([net], [SALE, equal, *STRANGERS], fee_model=FEES).matches


def test_a_fee_does_not_explain_what_another_payment_of_the_payer_is_exactly():
    equal = replace(SALE, payment_id="b", amount_minor=14_750, invoice_number="INV-20260116-00009")
    named = line("INV-20260116-00001", 14_750, phone="250788123456")
    assert not match([named], [SALE, equal, *STRANGERS], fee_model=FEES).matches
    assert matched(match([named], [SALE, *STRANGERS], fee_model=FEES))


REFUNDED = replace(SALE, refunded=(OpenRefund("r", 4000, DAY),), reconciled=True)


@pytest.mark.parametrize("shown", [{"phone": "250788123456"}, {"counterparty": "UWASE Aline"}])
def test_money_out_to_a_payer_is_the_refund_that_was_recorded_for_him(shown):
    out = line("Transfer to", -4000, days=1, **shown)
    result = match([out], [REFUNDED, *STRANGERS])
    assert matched(result) == [("refund", (1,), ("a",))]


@pytest.mark.parametrize(
    "out",
    [
        line("Transfer to", -4000, phone="250722000111"),
        line("Transfer to", -4000, days=9, phone="250788123456"),
        line("Transfer to", -4000, days=-3, phone="250788123456"),
        line("Transfer to", -4500, phone="250788123456"),
        line("Transfer to", -4000),
    ],
)
def test_money_out_to_another_of_another_amount_or_time_is_no_refund(out):
    assert not match([out], [REFUNDED, *STRANGERS]).matches


def test_two_equal_debits_to_a_payer_are_both_offered_for_his_one_refund():
    debits = [line("out", -4000, line_id=each, phone="250788123456") for each in (1, 2)]
    result = match(debits, [REFUNDED, *STRANGERS])
    assert not result.matches
    assert {each.kind for each in result.suggestions} == {MatchKind.REFUND}


def test_an_id_that_a_network_writes_with_dots_names_a_refund_and_a_line():
    with_id = replace(SALE, refunded=(OpenRefund("r", 4000, DAY, "MP260116.1432.C12345"),))
    out = line("Gusubiza", -4000, transaction_id="MP260116.1432.C12345")
    assert matched(match([out], [with_id, *STRANGERS]))[0][0] == "refund"
    came = line("INV-20260116-00001", transaction_id="MP260116.1205.A00017")
    went = line("Annulation MP260116.1205.A00017", -15_000, line_id=2)
    result = match([came, went], [SALE, *STRANGERS])
    assert [(each.kind, each.line_ids) for each in result.matches] == [(MatchKind.REVERSAL, (1, 2))]


@pytest.mark.parametrize("word", ["RETOUR", "Returned", "Gusubizwa", "IMPAYE", "rejeté"])
def test_money_that_went_back_proves_no_payment(word):
    came = line("INV-20260116-00001", transaction_id="27356125574", phone="250788123456")
    named = line(f"{word} 27356125574", -15_000, line_id=2)
    result = match([came, named], [SALE, *STRANGERS])
    assert [(each.kind, each.line_ids) for each in result.matches] == [(MatchKind.REVERSAL, (1, 2))]
    to_payer = line(word, -15_000, line_id=2, phone="250788123456")
    assert not match([came, to_payer], [SALE, *STRANGERS]).matches
    to_nobody = line(word, -15_000, line_id=2)
    assert match([came, to_nobody], [SALE, *STRANGERS]).matches


def test_all_that_a_payer_owes_is_one_set_however_many_they_are():
    owed = [
        replace(SALE, payment_id=f"b{each}", amount_minor=700 * each + 150, invoice_number="")
        for each in range(1, 7)
    ]
    all_of_it = line("murakoze", sum(each.amount_minor for each in owed), phone="250788123456")
    result = match([all_of_it], [*owed, *STRANGERS])
    assert [each.payment_ids for each in result.matches] == [tuple(f"b{n}" for n in range(1, 7))]


def test_a_slip_in_a_name_in_the_text_settles_where_no_other_payment_fits():
    strangers = [
        replace(
            each, payment_id=f"{each.payment_id}{number}", customer_name=f"Keza {each.payment_id}"
        )
        for each in STRANGERS
        for number in range(10)
    ]
    books = [replace(SALE, customer_name="Mukeshimana Gloriose", phone=""), *strangers]
    assert matched(match([line("VIREMENT RECU DE MUKESHIIMANA GLORIOSE")], books))
    assert not match([line("VIREMENT RECU DE MUKESHIIMANA BEATRICE")], books).matches


def numbered(*numbers):
    """Return payments whose invoices are numbered so, each of its own amount."""
    return [
        payment(
            f"p{number}",
            amount_minor=1_000 * number,
            transaction_id="",
            reference="",
            phone="",
            invoice_number=f"ORD-2026-{number:05}",
        )
        for number in numbers
    ]


@pytest.mark.parametrize("text", ["ORD-2026-00041/42", "ORD-2026-00041 ORD-2026-00042"])
def test_a_sum_of_payments_of_which_another_line_names_one_is_left_to_a_person(text):
    alone = line("Pay ORD-2026-00042", 42_000, line_id=1, counterparty="UWASE Aline")
    both = line(f"TRF {text}", 83_000, line_id=2)
    books = numbered(*range(40, 60))
    assert matched(match([both], books)) == [("settlement", (2,), ("p41", "p42"))]
    assert matched(match([alone, both], books)) == [("one_to_one", (1,), ("p42",))]
    others = line("TRF ORD-2026-00042/43", 85_000, line_id=3)
    assert not match([both, others], books).matches

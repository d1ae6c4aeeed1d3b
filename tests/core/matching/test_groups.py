"""Settlements, parts, reversals, refunds and charges."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.matching.engine import match
from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import OpenRefund
from tests.core.matching.examples import DAY, line, matched, payment, suggested


def cards(*amounts: int, day=DAY, first: str = "a"):
    return [
        payment(chr(ord(first) + place), amount_minor=amount, method="card", day=day)
        for place, amount in enumerate(amounts)
    ]


def six_days(fee_basis_points: int = 0):
    """Return settlements of six days, each a day later, and their three card payments each."""
    payments, lines = [], []
    for number in range(6):
        day = DAY + timedelta(days=number)
        amounts = (5000 + 50 * number, 12_350 + 300 * number, 700)
        payments += cards(*amounts, day=day, first=chr(ord("A") + 3 * number))
        net = sum(amount - amount * fee_basis_points // 10_000 for amount in amounts)
        later = day + timedelta(days=1)
        lines.append(line("POS SETTLEMENT 3 TXNS", net, line_id=number, day=later))
    return lines, payments


def test_settlements_of_all_the_days_cards_are_settled():
    lines, payments = six_days()
    found = matched(match(lines, payments))
    assert found[0] == ("settlement", (0,), ("A", "B", "C"))
    assert len(found) == 6


def test_a_day_with_an_unrecorded_payment_does_not_disturb_the_others():
    lines, payments = six_days()
    result = match(lines, [each for each in payments if each.payment_id != "E"])
    assert [each.line_ids for each in result.matches if 1 in each.line_ids] == []


def test_where_the_books_often_lack_a_payment_a_set_is_only_offered():
    lines, payments = six_days()
    result = match(lines, [each for each in payments if each.payment_id not in {"E", "H"}])
    assert not result.matches
    assert ("settlement", (0,), ("A", "B", "C")) in suggested(result)


def test_an_equal_payment_left_over_makes_a_set_a_choice():
    lines, payments = six_days()
    twin = payment("z", amount_minor=5000, method="card")
    result = match(lines, [*payments, twin])
    assert (0,) not in [each.line_ids for each in result.matches]
    offers = [each for each in result.suggestions if each.line_ids == (0,)]
    assert {each.payment_ids for each in offers} == {("A", "B", "C"), ("B", "C", "z")}
    assert all(each.ambiguous and "one of 2 sets that fit" in each.reasons for each in offers)


def test_a_day_named_in_the_text_needs_no_habit():
    lines, payments = six_days()
    dated = [
        replace(
            each,
            day=each.day + timedelta(days=each.line_id),
            text=f"{each.text} {each.day - timedelta(days=1)}",
        )
        for each in lines
    ]
    assert len(match(dated, payments).matches) == 6


def test_too_many_payments_to_search_are_said_to_be():
    crowd = [
        payment(
            f"{chr(97 + number % 26)}{number}", amount_minor=500 + 50 * (number % 40), method="card"
        )
        for number in range(200)
    ]
    result = match([line("POS SETTLEMENT 9 TXNS", 9000, days=1)], crowd)
    assert not result.matches


def test_one_fee_on_the_total_of_a_day_makes_an_exact_settlement():
    fees = FeeModel(rules=(FeeRule("card", (FeeTier(basis_points=250, fixed_minor=100),)),))
    lines, payments = six_days()
    net = [
        replace(each, amount_minor=each.amount_minor - fees.fee_minor("card", each.amount_minor))
        for each in lines
    ]
    result = match(net, payments, fee_model=fees)
    assert len(result.matches) == 6
    assert all("after fees of" in " ".join(each.reasons) for each in result.matches)


def test_a_single_settlement_is_offered_whole():
    result = match([line("POS SETTLEMENT 3 TXNS", 18_050, days=1)], cards(5000, 12_350, 700))
    assert not result.matches
    assert suggested(result) == [("settlement", (1,), ("a", "b", "c"))]
    assert not result.suggestions[0].ambiguous


def test_settlements_net_of_agreed_fees_are_settled():
    fees = FeeModel(rules=(FeeRule("card", (FeeTier(basis_points=200),)),))
    lines, payments = six_days(fee_basis_points=200)
    result = match(lines, payments, fee_model=fees)
    assert len(result.matches) == 6
    assert all(each.difference_minor > 0 for each in result.matches)


@pytest.mark.parametrize(
    ("text", "amount", "amounts"),
    [
        ("POS SETTLEMENT", 18_050, (5000, 12_350, 700)),
        ("POS SETTLEMENT 2 TXNS", 18_050, (5000, 12_350, 700)),
        ("POS SETTLEMENT 2 TXNS", 6000, (5000, 1000, 2000, 4000)),
        ("POS SETTLEMENT 3 TXNS", 9650, (5000, 3950, 700, 1100, 2200, 3300, 4400, 6600)),
    ],
)
def test_a_settlement_that_could_be_chance_is_only_offered(text, amount, amounts):
    assert not match([line(text, amount, days=1)], cards(*amounts)).matches


def test_other_channels_and_cash_are_no_members():
    members = [
        payment(amount_minor=5000, method="cash"),
        payment("b", amount_minor=1000, method="mtn_mobile_money"),
    ]
    result = match([line("POS SETTLEMENT 2 TXNS", 6000, days=1)], members)
    assert (result.matches, result.suggestions) == ((), ())


def test_many_settlements_that_all_find_their_sets_show_complete_books():
    payments, lines = [], []
    for number in range(24):
        day = DAY + timedelta(days=6 * number)
        amounts = [each + 50 * number for each in (1350, 2700, 5150, 9900, 17_450, 33_100)]
        payments += [
            payment(f"{chr(65 + number)}{place}", amount_minor=amount, method="card", day=day)
            for place, amount in enumerate(amounts)
        ]
        paid = amounts[1] + amounts[4]
        lines.append(
            line("POS SETTLEMENT 2 TXNS", paid, line_id=number, day=day + timedelta(days=1))
        )
    found = matched(match(lines, payments))
    assert len(found) == 24
    assert all(ids == (f"{ids[0][0]}1", f"{ids[0][0]}4") for _, _, ids in found)


def test_one_line_that_names_several_payments_and_brings_their_sum():
    others = payment("b", amount_minor=7000)
    text = "INV-20260116-00001 and INV-20260228-00098"
    assert matched(match([line(text, 22_000)], [payment(), others])) == [
        ("settlement", (1,), ("a", "b"))
    ]
    assert not match([line(text, 15_000)], [payment(), others]).matches


def test_several_lines_that_name_one_payment_and_bring_its_amount():
    lines = [
        line("INV-20260116-00001", 9000, line_id=1),
        line("INV-20260116-00001", 6000, line_id=2, days=2),
    ]
    assert matched(match(lines, [payment()])) == [("split", (1, 2), ("a",))]
    assert not match(lines[:1], [payment()]).matches


def taken_back(text: str, amount: int = -15_000, **more: object):
    lines = [
        line("INV-20260116-00001 0788123456", line_id=1, transaction_id="9900887766"),
        line(text, amount, line_id=2, **({"days": 2} | more)),
    ]
    return match(lines, [payment(), payment("b")])


@pytest.mark.parametrize("text", ["REVERSAL INV-20260116-00001", "Reversal of 9900887766"])
def test_a_reversal_that_names_its_original_is_tied_to_it_and_proves_nothing(text):
    result = taken_back(text)
    assert matched(result) == [("reversal", (1, 2), ("a",))]
    assert result.suggestions == ()
    assert result.unmatched_payment_ids == ("a", "b")
    assert result.unmatched_line_ids == ()


@pytest.mark.parametrize(
    "text", ["REVERSAL INV-20260116-0000", "ROLLBACK 0788123456", "REVERSAL", "INV-20260116-00001"]
)
def test_a_payment_that_seems_taken_back_is_not_proved_either(text):
    result = taken_back(text)
    assert not result.matches
    assert suggested(result) == [("reversal", (1, 2), ("a",))]
    assert result.unmatched_payment_ids == ("a", "b")


@pytest.mark.parametrize("given", [{"amount": -9000}, {"days": -3}])
def test_a_reversal_of_another_amount_or_long_before_its_original_is_only_offered(given):
    result = taken_back("Reversal of 9900887766", **given)
    assert "reversal" not in [kind for kind, _, _ in matched(result)]


def test_two_reversals_of_one_payment_are_for_a_person():
    lines = [
        line("INV-20260116-00001", line_id=1),
        line("REVERSAL INV-20260116-00001", -15_000, line_id=2),
        line("REVERSAL INV-20260116-00001", -15_000, line_id=3, days=1),
    ]
    result = match(lines, [payment()])
    assert not result.matches
    assert result.unmatched_payment_ids == ("a",)


def test_a_reversal_is_tied_to_the_line_it_names_where_no_payment_is_known():
    lines = [
        line("cash in", line_id=1, transaction_id="9900887766"),
        line("Reversal of 9900887766", -15_000, line_id=2),
    ]
    result = match(lines, [])
    assert matched(result) == [("reversal", (1, 2), ())]


def test_a_reversal_without_its_original_names_the_payment():
    result = match([line("REVERSAL INV-20260116-00001", -15_000)], [payment(reconciled=True)])
    assert suggested(result) == [("reversal", (1,), ("a",))]


REFUND = OpenRefund("r", 5000, DAY + timedelta(days=2), "RF99887766")


@pytest.mark.parametrize(
    "given", [{"transaction_id": "RF99887766"}, {"text": "refund INV-20260116-00001"}]
)
def test_a_refund_is_matched_with_its_debit_and_the_payment_stays_proved(given):
    lines = [
        line("INV-20260116-00001", line_id=1),
        line(amount=-5000, line_id=2, days=2, **given),
    ]
    result = match(lines, [payment(refunded=(REFUND,))])
    assert matched(result) == [("one_to_one", (1,), ("a",)), ("refund", (2,), ("a",))]


@pytest.mark.parametrize(
    "given", [{"amount": -4000, "days": 2}, {"amount": -5000, "days": 0}, {"amount": 5000}]
)
def test_another_amount_day_or_direction_is_no_refund(given):
    result = match([line(transaction_id="RF99887766", **given)], [payment(refunded=(REFUND,))])
    assert not result.matches


def test_one_refund_is_not_paid_twice():
    lines = [line("RF99887766", -5000, line_id=number, days=2) for number in (1, 2)]
    assert not match(lines, [payment(refunded=(REFUND,))]).matches


def test_a_charge_of_the_bank_is_offered_as_one():
    result = match([line("Monthly account charge", -500)], [payment(amount_minor=500)])
    assert not result.matches
    assert suggested(result) == [("bank_charge", (1,), ())]


def test_a_day_of_which_one_payment_is_not_paid_out_is_offered_without_it():
    members = cards(5000, 12_350, 700, 3100, 8900, 4300, 250)
    paid = sum(each.amount_minor for each in members) - members[4].amount_minor
    result = match([line("POS SETTLEMENT 16/01/2026", paid, days=1)], members)
    without_it = tuple(each.payment_id for each in members if each is not members[4])
    assert ("settlement", (1,), without_it) in suggested(result)

from __future__ import annotations

from datetime import timedelta

import pytest

from core.matching.engine import MatchingCancelledError, match
from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import MatchKind
from tests.core.matching.examples import DAY, line, matched, payment, settles, suggested


@pytest.mark.parametrize(
    "text",
    [
        "Payment INV-20260116-00001 thank you",
        "payment inv 20260116 00001",
        "PAYINV2026011600001KGL",
        "INV-2O26O116-OOOO1",
        "order ORD-2026-01-16-001",
        "ord20260116001",
        "ref TXN123456789",
    ],
)
def test_an_identifier_is_found_as_written_spaced_joined_or_in_other_case(text):
    assert settles(line(text), payment(), payment("b"))


@pytest.mark.parametrize("field", ["reference", "transaction_id"])
def test_an_identifier_in_a_field_of_its_own_counts(field):
    assert settles(line(**{field: "TXN123456789"}), payment(), payment("b"))


@pytest.mark.parametrize(
    "text",
    ["INV-20260116-000011", "9INV-20260116-0000199", "TXN1234567890", "amount 15000", "20260116"],
)
def test_a_piece_of_a_longer_number_names_nothing(text):
    assert not match([line(text)], [payment()]).matches


@pytest.mark.parametrize(
    "text",
    [
        "TRF INV-20260116-0000 UWASE ALINE",
        "TRF INV-20260116-000 UWASE ALINE",
        "TRF INV-20260161-00001 250788123456",
        "TRF INV-20260117-00001 250788123456",
        "TRF INV-2026016-00001 0788 123 456",
    ],
)
def test_a_damaged_reference_settles_with_equal_amount_and_its_payer(text):
    assert settles(line(text), payment(), payment("b"))


def test_a_damaged_reference_with_another_amount_settles_nothing():
    assert not match([line("INV-20260116-000 UWASE ALINE", 14000)], [payment()]).matches


def test_a_damaged_reference_that_fits_two_payments_is_offered_as_a_set():
    twin = payment("b", invoice_number="INV-20260116-00002")
    result = match([line("TRF INV-20260116-0000 UWASE ALINE")], [payment(), twin])
    assert not result.matches
    assert suggested(result) == [("one_to_one", (1,), ("a", "b"))]
    assert result.suggestions[0].ambiguous


def test_equal_amount_and_day_alone_is_only_offered():
    result = match([line("cash in")], [payment()])
    assert not result.matches
    assert suggested(result) == [("one_to_one", (1,), ("a",))]


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Received from 0788123456"},
        {"text": "Received from +250 788 123 456"},
        {"phone": "250788123456"},
        {"phone": "2507****456", "counterparty": "UWASE ALINE"},
        {"counterparty": "Uwase Aliné"},
        {"counterparty": "A. UWASE"},
        {"text": "VIREMENT DE UWASE ALINE"},
    ],
)
def test_a_payer_known_by_phone_or_name_settles_an_equal_amount(given):
    assert settles(line(**given), payment(), payment("b", phone="", customer_name="Eric Gatete"))


@pytest.mark.parametrize(
    "given",
    [
        {"phone": "2507*****56"},
        {"phone": "2507****999", "counterparty": "UWASE ALINE"},
        {"phone": "250722000000", "counterparty": "UWASE ALINE"},
        {"counterparty": "UWASE"},
        {"counterparty": "UWASE MARIE"},
        {"text": "from 0788123456", "amount": 14900},
        {"text": "from 0788123456", "days": 9},
        {"text": "from 0788123456", "days": -1},
        {"text": "from 0788123456", "currency": "USD"},
        {"text": "from 0788123456 for INV-20260101-00077"},
    ],
)
def test_weak_or_contradicted_payers_settle_nothing(given):
    assert not match([line(**given)], [payment()]).matches


def test_two_equal_payments_of_one_customer_are_offered_as_a_set_with_both_lines():
    lines = [line(line_id=number, phone="250788123456") for number in (1, 2)]
    result = match(lines, [payment(), payment("b")])
    assert not result.matches
    assert suggested(result) == [("one_to_one", (1, 2), ("a", "b"))]


def test_a_strong_match_is_never_taken_by_a_weaker_one():
    lines = [line(line_id=1, phone="250788123456"), line("TXN123456789", line_id=2, days=3)]
    assert matched(match(lines, [payment(), payment("b")])) == [
        ("one_to_one", (1,), ("b",)),
        ("one_to_one", (2,), ("a",)),
    ]


def test_a_reference_whose_amount_fits_only_another_is_a_contradiction():
    other = payment("b", amount_minor=9000, invoice_number="INV-20260116-00010")
    result = match([line("INV-20260116-00001 UWASE ALINE", 9000)], [payment(), other])
    assert not result.matches
    assert suggested(result) == [("one_to_one", (1,), ("a", "b"))]


def test_a_slip_onto_an_equal_payment_is_seen_by_the_payers_name():
    other = payment("b", invoice_number="INV-20260116-00010", customer_name="Eric Gatete")
    slip = line("INV-20260116-00001", counterparty="GATETE ERIC")
    assert not match([slip], [payment(), other]).matches


def test_two_lines_that_name_one_payment_are_not_settled():
    lines = [line("INV-20260116-00001", line_id=number) for number in (1, 2)]
    assert not match(lines, [payment()]).matches


def test_a_shared_order_number_does_not_decide():
    result = match(
        [line("ORD-2026-01-16-001")], [payment(), payment("b", reference="ORD-2026-01-16-001")]
    )
    assert not result.matches
    assert result.suggestions[0].ambiguous


@pytest.mark.parametrize(("days", "expected"), [(-2, False), (-1, True), (0, True), (60, True)])
def test_money_never_matches_the_future_beyond_a_day_of_slack(days, expected):
    assert settles(line("INV-20260116-00001", days=days), payment()) is expected


def test_money_going_out_never_pays():
    assert not match([line("INV-20260116-00001", -15000)], [payment()]).matches


def test_another_currency_never_matches():
    assert not match([line("INV-20260116-00001", currency="USD")], [payment()]).matches


def test_a_reconciled_payment_is_never_matched_again():
    result = match([line("INV-20260116-00001")], [payment(reconciled=True)])
    assert (result.matches, result.unmatched_payment_ids) == ((), ())


FEES = FeeModel(
    rules=(
        FeeRule(
            "mtn_mobile_money",
            (FeeTier(fixed_minor=100, up_to_minor=10_000), FeeTier(500, maximum_minor=700)),
        ),
    )
)


@pytest.mark.parametrize(("amount", "fee"), [(10_000, 100), (12_000, 600), (15_000, 700)])
def test_an_agreed_fee_makes_gross_and_net_an_exact_pair(amount, fee):
    result = match(
        [line("INV-20260116-00001", amount - fee)],
        [payment(amount_minor=amount)],
        fee_model=FEES,
    )
    assert [(each.kind, each.difference_minor) for each in result.matches] == [
        (MatchKind.FEE_NET, fee)
    ]


def test_a_fee_that_the_file_states_makes_an_exact_pair():
    assert settles(line("INV-20260116-00001", 13_000, fee_minor=2000), payment())


@pytest.mark.parametrize(
    ("text", "amount", "expected"),
    [
        ("INV-20260116-00001", 14_850, True),
        ("INV-20260116-00001", 14_000, False),
        ("INV-20260116-00001", 15_100, False),
        ("INV-20260116-0000 UWASE ALINE", 14_850, False),
        ("UWASE ALINE 0788123456", 14_850, False),
    ],
)
def test_an_unknown_fee_is_small_and_needs_the_exact_reference(text, amount, expected):
    assert settles(line(text, amount), payment()) is expected


def test_every_match_says_why():
    (proposal,) = match([line("INV-20260116-00001 UWASE ALINE", days=1)], [payment()]).matches
    assert proposal.reasons == (
        "invoice number INV-20260116-00001 stands in the text",
        "amount equal: 15\u202f000\u00a0RWF",
        "payer's name agrees: Aline Uwase",
        "1 day after the payment",
    )
    assert proposal.confidence == 98


def test_stopping_changes_nothing_and_says_so():
    with pytest.raises(MatchingCancelledError, match=r"Nothing was changed\."):
        match([line()], [payment()], cancelled=lambda: True)


def test_nothing_is_lost_from_the_lists():
    result = match([line("unknown", 1)], [payment(day=DAY + timedelta(days=1))])
    assert (result.unmatched_line_ids, result.unmatched_payment_ids) == ((1,), ("a",))

"""Whole months of invented shops, with the truth known, and laws that hold for any rows."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.matching.engine import match
from core.matching.records import MatchKind, OpenLine, OpenPayment
from tests.core.matching import foreign_shop, labelled_shop
from tests.core.matching.labelled_shop import FEES, Maker
from tests.core.matching.scoring import Score, Shop, score
from tests.core.matching.shop_basics import FIRST_DAY

MAKERS = {
    "labelled": (labelled_shop.Maker, labelled_shop.FEES),
    "foreign": (foreign_shop.Maker, foreign_shop.FEES),
}


def run(shop_kind: str, seed: int, lines: int) -> Score:
    maker, fees = MAKERS[shop_kind]
    shop = maker(seed).make(lines)
    return score(shop, match(shop.lines, shop.payments, fee_model=fees))


@pytest.mark.parametrize("shop_kind", MAKERS)
@pytest.mark.parametrize("seed", range(4))
def test_a_month_of_a_shop_has_no_wrong_automatic_match(shop_kind, seed):
    figures = run(shop_kind, seed, 1200)
    print(f"{shop_kind}, seed {seed}: {figures}")
    assert figures.wrong == []
    assert figures.decided_share > 0.97
    # A second line that seems to mean the same payment leaves its reversal to a person.
    assert figures.right["reversal"] >= 0.95 * figures.total["reversal"]
    assert figures.right["refund"] == figures.total["refund"]


@pytest.mark.parametrize("shop_kind", MAKERS)
def test_five_thousand_lines_are_matched_as_far_as_can_be_known(shop_kind):
    figures = run(shop_kind, 42, 5000)
    print(f"{shop_kind}: {figures}")
    assert figures.wrong == []
    assert figures.decided_share > 0.97
    assert figures.first_share > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("shop_kind", MAKERS)
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_months_have_no_wrong_automatic_match(shop_kind, seed):
    assert run(shop_kind, seed, 2500).wrong == []


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed: int, order: random.Random):
    shop = Maker(seed).make(150)
    lines, payments = shop.lines[:], shop.payments[:]
    order.shuffle(lines)
    order.shuffle(payments)
    once = match(shop.lines, shop.payments)
    assert match(lines, payments) == once
    assert match(shop.lines, shop.payments) == once


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), other=st.integers(0, 10**6))
def test_an_unrelated_payment_never_makes_a_match_wrong(seed: int, other: int):
    shop = Maker(seed).make(150)
    stranger = replace(
        Maker(other)._new()[0], payment_id="stranger", invoice_number="", reference=""
    )
    before = score(shop, match(shop.lines, shop.payments, fee_model=FEES))
    result = match(shop.lines, [*shop.payments, stranger], fee_model=FEES)
    assert "stranger" in result.unmatched_payment_ids
    assert {each.payment_ids for _, each in score(shop, result).wrong} <= {
        each.payment_ids for _, each in before.wrong
    }


NAMES = ("Aline Uwase", "Eric Gatete", "")
DAYS = st.integers(0, 6).map(lambda days: FIRST_DAY + timedelta(days=days))
AMOUNTS = st.sampled_from((500, 1000, 1500, 990))
NUMBERS = st.integers(1, 12).map(lambda number: f"INV-2026-{number:04d}")
PAYMENTS = st.lists(
    st.builds(
        OpenPayment,
        payment_id=st.uuids().map(str),
        day=DAYS,
        amount_minor=AMOUNTS,
        currency=st.sampled_from(("RWF", "USD")),
        method=st.sampled_from(("card", "mtn_mobile_money")),
        invoice_number=NUMBERS,
        phone=st.sampled_from(("+250788123456", "+250722000111", "")),
        customer_name=st.sampled_from(NAMES),
    ),
    max_size=14,
    unique_by=lambda payment: payment.payment_id,
)
TEXTS = st.one_of(
    NUMBERS,
    NUMBERS.map(lambda number: number[:-1] + " UWASE ALINE"),
    st.tuples(NUMBERS, NUMBERS).map(" ".join),
    NUMBERS.map("REVERSAL {}".format),
    st.sampled_from(
        ("0788123456", "GATETE ERIC", "POS SETTLEMENT 2 TXNS", "BATCH", "2507****456 UWASE ALINE")
    ),
)
LINES = st.lists(
    st.builds(
        OpenLine,
        line_id=st.integers(1, 10**6),
        day=DAYS,
        amount_minor=st.one_of(AMOUNTS, AMOUNTS.map(int.__neg__), st.just(2000)),
        text=TEXTS,
    ),
    max_size=14,
    unique_by=lambda line: line.line_id,
)


@settings(max_examples=300, deadline=None)
@given(lines=LINES, payments=PAYMENTS)
def test_laws_of_every_result(lines: list[OpenLine], payments: list[OpenPayment]):
    result = match(lines, payments)
    by_line = {line.line_id: line for line in lines}
    by_payment = {payment.payment_id: payment for payment in payments}
    used = Counter(each for match_ in result.matches for each in match_.payment_ids)
    settled = Counter(each for match_ in result.matches for each in match_.line_ids)
    assert max([*used.values(), *settled.values()], default=1) == 1
    assert set(settled) | set(result.unmatched_line_ids) == set(by_line)
    assert not set(settled) & set(result.unmatched_line_ids)
    proved = {
        each
        for match_ in result.matches
        if match_.kind is not MatchKind.REVERSAL
        for each in match_.payment_ids
    }
    assert proved | set(result.unmatched_payment_ids) == set(by_payment)
    assert not proved & set(result.unmatched_payment_ids)
    for proposal in result.matches:
        assert proposal.automatic and not proposal.ambiguous and proposal.reasons
        assert 0 <= proposal.confidence <= 100
        if proposal.kind is MatchKind.REVERSAL:
            assert sum(by_line[each].amount_minor for each in proposal.line_ids) == 0
            continue
        members = [by_payment[each] for each in proposal.payment_ids]
        money = sum(by_line[each].amount_minor for each in proposal.line_ids)
        assert sum(member.amount_minor for member in members) - money == proposal.difference_minor
        for line in (by_line[each] for each in proposal.line_ids):
            assert line.amount_minor > 0
            for member in members:
                assert member.currency == line.currency
                assert member.day <= line.day + timedelta(days=1)
    for proposal in result.suggestions:
        assert not proposal.automatic and proposal.reasons
        assert not settled.keys() & set(proposal.line_ids)


@settings(max_examples=100, deadline=None)
@given(payments=PAYMENTS, number=NUMBERS, amount=AMOUNTS)
def test_a_contradiction_is_never_settled(payments: list[OpenPayment], number: str, amount: int):
    named = [each for each in payments if each.invoice_number == number]
    line = OpenLine(1, date(2026, 2, 1), amount, text=f"{number} UWASE ALINE 0788123456")
    result = match([line], payments)
    if not any(amount <= each.amount_minor <= amount * 1.05 for each in named):
        assert not any(
            set(match_.payment_ids) - {each.payment_id for each in named}
            for match_ in result.matches
            if named
        )
        assert not (named and result.matches)


def test_the_cost_grows_with_lines_not_with_pairs():
    def size(number: int) -> Shop:
        return Maker(1).make(number)

    def calls(shop: Shop) -> int:
        """Count calls, not seconds: a busy machine must not decide."""
        count = 0

        def profile(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(profile)
        try:
            match(shop.lines, shop.payments, fee_model=FEES)
        finally:
            sys.setprofile(None)
        return count

    assert calls(size(1600)) < 2 * 4 * calls(size(400))

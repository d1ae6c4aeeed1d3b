"""A channel's fee rule from confirmed payments: exact, and none where one pair disagrees."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.matching.fee_learning import FeePair, rule_of
from core.matching.fees import FeeRule, FeeTier

PRICES = (1_500, 4_000, 12_350, 25_000, 60_000, 99_900, 150_000, 240_000, 310_000)
MTN_TRANSFERS = FeeRule(
    "mtn_mobile_money",
    (
        FeeTier(fixed_minor=20, up_to_minor=1_000),
        FeeTier(fixed_minor=100, up_to_minor=10_000),
        FeeTier(fixed_minor=250, up_to_minor=150_000),
        FeeTier(fixed_minor=1_500, up_to_minor=2_000_000),
    ),
)
"""The shape of a network's tariff: one amount a band (gateways.md: 100 RWF on 10 000)."""


def shown(tier, prices=PRICES):
    return [FeePair(price, tier.fee_minor(price)) for price in prices]


@pytest.mark.parametrize(
    "tier",
    [
        FeeTier(basis_points=100),
        FeeTier(basis_points=35),
        FeeTier(fixed_minor=250),
        FeeTier(basis_points=50, fixed_minor=20),
        FeeTier(basis_points=100, minimum_minor=200),
        FeeTier(basis_points=100, maximum_minor=2_000),
        FeeTier(basis_points=100, minimum_minor=200, maximum_minor=2_000),
    ],
)
def test_the_rule_that_made_the_fees_is_found(tier):
    assert rule_of("card", shown(tier)) == FeeRule("card", (tier,))


def test_three_payments_are_enough_and_two_are_not():
    one_percent = shown(FeeTier(basis_points=100))
    assert rule_of("card", one_percent[:2]) is None
    assert rule_of("card", one_percent[:3]) == FeeRule("card", (FeeTier(basis_points=100),))


@pytest.mark.parametrize("place", range(len(PRICES)))
def test_one_payment_that_disagrees_leaves_no_rule(place):
    pairs = shown(FeeTier(basis_points=100))
    odd = FeePair(pairs[place].gross_minor, pairs[place].fee_minor + 7)
    assert rule_of("card", [*pairs[:place], odd, *pairs[place + 1 :]]) is None
    assert rule_of("card", [*pairs, odd]) is None


def test_one_price_alone_does_not_tell_a_percentage_from_a_fixed_fee():
    assert rule_of("card", [FeePair(5_000, 50)] * 20) is None
    assert rule_of("card", [FeePair(5_000, 50), FeePair(5_001, 50), FeePair(4_999, 50)]) is None


def test_a_tariff_in_bands_is_known_where_payments_showed_it_and_nowhere_else():
    prices = (200, 500, 900, 1_500, 5_000, 10_000, 12_000, 80_000, 150_000)
    rule = rule_of("mtn_mobile_money", [FeePair(p, MTN_TRANSFERS.fee_minor(p)) for p in prices])
    assert rule is not None
    assert [rule.fee_minor(p) for p in prices] == [20, 20, 20, 100, 100, 100, 250, 250, 250]
    assert [rule.fee_minor(p) for p in (100, 1_200, 11_000, 200_000)] == [0, 0, 0, 0]


def test_a_band_seen_only_once_leaves_the_whole_tariff_unknown():
    prices = (200, 500, 900, 1_500, 12_000, 80_000, 150_000)
    pairs = [FeePair(p, MTN_TRANSFERS.fee_minor(p)) for p in prices]
    assert rule_of("mtn_mobile_money", pairs) is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(100, 1_000_000), st.integers(1, 20_000)), min_size=1, max_size=25
    )
)
def test_a_rule_always_explains_every_pair_it_was_learned_from(raw):
    pairs = [FeePair(gross, min(fee, gross)) for gross, fee in raw]
    rule = rule_of("card", pairs)
    assert rule is None or all(rule.fee_minor(each.gross_minor) == each.fee_minor for each in pairs)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 500),
    st.integers(0, 300),
    st.sets(st.integers(100, 2_000_000), min_size=4, max_size=20),
)
def test_percent_and_fixed_parts_explain_what_they_made(points, fixed, prices):
    tier = FeeTier(basis_points=points, fixed_minor=fixed)
    pairs = [each for each in shown(tier, sorted(prices)) if each.fee_minor > 0]
    rule = rule_of("card", pairs)
    assert rule is None or all(rule.fee_minor(each.gross_minor) == each.fee_minor for each in pairs)

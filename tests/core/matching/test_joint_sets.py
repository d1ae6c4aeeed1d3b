from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.joint_sets import (
    Dealt,
    Reach,
    SearchGivenUpError,
    Supply,
    Wanted,
    deal_most,
    value_sets,
)

AMOUNTS = st.lists(st.sampled_from((50, 100, 150, 500, 700, 1000)), max_size=8)


def every_set(amounts: list[int], size: int, total: int) -> set[tuple[int, ...]]:
    """Return all sets of a size and sum, by trying every one."""
    chosen = (tuple(sorted(each)) for each in combinations(amounts, size))
    return {each for each in chosen if sum(each) == total}


@given(amounts=AMOUNTS, size=st.integers(1, 8), total=st.integers(1, 60).map(lambda n: n * 50))
def test_the_search_finds_every_set_once(amounts: list[int], size: int, total: int):
    found = value_sets(Supply(amounts, [size]), Wanted(size, (total,)))
    assert len(found) == len(set(found))
    assert set(found) == every_set(amounts, size, total)


@given(amounts=AMOUNTS, size=st.integers(1, 8), total=st.integers(1, 60).map(lambda n: n * 50))
def test_the_table_knows_exactly_what_sets_make(amounts: list[int], size: int, total: int):
    reach = Reach(amounts, [size])
    wanted = Wanted(size, (total,))
    assert reach.makes(wanted) == bool(every_set(amounts, size, total))
    assert 0 < reach.chance(wanted) <= 1


@given(amounts=AMOUNTS, taken=st.integers(0, 3))
def test_what_is_dealt_is_there_and_makes_the_totals(amounts: list[int], taken: int):
    first, second = amounts[: taken + 1], amounts[taken + 1 :][:2]
    totals = [Wanted(len(each), (sum(each),)) for each in (first, second) if each]
    way = deal_most(amounts, totals)
    assert all(each.explained == 1 for each in way)
    used = Counter(value for each in way for value in each.values or ())
    assert used <= Counter(amounts)
    for dealt, each in zip(way, totals, strict=True):
        assert dealt.values is None or sum(dealt.values) in each.totals


def test_totals_of_one_day_decide_each_other():
    amounts, four_hundred = [100, 150, 250, 300], Wanted(2, (400,))
    assert set(value_sets(Supply(amounts, [2]), four_hundred)) == {(100, 300), (150, 250)}
    assert deal_most(amounts, [four_hundred]) == [Dealt(1.0)]
    assert deal_most(amounts, [four_hundred, Wanted(1, (100,))]) == [
        Dealt(1.0, (150, 250)),
        Dealt(1.0, (100,)),
    ]


def test_one_total_may_be_taken_out_where_an_amount_is_missing():
    totals = [Wanted(2, (250,)), Wanted(2, (777,)), Wanted(1, (300,))]
    assert deal_most([100, 150, 300], totals) == [
        Dealt(1.0, (100, 150)),
        Dealt(0.0),
        Dealt(1.0, (300,)),
    ]


def test_a_dense_pool_makes_any_total_and_says_so():
    dense = Reach([50 * n for n in range(1, 60)], [4])
    sparse = Reach([1350, 5150, 17_450], [3])
    assert dense.chance(Wanted(4, (6000,))) > 0.9
    assert sparse.chance(Wanted(3, (23_950,))) < 0.01


def test_the_search_gives_up_and_says_so():
    crowd = Supply([2 * n for n in range(1, 120)], [10])
    with pytest.raises(SearchGivenUpError):
        value_sets(crowd, Wanted(10, (1300,)))
    assert len(value_sets(crowd, Wanted(10, (1300,)), enough=5)) == 5

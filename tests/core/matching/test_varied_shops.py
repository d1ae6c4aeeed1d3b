"""Shops of four shapes: nothing wrong by itself, most of what can be known, laws for any rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from core.matching.engine import match
from core.matching.records import MatchingResult, MatchKind, OpenLine, OpenPayment
from tests.core.matching.varied_shops import SHAPES, Shop, make_shop
from tests.core.matching.varied_shops.score import score, table, total

SEEDS = range(1, 2)
STORIES = 300
MANY_SEEDS = range(100, 130)


def matched(shop: Shop) -> MatchingResult:
    return match(shop.lines, shop.payments, fee_model=shop.fees)


def mistakes(shop: Shop, result: MatchingResult) -> list[object]:
    return [each for figures in score(shop, result).values() for each in figures.mistakes]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shop_has_a_wrong_automatic_match(shape: str, seed: int):
    shop = make_shop(shape, seed, STORIES)
    assert mistakes(shop, matched(shop)) == []


def test_an_unknown_number_of_ours_is_no_broken_reference_of_another_payment():
    shop = make_shop("school", 2, 500)
    assert mistakes(shop, matched(shop)) == []


@pytest.mark.parametrize(("price_holders", "settles"), [(2, True), (12, False)])
def test_a_masked_phone_settles_only_what_few_could_have_paid(price_holders: int, settles: bool):
    day = make_shop("kiosk", 1).lines[0].day
    payments = [
        OpenPayment(f"p{number}", day, 5_000, phone=f"+2507881230{number:02}")
        for number in range(price_holders)
    ]
    line = OpenLine(1, day, 5_000, phone="2507****001")
    result = match([line], payments)
    assert bool(result.matches) is settles
    offered = [*result.matches, *result.suggestions]
    assert offered[0].payment_ids[0] == "p1"


@pytest.mark.parametrize("shape", [each for each in SHAPES if each != "kiosk"])
def test_what_can_be_decided_is_decided_and_the_rest_offered(shape: str):
    shop = make_shop(shape, 3, STORIES)
    figures = score(shop, matched(shop))
    print(f"\n{shape}\n{table(figures)}")
    whole = total(figures.values())
    assert whole.wrong == 0
    assert whole.matched >= 0.93 * whole.decidable
    assert whole.right_first >= 0.7 * whole.rest


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY_SEEDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_many_shops_have_no_wrong_automatic_match(shape: str, seed: int):
    shop = make_shop(shape, seed, STORIES)
    assert mistakes(shop, matched(shop)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_the_order_of_lines_and_payments_changes_nothing(shape: str):
    shop = make_shop(shape, 5, 150)
    once = matched(shop)
    lines, payments = shop.lines[:], shop.payments[:]
    random.Random(1).shuffle(lines)
    random.Random(2).shuffle(payments)
    assert match(lines, payments, fee_model=shop.fees) == once


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_payments_that_have_nothing_to_do_with_a_shop_make_no_match_wrong(shape: str, seed: int):
    shop = make_shop(shape, 6, 150)
    strangers = [
        replace(each, payment_id=f"stranger {each.payment_id}", reference="", invoice_number="")
        for each in random.Random(seed).sample(make_shop(shape, 1000 + seed, 150).payments, 5)
        if not each.reconciled
    ]
    more = replace(shop, payments=[*shop.payments, *strangers])
    assert mistakes(more, matched(more)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_no_payment_is_used_beyond_its_amount_and_no_line_twice(shape: str):
    shop = make_shop(shape, 7, 150)
    result = matched(shop)
    lines: dict[int, OpenLine] = {each.line_id: each for each in shop.lines}
    payments: dict[str, OpenPayment] = {each.payment_id: each for each in shop.payments}
    used = Counter(line_id for each in result.matches for line_id in each.line_ids)
    assert not used or max(used.values()) == 1
    proving = [
        each for each in result.matches if each.kind not in {MatchKind.REVERSAL, MatchKind.REFUND}
    ]
    proved = Counter(payment_id for each in proving for payment_id in each.payment_ids)
    assert not proved or max(proved.values()) == 1
    for each in proving:
        brought = sum(lines[line_id].amount_minor for line_id in each.line_ids)
        assert brought <= sum(payments[key].amount_minor for key in each.payment_ids)


def test_a_day_of_too_many_payments_is_said_to_be_too_many():
    shop = make_shop("kiosk", 1, 40)
    day = shop.lines[0].day
    many = [
        OpenPayment(f"m{number:03}", day, 1_000 + number * 7, method="mtn_mobile_money")
        for number in range(214)
    ]
    line = OpenLine(1, day, 31_415, text=f"MTN MOMO SETTLEMENT {day:%d/%m/%Y}")
    result = match([line], many)
    assert [each.line_id for each in result.given_up] == [1]
    assert "too many to search: 214" in result.given_up[0].reason
    assert not result.matches


def test_a_whole_day_of_many_payments_is_one_sum_and_no_search():
    shop = make_shop("kiosk", 1, 40)
    day = shop.lines[0].day
    many = [
        OpenPayment(f"m{number:03}", day, 1_013 + number * 77, method="mtn_mobile_money")
        for number in range(214)
    ]
    whole = sum(each.amount_minor for each in many)
    line = OpenLine(1, day, whole, text=f"MTN MOMO SETTLEMENT {day:%d/%m/%Y}")
    result = match([line], many)
    offered = [*result.matches, *result.suggestions]
    assert [len(each.payment_ids) for each in offered] == [214]

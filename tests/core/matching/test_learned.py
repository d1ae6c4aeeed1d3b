"""What was learned suggests and explains; by itself it makes nothing certain, nor undoes a no."""

from __future__ import annotations

import pickle
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest

from core.matching.declined import Declined, declined_by
from core.matching.engine import match
from core.matching.fees import FeeRule, FeeTier
from core.matching.learned import Learned, LearnedPayer
from core.matching.marks import marks_of, wording_of
from core.matching.records import MatchKind
from tests.core.matching import foreign_shop, labelled_shop
from tests.core.matching.examples import line, matched, payment, suggested

JB = LearnedPayer(
    mark_kind="name",
    mark="B J TRADING",
    mark_words="J B TRADING LTD",
    payer="Jean Bosco",
    names=("Jean Bosco",),
    phones=("788555444",),
    times=3,
    by="Alice",
    day=date(2026, 1, 3),
)
MAKERS = {
    "labelled": (labelled_shop.Maker, labelled_shop.FEES),
    "foreign": (foreign_shop.Maker, foreign_shop.FEES),
}


def bosco(payment_id, **changes):
    return payment(payment_id, customer_name="Jean Bosco", phone="+250788555444", **changes)


def from_jb(**changes):
    return line("TRANSFER", counterparty="J.B. Trading Ltd", **changes)


def test_the_payer_matched_before_comes_before_others_of_the_amount():
    offers = match([from_jb()], [payment("b"), bosco("c")], learned=Learned(payers=(JB,)))
    assert suggested(offers) == [("one_to_one", (1,), ("c",))]
    (offer,) = offers.suggestions
    assert offer.reasons[0] == (
        "As on 3 January, when Alice matched “J B TRADING LTD” with Jean Bosco (3 times so far)."
    )
    assert offers.matches == ()


def test_the_year_is_said_where_it_is_another():
    long_ago = replace(JB, day=date(2025, 3, 3), times=1)
    offers = match([from_jb()], [bosco("c")], learned=Learned(payers=(long_ago,)))
    assert offers.suggestions[0].reasons[0].startswith("As on 3 March 2025, when Alice")


def test_a_payment_after_the_line_or_long_before_or_of_another_amount_is_not_suggested():
    payments = [bosco("b", day=date(2026, 1, 17)), bosco("c", day=date(2026, 1, 1))]
    learned = Learned(payers=(JB,))
    assert match([from_jb()], payments, learned=learned).suggestions == ()
    other_amount = match([from_jb()], [bosco("d", amount_minor=40_000)], learned=learned)
    assert other_amount.suggestions == ()


def test_a_payers_phone_finds_payments_under_another_name():
    cash = payment("b", customer_name="", phone="+250788555444")
    offers = match([from_jb()], [payment("c"), cash], learned=Learned(payers=(JB,)))
    assert suggested(offers) == [("one_to_one", (1,), ("b",))]


def test_a_mark_of_more_payers_than_anyone_is_says_nothing():
    payers = tuple(
        replace(JB, payer=f"Payer {n}", names=(f"Payer Number{n}",), phones=(f"78800000{n}",))
        for n in range(4)
    )
    payments = [payment("b", phone="+250788000001"), payment("c")]
    offers = match([from_jb()], payments, learned=Learned(payers=payers))
    assert not any("As on" in reason for each in offers.suggestions for reason in each.reasons)


def test_a_certain_match_is_not_moved_by_what_was_learned():
    named = from_jb(reference="ORD-2026-01-16-001")
    offers = match([named], [payment("a"), bosco("c")], learned=Learned(payers=(JB,)))
    assert matched(offers) == [("one_to_one", (1,), ("a",))]


def test_two_lines_of_a_learned_payer_and_two_payments_are_one_set():
    lines = [from_jb(line_id=1), from_jb(line_id=2)]
    offers = match(lines, [bosco("b"), bosco("c")], learned=Learned(payers=(JB,)))
    (offer,) = offers.suggestions
    assert (offer.line_ids, set(offer.payment_ids), offer.ambiguous) == ((1, 2), {"b", "c"}, True)


@pytest.mark.parametrize("shop_kind", MAKERS)
def test_learning_never_makes_a_match_certain(shop_kind):
    """Every line's mark taught for somebody at random: the certain matches stay the same."""
    maker, fees = MAKERS[shop_kind]
    shop = maker(5).make(700)
    chance = random.Random(5)
    of_amount = defaultdict(list)
    for each in shop.payments:
        of_amount[each.amount_minor].append(each)
    payers = tuple(
        LearnedPayer(
            mark_kind=mark.kind,
            mark=mark.folded,
            mark_words=mark.words,
            payer=somebody.customer_name or somebody.phone,
            names=(somebody.customer_name,),
            phones=(somebody.phone[-9:],),
            times=1,
            by="Alice",
            day=date(2026, 1, 3),
        )
        for each in shop.lines
        for mark in marks_of(each)
        for somebody in [chance.choice(of_amount.get(each.amount_minor, shop.payments))]
    )
    without = match(shop.lines, shop.payments, fee_model=fees)
    taught = match(shop.lines, shop.payments, fee_model=fees, learned=Learned(payers=payers))
    assert taught.matches == without.matches
    assert taught.suggestions != without.suggestions
    assert not any(each.automatic for each in taught.suggestions)


@pytest.mark.parametrize("shop_kind", MAKERS)
def test_what_was_declined_is_never_offered_and_makes_nothing_else_certain(shop_kind):
    """All offers declined, round after round, until nothing is left to offer."""
    maker, fees = MAKERS[shop_kind]
    shop = maker(6).make(300)
    first = match(shop.lines, shop.payments, fee_model=fees)
    declined, result = Declined(), first
    certain = {(each.line_ids, each.payment_ids) for each in first.matches}
    for _ in range(4):
        for each in (*result.matches[::3], *result.suggestions):
            more = declined_by(each.kind, each.line_ids, each.payment_ids)
            declined = Declined(declined.pairs | more.pairs, declined.wholes | more.wholes)
        result = match(
            shop.lines, shop.payments, fee_model=fees, learned=Learned(declined=declined)
        )
        assert not any(map(declined.forbids, (*result.matches, *result.suggestions)))
        settled = {(each.line_ids, each.payment_ids) for each in result.matches}
        assert settled <= certain


def test_of_a_declined_choice_the_rest_stays_with_its_own_reasons():
    payments = [payment("b"), payment("c"), payment("d")]
    declined = declined_by(MatchKind.ONE_TO_ONE, [1], ["c"])
    result = match([line("DEPOSIT")], payments, learned=Learned(declined=declined))
    (offer,) = result.suggestions
    assert set(offer.payment_ids) == {"b", "d"}
    assert "1 declined before and not offered again" in offer.reasons
    assert "1 line and 2 payments: nothing tells them apart" in offer.reasons


def test_a_declined_settlement_does_not_decline_its_payments_alone():
    declined = declined_by(MatchKind.SETTLEMENT, [1], ["b", "c"])
    result = match([line("DEPOSIT")], [payment("b")], learned=Learned(declined=declined))
    assert suggested(result) == [("one_to_one", (1,), ("b",))]


def test_a_learned_fee_explains_the_net_amount_of_a_named_payment():
    paid = payment("a", amount_minor=100_000)
    short = line("ORD-2026-01-16-001", amount=95_000)
    assert matched(match([short], [paid])) == []
    rule = FeeRule("mtn_mobile_money", (FeeTier(basis_points=500),))
    assert matched(match([short], [paid], learned=Learned(fees=(rule,)))) == [
        ("fee_net", (1,), ("a",))
    ]


def test_what_was_learned_can_be_sent_to_another_process():
    rule = FeeRule("card", (FeeTier(basis_points=250),))
    learned = Learned((JB,), (rule,), declined_by(MatchKind.SETTLEMENT, [1], ["b"]))
    assert pickle.loads(pickle.dumps(learned)) == learned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FRAIS TENUE DE COMPTE 01/2026", "Frais tenue de compte 02/2026"),
        ("SMS ALERT FEE JAN 2026 REF 99812", "SMS ALERT FEE FEBRUARY 2026 REF 10021"),
        ("Intérêts débiteurs", "INTERETS DEBITEURS 12-2025"),
    ],
)
def test_wordings_are_the_same_but_for_digits_dates_and_accents(one, other):
    assert wording_of(one) == wording_of(other) != ""


def test_marks_are_account_phone_and_name_and_the_wording_only_for_want_of_them():
    full = line("TRF 0788123456", counterparty="Keza Alice", phone="4001-1234-5678")
    assert [(each.kind, each.folded) for each in marks_of(full)] == [
        ("account", "400112345678"),
        ("phone", "788123456"),
        ("name", "ALICE KEZA"),
    ]
    masked = line("CASH IN MUSANZE", phone="2507****123")
    assert [(each.kind, each.folded) for each in marks_of(masked)] == [
        ("wording", "CASH IN MUSANZE")
    ]

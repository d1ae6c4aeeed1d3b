"""What the matching costs, counted in calls: a busy machine must not decide; and its stopping."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.books import Books
from core.matching.engine import match
from core.matching.facts import PaymentFacts
from core.matching.identifiers import fold, fold_all
from core.matching.phone_index import PhoneIndex
from core.matching.phones import national_number
from core.matching.records import MatchingResult, OpenLine, OpenPayment, PaymentColumns
from core.matching.work import MatchingCancelledError

DAY = date(2026, 3, 2)
PRICE = 5_000


def calls_of(act: Callable[[], object]) -> int:
    """Count the calls of Python and of built-in functions."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def popular(number: int, *, customer: str = "") -> list[OpenPayment]:
    """Payments of one price on one day."""
    return [
        OpenPayment(
            f"p{place:05d}",
            DAY,
            PRICE,
            method="mtn_mobile_money",
            invoice_number=f"INV-{place:06d}",
            phone=f"+25078{place:07d}",
            customer_name=customer,
        )
        for place in range(number)
    ]


def same_lines(number: int, *, payer: str = "", text: str = "Payment received") -> list[OpenLine]:
    return [
        OpenLine(place, DAY + timedelta(days=place % 3), PRICE, text=text, counterparty=payer)
        for place in range(number)
    ]


@pytest.mark.parametrize("payer", ["", "UWASE ALINE"])
def test_many_lines_and_payments_of_one_price_cost_what_each_costs_and_no_pairs(payer: str):
    def cost(number: int) -> int:
        lines, payments = same_lines(10 * number, payer=payer), popular(number, customer=payer)
        return calls_of(lambda: match(lines, payments))

    assert cost(80) <= 2.3 * 2 * cost(20)


def test_many_payments_of_another_amount_by_one_payer_cost_what_each_costs_and_no_pairs():
    def cost(number: int) -> int:
        lines = [replace(each, amount_minor=4_000) for each in same_lines(number, payer="UWASE M")]
        payments = popular(20 * number, customer="Uwase M")
        return calls_of(lambda: match(lines, payments))

    assert cost(120) <= 2.3 * 2 * cost(30)


def test_settlements_on_a_day_of_many_payments_cost_what_each_costs_and_no_pairs():
    def cost(number: int) -> int:
        lines = same_lines(number, text="MTN SETTLEMENT 3 TXNS")
        payments = popular(20 * number)
        return calls_of(lambda: match(lines, payments))

    assert cost(60) <= 2.3 * 2 * cost(15)


def test_payments_that_no_line_touches_never_become_objects():
    payments = popular(500, customer="Uwase Aline")
    text = payments[7].invoice_number
    lines = [OpenLine(1, DAY, PRICE, text=text, counterparty="UWASE ALINE")]
    less = [OpenLine(1, DAY, PRICE - 100, text=text, counterparty="UWASE ALINE")]
    made: list[int] = []

    class Watched(Books):
        def at(self, place: int) -> PaymentFacts:
            made.append(place)
            return super().at(place)

    for some, objects in ((lines, set[int]()), (less, {7})):
        made.clear()
        result = match(some, Watched(PaymentColumns.of(payments)))
        assert [each.payment_ids for each in result.matches] == [("p00007",)]
        # Where a line says all there is to say, not even its own payment does.
        assert set(made) == objects


def test_who_stands_in_a_crowd_is_not_settled_by_a_line_that_sees_nobody_else():
    early = OpenPayment("early", DAY - timedelta(days=9), PRICE, customer_name="Uwase Aline")
    crowd = popular(40, customer="Uwase Aline")
    sees_all = OpenLine(1, DAY, PRICE, counterparty="UWASE ALINE")
    sees_one = OpenLine(2, DAY - timedelta(days=5), PRICE, counterparty="UWASE ALINE")
    assert [each.payment_ids for each in match([sees_one], [early, *crowd]).matches] == [("early",)]
    result = match([sees_all, sees_one], [early, *crowd])
    assert result.matches == ()
    assert all(len(each.payment_ids) <= 8 for each in result.suggestions)


def test_a_crowd_of_one_name_holds_up_nobody_whose_phone_stands_in_the_line():
    crowd = popular(40, customer="Uwase Aline")
    lines = [
        OpenLine(1, DAY, PRICE, counterparty="UWASE ALINE"),
        OpenLine(2, DAY, PRICE, text="from 0780000007", counterparty="UWASE ALINE"),
    ]
    settled = [(each.line_ids, each.payment_ids) for each in match(lines, crowd).matches]
    assert settled == [((2,), ("p00007",))]


@pytest.mark.parametrize("after", [0, 1, 5, 50, 120])
def test_the_matching_stops_wherever_the_person_says_so(after: int):
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    lines = same_lines(3_000, payer="UWASE ALINE", text="TRF INV-00012")
    with pytest.raises(MatchingCancelledError):
        match(lines, popular(50, customer="Uwase Aline"), cancelled=cancelled)


def test_progress_only_grows_and_ends_at_the_whole():
    told: list[tuple[int, int]] = []
    lines = same_lines(2_000, text="TRF INV-00012")
    match(lines, popular(50), progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1]


def test_the_same_payments_as_columns_or_as_objects_give_the_same_answer():
    payments = popular(40, customer="Uwase Aline")
    lines = [OpenLine(key, DAY, PRICE, text=f"pay INV-{key:06d}") for key in range(30)]

    def answer(given: list[OpenPayment] | PaymentColumns | Books) -> MatchingResult:
        return match(lines, given)

    columns = PaymentColumns.of(payments)
    assert answer(columns) == answer(payments) == answer(Books(columns).prepared())


def test_indexes_find_what_a_look_at_every_payment_finds():
    payments = [
        OpenPayment(f"p{key}", DAY + timedelta(days=key % 4), 100 * (key % 3 + 1), phone=phone)
        for key, phone in enumerate(("+250788000001", "+250 788 000 001", "", "+254700000001") * 5)
    ]
    books = Books(PaymentColumns.of(payments))
    for amount in (100, 200, 300, 400):
        found = [books.columns.payment_ids[each] for each in books.of_amount("RWF", amount)]
        wanted = [each for each in payments if each.amount_minor == amount]
        wanted.sort(key=lambda each: (each.day, each.payment_id))
        assert found == [each.payment_id for each in wanted]
    by_phone = books.with_phones({"788000001", "788000002", ""})
    assert {phone: len(found.places) for phone, found in by_phone.items()} == {"788000001": 10}
    stretch = books.stretch(books.of_amount("RWF", 100).tolist())
    start, end = stretch.window(DAY + timedelta(days=1), DAY + timedelta(days=2))
    days = [books.columns.days[each] for each in stretch.places[start:end]]
    assert set(days) == {DAY + timedelta(days=1), DAY + timedelta(days=2)}
    assert end - start == sum(
        each.amount_minor == 100 and 1 <= (each.day - DAY).days <= 2 for each in payments
    )


def test_a_code_that_all_payments_carry_costs_what_each_costs_and_no_pairs():
    def cost(number: int) -> int:
        payments = [replace(each, reference="TILL-40077") for each in popular(10 * number)]
        lines = same_lines(number, text="TILL 40077")
        return calls_of(lambda: match(lines, payments))

    assert cost(160) <= 2.3 * 2 * cost(40)


TEXTS = st.lists(
    st.text(st.sampled_from("aOoß0é \n-9+7²٧"))
    | st.sampled_from(["+250788000001", "INV-1", "7²88000001", "²788000001", "+25078800000²1"])
)


@given(TEXTS)
def test_many_texts_at_once_are_read_as_each_alone(texts: list[str]):
    assert fold_all(texts) == [fold(each) for each in texts]
    nationals = [national_number(each) for each in texts]
    found = dict(PhoneIndex(texts).showing({*nationals}))
    assert found == {place: each for place, each in enumerate(nationals) if each}


def test_what_stands_at_the_end_of_a_long_column_is_found_at_its_place():
    number = 100_003
    columns = PaymentColumns(
        payment_ids=[f"p{place}" for place in range(number)],
        days=[DAY] * number,
        amounts_minor=[PRICE] * number,
        currencies=["RWF"] * number,
        methods=["card"] * number,
        transaction_ids=[f"77{place:08d}" for place in range(number)],
        references=[""] * number,
        invoice_numbers=[f"INV-{place:06d}" for place in range(number)],
        order_numbers=["ORD-5"] * number,
        phones=[f"+25078{place:07d}" for place in range(number)],
        customer_names=["Uwase Aline"] * number,
        account_numbers=[""] * number,
    )
    lines = [
        OpenLine(1, DAY, PRICE, text="INV 100002", counterparty="UWASE ALINE"),
        OpenLine(2, DAY, PRICE, text="7700100001", counterparty="UWASE ALINE"),
        OpenLine(3, DAY, PRICE, text="from 0780100000"),
    ]
    settled = {each.line_ids: each.payment_ids for each in match(lines, columns).matches}
    assert settled == {(1,): ("p100002",), (2,): ("p100001",), (3,): ("p100000",)}

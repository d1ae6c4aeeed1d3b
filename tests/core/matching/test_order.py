"""Columns as numbers find what a look at every payment finds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.matching.books import Books
from core.matching.damage import near_hits
from core.matching.finding import line_facts
from core.matching.letters import Letters, pieces_of
from core.matching.order import Calendar, Codes, Groups, order_of, sorted_by
from core.matching.records import OpenLine, OpenPayment, PaymentColumns

DAY = date(2026, 3, 2)
TEXTS = st.lists(st.text("019AZ-é", max_size=3)) | st.lists(
    st.text("01AZ-", min_size=3, max_size=3)
)
FOLDED = st.lists(st.text("019AZ", max_size=5), max_size=20)


@given(TEXTS)
def test_texts_are_ordered_as_sorted_orders_them(texts: list[str]):
    assert order_of(texts).tolist() == sorted(range(len(texts)), key=texts.__getitem__)


@given(st.lists(st.integers(0, 2**40) | st.integers(0, 3)))
def test_equal_keys_keep_their_order(keys: list[int]):
    backwards = np.arange(len(keys))[::-1]
    wanted = sorted(backwards.tolist(), key=keys.__getitem__)
    assert sorted_by(np.array(keys, np.int64), backwards).tolist() == wanted


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30),
    st.integers(-3, 12),
    st.integers(-3, 12),
)
def test_a_window_of_days_holds_what_each_payment_says(
    payments: list[tuple[str, int]], first: int, last: int
):
    days = [DAY + timedelta(number) for _, number in payments]
    codes, calendar = Codes([value for value, _ in payments]), Calendar(days)
    groups = Groups(codes.at, calendar, np.arange(len(payments)))
    for value in "abcd":
        code = codes.of(value)
        found = groups.between(code, DAY + timedelta(first), DAY + timedelta(last)).tolist()
        wanted = [
            place
            for place, (own, number) in enumerate(payments)
            if own == value and first <= number <= last
        ]
        assert found == sorted(wanted, key=lambda place: (days[place], place))


@given(FOLDED)
def test_only_equal_texts_have_equal_numbers(texts: list[str]):
    codes, starts, ends = pieces_of(texts)
    numbers = Letters(codes).numbers(starts, ends).tolist()
    assert len(numbers) == len(texts)
    for text, number in zip(texts, numbers, strict=True):
        assert [other == number for other in numbers] == [other == text for other in texts]


def test_a_word_that_begins_thousands_of_references_means_the_first_of_them():
    whole = [OpenPayment(f"p{key}", DAY, 500, reference=f"INV{key:07d}") for key in range(3_000)]
    books = Books(PaymentColumns.of(whole))
    lines = [OpenLine(1, DAY, 500, text="TRF INV00001"), OpenLine(2, DAY, 500, text="TRF INV000")]
    _, meant = near_hits(line_facts(lines, books.identifiers), books)
    written = {
        line_id: sorted(books.columns.references[place] for place in places)
        for line_id, places in meant.items()
    }
    assert written[1] == [f"INV00001{last:02d}" for last in range(100)]
    assert written[2] == [f"INV{key:07d}" for key in range(2_000)]

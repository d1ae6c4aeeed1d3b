"""What is chosen above a list survives being kept as text, and nothing damaged is guessed at."""

from datetime import date

import pytest

from ui.lists.filter_values import FilterValues, amount_range, amounts_of, day_range, days_of

TODAY = date(2026, 7, 14)


def test_values_come_back_from_their_text_whatever_they_hold():
    chosen = FilterValues.choosing(
        '"a" é\n', statuses=frozenset({"failed", "pending"}), date="week"
    )
    assert FilterValues.from_text(chosen.to_text()) == chosen
    turned = FilterValues(frozenset(sorted(chosen.chosen, reverse=True)), chosen.search)
    assert turned.to_text() == chosen.to_text()


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "[1, 2]", '[[["a"]], ""]', "null"])
def test_a_damaged_text_filters_nothing(text):
    assert FilterValues.from_text(text) == FilterValues()


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("", (None, None)),
        ("today", (TODAY, None)),
        ("week", (date(2026, 7, 8), None)),
        ("2026-07-01..2026-07-31", (date(2026, 7, 1), date(2026, 7, 31))),
    ],
)
def test_days_are_those_of_today(value, days):
    assert days_of(value, TODAY) == days


def test_a_range_of_days_is_put_in_order():
    assert day_range(date(2026, 7, 9), date(2026, 7, 2)) == "2026-07-02..2026-07-09"


@pytest.mark.parametrize(
    ("least", "most", "value"),
    [
        (None, None, ""),
        (500, None, "500.."),
        (None, 500, "..500"),
        (900, 500, "500..900"),
        (500, 500, "500..500"),
    ],
)
def test_a_range_of_amounts_comes_back_in_order(least, most, value):
    assert amount_range(least, most) == value
    found = amounts_of(value)
    assert sorted(filter(None, found)) == sorted(filter(None, (least, most)))

from __future__ import annotations

import pytest

from core.errors import InvalidInputError
from core.money import exponent, major, parse_decimal


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("RWF", 0), ("UGX", 0), ("XAF", 0), ("KES", 2), ("EUR", 2), ("KWD", 3)],
)
def test_a_currency_has_the_decimals_that_cldr_gives(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("currency", "text"),
    [("RSD", "1249.50"), ("ALL", "7.25"), ("HUF", "10000.50"), ("COP", "1249.50")],
)
def test_what_banks_book_finer_than_people_write_is_kept(currency, text):
    assert major(parse_decimal(text, currency), currency) == text


def test_francs_have_no_cents():
    assert parse_decimal("15000", "RWF") == 15000
    with pytest.raises(InvalidInputError):
        parse_decimal("15000.50", "RWF")

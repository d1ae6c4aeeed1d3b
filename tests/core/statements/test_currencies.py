from __future__ import annotations

from decimal import Decimal

from core.statements.currencies import UNKNOWN_CURRENCY, currency_of


def test_amounts_no_finer_than_the_assumed_currency_are_of_it():
    assert currency_of([Decimal(1500), Decimal("2.00")], "", "RWF") == ("RWF", [])


def test_cents_are_no_francs():
    code, (problem,) = currency_of([Decimal("1500.50")], "", "RWF")
    assert code == UNKNOWN_CURRENCY
    assert "name the currency" in problem.message


def test_the_stated_currency_counts():
    assert currency_of([Decimal("1500.50")], "USD", "RWF") == ("USD", [])


def test_thousands_of_digits_tell_nothing_of_the_currency():
    assert currency_of([Decimal("1" * 5000)], "", "RWF") == ("RWF", [])
    assert currency_of([Decimal("1" * 5000), Decimal("0.5")], "", "RWF")[0] == UNKNOWN_CURRENCY

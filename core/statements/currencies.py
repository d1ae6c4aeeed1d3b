"""In which currency a statement is, where the file does not say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from core.money import exponent
from core.statements.statement import Problem

UNKNOWN_CURRENCY = "XXX"
"""ISO 4217 for "no currency": the file has cents but does not say of what."""


def currency_of(amounts: Iterable[Decimal], stated: str, assumed: str) -> tuple[str, list[Problem]]:
    """Return the currency of amounts in major units, and what a person should be told.

    The stated one counts; without one, the assumed, unless the amounts are finer than its
    smallest coin.
    """
    if stated:
        return stated, []
    places = exponent(assumed)
    if all(_fits(amount, places) for amount in amounts):
        return assumed, []
    message = (
        f"The file does not name its currency, and its amounts are finer than {assumed}:"
        " name the currency in the column mapping."
    )
    return UNKNOWN_CURRENCY, [Problem(None, message)]


def _fits(amount: Decimal, places: int) -> bool:
    try:
        return amount == round(amount, places)
    except InvalidOperation:
        return True  # thousands of digits are no amount, whoever makes minor units of it says so


def stated_code(text: str) -> str:
    """Return the ISO 4217 code a file states, in whatever case, or "" when it is none."""
    code = text.strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""

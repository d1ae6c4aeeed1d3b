"""Money: whole minor units and an ISO 4217 currency. No float ever touches an amount.

Two doors lead in. :func:`parse_typed` reads what a person types, where "1.500" means 1500 to one
cashier and 1.5 to another, so separators count as three-digit groups only. :func:`parse_decimal`
reads what programs write ("15000.00"), where the dot is always the decimal mark.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache

from core.errors import InvalidInputError

DEFAULT_CURRENCY = "RWF"
NARROW_SPACE = "\u202f"
MINUS = "\u2212"
MAX_MINOR = 10**15
"""No shop holds more; a larger figure is a slip, and it keeps sums well inside 64 bits."""

VAT_RATE_PERCENT = 18
"""Rwanda's standard rate (Law 049/2023); shop prices include it."""

_GROUP_SEPARATORS = " \u00a0\u202f\u2009.,'\u2019"
_TYPED = re.compile(rf"\d{{1,3}}(?:([{re.escape(_GROUP_SEPARATORS)}])\d{{3}}(?:\1\d{{3}})*)?|\d+")
_DECIMAL = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,9})?")

_BOOKED_FINER_THAN_SHOWN = {"IQD": 3} | dict.fromkeys(
    (
        "AFN", "ALL", "COP", "HUF", "IDR", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL",
        "SOS", "SYP", "YER",
    ),
    2,
)  # fmt: skip
"""Currencies that CLDR shows without decimals and ISO 4217 gives some: banks book those."""


@cache
def exponent(currency: str) -> int:
    """Return how many decimals a currency has, from CLDR and ISO 4217; 0 for RWF.

    Raises:
        InvalidInputError: the code is not three capital letters.

    """
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise InvalidInputError(
            f"“{currency}” is not a currency code such as RWF.", field="currency"
        )
    if currency in _BOOKED_FINER_THAN_SHOWN:
        return _BOOKED_FINER_THAN_SHOWN[currency]
    from babel.numbers import get_currency_precision  # noqa: PLC0415 - 30 ms not owed at start

    return int(get_currency_precision(currency))


def require_currency(currency: str) -> None:
    """Refuse a code that no currency has, where an amount enters the books.

    An unknown code would count as one with two decimals: 15000 RFW are not 15000 RWF. A statement
    may bear any code; its lines then match no payment.

    Raises:
        InvalidInputError: CLDR knows no such currency.

    """
    from babel.numbers import is_currency  # noqa: PLC0415 - not owed at start

    if not is_currency(currency):
        raise InvalidInputError(
            f"“{currency}” is not a currency code such as RWF.", field="currency"
        )


def parse_typed(text: str, currency: str = DEFAULT_CURRENCY) -> int:
    """Return the positive minor units a person typed, or say why it cannot be an amount.

    Accepts plain digits and three-digit groups with one kind of separator. For a currency with
    decimals the amount is typed in major units, with exactly that many decimals after a comma
    or dot ("12.50"), or none.

    Raises:
        InvalidInputError: empty, zero, negative, a decimal, an exponent, or too large.

    """
    typed = text.strip()
    if not typed:
        raise InvalidInputError("Type an amount.", field="amount")
    if typed[0] in f"-{MINUS}":
        raise InvalidInputError(
            f"“{typed}” is negative: an amount is more than zero.", field="amount"
        )
    decimals = exponent(currency)
    whole, fraction = typed, ""
    if decimals:
        split = re.fullmatch(rf"(.*\d)[.,](\d{{{decimals}}})", typed)
        if split:
            whole, fraction = split.groups()
    if not _TYPED.fullmatch(whole):
        raise InvalidInputError(
            f"“{typed}” is not a whole amount: use digits only, in groups of three if you like"
            " (15 000).",
            field="amount",
        )
    digits = re.sub(r"\D", "", whole)
    amount_minor = int(digits + (fraction or "0" * decimals))
    return _checked(amount_minor, typed)


def parse_decimal(value: str | int | Decimal, currency: str = DEFAULT_CURRENCY) -> int:
    """Return the signed minor units of a machine-written decimal such as "15000.00".

    Raises:
        InvalidInputError: not a decimal number, or finer than the currency's minor unit.

    """
    text = str(value).strip() if not isinstance(value, Decimal) else format(value, "f")
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise InvalidInputError(f"“{text}” is not an amount.", field="amount")
    return from_major(Decimal(text), currency)


def from_major(amount: Decimal, currency: str = DEFAULT_CURRENCY) -> int:
    """Return the minor units of an exact amount in major units.

    Raises:
        InvalidInputError: the amount is finer than the currency's minor unit.

    """
    try:
        scaled = amount.scaleb(exponent(currency))
        amount_minor = int(scaled)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise InvalidInputError(f"“{amount}” is not an amount.", field="amount") from error
    if scaled != amount_minor:
        raise InvalidInputError(
            f"“{amount}” is finer than the smallest {currency} coin.", field="amount"
        )
    return amount_minor


def parse_positive(value: str | int | Decimal, currency: str = DEFAULT_CURRENCY) -> int:
    """Return the minor units of a machine-written amount that must be more than zero."""
    return _checked(parse_decimal(value, currency), str(value))


def major(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """Return the amount in major units for files and scripts: "15000", "-12.50"."""
    decimals = exponent(currency)
    return format(Decimal(amount_minor).scaleb(-decimals), "f")


def grouped(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """Return the amount in three-digit groups: "15 000", "−12 500".

    The separator is a narrow no-break space in every language: it can never be read as a
    decimal mark.
    """
    sign = MINUS if amount_minor < 0 else ""
    decimals = exponent(currency)
    whole, fraction = divmod(abs(amount_minor), 10**decimals)
    text = f"{whole:,}".replace(",", NARROW_SPACE)
    return f"{sign}{text}.{fraction:0{decimals}d}" if decimals else f"{sign}{text}"


def display(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """Return the amount as people read it: "15 000 RWF"."""
    return f"{grouped(amount_minor, currency)}\u00a0{currency}"


def vat_inside(gross_minor: int, rate_percent: int = VAT_RATE_PERCENT) -> int:
    """Return the tax inside a tax-inclusive price, to the nearest minor unit (7000 → 1068)."""
    numerator, denominator = gross_minor * rate_percent, 100 + rate_percent
    sign = -1 if numerator < 0 else 1
    return sign * ((abs(numerator) * 2 + denominator) // (denominator * 2))


def _checked(amount_minor: int, typed: str) -> int:
    if amount_minor <= 0:
        raise InvalidInputError(f"“{typed}”: an amount is more than zero.", field="amount")
    if amount_minor > MAX_MINOR:
        raise InvalidInputError(f"“{typed}” is too large to be a payment.", field="amount")
    return amount_minor

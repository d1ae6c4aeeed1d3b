"""Dates, amounts and balances as SWIFT writes them, and as banks write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from core.errors import InvalidInputError
from core.money import MAX_MINOR, exponent

_CENTURY_PIVOT = 80
"""SWIFT: a year of two digits is 1980 to 2079."""

_BALANCE = re.compile(
    r"R?([CDcd])[Rr]?\s?(\d{8}|\d{6})\s?(EURO|[A-Za-z]{3})\s?(-?)([\d.,' \u00a0\u202f]{1,40})"
)
_GROUPS = re.compile(r"[\s'\u00a0\u202f\u2019]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_SPACED = re.compile(r"\d{1,3}(?:[\s'\u00a0\u202f\u2019]\d{3})+(?:[.,]\d*)?")


class Day(NamedTuple):
    """A date, and whether the file gives it as it is: 31 November becomes 30 November."""

    date: dt.date
    as_written: bool


@lru_cache(maxsize=8192)
def day_of(digits: str) -> Day | None:
    """Return the date of ``YYMMDD`` or ``YYYYMMDD``; None when there is no such month.

    Banks write the 30th and 31st of months that have none; the last day of the month is meant.
    """
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    if len(digits) == 6:
        year += 1900 if year >= _CENTURY_PIVOT else 2000
    if not (1 <= month <= 12 and 1 <= day <= 31 and year):
        return None
    last = calendar.monthrange(year, month)[1]
    return Day(dt.date(year, month, min(day, last)), day <= last)


def entry_day(digits: str, near: dt.date) -> Day | None:
    """Return the date of an entry date ``MMDD``, in the year that brings it nearest to another.

    The entry date has no year of its own: 1231 beside a value date of 1 January is of the year
    before, 0102 beside one of 30 December of the year after.
    """
    days = [
        day_of(f"{year}{digits}")
        for year in (near.year - 1, near.year, near.year + 1)
        if dt.MINYEAR <= year <= dt.MAXYEAR
    ]
    known = [day for day in days if day is not None]
    return min(known, key=lambda day: abs(day.date - near), default=None)


def plain_minor(whole: str, fraction: str, places: int) -> int:
    """Return the minor units of an amount in SWIFT's form, a comma before the decimals.

    Raises:
        InvalidInputError: finer than the currency, too large, or three decimals, which may be
            meant as thousands.

    """
    if len(fraction) != places:
        if len(fraction) == 3 and places < 3 and _may_be_thousands(whole, fraction):
            raise InvalidInputError(
                f"“{whole},{fraction}” may be {whole}.{fraction} or {whole}{fraction}"
            )
        if len(fraction) > places:
            kept = fraction[:places]
            if fraction[places:].strip("0"):
                raise InvalidInputError(f"“{whole},{fraction}” is finer than the smallest coin")
            fraction = kept
        else:
            fraction = fraction.ljust(places, "0")
    amount_minor = int(whole + fraction or "0")
    if amount_minor > MAX_MINOR:
        raise InvalidInputError(f"“{whole}” is too large to be true")
    return amount_minor


def _may_be_thousands(whole: str, fraction: str) -> bool:
    """Tell ``1,234`` from ``1234,500`` and ``0,500``, which no grouping of thousands makes."""
    return len(whole) <= 3 and not whole.startswith("0") and bool(int(whole + fraction))


def any_minor(text: str, places: int) -> int:
    """Return the minor units of an amount with decimal points, or thousands in groups.

    Raises:
        InvalidInputError: it is no amount, or could be two.

    """
    written = _GROUPS.sub("", text)
    if written != text and not _SPACED.fullmatch(text):
        raise InvalidInputError(f"“{text}” is not an amount")
    marks = [mark for mark in written if mark in ",."]
    if not marks:
        return plain_minor(_digits(written, text), "", places)
    decimal_mark = marks[-1]
    whole, _, fraction = written.rpartition(decimal_mark)
    if len(set(marks)) == 1 and (
        len(marks) > 1 or (decimal_mark == "." and len(fraction) == 3 and places != 3)
    ):
        if not _GROUPED.fullmatch(written):
            raise InvalidInputError(f"“{text}” is not an amount")
        return plain_minor(_digits(re.sub(r"[.,]", "", written), text), "", places)
    if re.search(r"[.,]", whole) and not _GROUPED.fullmatch(whole):
        raise InvalidInputError(f"“{text}” is not an amount")
    whole = re.sub(r"[.,]", "", whole)
    _digits(whole + fraction, text)
    return plain_minor(whole, fraction, places)


def _digits(digits: str, text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,24}", digits):
        raise InvalidInputError(f"“{text}” is not an amount")
    return digits


class Balance(NamedTuple):
    """What an account held at the end of a day; ``day`` is None when the date means nothing."""

    amount_minor: int
    currency: str
    day: Day | None


def balance_of(text: str) -> Balance:
    """Return the balance in a ``:60F:``, ``:62F:`` or like field.

    Raises:
        InvalidInputError: it cannot be read.

    """
    match = _BALANCE.fullmatch(text)
    if match is None:
        raise InvalidInputError(f"“{text[:40]}” is not a balance with its currency")
    mark, date, currency, minus, amount = match.groups()
    currency = currency.upper()[:3]
    amount_minor = any_minor(amount.strip(), exponent(currency))
    if (mark in "Dd") != bool(minus):
        amount_minor = -amount_minor
    return Balance(amount_minor, currency, day_of(date))
